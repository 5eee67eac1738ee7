"""Dates as programs and people write them -> datetime.date, one order per column."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable
from typing import Literal

from accounts.importing.numbers import NATIVE, NOTHING
from accounts.importing.table import DateOrder

FIRST_YEAR, LAST_YEAR = 1900, 2100

_TIME = (
    r"(?:[T,\s]\s*\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?\s*(?:[AaPp]\.?[Mm]\.?)?"
    r"\s*(?:Z|UTC|GMT|[+-]\d{2}:?\d{2})?)?"
)
_YEAR_FIRST = re.compile(rf"(\d{{4}})[-./](\d{{1,2}})[-./](\d{{1,2}}){_TIME}")
_COMPACT = re.compile(r"((?:19|20)\d{2})(\d{2})(\d{2})")
_YEAR_LAST = re.compile(rf"(\d{{1,2}})([-./])(\d{{1,2}})\2(\d{{4}}|\d{{2}})(?:\s*г\.?)?{_TIME}")
_DAY_WORD = re.compile(
    rf"(\d{{1,2}})[-\s]+([^\W\d_]{{3,}})\.?[-\s,]+(\d{{4}})(?:\s*(?:года?|г)\.?)?{_TIME}"
)
_WORD_DAY = re.compile(rf"([^\W\d_]{{3,}})\.?\s+(\d{{1,2}}),?\s+(\d{{4}}){_TIME}")
_SERIAL = re.compile(r"\d{5}(?:[.,]\d+)?")
_MONTHS = (
    ("january", "январь", "января"),
    ("february", "февраль", "февраля"),
    ("march", "март", "марта"),
    ("april", "апрель", "апреля"),
    ("may", "май", "мая"),
    ("june", "июнь", "июня"),
    ("july", "июль", "июля"),
    ("august", "август", "августа"),
    ("september", "сентябрь", "сентября"),
    ("october", "октябрь", "октября"),
    ("november", "ноябрь", "ноября"),
    ("december", "декабрь", "декабря"),
)
_EPOCH_1900 = datetime.date(1899, 12, 30)
_EPOCH_1904 = datetime.date(1904, 1, 1)
# Two-digit years below this belong to the 21st century, as spreadsheets read them.
_PIVOT = 70
# So many cells of one order make a cell of the other order a slip of that row.
_OUTWEIGHS = 20


def date_order_shown(
    texts: Iterable[str],
) -> DateOrder | Literal["mixed", "open"] | None:
    """How day and month follow each other in the cells that have the year last.

    None: no cell asks. "open": cells ask and none tells, such as 3/4/2024 alone.
    "mixed": some cells can only be day first, others only month first, and neither are so few
    that they are slips. Dots mean day first.
    """
    day_first = month_first = 0
    asks = False
    for text in texts:
        match = _YEAR_LAST.fullmatch(text.strip(" \t\r\n\u00a0'"))
        if match is None or match[2] == ".":
            continue
        first, second = int(match[1]), int(match[3])
        day_first += first > 12 >= second
        month_first += second > 12 >= first
        asks |= first <= 12 and second <= 12 and first != second
    fewer, more = sorted((day_first, month_first))
    if fewer * _OUTWEIGHS > more:
        return "mixed"
    if more:
        return "dmy" if day_first > month_first else "mdy"
    return "open" if asks else None


def dotted(text: str) -> bool:
    """Whether a cell is a date such as 31.03.2024, whose day is always first."""
    match = _YEAR_LAST.fullmatch(text.strip(" \t\r\n\u00a0'"))
    return match is not None and match[2] == "."


def parse_date(
    text: str, order: DateOrder, *, from_1904: bool = False
) -> datetime.date | str | None:
    """One cell -> date; None where it says "nothing" (also 01.01.0001 of 1C); or a code.

    The time of day is dropped as written, zone included. Five-digit numbers are spreadsheet
    serials, counted from 1904 where the workbook says so. Errors: "date.invalid",
    "date.out_of_range" (before 1900 or after 2100).
    """
    text = text.strip(" \t\r\n\u00a0'")
    if text.startswith(NATIVE):
        return _from_serial(text[1:], from_1904)
    match = _YEAR_FIRST.fullmatch(text) or _COMPACT.fullmatch(text)
    if match:
        return _build(int(match[1]), int(match[2]), int(match[3]))
    match = _YEAR_LAST.fullmatch(text)
    if match:
        first, second, year = int(match[1]), int(match[3]), int(match[4])
        if len(match[4]) == 2:
            year += 2000 if year < _PIVOT else 1900
        if match[2] != "." and order == "mdy":
            return _build(year, first, second)
        return _build(year, second, first)
    if text.casefold() in NOTHING:
        return None
    match = _DAY_WORD.fullmatch(text)
    if match:
        return _build(int(match[3]), _month(match[2]), int(match[1]))
    match = _WORD_DAY.fullmatch(text)
    if match:
        return _build(int(match[3]), _month(match[1]), int(match[2]))
    if _SERIAL.fullmatch(text):
        return _from_serial(text.replace(",", "."), from_1904)
    return "date.invalid"


def _month(word: str) -> int:
    """Number of a month by its name or a beginning of it, 0 where it is none."""
    word = word.casefold()
    for number, names in enumerate(_MONTHS, 1):
        if any(name.startswith(word) for name in names):
            return number
    return 0


def _build(year: int, month: int, day: int) -> datetime.date | str | None:
    if year <= 1 and day <= 1 and month <= 1:
        return None
    if not FIRST_YEAR <= year <= LAST_YEAR:
        return "date.out_of_range"
    try:
        return datetime.date(year, month, day)
    except ValueError:
        return "date.invalid"


def _from_serial(text: str, from_1904: bool) -> datetime.date | str | None:
    try:
        days = int(float(text))
    except (ValueError, OverflowError):
        return "date.invalid"
    if days == 0:
        return None
    epoch = _EPOCH_1904 if from_1904 else _EPOCH_1900
    if not 0 < days < 80_000:
        return "date.out_of_range"
    value = epoch + datetime.timedelta(days=days)
    return value if FIRST_YEAR <= value.year <= LAST_YEAR else "date.out_of_range"
