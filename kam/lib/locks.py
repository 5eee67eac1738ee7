"""Locks of the database that end with the transaction."""

from django.db import connection


def try_lock(name: str) -> bool:
    """Take the lock of this name; False where another transaction holds it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 3))", [name])
        return cursor.fetchone()[0]


def lock(name: str) -> None:
    """Take the lock of this name, waiting for whoever holds it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 3))", [name])
