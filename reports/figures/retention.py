"""How much of what clients brought before they still bring: net, gross, and by cohort.

Amounts are one per client, (n,), the same clients in the same order; NaN counts as zero.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats: TypeAlias = NDArray[np.float64]
Ints: TypeAlias = NDArray[np.int64]

# Months of one step of a cohort's age.
STEP = 3


@dataclass(frozen=True)
class Retention:
    """clients: who brought something before; stayed: those of them who still do.

    net: what they bring now / what they brought before, so growth makes up for losses; gross: the
    same with nobody above what they brought before.  Both None where nobody brought anything.
    """

    clients: int
    stayed: int
    before: float
    now: float
    net: float | None
    gross: float | None


def retention(before: ArrayLike, now: ArrayLike) -> Retention:
    """Net and gross retention of those who brought something before; new clients count nowhere.

    net = Σ now / Σ before, gross = Σ min(now, before) / Σ before over clients with before > 0.
    Returns of more than was bought take away down to nothing and no further in the gross figure.
    """
    b = np.nan_to_num(np.asarray(before, dtype=np.float64))
    a = np.nan_to_num(np.asarray(now, dtype=np.float64))
    base = b > 0
    b, a = b[base], a[base]
    total = float(b.sum())
    if total <= 0:
        return Retention(0, 0, 0.0, 0.0, None, None)
    kept = float(np.clip(a, 0, b).sum())
    return Retention(
        len(b), int((a > 0).sum()), total, float(a.sum()), float(a.sum()) / total, kept / total
    )


@dataclass(frozen=True, eq=False)
class Cohorts:
    """labels: (c,) ascending; clients, base: how many began then and what they brought in their
    first STEP months; kept: (c, ages) what they brought in each later STEP months / base, the
    first column 1; NaN where not every client of the cohort has lived so long, or base is none."""

    labels: Ints
    clients: Ints
    base: Floats
    kept: Floats


def cohorts(
    label: ArrayLike,
    first: ArrayLike,
    client: ArrayLike,
    month: ArrayLike,
    amount: ArrayLike,
    months: int,
) -> Cohorts:
    """Share of first amounts that cohorts keep with age.

    label: (n,) the cohort of each client, below zero = none; first: (n,) its first month,
    0..months−1.  client, month, amount: amounts one by one: place among the n clients, month.
    Age is counted from each client's own first month, so that all begin alike.
    """
    names = np.asarray(label, dtype=np.int64)
    starts = np.asarray(first, dtype=np.int64)
    labels, place = np.unique(names[names >= 0], return_inverse=True)
    ages = months // STEP
    cohort = np.full(len(names), -1)
    cohort[names >= 0] = place
    # Most clients may belong to none: what they bought is not looked at further.
    who = np.asarray(client)
    counted = (cohort >= 0)[who]
    who = who[counted]
    age = (np.asarray(month)[counted] - starts[who]) // STEP
    amounts = np.asarray(amount, dtype=np.float64)[counted]
    known = (age >= 0) & (age < ages)
    sums = np.bincount(
        (cohort[who] * ages + age)[known], amounts[known], minlength=len(labels) * ages
    ).reshape(len(labels), ages)
    clients = np.bincount(place, minlength=len(labels))
    # The youngest of a cohort decides how far all of it can be told.
    youngest = np.zeros(len(labels), dtype=np.int64)
    np.maximum.at(youngest, place, starts[names >= 0])
    whole = youngest[:, None] + STEP * (np.arange(ages) + 1) <= months
    base = np.where(whole[:, 0], sums[:, 0], 0.0) if ages else np.zeros(len(labels))
    kept = np.full(sums.shape, np.nan)
    np.divide(sums, base[:, None], out=kept, where=whole & (base[:, None] > 0))
    return Cohorts(labels, clients, base, kept)


def mean_kept(found: Cohorts) -> Floats:
    """(ages,) what all cohorts that have lived so long keep together: by base, NaN where none."""
    known = np.isfinite(found.kept)
    weight = np.where(known, found.base[:, None], 0.0)
    total = weight.sum(axis=0)
    kept = np.where(known, found.kept, 0.0)
    mean = np.full(len(total), np.nan)
    np.divide((kept * weight).sum(axis=0), total, out=mean, where=total > 0)
    return mean
