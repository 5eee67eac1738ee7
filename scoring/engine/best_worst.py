"""Weights from comparing the most and the least important criterion with all others.

The Best-Worst Method: Rezaei, Omega 53 (2015) 49-57; its linear model: Omega 64 (2016) 126-130.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from scoring.engine.arrays import Floats, column


@dataclass(frozen=True, eq=False)
class BestWorst:
    """weights: shares that sum to 1.

    xi: the largest distance between a weight and what a judgement says of it; 0 if consistent.
    consistency_ratio: 0...1, the least distance in ratios over the largest that could be
        (Rezaei 2015).
    input_ratio: 0...1, known before anything is solved: how far a judgement by way of a criterion
        is from best against worst (Liang, Brunelli & Rezaei 2020).
    worst: the criterion whose two judgements contradict best against worst most; None if none does.
    """

    weights: Floats
    xi: float
    consistency_ratio: float
    input_ratio: float
    worst: int | None


def best_worst(
    best: int, worst: int, best_to_others: ArrayLike, others_to_worst: ArrayLike
) -> BestWorst:
    """Weights by the linear Best-Worst Method: 2k - 3 judgements of 1...9 for k criteria.

    best, worst: positions of the most and the least important criterion. best_to_others[j]: how
    many times the best matters more than j; others_to_worst[j]: j more than the worst.

    min xi under |w_best - a_best,j w_j| <= xi, |w_j - a_j,worst w_worst| <= xi, sum w = 1, w >= 0.

    Raises ValueError on judgements that cannot be.
    """
    a, b = column(best_to_others, "best_to_others"), column(others_to_worst, "others_to_worst")
    size = len(a)
    if len(b) != size or not size:
        raise ValueError("others_to_worst: expected as many judgements as in best_to_others")
    for name, at in (("best", best), ("worst", worst)):
        if not 0 <= at < size:
            raise ValueError(f"{name}: expected a position from 0 to {size - 1}")
    for name, said in (("best_to_others", a), ("others_to_worst", b)):
        if not ((said >= 1) & (said <= 9)).all():
            raise ValueError(f"{name}: each judgement must be a number from 1 to 9")
    if a[best] != 1 or b[worst] != 1:
        raise ValueError("best_to_others, others_to_worst: a criterion against itself is 1")
    if a[worst] != b[best]:
        raise ValueError("others_to_worst: best against worst differs from that in best_to_others")
    if size == 1:
        return BestWorst(np.ones(1), 0.0, 0.0, 0.0, None)
    if best == worst:
        raise ValueError("worst: expected another criterion than the best")

    weights, xi = _solve(best, worst, a, b)
    whole = float(a[worst])
    away = np.abs(a * b - whole)
    away[[best, worst]] = 0.0
    input_ratio = float(away.max()) / (whole * whole - whole) if whole > 1 else 0.0
    return BestWorst(
        weights,
        xi,
        _ratio(a, b, whole),
        input_ratio,
        int(np.argmax(away)) if away.max() > 0 else None,
    )


def _solve(best: int, worst: int, a: Floats, b: Floats) -> tuple[Floats, float]:
    from scipy.optimize import linprog

    size = len(a)
    ahead, behind = -np.diag(a), np.eye(size)
    ahead[:, best] += 1
    behind[:, worst] -= b
    distances = np.vstack([ahead, -ahead, behind, -behind])
    found = linprog(
        c=np.append(np.zeros(size), 1.0),
        A_ub=np.hstack([distances, np.full((len(distances), 1), -1.0)]),
        b_ub=np.zeros(len(distances)),
        A_eq=np.append(np.ones(size), 0.0)[None],
        b_eq=[1.0],
        bounds=(0, None),
        method="highs",
    )
    if found.status != 0:
        raise ArithmeticError(f"the linear programme has no answer: {found.message}")
    weights = np.maximum(np.asarray(found.x[:size], dtype=np.float64), 0.0)
    return weights / weights.sum(), max(0.0, float(found.x[size]))


def _ratio(a: Floats, b: Floats, whole: float) -> float:
    """Least xi for which ratios within a +- xi and b +- xi multiply to one ratio best : worst.

    That ratio must lie within `whole` +- xi, and between (a_j - xi)(b_j - xi) and
    (a_j + xi)(b_j + xi) for every j, which widen with xi: so halving finds it. The largest it can
    be solves (whole - xi)^2 = whole + xi (Rezaei 2015, table 1).
    """
    largest = (1 + 2 * whole - np.sqrt(1 + 8 * whole)) / 2
    low, high = 0.0, 10.0
    for _ in range(60):
        xi = (low + high) / 2
        least = max(float((np.maximum(a - xi, 0) * np.maximum(b - xi, 0)).max()), whole - xi)
        most = min(float(((a + xi) * (b + xi)).min()), whole + xi)
        if least <= most:
            high = xi
        else:
            low = xi
    if high < 1e-12:
        return 0.0
    return float(high / largest) if largest > 0 else float("inf")
