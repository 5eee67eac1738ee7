"""A report as a workbook: live numbers, a sheet for the figures and one for each table and chart.

Changes, totals and shares are formulas, so that they follow whoever edits a number; beside each
stands its value, for viewers that do not compute.
"""

from __future__ import annotations

import datetime as dt
from io import BytesIO
from typing import Any

import xlsxwriter
from django.utils.translation import gettext as _
from django.utils.translation import override, pgettext
from xlsxwriter.utility import xl_rowcol_to_cell as cell_name

from kam.lib.formulas import guarded
from reports.dashboards import kept

FORMATS = {"money": "#,##0.00", "percent": "0.0%", "number": "#,##0", "day": "yyyy-mm-dd"}
LONGEST_NAME = 31


def write(report: Any) -> bytes:
    """The workbook; texts never run as formulas."""
    held = BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False}
    with xlsxwriter.Workbook(held, options) as book, override(report.language):
        book.set_properties({"created": report.made_at.replace(tzinfo=None)})
        _fill(book, report)
    return held.getvalue()


def _fill(book: xlsxwriter.Workbook, report: Any) -> None:
    bold = book.add_format({"bold": True})
    shapes = {kind: book.add_format({"num_format": text}) for kind, text in FORMATS.items()}
    sheet = book.add_worksheet(_name(book, _("Figures")))
    sheet.set_column(0, 0, 52)
    sheet.set_column(1, 2, 18)
    sheet.write(0, 0, guarded(report.content["title"]), bold)
    sheet.write(1, 0, guarded(report.content["sub"]))
    if report.content.get("headline"):
        sheet.write(2, 0, guarded(report.content["headline"]))
    earlier = kept.before_of(report)
    heads = (_("Figure"), _("Value"), _("In the report before"), _("Change"))
    for column, head in enumerate(heads if earlier else heads[:2]):
        sheet.write(3, column, head, bold)
    for row, each in enumerate(report.content["figures"], start=4):
        sheet.write(row, 0, guarded(each["label"]))
        _cell(sheet, row, 1, each["value"], each["kind"], shapes)
        _cell(sheet, row, 2, earlier.get(each["key"]), each["kind"], shapes)
        _change(sheet, row, each, earlier.get(each["key"]), shapes)
    _words(book, report, bold)
    for table in report.content["tables"]:
        _table(book, table, bold, shapes)
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


def _change(sheet, row: int, figure: dict, before: Any, shapes: dict) -> None:
    """Against the report before, as pages tell it: of money a part of it, else the difference."""
    value, kind = figure["value"], figure["kind"]
    delta = kept.delta_of(value, before, kind)
    if value is None or before is None or delta is None:
        return
    now, then = cell_name(row, 1), cell_name(row, 2)
    if kind == "money":
        formula, shape = f'=IF({then}>0,{now}/{then}-1,"")', shapes["percent"]
    else:
        formula, shape = f"={now}-{then}", shapes.get(kind)
    sheet.write_formula(row, 3, formula, shape, delta)


def _words(book: xlsxwriter.Workbook, report: Any, bold: Any) -> None:
    """What changed, and the texts, a sentence a row."""
    parts = [{"title": _("Changed since the report before"), "lines": kept.changes_of(report)}]
    for each in report.content.get("texts", ()):
        parts.append({"title": each["title"], "lines": each["text"].splitlines()})
    if not any(part["lines"] for part in parts):
        return
    sheet = book.add_worksheet(_name(book, _("In words")))
    sheet.set_column(0, 0, 110)
    row = 0
    for part in parts:
        if not part["lines"]:
            continue
        sheet.write_string(row, 0, guarded(part["title"]), bold)
        for line in part["lines"]:
            row += 1
            sheet.write_string(row, 0, guarded(line))
        row += 2


def _table(book: xlsxwriter.Workbook, table: dict, bold: Any, shapes: dict) -> None:
    """Its rows; under them the sums of columns that are added up, the wholes of others where they
    are known, and beside them the part that each row has in such a sum."""
    sheet = book.add_worksheet(_name(book, table["title"]))
    sheet.freeze_panes(1, 1)
    columns, rows = table["columns"], table["rows"]
    for column, head in enumerate(columns):
        sheet.write(0, column, guarded(head["label"]), bold)
        sheet.set_column(column, column, 34 if column == 0 else 18)
    for number, row in enumerate(rows, start=1):
        for column, (value, head) in enumerate(zip(row, columns, strict=True)):
            _cell(sheet, number, column, value, head["kind"], shapes)
    summed = [column for column, head in enumerate(columns) if head.get("sum")]
    wholes = table.get("total") or [None] * len(columns)
    if not rows or not (summed or any(each is not None for each in wholes)):
        return
    last, beside = len(rows) + 1, len(columns)
    sheet.write_string(last, 0, pgettext("report", "Total"), bold)
    for column, whole_one in enumerate(wholes):
        if column not in summed:
            _cell(sheet, last, column, whole_one, columns[column]["kind"], shapes)
    for column in summed:
        total = sum(row[column] or 0 for row in rows)
        area = f"{cell_name(1, column)}:{cell_name(last - 1, column)}"
        sheet.write_formula(
            last, column, f"=SUM({area})", shapes.get(columns[column]["kind"]), total
        )
        if not columns[column].get("share"):
            continue
        label = _("Share of “%(column)s”") % {"column": columns[column]["label"]}
        sheet.write(0, beside, guarded(label), bold)
        sheet.set_column(beside, beside, 18)
        whole = cell_name(last, column, row_abs=True)
        for number, row in enumerate(rows, start=1):
            part = (row[column] or 0) / total if total else 0
            formula = f"=IF({whole}=0,0,{cell_name(number, column)}/{whole})"
            sheet.write_formula(number, beside, formula, shapes["percent"], part)
        beside += 1


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
