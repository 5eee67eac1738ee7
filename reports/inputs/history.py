"""Revenue of all clients by month over five years.

The portfolio reads two years; what clients kept of their first purchases needs more.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from accounts.measures.reading import EPOCH
from accounts.measures.served import Served
from kam.lib.scoping import acting_system, current
from reports.datasets import Floats, positions
from reports.inputs.kept import long_facts_by_client
from reports.store import LONG_MONTHS, month_edges

MONTHS = LONG_MONTHS


@dataclass(frozen=True, eq=False)
class History:
    """Of served clients that bought in these months, in the order of ``ids`` int64 (n,).

    ``edges``: first days of the 60 months that end with the date, and the day after.  ``client``
    (places), ``month``, ``amount``: revenue by client and month, (m,).  ``first``: (n,) day of the
    first invoice in days since EPOCH, −1 for who bought before these months.
    """

    edges: list[dt.date]
    ids: NDArray[np.int64]
    client: NDArray[np.int32]
    month: NDArray[np.int32]
    amount: Floats
    first: NDArray[np.int64]

    @property
    def first_month(self) -> int | None:
        """The first month with anything in it; None where there is nothing."""
        return int(self.month.min()) if len(self.month) else None

    def table(self, months: int) -> Floats:
        """(months, n): revenue of the last ``months`` months."""
        n = len(self.ids)
        cells = (self.month - (MONTHS - months)).astype(np.int64) * n + self.client
        amounts = self.amount
        if len(cells) and int(self.month.min()) < MONTHS - months:
            kept = cells >= 0
            cells, amounts = cells[kept], amounts[kept]
        found: Floats = np.bincount(cells, amounts, minlength=months * n).astype(float, copy=False)
        return found.reshape(months, n)

    @property
    def first_months(self) -> NDArray[np.int64]:
        """(n,) the month of the first invoice; −1 for who bought before."""
        days = np.array([(edge - EPOCH).days for edge in self.edges])
        return np.where(self.first < 0, -1, np.searchsorted(days, self.first, side="right") - 1)


def history(as_of: dt.date, served: Served) -> History:
    """The history of clients as of a date; whose counts is decided by who is ``served``, as
    :func:`reports.datasets.served_by` reads them."""
    edges = month_edges(as_of, MONTHS)
    with acting_system("portfolio history", getattr(current(), "pk", None)):
        sums = long_facts_by_client(as_of)
    at, kept = positions(served, sums.client_ids)
    first = served.extreme(sums.entity_ids, sums.first_days, np.minimum)
    older, _found = served.position(sums.older)
    first[older] = -1
    active = np.zeros(len(served), bool)
    active[at] = True
    place = np.cumsum(active) - 1
    return History(
        edges=edges,
        ids=served.ids[active],
        client=place[at].astype(np.int32),
        month=sums.months[kept].astype(np.int32),
        amount=sums.revenue[kept],
        first=np.nan_to_num(first[active], nan=-1).astype(np.int64),
    )
