"""A report as a workbook: live numbers, a sheet for the figures and one for each table and chart."""

from __future__ import annotations

import datetime as dt
from io import BytesIO
from typing import Any

import xlsxwriter
from django.utils.translation import gettext as _
from django.utils.translation import override

from kam.lib.formulas import guarded
from reports.models import Report

FORMATS = {"money": "#,##0.00", "percent": "0.0%", "number": "#,##0", "day": "yyyy-mm-dd"}
LONGEST_NAME = 31


def write(report: Report) -> bytes:
    """The workbook; texts never run as formulas."""
    held = BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False}
    with xlsxwriter.Workbook(held, options) as book, override(report.language):
        book.set_properties({"created": report.made_at.replace(tzinfo=None)})
        _fill(book, report)
    return held.getvalue()


def _fill(book: xlsxwriter.Workbook, report: Report) -> None:
    bold = book.add_format({"bold": True})
    shapes = {kind: book.add_format({"num_format": text}) for kind, text in FORMATS.items()}
    sheet = book.add_worksheet(_name(book, _("Figures")))
    sheet.set_column(0, 0, 52)
    sheet.set_column(1, 2, 18)
    sheet.write(0, 0, guarded(report.content["title"]), bold)
    sheet.write(1, 0, guarded(report.content["sub"]))
    for column, head in enumerate((_("Figure"), _("Value"), _("In the report before"))):
        sheet.write(3, column, head, bold)
    before = report.previous.content["figures"] if report.previous else []
    earlier = {each["key"]: each["value"] for each in before}
    for row, each in enumerate(report.content["figures"], start=4):
        sheet.write(row, 0, guarded(each["label"]))
        _cell(sheet, row, 1, each["value"], each["kind"], shapes)
        _cell(sheet, row, 2, earlier.get(each["key"]), each["kind"], shapes)
    for table in report.content["tables"]:
        sheet = book.add_worksheet(_name(book, table["title"]))
        sheet.freeze_panes(1, 1)
        for column, head in enumerate(table["columns"]):
            sheet.write(0, column, guarded(head["label"]), bold)
            sheet.set_column(column, column, 34 if column == 0 else 18)
        for number, row in enumerate(table["rows"], start=1):
            for column, (value, head) in enumerate(zip(row, table["columns"], strict=True)):
                _cell(sheet, number, column, value, head["kind"], shapes)
    for chart in report.content["charts"]:
        if not chart["table"]:
            continue
        sheet = book.add_worksheet(_name(book, chart["title"]))
        sheet.set_column(0, 0, 34)
        for column, head in enumerate(chart["table"]["head"]):
            sheet.write(0, column, guarded(str(head)), bold)
        for number, row in enumerate(chart["table"]["rows"], start=1):
            for column, value in enumerate(row):
                kind = "number" if isinstance(value, int | float) else "text"
                _cell(sheet, number, column, value, kind, shapes)


def _name(book: xlsxwriter.Workbook, title: str) -> str:
    """A name that a sheet may have, and none has yet."""
    plain = "".join(letter for letter in title if letter not in "[]:*?/\\'") or "-"
    taken = {sheet.get_name().lower() for sheet in book.worksheets()}
    name, number = plain[:LONGEST_NAME], 1
    while name.lower() in taken:
        number += 1
        name = f"{plain[: LONGEST_NAME - 3]} {number}"
    return name


def _cell(sheet, row: int, column: int, value: Any, kind: str, shapes: dict) -> None:
    if value is None or value == "":
        return
    if kind == "day":
        sheet.write_datetime(row, column, dt.datetime.fromisoformat(str(value)[:10]), shapes["day"])
    elif isinstance(value, int | float) and not isinstance(value, bool):
        sheet.write_number(row, column, value, shapes.get(kind))
    else:
        sheet.write_string(row, column, guarded(str(value)))
