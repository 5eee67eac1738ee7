"""Records -> raw columns: blank rows, totals, footers, torn and unreadable records sorted out."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain

from accounts.importing.cells import skips, without_mark
from accounts.importing.container import refuse
from accounts.importing.documents import parts_of
from accounts.importing.fields import FIELDS, Cell
from accounts.importing.headers import Header, find_header
from accounts.importing.records import Records
from accounts.importing.table import Issue, ReadOptions
from accounts.importing.textfile import Block

# How many of the lines that an unclosed quote took in are named one by one.
_NAMED_LINES = 100
# Columns with more different texts than this, and hardly any twice, are not worth sharing.
_SHARED_TEXTS = 50_000

_TOTAL = re.compile(
    r"(?:общий\s+|промежуточный\s+)?(?:итого?|всего)(?:\s+(?:по|за|на|к)\b.*|\s+документов.*)?|"
    r"(?:grand\s+|sub-?\s?|report\s+)?totals?(?:\s+(?:for|by)\b.*)?",
    re.IGNORECASE,
)
# A first cell that is blank or may begin a row of totals.
_SUSPECT = re.compile(r"\s*(?:$|итог|всего|общий|промежут|grand|sub|report|total)", re.IGNORECASE)
_DAMAGED = re.compile("[\ud800-\udfff\ufffd]")


class Packed:
    """Cells of a long column of numbers, kept as one text per block: a tenth of the memory."""

    def __init__(self) -> None:
        self._pieces: list[str | list[str]] = []

    def extend(self, cells: Sequence[str]) -> None:
        joined = "\n".join(cells)
        # A cell with a line end inside could not be told from two cells.
        whole = joined.count("\n") == len(cells) - 1
        self._pieces.append(joined if whole else list(cells))

    def pieces(self) -> Iterator[list[str]]:
        for piece in self._pieces:
            yield piece.split("\n") if isinstance(piece, str) else piece

    def __iter__(self) -> Iterator[str]:
        return chain.from_iterable(self.pieces())


@dataclass(slots=True)
class Raw:
    """Columns as text. columns: field -> cells, as long as `rows` (record numbers).

    total: data records seen, blank ones not counted.
    """

    header: Header
    header_row: int
    columns: dict[str, list[str] | Packed]
    rows: list[int] = field(default_factory=list)
    errors: list[Issue] = field(default_factory=list)
    warnings: list[Issue] = field(default_factory=list)
    total: int = 0


def collect(kind: str, records: Records, options: ReadOptions) -> Raw:
    """All records below the header, by column.

    Raises Refused where there is no header or no record below it.
    """
    collector: _Collector | None = None
    mapping = {**records.mapping, **options.map}
    for block in records.blocks:
        if collector is None:
            header = find_header(kind, block.records, mapping, _asked_row(records, options))
            header_row = block.number(header.last)
            block.drop(header.last + 1)
            raw = Raw(header, header_row, {name: [] for name in header.columns.values()})
            raw.warnings.extend(header.warnings)
            collector = _Collector(kind, raw, records)
        collector.take(block)
    if collector is None:
        raise refuse("file.empty")
    if collector.raw.total == 0 and not records.errors and not records.notes:
        raise refuse("file.no_rows")
    return collector.raw


def _asked_row(records: Records, options: ReadOptions) -> int | None:
    """Place of the header among the first records, where it is known."""
    if records.exact:
        return 0
    return None if options.header_row is None else options.header_row - 1


class _Collector:
    def __init__(self, kind: str, raw: Raw, records: Records) -> None:
        self.raw = raw
        self.even = records.even
        self.may_be_damaged = records.may_be_damaged
        self.exact = records.exact
        self.width = raw.header.width
        self.named_width = max(raw.header.titles, default=0) + 1
        self.shared: dict[str, dict[str, str] | None] = {name: {} for name in raw.columns}
        fields = FIELDS[kind].fields
        position_of = {name: position for position, name in raw.header.columns.items()}
        self.date_at = position_of.get("date") if "date" in fields else None
        self.document_at = position_of.get("document") if kind == "documents" else None
        self.skip_at = [
            (position, name)
            for position, name in raw.header.columns.items()
            if fields[name].cell is Cell.SKIP
        ]
        self.numbers = {name for name in raw.columns if fields[name].cell is Cell.NUMBER}
        self.after_total = self.after_blank = False

    def take(self, block: Block) -> None:
        records, numbers = block.records, block.places()
        if block.swallowed is not None:
            self._unclosed(numbers[-1] if numbers else block.first - 1, block.swallowed)
            records, numbers = records[:-1], numbers[:-1]
        if self._is_plain(records):
            kept, rows = records, list(numbers)
        else:
            kept, rows = [], []
            for number, cells in zip(numbers, records, strict=True):
                checked = self._look(number, cells)
                if checked is not None:
                    kept.append(checked)
                    rows.append(number)
        self.raw.total += len(rows)
        self.raw.rows.extend(rows)
        if kept:
            self._add(list(zip(*kept, strict=True)))

    def _is_plain(self, records: list[list[str]]) -> bool:
        """Whether no record needs a closer look: all as wide as the header, none blank or total."""
        if self.skip_at or self.after_total:
            return False
        if self.may_be_damaged and _DAMAGED.search("".join(chain.from_iterable(records))):
            return False
        if set(map(len, records)) != {self.width}:
            return False
        return not any(map(_SUSPECT.match, {cells[0] for cells in records}))

    def _add(self, columns: list[tuple[str, ...]]) -> None:
        for position, name in self.raw.header.columns.items():
            cells, shared = columns[position], self.shared[name]
            target = self.raw.columns[name]
            if shared is None:
                target.extend(cells)
                continue
            share = shared.setdefault
            target.extend(list(map(share, cells, cells)))
            if isinstance(target, list) and _SHARED_TEXTS < len(shared) > len(target) // 2:
                self.shared[name] = None
                if name in self.numbers:
                    packed = Packed()
                    packed.extend(target)
                    self.raw.columns[name] = packed

    def _look(self, number: int, cells: list[str]) -> list[str] | None:
        """The record made as wide as the header, or None where it is left out."""
        if not any(cell.strip(" \t\r\n\u00a0\ufeff") for cell in cells):
            self.after_blank = True
            return None
        if self.may_be_damaged and _DAMAGED.search("".join(cells)):
            self.raw.total += 1
            self._error(number, "encoding.invalid")
            return None
        if not self.exact and self._is_total(cells):
            self.after_total = True
            self._warn(number, "row.total_skipped")
            return None
        if (self.after_total and self._is_footer(cells)) or self._is_imprint(cells):
            self._warn(number, "row.footer_skipped")
            return None
        self.after_blank = False
        if len(cells) > self.width and not any(cell.strip() for cell in cells[self.width :]):
            cells = cells[: self.width]
        elif len(cells) < self.width and (not self.even or len(cells) >= self.named_width):
            cells = cells + [""] * (self.width - len(cells))
        if len(cells) != self.width:
            self.raw.total += 1
            self._error(number, "row.ragged", found=len(cells), expected=self.width)
            return None
        for position, name in self.skip_at:
            if cells[position] and skips(name, cells[position]):
                self.raw.total += 1
                self.raw.warnings.append(
                    Issue(
                        number,
                        self.raw.header.titles[position],
                        "row.not_counted",
                        {"value": without_mark(cells[position]).strip()[:60]},
                    )
                )
                return None
        return cells

    def _is_total(self, cells: list[str]) -> bool:
        first = next((cell for cell in cells if cell.strip()), "").strip(" \t\u00a0:")
        if len(first) > 200 or _TOTAL.fullmatch(first) is None:
            return False
        if self.date_at is None:
            # Among names only the bare word is a total: «Total Energies» is a client.
            return " " not in first
        return len(cells) <= self.date_at or not cells[self.date_at].strip()

    def _is_footer(self, cells: list[str]) -> bool:
        if sum(bool(cell.strip()) for cell in cells) > 3:
            return False
        if self.date_at is not None:
            return len(cells) <= self.date_at or not cells[self.date_at].strip()
        if self.document_at is not None:
            return len(cells) <= self.document_at or parts_of(cells[self.document_at]) is None
        return False

    def _is_imprint(self, cells: list[str]) -> bool:
        """A line of its own behind a blank one, such as "Copyright" below a report."""
        return self.even and self.after_blank and len(cells) == 1 and self.named_width > 2

    def _unclosed(self, number: int, swallowed: int) -> None:
        for line in range(min(swallowed, _NAMED_LINES) + 1):
            self.raw.total += 1
            self._error(number + line, "row.unclosed_quote", row=number, lines=swallowed)

    def _error(self, number: int, code: str, **params: int) -> None:
        self.raw.errors.append(Issue(number, None, code, params))

    def _warn(self, number: int, code: str) -> None:
        self.raw.warnings.append(Issue(number, None, code))
