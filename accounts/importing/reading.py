"""`read`: one file of a kind -> Table. The steps are in the modules that it calls."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from accounts.importing.collect import collect
from accounts.importing.columns import Columns
from accounts.importing.container import open_content, refuse
from accounts.importing.fields import FIELDS
from accounts.importing.finish import finish
from accounts.importing.numbers_column import Numbers
from accounts.importing.opening import Source, records_of
from accounts.importing.records import Records
from accounts.importing.table import Issue, Meta, ReadOptions, Refused, Table, Value

# Findings about a sheet that let the next one be tried.
NEXT_SHEET = frozenset({"header.not_found", "column.missing", "file.empty", "file.no_rows"})


def read(source: Source, kind: str, options: ReadOptions | None = None) -> Table:
    """Read a file as a file of `kind`, whatever its format.

    source: a path, or the bytes of the file. kind: one of KINDS, else ValueError.
    Raises Refused where nothing can be used, OSError where the file cannot be opened.
    """
    if kind not in FIELDS:
        raise ValueError(f"unknown kind of file: {kind}")
    options = options or ReadOptions()
    content = open_content(source)
    try:
        meta = Meta(content.container, content.sha256)
        refusal: Refused | None = None
        for records in records_of(content, source, kind, options, meta):
            try:
                return assemble(kind, records, options, meta)
            except Refused as found:
                if records.sheet is None or found.issue.code not in NEXT_SHEET:
                    raise
                refusal = _weightier(refusal, found)
        if options.sheet is not None and refusal is None:
            raise refuse("sheet.unknown", value=options.sheet[:60])
        raise refusal or refuse("file.empty")
    finally:
        content.stream.close()


def _weightier(before: Refused | None, now: Refused) -> Refused:
    """Of two sheets that do not fit, the one that comes nearer to fitting."""
    order = ("file.empty", "header.not_found", "file.no_rows", "column.missing")
    if before is None or order.index(now.issue.code) > order.index(before.issue.code):
        return now
    return before


def assemble(kind: str, records: Records, options: ReadOptions, meta: Meta) -> Table:
    """The table of some records. Raises Refused."""
    raw = collect(kind, records, options)
    header = raw.header
    meta.sheet = records.sheet
    meta.header_row = raw.header_row
    meta.rows = raw.total
    columns = Columns(
        kind,
        raw,
        options,
        meta,
        check_controls=records.controls,
        from_1904=records.from_1904,
    )
    columns.convert()
    held_back = finish(columns)
    meta.columns = {header.titles[at]: name for at, name in header.columns.items()}
    meta.ignored = header.ignored
    frame: Mapping[str, Sequence[Value]] = columns.values
    rows = raw.rows
    left_out = columns.bad.union(held_back)
    if left_out:
        kept = [index for index in range(len(rows)) if index not in left_out]
        frame = {name: _pick(values, kept) for name, values in frame.items()}
        rows = [rows[index] for index in kept]
    errors = sorted([*records.errors, *raw.errors, *columns.errors], key=_place)
    warnings = sorted([*records.notes, *raw.warnings, *columns.warnings], key=_place)
    return Table(
        kind, frame, rows, errors, warnings, [raw.rows[index] for index in held_back], meta
    )


def _pick(values: Sequence[Value], kept: list[int]) -> Sequence[Value]:
    if isinstance(values, Numbers):
        return Numbers(values[index] for index in kept)
    return [values[index] for index in kept]


def _place(issue: Issue) -> int:
    return issue.row or 0
