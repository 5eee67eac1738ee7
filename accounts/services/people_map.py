"""Where the cards of people stand on the map: a pure layout, in units of the drawing.

Who reports to whom makes the rows; people outside any such line stand by their influence.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH = 1000
CARD = (208, 92)
GAP = (32, 44)
MARGIN = 12
# The row of somebody without chief and reports, by influence.
ROW_OF = {"high": 0, "medium": 1, "low": 2}
ELSEWHERE = 1


@dataclass(frozen=True)
class Person:
    id: int
    chief: int | None  # id of another person here
    influence: str = ""
    at: tuple[int, int] | None = None  # where people have put the card


@dataclass(frozen=True)
class Placed:
    """Cards by id with the upper left corner of each, lines as (chief, report), and the size."""

    at: dict[int, tuple[int, int]]
    lines: list[tuple[int, int]]
    height: int


def lay_out(people: Sequence[Person]) -> Placed:
    """Place everybody; cards that people have put somewhere stay there.

    Rows are as wide as the drawing and wrap; a circle of chiefs is cut at its first person.
    """
    known = {person.id: person for person in people}
    lines = [(p.chief, p.id) for p in people if p.chief in known and p.chief != p.id]
    leads = {chief for chief, _ in lines}
    rows: dict[int, list[int]] = {}
    level: dict[int, int] = {}
    for person in people:
        rows.setdefault(_level(person.id, known, leads, level), []).append(person.id)
    at: dict[int, tuple[int, int]] = {}
    top = MARGIN
    fits = (WIDTH - 2 * MARGIN + GAP[0]) // (CARD[0] + GAP[0])
    for number in sorted(rows):
        row = sorted(rows[number], key=lambda each: _under(known[each], at))
        for start in range(0, len(row), fits):
            part = row[start : start + fits]
            wide = len(part) * CARD[0] + (len(part) - 1) * GAP[0]
            left = (WIDTH - wide) // 2
            for place, each in enumerate(part):
                at[each] = (left + place * (CARD[0] + GAP[0]), top)
            top += CARD[1] + GAP[1]
    for person in people:
        if person.at is not None:
            at[person.id] = within(*person.at)
    lowest = max((y for _, y in at.values()), default=0)
    return Placed(at, lines, lowest + CARD[1] + MARGIN)


def path(chief: tuple[int, int], report: tuple[int, int]) -> str:
    """The line from under the chief's card to the top of the report's, as an SVG path; the same
    rule as in people-map.js."""
    x1, y1 = chief[0] + CARD[0] // 2, chief[1] + CARD[1]
    return f"M{x1} {y1}V{report[1] - GAP[1] // 2}H{report[0] + CARD[0] // 2}V{report[1]}"


MAX_HEIGHT = 4000


def within(x: int, y: int) -> tuple[int, int]:
    """The nearest place where the whole card is on the drawing."""
    return (
        min(max(x, MARGIN), WIDTH - CARD[0] - MARGIN),
        min(max(y, MARGIN), MAX_HEIGHT - CARD[1] - MARGIN),
    )


def _under(person: Person, at: dict[int, tuple[int, int]]) -> tuple[int, int]:
    """Reports stand in the order of their chiefs above them."""
    x = at[person.chief][0] if person.chief in at else WIDTH
    return x, person.id


def _level(one: int, known: dict[int, Person], leads: set[int], level: dict[int, int]) -> int:
    chain: list[int] = []
    here: int | None = one
    while here is not None and here not in level and here not in chain:
        chain.append(here)
        chief = known[here].chief
        here = chief if chief in known else None
    for each in reversed(chain):
        chief = known[each].chief
        if chief in level:
            level[each] = level[chief] + 1
        elif each in leads:
            level[each] = 0
        else:
            level[each] = ROW_OF.get(known[each].influence, ELSEWHERE)
    return level[one]


def makes_circle(one: int, chief: int | None, chiefs: dict[int, int | None]) -> bool:
    """Whether ``one`` would come to report to themselves; ``chiefs``: who reports to whom now."""
    met: set[int] = set()
    while chief is not None and chief not in met:
        if chief == one:
            return True
        met.add(chief)
        chief = chiefs.get(chief)
    return False
