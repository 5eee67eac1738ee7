"""A list as a file that spreadsheets open safely, written row by row: memory stays flat.

Texts never run as formulas.  CSV is what the reader's spreadsheet expects: UTF-8 with a mark, a
semicolon and a decimal comma in Russian, a comma and a point in English.  In XLSX numbers, days
and moments are numbers, days and moments.
"""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from io import TextIOWrapper
from pathlib import Path
from typing import Any

import xlsxwriter

from kam.lib.formulas import guarded
from kam.lib.periods import company_zone

from .registry import Column, Sheet

# A sheet of a workbook has 1,048,576 rows, one of them the header.
MOST_XLSX = 1_048_575
_LONGEST_CELL = 32_767
_TOLD_EVERY = 1_000
Tell = Callable[[int], None]


class TooLong(Exception):
    """More rows than a sheet of a workbook holds."""


def write(sheet: Sheet, format: str, path: Path, language: str, tell: Tell | None = None) -> int:
    """Write the list to ``path``; how many rows it has.  ``tell`` hears how many are done.

    Raises TooLong for a workbook of more than MOST_XLSX rows; what ``tell`` raises ends it.
    """
    rows = _counted(sheet.rows, tell or (lambda done: None))
    if format == "xlsx":
        if sheet.total > MOST_XLSX:
            raise TooLong
        return _write_xlsx(sheet.columns, rows, path)
    return _write_csv(sheet.columns, rows, path, language)


def _counted(rows: Iterable[Sequence[Any]], tell: Tell) -> Iterable[Sequence[Any]]:
    done = 0
    for done, row in enumerate(rows, start=1):
        if done % _TOLD_EVERY == 0:
            tell(done)
        yield row
    tell(done)


def _write_csv(
    columns: Sequence[Column], rows: Iterable[Sequence[Any]], path: Path, language: str
) -> int:
    russian = language == "ru"
    count = 0
    spell = [_spelling(column, russian) for column in columns]
    with path.open("wb") as raw, TextIOWrapper(raw, "utf-8-sig", newline="") as text:
        writer = csv.writer(text, delimiter=";" if russian else ",")
        writer.writerow([guarded(column.title) for column in columns])
        for row in rows:
            count += 1
            writer.writerow(
                [
                    "" if value is None else to_text(value)
                    for to_text, value in zip(spell, row, strict=True)
                ]
            )
    return count


def _spelling(column: Column, russian: bool) -> Callable[[Any], str]:
    if column.kind == "day":
        return lambda value: value.isoformat()
    if column.kind == "moment":
        return lambda value: f"{value.astimezone(company_zone()):%Y-%m-%d %H:%M}"
    if column.kind in ("number", "share"):
        return lambda value: _number(value, column.decimals, russian)
    return lambda value: guarded(str(value))


def _number(value: Any, decimals: int | None, russian: bool) -> str:
    """A share stays a fraction: per cent signs would make it a text."""
    if decimals is not None and not isinstance(value, int):
        text = f"{value:.{decimals}f}"
    else:
        text = f"{value:f}" if isinstance(value, Decimal) else str(value)
    return text.replace(".", ",") if russian else text


def _write_xlsx(columns: Sequence[Column], rows: Iterable[Sequence[Any]], path: Path) -> int:
    book = xlsxwriter.Workbook(
        str(path),
        {
            "constant_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
            "nan_inf_to_errors": True,
            "default_date_format": "yyyy-mm-dd",
        },
    )
    count = 0
    try:
        page = book.add_worksheet()
        head = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
        looks = [book.add_format({"num_format": _look(column)}) for column in columns]
        page.freeze_panes(1, 0)
        for at, column in enumerate(columns):
            page.set_column(at, at, _width(column))
            page.write_string(0, at, column.title, head)
        for count, row in enumerate(rows, start=1):
            if count > MOST_XLSX:
                raise TooLong
            for at, (column, value) in enumerate(zip(columns, row, strict=True)):
                if value is not None:
                    _put(page, count, at, column, value, looks[at])
        if count:
            page.autofilter(0, 0, count, len(columns) - 1)
    finally:
        book.close()
    return count


def _look(column: Column) -> str:
    if column.kind == "share":
        return "0.0%"
    if column.kind == "moment":
        return "yyyy-mm-dd hh:mm"
    if column.kind == "day":
        return "yyyy-mm-dd"
    if column.kind == "number":
        return "#,##0" + ("." + "0" * column.decimals if column.decimals else "") \
            if column.decimals is not None else "General"  # fmt: skip
    return "@"


def _width(column: Column) -> int:
    return {"text": 28, "moment": 17, "day": 12}.get(column.kind, 14)


def _put(page, row: int, at: int, column: Column, value: Any, look) -> None:
    if column.kind in ("number", "share"):
        page.write_number(row, at, value, look)
    elif column.kind == "day":
        page.write_datetime(row, at, dt.datetime.combine(value, dt.time()), look)
    elif column.kind == "moment":
        page.write_datetime(
            row, at, value.astimezone(company_zone()).replace(tzinfo=None, microsecond=0), look
        )
    else:
        # A cell of the kind "text" is never run, so nothing has to stand before a formula.
        page.write_string(row, at, str(value)[:_LONGEST_CELL], look)
