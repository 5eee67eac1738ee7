"""Rating rules beside the data: what a rule would make of the clients, and writing it down."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Any, TypeAlias

import numpy as np
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils.translation import gettext as _
from numpy.typing import NDArray

from accounts.models import User
from kam.audit.services import record
from kam.lib.periods import today
from kam.lib.scoping import acting_system
from scoring import store
from scoring.engine.distribution import Axis, Histogram, axis_of, histogram
from scoring.engine.ratings import Category, Rated, Rule, apply_fitted, rate, rule_from_dict
from scoring.engine.weights import ALIKE, most_common_share
from scoring.inputs import ATTRIBUTES, PROFIT, attributes, gather, rated_clients, stored_rating
from scoring.models import Criterion, Matrix, RankingRun, VersionCriterion

from .versions import Choice, check_rule, draft_of


@dataclass(frozen=True, eq=False)
class Population:
    """What is measured of the clients that a matrix ranks, the first in the ranking first.

    ids int64 (n,); values float64 (n,), NaN = none; codes: the words in place of values where a
    criterion is computed from words, else None; applicable bool (n,).
    """

    measure: str
    as_of: dt.date
    ids: NDArray[np.int64]
    values: NDArray[np.float64]
    applicable: NDArray[np.bool_]
    codes: Sequence[str] | None = None

    @cached_property
    def axis(self) -> Axis | None:
        return None if self.codes is not None else axis_of(self.values)

    @cached_property
    def bars(self) -> Histogram | None:
        return histogram(self.values, self.axis) if self.axis else None

    @property
    def words(self) -> list[tuple[str, int]]:
        """The words that clients have, with how many have each, the most common first."""
        return Counter(code for code in self.codes or () if code).most_common()


@dataclass(frozen=True, eq=False)
class Trial:
    """What a rule makes of a population.

    counts: clients with each whole rating 1..10; unrated: positions without a value;
    not_applicable: how many the criterion does not apply to; common: the share of the most common
    rating, NaN under 20 clients; small: segments that are compared with everybody.
    """

    rule: Rule
    rated: Rated
    counts: tuple[int, ...]
    unrated: NDArray[np.int64]
    not_applicable: int
    common: float
    small: tuple[str, ...] = field(default=())

    @property
    def total(self) -> int:
        """How many are rated."""
        return sum(self.counts)

    @property
    def warnings(self) -> tuple[str, ...]:
        """Codes of :class:`Rated`, and "one_rating" or "indiscriminate" where a rule tells the
        clients hardly apart although their values differ."""
        unsaid = {"segment_too_small"}
        if isinstance(self.rule, Category):
            unsaid.add("constant")  # the words differ, their ratings do not
        found = [code for code in self.rated.warnings if code not in unsaid]
        if "constant" not in found and self.total > 1:
            if max(self.counts) == self.total:
                found.append("one_rating")
            elif self.common >= ALIKE - 1e-12:
                found.append("indiscriminate")
        return tuple(found)

    def levels(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Ratings of single values by what the rule has learnt; where each segment is rated within
        itself there is none for all."""
        if "segments" in self.rated.fitted:
            return np.full(len(values), np.nan)
        return apply_fitted(self.rule, self.rated.fitted, values).ratings


def population(matrix: Matrix, row: VersionCriterion) -> Population:
    """Everybody whom the matrix ranks with what the criterion is computed from.

    As the published run has stored it; where the run lacks the measure, computed as of its day;
    before the first run, as of today.  Names all clients: for who reads all of them.
    """
    run = matrix.current_run
    as_of = run.as_of if run else today()
    if row.measure in ATTRIBUTES:
        ids = _ids(matrix, run)
        with acting_system("rating rule"):
            codes = attributes(row.measure, ids)
        everybody = np.ones(len(ids), dtype=bool)
        return Population(row.measure, as_of, ids, np.full(len(ids), np.nan), everybody, codes)
    if run is not None:
        had = list(run.version.criteria.order_by("position"))
        for at, each in enumerate(had):
            if each.measure == row.measure and not each.rated_by_people:
                base = store.loaded(run.pk, len(had))
                return Population(
                    row.measure, as_of, base.ids, base.raw[:, at], base.applicable[:, at]
                )
    if run is None:
        return Population(row.measure, as_of, *_measure(row.measure, as_of, matrix.population))
    ids, values, applicable = _kept(
        connection.settings_dict["NAME"], run.pk, row.measure, as_of, matrix.population
    )
    order = _places(ids, _ids(matrix, run))
    return Population(row.measure, as_of, ids[order], values[order], applicable[order])


def _ids(matrix: Matrix, run: RankingRun | None) -> NDArray[np.int64]:
    if run is not None:
        return store.loaded(run.pk, run.version.criteria.count()).ids
    return _measure(PROFIT, today(), matrix.population)[0]


def _places(ids: NDArray[np.int64], first: NDArray[np.int64]) -> NDArray[np.int64]:
    """Positions of ascending ``ids`` in the order of ``first``; who is not in it comes last."""
    place = np.full(len(ids), len(first), dtype=np.int64)
    at = np.minimum(np.searchsorted(ids, first), max(len(ids) - 1, 0))
    if len(ids):
        here = ids[at] == first
        place[at[here]] = np.flatnonzero(here)
    order: NDArray[np.int64] = np.argsort(place, kind="stable")
    return order


Measured: TypeAlias = tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.bool_]]


def _measure(measure: str, as_of: dt.date, population: str) -> Measured:
    """Ids, values and to whom the measure applies; ids ascending."""
    asked = VersionCriterion(
        criterion=Criterion(key=measure), measure=measure, rule={"kind": "percentile"}
    )
    with acting_system("rating rule"):
        inputs = gather([asked], as_of, population=population)
    return inputs.ids, inputs.columns[0].raw, inputs.columns[0].applicable


@lru_cache(maxsize=4)
def _kept(database: str, run_id: int, measure: str, as_of: dt.date, population: str) -> Measured:
    """What a run lacks, kept for the next question while the hand moves."""
    found = _measure(measure, as_of, population)
    for column in found:
        column.setflags(write=False)
    return found


def try_rule(data: Mapping[str, Any], people: Population) -> Trial:
    """Rate a population by a rule; nothing is stored.  Raises ValueError naming the field."""
    rule = rule_from_dict(data)
    with acting_system("rating rule"):
        if people.codes is not None:
            rated = rate(rule, list(people.codes))
        else:
            rated = rated_clients(rule, people.values, people.ids)
    ratings = np.where(people.applicable, rated.ratings, np.nan)
    ratings = stored_rating(ratings, whole=rule.rounding == "integer")
    known = np.isfinite(ratings)
    whole = np.floor(ratings[known] + 0.5).astype(np.int64)
    return Trial(
        rule=rule,
        rated=rated,
        counts=tuple(np.bincount(whole, minlength=11)[1:].tolist()),
        unrated=np.flatnonzero(~known & people.applicable),
        not_applicable=int((~people.applicable).sum()),
        common=most_common_share(ratings),
        small=tuple(
            name
            for name, codes in rated.segment_warnings.items()
            if name and "segment_too_small" in codes
        ),
    )


@transaction.atomic
def save_rule(
    matrix: Matrix, row: VersionCriterion, data: Mapping[str, Any], author: User | None
) -> VersionCriterion:
    """Write a criterion's rule into the matrix's draft, beginning one where there is none.

    Raises ValidationError where the draft has no such criterion or the rule cannot be used.
    """
    check_rule(Choice(row.criterion, row.weight, row.measure, dict(data), row.rated_by_people,
                      row.people_share))  # fmt: skip
    draft = draft_of(matrix, author)
    mine = draft.criteria.select_for_update().filter(criterion_id=row.criterion_id).first()
    if mine is None:
        raise ValidationError(_("The draft does not take this criterion any more."))
    mine.rule = rule_from_dict(data).to_dict()
    mine.save(update_fields=["rule"])
    record(
        "matrix.rule_changed",
        object=matrix,
        details={"draft": draft.number, "criterion": row.criterion.key},
    )
    return mine
