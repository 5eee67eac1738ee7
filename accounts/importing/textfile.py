"""Delimited text -> records: the delimiter, row numbers, and what breaks a record."""

from __future__ import annotations

import csv
import io
import itertools
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


# Put behind the last line: comes back as a record of its own unless a quote was left open.
_END = "\ue001"


@dataclass(slots=True)
class Block:
    """Records that follow each other. first: number of the first one, 1-based, blank ones count.

    swallowed: lines that an unclosed quote in the last record took in; None if it is whole.
    """

    first: int
    records: list[list[str]]
    swallowed: int | None = None


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
    hint = hinted_delimiter(io.StringIO(sample, newline="").readline()) if sample else None
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


def blocks(text: io.TextIOWrapper, delimiter: str, size: int) -> Iterator[Block]:
    """All records in order, `size` at a time; blank lines are records without cells."""
    _widen_field_limit()
    reader = csv.reader(itertools.chain(text, (_END,)), delimiter=delimiter)
    first = 1
    while records := list(itertools.islice(reader, size)):
        block = Block(first, records)
        last = records[-1]
        if last == [_END]:
            records.pop()
        elif last and last[-1].endswith(_END):
            last[-1] = last[-1].removesuffix(_END)
            block.swallowed = len("".join(last).splitlines()) - 1
        yield block
        first += len(records)
