"""On which days clients ordered."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection

from accounts.models import Client, Document

from .facts import documents_as_of, memberships_as_of

_TYPES = (Document.Type.ORDER, Document.Type.INVOICE)


def order_days(
    client_ids: Collection[int], since: dt.date, day: dt.date
) -> dict[int, list[dt.date]]:
    """Client -> its days of orders after ``since`` up to ``day``; of a group, those of all its
    members.  Where no orders of a client are loaded its invoices stand for them."""
    members = dict(
        memberships_as_of(day).filter(group__in=client_ids).values_list("member", "group")
    )
    wanted = {pk: pk for pk in client_ids} | members
    found: dict[str, dict[int, list[dt.date]]] = {each: defaultdict(list) for each in _TYPES}
    rows = (
        documents_as_of(day)
        .filter(client__in=wanted, type__in=_TYPES, date__gt=since)
        .order_by()
        .values_list("type", "client", "date")
        .distinct()
    )
    for type_, client, date in rows:
        found[type_][wanted[client]].append(date)
    orders, invoices = (found[each] for each in _TYPES)
    return {pk: orders.get(pk) or invoices.get(pk, []) for pk in client_ids}


def names_of(client_ids: Collection[int]) -> dict[int, Client]:
    return Client.objects.select_related("owner").in_bulk(list(client_ids))
