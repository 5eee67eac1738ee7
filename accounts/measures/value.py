"""What a client may be worth in the years to come: pure arithmetic over columns.

Two ways.  The simple one carries this year's profit forward by growth and retention, and suits a
company whose clients stay for years.  The other fits how often and for how much clients buy who
come and go as they please (BG/NBD with Gamma-Gamma); it needs some hundreds of them.

SciPy is imported where it is used: it takes longer to load than all the rest.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats: TypeAlias = NDArray[np.float64]

# --- Simple lifetime value ----------------------------------------------------------------------

YEARS = 3
DISCOUNT = 0.15
GROWTH_AT_MOST = 0.3


def retention(cohort: ArrayLike, stayed: ArrayLike, cohorts: int = 0) -> Floats:
    """How likely a client of each cohort is to buy again within a year: (x + 2) / (n + 3).

    cohort: whole numbers 0…, of each client that could stay; stayed: whether it did.  Returns one
    share per cohort number, for at least so many `cohorts`; one without clients has 2/3.  Shrunk
    towards two thirds, so that three clients who all stayed are not taken for certainty.
    """
    numbers = np.asarray(cohort, dtype=np.int64)
    n = np.bincount(numbers, minlength=cohorts)
    x = np.bincount(numbers, weights=np.asarray(stayed, dtype=np.float64), minlength=cohorts)
    shares: Floats = (x + 2) / (n + 3)
    return shares


def lifetime_value(
    profit: ArrayLike,
    growth: ArrayLike,
    stays: ArrayLike,
    *,
    years: int = YEARS,
    discount: float = DISCOUNT,
) -> Floats:
    """Sum over t = 1…years of m (1 + g)^(t-1) rho^t / (1 + d)^t for each client.

    profit m: of the last twelve months, NaN = unknown.  growth g: share a year, held within ±30 %,
    NaN counts as none.  stays rho: chance to buy again within a year, 0..1.  discount d: a year.
    """
    m = np.asarray(profit, dtype=np.float64)
    g = np.clip(
        np.nan_to_num(np.asarray(growth, dtype=np.float64)), -GROWTH_AT_MOST, GROWTH_AT_MOST
    )
    step = np.asarray(stays, dtype=np.float64) / (1 + discount)
    value: Floats = m * sum((1 + g) ** (t - 1) * step**t for t in range(1, years + 1))
    return value


# --- Recency, frequency, money ------------------------------------------------------------------


def rfm(recency: ArrayLike, frequency: ArrayLike, money: ArrayLike) -> Floats:
    """Mean of three marks 1..5 by fifths of the clients: latest, oftenest, most.

    recency: days since the last purchase, NaN = never, which counts as longest ago.  Equal values
    get equal marks; where all are alike the mark is 3.
    """
    since = np.asarray(recency, dtype=np.float64)
    latest = -np.where(np.isnan(since), np.inf, since)
    marks = [fifths(x) for x in (latest, np.asarray(frequency, float), np.asarray(money, float))]
    mean: Floats = np.mean(marks, axis=0)
    return mean


def fifths(values: Floats) -> Floats:
    """1..5: one more than how many of the quantiles .2, .4, .6, .8 (type 7) a value exceeds
    half-way at least; by mid-rank, so that ties stay together."""
    if not len(values):
        return np.empty(0)
    order = np.argsort(values, kind="stable")
    in_order = values[order]
    first = np.searchsorted(in_order, values, side="left")
    last = np.searchsorted(in_order, values, side="right")
    middle = (first + last) / 2 / len(values)
    marks: Floats = np.minimum(np.floor(middle * 5) + 1, 5)
    return marks


# --- How often they buy, and whether they still do ----------------------------------------------


@dataclass(frozen=True)
class BgNbd:
    """The BG/NBD model: purchases are Poisson while the client is active, rates differ by a
    gamma(r, alpha), and after each purchase the client leaves with a chance that differs by a
    beta(a, b).

    Fader, Hardie & Lee, Marketing Science 24 (2005) 275-284.  Times are in the unit of the fit.
    frequency: repeat purchases; recency: time from the first to the last purchase; age: time from
    the first purchase to now.  All arguments broadcast.
    """

    r: float
    alpha: float
    a: float
    b: float
    log_likelihood: float = float("nan")

    def expected_purchases(
        self, t: ArrayLike, frequency: ArrayLike, recency: ArrayLike, age: ArrayLike
    ) -> Floats:
        """Purchases expected within the coming time t, given the history (eq. 10).

        The hypergeometric function is taken in Euler's other form, which stays finite for clients
        with hundreds of purchases.
        """
        x, t_x, T = _histories(frequency, recency, age)
        ahead = np.asarray(t, dtype=np.float64)
        if abs(self.a - 1) < 1e-6:  # a removable singularity: the mean of both sides
            sides = [
                BgNbd(self.r, self.alpha, self.a + step, self.b).expected_purchases(t, x, t_x, T)
                for step in (-1e-5, 1e-5)
            ]
            middle: Floats = (sides[0] + sides[1]) / 2
            return middle
        from scipy.special import hyp2f1

        z = ahead / (self.alpha + T + ahead)
        stays = (1 - z) ** (self.a - 1) * hyp2f1(
            self.a + self.b - 1 - self.r, self.a - 1, self.a + self.b + x - 1, z
        )
        expected: Floats = (self.a + self.b + x - 1) / (self.a - 1) * (1 - stays)
        return expected * self.p_alive(x, t_x, T)

    def p_alive(self, frequency: ArrayLike, recency: ArrayLike, age: ArrayLike) -> Floats:
        """Chance that the client is still active.  1 without a repeat purchase: the model lets
        nobody leave before, which is its artefact and no knowledge."""
        x, t_x, T = _histories(frequency, recency, age)
        with np.errstate(divide="ignore"):
            log_odds = (
                np.log(self.a)
                - np.log(np.maximum(self.b + x - 1, 1e-12))
                + (self.r + x) * (np.log(self.alpha + T) - np.log(self.alpha + t_x))
            )
        gone = np.exp(np.minimum(log_odds, 700))
        alive: Floats = np.where(x > 0, 1 / (1 + gone), 1.0)
        return alive


def fit_bgnbd(frequency: ArrayLike, recency: ArrayLike, age: ArrayLike) -> BgNbd:
    """The parameters of highest likelihood (eq. 6).

    Raises ValueError where histories are impossible, or where nobody bought twice.
    """
    x, t_x, T = _histories(frequency, recency, age)
    _check(x, t_x, T)
    from scipy.special import gammaln, psi

    # Equal histories are worked out once; time is on the scale of the histories' mean length.
    unit = float(T.mean())
    rows, counts = np.unique(np.column_stack([x, t_x / unit, T / unit]), axis=0, return_counts=True)
    x, t_x, T = rows.T
    w = counts.astype(np.float64)
    again = x > 0
    xs = np.where(again, x, 1.0)

    def negative(log_parameters: Floats) -> tuple[float, Floats]:
        r, alpha, a, b = np.exp(log_parameters)
        common = (
            gammaln(r + x) - gammaln(r) + r * np.log(alpha)
            + gammaln(a + b) + gammaln(b + x) - gammaln(b) - gammaln(a + b + x)
        )  # fmt: skip
        active = -(r + x) * np.log(alpha + T)
        left = np.where(
            again, np.log(a) - np.log(b + xs - 1) - (r + x) * np.log(alpha + t_x), -np.inf
        )
        both = np.logaddexp(active, left)
        p = np.exp(active - both)  # weight of "still active"
        q = 1 - p
        slopes = (
            psi(r + x) - psi(r) + np.log(alpha)
            - p * np.log(alpha + T) - q * np.log(alpha + t_x),
            r / alpha - (r + x) * (p / (alpha + T) + q / (alpha + t_x)),
            psi(a + b) - psi(a + b + x) + q / a,
            psi(a + b) + psi(b + x) - psi(b) - psi(a + b + x) - q / (b + xs - 1),
        )  # fmt: skip
        gradient = np.array([float(w @ slope) for slope in slopes]) * np.exp(log_parameters)
        return -float(w @ (common + both)), -gradient

    # The likelihood may have more than one rise: the best of a few starts.
    starts = [(1.0, 1.0, 1.0, 1.0), (0.3, 0.1, 0.5, 3.0), (5.0, 1.0, 0.3, 5.0)]
    best = _best(negative, starts)
    r, alpha, a, b = np.exp(best.x)
    # In the caller's unit of time: a density per unit for each purchase.
    likelihood = -float(best.fun) - float(w @ x) * float(np.log(unit))
    return BgNbd(float(r), float(alpha * unit), float(a), float(b), likelihood)


def _histories(
    frequency: ArrayLike, recency: ArrayLike, age: ArrayLike
) -> tuple[Floats, Floats, Floats]:
    return (
        np.asarray(frequency, dtype=np.float64),
        np.asarray(recency, dtype=np.float64),
        np.asarray(age, dtype=np.float64),
    )


def _check(x: Floats, t_x: Floats, T: Floats) -> None:
    if not x.shape == t_x.shape == T.shape or x.ndim != 1:
        raise ValueError("frequency, recency, age: expected three columns of one length")
    if not (np.isfinite(x) & np.isfinite(t_x) & np.isfinite(T)).all():
        raise ValueError("frequency, recency, age: expected numbers")
    if (x < 0).any() or (t_x < 0).any() or (t_x > T).any() or (T <= 0).any():
        raise ValueError("a history: 0 <= recency <= age, age above 0, frequency not negative")
    if ((x == 0) & (t_x != 0)).any() or ((x > 0) & (t_x == 0)).any():
        raise ValueError("recency is 0 exactly where nothing was bought again")
    if not (x > 0).any():
        raise ValueError("nobody bought twice: there is no rhythm to learn")


def _best(negative: Any, starts: Sequence[tuple[float, ...]]) -> Any:
    from scipy.optimize import minimize

    def descend(start: Any, precision: float, steps: int) -> Any:
        return minimize(
            negative,
            start,
            jac=True,
            method="L-BFGS-B",
            bounds=[(-12, 12)] * len(start),
            options={"maxiter": steps, "ftol": precision, "gtol": 1e-8},
        )

    rough = [descend(np.log(start), 1e-7, 60) for start in starts]
    return descend(min(rough, key=lambda result: result.fun).x, 1e-13, 500)


# --- For how much -------------------------------------------------------------------------------


@dataclass(frozen=True)
class GammaGamma:
    """The Gamma-Gamma model of the value of a purchase: values vary by a gamma(p, nu) around each
    client's mean, and nu differs by a gamma(q, v).

    Fader & Hardie, "The Gamma-Gamma model of monetary value" (note 025, 2013).  It takes value and
    frequency to be unrelated, which the caller has to look at first.
    """

    p: float
    q: float
    v: float
    log_likelihood: float = float("nan")

    def expected_value(self, frequency: ArrayLike, value: ArrayLike) -> Floats:
        """Mean value of a future purchase, given the mean `value` of `frequency` purchases: the
        client's own mean drawn towards that of all, the more the fewer purchases there are."""
        x, z = np.asarray(frequency, dtype=np.float64), np.asarray(value, dtype=np.float64)
        spent = np.where(x > 0, x * np.where(x > 0, z, 0.0), 0.0)
        expected: Floats = self.p * (self.v + spent) / (self.p * x + self.q - 1)
        return expected


def fit_gamma_gamma(frequency: ArrayLike, value: ArrayLike) -> GammaGamma:
    """The parameters of highest likelihood (note 025, eq. 1a) over clients with a purchase.

    Raises ValueError where no client has both a purchase and a positive mean value.
    """
    x, z = np.asarray(frequency, dtype=np.float64), np.asarray(value, dtype=np.float64)
    if x.shape != z.shape or x.ndim != 1:
        raise ValueError("frequency, value: expected two columns of one length")
    kept = (x > 0) & (z > 0) & np.isfinite(x) & np.isfinite(z)
    x, z = x[kept], z[kept]
    if len(x) < 2:
        raise ValueError("fewer than two clients with a purchase of a positive value")
    from scipy.special import gammaln, psi

    unit = float(z.mean())
    z = z / unit

    def negative(log_parameters: Floats) -> tuple[float, Floats]:
        p, q, v = np.exp(log_parameters)
        total = v + x * z
        log_likelihood = (
            gammaln(p * x + q) - gammaln(p * x) - gammaln(q)
            + q * np.log(v) + (p * x - 1) * np.log(z) + p * x * np.log(x)
            - (p * x + q) * np.log(total)
        )  # fmt: skip
        slopes = (
            x * (psi(p * x + q) - psi(p * x) + np.log(z) + np.log(x) - np.log(total)),
            psi(p * x + q) - psi(q) + np.log(v) - np.log(total),
            q / v - (p * x + q) / total,
        )
        gradient = np.array([float(slope.sum()) for slope in slopes]) * np.exp(log_parameters)
        return -float(log_likelihood.sum()), -gradient

    best = _best(negative, [(1.0, 2.0, 1.0), (6.0, 4.0, 0.5), (0.5, 1.5, 1.0)])
    p, q, v = np.exp(best.x)
    likelihood = -float(best.fun) - len(x) * float(np.log(unit))
    return GammaGamma(float(p), float(q), float(v * unit), likelihood)
