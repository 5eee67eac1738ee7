"""A list as a CSV file that spreadsheets open safely."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal

from django.utils.translation import get_language

from kam.lib.formulas import guarded


def safe_cell(value: object) -> str:
    """A value as the text of a cell: numbers and dates as they are, texts never as formulas."""
    if value is None:
        return ""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, (int, float, Decimal)):
        return _number(value)
    return guarded(str(value))


def _number(value) -> str:
    text = f"{value:f}" if isinstance(value, Decimal) else str(value)
    return text.replace(".", ",") if get_language() == "ru" else text


def csv_bytes(head: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """CSV as the reader's spreadsheet expects it: UTF-8 with a mark, ``;`` and a decimal comma
    in Russian, a comma and a point in English."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";" if get_language() == "ru" else ",")
    writer.writerow(head)
    writer.writerows([safe_cell(cell) for cell in row] for row in rows)
    return text.getvalue().encode("utf-8-sig")
