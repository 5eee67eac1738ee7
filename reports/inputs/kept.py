"""The sums of the ledger, kept while they hold.

Reading years of headers takes seconds where there are millions of them, and they change only when
something is imported, undone or destroyed.  So they are read once for all questions, and kept in
memory and, for the other processes of the installation and those that start anew, in a file.  What
is kept counts as long as the database says that nothing has come since; a job reads anew after an
import, before somebody has to wait for it.
"""

from __future__ import annotations

import datetime as dt
import threading
import time
from collections import OrderedDict

from accounts.measures.reading import require_system
from accounts.models import Document, ImportBatch
from kam.lib import kept_arrays, replica
from reports.store import Facts, LongFacts, Reading, read

# What a process may hold: so many dates, each of at most so many rows (51 bytes each).
KEPT_DATES = 2
KEPT_ROWS = 4_000_000
KEPT_SECONDS = 86_400.0
# A replica does not count changes: there a removed document is noticed after so long.
REPLICA_SECONDS = 600.0
KIND, FILES = "ledger", 2 * KEPT_DATES  # the dates before and after a change


class Kept:
    """The latest readings of this process by date and state of the database."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._held: OrderedDict[tuple, tuple[float, Reading]] = OrderedDict()

    def get(self, key: tuple) -> Reading | None:
        with self._lock:
            found = self._held.get(key)
            if found is None or time.monotonic() - found[0] > _seconds(key):
                return None
            self._held.move_to_end(key)
            return found[1]

    def put(self, key: tuple, reading: Reading) -> None:
        with self._lock:
            self._held[key] = time.monotonic(), reading
            self._held.move_to_end(key)
            while len(self._held) > KEPT_DATES:
                self._held.popitem(last=False)


_kept = Kept()
# One thread of a process reads, the others wait for what it finds.
_reading_now = threading.Lock()


def facts_by_client(as_of: dt.date) -> Facts:
    """The sums of the 24 months that end with ``as_of``, of all legal entities; for a system actor
    only, since they name everybody."""
    return reading(as_of).short


def long_facts_by_client(as_of: dt.date) -> LongFacts:
    """The same of 60 months."""
    return reading(as_of).long


def reading(as_of: dt.date) -> Reading:
    require_system()
    known = state()
    if known is None:
        return read(as_of)
    key = (*known, as_of.isoformat())
    found = _kept.get(key)
    if found is None:
        with _reading_now:
            found = _kept.get(key) or _from_file(key) or _read_and_keep(as_of, key)
    return found


def _from_file(key: tuple) -> Reading | None:
    arrays = kept_arrays.find(KIND, key, _seconds(key))
    try:
        found = Reading.of(arrays or {})
    except KeyError:  # none, or one of another release
        return None
    _kept.put(key, found)
    return found


def _read_and_keep(as_of: dt.date, key: tuple) -> Reading:
    found = read(as_of)
    if found.rows <= KEPT_ROWS:
        _kept.put(key, found)
        kept_arrays.keep(KIND, key, found.arrays(), FILES)
    return found


def make_ready(as_of: dt.date) -> bool:
    """Have a file for whoever asks next; whether the documents had to be read for it."""
    known = state()
    if known is None:
        return False
    key = (*known, as_of.isoformat())
    if kept_arrays.is_there(KIND, key, _seconds(key)):
        return False
    found = read(as_of)
    if found.rows <= KEPT_ROWS:
        kept_arrays.keep(KIND, key, found.arrays(), FILES)
    return True


def state() -> tuple | None:
    """What the sums depend on: the documents as the server counts changes to their table, whoever
    made them (it tells of them within some seconds), and the latest document and import with the
    transactions that wrote them (at once).  None within a transaction that has written something
    itself, whose sight is nobody else's."""
    table = Document._meta.db_table
    with replica.connection().cursor() as cursor:
        cursor.execute(
            f"""
            SELECT pg_current_xact_id_if_assigned() IS NOT NULL, pg_is_in_recovery(),
              (SELECT oid FROM pg_database WHERE datname = current_database()),
              pg_postmaster_start_time()::text,
              (SELECT concat_ws(' ', t, pg_stat_get_tuples_inserted(t),
                                pg_stat_get_tuples_updated(t), pg_stat_get_tuples_deleted(t))
                 FROM CAST(CAST('{table}' AS regclass) AS oid) t),
              (SELECT id || ' ' || xmin FROM {table} ORDER BY id DESC LIMIT 1),
              (SELECT id || ' ' || xmin FROM {ImportBatch._meta.db_table} ORDER BY id DESC LIMIT 1),
              (SELECT max(undone_at)::text FROM {ImportBatch._meta.db_table})
            """
        )
        own, *known = cursor.fetchone()
    return None if own else tuple(known)


def _seconds(key: tuple) -> float:
    """For how long what is kept under a key may count."""
    return REPLICA_SECONDS if key[0] else KEPT_SECONDS
