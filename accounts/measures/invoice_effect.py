"""The average invoice before and after, for those who took part.  Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

# Fewer invoices on either side say nothing of an average.
INVOICES_NEEDED = 5
_CENT = Decimal("0.01")


@dataclass(frozen=True)
class Effect:
    """Numbers of invoices and their averages on both sides; None with fewer than
    ``INVOICES_NEEDED`` on that side."""

    invoices_before: int
    invoices_after: int
    before: Decimal | None
    after: Decimal | None

    @property
    def change(self) -> Decimal | None:
        """Part of the average before: 0.1 = a tenth more.  None unless both sides are told."""
        if self.before is None or self.after is None or self.before == 0:
            return None
        return (self.after - self.before) / self.before

    @property
    def missing_before(self) -> int:
        return max(0, INVOICES_NEEDED - self.invoices_before)

    @property
    def missing_after(self) -> int:
        return max(0, INVOICES_NEEDED - self.invoices_after)


def effect(before: Sequence[Decimal], after: Sequence[Decimal]) -> Effect:
    """Of the net amounts of invoices on both sides."""
    return Effect(len(before), len(after), _average(before), _average(after))


def _average(amounts: Sequence[Decimal]) -> Decimal | None:
    if len(amounts) < INVOICES_NEEDED:
        return None
    return (sum(amounts, Decimal(0)) / len(amounts)).quantize(_CENT, ROUND_HALF_UP)
