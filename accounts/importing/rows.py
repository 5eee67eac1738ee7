"""Rows of a program (JSON objects of our own fields) as a table, by the rules of files.

Nothing is guessed here: fields are named by us, days are 2026-03-05, numbers have a decimal point.
A document may carry its lines; it becomes one record per line, all with the row of the document.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from accounts.importing.fields import FIELDS, Cell
from accounts.importing.reading import assemble
from accounts.importing.records import Made
from accounts.importing.table import Meta, ReadOptions, Table

LINES = "lines"
# What of a document belongs to its lines.
LINE_FIELDS = (
    "product", "product_name", "family", "quantity", "unit_price", "amount", "amount_net", "total",
    "gross", "discount", "vat", "vat_rate", "cost", "unit_cost",
)  # fmt: skip
_NUMBERS = frozenset({Cell.NUMBER, Cell.COUNT, Cell.RATE})
_NUMBER = re.compile(r"-?\d{1,30}(\.\d{1,20})?")


def fields_of(kind: str) -> tuple[str, ...]:
    """What a row of a kind may say; documents also `lines`."""
    own = tuple(name for name, each in FIELDS[kind].fields.items() if each.cell is not Cell.SKIP)
    return (*own, LINES) if kind == "documents" else own


def misfits(kind: str, rows: Sequence[Any], most: int = 100) -> dict[str, dict[str, str]]:
    """Row -> field -> "unknown", "type" or "empty": what is no row of this kind at all.

    The key of a line is `lines.3.quantity`; that of a row that is no object is empty.
    """
    known = frozenset(fields_of(kind))
    found: dict[str, dict[str, str]] = {}
    for number, row in enumerate(rows, 1):
        wrong = _misfits(row, known, "")
        if isinstance(row, Mapping) and LINES in known and LINES in row:
            wrong |= _line_misfits(row[LINES])
        if wrong:
            found[str(number)] = wrong
            if len(found) == most:
                break
    return found


def _line_misfits(lines: Any) -> dict[str, str]:
    if not isinstance(lines, list):
        return {LINES: "type"}
    if not lines:
        return {LINES: "empty"}
    wrong: dict[str, str] = {}
    for place, line in enumerate(lines, 1):
        wrong |= _misfits(line, frozenset(LINE_FIELDS), f"{LINES}.{place}.")
    return wrong


def _misfits(row: Any, known: frozenset[str], before: str) -> dict[str, str]:
    if not isinstance(row, Mapping):
        return {before.rstrip("."): "type"}
    wrong = {f"{before}{name}": "unknown" for name in row if name not in known}
    for name, value in row.items():
        if name in known and name != LINES and not isinstance(value, str | int | Decimal | None):
            wrong[f"{before}{name}"] = "type"
    return wrong


def table(kind: str, rows: Sequence[Mapping[str, Any]], options: ReadOptions, sha256: str) -> Table:
    """The table of rows that `misfits` finds nothing in. Raises Refused.

    Issues name the number of the row, 1-based, and the field.
    """
    columns, records = _records(kind, rows)
    made = Made({name: name for name in columns}, records)
    strict = replace(options, decimal=".", dates="ymd")
    return assemble(kind, made.records(), strict, Meta("json", sha256))


def _records(
    kind: str, rows: Sequence[Mapping[str, Any]]
) -> tuple[list[str], list[tuple[int, list[str]]]]:
    names: dict[str, None] = {}
    for row in rows:
        names |= dict.fromkeys(name for name in row if name != LINES)
        for line in row.get(LINES, ()):
            names |= dict.fromkeys(line)
    spell = {name: _spelling(FIELDS[kind].fields[name].cell) for name in names}
    records = []
    for number, row in enumerate(rows, 1):
        lines = row.get(LINES)
        for line in [{**row, **each} for each in lines] if lines else [row]:
            records.append((number, [spell[name](line.get(name)) for name in names]))
    return list(names), records


def _spelling(cell: Cell) -> Callable[[Any], str]:
    if cell in _NUMBERS:
        return _number
    return _day if cell is Cell.DATE else _text


def _text(value: Any) -> str:
    if value is None:
        return ""
    return format(value, "f") if isinstance(value, Decimal) else str(value)


def _number(value: Any) -> str:
    """Numbers and days of another spelling are marked, so that none is guessed."""
    text = _text(value)
    return text if not text or _NUMBER.fullmatch(text) else f"«{text}»"


def _day(value: Any) -> str:
    text = _text(value)
    try:
        return datetime.date.fromisoformat(text).isoformat() if text else ""
    except ValueError:
        return f"«{text}»"
