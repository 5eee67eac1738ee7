"""Statistics for the planner, right after a bulk load.

Autovacuum would gather them a minute later; until then a join over millions of fresh rows may be
planned as if there were none.  Only the owner of the tables may analyse them.
"""

from __future__ import annotations

import dj_database_url
import psycopg2
from django.conf import settings
from django.db import connection

LOADED = (
    "accounts_client",
    "accounts_membership",
    "accounts_document",
    "accounts_line",
    "accounts_payment",
    "accounts_contact",
    "accounts_interaction",
)


def analyse_loaded() -> None:
    """ANALYZE the tables of a load, as their owner and in the database in use.

    Tables that another transaction holds are skipped rather than waited for.
    """
    owner = dj_database_url.parse(settings.DATABASE_OWNER_URL)
    own = psycopg2.connect(
        host=owner["HOST"],
        port=owner["PORT"] or None,
        user=owner["USER"],
        password=owner["PASSWORD"],
        dbname=connection.settings_dict["NAME"],
    )
    try:
        own.autocommit = True
        with own.cursor() as cursor:
            cursor.execute(f"ANALYZE (SKIP_LOCKED) {', '.join(LOADED)}")
    finally:
        own.close()
