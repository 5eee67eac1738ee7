"""A long column of numbers that takes a tenth of the memory of a list of Decimals."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from itertools import islice
from typing import overload

_PIECE = 4_096
# Shorter columns stay lists: nothing would be saved.
LONG = 50_000


class Numbers(Sequence[Decimal | None]):
    """Decimals and gaps, spelled into one text per few thousand, exactly as they are.

    Reading from the beginning is quick; reading somewhere spells out the piece around it, which
    is kept until another one is wanted.
    """

    def __init__(self, values: Iterable[Decimal | None] = ()) -> None:
        self._pieces: list[str] = []
        self._rest: list[Decimal | None] = []
        self._known: tuple[int, list[Decimal | None]] = (-1, [])
        self.extend(values)

    def append(self, value: Decimal | None) -> None:
        self._rest.append(value)
        if len(self._rest) == _PIECE:
            self._pieces.append(_spelled(self._rest))
            self._rest = []

    def extend(self, values: Iterable[Decimal | None]) -> None:
        coming = iter(values)
        while some := list(islice(coming, _PIECE - len(self._rest))):
            self._rest += some
            if len(self._rest) == _PIECE:
                self._pieces.append(_spelled(self._rest))
                self._rest = []

    def __len__(self) -> int:
        return len(self._pieces) * _PIECE + len(self._rest)

    def __iter__(self) -> Iterator[Decimal | None]:
        for piece in self._pieces:
            yield from _read(piece)
        yield from self._rest

    @overload
    def __getitem__(self, place: int) -> Decimal | None: ...
    @overload
    def __getitem__(self, place: slice) -> list[Decimal | None]: ...
    def __getitem__(self, place: int | slice) -> Decimal | list[Decimal | None] | None:
        if isinstance(place, slice):
            start, stop, step = place.indices(len(self))
            if step == 1:
                return list(self._between(start, stop))
            return [self[each] for each in range(start, stop, step)]
        if place < 0:
            place += len(self)
        if not 0 <= place < len(self):
            raise IndexError(place)
        number, within = divmod(place, _PIECE)
        return self._piece(number)[within]

    def _between(self, start: int, stop: int) -> Iterator[Decimal | None]:
        while start < stop:
            number, within = divmod(start, _PIECE)
            yield from self._piece(number)[within : within + stop - start]
            start = (number + 1) * _PIECE

    def _piece(self, number: int) -> list[Decimal | None]:
        if number == len(self._pieces):
            return self._rest
        if self._known[0] != number:
            self._known = (number, _read(self._pieces[number]))
        return self._known[1]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and list(self) == list(other)

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"Numbers({list(self)!r})"


Column = Sequence[Decimal | None]


def column(values: Iterable[Decimal | None], size: int) -> Column:
    """`size` values as a column: a list where it is short."""
    return Numbers(values) if size >= LONG else list(values)


def new_column(size: int) -> list[Decimal | None] | Numbers:
    """An empty column for about `size` values, to be appended to."""
    return Numbers() if size >= LONG else []


def _spelled(values: list[Decimal | None]) -> str:
    return "\n".join(["" if value is None else str(value) for value in values])


def _read(piece: str) -> list[Decimal | None]:
    texts = piece.split("\n")
    if "" in texts:
        return [Decimal(text) if text else None for text in texts]
    return [*map(Decimal, texts)]
