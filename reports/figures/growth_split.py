"""Where the change of a client's revenue comes from: price, volume, assortment, new products.

Exact: the parts and the named rest sum to the whole.  Over products bought in both windows, with
quantities q and mean prices p:

* price: sum of q1 (p1 − p0);
* volume: (Q1 / Q0 − 1) × revenue before, Q being the sum of quantities: what it would have been had
  all grown alike;
* assortment: sum of (q1 − q0) p0 − volume: the shift between dearer and cheaper products.

Products bought only now are new, those bought only before are given up; lines without a product or
quantity, and what returns turn negative, are the rest.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Split:
    before: float
    now: float
    price: float
    volume: float
    assortment: float
    new: float
    lost: float
    rest: float

    @property
    def change(self) -> float:
        return self.now - self.before


def split(
    quantity_before: Floats, revenue_before: Floats, quantity_now: Floats, revenue_now: Floats,
    other_before: float = 0.0, other_now: float = 0.0,
) -> Split:  # fmt: skip
    """Four columns by product (n,), 0 where it was not bought; ``other``: revenue of lines that
    have no product or no quantity."""
    q0, r0, q1, r1 = (
        np.asarray(each, dtype=np.float64)
        for each in (quantity_before, revenue_before, quantity_now, revenue_now)
    )
    had, has = (q0 > 0) & (r0 > 0), (q1 > 0) & (r1 > 0)
    nothing0, nothing1 = (q0 == 0) & (r0 == 0), (q1 == 0) & (r1 == 0)
    both = had & has
    new, lost = has & nothing0, had & nothing1
    odd = ~(both | new | lost)
    p0 = np.divide(r0, q0, out=np.zeros(len(q0)), where=had)
    base = float(r0[both].sum())
    price = float((r1[both] - q1[both] * p0[both]).sum())
    whole = float((q1[both] * p0[both]).sum()) - base
    units = float(q0[both].sum())
    volume = base * (float(q1[both].sum()) / units - 1) if units > 0 else 0.0
    return Split(
        before=float(r0.sum()) + other_before,
        now=float(r1.sum()) + other_now,
        price=price,
        volume=volume,
        assortment=whole - volume,
        new=float(r1[new].sum()),
        lost=-float(r0[lost].sum()),
        rest=float((r1[odd] - r0[odd]).sum()) + other_now - other_before,
    )
