"""Facts and opinions at a date, turned into the decision matrix of one matrix version.

Everything as of T uses only what was dated and known by T: measures by the rule of
:mod:`accounts.selectors.facts`, people's ratings by the same rule here.  Nothing is written.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from django.db import connection
from numpy.typing import NDArray

from accounts.measures.catalogue import MEASURES
from accounts.measures.compute import Columns, compute
from accounts.measures.served import MEMBERS_CTE
from accounts.models import Client
from kam.lib.copy import copy_out_binary, raw_cursor
from kam.lib.periods import end_of_day

from .engine.ratings import SMALLEST_POPULATION, Rated, Rule, rate, rule_from_dict
from .models import Matrix, VersionCriterion
from .store import HUNDRED, NOT_APPLICABLE, NOT_RATED

Population = Matrix.Population
# Facts of a client that a rule may rate by a table of codes, beside the measures.
ATTRIBUTES = ("segment", "country", "region", "city")
# Breaks ties, and is what a share of profit is a share of.
PROFIT = "profit"
# Missing for a client that has not bought.
BOUGHT = "tenure"


@dataclass(frozen=True, eq=False)
class Part:
    """One part of a criterion for all clients: ratings (n,) NaN = missing, and to whom it
    applies at all (n,)."""

    ratings: NDArray[np.float64]
    applicable: NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Column:
    """A criterion for all n clients.

    ratings: 1..10 as they are stored (hundredths), NaN where missing or not applicable.
    raw: values of the measure behind them, NaN where there is none.
    frozen: what is kept with the run: {"fitted", "warnings", "rated"}.
    """

    ratings: NDArray[np.float64]
    applicable: NDArray[np.bool_]
    raw: NDArray[np.float64]
    frozen: dict[str, Any] = field(default_factory=dict)

    def stored(self) -> NDArray[np.int16]:
        """Ratings as :class:`scoring.models.RankingRow` has them."""
        known = np.nan_to_num(self.ratings * HUNDRED, nan=NOT_RATED)
        hundredths = np.rint(known).astype(np.int16)
        hundredths[~self.applicable] = NOT_APPLICABLE
        return hundredths


@dataclass(frozen=True, eq=False)
class Inputs:
    """The decision matrix: ids of all served clients, ascending (n,), their profit of twelve
    months (n,), a column for each criterion in the version's order, and the measures read."""

    ids: NDArray[np.int64]
    profit: NDArray[np.float64]
    columns: tuple[Column, ...]
    measures: Mapping[str, NDArray[np.float64]] = field(default_factory=dict)

    @property
    def ratings(self) -> NDArray[np.float64]:
        """(n, criteria), NaN where missing or not applicable."""
        return np.column_stack([column.ratings for column in self.columns])

    @property
    def applicable(self) -> NDArray[np.bool_] | None:
        """(n, criteria); None where everything applies to everybody."""
        if all(column.applicable.all() for column in self.columns):
            return None
        return np.column_stack([column.applicable for column in self.columns])


def gather(
    criteria: Sequence[VersionCriterion],
    as_of: dt.date,
    *,
    also: Iterable[str] = (),
    population: str = Population.EVERYBODY,
) -> Inputs:
    """Inputs of a version's criteria as of a date, for the served clients of a population.

    ``also`` names measures to be read beside those of the criteria.  ``population``: everybody;
    buyers, who had bought by then, so that relative rules do not compare with clients who came
    later; prospects, who had not, and stand in the lifecycle of a prospect now.
    """
    keys = {c.measure for c in criteria if c.measure in MEASURES} | {PROFIT, *also}
    everybody = population == Population.EVERYBODY
    facts = compute(sorted(keys if everybody else keys | {BOUGHT}), as_of)
    if not everybody:
        facts = _narrowed(facts, _belongs(facts, population))
    opinions = people_ratings(
        [c.criterion_id for c in criteria if c.rated_by_people], facts.ids, as_of
    )
    columns = tuple(_column(c, facts, opinions.get(c.criterion_id)) for c in criteria)
    return Inputs(facts.ids, facts.values[PROFIT], columns, facts.values)


def _belongs(facts: Columns, population: str) -> NDArray[np.bool_]:
    bought = ~np.isnan(facts.values[BOUGHT])
    if population == Population.BUYERS:
        return bought
    prospects = Client.objects.filter(lifecycle=Client.Lifecycle.PROSPECT).order_by()
    ids = np.array(list(prospects.values_list("pk", flat=True)), dtype=np.int64)
    return ~bought & np.isin(facts.ids, ids)


def _narrowed(facts: Columns, kept: NDArray[np.bool_]) -> Columns:
    return Columns(
        facts.ids[kept],
        {key: values[kept] for key, values in facts.values.items()},
        {key: applies[kept] for key, applies in facts.applicable.items()},
    )


def _column(criterion: VersionCriterion, facts: Columns, opinions: Part | None) -> Column:
    rule = rule_from_dict(criterion.rule)
    n = len(facts.ids)
    raw = np.full(n, np.nan)
    computed, rated = None, Rated(raw)
    if criterion.measure:
        applicable = np.ones(n, dtype=bool)
        if criterion.measure in ATTRIBUTES:
            rated = rate(rule, attributes(criterion.measure, facts.ids))
        else:
            raw = facts.values[criterion.measure]
            rated = rated_clients(rule, raw, facts.ids)
            applicable = facts.applicable.get(criterion.measure, applicable)
        computed = Part(np.where(applicable, rated.ratings, np.nan), applicable)
    ratings, applicable = join(
        computed, opinions, float(criterion.people_share), whole=rule.rounding == "integer"
    )
    frozen = {
        "fitted": rated.fitted,
        "warnings": list(rated.warnings),
        "rated": int(np.isfinite(ratings).sum()),
    }
    return Column(ratings, applicable, raw, frozen)


def rated_clients(rule: Rule, values: NDArray[np.float64], ids: NDArray[np.int64]) -> Rated:
    """Rate a measure's values of the clients ``ids``; a rule that compares within segments, each
    within its own, where that is large enough to compare in."""
    if not rule.within:
        return rate(rule, values)
    return rate(rule, values, attributes(rule.within, ids), smallest=SMALLEST_POPULATION)


def join(
    computed: Part | None, people: Part | None, people_share: float, *, whole: bool
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Ratings of a criterion from its parts, and to whom the criterion applies.

    Where both parts rate, the mean weighted by ``people_share``; where one does, that one alone.
    A criterion does not apply where none of its parts does.
    """
    parts = [part for part in (computed, people) if part is not None]
    if not parts:
        raise ValueError("a criterion needs a computed part or a people's part")
    applicable = np.logical_or.reduce([part.applicable for part in parts])
    if len(parts) == 1:
        ratings = parts[0].ratings
    else:
        first, second = parts[0].ratings, parts[1].ratings
        both = (1 - people_share) * first + people_share * second
        ratings = np.where(np.isnan(first), second, np.where(np.isnan(second), first, both))
    return stored_rating(ratings, whole=whole), applicable


def stored_rating(ratings: NDArray[np.float64], *, whole: bool) -> NDArray[np.float64]:
    """Halves upwards, to whole ratings or to hundredths: the score rests on what is stored.

    The margin keeps a half that is a half to a person, such as (7 + 8) / 2 by shares of 0.7.
    """
    scale = 1 if whole else HUNDRED
    return np.floor(ratings * scale + 0.5 + 1e-9) / scale


def people_ratings(
    criterion_ids: Sequence[int], ids: NDArray[np.int64], as_of: dt.date
) -> dict[int, Part]:
    """What people thought by the end of a day: per criterion the mean over raters of each one's
    latest rating.

    A rating given to a member of a group stands for the group where the same rater has not
    rated the group itself.  A criterion does not apply to a client where all who have an opinion
    say so.
    """
    found = {
        criterion: Part(np.full(len(ids), np.nan), np.ones(len(ids), dtype=bool))
        for criterion in criterion_ids
    }
    if not found:
        return found
    end = end_of_day(as_of)
    with connection.cursor() as cursor:
        query = (
            raw_cursor(cursor)
            .mogrify(
                f"""
            WITH {MEMBERS_CTE}
            SELECT served, criterion_id, coalesce(avg(value), 0)::float8, count(value)::int4
            FROM (
                SELECT DISTINCT ON (served, criterion_id, rater_id, rater_name)
                       served, criterion_id, value
                FROM (
                    SELECT r.*, coalesce(members.group_id, r.client_id) AS served
                    FROM scoring_rating r
                    LEFT JOIN members ON members.member_id = r.client_id
                    WHERE r.criterion_id = ANY(%(criteria)s) AND r.date <= %(day)s
                     AND r.known_from < %(end)s AND (r.known_to IS NULL OR r.known_to >= %(end)s)
                     AND (r.value IS NOT NULL OR r.not_applicable)
                ) opinions
                ORDER BY served, criterion_id, rater_id, rater_name,
                         (client_id = served) DESC, date DESC, id DESC
            ) latest
            GROUP BY served, criterion_id ORDER BY criterion_id, served
            """,
                {"end": end, "day": as_of, "criteria": list(found)},
            )
            .decode()
        )
    served, criterion, mean, opinions = copy_out_binary(query, ["i8", "i8", "f8", "i4"])
    places = np.minimum(np.searchsorted(ids, served), max(len(ids) - 1, 0))
    known = ids[places] == served if len(ids) else np.zeros(len(served), dtype=bool)
    for key, part in found.items():
        mine = known & (criterion == key)
        rated = mine & (opinions > 0)
        part.ratings[places[rated]] = mean[rated]
        part.applicable[places[mine & (opinions == 0)]] = False
    return found


def attributes(name: str, ids: NDArray[np.int64]) -> list[str]:
    """A fact of each client as text, in the order of ``ids``; as it is recorded now."""
    rows = dict(Client.objects.order_by().values_list("pk", name))
    return [rows.get(pk, "") for pk in ids.tolist()]
