"""Why one client stands above another, and the least that would change it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from kam.lib import formatting
from scoring.engine.arrays import Floats
from scoring.engine.explain import contributions, difference, flip, lift
from scoring.models import RankingRow, RankingRun, VersionCriterion
from scoring.selectors.matrices import version_criteria

from .explanation import applies, possible_rating, rating_words, row_ratings

# Differences of points smaller than that are not worth a word.
NOTHING = 5e-10
NAMED = 2
# A weight that moves by less stays where it is.
UNMOVED = 1e-9
# Decimals of a per cent with which new weights are told: the fewest that are enough.
DECIMALS = range(1, 5)


@dataclass(frozen=True)
class Part:
    """What one criterion puts between two clients: points, positive for the first of them.

    first, second: their ratings, None where there is none; whether the criterion applies to them.
    from_gaps: the part of it that comes from what only one of them is rated on.
    """

    criterion: VersionCriterion
    first: float | None
    second: float | None
    first_applies: bool
    second_applies: bool
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
    """Shares of the weight.  shown: ``after`` as it is told, with ``decimals`` of a per cent, which
    are enough for the two to change places."""

    criterion: VersionCriterion
    before: float
    after: float
    shown: float
    decimals: int


@dataclass(frozen=True)
class NewRating:
    """``before``: None where the criterion is not rated yet."""

    criterion: VersionCriterion
    before: float | None
    after: float


@dataclass(frozen=True)
class Comparison:
    """``above`` and ``below`` are rows in the order of their places; names come with them.

    parts: the largest difference first; they sum to ``difference``, the points between the two.
    weights: the nearest weights with which the two change places, None where none do; rating: the
    least change of one rating of the one below that does, or a first rating where no change does;
    None where no single one does.  gaps: whether they are rated on different criteria.
    """

    run: RankingRun
    above: RankingRow
    below: RankingRow
    parts: list[Part]
    weights: list[NewWeight] | None
    rating: NewRating | None
    gaps: bool

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
            *(applies(row, j) for row in (above, below)),
            points=float(between.from_ratings[j] + between.from_weights[j]),
            from_gaps=float(between.from_weights[j]),
        )
        for j, criterion in enumerate(criteria)
    ]
    parts.sort(key=lambda part: -abs(part.points))
    found = flip(a, b, weights, min_coverage=run.version.min_coverage)
    return Comparison(
        run,
        above,
        below,
        parts,
        _weights(found.weights, criteria, weights, a, b),
        _rating(criteria, weights, a, b, [applies(below, j) for j in range(len(criteria))]),
        gaps=bool((np.isnan(a) != np.isnan(b)).any()),
    )


def _weights(
    nearest: Floats | None,
    criteria: list[VersionCriterion],
    weights: Floats,
    a: Floats,
    b: Floats,
) -> list[NewWeight] | None:
    if nearest is None:
        return None
    enough = (d for d in DECIMALS if _passes(_shown(nearest, weights, d), a, b))
    decimals = next(enough, DECIMALS[-1])
    shown = _shown(nearest, weights, decimals)
    changes = [
        NewWeight(criterion, float(weights[j]), float(nearest[j]), float(shown[j]), decimals)
        for j, criterion in enumerate(criteria)
        if abs(nearest[j] - weights[j]) > UNMOVED
    ]
    return sorted(changes, key=lambda each: -abs(each.after - each.before))


def _shown(nearest: Floats, weights: Floats, decimals: int) -> Floats:
    """Weights as they are told: what moves is rounded onwards, so that it is not too little."""
    scale = 100.0 * 10**decimals
    onwards = np.where(
        nearest > weights, np.ceil(nearest * scale - 1e-6), np.floor(nearest * scale + 1e-6)
    )
    return np.where(np.abs(nearest - weights) > UNMOVED, onwards / scale, weights)


def _passes(weights: Floats, a: Floats, b: Floats) -> bool:
    if not all(weights[~np.isnan(row)].sum() > 0 for row in (a, b)):
        return False
    ahead, behind = contributions([a, b], weights).sum(axis=1)
    return bool(round(behind, 9) > round(ahead, 9))


def _rating(
    criteria: list[VersionCriterion],
    weights: Floats,
    a: Floats,
    b: Floats,
    applicable: list[bool],
) -> NewRating | None:
    """The least change of one rating that criteria can give; of equal ones, where it goes furthest."""
    ahead = float(contributions([a], weights).sum())
    found = [
        (after - b[j] if not np.isnan(b[j]) else np.inf, -weights[j], j, after)
        for j, exact in enumerate(lift(b, weights, ahead, whole=False))
        if applicable[j]
        and (after := possible_rating(criteria[j], float(exact), falls=False)) is not None
    ]
    if not found:
        return None
    _change, _weight, j, after = min(found)
    return NewRating(criteria[j], None if np.isnan(b[j]) else float(b[j]), after)


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
        if found.gaps:
            return _("No weights put %(below)s ahead while both stay sufficiently rated.") % names
        return _("No weights put %(below)s ahead: it is rated higher on nothing.") % names
    if not found.weights:
        return _("The least change of weights already puts %(below)s ahead.") % names
    changes = ", ".join(
        _("%(criterion)s from %(before)s to %(after)s")
        % {
            "criterion": each.criterion.criterion.label,
            "before": _percent(each.before, each.decimals),
            "after": _percent(each.shown, each.decimals),
        }
        for each in found.weights
    )
    return _("They would change places with these weights: %(changes)s.") % {"changes": changes}


def _by_rating(found: Comparison, names: dict[str, str]) -> str:
    if found.rating is None:
        return _("No single rating of %(below)s, raised up to 10, would be enough.") % names
    if found.rating.before is None:
        return _(
            "If %(below)s were rated %(after)s on “%(criterion)s”, where it has no rating yet, it would be ahead."
        ) % {
            **names,
            "criterion": found.rating.criterion.criterion.label,
            "after": rating_words(found.rating.after),
        }
    if found.weights is None:
        words = _(
            "If %(below)s were rated %(after)s instead of %(before)s on “%(criterion)s”, it would be ahead."
        )
    else:
        words = _("Or if %(below)s were rated %(after)s instead of %(before)s on “%(criterion)s”.")
    return words % {
        **names,
        "criterion": found.rating.criterion.criterion.label,
        "before": rating_words(found.rating.before),
        "after": rating_words(found.rating.after),
    }


def _listed(parts: list[Part]) -> str:
    return ", ".join(f"{part.label} {_points(part.points, signed=True)}" for part in parts)


def _points(value: float, *, signed: bool = False) -> str:
    """Two decimals, or as many as it takes not to say nothing."""
    decimals = next((d for d in range(2, 10) if round(abs(value), d) > 0), 2)
    return formatting.number(value, decimals, language=get_language() or "en", signed=signed)


def _percent(share: float, decimals: int) -> str:
    return formatting.percent(share, decimals, language=get_language() or "en")
