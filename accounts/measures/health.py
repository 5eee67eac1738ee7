"""How a relationship fares, 0–100, part by part.  Pure.

A part that is not known is left out and named; the weights of the others carry the score.  Below
``LEAST_COVERAGE`` of the weights nothing is said.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

PARTS = ("rhythm", "revenue", "payments", "promises", "satisfaction", "contacts", "problems")
LEAST_COVERAGE = 0.4
GOOD, FAIR = 70, 40


@dataclass(frozen=True)
class Part:
    """``value`` 0–100 or None; ``share``: of the weights that count, ``points``: what it adds."""

    key: str
    weight: float
    value: float | None
    share: float
    points: float


@dataclass(frozen=True)
class Health:
    """``score`` is the sum of the parts' points; ``coverage``: share of the weights known, 0..1."""

    score: float | None
    coverage: float
    parts: tuple[Part, ...]

    @property
    def missing(self) -> list[str]:
        return [part.key for part in self.parts if part.value is None and part.weight > 0]


def health(values: Mapping[str, float | None], weights: Mapping[str, float]) -> Health:
    """Raises ValueError where a weight is negative or a value lies outside 0–100."""
    for key in PARTS:
        if weights.get(key, 0) < 0:
            raise ValueError(f"the weight of {key} is negative")
        value = values.get(key)
        if value is not None and not 0 <= value <= 100:
            raise ValueError(f"{key} lies outside 0–100")
    total = sum(weights.get(key, 0.0) for key in PARTS)
    known = sum(weights.get(key, 0.0) for key in PARTS if values.get(key) is not None)
    parts = []
    for key in PARTS:
        value, weight = values.get(key), weights.get(key, 0.0)
        share = weight / known if value is not None and known > 0 else 0.0
        parts.append(Part(key, weight, value, share, share * (value or 0.0)))
    coverage = known / total if total > 0 else 0.0
    enough = known > 0 and coverage >= LEAST_COVERAGE
    return Health(sum(p.points for p in parts) if enough else None, coverage, tuple(parts))


def tone(score: float | None) -> str:
    if score is None:
        return ""
    return "good" if score >= GOOD else "watch" if score >= FAIR else "bad"


def along(x: float, *points: tuple[float, float]) -> float:
    """Straight lines through ascending points, level beyond the ends."""
    if x <= points[0][0]:
        return points[0][1]
    for (a, low), (b, high) in pairwise(points):
        if x <= b:
            return low + (high - low) * (x - a) / (b - a)
    return points[-1][1]


def of_rhythm(chance: float | None) -> float | None:
    """From how likely the open gap is: 100 until the middle gap is over, 0 where it cannot be."""
    return None if chance is None else 100 * min(1.0, max(0.0, chance) / 0.5)


def of_revenue(recent: float, before: float) -> float | None:
    """Half a year against the same half of the year before: halved is 0, equal 70, +20 % is 100."""
    if before <= 0:
        return None
    return along(recent / before - 1, (-0.5, 0), (0, 70), (0.2, 100))


def of_payments(days_late: float | None) -> float | None:
    """In time is 100, a month late is 0."""
    return None if days_late is None else along(days_late, (0, 100), (30, 0))


def of_promises(kept: int, settled: int, least: int = 3) -> float | None:
    return 100 * kept / settled if settled >= least else None


def of_satisfaction(answers: Sequence[tuple[float, float]]) -> float | None:
    """Mean of answers as (value, lowest of the scale), the highest being 10."""
    if not answers:
        return None
    return sum(100 * (value - low) / (10 - low) for value, low in answers) / len(answers)


def of_contacts(reached: int, people: int) -> float | None:
    return 100 * reached / people if people > 0 else None


def of_problems(severities: Sequence[int]) -> float:
    """None open is 100; a minor one takes 10, a serious one 20, a grave one 40."""
    return max(0.0, 100.0 - sum({1: 10, 2: 20, 3: 40}[each] for each in severities))


def trend(scores: Sequence[float | None]) -> float | None:
    """Change from the first known score to the last, None with fewer than two."""
    known = [score for score in scores if score is not None]
    return known[-1] - known[0] if len(known) > 1 else None
