"""What the role for business intelligence may read: tables of business, never what opens a door.

A table of the three apps of business is readable unless it is named here; columns whose name says
that they hold a secret never are.  Tables of all else (sign-in, sessions, trail, jobs, webhooks,
exports, caches) never are.  Tables come with migrations, so the rights are given anew after each.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from django.apps import apps
from psycopg2 import sql

ROLE = "kam_readonly"
BUSINESS = ("accounts", "scoring", "reports")
SECRET = re.compile(r"password|secret|token|nonce|digest|serial|key_slots|sha256")
# Table -> why nobody needs it for a figure.
WITHHELD = {
    "accounts_apitoken": "keys of programs",
    "accounts_bulkload": "rows as programs sent them",
    "accounts_connection": "how other systems are signed in to",
    "accounts_destruction": "people who are destroyed",
    "accounts_edit": "what records said before, of people too",
    "accounts_importchange": "rows before and after an import",
    "accounts_importfile": "raw material of imports",
    "accounts_incident": "incidents with personal data",
    "accounts_letter": "mail of people, not yet placed",
    "accounts_letterfile": "mail of people, not yet placed",
    "accounts_notice": "what one person was told",
    "accounts_personinvitation": "doors for new people",
    "accounts_quarantinedrow": "raw material of imports",
    "accounts_removal": "what was removed, to be brought back",
    "accounts_savedview": "what one person keeps",
    "accounts_signinwait": "failed sign-ins",
    "accounts_suppression": "people who are destroyed",
}
# How people at clients are reached: whoever looks at that in the product is written down.
PERSONAL = {"accounts_contact": ("email", "phone")}


class Table(NamedTuple):
    """columns: those that may be read; None = all."""

    schema: str
    name: str
    columns: tuple[str, ...] | None


def readable() -> list[Table]:
    found: dict[tuple[str, str], tuple[str, ...]] = {}
    for label in BUSINESS:
        for model in apps.get_app_config(label).get_models(include_auto_created=True):
            schema, _dot, name = model._meta.db_table.replace('"', "").rpartition(".")
            columns = tuple(field.column for field in model._meta.concrete_fields)
            # A table may have a second model, which knows a part of it.
            if name not in WITHHELD and len(columns) > len(found.get((schema, name), ())):
                found[schema, name] = columns
    tables = []
    for (schema, name), columns in found.items():
        kept_back = PERSONAL.get(name, ())
        open_ones = tuple(c for c in columns if c not in kept_back and not SECRET.search(c))
        whole = len(open_ones) == len(columns)
        tables.append(Table(schema or "public", name, None if whole else open_ones))
    return tables


def grant(cursor) -> int | None:
    """Give the role what it may read and take away all else, as the owner of the tables.

    Returns how many tables it can read then (PostgreSQL only warns whoever may not give rights),
    None where there is no such role: then there is nothing to do.
    """
    cursor.execute("SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = %s)", [ROLE])
    if not cursor.fetchone()[0]:
        return None
    cursor.execute(
        "SELECT n.nspname, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
        " WHERE c.relkind IN ('r', 'p', 'v')"
    )
    there = set(cursor.fetchall())
    tables = [table for table in readable() if table[:2] in there]
    role = sql.Identifier(ROLE)
    said = []
    for schema in sorted({"public", *(table.schema for table in tables)}):
        name = sql.Identifier(schema)
        said += [
            sql.SQL("REVOKE ALL ON ALL TABLES IN SCHEMA {} FROM {}").format(name, role),
            sql.SQL("GRANT USAGE ON SCHEMA {} TO {}").format(name, role),
        ]
    for table in tables:
        columns = sql.SQL("")
        if table.columns is not None:
            columns = sql.SQL("({})").format(sql.SQL(", ").join(map(sql.Identifier, table.columns)))
        place = sql.Identifier(table.schema, table.name)
        said.append(sql.SQL("GRANT SELECT {} ON {} TO {}").format(columns, place, role))
    cursor.execute(sql.SQL("; ").join(said))
    cursor.execute(
        "SELECT count(*) FROM unnest(%s) AS place WHERE has_any_column_privilege(%s, place, 'SELECT')",
        [[f"{table.schema}.{table.name}" for table in tables], ROLE],
    )
    return cursor.fetchone()[0]
