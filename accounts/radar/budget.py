"""Which signals a person is shown: few enough that each is looked at."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass

Q = 0.2


def benjamini_hochberg(chances: Sequence[float], q: float = Q) -> list[bool]:
    """Which of the tests of one day are discoveries at false discovery rate ``q``
    (Y. Benjamini, Y. Hochberg 1995), in the order given."""
    if any(not 0 <= chance <= 1 for chance in chances):
        raise ValueError("a chance lies between 0 and 1")
    many = len(chances)
    order = sorted(range(many), key=lambda at: chances[at])
    passed = 0
    for rank, at in enumerate(order, start=1):
        if chances[at] <= q * rank / many:
            passed = rank
    found = [False] * many
    for at in order[:passed]:
        found[at] = True
    return found


@dataclass(frozen=True)
class Candidate:
    """A signal that waits to be shown to ``person``; ``weight``: what the client brings a year."""

    id: int
    person: Hashable
    level: int
    weight: float
    chance: float | None = None


def importance(candidate: Candidate) -> tuple[int, float, float, int]:
    """The most important first: urgency, what hangs on it, how unlikely chance is."""
    chance = 0.0 if candidate.chance is None else candidate.chance
    return (-candidate.level, -candidate.weight, chance, candidate.id)


def chosen(
    candidates: Sequence[Candidate], shown: Mapping[Hashable, int], budget: int
) -> list[int]:
    """Ids to be shown now: ``shown`` tells how many each person has seen this week."""
    left: dict[Hashable, int] = {}
    found = []
    for candidate in sorted(candidates, key=importance):
        room = left.setdefault(candidate.person, max(0, budget - shown.get(candidate.person, 0)))
        if room > 0:
            left[candidate.person] = room - 1
            found.append(candidate.id)
    return found
