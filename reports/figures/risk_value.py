"""How clients fare against what they bring: fields of risk and value, pure."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .abc_xyz import NONE, abc

# From the worst to the best, then those of whom nothing is known.
BANDS = ("bad", "watch", "good", "unknown")
# Of profit: the few that bring most, the next, the rest, and those who bring none.
VALUES = ("A", "B", "C", NONE)


@dataclass(frozen=True)
class Field:
    clients: int
    profit: float


def bands(score: ArrayLike, fair: float, good: float) -> NDArray[np.str_]:
    """Band of each score 0–100, (n,): "good" from ``good`` on, "watch" from ``fair`` on, "bad"
    below, "unknown" for NaN."""
    values = np.asarray(score, dtype=np.float64)
    known = np.isfinite(values)
    return np.select(
        [~known, values >= good, values >= fair], ["unknown", "good", "watch"], default="bad"
    )


def risk_value(
    score: ArrayLike, profit: ArrayLike, *, fair: float, good: float
) -> tuple[NDArray[np.str_], NDArray[np.str_], dict[str, dict[str, Field]]]:
    """(band, class of profit (n,), class -> band -> field).  Classes as in
    :func:`reports.figures.abc_xyz.abc`: A makes the first 80 % of profit, B up to 95 %."""
    amounts = np.nan_to_num(np.asarray(profit, dtype=np.float64))
    band, value = bands(score, fair, good), abc(amounts)
    found = {
        letter: {
            name: _field(amounts[(value == letter) & (band == name)]) for name in BANDS
        }
        for letter in VALUES
    }  # fmt: skip
    return band, value, found


def _field(amounts: NDArray[np.float64]) -> Field:
    return Field(len(amounts), float(amounts.sum()))
