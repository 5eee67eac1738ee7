"""What portfolio figures are made of: one row per client, one column per month.

Whose figures they are is decided by the scoped managers, so a person gets those of the clients
they may see and no others; ids leave the database by binary COPY of exactly those querysets.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from django.db.models import QuerySet, Sum
from django.db.models.functions import Coalesce
from numpy.typing import NDArray

from accounts.measures.served import Served
from accounts.models import Client
from accounts.selectors import ledger as documents
from accounts.selectors.facts import memberships_as_of, revenue_documents
from kam.lib.scoping import acting_system, current
from reports.inputs.kept import facts_by_client
from reports.store import (
    INVOICES,
    MONTHS,
    PROFIT,
    copy_queryset,
    month_edges,
    month_of,
)

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class Filters:
    """What a person asks to see of their clients; empty means no limit.

    team, owner: ids as text; owner may be "none".  A group counts by its own team, KAM, segment
    and region.
    """

    team: str = ""
    owner: str = ""
    segment: str = ""
    region: str = ""

    @classmethod
    def names(cls) -> tuple[str, ...]:
        return tuple(field.name for field in fields(cls))

    @property
    def narrow(self) -> bool:
        return any((self.team, self.owner, self.segment, self.region))


@dataclass(frozen=True, eq=False)
class Ledger:
    """Revenue and profit of served clients that bought in the 24 months up to ``as_of``.

    Months are those that end with ``as_of``: of 15 March the last one begins on 16 February, as
    the windows of the measures do.  ``edges``: first days of the 24 months, oldest first, and the
    day after the last; ``ids``: int64 (n,) ascending; ``revenue``, ``profit``: float64 (24, n) in
    company currency, net of VAT, profit of the revenue whose cost is known; ``bought``: bool
    (24, n), an invoice in the month; ``costed``: float64 (24,), revenue whose cost is known;
    ``clients``: all served clients that were asked for, with or without purchases; ``served``: those
    with the members of groups.
    """

    as_of: dt.date
    edges: list[dt.date]
    ids: NDArray[np.int64]
    revenue: Floats
    profit: Floats
    bought: Bools
    costed: Floats
    clients: int
    served: Served

    @property
    def first_month(self) -> int | None:
        """The place of the first month with anything in it; None where there is nothing."""
        filled = np.flatnonzero(self.bought.any(axis=1))
        return int(filled[0]) if len(filled) else None


def ledger(as_of: dt.date, filters: Filters, served: Served | None = None) -> Ledger:
    """The ledger of the actor's clients as of a date; ``served``: those clients, where they have
    been read already.

    The documents are summed up over everybody by the system and kept in memory; whose of them
    count is read each time through the scoped managers.
    """
    served = served or served_by(as_of, filters)
    with acting_system("portfolio figures", getattr(current(), "pk", None)):
        facts = facts_by_client(as_of)
    at, kept = positions(served, facts.client_ids)
    months = facts.months[kept]
    place = np.full(len(served), -1)
    place[at] = 0
    active = np.flatnonzero(place == 0)
    place[active] = np.arange(len(active))
    cells = months.astype(np.int64) * len(active) + place[at]
    shape = MONTHS, len(active)

    def table(column: NDArray) -> Floats:
        return np.bincount(cells, column[kept], minlength=shape[0] * shape[1]).reshape(shape)

    return Ledger(
        as_of=as_of,
        edges=month_edges(as_of),
        ids=served.ids[active],
        revenue=table(facts.revenue),
        profit=table(facts.profit),
        bought=table(facts.bought) > 0,
        costed=np.bincount(months, facts.costed[kept], minlength=MONTHS),
        clients=len(served),
        served=served,
    )


def client_by_month(
    client: Client, as_of: dt.date, entities: list[int] | None = None
) -> dict[int, dict[str, Any]]:
    """Exact revenue, costed, profit and invoices of one client (of a group, its members') by month
    1..24; a month without documents is not there.  ``entities``: its legal entities, where they
    have been read already."""
    edges = month_edges(as_of)
    if entities is None:
        found = documents.revenue_documents(client, as_of)
    else:
        found = revenue_documents(as_of).filter(client__in=entities)
    rows = (
        found.filter(date__gte=edges[0])
        .order_by()
        .annotate(month=month_of(edges))
        .values("month")
        .annotate(
            revenue=Sum("net"), costed=Sum("costed_net"), profit=Sum(PROFIT), invoices=INVOICES
        )
    )
    return {row["month"]: row for row in rows}


def positions(
    served: Served, client_ids: NDArray[np.int64]
) -> tuple[NDArray[np.int64], Bools | slice]:
    """``served.position`` of rows in order of ``client_ids``: each client is looked up once."""
    first = np.flatnonzero(np.diff(client_ids, prepend=-1))
    at, kept = served.position(client_ids[first])
    rows = np.diff(first, append=len(client_ids))
    if isinstance(kept, slice):
        return np.repeat(at, rows), kept
    return np.repeat(at, rows[kept]), np.repeat(kept, rows)


def served_by(as_of: dt.date, filters: Filters) -> Served:
    """Served clients that the actor may see and the filters let through, with members of groups."""
    return served_and_owners(as_of, filters)[0]


def served_and_owners(as_of: dt.date, filters: Filters) -> tuple[Served, NDArray[np.int64]]:
    """Served clients as above, and who answers for each (n,), 0 for nobody."""
    members, groups = copy_queryset(
        memberships_as_of(as_of)
        .order_by("member_id", "-since", "-pk")
        .distinct("member_id")
        .values_list("member_id", "group_id"),
        ("i8", "i8"),
    )
    ids, owners = copy_queryset(
        clients_of(filters).values_list("pk", Coalesce("owner_id", 0)), ("i8", "i8")
    )
    order = np.argsort(ids)
    ids, owners = ids[order], owners[order]
    kept = ~np.isin(ids, members)
    return Served(ids[kept], members, groups), owners[kept]


def clients_of(filters: Filters) -> QuerySet[Client]:
    """Legal entities and groups that the actor may see and the filters let through."""
    clients = Client.objects.order_by()
    if filters.team:
        clients = clients.filter(team_id=_number(filters.team))
    if filters.owner == "none":
        clients = clients.filter(owner__isnull=True)
    elif filters.owner:
        clients = clients.filter(owner_id=_number(filters.owner))
    if filters.segment:
        clients = clients.filter(segment=filters.segment)
    if filters.region:
        clients = clients.filter(region=filters.region)
    return clients


def _number(text: str) -> int:
    """An id out of a query string; 0, which no row has, for what is none."""
    return int(text[:18]) if text.isdecimal() else 0
