"""Numbers as people and programs write them -> Decimal, one decimal sign per column."""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal

from accounts.importing.table import DecimalSign

# Cells of a spreadsheet that are numbers there, not text, carry this mark in front.
NATIVE = "\ue000"

# Texts that stand for "nothing" in a column of numbers or dates.
NOTHING = frozenset(
    {
        "",
        "null",
        "none",
        "na",
        "n/a",
        "nan",
        "nil",
        "-",
        "–",
        "—",
        "н/д",
        "нет",
        "#n/a",
        "нет данных",
    }
)

# So many cells that prove a decimal sign settle a column, if hardly any prove the other.
_ENOUGH = 2000
_OUTWEIGHS = 20

_CENT = Decimal("0.01")
_LARGEST = Decimal(10) ** 16
_MONEY = re.compile(
    r"(?:руб(?:лей|ля|ль)?\.?|р\.|₽|rub|rur|usd|eur|gbp|cny|kzt|byn|тенге|тг\.?|₸|[$€£¥])",
    re.IGNORECASE,
)
_SPACES = re.compile(r"[\s\u00a0\u202f\u2007\u2009]+")
_MINUSES = str.maketrans({"\u2212": "-", "\u2013": "-", "\u2012": "-", "\u2019": "'", "`": "'"})
_PLAIN = {
    ".": re.compile(r"-?[0-9]{1,16}(?:\.[0-9]{1,12})?"),
    ",": re.compile(r"-?[0-9]{1,16}(?:,[0-9]{1,12})?"),
}
# Cells one per line, thousands parted by spaces or by the sign that is not the decimal one.
_PLAIN_CELL = {
    sign: rf"-?(?:[0-9]{{1,16}}|[0-9]{{1,3}}(?:(?:[ \u00a0\u202f][0-9]{{3}}){{1,4}}|"
    rf"(?:\{other}[0-9]{{3}}){{1,4}}))(?:\{sign}[0-9]{{1,12}})?"
    for sign, other in ((".", ","), (",", "."))
}
_PLAIN_CELLS = {sign: re.compile(rf"(?:{cell}\n)*+{cell}") for sign, cell in _PLAIN_CELL.items()}
_TO_PLAIN = {
    ".": str.maketrans("", "", " \u00a0\u202f,"),
    ",": str.maketrans(",", ".", " \u00a0\u202f."),
}
_SCIENTIFIC = re.compile(r"([0-9]+)(?:[.,]([0-9]+))?[eE]([+-]?[0-9]{1,2})")
_WHOLE = r"[0-9]+|[0-9]{1,3}(?:(?P<t>[ '%s])[0-9]{3})(?:(?P=t)[0-9]{3})*"
_NUMBER = {
    sign: re.compile(rf"(?:(?P<whole>{_WHOLE % other})?(?:\{sign}(?P<part>[0-9]*))?)")
    for sign, other in ((".", ","), (",", "."))
}


def to_cents(value: Decimal) -> Decimal:
    """Half-up to two decimals."""
    return value.quantize(_CENT, ROUND_HALF_UP)


def has_gaps(values: Iterable[object]) -> bool:
    """Whether some value is None; by type, as Decimals are slow to compare with anything else."""
    return type(None) in set(map(type, values))


def decimals_of(value: Decimal) -> int:
    """Decimals that matter: 1.50 has one, 100 has none."""
    exponent = value.normalize().as_tuple().exponent
    return -exponent if isinstance(exponent, int) and exponent < 0 else 0


def _bare(text: str) -> tuple[str, bool, bool]:
    """Text without money marks, sign and per cent -> (digits and separators, negative, %)."""
    text = _MONEY.sub("", text.translate(_MINUSES)).strip(" \t\r\n\u00a0\u202f\u2007\u2009")
    percent = text.endswith("%")
    if percent:
        text = text[:-1].rstrip()
    negative = False
    if text.startswith("(") and text.endswith(")"):
        text, negative = text[1:-1].strip(), True
    elif text.startswith("-"):
        text, negative = text[1:].lstrip(), True
    elif text.endswith("-"):
        text, negative = text[:-1].rstrip(), True
    elif text.startswith("+"):
        text = text[1:].lstrip()
    return _SPACES.sub(" ", text), negative, percent


def decimal_sign_shown(texts: Iterable[str]) -> DecimalSign | None:
    """The decimal sign that the cells prove by majority; None where they leave it open.

    "1,234" proves nothing; "1,5", "1.234,56" and "1,234,567" do.
    """
    comma = point = 0
    seen: set[str] = set()
    for text in texts:
        if ("," not in text and "." not in text) or text in seen:
            continue
        seen.add(text)
        if text.startswith(NATIVE) or "e" in text or "E" in text:
            continue
        core, _, _ = _bare(text)
        sign = _proof(core)
        comma += sign == ","
        point += sign == "."
        if comma + point >= _ENOUGH and min(comma, point) * _OUTWEIGHS <= comma + point:
            break
    if comma == point:
        return None
    return "," if comma > point else "."


def _proof(core: str) -> DecimalSign | None:
    commas, points = core.count(","), core.count(".")
    if commas and points:
        return "," if core.rindex(",") > core.rindex(".") else "."
    if commas + points == 0:
        return None
    sign: DecimalSign = "," if commas else "."
    other: DecimalSign = "." if commas else ","
    if commas + points > 1:
        return other
    whole, _, part = core.partition(sign)
    if len(part) != 3 or not 1 <= len(whole) <= 3 or whole.startswith("0"):
        return sign
    return None


def parse_plain(texts: list[str], sign: DecimalSign) -> list[Decimal] | None:
    """All cells at once where every one is digits, with a minus, thousands and decimals at
    most; else None. Several times faster than cell by cell, for long columns.
    """
    joined = "\n".join(texts)
    if _PLAIN_CELLS[sign].fullmatch(joined) is None:
        return None
    return list(map(Decimal, joined.translate(_TO_PLAIN[sign]).split("\n")))


def needs_decimal_sign(texts: Iterable[str]) -> bool:
    """Whether some cell reads differently with the other decimal sign, such as "1,234"."""
    return any(
        ("," in text or "." in text)
        and not text.startswith(NATIVE)
        and any(character.isdigit() for character in text)
        for text in texts
    )


def parse_number(text: str, sign: DecimalSign) -> Decimal | str | None:
    """One cell -> Decimal, None where it says "nothing", or an error code.

    Thousands may be parted by any space, an apostrophe or the sign that is not the decimal
    one; minus in front, behind or as brackets; marks of roubles, dollars, euro are dropped;
    a per cent sign divides by 100. Errors: "number.invalid", "number.too_large".
    """
    if _PLAIN[sign].fullmatch(text):
        return Decimal(text if sign == "." else text.replace(",", "."))
    if text.startswith(NATIVE):
        value = Decimal(text[1:])
        return value if abs(value) < _LARGEST else "number.too_large"
    if text.strip(" \t\r\n\u00a0'").casefold() in NOTHING:
        return None
    core, negative, percent = _bare(text)
    value_or_code = _unsigned(core, sign)
    if isinstance(value_or_code, str):
        return value_or_code
    if abs(value_or_code) >= _LARGEST:
        return "number.too_large"
    if percent:
        value_or_code = value_or_code / 100
    return -value_or_code if negative else value_or_code


def _unsigned(core: str, sign: DecimalSign) -> Decimal | str:
    match = _SCIENTIFIC.fullmatch(core)
    if match:
        return Decimal(f"{match[1]}.{match[2] or 0}E{match[3]}") + 0
    match = _NUMBER[sign].fullmatch(core)
    if match is None or not (match["whole"] or match["part"]):
        return "number.invalid"
    whole = re.sub(r"[^0-9]", "", match["whole"] or "0")
    if len(whole) > 40 or len(match["part"] or "") > 40:
        return "number.too_large"
    return Decimal(f"{whole}.{match['part'] or 0}" if match["part"] else whole)
