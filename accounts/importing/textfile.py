"""Delimited text -> records: the delimiter, row numbers, and what breaks a record."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from accounts.importing.container import Content
from accounts.importing.encodings import Encoding

DELIMITERS = (";", ",", "\t", "|")
LOOK_ROWS = 50
_LOOK_CHARACTERS = 256 << 10
# A cell may be as long as the file; the csv module must hand it over so that we can name it.
_FIELD_LIMIT = (1 << 31) - 1


@dataclass(frozen=True, slots=True)
class Record:
    """One record of the file. number: 1-based, blank ones count. swallowed: how many further
    lines an unclosed quote took in; None where the record ended as it should."""

    number: int
    cells: list[str]
    swallowed: int | None = None


class _Lines:
    """Hands lines to the csv reader and remembers whether it ran dry in the middle of a record."""

    def __init__(self, stream: io.TextIOWrapper) -> None:
        self._stream = stream
        self.dry = False
        self.given = 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._stream.readline()
        if not line:
            self.dry = True
            raise StopIteration
        self.given += 1
        return line


def open_text(content: Content, encoding: Encoding) -> io.TextIOWrapper:
    content.stream.seek(0)
    errors = "surrogateescape" if encoding.mixed else "replace"
    return io.TextIOWrapper(content.stream, encoding.codec, errors=errors, newline="")


def hinted_delimiter(first_line: str) -> str | None:
    """Delimiter of the line "sep=;" that Excel writes and reads."""
    line = first_line.strip('\ufeff\r\n" ')
    if line[:4].lower() == "sep=" and len(line) <= 5:
        return line[4:] or "\t"
    if line.lower() == "sep=":
        return "\t"
    return None


def find_delimiter(text: io.TextIOWrapper, known: Callable[[list[str]], int]) -> str:
    """The delimiter of the file: by names of columns that it brings out, then by evenness.

    known: how many cells of a record are names of columns of this kind of file.
    """
    sample = text.read(_LOOK_CHARACTERS)
    hint = (
        hinted_delimiter(io.StringIO(sample, newline="").readline()) if sample else None
    )
    if hint:
        return hint
    return max(DELIMITERS, key=lambda delimiter: _evenness(sample, delimiter, known))


def _evenness(
    sample: str, delimiter: str, known: Callable[[list[str]], int]
) -> tuple[int, float, int]:
    records: list[list[str]] = []
    _widen_field_limit()
    for cells in csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter):
        if cells:
            records.append(cells)
        if len(records) >= LOOK_ROWS:
            break
    widths = Counter(len(cells) for cells in records)
    if not widths:
        return 0, 0.0, 0
    width, share = max(widths.items(), key=lambda item: (item[0] > 1, item[1], item[0]))
    names = max(known(cells) for cells in records[:30])
    return names, share / len(records) if width > 1 else 0.0, width


def _widen_field_limit() -> None:
    if csv.field_size_limit() < _FIELD_LIMIT:
        csv.field_size_limit(_FIELD_LIMIT)


def records(text: io.TextIOWrapper, delimiter: str) -> Iterator[Record]:
    """All records in order, blank ones too (no cells), with their numbers."""
    _widen_field_limit()
    lines = _Lines(text)
    number = 0
    given = 0
    for cells in csv.reader(lines, delimiter=delimiter):
        number += 1
        if lines.dry:
            yield Record(number, cells, lines.given - given - 1)
        else:
            yield Record(number, cells)
        given = lines.given
