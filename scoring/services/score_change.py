"""What changed a client's points between two rankings: weights or ratings, criterion by criterion."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from kam.lib import formatting
from scoring.engine.explain import change
from scoring.models import RankingRow, RankingRun, VersionCriterion
from scoring.selectors.matrices import version_criteria

from .explanation import rating_words, row_ratings

NOTHING = 5e-10


@dataclass(frozen=True)
class Part:
    """One criterion's part of the change; ratings and shares None where a side has none."""

    criterion: VersionCriterion
    rating_before: float | None
    rating_after: float | None
    share_before: float | None
    share_after: float | None
    from_weights: float
    from_ratings: float

    @property
    def label(self) -> str:
        return self.criterion.criterion.label

    @property
    def points(self) -> float:
        return self.from_weights + self.from_ratings

    @property
    def before(self) -> str:
        return rating_words(self.rating_before)

    @property
    def after(self) -> str:
        return rating_words(self.rating_after)


@dataclass(frozen=True)
class ScoreChange:
    """From ``earlier`` to ``run``; scores None where the client had no place.

    parts: the largest first; they sum to the difference of the scores.  None where a side has no
    score to compare.
    """

    earlier: RankingRun
    run: RankingRun
    before: float | None
    after: float | None
    rank_before: int | None
    rank_after: int | None
    parts: list[Part] | None

    @property
    def points(self) -> float | None:
        if self.before is None or self.after is None:
            return None
        return self.after - self.before

    @property
    def from_weights(self) -> float:
        return sum(part.from_weights for part in self.parts or [])

    @property
    def from_ratings(self) -> float:
        return sum(part.from_ratings for part in self.parts or [])

    @property
    def same(self) -> bool:
        return all(
            abs(part.from_weights) < NOTHING and abs(part.from_ratings) < NOTHING
            for part in self.parts or []
        )


def score_change(
    earlier: RankingRun, was: RankingRow | None, run: RankingRun, now: RankingRow
) -> ScoreChange:
    """The change of one client's score from one run to another, of whichever versions."""
    before, after = _score(was), _score(now)
    parts = None
    if was is not None and before is not None and after is not None:
        parts = _parts(earlier, was, run, now)
    return ScoreChange(
        earlier=earlier,
        run=run,
        before=before,
        after=after,
        rank_before=(was.rank or None) if was else None,
        rank_after=now.rank or None,
        parts=parts,
    )


def _score(row: RankingRow | None) -> float | None:
    return None if row is None or not row.rank or math.isnan(row.score) else row.score


def _parts(earlier: RankingRun, was: RankingRow, run: RankingRun, now: RankingRow) -> list[Part]:
    """Criteria of both versions, side by side; one that a version lacks has no weight there."""
    sides = []
    criteria: list[VersionCriterion] = []
    for side, row in ((earlier, was), (run, now)):
        if side is earlier or earlier.version_id != run.version_id:
            criteria = version_criteria(side.version)
        ratings = row_ratings(row, len(criteria))
        sides.append(
            {each.criterion_id: (each, float(ratings[j])) for j, each in enumerate(criteria)}
        )
    old, new = sides
    keys = [*new, *(key for key in old if key not in new)]
    ratings = [[side[key][1] if key in side else np.nan for key in keys] for side in sides]
    shares = [[side[key][0].share if key in side else 0.0 for key in keys] for side in sides]
    found = change([ratings[0]], shares[0], [ratings[1]], shares[1])
    parts = [
        Part(
            criterion=(new.get(key) or old[key])[0],
            rating_before=None if np.isnan(ratings[0][j]) else ratings[0][j],
            rating_after=None if np.isnan(ratings[1][j]) else ratings[1][j],
            share_before=shares[0][j] if key in old else None,
            share_after=shares[1][j] if key in new else None,
            from_weights=float(found.from_weights[0, j]),
            from_ratings=float(found.from_ratings[0, j]),
        )
        for j, key in enumerate(keys)
    ]
    return sorted(parts, key=lambda part: -abs(part.points))


def sentences(found: ScoreChange) -> list[str]:
    """The change as plain sentences in the reader's language."""
    language = get_language() or "en"

    def points(value: float) -> str:
        return formatting.number(value, 2, language=language, signed=True)

    day = formatting.day(found.earlier.as_of, language=language)
    if found.points is None:
        if found.before is None:
            return [_("On %(day)s the client had no place yet to compare with.") % {"day": day}]
        return [_("On %(day)s the client had a place; now too little is rated.") % {"day": day}]
    if found.same:
        return [_("Nothing has changed since %(day)s.") % {"day": day}]
    told = [
        _("Since %(day)s the points changed by %(points)s: %(ratings)s from ratings, %(weights)s from weights.")
        % {
            "day": day,
            "points": points(found.points),
            "ratings": points(found.from_ratings),
            "weights": points(found.from_weights),
        }
    ]  # fmt: skip
    most = (found.parts or [])[0]
    if most.rating_before is not None and most.rating_after is not None:
        words = _(
            "Most came from “%(criterion)s” (%(points)s): the rating went from %(before)s to %(after)s."
        )
        if most.rating_before == most.rating_after:
            words = _(
                "Most came from “%(criterion)s” (%(points)s): the rating is the same, its weight changed."
            )
        told.append(
            words
            % {
                "criterion": most.label,
                "points": points(most.points),
                "before": rating_words(most.rating_before),
                "after": rating_words(most.rating_after),
            }
        )  # fmt: skip
    else:
        told.append(
            _("Most came from “%(criterion)s” (%(points)s), which was rated on one of the days only.")
            % {"criterion": most.label, "points": points(most.points)}
        )  # fmt: skip
    return told
