"""Numbers, money and dates as people read them.  Pure: the language is an argument.

One manner in every language: thin spaces in thousands, a true minus, a no-break space before
per cent and currency; the decimal mark, the words and the order come from Babel's tables.
Rounding is half-up, as in Russian accounting documents.  A missing value is an em dash.
"""

from __future__ import annotations

import datetime as dt
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from functools import cache
from typing import SupportsFloat

from babel import Locale, dates, numbers

MISSING = "—"
THIN = "\u202f"  # narrow no-break space: between thousands, before % and a currency sign
MINUS = "\u2212"
PLUS = "+"
HALF = Decimal("0.5")

Number = int | float | Decimal | str | SupportsFloat


def as_decimal(value: object) -> Decimal | None:
    """The number as a Decimal; None for None, NaN, infinity and what is not a number."""
    if value is None or isinstance(value, bool) or value == "":
        return None
    try:
        result = value if isinstance(value, Decimal) else Decimal(str(value))
    except InvalidOperation:
        return None
    return result if result.is_finite() else None


def number(value: object, decimals: int = 0, *, language: str, signed: bool = False) -> str:
    """``1234567.8`` -> ``1 234 567,8`` (ru) or ``1 234 567.8`` (en), ``decimals`` digits."""
    exact = as_decimal(value)
    if exact is None:
        return MISSING
    rounded = exact.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
    # A page has hundreds of numbers: only their marks come from the tables, and those once.
    text = f"{abs(rounded):,.{max(decimals, 0)}f}".translate(_marks(language))
    return _sign(rounded, signed) + text


def percent(fraction: object, decimals: int = 1, *, language: str, signed: bool = False) -> str:
    """A fraction as per cent: ``0.6104`` -> ``61,0 %``."""
    exact = as_decimal(fraction)
    if exact is None:
        return MISSING
    return number(exact * 100, decimals, language=language, signed=signed) + THIN + "%"


def money(
    value: object, currency: str, decimals: int = 0, *, language: str, signed: bool = False
) -> str:
    """``1234567`` -> ``1 234 567 ₽`` (ru), ``₽1 234 567`` (en)."""
    exact = as_decimal(value)
    if exact is None:
        return MISSING
    rounded = exact.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
    body = number(abs(rounded), decimals, language=language)
    return _sign(rounded, signed) + _with_currency(body, currency, language)


def money_short(value: object, currency: str, *, language: str, signed: bool = False) -> str:
    """Money at a glance, two or three digits: ``1,2 млн ₽``, ``₽1.2M``."""
    exact = as_decimal(value)
    if exact is None:
        return MISSING
    size = abs(exact)
    thousands, digits = divmod(max(size.adjusted(), 0), 3)
    # One decimal up to 99.9 of a unit, none above; rounded once, so that 999 999 is 1 M.
    size = round(size, (digits < 2) - 3 * thousands)
    text = numbers.format_compact_decimal(size, locale=language, fraction_digits=1)
    body = _thin(text.replace("\u00a0", THIN), language)
    return _sign(exact, signed) + _with_currency(body, currency, language)


def currency_sign(currency: str, *, language: str) -> str:
    """``₽`` for RUB in both languages; the code where neither language has a sign for it."""
    signs = (numbers.get_currency_symbol(currency, locale=name) for name in (language, "ru", "en"))
    return next((sign for sign in signs if sign != currency), currency)


def day(value: dt.date | None, *, language: str) -> str:
    """``23 нояб. 2026``, ``23 Nov 2026``."""
    if value is None:
        return MISSING
    return dates.format_date(value, "d MMM y", locale=language).replace("\u202fг.", "")


def day_month(value: dt.date | None, *, language: str) -> str:
    """``23 ноября``, ``23 November``."""
    return MISSING if value is None else dates.format_date(value, "d MMMM", locale=language)


def month(value: dt.date | None, *, language: str) -> str:
    """``ноябрь 2026``, ``November 2026``."""
    return MISSING if value is None else dates.format_date(value, "LLLL y", locale=language)


def moment(value: dt.datetime | None, *, language: str) -> str:
    """``23 нояб. 2026, 14:05``; the value is already in the zone of the reader."""
    if value is None:
        return MISSING
    return f"{day(value.date(), language=language)}, {value:%H:%M}"


def span(seconds: float, *, language: str) -> str:
    """A length of time in its largest unit: ``3 минуты``, ``3 minutes``."""
    return dates.format_timedelta(
        dt.timedelta(seconds=seconds), threshold=0.9, locale=language
    ).replace(" ", "\u00a0")


def _sign(value: Decimal, signed: bool) -> str:
    if value < 0:
        return MINUS
    return PLUS if signed and value > 0 else ""


@cache
def _marks(language: str) -> dict[int, str]:
    """What stands in a number of that language for the marks of Python's own."""
    return str.maketrans({",": THIN, ".": numbers.get_decimal_symbol(language)})


def _thin(text: str, language: str) -> str:
    group = numbers.get_group_symbol(language)
    return text.replace(group, THIN)


def _with_currency(body: str, currency: str, language: str) -> str:
    sign = currency_sign(currency, language=language)
    pattern = Locale.parse(language).currency_formats["standard"].pattern
    if pattern.index("¤") > pattern.index("#"):
        return f"{body}{THIN}{sign}"
    return f"{sign}{THIN}{body}" if sign.isalpha() and len(sign) > 1 else f"{sign}{body}"
