"""A file as records, whatever its format: what reader, recognition and the file of errors share."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from accounts.importing.table import Issue
from accounts.importing.textfile import Block

BLOCK_ROWS = 2_000
_KEPT = frozenset(
    [
        "external_id",
        "name",
        "code",
        "number",
        "date",
        "client",
        "client_name",
        "amount",
        "amount_net",
        "quantity",
    ]
)


@dataclass(slots=True)
class Records:
    """Records of one sheet, header among them.

    mapping: header -> field where the format itself says so. even: records must be as wide as
    the header. may_be_damaged: some bytes are not in the encoding. controls: cells may hold
    control characters. exact: no totals, footers or titles: a program wrote it for programs.
    notes, errors: findings of the format's reader, whole once the blocks are read.
    """

    blocks: Iterator[Block]
    mapping: Mapping[str, str] = field(default_factory=dict)
    even: bool = False
    may_be_damaged: bool = False
    controls: bool = True
    from_1904: bool = False
    exact: bool = False
    sheet: str | None = None
    notes: list[Issue] = field(default_factory=list)
    errors: list[Issue] = field(default_factory=list)


@dataclass(slots=True)
class Made:
    """A table that a format's reader made of what is no table.

    columns: header -> field, in the order of cells. rows: place in the file and cells; the
    place is a line or an ordinal and grows.
    """

    columns: Mapping[str, str]
    rows: Iterable[tuple[int, Sequence[str]]]
    notes: list[Issue] = field(default_factory=list)
    errors: list[Issue] = field(default_factory=list)

    def pruned(self) -> Made:
        """Without optional columns that are blank in every row, so that nobody asks about them."""
        rows = list(self.rows)
        kept = [
            at
            for at, name in enumerate(self.columns.values())
            if name in _KEPT or any(cells[at] for _, cells in rows)
        ]
        names = list(self.columns.items())
        self.columns = dict(names[at] for at in kept)
        self.rows = [(place, [cells[at] for at in kept]) for place, cells in rows]
        return self

    def records(self) -> Records:
        return Records(
            self._blocks(), self.columns, exact=True, notes=self.notes, errors=self.errors
        )

    def _blocks(self) -> Iterator[Block]:
        cells, places = [list(self.columns)], [0]
        for place, row in self.rows:
            cells.append(list(row))
            places.append(place)
            if len(cells) == BLOCK_ROWS:
                yield Block(places[0], cells, numbers=places)
                cells, places = [], []
        if cells:
            yield Block(places[0], cells, numbers=places)
