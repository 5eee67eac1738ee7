"""Whose seat holds whatever people think of the weights within a tolerance: exact, at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from scoring import store
from scoring.engine.robustness import seat_bounds, unseparated
from scoring.models import RankingRun
from scoring.selectors.matrices import version_criteria

from .confidence import has_seats

USUAL, WIDEST = 0.2, 1.0
# Contested seats that are told one by one.
SHOWN = 120


@dataclass(frozen=True)
class Hanging:
    """A client whose seat hangs on the weights: its rank, points, the least and the most points
    with admissible weights."""

    client_id: int
    rank: int
    score: float
    low: float
    high: float
    selected: bool


@dataclass(frozen=True)
class Seats:
    """Weights w (1 ± tolerance) that sum to 1, and the list of a run.

    always: clients that stay on the list with any of those weights; never: off it.  hanging: some of the
    rest, the ones nearest to the line, in the order of places; inside, outside: how many of the
    rest the run has on the list and off it.  equal: groups of clients around the line that are
    rated the same on everything, so that no weights at all tell them apart, by id.  last: the
    client that ends the list; level: how many others such weights put before it or behind it.
    """

    tolerance: float
    size: int
    always: int
    never: int
    inside: int
    outside: int
    hanging: list[Hanging]
    equal: list[list[int]]
    last: int | None
    level: int

    @property
    def contested(self) -> int:
        return self.inside + self.outside


def tolerance_of(text: str) -> float:
    """A share from what a slider sends in per cent; the usual one where it makes no sense."""
    try:
        value = float(text) / 100
    except ValueError:
        return USUAL
    return min(value, WIDEST) if value >= 0 else USUAL


def seats_within(run: RankingRun, tolerance: float) -> Seats:
    """Where weights decide nothing, every seat holds.  Names all clients: for who reads all."""
    if not has_seats(run):
        out = run.rated - run.selected
        return Seats(tolerance, run.selected, run.selected, out, 0, 0, [], [], None, 0)
    criteria = version_criteria(run.version)
    weights = [float(each.weight) for each in criteria]
    columns = store.loaded(run.pk, len(criteria))
    eligible = columns.rank > 0
    bounds = seat_bounds(columns.ratings, weights, run.selected, tolerance, eligible=eligible)
    apart = unseparated(columns.ratings, weights, run.selected, tolerance, eligible=eligible)
    # The bounds let all of equal points in; the tie-breakers let in some of them, and who was
    # left out by those alone has no sure place outside.
    sure = bounds.always & columns.selected
    rest = np.flatnonzero(eligible & ~sure & ~bounds.never)
    inside = int(columns.selected[rest].sum())
    # The run is in the order of places, so the line lies where the list ends.
    nearest = rest[np.argsort(np.abs(rest - run.selected + 0.5), kind="stable")[:SHOWN]]
    return Seats(
        tolerance=tolerance,
        size=run.selected,
        always=int(sure.sum()),
        never=int(bounds.never.sum()),
        inside=inside,
        outside=len(rest) - inside,
        hanging=[
            Hanging(
                client_id=int(columns.ids[at]),
                rank=int(columns.rank[at]),
                score=float(columns.score[at]),
                low=float(bounds.low[at]),
                high=float(bounds.high[at]),
                selected=bool(columns.selected[at]),
            )
            for at in np.sort(nearest)
        ],
        last=None if apart.line is None else int(columns.ids[apart.line]),
        level=int((apart.undecided != apart.line).sum()),
        equal=[[int(columns.ids[at]) for at in group] for group in apart.equal],
    )
