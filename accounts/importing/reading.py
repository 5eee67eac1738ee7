"""`read`: one file of a kind -> Table. The steps are in the modules that it calls."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

from accounts.importing.collect import BLOCK_ROWS, Raw, collect
from accounts.importing.columns import Columns
from accounts.importing.container import Content, open_content, refuse
from accounts.importing.encodings import Encoding, detect
from accounts.importing.fields import FIELDS
from accounts.importing.finish import finish
from accounts.importing.headers import known_cells
from accounts.importing.table import Issue, Meta, ReadOptions, Refused, Table, Value
from accounts.importing.textfile import blocks, find_delimiter, open_text
from accounts.importing.xlsx import check, sheets

# Findings about a sheet that let the next one be tried.
_NEXT_SHEET = frozenset({"header.not_found", "file.empty", "file.no_rows"})


def read(
    source: str | os.PathLike[str] | bytes, kind: str, options: ReadOptions | None = None
) -> Table:
    """Read a delimited text (also packed by gzip) or a workbook as a file of `kind`.

    source: a path, or the bytes of the file. kind: one of KINDS, else ValueError.
    Raises Refused where nothing can be used, OSError where the file cannot be opened.
    """
    if kind not in FIELDS:
        raise ValueError(f"unknown kind of file: {kind}")
    options = options or ReadOptions()
    content = open_content(source)
    try:
        meta = Meta(content.container, content.sha256)
        if content.container == "xlsx":
            return _read_workbook(content, source, kind, options, meta)
        return _read_text(content, kind, options, meta)
    finally:
        content.stream.close()


def _read_text(content: Content, kind: str, options: ReadOptions, meta: Meta) -> Table:
    encoding = detect(content, options.encoding)
    meta.encoding = encoding.label
    delimiter = options.delimiter or _find_delimiter(content, encoding, kind, options)
    if len(delimiter) != 1 or delimiter in '"\r\n':
        raise refuse("file.unknown_delimiter", value=delimiter[:20])
    meta.delimiter = delimiter
    raw = collect(
        kind,
        blocks(open_text(content, encoding), delimiter, BLOCK_ROWS),
        options.map,
        even=True,
        may_be_damaged=encoding.mixed or not content.utf8_valid,
    )
    return _table(kind, raw, options, meta, check_controls=content.controls, from_1904=False)


def _find_delimiter(content: Content, encoding: Encoding, kind: str, options: ReadOptions) -> str:
    text = open_text(content, encoding)
    try:
        return find_delimiter(text, lambda cells: known_cells(kind, cells, options.map))
    finally:
        text.detach()


def _read_workbook(
    content: Content,
    source: str | os.PathLike[str] | bytes,
    kind: str,
    options: ReadOptions,
    meta: Meta,
) -> Table:
    workbook = check(content.stream, content.size)
    first_refusal: Refused | None = None
    with _as_path(source) as path:
        for name, records in sheets(path, BLOCK_ROWS):
            try:
                raw = collect(kind, records, options.map, even=False, may_be_damaged=False)
            except Refused as refusal:
                if refusal.issue.code not in _NEXT_SHEET:
                    raise
                if first_refusal is None or first_refusal.issue.code == "file.empty":
                    first_refusal = refusal
                continue
            meta.sheet = name
            break
        else:
            raise first_refusal or refuse("file.empty")
    return _table(kind, raw, options, meta, check_controls=True, from_1904=workbook.from_1904)


@contextlib.contextmanager
def _as_path(source: str | os.PathLike[str] | bytes) -> Iterator[Path]:
    """A path for the child process to open."""
    if not isinstance(source, bytes):
        yield Path(source).resolve()
        return
    with tempfile.NamedTemporaryFile(suffix=".xlsx") as copy:
        copy.write(source)
        copy.flush()
        yield Path(copy.name)


def _table(
    kind: str,
    raw: Raw,
    options: ReadOptions,
    meta: Meta,
    *,
    check_controls: bool,
    from_1904: bool,
) -> Table:
    header = raw.header
    meta.header_row = raw.header_row
    meta.rows = raw.total
    columns = Columns(kind, raw, options, meta, check_controls=check_controls, from_1904=from_1904)
    columns.convert()
    held_back = finish(columns)
    meta.columns = {header.titles[at]: name for at, name in header.columns.items()}
    meta.ignored = header.ignored
    frame, rows = columns.values, raw.rows
    left_out = columns.bad.union(held_back)
    if left_out:
        kept = [index for index in range(len(rows)) if index not in left_out]
        frame = {name: _pick(values, kept) for name, values in frame.items()}
        rows = [rows[index] for index in kept]
    errors = sorted(raw.errors + columns.errors, key=_place)
    warnings = sorted(raw.warnings + columns.warnings, key=_place)
    return Table(
        kind, frame, rows, errors, warnings, [raw.rows[index] for index in held_back], meta
    )


def _pick(values: list[Value], kept: list[int]) -> list[Value]:
    return [values[index] for index in kept]


def _place(issue: Issue) -> int:
    return issue.row or 0
