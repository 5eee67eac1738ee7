"""Why one client stands above another, and the least that would change it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from numpy.typing import NDArray

from kam.lib import formatting
from scoring.engine.explain import Flip, difference, flip
from scoring.models import RankingRow, RankingRun, VersionCriterion
from scoring.selectors.matrices import version_criteria

from .explanation import rating_words, row_ratings

# Differences of points smaller than that are not worth a word.
NOTHING = 5e-10
NAMED = 2


@dataclass(frozen=True)
class Part:
    """What one criterion puts between two clients: points, positive for the first of them.

    first, second: their ratings, None where there is none.  from_gaps: the part of it that comes
    from what only one of them is rated on.
    """

    criterion: VersionCriterion
    first: float | None
    second: float | None
    points: float
    from_gaps: float

    @property
    def label(self) -> str:
        return self.criterion.criterion.label

    @property
    def share(self) -> float:
        return self.criterion.share

    @property
    def colour(self) -> int:
        return self.criterion.position


@dataclass(frozen=True)
class NewWeight:
    criterion: VersionCriterion
    before: float
    after: float


@dataclass(frozen=True)
class NewRating:
    criterion: VersionCriterion
    before: float
    after: float


@dataclass(frozen=True)
class Comparison:
    """``above`` and ``below`` are rows in the order of their places; names come with them.

    parts: the largest difference first; they sum to ``difference``, the points between the two.
    weights: the nearest weights with which the two change places, None where none do; rating: the
    least change of one rating of the one below that does, None where no single one does.
    """

    run: RankingRun
    above: RankingRow
    below: RankingRow
    parts: list[Part]
    weights: list[NewWeight] | None
    rating: NewRating | None

    @property
    def difference(self) -> float:
        return self.above.score - self.below.score

    @property
    def level(self) -> bool:
        return round(self.difference, 9) == 0


def compare(run: RankingRun, one: RankingRow, other: RankingRow) -> Comparison:
    """Two rows of one run, both with a place.  Raises ValueError where one has none."""
    if not (one.rank and other.rank):
        raise ValueError("rows: both need a place")
    above, below = sorted((one, other), key=lambda row: row.place)
    criteria = version_criteria(run.version)
    weights = np.array([each.share for each in criteria])
    a, b = (row_ratings(row, len(criteria)) for row in (above, below))
    between = difference(a, b, weights)
    parts = [
        Part(
            criterion,
            *(None if np.isnan(row[j]) else float(row[j]) for row in (a, b)),
            points=float(between.from_ratings[j] + between.from_weights[j]),
            from_gaps=float(between.from_weights[j]),
        )
        for j, criterion in enumerate(criteria)
    ]
    parts.sort(key=lambda part: -abs(part.points))
    found = flip(a, b, weights, min_coverage=run.version.min_coverage)
    return Comparison(
        run, above, below, parts, _weights(found, criteria, weights), _rating(found, criteria, b)
    )


def _weights(
    found: Flip, criteria: list[VersionCriterion], weights: NDArray[np.float64]
) -> list[NewWeight] | None:
    if found.weights is None:
        return None
    changes = [
        NewWeight(criterion, float(before), float(after))
        for criterion, before, after in zip(criteria, weights, found.weights, strict=True)
        if abs(after - before) > 1e-9
    ]
    return sorted(changes, key=lambda each: -abs(each.after - each.before))


def _rating(
    found: Flip, criteria: list[VersionCriterion], behind: NDArray[np.float64]
) -> NewRating | None:
    if found.rating is None:
        return None
    at, needed = found.rating
    return NewRating(criteria[at], float(behind[at]), needed)


# --- In words -------------------------------------------------------------------------------------


def sentences(found: Comparison) -> list[str]:
    """The comparison as a few plain sentences in the reader's language."""
    names = {"above": found.above.client.name, "below": found.below.client.name}
    return [_why(found, names), _by_weights(found, names), _by_rating(found, names)]


def _why(found: Comparison, names: dict[str, str]) -> str:
    if found.level:
        return (
            _("%(above)s and %(below)s have the same points; the tie-breakers decide: coverage, the main criterion, profit.")
            % names
        )  # fmt: skip
    for_it = [part for part in found.parts if part.points > NOTHING][:NAMED]
    against = [part for part in found.parts if part.points < -NOTHING][:NAMED]
    values = {
        **names,
        "points": _points(found.difference),
        "for": _listed(for_it),
        "against": _listed(against),
    }
    if not against:
        return _("%(above)s stands above %(below)s by %(points)s points: %(for)s.") % values
    return (
        _("%(above)s stands above %(below)s by %(points)s points: %(for)s; against it speaks %(against)s.")
        % values
    )  # fmt: skip


def _by_weights(found: Comparison, names: dict[str, str]) -> str:
    if found.weights is None:
        return _("No weights put %(below)s ahead: it is rated higher on nothing.") % names
    if not found.weights:
        return _("The least change of weights already puts %(below)s ahead.") % names
    changes = ", ".join(
        _("%(criterion)s from %(before)s to %(after)s")
        % {
            "criterion": each.criterion.criterion.label,
            "before": _percent(each.before),
            "after": _percent(each.after),
        }
        for each in found.weights
    )
    return _("They would change places with these weights: %(changes)s.") % {"changes": changes}


def _by_rating(found: Comparison, names: dict[str, str]) -> str:
    if found.rating is None:
        return _("No single rating of %(below)s, raised up to 10, would be enough.") % names
    return _("Or if %(below)s were rated %(after)s instead of %(before)s on “%(criterion)s”.") % {
        **names,
        "criterion": found.rating.criterion.criterion.label,
        "before": rating_words(found.rating.before),
        "after": rating_words(round(found.rating.after, 2)),
    }


def _listed(parts: list[Part]) -> str:
    return ", ".join(f"{part.label} {_points(part.points, signed=True)}" for part in parts)


def _points(value: float, *, signed: bool = False) -> str:
    return formatting.number(value, 2, language=get_language() or "en", signed=signed)


def _percent(share: float) -> str:
    return formatting.percent(share, 1, language=get_language() or "en")
