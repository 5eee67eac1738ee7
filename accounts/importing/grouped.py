"""Reports of 1С on sales that stand documents below their client, as a plain table.

«Контрагент» heads the column, a client has a row with its sums, and below stand rows of its
documents: «Реализация 00УТ-000123 от 09.01.2024». Each document gets its client beside it. What
stands at which level the file does not say, so the sums of the documents must make up those of the
client: where they do not, the rows are another level, and nothing of the group is taken.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation

from accounts.importing.documents import parts_of
from accounts.importing.numbers import NATIVE
from accounts.importing.synonyms import fields_of, normalise
from accounts.importing.table import Issue
from accounts.importing.textfile import Block

CLIENT, DOCUMENT = "Контрагент", "Документ"
HEADER_ROWS = 30
_SUMS = frozenset({"amount", "amount_net", "gross", "total", "vat", "cost", "quantity"})
_OWN = frozenset({"number", "date", "document"})
_TOTAL = re.compile(r"\s*(?:итого?|всего|total)\b", re.IGNORECASE)
_SPACES = re.compile(r"[\s\u00a0\u202f]")
_CENT = Decimal("0.01")


@dataclass(slots=True)
class _Layout:
    """Where the report has what: row of the header, column of clients, columns of sums."""

    header: int
    client: int
    sums: list[int]
    width: int
    drop: int | None


@dataclass(slots=True)
class _Group:
    row: int
    cells: list[str]
    documents: list[tuple[int, list[str]]] = field(default_factory=list)


def ungrouped(blocks: Iterator[Block], errors: list[Issue]) -> Iterator[Block]:
    """The same blocks, those of a grouped report as a plain table; findings go to `errors`."""
    first = next(blocks, None)
    if first is None:
        return
    layout = _layout(first.records)
    if layout is None:
        yield first
        yield from blocks
        return
    taking = _Taking(layout, errors)
    yield taking.begin(first)
    for block in blocks:
        yield taking.take(list(block.places()), block.records)
    yield taking.end()


def _layout(records: Sequence[Sequence[str]]) -> _Layout | None:
    for at, cells in enumerate(records[:HEADER_ROWS]):
        fields = [set(fields_of("documents", cell)) if cell.strip() else set() for cell in cells]
        if any(names & _OWN for names in fields):
            return None
        sums = [place for place, names in enumerate(fields) if names & _SUMS]
        clients = [place for place, cell in enumerate(cells) if _heads_clients(cell)]
        if not sums or len(clients) != 1:
            continue
        place = clients[0]
        below = [each for each in records[at + 1 :] if len(each) > place]
        if not any(parts_of(each[place]) for each in below):
            return None
        second = records[at + 1]
        return _Layout(at, place, sums, len(cells), at + 1 if _is_second(second, place) else None)
    return None


def _heads_clients(cell: str) -> bool:
    name = re.split(r"[/,]", cell)[0].strip()
    return bool(name) and "client_name" in fields_of("documents", name)


def _is_second(cells: Sequence[str], place: int) -> bool:
    """Whether this is the second row of the header, which names the documents."""
    filled = [at for at, cell in enumerate(cells) if cell.strip()]
    return filled == [place] and "document" in fields_of("documents", normalise(cells[place]))


class _Taking:
    def __init__(self, layout: _Layout, errors: list[Issue]) -> None:
        self._layout, self._errors = layout, errors
        self._group: _Group | None = None
        self._rows: list[list[str]] = []
        self._numbers: list[int] = []

    def begin(self, block: Block) -> Block:
        layout, numbers = self._layout, list(block.places())
        for at in range(layout.header):
            self._put(numbers[at], list(block.records[at]))
        header = self._even(block.records[layout.header])
        header[layout.client], header[-1] = CLIENT, DOCUMENT
        self._put(numbers[layout.header], header)
        begin = layout.header + (2 if layout.drop is not None else 1)
        return self.take(numbers[begin:], block.records[begin:])

    def take(self, numbers: Sequence[int], records: Sequence[Sequence[str]]) -> Block:
        for number, record in zip(numbers, records, strict=True):
            cells = self._even(record)
            name = cells[self._layout.client].strip()
            if parts_of(name):
                cells[-1] = name
                cells[self._layout.client] = ""
                if self._group is None:
                    self._put(number, cells)
                else:
                    self._group.documents.append((number, cells))
            elif not name or _TOTAL.match(name):
                self._settle()
                self._put(number, cells)
            else:
                self._settle()
                self._group = _Group(number, cells)
        return self._given()

    def end(self) -> Block:
        self._settle()
        return self._given()

    def _settle(self) -> None:
        """Give the documents of a client on, if they make up its sums."""
        group, self._group = self._group, None
        if group is None or not group.documents:
            return
        name = group.cells[self._layout.client].strip()
        if not self._adds_up(group):
            self._errors.append(Issue(group.row, CLIENT, "group.sum_differs", {"value": name[:60]}))
            return
        for number, cells in group.documents:
            cells[self._layout.client] = name
            self._put(number, cells)

    def _adds_up(self, group: _Group) -> bool:
        checked = 0
        for place in self._layout.sums:
            whole = _number(group.cells[place])
            parts = [_number(cells[place]) for _, cells in group.documents]
            known = [part for part in parts if part is not None]
            if whole is None or not known:
                continue
            checked += 1
            if abs(sum(known, Decimal()) - whole) > _CENT * len(known):
                return False
        return checked > 0

    def _even(self, cells: Sequence[str]) -> list[str]:
        width = self._layout.width
        return [*cells[:width], *[""] * (width - len(cells)), ""]

    def _put(self, number: int, cells: list[str]) -> None:
        self._numbers.append(number)
        self._rows.append(cells)

    def _given(self) -> Block:
        rows, numbers = self._rows, self._numbers
        self._rows, self._numbers = [], []
        return Block(numbers[0] if numbers else 1, rows, numbers=numbers)


def _number(cell: str) -> Decimal | None:
    text = _SPACES.sub("", cell.removeprefix(NATIVE)).replace(",", ".").replace("−", "-")
    try:
        value = Decimal(text) if text else None
    except InvalidOperation:
        return None
    return value if value is None or value.is_finite() else None
