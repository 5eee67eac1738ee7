"""Would this order have found the clients that then brought the most?

An order made at a date is held against what followed.  Ties are settled by exact expectation, as
if equal clients had been drawn by lot: so "everybody equal" is the random rival, without sampling.
Uncertainty is a Poisson bootstrap over clients; contenders are resampled together, so that a
difference between two of them is a difference over the same clients.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from scoring.engine.arrays import BLOCK, Floats, Ints, column, rounded

Singles: TypeAlias = NDArray[np.float32]

RESAMPLES = 2000
_BITS = 65536
# Fewer clients or dates than these say too little for a figure, or for an interval.
FEWEST_CLIENTS = 20
FEWEST_ORIGINS = 3
BETTER, NO_EVIDENCE, WORSE = "better", "no_evidence", "worse"


@dataclass(frozen=True)
class Result:
    """What an order was worth; NaN where a figure means nothing.

    lift: mean outcome of those chosen against the mean of all (NaN when that mean is not positive).
    precision: share of the n chosen that were among the n best by outcome.
    captured: sum of outcomes of those chosen against the sum of all (NaN when not positive).
    spearman: rank correlation of score and outcome, mid-ranks, unscored clients last.
    ndcg: gain max(outcome, 0) discounted by log2(1 + place), up to place n, against the best order
        there could be (NaN when nobody has a positive outcome).
    regret: outcome of the n best less outcome of those chosen.
    difference: mean outcome of those chosen less the mean of all; it means something always.
    chosen: how many were chosen: n, or as many as have a score.
    """

    lift: float
    precision: float
    captured: float
    spearman: float
    ndcg: float
    regret: float
    difference: float
    chosen: float


RATIOS = ("lift", "captured")  # to the mean, or the sum, of all
FIGURES = ("lift", "precision", "captured", "spearman", "ndcg", "regret", "difference")


def evaluate(score: ArrayLike, outcome: ArrayLike, n: int) -> Result:
    """Hold the first n by score (descending) against what each client then brought.

    score: (clients,), NaN = not scored and never chosen.  outcome: (clients,), finite.
    Scores are compared to 9 decimals, as everywhere; equal ones share places by expectation.

    Järvelin & Kekäläinen, TOIS 20 (2002) for NDCG.  Raises ValueError on shapes that do not fit,
    outcomes that are not numbers, and n below 1.
    """
    y = _outcomes(outcome)
    return _result(_Truth.of(y, n), _Order.of(score, y, n))


def chances(score: ArrayLike, n: int) -> Floats:
    """Chance of each client to be among the first n by score: 1, 0, or a share among equals."""
    chance, _discount = _places(rounded(column(score, "score")), n)
    return chance


def ranks(values: ArrayLike) -> Floats:
    """Mid-ranks 1..n ascending; NaN are lowest, all alike."""
    x = column(values)
    key = np.where(np.isnan(x), -np.inf, x)
    _order, starts, sizes, group = _groups(key)
    middle: Floats = starts + (sizes + 1) / 2
    return middle[group]


@dataclass(frozen=True, eq=False)
class Curve:
    """Cumulative gains in the order of a score.

    clients: share of clients taken, 0..1.  chosen, ideal, random: outcome cumulated so far as a
    share of the sum of all positive outcomes, in the order of the score, of the outcome itself,
    and by lot.
    """

    clients: Floats
    chosen: Floats
    ideal: Floats
    random: Floats


def gains(score: ArrayLike, outcome: ArrayLike, points: int = 51) -> Curve | None:
    """The gains curve at evenly spaced shares of clients; None when nothing was gained at all."""
    y = _outcomes(outcome)
    values = column(score, "score")
    base = float(np.maximum(y, 0).sum())
    if not len(y) or base <= 0:
        return None
    at = np.linspace(0.0, 1.0, points)
    return Curve(
        clients=at,
        chosen=_cumulated(np.where(np.isnan(values), -np.inf, rounded(values)), y, at) / base,
        ideal=_cumulated(y, y, at) / base,
        random=at * float(y.sum()) / base,
    )


def _cumulated(key: Floats, y: Floats, at: Floats) -> Floats:
    """Sum of y over the first share of clients by descending key, equal ones by expectation."""
    order, starts, sizes, _group = _groups(-key)
    sums = np.add.reduceat(y[order], starts)
    known = np.concatenate(([0], starts + sizes))
    result: Floats = np.interp(at * len(y), known, np.concatenate(([0.0], np.cumsum(sums))))
    return result


# --- The parts that every figure is a ratio of --------------------------------------------------


@dataclass(frozen=True, eq=False)
class _Order:
    """An order, as what it gives to each client: all (clients,).

    chance: of being chosen.  hit: chance that counts as a hit.  discount: weight of the client's
    gain in DCG.  rank: mid-rank.  share: chosen / n.
    """

    chance: Floats
    hit: Floats
    discount: Floats
    rank: Floats
    share: float

    @classmethod
    def of(cls, score: ArrayLike, outcome: Floats, n: int) -> _Order:
        values = rounded(column(score, "score"))
        if values.shape != outcome.shape:
            raise ValueError(f"score: shape {values.shape} for outcomes {outcome.shape}")
        chance, discount = _places(values, n)
        seats = min(n, len(values))
        hit = chance * _winner(chance, outcome, seats)
        return cls(chance, hit, discount, ranks(values), float(chance.sum()) / max(seats, 1))


@dataclass(frozen=True, eq=False)
class _Truth:
    """The outcome, and the best order there could be."""

    y: Floats
    gain: Floats
    best: Floats
    ideal: Floats
    rank: Floats
    n: int

    @classmethod
    def of(cls, y: Floats, n: int) -> _Truth:
        top = float(y.max(initial=0.0))
        gain = np.maximum(y, 0) / top if top > 0 else np.zeros(len(y))
        best, ideal = _places(y, n)
        return cls(y, gain, best, ideal, ranks(y), min(n, len(y)))


def _outcomes(outcome: ArrayLike) -> Floats:
    y = column(outcome, "outcome")
    if not np.isfinite(y).all():
        raise ValueError("outcome: expected a number for every client")
    return y


def _groups(
    key: Floats,
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """(order by ascending key, where groups of equals start, their sizes, group of each client)."""
    order = np.argsort(key, kind="stable")
    in_order = key[order]
    first = np.ones(len(key), dtype=np.bool_)
    first[1:] = in_order[1:] != in_order[:-1]
    starts = np.flatnonzero(first)
    sizes = np.diff(np.append(starts, len(key)))
    group = np.empty(len(key), dtype=np.int64)
    group[order] = np.cumsum(first) - 1
    return order, starts, sizes, group


def _places(score: Floats, n: int) -> tuple[Floats, Floats]:
    """Chance of being among the first n, and expected discount over those places."""
    if n < 1:
        raise ValueError("n: expected at least one")
    scored = ~np.isnan(score)
    chance, discount = np.zeros(len(score)), np.zeros(len(score))
    if not scored.any():
        return chance, discount
    _order, starts, sizes, group = _groups(-score[scored])
    taken = np.clip(n - starts, 0, sizes)
    weight = 1 / np.log2(2 + np.arange(min(n, int(scored.sum()))))
    summed = np.concatenate(([0.0], np.cumsum(weight)))
    from_, to = np.minimum(starts, len(weight)), starts + taken
    to = np.minimum(to, len(weight))
    chance[scored] = (taken / sizes)[group]
    discount[scored] = ((summed[to] - summed[from_]) / sizes)[group]
    return chance, discount


def _winner(chance: Floats, y: Floats, seats: int) -> Floats:
    """1 for the best by outcome, 0 for others; those equal to the last of the best share its seats."""
    if not seats or not len(y):
        return np.zeros(len(y))
    line = np.partition(y, len(y) - seats)[len(y) - seats]
    above, equal = y > line, y == line
    free = seats - int(above.sum())
    wanted = float(chance[equal].sum())
    return np.where(above, 1.0, np.where(equal, min(1.0, free / wanted) if wanted else 0.0, 0.0))


# Sums over clients that the figures are ratios of: those of the outcome alone, and those of an
# order, of which the first ones are enough for lift, captured and difference.
_OF_TRUTH = ("y", "ideal_gain", "best_y", "q", "qq")
_OF_ORDER = ("chosen", "chosen_y", "hit", "gain", "r", "rr", "rq")
_LIGHT = 2
Sums: TypeAlias = dict[str, Floats]


def _result(truth: _Truth, order: _Order) -> Result:
    sums = {name: column.sum(keepdims=True) for name, column in _of_truth(truth).items()}
    sums |= {name: column.sum(keepdims=True) for name, column in _of_order(truth, order).items()}
    sums["all"] = np.full(1, float(len(truth.y)))
    figures = _figures(sums, order.share, len(truth.y))
    return Result(**{name: float(figure[0]) for name, figure in figures.items()})


def _of_truth(truth: _Truth) -> Sums:
    q = truth.rank - (len(truth.y) + 1) / 2
    return {
        "y": truth.y,
        "ideal_gain": truth.ideal * truth.gain,
        "best_y": truth.best * truth.y,
        "q": q,
        "qq": q * q,
    }


def _of_order(truth: _Truth, order: _Order) -> Sums:
    half = (len(truth.y) + 1) / 2
    r = order.rank - half
    return {
        "chosen": order.chance,
        "chosen_y": order.chance * truth.y,
        "hit": order.hit,
        "gain": order.discount * truth.gain,
        "r": r,
        "rr": r * r,
        "rq": r * (truth.rank - half),
    }


def _figures(s: Sums, share: float, clients: int) -> Sums:
    """Figures from sums, one entry per resample; without the later sums of an order only some."""
    overall = _ratio(s["y"], s["all"])
    mean = _ratio(s["chosen_y"], s["chosen"])
    positive = s["y"] > 0
    with np.errstate(invalid="ignore", divide="ignore"):
        found = {
            "lift": np.where(positive, mean / overall, np.nan),
            "captured": np.where(positive, s["chosen_y"] / s["y"], np.nan),
            "difference": mean - overall,
        }
    if "hit" not in s:
        return found
    one = _ratio(np.ones_like(s["all"]), s["all"])
    drawn = _ratio(np.full_like(s["all"], clients), s["all"])
    spread_r = s["rr"] - s["r"] ** 2 * one
    spread_q = s["qq"] - s["q"] ** 2 * one
    together = s["rq"] - s["r"] * s["q"] * one
    # A spread this small against the sum of squares is rounding, not variation.
    varied = (spread_r > 1e-6 * s["rr"]) & (spread_q > 1e-6 * s["qq"])
    with np.errstate(invalid="ignore", divide="ignore"):
        spearman = np.where(varied, together / np.sqrt(spread_r * spread_q), np.nan)
    return found | {
        "precision": _ratio(s["hit"], s["chosen"]) * share,
        "spearman": np.clip(spearman, -1.0, 1.0),
        "ndcg": _ratio(s["gain"], s["ideal_gain"]),
        "regret": (s["best_y"] - s["chosen_y"]) * drawn,
        "chosen": s["chosen"] * drawn,
    }


def _ratio(above: Floats, below: Floats) -> Floats:
    result: Floats = np.divide(above, below, out=np.full(len(below), np.nan), where=below > 0)
    return result


# --- Several orders at several dates, resampled together ----------------------------------------


@dataclass(frozen=True, eq=False)
class Origin:
    """One date with what was ordered then and what followed.

    clients: int64 (n,) ascending positions of the clients among all clients of the trial.
    outcome: float64 (n,).  scores: contender -> (n,).  n: how many are chosen.
    """

    clients: Ints
    outcome: Floats
    scores: Mapping[str, Floats]
    n: int


@dataclass(frozen=True)
class Estimate:
    """A figure with its 95 % interval; NaN where there is none."""

    value: float
    low: float = float("nan")
    high: float = float("nan")


@dataclass(frozen=True)
class Verdict:
    """How one contender did against another: mean outcome of those chosen by the first less that
    of those chosen by the second, over the dates at which both could choose.

    verdict: "better" or "worse" where the interval leaves out zero, else "no_evidence"; None with
    fewer dates than an interval needs.
    """

    difference: Estimate
    origins: int
    verdict: str | None


@dataclass(frozen=True, eq=False)
class Trial:
    """figures: per origin, contender -> figure -> Estimate.  overall: contender -> figure ->
    Estimate, the mean over the origins; lift and captured only where they mean something at each."""

    figures: tuple[Mapping[str, Mapping[str, Estimate]], ...]
    overall: Mapping[str, Mapping[str, Estimate]]
    draws: tuple[Mapping[str, Sums], ...]

    def compare(self, first: str, second: str) -> Verdict:
        both = [at for at, found in enumerate(self.figures) if {first, second} <= found.keys()]
        if not both:
            return Verdict(Estimate(float("nan")), 0, None)
        values = [
            self.figures[at][first]["difference"].value
            - self.figures[at][second]["difference"].value
            for at in both
        ]
        draws = [
            self.draws[at][first]["difference"] - self.draws[at][second]["difference"]
            for at in both
        ]
        found = _over_origins("difference", values, draws)
        verdict = None
        if np.isfinite(found.low):
            verdict = BETTER if found.low > 0 else WORSE if found.high < 0 else NO_EVIDENCE
        return Verdict(found, len(both), verdict)


def trial(
    origins: Sequence[Origin],
    *,
    resamples: int = RESAMPLES,
    seed: int = 0,
    light: Collection[str] = (),
    progress: Callable[[int, int], None] | None = None,
) -> Trial:
    """All contenders at all dates, with intervals by a Poisson bootstrap over clients.

    A client is drawn with all its dates, so that horizons which overlap do not pass for
    independent evidence.  _Orders in `light` get lift, captured and difference only.  The same
    seed gives the same intervals.
    """
    tell = progress or (lambda done, total: None)
    prepared = [_Prepared.of(origin, light) for origin in origins]
    size = max((int(o.clients[-1]) + 1 for o in origins if len(o.clients)), default=0)
    rng = np.random.default_rng(seed)
    for start in range(0, size, BLOCK):
        stop = min(start + BLOCK, size)
        weights = _weights(rng, resamples, stop - start)
        for each in prepared:
            each.add(weights, start, stop)
        tell(stop, size)
    draws = tuple(each.figures(resamples) for each in prepared)
    figures = tuple(each.estimates(found) for each, found in zip(prepared, draws, strict=True))
    return Trial(figures, _overall(figures, draws), draws)


def _weights(rng: np.random.Generator, resamples: int, clients: int) -> Singles:
    """How often each client is drawn: Poisson with mean 1, by inversion of 16 random bits."""
    drawn: Singles = _POISSON[rng.integers(0, _BITS, (resamples, clients), dtype=np.uint16)]
    return drawn


def _inversion() -> Singles:
    probability = np.exp(-1.0) / np.cumprod(np.maximum(np.arange(12), 1.0))
    upto = np.rint(np.cumsum(probability) * _BITS)
    return np.searchsorted(upto, np.arange(_BITS), side="right").astype(np.float32)


_POISSON = _inversion()


class _Prepared:
    """One origin's columns in single precision, and their resampled sums."""

    def __init__(self, origin: Origin, truth: _Truth, orders: dict[str, _Order], columns: Sums):
        self.clients, self.truth, self.orders = origin.clients, truth, orders
        # Money on the scale of the largest, so that single precision suffices.
        self.scale = {
            name: float(np.abs(values).max(initial=0.0)) or 1.0 for name, values in columns.items()
        }
        self.names = list(columns)
        self.columns = np.empty((len(origin.clients), len(columns)), dtype=np.float32)
        for at, (name, values) in enumerate(columns.items()):
            self.columns[:, at] = values / self.scale[name]
        self.sums: Floats | None = None

    @classmethod
    def of(cls, origin: Origin, light: Collection[str]) -> _Prepared:
        y = _outcomes(origin.outcome)
        truth = _Truth.of(y, origin.n)
        orders = {key: _Order.of(score, y, origin.n) for key, score in origin.scores.items()}
        columns = {"all": np.ones(len(y)), **_of_truth(truth)}
        for key, order in orders.items():
            parts = list(_of_order(truth, order).items())
            for name, values in parts[:_LIGHT] if key in light else parts:
                columns[f"{key} {name}"] = values
        return cls(origin, truth, orders, columns)

    def add(self, weights: Singles, start: int, stop: int) -> None:
        first, last = np.searchsorted(self.clients, (start, stop))
        mine = self.clients[first:last] - start
        drawn = weights if len(mine) == weights.shape[1] else weights[:, mine]
        sums = (drawn @ self.columns[first:last]).astype(np.float64)
        self.sums = sums if self.sums is None else self.sums + sums

    def figures(self, resamples: int) -> dict[str, Sums]:
        """contender -> figure -> (resamples,)."""
        sums = np.zeros((resamples, len(self.names))) if self.sums is None else self.sums
        by_name = {name: sums[:, at] * self.scale[name] for at, name in enumerate(self.names)}
        shared = {name: by_name[name] for name in ("all", *_OF_TRUTH)}
        found = {}
        for key, order in self.orders.items():
            own = {n: by_name[f"{key} {n}"] for n in _OF_ORDER if f"{key} {n}" in by_name}
            found[key] = _figures(shared | own, order.share, len(self.clients))
        return found

    def estimates(self, draws: dict[str, Sums]) -> dict[str, dict[str, Estimate]]:
        found = {}
        for key, order in self.orders.items():
            result = _result(self.truth, order)
            found[key] = {
                name: _estimate(name, getattr(result, name), draws[key][name])
                for name in FIGURES
                if name in draws[key]
            }
        return found


def _estimate(name: str, value: float, draws: Floats) -> Estimate:
    """With the 2.5 and 97.5 percentile of what the resamples gave, where they gave it.

    A ratio to a mean that might as well be negative is no figure at all.
    """
    known = draws[np.isfinite(draws)]
    if not np.isfinite(value) or len(known) < 0.95 * len(draws) or not len(known):
        return Estimate(float("nan") if name in RATIOS else value)
    low, high = np.percentile(known, (2.5, 97.5))
    return Estimate(value, float(low), float(high))


def _over_origins(name: str, values: Sequence[float], draws: Sequence[Floats]) -> Estimate:
    """The mean over origins, with an interval where there are enough of them."""
    value = float(np.mean(values)) if values else float("nan")
    if len(values) < FEWEST_ORIGINS:
        return Estimate(value)
    return _estimate(name, value, np.mean(draws, axis=0))


def _overall(
    figures: Sequence[Mapping[str, Mapping[str, Estimate]]], draws: Sequence[Mapping[str, Sums]]
) -> dict[str, dict[str, Estimate]]:
    keys = dict.fromkeys(key for found in figures for key in found)
    overall: dict[str, dict[str, Estimate]] = {}
    for key in keys:
        overall[key] = {}
        for name in FIGURES:
            there = [at for at, found in enumerate(figures) if name in found.get(key, {})]
            at = [number for number in there if np.isfinite(figures[number][key][name].value)]
            # A mean of ratios over the dates that happen to have one would flatter.
            if at and (at == there or name not in RATIOS):
                overall[key][name] = _over_origins(
                    name,
                    [figures[number][key][name].value for number in at],
                    [draws[number][key][name] for number in at],
                )
    return overall
