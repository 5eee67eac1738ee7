"""Raw cells of a column -> typed values: each different text is parsed once."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from accounts.importing.dates import parse_date
from accounts.importing.documents import type_of
from accounts.importing.fields import Field
from accounts.importing.numbers import NATIVE, NOTHING, parse_number
from accounts.importing.table import DateOrder, DecimalSign, Value
from kam.lib.formulas import freed

LONGEST_CELL = 32_767
_BLANKS = " \t\r\n\u00a0\u202f\ufeff"
# Tab, line ends and form feed are part of texts; the mark of native numbers is ours.
_CONTROL = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f]")
_FLOAT_TAIL = re.compile(r"[0-9]+\.0+")
_NUMERIC_CODE = re.compile(r"[0-9]{3}")
_PERCENT = re.compile(r"([0-9]+(?:[.,][0-9]+)?)\s*(%|/\s*1[0-9]{2})?")

_CURRENCIES = {
    "RUB": ("руб", "руб.", "р", "р.", "рубль", "рубли", "рублей", "российский рубль", "₽", "rur", "643", "810"),
    "USD": ("$", "us$", "usd", "840", "доллар", "доллары", "доллар сша", "долл.", "долл"),
    "EUR": ("€", "978", "евро"),
    "GBP": ("£", "826"),
    "CNY": ("¥", "cn¥", "156", "юань", "юани"),
    "KZT": ("₸", "398", "тенге"),
    "BYN": ("933", "бел. руб.", "белорусский рубль"),
}  # fmt: skip
_CURRENCY = {name: code for code, names in _CURRENCIES.items() for name in names}

_YES = frozenset({"true", "yes", "y", "1", "да", "истина", "x", "+", "v"})
_NO = frozenset({"false", "no", "n", "0", "нет", "ложь"})
_WON = re.compile(r"успе|выигран|реализован|\bwon\b|closedwon|^142$", re.I)
_NOT_WON = re.compile(r"не ?реализован|неуспе|не успе|\bnot won\b|closedlost", re.I)
_CANCELLED = re.compile(r"отмен|аннулир|удал|не провед|черновик|cancel|void|delet|draft", re.I)
_NO_VAT = re.compile(r"без\s*(?:ндс|налога)|не облаг|exempt|no vat|zero", re.I)


@dataclass(frozen=True, slots=True)
class Bad:
    """A cell that cannot be used: the error code."""

    code: str


Parse = Callable[[str], "Value | Bad"]


class Memo(dict[str, "Value | Bad"]):
    """Text -> value, parsed on first sight. bad: whether any text could not be used."""

    def __init__(self, parse: Parse) -> None:
        super().__init__()
        self.parse = parse
        self.bad = False

    def __missing__(self, text: str) -> Value | Bad:
        value = self.parse(text)
        if isinstance(value, Bad):
            self.bad = True
        self[text] = value
        return value


def without_mark(text: str) -> str:
    """A native number as its digits, any other text as it is."""
    return text[1:] if text.startswith(NATIVE) else text


def text_parser(field: Field, *, check_controls: bool) -> Parse:
    """Texts verbatim but for blanks around them and the apostrophe that guards a formula."""
    longest = field.longest

    def parse(text: str) -> Value | Bad:
        text = without_mark(text).strip(_BLANKS)
        if not text:
            return None
        if len(text) > longest:
            return Bad("cell.too_long")
        if check_controls and _CONTROL.search(text):
            return Bad("cell.control_char")
        return freed(text)

    return parse


def code_parser(field: Field, texts: set[str], *, check_controls: bool) -> Parse:
    """As texts; a column of 17850.0 and the like is one of numbers that lost their form."""
    plain = text_parser(field, check_controls=check_controls)
    filled = [text.strip(_BLANKS) for text in texts]
    if not all(_FLOAT_TAIL.fullmatch(text) for text in filled if text):
        return plain

    def parse(text: str) -> Value | Bad:
        return plain(text.strip(_BLANKS).partition(".")[0])

    return parse


def number_parser(sign: DecimalSign) -> Parse:
    def parse(text: str) -> Value | Bad:
        value = parse_number(text, sign)
        return Bad(value) if isinstance(value, str) else value

    return parse


def count_parser(sign: DecimalSign) -> Parse:
    """Whole numbers; a range or words are Bad("count.unclear"), which is only a warning."""

    def parse(text: str) -> Value | Bad:
        value = parse_number(text, sign)
        if isinstance(value, str) or (value is not None and (value < 0 or value != int(value))):
            return Bad("count.unclear")
        return None if value is None else int(value)

    return parse


def rate_parser(sign: DecimalSign, *, vat: bool) -> Parse:
    """Fractions: 20%, 20 and 0.2 are 0.2. For VAT also «Без НДС» and 20/120."""

    def parse(text: str) -> Value | Bad:
        bare = without_mark(text)
        if vat:
            if _NO_VAT.search(bare):
                return Decimal(0)
            match = _PERCENT.search(bare)
            if match and match[2]:
                share = Decimal(match[1].replace(",", ".")) / 100
                return share if share <= 1 else Bad("rate.out_of_range")
        value = parse_number(text, sign)
        if isinstance(value, str):
            return Bad(value)
        if value is None:
            return None
        if not text.rstrip(_BLANKS).endswith("%") and (value > 1 or (vat and value == 1)):
            value = value / 100
        return value if 0 <= value <= 1 else Bad("rate.out_of_range")

    return parse


def is_rate(text: str) -> bool:
    """Whether a cell about VAT is a rate, such as 20% or 20/120, and no sum."""
    match = _PERCENT.search(text)
    return match is not None and match[2] is not None


def vat_parser(sign: DecimalSign) -> Parse:
    """Sums of VAT; «Без НДС» is none."""
    number = number_parser(sign)

    def parse(text: str) -> Value | Bad:
        return Decimal(0) if _NO_VAT.search(text) else number(text)

    return parse


def date_parser(order: DateOrder, *, from_1904: bool) -> Parse:
    def parse(text: str) -> Value | Bad:
        value = parse_date(text, order, from_1904=from_1904)
        return Bad(value) if isinstance(value, str) else value

    return parse


def parse_currency(text: str) -> Value | Bad:
    """Signs, numbers and Russian words of the usual currencies -> ISO 4217 letters."""
    name = without_mark(text).strip(_BLANKS).casefold()
    if name in NOTHING:
        return None
    code = _CURRENCY.get(name, name.upper())
    if len(code) == 3 and code.isascii() and code.isalpha():
        return code
    return Bad("currency.unknown")


def parse_type(text: str) -> Value | Bad:
    """A document's type; None where the sign of the amount decides."""
    words = without_mark(text).strip(_BLANKS)
    if not words:
        return None
    found = type_of(words)
    if found is None:
        return Bad("type.unknown")
    return None if found == "by_sign" else found


def skips(name: str, text: str) -> bool:
    """Whether a cell of `deleted`, `posted`, `status` or `deal_stage` says that the row
    does not count.

    Deals count once they are won; «Закрыто и не реализовано» is the opposite of that.
    """
    word = without_mark(text).strip(_BLANKS).casefold()
    if name == "posted":
        return word in _NO or _CANCELLED.search(word) is not None
    if name == "deleted":
        return word in _YES
    if name == "deal_stage":
        return _NOT_WON.search(word) is not None or _WON.search(word) is None
    return _CANCELLED.search(word) is not None
