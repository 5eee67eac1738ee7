"""What is not to stand in the history of records, and what goes out of it.

Whoever writes to many rows as one act tells it as one event; what is destroyed is in no past.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator
from contextlib import contextmanager

from django.db import connection, transaction

from accounts.models import Edit
from accounts.selectors import history as found

# So many edits go in one transaction.
PIECE = 10_000


@contextmanager
def switched_off() -> Iterator[None]:
    """Inside, in one transaction, the database writes no history and lets rows of it go.

    An exception ends the transaction, or its savepoint, and the setting with it.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('kam.history', true)")
        before = cursor.fetchone()[0] or ""
        cursor.execute("SELECT set_config('kam.history', 'off', true)")
        yield
        cursor.execute("SELECT set_config('kam.history', %s, true)", [before])


def forget(relation: str, ids: Collection[int]) -> int:
    """Let go of what rows of a table said before; how many edits.  Inside :func:`switched_off`."""
    return Edit.objects.filter(relation=relation, object_id__in=ids).delete()[0]


def expire(day: dt.date) -> int:
    """Let go of what was edited before a day; how many edits.  Runs for a system actor."""
    gone = 0
    while ids := list(found.before(day).order_by("pk").values_list("pk", flat=True)[:PIECE]):
        with switched_off():
            gone += Edit.objects.filter(pk__in=ids).delete()[0]
    return gone
