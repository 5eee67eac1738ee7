"""Opens a file of any format as records: one table of a text, or the sheets of a workbook."""

from __future__ import annotations

import contextlib
import os
import re
import tempfile
from collections.abc import Iterator
from pathlib import Path

from accounts.importing.commerceml import read_commerceml
from accounts.importing.container import Content, refuse
from accounts.importing.encodings import Encoding, detect
from accounts.importing.grouped import ungrouped
from accounts.importing.headers import known_cells
from accounts.importing.pages import read_page
from accounts.importing.records import BLOCK_ROWS, Made, Records
from accounts.importing.statement import encoding_of, read_statement
from accounts.importing.table import Issue, Meta, ReadOptions
from accounts.importing.textfile import blocks, find_delimiter, open_text
from accounts.importing.webtable import tables
from accounts.importing.xlsx import check, sheets

Source = str | os.PathLike[str] | bytes
_CHARSET = re.compile(rb"""charset\s*=\s*["']?\s*([\w-]+)""", re.IGNORECASE)


def records_of(
    content: Content, source: Source, kind: str, options: ReadOptions, meta: Meta, first: int = 0
) -> Iterator[Records]:
    """Tables of the file that may be of `kind`, in order; tells `meta` encoding and delimiter.

    first: about so many records of each are enough, 0 = all; texts do not care, as they are read
    as they are asked for. Raises Refused.
    """
    if content.container in ("xlsx", "xls"):
        yield from _workbook(content, source, options, first)
    elif content.container == "html":
        yield from _page(content, options, meta, first)
    elif content.container in ("csv", "csv.gz"):
        yield _text(content, kind, options, meta)
    else:
        yield _made(content, kind, options, meta, first).records()


def _text(content: Content, kind: str, options: ReadOptions, meta: Meta) -> Records:
    encoding = detect(content, options.encoding)
    meta.encoding = encoding.label
    delimiter = options.delimiter or _find_delimiter(content, encoding, kind, options)
    if len(delimiter) != 1 or delimiter in '"\r\n':
        raise refuse("file.unknown_delimiter", value=delimiter[:20])
    meta.delimiter = delimiter
    return Records(
        blocks(open_text(content, encoding), delimiter, BLOCK_ROWS),
        even=True,
        may_be_damaged=encoding.mixed or not content.utf8_valid,
        controls=content.controls,
    )


def _find_delimiter(content: Content, encoding: Encoding, kind: str, options: ReadOptions) -> str:
    text = open_text(content, encoding)
    try:
        return find_delimiter(text, lambda cells: known_cells(kind, cells, options.map))
    finally:
        text.detach()


def _made(content: Content, kind: str, options: ReadOptions, meta: Meta, first: int) -> Made:
    if content.container == "xml":
        content.stream.seek(0)
        return read_commerceml(content.stream, kind, first)
    if content.container == "json":
        return read_page(content.stream.read(), kind)
    if kind != "payments":
        raise refuse("format.other_kind", format="1CClientBankExchange", kinds="payments")
    encoding = encoding_of(content, options.encoding) or detect(content, options.encoding)
    meta.encoding = encoding.label
    text = open_text(content, encoding)
    try:
        return read_statement(text)
    finally:
        text.detach()


def _workbook(
    content: Content, source: Source, options: ReadOptions, first: int
) -> Iterator[Records]:
    # A workbook of the old kind is not packed: its size bounds it, and the child does the rest.
    from_1904 = content.container == "xlsx" and check(content.stream, content.size).from_1904
    with _as_path(source) as path:
        for name, found in sheets(path, BLOCK_ROWS, first):
            if options.sheet in (None, name):
                errors: list[Issue] = []
                rows = ungrouped(found, errors)
                yield Records(rows, from_1904=from_1904, sheet=name, errors=errors)


def _page(content: Content, options: ReadOptions, meta: Meta, first: int) -> Iterator[Records]:
    declared = _CHARSET.search(content.head[:4096])
    wanted = options.encoding
    if wanted is None and declared and not content.utf8_valid:
        wanted = declared[1].decode()
    encoding = detect(content, wanted)
    meta.encoding = encoding.label
    for name, found in tables(content, encoding, BLOCK_ROWS, first):
        if options.sheet in (None, name):
            yield Records(found, sheet=name, may_be_damaged=not content.utf8_valid)


@contextlib.contextmanager
def _as_path(source: Source) -> Iterator[Path]:
    """A path for the child process to open."""
    if not isinstance(source, bytes):
        yield Path(source).resolve()
        return
    with tempfile.NamedTemporaryFile(suffix=".xlsx") as copy:
        copy.write(source)
        copy.flush()
        yield Path(copy.name)
