"""What every module of the engine does to its input before any arithmetic."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats: TypeAlias = NDArray[np.float64]
Bools: TypeAlias = NDArray[np.bool_]
Ints: TypeAlias = NDArray[np.int64]

LOWEST, HIGHEST, MIDDLE = 1.0, 10.0, 5.5

# Scores are equal when they agree to this many decimals: enough to tell any two weightings that a
# person can type, coarse enough to hide the last bits of a floating-point sum.
DECIMALS = 9

# Rows that are worked on together: ten columns of them stay in a core's cache.
BLOCK = 8192


def column(values: ArrayLike, name: str = "values") -> Floats:
    """One float64 column; None becomes NaN. Raises ValueError unless it has one axis."""
    array = np.asarray(values, dtype=np.float64)
    if array.ndim != 1:
        raise ValueError(f"{name}: expected one column, got shape {array.shape}")
    return array


def matrix(ratings: ArrayLike, criteria: int | None = None, name: str = "ratings") -> Floats:
    """Ratings as float64 (clients, criteria); None becomes NaN.

    Raises ValueError when there are not two axes, or not as many columns as there are weights.
    """
    array = np.asarray(ratings, dtype=np.float64)
    if array.size == 0 and array.ndim < 2:
        array = array.reshape(0, criteria or 0)
    if array.ndim != 2:
        raise ValueError(f"{name}: expected (clients, criteria), got shape {array.shape}")
    if criteria is not None and array.shape[1] != criteria:
        raise ValueError(f"{name}: {array.shape[1]} columns for {criteria} weights")
    return array


def rounded(score: Floats) -> Floats:
    """The score as it is compared: rounded to DECIMALS, NaN kept."""
    result: Floats = np.round(score, DECIMALS)
    return result
