"""Weightings that people could have meant: drawn at random, or bounded without drawing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np

from scoring.engine.arrays import BLOCK, Bools, Floats

Concentration: TypeAlias = float | Literal["uniform"] | None

# "We roughly agree on the weights": a weight of 30 % is then within 18...43 % in 19 of 20 draws.
CONCENTRATION = 50.0


@dataclass(frozen=True, eq=False)
class Box:
    """Weights between `low` and `high` that sum to 1."""

    low: Floats
    high: Floats


def tolerance_box(weights: Floats, tolerance: float) -> Box:
    """Each weight may be off by the share `tolerance` of itself.

    Raises ValueError unless 0 <= tolerance <= 1.
    """
    if not 0 <= tolerance <= 1:
        raise ValueError("tolerance: expected a number from 0 to 1")
    return Box(weights * (1 - tolerance), np.minimum(weights * (1 + tolerance), 1.0))


def draw(
    weights: Floats,
    draws: int,
    seed: int,
    tolerance: float | None,
    concentration: Concentration,
) -> Floats:
    """Weightings (draws, criteria), each summing to 1; the same seed gives the same ones."""
    if tolerance is not None and concentration is not None:
        raise ValueError("concentration: expected either a tolerance or a concentration")
    if draws < 1:
        raise ValueError("draws: expected at least one")
    rng = np.random.default_rng(seed)
    if tolerance is not None:
        return _in_box(weights, tolerance_box(weights, tolerance), draws, rng)
    if concentration == "uniform":
        drawn: Floats = rng.dirichlet(np.ones(len(weights)), draws)
        return drawn
    spread = CONCENTRATION if concentration is None else float(concentration)
    if not (np.isfinite(spread) and spread > 0):
        raise ValueError('concentration: expected a number above zero or "uniform"')
    # Gamma draws of a tiny shape can all underflow to zero: then the draw is made again.
    shares = np.empty((0, len(weights)))
    while len(shares) < draws:
        parts = rng.standard_gamma(spread * weights, (draws, len(weights)))
        total = parts.sum(axis=1)
        ok = total > 0
        shares = np.vstack([shares, parts[ok] / total[ok, None]])
    return shares[:draws]


def _in_box(weights: Floats, box: Box, draws: int, rng: np.random.Generator) -> Floats:
    """Evenly over the box cut with "sums to 1".

    All weights but the heaviest are drawn evenly within their bounds, the heaviest is what is left
    of 1, and a draw that leaves its bounds is rejected: so every admissible weighting is equally
    likely. The others' mean leaves the heaviest in the middle of its bounds, which are the widest,
    so a good part of the draws is accepted whatever the tolerance: about 0.4 of ten equal weights.
    """
    heaviest = int(np.argmax(weights))
    if (box.high - box.low).sum() == 0 or len(weights) == 1:
        return np.broadcast_to(weights, (draws, len(weights))).copy()
    accepted = np.empty((0, len(weights)))
    while len(accepted) < draws:
        tried = rng.uniform(box.low, box.high, (draws, len(weights)))
        tried[:, heaviest] = 0.0
        tried[:, heaviest] = 1.0 - tried.sum(axis=1)
        left = tried[:, heaviest]
        ok = (left >= box.low[heaviest]) & (left <= box.high[heaviest])
        accepted = np.vstack([accepted, tried[ok]])
    return accepted[:draws]


def score_bounds(ratings: Floats, box: Box) -> tuple[Floats, Floats]:
    """The least and the greatest score that each client can have with weights of the box.

    Exact: ratings (clients, criteria), NaN = missing; scores are means over what is rated. NaN for
    clients that no weighting gives a score.

    With sigma = the weight of what is rated, the greatest score at a given sigma puts the lowest
    weights everywhere and what is left on the best ratings. By duality that is
    (sum l_j r_j + min over m of [(sigma - sum l_j) r_m + sum c_j max(r_j - r_m, 0)]) / sigma with
    c = high - low, a closed form without sorting. The score is quasi-concave in sigma: its free
    optimum (high weights from some rating upwards, low ones below) is taken where sigma can be
    that, and the nearest possible sigma elsewhere. With nothing missing sigma is 1.
    """
    least, greatest = np.empty(len(ratings)), np.empty(len(ratings))
    for start in range(0, len(ratings), BLOCK):
        rows = slice(start, start + BLOCK)
        x = ratings[rows].T.copy(order="C")
        rated = np.isfinite(x)
        if rated.all():
            greatest[rows] = _greatest_complete(x, box)
            least[rows] = -_greatest_complete(-x, box)
            continue
        full = rated.all(axis=0)
        top, bottom = np.empty(x.shape[1]), np.empty(x.shape[1])
        top[full] = _greatest_complete(x[:, full], box)
        bottom[full] = -_greatest_complete(-x[:, full], box)
        some, known = np.where(rated, x, 0.0)[:, ~full], rated[:, ~full]
        top[~full] = _greatest(some, known, box)
        bottom[~full] = -_greatest(-some, known, box)
        least[rows], greatest[rows] = bottom, top
    return least, greatest


def _greatest_complete(x: Floats, box: Box) -> Floats:
    """For columns of clients without gaps."""
    base = box.low @ x
    slack, room = 1.0 - float(box.low.sum()), box.high - box.low
    best = np.full(x.shape[1], np.inf)
    above = np.empty_like(base)
    total = np.empty_like(base)
    for m in range(len(x)):
        np.multiply(x[m], slack, out=total)
        for j in range(len(x)):
            if j == m or room[j] == 0:
                continue
            np.subtract(x[j], x[m], out=above)
            np.maximum(above, 0.0, out=above)
            above *= room[j]
            total += above
        np.minimum(best, total, out=best)
    result: Floats = base + best
    return result


def _greatest(x: Floats, rated: Bools, box: Box) -> Floats:
    """For columns of clients of whom something is missing (0 in `x`)."""
    low, high = box.low[:, None] * rated, box.high[:, None] * rated
    lowest, room = low.sum(axis=0), high - low
    base = (low * x).sum(axis=0)
    outside = ~rated
    at_least = np.maximum(lowest, 1.0 - (box.high[:, None] * outside).sum(axis=0))
    at_most = np.minimum(high.sum(axis=0), 1.0 - (box.low[:, None] * outside).sum(axis=0))
    free, sigma = np.full(x.shape[1], -np.inf), np.zeros(x.shape[1])
    with np.errstate(divide="ignore", invalid="ignore"):
        for m in range(len(x)):
            taken = np.where(x >= x[m], high, low)
            weight = taken.sum(axis=0)
            value = np.where(rated[m] & (weight > 0), (taken * x).sum(axis=0) / weight, -np.inf)
            better = value > free
            free, sigma = np.where(better, value, free), np.where(better, weight, sigma)
        possible = np.clip(sigma, at_least, at_most)
        left = possible - lowest
        best = np.full(x.shape[1], np.inf)
        for m in range(len(x)):
            total = left * x[m] + (room * np.maximum(x - x[m], 0.0)).sum(axis=0)
            np.minimum(best, np.where(rated[m], total, np.inf), out=best)
        held = np.where(possible > 0, (base + best) / possible, free)
    result: Floats = np.where(high.sum(axis=0) > 0, np.where(possible == sigma, free, held), np.nan)
    return result
