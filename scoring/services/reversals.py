"""Whether a list depends on who else is compared: clients left out in turn, the rest rated anew."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from accounts.measures.catalogue import MEASURES
from scoring import store
from scoring.engine.ratings import SMALLEST_POPULATION, Rated, Rule, rate, rule_from_dict
from scoring.engine.robustness import Reversal, reversals
from scoring.inputs import Part, attributes, join, people_ratings
from scoring.models import RankingRun, VersionCriterion

# Ratings of clients × criteria that all removals together may cost, and removals at most.
EFFORT, MOST = 20_000_000, 60


@dataclass(frozen=True)
class Reversals:
    """changes: the removals that change something; in positions of the run's order.  removals:
    how many were tried."""

    changes: tuple[Reversal, ...]
    removals: int


def reversals_of(
    run: RankingRun, criteria: list[VersionCriterion], columns: store.Loaded, size: int
) -> Reversals | None:
    """Leave out the clients about the key line, each in turn, and rate all others anew.

    None where every rule is absolute: then nobody's rating depends on others.
    """
    relative = {
        j: rule
        for j, each in enumerate(criteria)
        if each.measure in MEASURES and (rule := rule_from_dict(each.rule)).relative
    }
    if not relative:
        return None
    people = _people(run, [criteria[j] for j in relative], columns.ids)
    within = {
        rule.within: np.array(attributes(rule.within, columns.ids), dtype=object)
        for rule in relative.values()
        if rule.within
    }

    def again(positions: NDArray[np.int64]) -> NDArray[np.float64]:
        ratings = columns.ratings[positions].copy()
        for j, rule in relative.items():
            ratings[:, j] = _anew(
                criteria[j],
                _rated(rule, columns.raw[positions, j], within.get(rule.within), positions),
                columns.applicable[positions, j],
                positions,
                people.get(criteria[j].criterion_id),
            )
        return ratings

    count = len(columns.ids)
    tries = min(MOST, count, max(1, EFFORT // max(1, count * len(relative))))
    first = max(0, min(size - tries // 2, count - tries))
    removed = range(first, first + tries)
    found = reversals(
        count,
        again,
        [float(each.weight) for each in criteria],
        size,
        removed,
        min_coverage=run.version.min_coverage,
    )
    return Reversals(found, tries)


def _people(
    run: RankingRun, criteria: list[VersionCriterion], ids: NDArray[np.int64]
) -> dict[int, Part]:
    """People's parts of these criteria in the order of ``ids``."""
    asked = [each.criterion_id for each in criteria if each.rated_by_people]
    if not asked:
        return {}
    in_order = np.argsort(ids)
    places = np.empty(len(ids), dtype=np.int64)
    places[in_order] = np.arange(len(ids))
    return {
        key: Part(part.ratings[places], part.applicable[places])
        for key, part in people_ratings(asked, ids[in_order], run.as_of).items()
    }


def _rated(
    rule: Rule,
    values: NDArray[np.float64],
    segments: NDArray[np.object_] | None,
    positions: NDArray[np.int64],
) -> Rated:
    """As :func:`scoring.inputs.rated_clients`, with the segments read once for all removals."""
    if segments is None:
        return rate(rule, values)
    return rate(rule, values, segments[positions].tolist(), smallest=SMALLEST_POPULATION)


def _anew(
    criterion: VersionCriterion,
    rated: Rated,
    applicable: NDArray[np.bool_],
    positions: NDArray[np.int64],
    people: Part | None,
) -> NDArray[np.float64]:
    computed = Part(np.where(applicable, rated.ratings, np.nan), applicable)
    opinions = people and Part(people.ratings[positions], people.applicable[positions])
    whole = rule_from_dict(criterion.rule).rounding == "integer"
    ratings, _applies = join(computed, opinions, float(criterion.people_share), whole=whole)
    return ratings
