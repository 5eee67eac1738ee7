"""What is traded with the demo's key clients is told anew once they are key: they buy more since."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence

import numpy as np
from django.db import connection, transaction
from django.db.models import Q

from accounts.models import Client, ClientIdentifier, User

from .blocks import only
from .load import Loaded, Writer, maker_of
from .shapes import Size
from .words.vocabulary import Words


def tell_anew(
    words: Words,
    size: Size,
    key_since: Mapping[int, dt.date],
    chosen: Collection[int],
    people: Sequence[User],
) -> None:
    """Write the documents and payments of the ``chosen`` clients anew.

    key_since: every key client -> since when it is one.  A group buys through its members.  The
    same documents come of the same seed, with larger quantities from the first whole month as a key
    client; nothing else changes.  Before payments are allocated; runs for the system.
    """
    places = _places(words, key_since)
    first = {at: _month(size, key_since[served]) for at, (served, _pk) in places.items()}
    anew = {at: pk for at, (served, pk) in places.items() if served in set(chosen)}
    if not anew:
        return
    maker = maker_of(words, size, first)
    writer = Writer(maker, Loaded(list(people)))
    with transaction.atomic(), connection.cursor() as cursor:
        for table in ("accounts_line", "accounts_document", "accounts_payment"):
            cursor.execute(f"DELETE FROM {table} WHERE client_id = ANY(%s)", [list(anew.values())])
        for block in maker.blocks():
            here = np.array([anew.get(block.before + at, 0) for at in range(len(block.clients))])
            part = only(block, here > 0)
            writer.write_documents(part, here)
            writer.write_payments(part, here)


def _places(words: Words, served: Collection[int]) -> dict[int, tuple[int, int]]:
    """Place among all clients -> (served client, legal entity), of these clients."""
    entities = dict(
        Client.objects.filter(Q(pk__in=served) | Q(group__in=served)).values_list("pk", "group")
    )
    numbers = ClientIdentifier.objects.filter(source=words.source, client__in=entities)
    return {
        int(number) - 1: (entities[pk] or pk, pk)
        for pk, number in numbers.values_list("client", "external_id")
    }


def _month(size: Size, day: dt.date) -> int:
    """The first whole month from ``day`` on, counted from the first of the history."""
    last = size.as_of.year * 12 + size.as_of.month
    return size.months - 1 - last + day.year * 12 + day.month + (day.day > 1)
