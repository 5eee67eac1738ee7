"""Weights from comparisons of two criteria at a time: the Analytic Hierarchy Process.

Saaty, J. Math. Psychology 15 (1977) 234-281; Eur. J. Oper. Res. 48 (1990) 9-26.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike

from scoring.engine.arrays import Bools, Floats, Ints

# Saaty's mean consistency index of random matrices, by number of criteria from 1.
_RANDOM = (0, 0, 0.58, 0.90, 1.12, 1.24, 1.32, 1.41, 1.45, 1.49, 1.51, 1.48, 1.56, 1.57, 1.59)
# What a person can say: 1/9 ... 1/2, 1, 2 ... 9.
SCALE: Floats = np.concatenate([1 / np.arange(9.0, 1, -1), np.arange(1.0, 10)])
# Two halves of a judgement typed with two decimals (6 and 0.17) are still one judgement.
_RECIPROCAL = 0.05
# A share of Newton's step below which no further one is tried.
_SHORTEST = 1e-10
# Judgements closer than this to what the weights say are consistent.
_SAME = 1e-9

Judgement: TypeAlias = tuple[int, int, float]


class NotLinked(ValueError):
    """The comparisons fall into parts that nothing compares with each other.

    parts: the criteria of each part, by position.
    """

    def __init__(self, parts: tuple[tuple[int, ...], ...]) -> None:
        self.parts = parts
        told = " | ".join(", ".join(map(str, part)) for part in parts)
        super().__init__(
            f"comparisons: criteria {told} are not linked; "
            "compare at least one criterion of each part with one of another"
        )


@dataclass(frozen=True, eq=False)
class Priorities:
    """weights: shares that sum to 1.

    lambda_max: the principal eigenvalue, at least the number of criteria; equal if consistent.
    consistency_ratio: 0 for consistent judgements; up to 0.10 is acceptable.
    worst: (i, j, proposed), i < j: the judgement that disagrees most with the others, and the
        value of Saaty's scale for "i against j" that they suggest; None where no change of one
        judgement helps.
    """

    weights: Floats
    lambda_max: float
    consistency_ratio: float
    worst: Judgement | None


@dataclass(frozen=True, eq=False)
class GroupPriorities(Priorities):
    """spread: per criterion, the largest weight that a judge gives less the smallest.

    individual: each judge's own weights (judges, criteria); NaN for a judge whose own comparisons
        are not linked.
    """

    spread: Floats
    individual: Floats


def ahp(comparisons: ArrayLike) -> Priorities:
    """Weights from a matrix of judgements: entry (i, j) says how many times i matters more than j.

    NaN is "not compared"; of each pair one half is enough. A complete matrix is solved by its
    principal eigenvector. In an incomplete one the missing entries take the values for which the
    principal eigenvalue is least (Shiraishi, Obata & Daigo 1998; Bozoki, Fulop & Ronyai 2010), a
    convex problem with one solution, found by Newton's method; the mean index of random matrices,
    by which the consistency ratio is measured, shrinks with what is missing (Agoston & Csato 2022).

    Raises ValueError on impossible judgements, and NotLinked (a ValueError) where parts of the
    criteria are not compared with each other.
    """
    given = _judgements(comparisons)
    parts = _parts(np.isfinite(given))
    if len(parts) > 1:
        raise NotLinked(parts)
    weights, lambda_max = _solve(given)
    missing = int(np.isnan(given).sum()) // 2
    return Priorities(
        weights,
        lambda_max,
        _ratio(lambda_max, len(given), missing),
        _worst(given, weights, lambda_max),
    )


def group(comparisons: Sequence[ArrayLike]) -> GroupPriorities:
    """What several judges say together: the geometric mean of their judgements, pair by pair.

    The only mean that keeps "i against j" the reciprocal of "j against i" (Aczel & Saaty 1983). A
    pair that some have not compared is the mean of those who have.

    Raises ValueError as `ahp`, and when there is no judge or when sizes differ.
    """
    matrices = [_judgements(judge) for judge in comparisons]
    if not matrices:
        raise ValueError("comparisons: expected at least one judge")
    if len({len(given) for given in matrices}) > 1:
        raise ValueError("comparisons: judges compare different numbers of criteria")
    logs = np.log(np.stack(matrices))
    said = np.isfinite(logs)
    with np.errstate(invalid="ignore"):
        mean = np.exp(np.where(said, logs, 0).sum(axis=0) / said.sum(axis=0))
    together = ahp(mean)
    individual = np.full((len(matrices), len(mean)), np.nan)
    for own, given in zip(individual, matrices, strict=True):
        if len(_parts(np.isfinite(given))) == 1:
            own[:] = _solve(given)[0]
    alone = individual[np.isfinite(individual[:, 0])]
    spread = np.ptp(alone, axis=0) if len(alone) else np.full(len(mean), np.nan)
    return GroupPriorities(
        together.weights,
        together.lambda_max,
        together.consistency_ratio,
        together.worst,
        spread,
        individual,
    )


def random_index(criteria: int, missing: int = 0) -> float:
    """Mean consistency index of random matrices with so many pairs not compared."""
    if criteria <= len(_RANDOM):
        complete = float(_RANDOM[criteria - 1])
    else:
        # Alonso & Lamata (2006): a line through the mean eigenvalues of random matrices.
        complete = (1.7699 * criteria - 4.3513) / (criteria - 1)
    if missing == 0:
        return complete
    # Each comparison beyond a tree, which is always consistent, adds the same.
    beyond_tree = (criteria - 1) * (criteria - 2) / 2
    return max(0.0, complete * (1 - missing / beyond_tree)) if beyond_tree else 0.0


def _judgements(comparisons: ArrayLike) -> Floats:
    """A reciprocal matrix with ones on the diagonal and NaN in pairs that nobody compared."""
    given = np.array(comparisons, dtype=np.float64)
    if given.ndim != 2 or given.shape[0] != given.shape[1] or not len(given):
        raise ValueError(f"comparisons: expected a square matrix, got shape {given.shape}")
    if np.isinf(given).any() or (given <= 0).any():
        raise ValueError("comparisons: each must be a number above zero, or missing")
    diagonal = np.diag(given)
    if (np.abs(diagonal[np.isfinite(diagonal)] - 1) > 1e-9).any():
        raise ValueError("comparisons: a criterion against itself is 1")
    np.fill_diagonal(given, 1.0)
    back = given.T
    both = np.isfinite(given) & np.isfinite(back)
    contradicting = both & (np.abs(given * back - 1) > _RECIPROCAL)
    if contradicting.any():
        i, j = (int(n) for n in np.argwhere(contradicting)[0])
        raise ValueError(
            f"comparisons: {i} against {j} is {given[i, j]:g}, but {j} against {i} is "
            f"{given[j, i]:g}, which is not its reciprocal"
        )
    # The half of at least 1 is the one that people say; the other may have been rounded.
    said = np.fmax(given, 1 / back)
    larger = np.fmax(given, back) == given
    with np.errstate(invalid="ignore"):
        whole: Floats = np.where(both, np.where(larger, given, 1 / back), said)
    return whole


def _parts(linked: Bools) -> tuple[tuple[int, ...], ...]:
    """Criteria that comparisons link, part by part."""
    left = set(range(len(linked)))
    parts = []
    while left:
        part, edge = set(), {min(left)}
        while edge:
            part |= edge
            edge = {int(j) for i in edge for j in np.flatnonzero(linked[i])} - part
        parts.append(tuple(sorted(part)))
        left -= part
    return tuple(parts)


def _solve(given: Floats) -> tuple[Floats, float]:
    """Weights and principal eigenvalue of linked judgements."""
    return _principal(_completed(given))


def _principal(whole: Floats) -> tuple[Floats, float]:
    values, vectors = np.linalg.eig(whole)
    largest = int(np.argmax(values.real))
    vector = np.abs(vectors[:, largest].real)
    size, value = float(len(whole)), float(values[largest].real)
    # What is consistent comes out within the last bits of the number of criteria.
    return vector / vector.sum(), value if value > size * (1 + 1e-14) else size


def _completed(given: Floats) -> Floats:
    """The matrix whose missing entries make the principal eigenvalue least.

    In the logarithms y of the missing entries the eigenvalue is convex. With u and v its left and
    right eigenvectors, u v = 1, and S the group inverse of (lambda I - A), its derivatives are
    d_a = u A_a v and d_ab = u A_ab v + u A_a S A_b v + u A_b S A_a v.
    """
    rows, columns = np.nonzero(np.triu(np.isnan(given)))
    if not len(rows):
        return given
    y = _log_least_squares(given)[rows] - _log_least_squares(given)[columns]
    whole = _filled(given, rows, columns, y)
    value = _principal(whole)[1]
    share = 1.0
    for _ in range(100):
        gradient, hessian = _derivatives(whole, rows, columns)
        # It is the least, or no step leads down any more.
        if np.abs(gradient).max() < 1e-13 * len(given) or share <= _SHORTEST:
            break
        step = -np.linalg.lstsq(hessian, gradient, rcond=1e-14)[0]
        descent = float(gradient @ step)
        share, tried = 2.0, np.inf
        while tried > value + 1e-4 * share * descent and share > _SHORTEST:
            share /= 2
            trial = _filled(given, rows, columns, y + share * step)
            tried = _principal(trial)[1]
        if share > _SHORTEST:
            y, whole, value = y + share * step, trial, tried
    return whole


def _filled(given: Floats, rows: Ints, columns: Ints, y: Floats) -> Floats:
    whole = given.copy()
    whole[rows, columns] = np.exp(y)
    whole[columns, rows] = np.exp(-y)
    return whole


def _derivatives(whole: Floats, rows: Ints, columns: Ints) -> tuple[Floats, Floats]:
    size, unknowns = len(whole), np.arange(len(rows))
    values, vectors = np.linalg.eig(whole)
    largest = int(np.argmax(values.real))
    v = np.abs(vectors[:, largest].real)
    back, left = np.linalg.eig(whole.T)
    u = np.abs(left[:, int(np.argmax(back.real))].real)
    u = u / (u @ v)
    around = np.outer(v, u)
    inverse = np.linalg.inv(values[largest].real * np.eye(size) - whole + around) - around
    ahead, behind = whole[rows, columns], whole[columns, rows]
    right, gone = np.zeros((size, len(rows))), np.zeros((len(rows), size))
    right[rows, unknowns] = ahead * v[columns]
    right[columns, unknowns] = -behind * v[rows]
    gone[unknowns, columns] = ahead * u[rows]
    gone[unknowns, rows] = -behind * u[columns]
    crossed = gone @ inverse @ right
    gradient = u[rows] * ahead * v[columns] - u[columns] * behind * v[rows]
    curvature = u[rows] * ahead * v[columns] + u[columns] * behind * v[rows]
    return gradient, crossed + crossed.T + np.diag(curvature)


def _log_least_squares(given: Floats) -> Floats:
    """Logarithms of the weights that fit the logarithms of the judgements best (sum 0)."""
    known = np.isfinite(given)
    np.fill_diagonal(known, False)
    laplacian = np.diag(known.sum(axis=1).astype(np.float64)) - known
    said = np.where(known, np.log(np.where(known, given, 1.0)), 0.0).sum(axis=1)
    result: Floats = np.linalg.lstsq(laplacian, said, rcond=None)[0]
    return result


def _ratio(lambda_max: float, criteria: int, missing: int) -> float:
    random = random_index(criteria, missing)
    # One or two criteria, or a tree of comparisons, cannot contradict themselves.
    return (lambda_max - criteria) / (criteria - 1) / random if random > 1e-12 else 0.0


def _worst(given: Floats, weights: Floats, lambda_max: float) -> Judgement | None:
    """The judgement furthest from what the weights say, among those whose change helps."""
    size = len(given)
    rows, columns = np.nonzero(np.triu(np.isfinite(given), 1))
    said = np.log(weights[rows] / weights[columns])
    distance = np.abs(np.log(given[rows, columns]) - said)
    for at in np.argsort(-distance, kind="stable"):
        if distance[at] <= _SAME or lambda_max - size <= _SAME:
            return None
        i, j = int(rows[at]), int(columns[at])
        proposed = float(SCALE[int(np.argmin(np.abs(np.log(SCALE) - said[at])))])
        changed = given.copy()
        changed[i, j], changed[j, i] = proposed, 1 / proposed
        if _solve(changed)[1] < lambda_max - _SAME:
            return i, j, proposed
    return None
