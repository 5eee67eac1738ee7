"""Revenue of all clients by month over five years, kept in memory while it holds.

The portfolio reads two years; what clients kept of their first purchases needs more.  The rule of
what holds, and for how long, is that of :mod:`reports.store`.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np
from django.db.models import Case, F, FloatField, IntegerField, Value, When
from django.db.models.expressions import Func
from django.db.models.functions import Cast
from numpy.typing import NDArray

from accounts.measures.reading import EPOCH, Moment
from accounts.measures.served import Served
from accounts.models import Document
from accounts.selectors.facts import revenue_documents
from kam.lib.scoping import acting_system, current
from reports.datasets import Floats, positions
from reports.store import Kept, copy_queryset, state

MONTHS = 60


@dataclass(frozen=True, eq=False)
class Sums:
    """By legal entity and month, a row where there are documents: ``client_ids`` int64 (m,),
    ``months`` int8 (m,) 0..59, ``revenue`` float64 (m,).  ``entity_ids`` int64 (e,) ascending with
    the day of the first invoice, ``first_days`` int32 (e,) in days since EPOCH; ``older``: ids of
    entities with an invoice before these months."""

    client_ids: NDArray[np.int64]
    months: NDArray[np.int8]
    revenue: Floats
    entity_ids: NDArray[np.int64]
    first_days: NDArray[np.int32]
    older: NDArray[np.int64]


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


_kept: Kept[Sums] = Kept()


def history(as_of: dt.date, served: Served) -> History:
    """The history of clients as of a date; whose counts is decided by who is ``served``, as
    :func:`reports.datasets.served_by` reads them."""
    edges = month_edges(as_of)
    with acting_system("portfolio history", getattr(current(), "pk", None)):
        sums = _sums(as_of, edges)
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


def month_edges(as_of: dt.date) -> list[dt.date]:
    moment = Moment(as_of)
    return [moment.start(back) for back in range(MONTHS, -1, -1)]


def _sums(as_of: dt.date, edges: list[dt.date]) -> Sums:
    known = state()
    if known is None:
        return _read(as_of, edges)
    key = (as_of, *known)
    sums = _kept.get(key)
    if sums is None:
        sums = _read(as_of, edges)
        _kept.put(key, sums)
    return sums


def _read(as_of: dt.date, edges: list[dt.date]) -> Sums:
    since = Func(
        F("date"),
        Value(EPOCH),
        template="(%(expressions)s)",
        arg_joiner=" - ",
        output_field=IntegerField(),
    )
    invoice = Case(When(type=Document.Type.INVOICE, then=1), default=0)
    documents = revenue_documents(as_of).order_by()
    ids, days, revenue, invoices = copy_queryset(
        documents.filter(date__gte=edges[0])
        .values_list("client_id", since)
        .annotate(revenue=Cast("net", FloatField()), invoice=Cast(invoice, IntegerField())),
        ("i8", "i4", "f8", "i4"),
    )
    (older,) = copy_queryset(
        documents.filter(date__lt=edges[0], type=Document.Type.INVOICE)
        .values_list("client_id")
        .distinct(),
        ("i8",),
    )
    starts = np.array([(edge - EPOCH).days for edge in edges])
    place = ids * MONTHS + np.searchsorted(starts, days, side="right") - 1
    order = np.argsort(place, kind="stable")
    place, ids, days = place[order], ids[order], days[order]
    begins = np.flatnonzero(np.diff(place, prepend=-1))
    sums = np.add.reduceat(revenue[order], begins) if len(begins) else revenue
    bought = invoices[order] > 0
    entities, of = np.unique(ids[bought], return_inverse=True)
    first = np.full(len(entities), np.iinfo(np.int32).max, dtype=np.int32)
    np.minimum.at(first, of, days[bought])
    return Sums(
        client_ids=place[begins] // MONTHS,
        months=(place[begins] % MONTHS).astype(np.int8),
        revenue=sums,
        entity_ids=entities,
        first_days=first,
        older=older,
    )
