"""ABC by share of an amount, XYZ by evenness of the months: pure figures.

ABC follows the cumulated share in descending order (Pareto; Dickie 1951): A up to 80 %, B up to
95 %, C the rest; the client that crosses a border belongs to the higher class.  XYZ follows the
coefficient of variation of monthly amounts (population form).  The borders for goods in stock, 0.1
and 0.25, leave no client even: few buy every month alike.  Here X is up to 0.5 and Y up to 1.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

A_SHARE, B_SHARE = 0.8, 0.95
X_VARIATION, Y_VARIATION = 0.5, 1.0
MONTHS = 12
# What has no class: nothing earned in the period, or too few months to tell evenness.
NONE = ""


@dataclass(frozen=True)
class Cell:
    """One field of the grid: how many clients, their amount, its share of the positive total."""

    clients: int
    amount: float
    share: float


def abc(amounts: ArrayLike, a: float = A_SHARE, b: float = B_SHARE) -> NDArray[np.str_]:
    """Class of each client, (n,): "A", "B", "C", or "" for an amount of zero or less.

    The base is the sum of positive amounts.  Equal amounts stay in the order they come in; a client
    whose amount begins below a border belongs above it.  Raises ValueError unless 0 < a <= b <= 1.
    """
    if not 0 < a <= b <= 1:
        raise ValueError("shares: expected 0 < a <= b <= 1")
    values = np.asarray(amounts, dtype=np.float64)
    positive = np.isfinite(values) & (values > 0)
    classes = np.full(len(values), NONE, dtype="<U1")
    if not positive.any():
        return classes
    order = np.flatnonzero(positive)[np.argsort(-values[positive], kind="stable")]
    parts = values[order] / values[order].max()
    before = np.concatenate(([0.0], np.cumsum(parts)[:-1])) / parts.sum()
    # The margin keeps a border that is reached exactly on its side.
    classes[order] = np.select([before < a - 1e-12, before < b - 1e-12], ["A", "B"], default="C")
    return classes


def variation(months: ArrayLike) -> NDArray[np.float64]:
    """Coefficient of variation of each client's months (clients, months): standard deviation by
    mean; NaN where the mean is not above zero."""
    values = np.asarray(months, dtype=np.float64)
    mean = values.mean(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        result: NDArray[np.float64] = np.where(mean > 0, values.std(axis=1) / mean, np.nan)
    return result


def xyz(
    months: ArrayLike, known: ArrayLike, x: float = X_VARIATION, y: float = Y_VARIATION
) -> NDArray[np.str_]:
    """Class of each client: "X", "Y", "Z", or "" where it cannot be told.

    months: amounts (clients, 12); known: bool (clients,), whether the client had bought before
    these months began, so that all of them count.  Raises ValueError unless 0 < x <= y.
    """
    if not 0 < x <= y:
        raise ValueError("variation: expected 0 < x <= y")
    found = variation(months)
    classes = np.select([found <= x, found <= y, found > y], ["X", "Y", "Z"], default=NONE)
    return np.where(np.asarray(known, dtype=np.bool_), classes, NONE)


def grid(first: NDArray[np.str_], second: NDArray[np.str_], amounts: ArrayLike) -> dict[str, Cell]:
    """The nine fields "AX" … "CZ", and "A" + "" … where evenness cannot be told."""
    values = np.asarray(amounts, dtype=np.float64)
    total = values[first != NONE].sum()
    found = {}
    for letter in "ABC":
        for evenness in ("X", "Y", "Z", NONE):
            inside = (first == letter) & (second == evenness)
            amount = float(values[inside].sum())
            share = amount / total if total > 0 else 0.0
            found[letter + evenness] = Cell(int(inside.sum()), amount, float(share))
    return found
