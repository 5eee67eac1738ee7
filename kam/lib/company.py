"""The company that uses the product: its name, money, time, and how its amounts are meant.

Kept in the database, read once in a process and again after :data:`MOST_SECONDS`, so that figures
and dates need no query.  Before anybody has said anything, the settings hold.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from time import monotonic

from django.conf import settings
from django.db import DatabaseError, connection

log = logging.getLogger(__name__)
# So long a process may work with what was changed in another one.
MOST_SECONDS = 30.0


@dataclass(frozen=True)
class Company:
    """``vat``: how amounts of files are meant where a file does not say, as options of the import
    say it ("none", "included:20", "excluded"; empty where nothing is said).  ``first_hour_over``:
    nobody needs to be led by the hand any more.  ``small_company``: one person may be sales manager
    and KAM of a client.  ``second_step_roles``: whose sign-in asks for more than the password, from
    the day ``second_step_from`` on, or already."""

    name: str = ""
    currency: str = ""
    time_zone: str = ""
    vat: str = ""
    first_hour_over: bool = False
    small_company: bool = False
    second_step_roles: Sequence[str] = ()
    second_step_from: dt.date | None = None


_kept: Company | None = None
_read_at: float | None = None


def company() -> Company:
    if _read_at is None:
        refresh()
    return _kept or Company(
        currency=settings.COMPANY_CURRENCY, time_zone=settings.COMPANY_TIME_ZONE
    )


def refresh() -> None:
    """Read again what is kept."""
    from .models import CompanyRecord

    table = CompanyRecord._meta.db_table
    with connection.cursor() as cursor:
        # Dates are asked for while tables and their columns are being made, too.
        cursor.execute(
            "SELECT attname FROM pg_attribute WHERE attrelid = to_regclass(%s) AND attnum > 0",
            [table],
        )
        there = {name for (name,) in cursor.fetchall()}
    fields = [name for name in Company.__dataclass_fields__ if name in there]
    row = CompanyRecord.objects.values(*fields).first() if there else None
    keep(Company(**row) if row else None)


def refresh_now_and_then() -> None:
    """Read again what is kept, unless it was read lately; without the database it stays."""
    if _read_at is not None and monotonic() - _read_at <= MOST_SECONDS:
        return
    try:
        refresh()
    except DatabaseError:
        log.warning("the company could not be read; what was known of it holds")
        keep(_kept)


def keep(found: Company | None) -> None:
    """Work with this from now on, in this process."""
    global _kept, _read_at
    _kept, _read_at = found, monotonic()
