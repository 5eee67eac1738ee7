"""Delimited text -> records: the delimiter, row numbers, and what breaks a record."""

from __future__ import annotations

import csv
import io
import itertools
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from accounts.importing.container import Content, refuse
from accounts.importing.encodings import Encoding

DELIMITERS = (";", ",", "\t", "|")
LOOK_ROWS = 50
_LOOK_CHARACTERS = 256 << 10
# Much longer cells than are taken must be handed over by the csv module so that they can be
# named; beyond this, in characters, the file is refused: it is an open quote or an attack.
LONGEST_RECORD = 1 << 24
# More would not be read within the memory of a worker.
MAX_RECORDS = 1_200_000


# Put behind the last line: comes back as a record of its own unless a quote was left open.
_END = "\ue001"


@dataclass(slots=True)
class Block:
    """Records that follow each other. first: number of the first one, 1-based, blank ones count.

    swallowed: lines that an unclosed quote in the last record took in; None if it is whole.
    numbers: of each record, where they do not follow each other.
    """

    first: int
    records: list[list[str]]
    swallowed: int | None = None
    numbers: list[int] | None = None

    def places(self) -> Sequence[int]:
        """Number of each record."""
        return self.numbers or range(self.first, self.first + len(self.records))

    def number(self, index: int) -> int:
        return self.places()[index]

    def drop(self, count: int) -> None:
        """Take the first records away."""
        self.first += count
        self.records = self.records[count:]
        if self.numbers:
            self.numbers = self.numbers[count:]


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
    if csv.field_size_limit() < LONGEST_RECORD:
        csv.field_size_limit(LONGEST_RECORD)


def blocks(text: io.TextIOWrapper, delimiter: str, size: int) -> Iterator[Block]:
    """All records in order, `size` at a time; blank lines are records without cells.

    Raises Refused row.too_long, file.too_many_rows.
    """
    _widen_field_limit()
    reader = csv.reader(itertools.chain(_lines(text), (_END,)), delimiter=delimiter)
    first = 1
    while True:
        try:
            records = list(itertools.islice(reader, size))
        except csv.Error as error:
            # Nothing but the limit is left to complain of: every text is CSV of some kind.
            raise refuse("row.too_long", line=reader.line_num, limit=LONGEST_RECORD) from error
        if not records:
            return
        block = Block(first, records)
        last = records[-1]
        if last == [_END]:
            records.pop()
        elif last and last[-1].endswith(_END):
            last[-1] = last[-1].removesuffix(_END)
            block.swallowed = len("".join(last).splitlines()) - 1
        yield block
        first += len(records)
        if first > MAX_RECORDS:
            raise refuse("file.too_many_rows", limit=MAX_RECORDS)


def _lines(text: io.TextIOWrapper) -> Iterator[str]:
    number = 0
    while line := text.readline(LONGEST_RECORD):
        number += 1
        if len(line) >= LONGEST_RECORD:
            raise refuse("row.too_long", line=number, limit=LONGEST_RECORD)
        yield line
