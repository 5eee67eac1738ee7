"""The refused rows of a file as a CSV file: as they stand, with the reason in a last column.

People correct the file and load it again; the column of reasons is ignored then.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, TextIO

from accounts.importing.cells import LONGEST_CELL
from accounts.importing.container import open_content
from accounts.importing.headers import find_header
from accounts.importing.numbers import NATIVE
from accounts.importing.opening import Source, records_of
from accounts.importing.records import Records
from accounts.importing.table import Issue, Meta, ReadOptions, Refused
from kam.lib.formulas import guarded

_HEADING = ("Reason", "Причина отказа")
# A negative amount runs nothing and must stay a number; a telephone number must stay a text.
_AMOUNT = re.compile("-[0-9][0-9 \u00a0\u202f]*(?:[.,][0-9]+)?")
_NUMBER = re.compile(r"-?[0-9]+\.[0-9]+")


def reasons(
    errors: Iterable[Issue], held_back: Iterable[int], say: Callable[[Issue], str]
) -> dict[int, str]:
    """Row -> why it was refused, in words; also of sound lines of a refused document.

    say: an issue as a sentence.
    """
    found: dict[int, list[str]] = {}
    for issue in (*errors, *(Issue(row, None, "row.held_back") for row in held_back)):
        if issue.row is not None:
            found.setdefault(issue.row, []).append(
                say(Issue(None, issue.column, issue.code, issue.params))
            )
    return {row: " ".join(dict.fromkeys(sentences)) for row, sentences in found.items()}


def write_refused(
    out: TextIO,
    source: Source,
    kind: str,
    options: ReadOptions,
    why: Mapping[int, str],
    language: str,
) -> int:
    """Write the rows that `why` names, with the header of the file; how many there were.

    out: opened with newline=""; a byte order mark is written first, for spreadsheets. options:
    those that the file was read with. Cells are guarded against running as formulas.
    """
    russian = language.lower().startswith("ru")
    out.write("\ufeff")
    writer = csv.writer(out, delimiter=";" if russian else ",")
    content = open_content(source)
    try:
        meta = Meta(content.container, content.sha256)
        for records in records_of(content, source, kind, options, meta):
            try:
                return _write(writer, records, kind, options, why, russian)
            except Refused:
                if records.sheet is None:
                    raise
        return 0
    finally:
        content.stream.close()


def _write(
    writer: Any,
    records: Records,
    kind: str,
    options: ReadOptions,
    why: Mapping[int, str],
    russian: bool,
) -> int:
    mapping = {**records.mapping, **options.map}
    written, width = 0, 0
    for block in records.blocks:
        if not width:
            at = None if options.header_row is None else options.header_row - 1
            header = find_header(kind, block.records, mapping, 0 if records.exact else at)
            width = header.width
            titles = [header.titles.get(position, "") for position in range(width)]
            if records.exact:
                # Names of elements are known to their format alone; fields are known everywhere.
                titles = [records.mapping.get(title, title) for title in titles]
            writer.writerow([*map(guarded, titles), _HEADING[russian]])
            block.drop(header.last + 1)
        for place, cells in zip(block.places(), block.records, strict=True):
            if place in why:
                shown = [_cell(cell, russian) for cell in cells[:width]]
                writer.writerow([*shown, *[""] * (width - len(shown)), why[place]])
                written += 1
    return written


def _cell(cell: str, russian: bool) -> str:
    if cell.startswith(NATIVE):
        number = cell[1:]
        return number.replace(".", ",") if russian and _NUMBER.fullmatch(number) else number
    text = cell[:LONGEST_CELL].encode("utf-8", "replace").decode().replace("\x00", "\ufffd")
    return text if _AMOUNT.fullmatch(text) else guarded(text)
