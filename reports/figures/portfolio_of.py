"""What people's portfolios come to, column by column: pure."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

# Fewer settled promises or ended goals say nothing in per cent.
FEWEST = 5


@dataclass(frozen=True)
class Share:
    """``done`` of ``all``; the share is None below FEWEST."""

    done: int
    all: int

    @property
    def share(self) -> float | None:
        return self.done / self.all if self.all >= FEWEST else None


def shares(person: ArrayLike, done: ArrayLike, count: ArrayLike, people: int) -> list[Share]:
    """For each of ``people``: how many of the counted rows were done.  person: 0..people−1, others
    count nowhere."""
    who = np.asarray(person, dtype=np.int64)
    here = (who >= 0) & (who < people)
    numbers = np.asarray(count, dtype=np.float64)[here]
    good = np.asarray(done, dtype=np.bool_)[here]
    total = np.bincount(who[here], numbers, minlength=people)
    kept = np.bincount(who[here], numbers * good, minlength=people)
    return [Share(int(k), int(n)) for k, n in zip(kept, total, strict=True)]


def by_person(person: ArrayLike, amounts: ArrayLike, people: int) -> NDArray[np.float64]:
    """Amounts summed by person; those of nobody (below zero) count nowhere."""
    who = np.asarray(person, dtype=np.int64)
    here = (who >= 0) & (who < people)
    found = np.bincount(who[here], np.asarray(amounts, dtype=np.float64)[here], minlength=people)
    return found.astype(np.float64)


def against_opening(now: float, opening: float) -> float | None:
    """Change against the opening position; None where that was not above zero."""
    return now / opening - 1 if opening > 0 else None
