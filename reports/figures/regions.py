"""What parts of a whole bring, the largest named and the others together: pure."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike


@dataclass(frozen=True)
class Part:
    """``code``: the group, −1 of those put together.  ``share``: of the whole, ``growth``: against
    before; None where there is nothing to divide by."""

    code: int
    clients: int
    groups: int
    amount: float
    before: float
    share: float | None
    growth: float | None


def parts(
    codes: ArrayLike, amount: ArrayLike, before: ArrayLike, active: ArrayLike, most: int
) -> list[Part]:
    """Amounts summed by group (codes 0.. (n,)), the largest first; of more than ``most`` groups the
    smallest are put together at the end.  Clients count where they are active."""
    group = np.asarray(codes, dtype=np.int64)
    counted = np.asarray(active, dtype=np.bool_)
    size = int(group.max(initial=-1)) + 1
    now = np.bincount(group, np.asarray(amount, dtype=np.float64), minlength=size)
    was = np.bincount(group, np.asarray(before, dtype=np.float64), minlength=size)
    clients = np.bincount(group, counted, minlength=size).astype(int)
    order = [int(i) for i in np.argsort(-now, kind="stable") if clients[i] or now[i] or was[i]]
    named, rest = order[:most], order[most:]
    if len(rest) == 1:  # one that is put together with nobody keeps its name
        named, rest = order, []
    total = float(now.sum())

    def part(code: int, members: list[int]) -> Part:
        amount_, before_ = float(now[members].sum()), float(was[members].sum())
        return Part(
            code,
            int(clients[members].sum()),
            len(members),
            amount_,
            before_,
            amount_ / total if total > 0 else None,
            amount_ / before_ - 1 if before_ > 0 else None,
        )

    return [part(code, [code]) for code in named] + ([part(-1, rest)] if rest else [])
