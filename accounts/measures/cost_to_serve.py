"""What a client costs us and what it leaves: pure arithmetic, exact where money is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")
DAYS = 365


def cents(amount: Decimal) -> Decimal:
    return amount.quantize(CENT, ROUND_HALF_UP)


def late_payment(rows: Iterable[tuple[Decimal, int]], capital: Decimal) -> Decimal:
    """Cost of (amount, days late): amount × days ÷ 365 × cost of capital a year in per cent.

    What was paid in time or before costs nothing and earns nothing; a credit note is not late.
    """
    total = sum(
        (amount * days for amount, days in rows if days > 0 and amount > 0), start=Decimal(0)
    )
    return cents(total * capital / (DAYS * 100))


@dataclass(frozen=True)
class Costs:
    """Cost to serve of one client in a window.

    ``discounts`` are given on invoices already, so revenue and margin are what is left after them:
    they are shown beside and not taken off twice.
    """

    hours: Decimal = Decimal(0)
    rebates: Decimal = Decimal(0)
    service: Decimal = Decimal(0)
    late: Decimal = Decimal(0)
    discounts: Decimal = Decimal(0)

    @property
    def total(self) -> Decimal:
        """What is taken off the margin."""
        return self.hours + self.rebates + self.service + self.late

    @property
    def with_discounts(self) -> Decimal:
        return self.total + self.discounts


def contribution(margin: Decimal, costs: Costs) -> Decimal:
    """Gross margin less cost to serve.  The margin is after discounts."""
    return margin - costs.total


def worked(rows: Iterable[tuple[Decimal, Decimal]]) -> Decimal:
    """Cost of (hours, rate)."""
    return cents(sum((hours * rate for hours, rate in rows), start=Decimal(0)))
