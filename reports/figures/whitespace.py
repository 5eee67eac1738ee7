"""What clients do not buy although those like them do: fields of clients and families, pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Gap:
    """A client does not buy a family: ``buyers`` of its ``peers`` do; ``room``: what it may be
    worth a year."""

    client: int
    family: int
    buyers: int
    peers: int
    low: float
    high: float

    @property
    def room(self) -> float:
        return (self.low + self.high) / 2


@dataclass(frozen=True)
class Whitespace:
    """clients, families: ids, those with most room first; totals: family -> (clients, room)."""

    clients: list[int]
    families: list[int]
    cells: dict[tuple[int, int], Gap]
    totals: dict[int, tuple[int, float]]


def whitespace(gaps: Iterable[Gap], most_clients: int, most_families: int) -> Whitespace:
    """Families by the room of all clients, then the clients with most room in those families."""
    gaps = list(gaps)
    family_room: dict[int, list[float]] = defaultdict(list)
    for gap in gaps:
        family_room[gap.family].append(gap.room)
    totals = {family: (len(rooms), sum(rooms)) for family, rooms in family_room.items()}
    families = sorted(totals, key=lambda f: (-totals[f][1], f))[:most_families]
    shown = set(families)
    client_room: dict[int, float] = defaultdict(float)
    for gap in gaps:
        if gap.family in shown:
            client_room[gap.client] += gap.room
    clients = sorted(client_room, key=lambda c: (-client_room[c], c))[:most_clients]
    named = set(clients)
    cells = {
        (gap.client, gap.family): gap for gap in gaps if gap.client in named and gap.family in shown
    }
    return Whitespace(clients, families, cells, totals)
