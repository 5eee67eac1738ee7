"""What all documents come to by client and month: one look at millions of headers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
from django.core.exceptions import EmptyResultSet
from django.db.models import (
    BigIntegerField,
    Case,
    Count,
    Expression,
    F,
    IntegerField,
    Q,
    QuerySet,
    Value,
    When,
)
from django.db.models.expressions import Func
from django.db.models.functions import Cast
from numpy.typing import NDArray

from accounts.measures.reading import EPOCH, Moment, require_system
from accounts.models import Document
from accounts.selectors.facts import revenue_documents
from kam.lib import replica
from kam.lib.copy import copy_out_binary

YEAR = 12
MONTHS = 2 * YEAR
LONG_MONTHS = 5 * YEAR
CENTS = 100


@dataclass(frozen=True, eq=False)
class Facts:
    """Sums by legal entity and month, a row where there are documents, ordered by both.

    ``client_ids``: int64 (n,); ``months``: int8 (n,) 0..23; ``revenue``, ``costed`` (revenue whose
    cost is known), ``profit``: float64 (n,); ``bought``: bool (n,), an invoice in the month.
    """

    client_ids: NDArray[np.int64]
    months: NDArray[np.int8]
    revenue: NDArray[np.float64]
    costed: NDArray[np.float64]
    profit: NDArray[np.float64]
    bought: NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class LongFacts:
    """Of five years, by legal entity and month, a row where there are documents: ``client_ids``
    int64 (m,), ``months`` int8 (m,) 0..59, ``revenue`` float64 (m,).  ``entity_ids`` int64 (e,)
    ascending with the day of the first invoice, ``first_days`` int32 (e,) in days since EPOCH;
    ``older``: ids of entities with an invoice before these months."""

    client_ids: NDArray[np.int64]
    months: NDArray[np.int8]
    revenue: NDArray[np.float64]
    entity_ids: NDArray[np.int64]
    first_days: NDArray[np.int32]
    older: NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Reading:
    """The last two years, and the last five: one look at the documents."""

    short: Facts
    long: LongFacts

    @property
    def rows(self) -> int:
        return max(len(self.short.client_ids), len(self.long.client_ids))

    def arrays(self) -> dict[str, NDArray]:
        parts = {"short": self.short, "long": self.long}
        return {
            f"{name}_{field.name}": getattr(part, field.name)
            for name, part in parts.items()
            for field in fields(part)
        }

    @classmethod
    def of(cls, arrays: dict[str, NDArray]) -> Reading:
        """From :meth:`arrays`; raises KeyError where one is missing."""
        return cls(
            *(
                kind(**{field.name: arrays[f"{name}_{field.name}"] for field in fields(kind)})
                for name, kind in (("short", Facts), ("long", LongFacts))
            )
        )


def read(as_of: dt.date) -> Reading:
    """One pass over the documents of five years, of all legal entities; for a system actor only,
    since they name everybody.

    Amounts leave the database as whole cents: that is several times cheaper there than to make
    floats of decimals, and their sums are exact in any order.  Summing up here is twice as fast as
    a GROUP BY with nearly as many groups as rows.
    """
    require_system()
    edges, recent = month_edges(as_of, LONG_MONTHS), month_edges(as_of)[0]
    is_invoice = Q(type=Document.Type.INVOICE)
    since = Func(
        F("date"),
        Value(EPOCH),
        template="(%(expressions)s)",
        arg_joiner=" - ",
        output_field=IntegerField(),
    )

    def cents(amount) -> Expression:
        return Cast(amount * CENTS, BigIntegerField())

    def lately(amount) -> Case:
        return Case(When(date__gte=recent, then=cents(amount)), default=Value(0))

    documents = revenue_documents(as_of).order_by()
    ids, days, invoices, *amounts = copy_queryset(
        documents.filter(date__gte=edges[0])
        .values_list("client_id", since)
        .annotate(
            invoice=Case(When(is_invoice, then=1), default=0, output_field=IntegerField()),
            revenue=cents(F("net")),
            costed_revenue=lately(F("costed_net")),
            profit=lately(PROFIT),
        ),
        ("i8", "i4", "i4", "i8", "i8", "i8"),
    )
    (older,) = copy_queryset(
        documents.filter(is_invoice, date__lt=edges[0]).values_list("client_id").distinct(), ("i8",)
    )
    starts = np.array([(edge - EPOCH).days for edge in edges])
    place = ids * LONG_MONTHS + np.searchsorted(starts, days, side="right") - 1
    order = np.argsort(place)
    place, days, bought = place[order], days[order], invoices[order] > 0
    begins = np.flatnonzero(np.diff(place, prepend=-1))
    revenue, costed, profit = (_summed(column[order], begins) / CENTS for column in amounts)
    month_bought = _summed(bought.astype(np.int64), begins) > 0
    client_ids, months = np.divmod(place[begins], LONG_MONTHS)
    entities, of = np.unique(ids[order][bought], return_index=True)
    late = months >= LONG_MONTHS - MONTHS
    return Reading(
        Facts(
            client_ids=client_ids[late],
            months=(months[late] - (LONG_MONTHS - MONTHS)).astype(np.int8),
            revenue=revenue[late],
            costed=costed[late],
            profit=profit[late],
            bought=month_bought[late],
        ),
        LongFacts(
            client_ids=client_ids,
            months=months.astype(np.int8),
            revenue=revenue,
            entity_ids=entities,
            first_days=_least(days[bought], of),
            older=older,
        ),
    )


def _summed(column: NDArray, begins: NDArray) -> NDArray:
    return np.add.reduceat(column, begins) if len(begins) else column


def _least(column: NDArray, begins: NDArray) -> NDArray:
    return np.minimum.reduceat(column, begins) if len(begins) else column


# --- Queries that others share -----------------------------------------------------------------


def month_of(edges: Sequence[dt.date]) -> Func:
    """The month of a document's date, 1..24, between ``edges`` as of a :class:`Ledger`."""
    return Func(
        F("date"),
        Value(list(edges[:-1])),
        function="width_bucket",
        output_field=IntegerField(),
    )


def month_edges(as_of: dt.date, months: int = MONTHS) -> list[dt.date]:
    """First days of the months that end with ``as_of``, and the day after it."""
    moment = Moment(as_of)
    return [moment.start(back) for back in range(months, -1, -1)]


INVOICES = Count("pk", filter=Q(type=Document.Type.INVOICE))
PROFIT = F("costed_net") - F("cost")


def copy_queryset(queryset: QuerySet, dtypes: Sequence[str]) -> list[NDArray]:
    """Rows of a queryset of values as one array per column; no value may be NULL.

    An order of magnitude faster than a list of tuples, and under the same access rule.
    """
    try:
        statement, parameters = queryset.query.sql_with_params()
    except EmptyResultSet:  # the access rule lets through nothing at all
        return [np.zeros(0, dtype) for dtype in dtypes]
    with replica.connection().cursor() as cursor:
        text = cursor.mogrify(statement, parameters).decode()
    return copy_out_binary(text, dtypes)
