"""Why a client has its points: each criterion's part, and the reason in plain words.

The sum of the parts is the score; every value shown is the one that the run has stored.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

import numpy as np
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from numpy.typing import NDArray

from accounts.measures.catalogue import DAYS, MEASURES, MONEY, MONTHS, PERCENT
from accounts.models import Client
from kam.lib import formatting
from kam.lib.company import company
from scoring.engine.arrays import HIGHEST, LOWEST
from scoring.engine.explain import contributions
from scoring.engine.ratings import apply_fitted, rule_from_dict
from scoring.inputs import ATTRIBUTES
from scoring.models import RankingRow, RankingRun, Rating, VersionCriterion
from scoring.selectors.clients import opinions
from scoring.selectors.matrices import version_criteria
from scoring.store import HUNDRED, NOT_APPLICABLE, NOT_RATED


@dataclass(frozen=True)
class Part:
    """What one criterion brings to one client's score.

    rating: 1..10, None where not rated or not applicable.  points: the part of the score.  share:
    the criterion's share of the weight.  value: the measure's value, None where there is none.
    computed, people: the two parts' ratings, None where missing.
    """

    criterion: VersionCriterion
    position: int
    rating: float | None
    applicable: bool
    points: float
    share: float
    value: float | None
    computed: float | None = None
    people: float | None = None
    opinions: list[Rating] = field(default_factory=list)
    reason: str = ""

    @property
    def label(self) -> str:
        return self.criterion.criterion.label

    @property
    def colour(self) -> int:
        return self.position

    @property
    def weight(self) -> float:
        """The share of the weight with which the rating counts: larger than ``share`` where
        something else is not rated, 0 where this is not."""
        return self.points / self.rating if self.rating else 0.0

    @property
    def reweighted(self) -> bool:
        return self.rating is not None and abs(self.weight - self.share) > 1e-9


@dataclass(frozen=True)
class Explanation:
    client: Client
    run: RankingRun
    row: RankingRow
    parts: list[Part]

    @property
    def score(self) -> float | None:
        return self.row.score if self.row.rank else None

    @property
    def to_line(self) -> float | None:
        """Points above (positive) or below the key line; None where there is no line or score."""
        if self.run.line is None or self.score is None:
            return None
        return self.score - self.run.line

    @property
    def gap(self) -> float | None:
        """Points missing to the key line; None where nothing is missing."""
        return -self.to_line if self.to_line is not None and self.to_line < 0 else None


def parts_of_rows(
    rows: list[RankingRow], criteria: list[VersionCriterion]
) -> list[list[dict[str, Any]]]:
    """Parts of the score bars of many rows: label, points, colour, rating; one engine call."""
    if not rows:
        return []
    k = len(criteria)
    ratings = np.array([row_ratings(row, k) for row in rows])
    points = contributions(ratings, [float(c.weight) for c in criteria])
    return [
        [
            {
                "label": criteria[j].criterion.label,
                "points": 0.0 if math.isnan(points[i, j]) else float(points[i, j]),
                "colour": j + 1,
                "rating": None if math.isnan(ratings[i, j]) else float(ratings[i, j]),
                "applicable": applies(row, j),
            }
            for j in range(k)
        ]
        for i, row in enumerate(rows)
    ]


def explain(client: Client, run: RankingRun, row: RankingRow) -> Explanation:
    """The whole explanation of one client's row in a run."""
    criteria = version_criteria(run.version)
    (drawn,) = parts_of_rows([row], criteria)
    given: dict[int, list[Rating]] = {}
    for opinion in opinions(
        client.pk, [c.criterion_id for c in criteria if c.rated_by_people], run
    ):
        given.setdefault(opinion.criterion_id, []).append(opinion)
    parts = []
    for j, criterion in enumerate(criteria, start=1):
        part = Part(
            criterion=criterion,
            position=j,
            rating=drawn[j - 1]["rating"],
            applicable=drawn[j - 1]["applicable"],
            points=drawn[j - 1]["points"],
            share=criterion.share,
            value=_value(getattr(row, f"x{j}")),
            opinions=given.get(criterion.criterion_id, []),
        )
        parts.append(_with_reason(part, client, run))
    return Explanation(client, run, row, parts)


def row_ratings(row: RankingRow, criteria: int) -> NDArray[np.float64]:
    """A row's ratings in the version's order, NaN where not rated or not applicable."""
    return np.array([_rating(row, j) for j in range(1, criteria + 1)])


def applies(row: RankingRow, j: int) -> bool:
    """Whether the criterion at place j, from 0, applies to the row's client."""
    return bool(getattr(row, f"r{j + 1}") != NOT_APPLICABLE)


def _rating(row: RankingRow, j: int) -> float:
    stored = getattr(row, f"r{j}")
    return math.nan if stored in (NOT_RATED, NOT_APPLICABLE) else stored / HUNDRED


def _value(stored: float) -> float | None:
    return None if math.isnan(stored) else stored


def _with_reason(part: Part, client: Client, run: RankingRun) -> Part:
    criterion = part.criterion
    computed = people = None
    if criterion.measure:
        rule = rule_from_dict(criterion.rule)
        frozen = run.fitted[part.position - 1].get("fitted", {})
        raw: list[Any] | None = None
        if criterion.measure in ATTRIBUTES:
            raw = [getattr(client, criterion.measure)]
        elif part.value is not None:
            raw = [part.value]
        if raw is not None:
            own = [getattr(client, rule.within)] if rule.within else None
            rating = apply_fitted(rule, frozen, raw, own).ratings[0]
            computed = None if math.isnan(rating) else float(rating)
    values = [float(o.value) for o in part.opinions if o.value is not None]
    if values:
        people = sum(values) / len(values)
    known = Part(**{**part.__dict__, "computed": computed, "people": people})
    return Part(**{**known.__dict__, "reason": _reason(known, client)})


def _reason(part: Part, client: Client) -> str:
    """Why this rating, as a sentence without its full stop."""
    criterion = part.criterion
    if not part.applicable:
        return _("does not apply to this client")
    computed = _computed_words(part, client) if part.computed is not None else ""
    people = _people_words(part) if part.people is not None else ""
    if computed and people:
        return _("%(computed)s gives %(first)s; %(people)s") % {
            "computed": computed,
            "first": rating_words(part.computed),
            "people": people,
        }
    if computed or people:
        return computed or people
    if part.rating is not None:
        # The opinions are not there to be read any more, the rating is.
        return _("rated by people")
    if criterion.measure and criterion.rated_by_people:
        return _("no data yet, and nobody has rated it")
    if criterion.measure:
        return _("no data: %(measure)s cannot be computed") % {"measure": measure_label(criterion)}
    return _("nobody has rated it yet")


def _computed_words(part: Part, client: Client) -> str:
    value = (
        getattr(client, part.criterion.measure)
        if part.criterion.measure in ATTRIBUTES
        else value_words(part.criterion.measure, part.value)
    )
    return _("%(measure)s: %(value)s") % {
        "measure": measure_label(part.criterion),
        "value": value,
    }


def _people_words(part: Part) -> str:
    count = sum(1 for opinion in part.opinions if opinion.value is not None)
    return ngettext(
        "%(count)s person rates it %(mean)s",
        "%(count)s people rate it %(mean)s on average",
        count,
    ) % {"count": count, "mean": rating_words(part.people)}


# --- Words for values and rules -------------------------------------------------------------------


def attribute_labels() -> dict[str, str]:
    return {
        "segment": _("Segment"),
        "country": _("Country"),
        "region": _("Region"),
        "city": _("City"),
    }


def source_label(measure: str) -> str:
    """What a criterion is computed from; empty where people alone rate."""
    if measure in MEASURES:
        return str(MEASURES[measure].label)
    return attribute_labels().get(measure, measure)


def measure_label(criterion: VersionCriterion) -> str:
    return source_label(criterion.measure)


def measure_definition(criterion: VersionCriterion) -> str:
    if criterion.measure in MEASURES:
        return str(MEASURES[criterion.measure].definition)
    return _("As recorded with the client.") if criterion.measure else ""


def rating_words(value: float | None) -> str:
    """``8``, ``7.5``; halves and hundredths only where there are any."""
    if value is None:
        return formatting.MISSING
    decimals = 0 if float(value).is_integer() else 1 if float(value * 10).is_integer() else 2
    return formatting.number(value, decimals, language=get_language())


def possible_rating(criterion: VersionCriterion, exact: float, *, falls: bool) -> float | None:
    """The nearest rating past ``exact`` (upwards, or where it ``falls`` downwards) that the
    criterion can give: whole, or of hundredths, as runs store them; None outside 1..10 or for NaN.
    """
    if math.isnan(exact):
        return None
    steps = 1 if rule_from_dict(criterion.rule).rounding == "integer" else HUNDRED
    found = (math.floor if falls else math.ceil)(exact * steps) / steps
    return found if LOWEST <= found <= HIGHEST else None


def value_decimals(measure: str, value: float) -> int:
    """With how many decimals :func:`value_words` shows a value."""
    known = MEASURES[measure]
    return (0 if abs(value) >= 1000 else 2) if known.unit == MONEY else known.decimals


def value_words(measure: str, value: float | None, *, short: bool = False) -> str:
    """A measure's value with its unit; ``short`` leaves out decimals that say nothing."""
    if value is None or measure not in MEASURES:
        return formatting.MISSING
    known, language = MEASURES[measure], get_language()
    decimals = 0 if short and float(value).is_integer() else known.decimals
    if known.unit == MONEY:
        return formatting.money(
            value, company().currency, value_decimals(measure, value), language=language
        )
    if known.unit == PERCENT:
        return formatting.percent(value / 100, decimals, language=language)
    text = formatting.number(value, decimals, language=language)
    whole = round(value)
    if known.unit == DAYS:
        return ngettext("%(text)s day", "%(text)s days", whole) % {"text": text}
    if known.unit == MONTHS:
        return ngettext("%(text)s month", "%(text)s months", whole) % {"text": text}
    return text


@dataclass(frozen=True)
class RuleWords:
    """A rating rule for people: one sentence, and pairs (value, rating) where it has any."""

    text: str
    pairs: list[tuple[str, str]] = field(default_factory=list)
    relative: bool = False


def rule_words(
    criterion: VersionCriterion,
    fitted: dict[str, Any] | None = None,
    say: Callable[[float], str] | None = None,
) -> RuleWords:
    """How a value becomes a rating; with what a run learnt, in its numbers.  ``say``: how values
    are told, by default with the unit of the measure."""
    words = _rule_words(criterion, fitted, say or partial(_short, criterion.measure))
    within = criterion.rule.get("within", "") if criterion.measure else ""
    if not within:
        return words
    label = attribute_labels().get(within, within)
    text = _("Compared within each: %(label)s.") % {"label": label}
    return replace(words, text=f"{words.text} {text}")


def _short(measure: str, value: float) -> str:
    return value_words(measure, value, short=True)


def _rule_words(
    criterion: VersionCriterion, fitted: dict[str, Any] | None, say: Callable[[float], str]
) -> RuleWords:
    if not criterion.measure:
        return RuleWords(_("People rate by what 1, 5 and 10 mean."))
    rule = rule_from_dict(criterion.rule)
    data, fitted = rule.to_dict(), fitted or {}
    kind = data["kind"]
    if kind == "piecewise":
        pairs = [(say(a), rating_words(v)) for a, v in data["knots"]]
        return RuleWords(_("By these points, evenly between them:"), pairs)
    if kind == "threshold":
        up = data["direction"] == "benefit"
        pairs = [
            (say(cut), str(2 + i if up else 1 + len(data["cuts"]) - i))
            for i, cut in enumerate(data["cuts"])
        ]
        text = _("From each step on:") if up else _("Up to each step:")
        return RuleWords(text, pairs)
    if kind == "min_max":
        lo, hi = fitted.get("lo", data["lo"]), fitted.get("hi", data["hi"])
        first, last = ("1", "10") if data["direction"] == "benefit" else ("10", "1")
        pairs = [] if lo is None or hi is None else [(say(lo), first), (say(hi), last)]
        scale = _("on a logarithmic scale") if data["log"] else _("evenly")
        text = (
            _("Compared with the other clients, %(scale)s between the 1st and the 99th percentile.")
            if rule.relative
            else _("Between these two, %(scale)s:")
        )
        return RuleWords(text % {"scale": scale}, pairs, rule.relative)
    if kind == "percentile":
        text = _("By the share of clients that have less.")
        if data["direction"] == "cost":
            text = _("By the share of clients that have more.")
        return RuleWords(text, relative=True)
    if kind == "decile_band":
        pairs = [(say(cut), str(i)) for i, cut in enumerate(fitted.get("cuts", []), start=2)]
        if data["direction"] == "cost":
            pairs = [(value, str(12 - int(i))) for value, i in pairs]
        return RuleWords(_("By tenths of all clients."), pairs, relative=True)
    pairs = [(code, rating_words(float(v))) for code, v in data.get("table", {}).items()]
    return RuleWords(_("By this table:"), pairs)
