"""Lifetime value of one client from its contribution: pure arithmetic.

CLV = sum over t = 1…T of m (1 + g)^(t−1) ρ^t / (1 + d)^t − what starting with the client took.
"""

from __future__ import annotations

from dataclasses import dataclass

from .value import GROWTH_AT_MOST, YEARS

# Retention shrunk towards two thirds: (x + 2) / (n + 3).
_X, _N = 2, 3


@dataclass(frozen=True)
class Year:
    """One year ahead: contribution if it stays, the chance that it does, and today's value."""

    year: int
    contribution: float
    stays: float
    value: float


@dataclass(frozen=True)
class Lifetime:
    years: list[Year]
    start: float

    @property
    def value(self) -> float:
        return sum(year.value for year in self.years) - self.start


def stays(bought_again: int, could: int) -> float:
    """Chance to buy again within a year, from so many who could and did: (x + 2) / (n + 3)."""
    if not 0 <= bought_again <= could:
        raise ValueError("expected 0 <= bought again <= could")
    return (bought_again + _X) / (could + _N)


def lifetime(
    contribution: float,
    growth: float | None,
    retention: float,
    *,
    discount: float,
    start: float = 0.0,
    years: int = YEARS,
) -> Lifetime:
    """growth: a year, held within ±30 %, None counts as none.  discount: a year, 0.15 for 15 %.
    start: what starting with the client takes once.  A client that leaves nothing is worth less
    the longer it stays, and that is what comes out."""
    if not 0 <= retention <= 1 or discount <= -1:
        raise ValueError("retention: expected 0…1; discount: above −1")
    g = max(-GROWTH_AT_MOST, min(GROWTH_AT_MOST, growth or 0.0))
    told = []
    for t in range(1, years + 1):
        m = contribution * (1 + g) ** (t - 1)
        rho = retention**t
        told.append(Year(t, m, rho, m * rho / (1 + discount) ** t))
    return Lifetime(told, start)
