"""A streaming replica of the database, for long reading that writes nothing.

What reads inside :func:`reading` goes there as long as the replica has everything that was committed
when the block began; otherwise it goes to the primary, as all else always does.  So nobody misses
what they have just saved, and without a replica nothing is different.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from django.db import DEFAULT_DB_ALIAS, DatabaseError, InterfaceError, connections, transaction

log = logging.getLogger(__name__)
ALIAS = "replica"
# A job waits so many seconds for the replica to come up to it.
PATIENCE = 3.0
# What is asked and written again at once is asked where it is written.
STAYS = frozenset({"jobs", "sessions", "django_cache"})
AWAY, WRITABLE, STRANGER = "away", "writable", "stranger"
_here: ContextVar[bool] = ContextVar("reading from the replica", default=False)


class Router:
    """Reads inside a block of :func:`reading` go to the replica, all else to the primary."""

    def db_for_read(self, model, **_hints) -> str:
        return _alias() if model._meta.app_label not in STAYS else DEFAULT_DB_ALIAS

    def db_for_write(self, model, **_hints) -> str:
        return DEFAULT_DB_ALIAS

    def allow_relation(self, one, other, **_hints) -> bool:
        return True

    def allow_migrate(self, db, app_label, **_hints) -> bool | None:
        return False if db == ALIAS else None


@dataclass(frozen=True)
class Standing:
    """``fault``: empty, or why nothing can be read there; ``behind``: for how many seconds nothing
    has arrived there, 0 where nothing is missing."""

    fault: str = ""
    behind: float | None = None


def is_set() -> bool:
    return ALIAS in connections.settings


def _alias() -> str:
    return ALIAS if _here.get() else DEFAULT_DB_ALIAS


def connection():
    """Where SQL of one's own that only reads has to go."""
    return connections[_alias()]


@contextmanager
def reading(wanted: bool = True, patience: float = PATIENCE) -> Iterator[None]:
    """Read from the replica inside, all of one moment, if it is there and up to date.

    Never inside a transaction, which may have written what nobody else sees.  A query that the
    replica breaks off raises ``OperationalError``: whoever tries again does so with ``wanted`` false.
    """
    inside = connections[DEFAULT_DB_ALIAS].in_atomic_block or _here.get()
    if not wanted or inside or not is_set() or not _follows(patience):
        yield
        return
    token = _here.set(True)
    try:
        with transaction.atomic(using=ALIAS):
            with connections[ALIAS].cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
                cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
            yield
    finally:
        _here.reset(token)


def standing(patience: float = 0.5) -> Standing:
    """How the replica fares at this moment."""
    known, place = _primary()
    try:
        until = time.monotonic() + patience
        while True:
            found, behind = _replica(known, place)
            if found or not behind or time.monotonic() >= until:
                return Standing(found, None if found else behind)
            time.sleep(0.05)
    except (DatabaseError, InterfaceError) as error:
        connections[ALIAS].close()
        log.warning("the replica does not answer: %s", error)
        return Standing(AWAY)


def _follows(patience: float) -> bool:
    found = standing(patience)
    if found.fault or found.behind:
        log.warning("read from the primary: the replica is %s", found.fault or "behind")
    return found == Standing("", 0)


def _primary() -> tuple[tuple[int, str], str]:
    """Which database it is, and the place in its log behind all that is committed."""
    with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        cursor.execute(
            "SELECT system_identifier, current_database(), pg_current_wal_insert_lsn()"
            " FROM pg_control_system()"
        )
        system, name, place = cursor.fetchone()
    return (system, name), place


def _replica(known: tuple[int, str], place: str) -> tuple[str, float]:
    """What is wrong with it, and for how many seconds it has not come up to the place."""
    with connections[ALIAS].cursor() as cursor:
        cursor.execute(
            "SELECT system_identifier, current_database(), pg_is_in_recovery(),"
            " CASE WHEN pg_last_wal_replay_lsn() >= %s THEN 0 ELSE greatest(0.001,"
            "  extract(epoch FROM clock_timestamp() - pg_last_xact_replay_timestamp())) END"
            " FROM pg_control_system()",
            [place],
        )
        system, name, follows, behind = cursor.fetchone()
    if not follows:
        return WRITABLE, 0
    return ("" if (system, name) == known else STRANGER), float(behind)
