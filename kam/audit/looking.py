"""Who looked at whose contact data: one row for a person, a client and a day.

No page reports itself.  A model of people says so as its rows are read from the database
(:func:`met`), whatever page asked; the frame of the request, or of an export, collects whose they
were and writes them with one statement once the answer is ready.  So a new page cannot be forgotten;
what it shows is said by its row of the policy table (``shows``).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar

from django.db import connection
from django.utils import timezone

from kam.lib.periods import today
from kam.lib.scoping import System

from .models import DataAccess

# Client -> contacts; 0 where the row did not say whose it is.
Met = dict[int, set[int]]
_met: ContextVar[Met | None] = ContextVar("met", default=None)
_UPSERT = f"""
INSERT INTO {DataAccess._meta.db_table} AS a
       (day, actor_id, token_ref, client_ref, views, ways, contacts, first_at, last_at)
SELECT %(day)s, %(actor)s, %(token)s, met.client, 1, ARRAY[%(way)s]::varchar[], met.contacts,
       %(now)s, %(now)s
  FROM jsonb_to_recordset(%(met)s) AS met(client bigint, contacts bigint[])
 ORDER BY met.client
    ON CONFLICT (actor_id, token_ref, client_ref, day) DO UPDATE
   SET views = a.views + 1,
       ways = CASE WHEN a.ways @> excluded.ways THEN a.ways ELSE a.ways || excluded.ways END,
       contacts = CASE WHEN a.contacts @> excluded.contacts THEN a.contacts ELSE
           ARRAY(SELECT DISTINCT id FROM unnest(a.contacts || excluded.contacts) AS id ORDER BY id)
           END,
       last_at = greatest(a.last_at, excluded.last_at)
"""


@contextmanager
def collecting() -> Iterator[Met]:
    """What is met inside, by client."""
    found: Met = {}
    token = _met.set(found)
    try:
        yield found
    finally:
        _met.reset(token)


def met(client: int, contact: int) -> None:
    """A row about a person was read; nothing happens where nobody collects."""
    found = _met.get()
    if found is not None:
        found.setdefault(client, set()).add(contact)


def met_names(client: int) -> None:
    """Names of people at this client were read along with other rows, without saying whose."""
    found = _met.get()
    if found is not None:
        found.setdefault(client, set())


def note(person, way: str, found: Mapping[int, set[int]]) -> None:
    """Write that this person has had these contacts before their eyes, by one statement.

    The system's own reading is no look.
    """
    if not found or isinstance(person, System) or getattr(person, "pk", None) is None:
        return
    rows = [{"client": each, "contacts": sorted(found[each])} for each in sorted(found)]
    token = getattr(person, "token", None)
    with connection.cursor() as cursor:
        cursor.execute(
            _UPSERT,
            {
                "day": today(),
                "actor": person.pk,
                "token": token.pk if token is not None else 0,
                "way": way,
                "met": json.dumps(rows),
                "now": timezone.now(),
            },
        )
