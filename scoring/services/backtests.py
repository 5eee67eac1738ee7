"""Backtests: versions and rivals at past dates, only with what was known then."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Min
from django.utils import timezone
from django.utils.translation import gettext as _
from numpy.typing import NDArray

from accounts.measures.outcome import Outcome, outcome, purchases
from accounts.measures.reading import Moment, require_system
from accounts.measures.value import fit_bgnbd, fit_gamma_gamma, rfm
from accounts.models import User
from accounts.selectors.facts import default_date, revenue_documents
from accounts.selectors.standings import key_clients
from kam.audit.services import record
from kam.jobs.services import enqueue
from kam.lib.periods import add_months
from scoring.engine import score as scoring
from scoring.engine.backtest import (
    FEWEST_CLIENTS,
    FEWEST_ORIGINS,
    RESAMPLES,
    Estimate,
    Origin,
    Trial,
    chances,
    gains,
    ranks,
    trial,
)
from scoring.inputs import Inputs, gather
from scoring.models import Backtest, Matrix, MatrixVersion, VersionCriterion
from scoring.selectors.backtests import known_later, loaded_as_history
from scoring.selectors.matrices import version_criteria

from .ranking import one_moment, select

Floats = NDArray[np.float64]
Progress = Callable[[int, int, str], None]

MOST_VERSIONS = 4
MOST_ORIGINS = 12
SPANS = (3, 6, 12)
GROWTH, LEVEL = "growth", "level"
PROFIT, REVENUE = "profit", "revenue"
RIVALS = ("random", "revenue", "profit", "rfm", "clv", "clv_model", "key_list")
EQUAL = "equal"
# The model of buying needs this many clients, this long a history, and value apart from frequency.
MODEL_CLIENTS, MODEL_WEEKS, MODEL_CORRELATION = 500, 52, 0.3
# Seven parameters are learnt well enough from so many, taken evenly.
MODEL_SAMPLE = 2_000
NAMED = 10
# Days by which the first document may come after the beginning of the horizon before a date.
GRACE = 31
_MEASURES = ("revenue", "profit", "recency", "invoices", "clv")


@dataclass(frozen=True)
class Asked:
    """What is to be tried.

    n: how many are chosen, None = as many as the first version's list.  step, horizon: months
    between the dates and after each of them.  target: "growth" (what the horizon brought more than
    as many months before) or "level".  base: "profit" (contribution) or "revenue".
    latest: end of the last horizon; None = the day up to which there are facts.
    """

    versions: tuple[int, ...]
    n: int | None = None
    origins: int = 6
    step: int = 3
    horizon: int = 12
    target: str = GROWTH
    base: str = PROFIT
    latest: dt.date | None = None
    seed: int = 0
    resamples: int = RESAMPLES

    def check(self) -> None:
        """Raise ValidationError where it cannot be tried."""
        errors = []
        if not 1 <= len(set(self.versions)) <= MOST_VERSIONS:
            errors.append(_("Choose from one to four versions."))
        if self.n is not None and self.n < 1:
            errors.append(_("The list has at least one client."))
        if not 1 <= self.origins <= MOST_ORIGINS:
            errors.append(_("Choose from 1 to 12 dates."))
        if self.step not in SPANS or self.horizon not in SPANS:
            errors.append(_("Dates and horizon go by 3, 6 or 12 months."))
        if self.target not in (GROWTH, LEVEL) or self.base not in (PROFIT, REVENUE):
            errors.append(_("Choose what is looked at: growth or level, of profit or revenue."))
        if errors:
            raise ValidationError(errors)


def request_backtest(matrix: Matrix, asked: Asked, actor: User | None) -> Backtest:
    """Write down what is asked, and a job that answers it.  Raises ValidationError."""
    asked.check()
    versions = _versions(asked)
    with transaction.atomic():
        row = Backtest.objects.create(
            matrix=matrix,
            parameters=_parameters(asked, versions),
            seed=asked.seed,
            asked_by=actor if getattr(actor, "pk", None) else None,
        )
        row.job = enqueue("scoring.backtest", {"backtest_id": row.pk}, actor=actor)
        row.save(update_fields=["job"])
        record(
            "backtest.requested",
            object=matrix,
            details={"backtest": row.pk, "versions": list(asked.versions)},
        )
    return row


def run_backtest(row: Backtest, progress: Progress | None = None) -> Backtest:
    """Answer a backtest, once: a finished one is returned as it is."""
    if row.result is not None:
        return row
    row.result = backtest(asked_of(row.parameters), progress)
    row.summary = _summary(row.result)
    row.finished_at = timezone.now()
    row.save(update_fields=["result", "summary", "finished_at"])
    return row


def _summary(result: Mapping[str, Any]) -> dict[str, Any]:
    """What lists show of a result: verdicts on the first version, dates, length of the list."""
    first = result["verdicts"][0]["first"] if result["verdicts"] else ""
    return {
        "verdicts": {
            row["second"]: row["verdict"] for row in result["verdicts"] if row["first"] == first
        },
        "dates": [one["as_of"] for one in result["origins"]],
        "n": result["origins"][-1]["n"] if result["origins"] else None,
    }


def asked_of(parameters: Mapping[str, Any]) -> Asked:
    asked = dict(parameters["asked"])
    asked["versions"] = tuple(asked["versions"])
    asked["latest"] = dt.date.fromisoformat(asked["latest"]) if asked["latest"] else None
    return Asked(**asked)


def _versions(asked: Asked) -> list[MatrixVersion]:
    by_id = MatrixVersion.objects.select_related("matrix").in_bulk(list(asked.versions))
    versions = [by_id[pk] for pk in dict.fromkeys(asked.versions) if pk in by_id]
    if len(versions) < len(set(asked.versions)):
        raise ValidationError(_("There is no such version any more."))
    if any(not version.criteria.exists() for version in versions):
        raise ValidationError(_("A version without criteria cannot be tried."))
    return versions


def _parameters(asked: Asked, versions: Sequence[MatrixVersion]) -> dict[str, Any]:
    """What was asked, with the versions as they are now: a draft may change later."""
    plain = asdict(asked) | {"latest": asked.latest.isoformat() if asked.latest else None}
    return {"asked": plain, "versions": [describe(version) for version in versions]}


def describe(version: MatrixVersion) -> dict[str, Any]:
    criteria = version_criteria(version)
    says = [
        [c.criterion_id, c.share, c.measure, c.rule, c.rated_by_people, float(c.people_share)]
        for c in criteria
    ]
    return {
        "id": version.pk,
        "matrix": version.matrix.name,
        "number": version.number,
        "status": version.status,
        "criteria": [
            {
                "key": c.criterion.key,
                "label": {"ru": c.criterion.label_ru, "en": c.criterion.label_en},
                "share": c.share,
                "position": c.position,
            }
            for c in criteria
        ],
        # Two versions that say the same are one matrix that was tried.
        "fingerprint": hashlib.sha256(json.dumps(says, sort_keys=True).encode()).hexdigest()[:16],
    }


# --- The work -----------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Tried:
    """A version with what its score is made from."""

    version: MatrixVersion
    criteria: list[VersionCriterion]
    columns: slice

    @property
    def key(self) -> str:
        return f"version:{self.version.pk}"

    @property
    def weights(self) -> Floats:
        return np.array([float(c.weight) for c in self.criteria])

    def without(self, criterion: VersionCriterion) -> str:
        return f"{self.key}:without:{criterion.criterion.key}"

    @property
    def equal(self) -> str:
        return f"{EQUAL}:{self.version.pk}"


@dataclass(eq=False)
class Dated:
    """One date at which everything could be tried."""

    as_of: dt.date
    until: dt.date
    ids: NDArray[np.int64]
    outcome: Floats
    n: int
    scores: dict[str, Floats]
    ratings: dict[str, Floats]
    unknown: int  # clients left out, whose profit is not known
    absent: dict[str, str] = field(default_factory=dict)  # rival -> why it could not be asked


def backtest(asked: Asked, progress: Progress | None = None) -> dict[str, Any]:
    """The whole answer, JSON-ready.  Runs for a system actor; reads, and writes nothing."""
    require_system()
    asked.check()
    tell = progress or (lambda done, total, note: None)
    tried = _tried(_versions(asked))
    latest = asked.latest or default_date()
    dates = sorted(
        months_later(latest, -asked.horizon - asked.step * back) for back in range(asked.origins)
    )
    steps = len(dates) + 2
    found: list[Dated] = []
    skipped = []
    with one_moment():
        for number, as_of in enumerate(dates):
            tell(number, steps, as_of.isoformat())
            one = _at(as_of, tried, asked)
            if isinstance(one, Dated):
                found.append(one)
            else:
                skipped.append({"as_of": as_of.isoformat(), **one})
        leaks = [known_later(as_of) for as_of in dates]
        history = loaded_as_history(latest)
    tell(len(dates), steps, "")
    light = {each.without(c) for each in tried for c in each.criteria}
    ids = np.unique(np.concatenate([one.ids for one in found])) if found else np.zeros(0, int)
    origins = [
        Origin(np.searchsorted(ids, one.ids), one.outcome, one.scores, one.n) for one in found
    ]
    result = trial(origins, resamples=asked.resamples, seed=asked.seed, light=light)
    tell(len(dates) + 1, steps, "")
    answer = _answer(asked, tried, found, result) | {
        "skipped": skipped,
        "latest": latest.isoformat(),
    }
    answer |= {"leaks": leaks, "history": history}
    tell(steps, steps, "")
    return answer


def months_later(day: dt.date, months: int) -> dt.date:
    """So many whole months later: the last day of a month leads to the last day of a month."""
    return add_months(day + dt.timedelta(days=1), months) - dt.timedelta(days=1)


def _tried(versions: Sequence[MatrixVersion]) -> list[Tried]:
    found, start = [], 0
    for version in versions:
        criteria = version_criteria(version)
        found.append(Tried(version, criteria, slice(start, start + len(criteria))))
        start += len(criteria)
    return found


def _at(as_of: dt.date, tried: Sequence[Tried], asked: Asked) -> Dated | dict[str, Any]:
    """Everything at one date; or why nothing can be said of it."""
    begins = revenue_documents(as_of).aggregate(first=Min("date"))["first"]
    needed = Moment(as_of).start(asked.horizon) + dt.timedelta(days=GRACE)
    if begins is None or begins > needed:
        return {"reason": "history", "begins": begins.isoformat() if begins else None}
    criteria = [c for each in tried for c in each.criteria]
    inputs = gather(criteria, as_of, also=_MEASURES, population="buyers")
    until = months_later(as_of, asked.horizon)
    y = _target(outcome(as_of, until, asked.horizon), inputs.ids, asked)
    known = np.isfinite(y)
    if known.sum() < FEWEST_CLIENTS:
        reason = "cost" if len(y) >= FEWEST_CLIENTS else "clients"
        return {"reason": reason, "clients": int(known.sum())}
    scores: dict[str, Floats] = {}
    ratings: dict[str, Floats] = {}
    n = asked.n
    for each in tried:
        own = np.column_stack([column.ratings for column in inputs.columns[each.columns]])
        applies = np.column_stack([column.applicable for column in inputs.columns[each.columns]])
        ratings[each.key] = own[known]
        score, selected = _score(each, own, applies, inputs, each.weights)
        scores[each.key] = score[known]
        n = n or max(selected, 1)
        scores[each.equal] = _score(each, own, applies, inputs, np.ones(len(each.weights)))[0][
            known
        ]
        for at, criterion in enumerate(each.criteria):
            left = each.weights.copy()
            left[at] = 0
            if left.any():
                scores[each.without(criterion)] = _score(each, own, applies, inputs, left)[0][known]
    assert n is not None
    if n > known.sum() / 2:
        return {"reason": "list", "clients": int(known.sum()), "n": n}
    rivals, absent = _rivals(inputs, as_of)
    scores |= {key: score[known] for key, score in rivals.items()}
    return Dated(
        as_of, until, inputs.ids[known], y[known], n, scores, ratings, int((~known).sum()), absent
    )


def _target(found: Outcome, ids: NDArray[np.int64], asked: Asked) -> Floats:
    before, after = (
        (found.profit_before, found.profit_after)
        if asked.base == PROFIT
        else (found.revenue_before, found.revenue_after)
    )
    y = after - before if asked.target == GROWTH else after
    # The same moment gives the same served clients; those who had bought are among them.
    chosen: Floats = y[np.searchsorted(found.ids, ids)]
    return chosen


def _score(
    each: Tried, ratings: Floats, applies: NDArray[np.bool_], inputs: Inputs, weights: Floats
) -> tuple[Floats, int]:
    """The order of a version as a score, ties broken as it breaks them, NaN without a place; and
    how many its own rule selects."""
    result = scoring.weighted_score(
        ratings,
        weights,
        each.version.min_coverage,
        applicable=applies,
        mandatory=np.array([c.mandatory for c in each.criteria], dtype=bool) & (weights > 0),
    )
    eligible = result.eligible
    order = scoring.order(
        result.score,
        result.coverage,
        ratings,
        weights,
        inputs.profit,
        inputs.ids,
        eligible=eligible,
    )
    place = np.empty(len(order))
    place[order] = np.arange(len(order))
    selected = select(each.version, result.score, inputs.profit, eligible, order).size
    return np.where(eligible, len(order) - place, np.nan), selected


# --- Rivals -------------------------------------------------------------------------------------


def _rivals(inputs: Inputs, as_of: dt.date) -> tuple[dict[str, Floats], dict[str, str]]:
    """Scores of the simple rivals (n,), and why one of them could not be asked."""
    measures = inputs.measures
    scores = {
        "random": np.zeros(len(inputs.ids)),
        "revenue": measures["revenue"],
        "profit": measures["profit"],
        "rfm": rfm(measures["recency"], measures["invoices"], measures["revenue"]),
        "clv": measures["clv"],
    }
    absent = {}
    for key, ask in (("clv_model", _by_model), ("key_list", _by_key_list)):
        found = ask(inputs.ids, as_of)
        if isinstance(found, str):
            absent[key] = found
        else:
            scores[key] = found
    return scores, absent


def _by_model(ids: NDArray[np.int64], as_of: dt.date) -> Floats | str:
    """Purchases expected in the coming year times their expected value."""
    found = purchases(as_of)
    at = np.searchsorted(found.ids, ids)
    days, between, age, value = (x[at] for x in (found.days, found.between, found.age, found.value))
    learnt = (days > 0) & (age > 0) & (value > 0)
    if learnt.sum() < MODEL_CLIENTS:
        return "clients"
    if age.max() < MODEL_WEEKS:
        return "history"
    again = learnt & (days > 1)
    if again.sum() < MODEL_CLIENTS / 2:
        return "clients"
    if abs(np.corrcoef(days[again], value[again])[0, 1]) >= MODEL_CORRELATION:
        return "correlated"
    repeats = np.maximum(days - 1, 0)
    some = np.flatnonzero(learnt)
    some = some[:: max(1, len(some) // MODEL_SAMPLE)]
    buying = fit_bgnbd(repeats[some], between[some], age[some])
    spending = fit_gamma_gamma(days[some], value[some])
    expected = np.full(len(ids), np.nan)
    expected[learnt] = buying.expected_purchases(
        MODEL_WEEKS, repeats[learnt], between[learnt], age[learnt]
    ) * spending.expected_value(days[learnt], value[learnt])
    return expected


def _by_key_list(ids: NDArray[np.int64], as_of: dt.date) -> Floats | str:
    """Key clients as of the date, one as good as another."""
    key = np.isin(ids, list(key_clients(as_of).values_list("pk", flat=True)))
    return np.where(key, 1.0, np.nan) if key.any() else "nobody"


# --- The answer ---------------------------------------------------------------------------------


def _answer(
    asked: Asked, tried: Sequence[Tried], found: Sequence[Dated], result: Trial
) -> dict[str, Any]:
    contenders = [
        *(each.key for each in tried),
        *(each.equal for each in tried),
        *(key for key in RIVALS if any(key in one.scores for one in found)),
    ]
    return {
        "contenders": contenders,
        "origins": [
            {
                "as_of": one.as_of.isoformat(),
                "until": one.until.isoformat(),
                "clients": len(one.ids),
                "n": one.n,
                "unknown": one.unknown,
                "absent": one.absent,
                "mean": plain(one.outcome.mean()),
                "figures": {key: _figures(figures[key]) for key in contenders if key in figures},
            }
            for one, figures in zip(found, result.figures, strict=True)
        ],
        "overall": {
            key: _figures(result.overall[key]) for key in contenders if key in result.overall
        },
        "verdicts": _verdicts(tried, contenders, result),
        "ablation": _ablation(tried, result),
        "curves": _curves(contenders, found),
        "named": [_named(each, one) for one in reversed(found) for each in tried],
        "independent": _independent(found),
        "enough": len(found) >= FEWEST_ORIGINS,
    }


def plain(number: float) -> float | None:
    """For JSON: seven digits, None for what is not a number."""
    return float(f"{number:.7g}") if math.isfinite(number) else None


def _estimate(found: Estimate) -> list[float | None]:
    return [plain(found.value), plain(found.low), plain(found.high)]


def _figures(figures: Mapping[str, Estimate]) -> dict[str, list[float | None]]:
    return {name: _estimate(estimate) for name, estimate in figures.items()}


def _verdicts(
    tried: Sequence[Tried], contenders: Sequence[str], result: Trial
) -> list[dict[str, Any]]:
    """Each version against each rival, and the versions against each other."""
    found = []
    for number, each in enumerate(tried):
        rivals = [other.key for other in tried[number + 1 :]]
        rivals += [key for key in contenders if key in RIVALS]
        # Equal weights of a version whose weights are equal are that version.
        if len(set(each.weights.tolist())) > 1:
            rivals.append(each.equal)
        for rival in rivals:
            verdict = result.compare(each.key, rival)
            found.append(
                {
                    "first": each.key,
                    "second": rival,
                    "difference": _estimate(verdict.difference),
                    "origins": verdict.origins,
                    "verdict": verdict.verdict,
                }
            )
    return found


def _ablation(tried: Sequence[Tried], result: Trial) -> list[dict[str, Any]]:
    """What a version loses without each of its criteria; what "better" it is with it."""
    found = []
    for each in tried:
        for criterion in each.criteria:
            without = each.without(criterion)
            if without not in result.overall:
                continue
            verdict = result.compare(each.key, without)
            found.append(
                {
                    "version": each.key,
                    "criterion": criterion.criterion.key,
                    "lift": _estimate(result.overall[without].get("lift", Estimate(math.nan))),
                    "difference": _estimate(verdict.difference),
                    "verdict": verdict.verdict,
                }
            )
    return found


def _curves(contenders: Sequence[str], found: Sequence[Dated]) -> dict[str, list[float | None]]:
    """Gains of all dates together: each weighs by how much there was to gain."""
    sums: dict[str, Floats] = {}
    bases: dict[str, float] = {}

    def add(name: str, line: Floats, base: float) -> None:
        sums[name] = sums.get(name, 0) + line * base
        bases[name] = bases.get(name, 0.0) + base

    for one in found:
        base = float(np.maximum(one.outcome, 0).sum())
        by_key = {
            key: gains(one.scores[key], one.outcome) for key in contenders if key in one.scores
        }
        for key, curve in by_key.items():
            if curve is not None:
                add(key, curve.chosen, base)
        any_curve = next((curve for curve in by_key.values() if curve is not None), None)
        if any_curve is not None:
            for name in ("clients", "ideal"):
                add(name, getattr(any_curve, name), base)
    return {name: [plain(x) for x in line / bases[name]] for name, line in sums.items()}


def _named(each: Tried, one: Dated) -> dict[str, Any]:
    """Who was found, who was missed and who disappointed: with ratings as of the date."""
    score, y = one.scores[each.key], one.outcome
    chosen = chances(score, one.n) > 0
    best = chances(y, one.n) > 0
    by_outcome = len(y) + 1 - ranks(y)
    place = np.where(np.isnan(score), np.nan, len(y) + 1 - ranks(score))

    def rows(which: NDArray[np.bool_], *, worst: bool = False) -> list[dict[str, Any]]:
        at = np.flatnonzero(which)
        at = at[np.argsort(y[at] if worst else -y[at], kind="stable")][:NAMED]
        return [
            {
                "client": int(one.ids[i]),
                "place": plain(place[i]),
                "outcome": plain(y[i]),
                "outcome_place": plain(by_outcome[i]),
                "ratings": [plain(x) for x in one.ratings[each.key][i]],
            }
            for i in at.tolist()
        ]

    return {
        "as_of": one.as_of.isoformat(),
        "version": each.key,
        "found": int((chosen & best).sum()),
        "hits": rows(chosen & best),
        "misses": rows(best & ~chosen & (y > 0)),
        "disappointments": rows(chosen & ~best & (y < 0), worst=True),
    }


def _independent(found: Sequence[Dated]) -> int:
    """How many of the dates have horizons that do not overlap, counted from the latest."""
    count, begins = 0, dt.date.max
    for one in reversed(found):
        if one.until <= begins:
            count, begins = count + 1, one.as_of
    return count
