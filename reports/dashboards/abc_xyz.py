"""ABC by revenue or profit, XYZ by evenness of the months, and the clients of each field."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np

from reports.datasets import Filters, Ledger, ledger
from reports.figures import abc_xyz as figures
from reports.store import MONTHS

AMOUNTS = ("revenue", "profit")
PAGE = 50


@dataclass(frozen=True, eq=False)
class AbcXyz:
    """letters, evenness: classes (n,) in the order of ``ledger.ids``; amounts: of 12 months (n,);
    variation: coefficient of variation (n,)."""

    as_of: dt.date
    amount: str
    ledger: Ledger
    letters: np.ndarray
    evenness: np.ndarray
    amounts: np.ndarray
    variation: np.ndarray

    @property
    def grid(self) -> dict[str, figures.Cell]:
        return figures.grid(self.letters, self.evenness, self.amounts)

    def clients(self, cell: str) -> np.ndarray:
        """Places of the clients of a field ("AX", "B" for those too new), the largest first; of
        all that have a class where ``cell`` is empty."""
        inside = self.letters != figures.NONE
        if cell:
            inside &= (self.letters == cell[:1]) & (self.evenness == cell[1:])
        places = np.flatnonzero(inside)
        return places[np.argsort(-self.amounts[places], kind="stable")]


def abc_xyz(as_of: dt.date, amount: str, filters: Filters) -> AbcXyz:
    """Classes of the actor's clients over the 12 months that end with a date."""
    facts = ledger(as_of, filters)
    months = (facts.revenue if amount == "revenue" else facts.profit)[MONTHS - figures.MONTHS :]
    amounts = months.sum(axis=0)
    # Evenness is about what the client buys, whatever it is sorted by.
    bought = facts.revenue[MONTHS - figures.MONTHS :].T
    known = facts.bought[: MONTHS - figures.MONTHS].any(axis=0)
    return AbcXyz(
        as_of=as_of,
        amount=amount,
        ledger=facts,
        letters=figures.abc(amounts),
        evenness=figures.xyz(bought, known),
        amounts=amounts,
        variation=np.where(known, figures.variation(bought), np.nan),
    )
