"""Which tables make up the company, read from the database itself: a new one is in by itself."""

from __future__ import annotations

from dataclasses import dataclass

from django.apps import apps
from django.db import connection
from django.db.models import FileField

# Left out, each with its reason; everything else is in.
LEFT_OUT = {
    "accounts_signinwait": "failed sign-ins of the last day, and who has to wait a little",
    "account_emailconfirmation": "links of mails, valid for days and in this installation only",
    "auth_group": "not used; made by migrate",
    "auth_group_permissions": "not used; made by migrate",
    "auth_permission": "made by migrate",
    "backup_backup": "backups of this installation",
    "cache": "copies of what is computed",
    "django_content_type": "made by migrate",
    "django_migrations": "made by migrate; the manifest names the migrations",
    "django_session": "who is signed in at present",
    "exports_export": "files that were taken out, kept for days",
    "jobs_hold": "what is held back in this installation",
    "lib_namedanswer": "answers to requests of programs, kept for a day",
    "lib_pace": "counts of requests within a minute",
}
# Of what is left out, what an installation brings along.
MADE_BY_MIGRATE = {
    "auth_group",
    "auth_group_permissions",
    "auth_permission",
    "django_content_type",
    "django_migrations",
}
# In only where secrets are asked for: worth something beside the same secret key alone.
SECRET = {
    "accounts_apitoken": "keys of programs, as fingerprints",
    "mfa_authenticator": "second steps of people, sealed",
    "webhooks_endpoint": "secrets to sign with, sealed; two installations would tell of the same",
    "webhooks_message": "what endpoints are told",
    "webhooks_delivery": "what endpoints are told",
    "webhooks_attempt": "what endpoints answered",
}
# Seeded by migrate, or scheduled by the product itself: they may have rows in an installation that
# counts as empty.
SEEDED = {
    "accounts_purpose",
    "jobs_job",
    "scoring_criterion",
    "scoring_matrix",
    "scoring_matrixversion",
    "scoring_versioncriterion",
}
# Work under way does not go on elsewhere; a password that nobody knows lets nobody in.
_ENDED = "CASE WHEN status IN ('waiting', 'sent', 'running') THEN 'cancelled' ELSE status END"
TOLD_AS = {
    ("jobs_job", "status"): _ENDED,
    ("jobs_job", "lease"): "NULL::uuid",
    ("jobs_job", "lease_until"): "NULL::timestamptz",
}
# A connected system is asked by one installation, not by two.
WITHOUT_SECRETS = {
    ("accounts_user", "password"): "'!'",
    ("accounts_connection", "secret"): "''",
    ("accounts_connection", "is_active"): "false",
}


@dataclass(frozen=True)
class Table:
    """``columns``: name -> type, in their order, without those that the database computes.
    ``order``: names of the columns of the primary key, or of all where there is none."""

    name: str  # with its schema, where that is not "public"
    columns: dict[str, str]
    order: tuple[str, ...]

    @property
    def quoted(self) -> str:
        return ".".join(f'"{part}"' for part in self.name.split("."))

    @property
    def file(self) -> str:
        return f"tables/{self.name}.csv"

    def query(self, secrets: bool) -> str:
        """All rows, in an order that is the same in every installation."""
        told = TOLD_AS if secrets else TOLD_AS | WITHOUT_SECRETS
        columns = ", ".join(
            f'{told[self.name, name]} AS "{name}"' if (self.name, name) in told else f'"{name}"'
            for name in self.columns
        )
        order = ", ".join(f'"{name}"' for name in self.order)
        return f"SELECT {columns} FROM {self.quoted} ORDER BY {order}"


_TABLES = """
SELECT c.oid, n.nspname, c.relname
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
 WHERE n.nspname IN ('public', 'runs') AND c.relkind IN ('r', 'p') AND NOT c.relispartition
 ORDER BY n.nspname, c.relname
"""
_COLUMNS = """
SELECT attrelid, attname, format_type(atttypid, atttypmod)
  FROM pg_attribute
 WHERE attrelid = ANY(%s) AND attnum > 0 AND NOT attisdropped AND attgenerated = ''
 ORDER BY attrelid, attnum
"""
_KEYS = """
SELECT i.indrelid, array_agg(a.attname::text ORDER BY array_position(i.indkey::int2[], a.attnum))
  FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY(i.indkey)
 WHERE i.indisprimary AND i.indrelid = ANY(%s)
 GROUP BY i.indrelid
"""
_REFERENCES = """
SELECT conrelid, confrelid FROM pg_constraint
 WHERE contype = 'f' AND conrelid = ANY(%s) AND confrelid = ANY(%s) AND conrelid <> confrelid
"""


def all_tables() -> list[str]:
    """Names of all tables of the database."""
    with connection.cursor() as cursor:
        cursor.execute(_TABLES)
        return [_name(schema, table) for _oid, schema, table in cursor.fetchall()]


def _name(schema: str, table: str) -> str:
    return table if schema == "public" else f"{schema}.{table}"


def tables(secrets: bool = False) -> list[Table]:
    """What is taken, a table behind those that it refers to (as far as there is such an order)."""
    left_out = set(LEFT_OUT) | (set() if secrets else set(SECRET))
    with connection.cursor() as cursor:
        cursor.execute(_TABLES)
        names = {oid: _name(schema, table) for oid, schema, table in cursor.fetchall()}
        names = {oid: name for oid, name in names.items() if name not in left_out}
        oids = list(names)
        columns: dict[int, dict[str, str]] = {oid: {} for oid in oids}
        cursor.execute(_COLUMNS, [oids])
        for oid, column, type_ in cursor.fetchall():
            columns[oid][column] = type_
        cursor.execute(_KEYS, [oids])
        keys = dict(cursor.fetchall())
        cursor.execute(_REFERENCES, [oids, oids])
        needs: dict[int, set[int]] = {oid: set() for oid in oids}
        for oid, other in cursor.fetchall():
            needs[oid].add(other)
    return [
        Table(names[oid], columns[oid], tuple(keys.get(oid) or columns[oid]))
        for oid in _in_order(oids, needs)
    ]


def _in_order(oids: list[int], needs: dict[int, set[int]]) -> list[int]:
    """Those first that need nothing that is still to come; a circle is cut at its first one."""
    waiting, ordered = list(oids), []
    while waiting:
        free = [oid for oid in waiting if not needs[oid] & (set(waiting) - {oid})]
        ordered += free or waiting[:1]
        waiting = [oid for oid in waiting if oid not in ordered]
    return ordered


def sequences(taken: list[Table]) -> dict[str, list]:
    """Table -> [last number given out, whether it was], for those whose ids count up."""
    found = {}
    with connection.cursor() as cursor:
        for table in taken:
            if "id" not in table.columns:
                continue
            cursor.execute("SELECT pg_get_serial_sequence(%s, 'id')", [table.quoted])
            (sequence,) = cursor.fetchone()
            if sequence:
                cursor.execute(f"SELECT last_value, is_called FROM {sequence}")
                found[table.name] = list(cursor.fetchone())
    return found


def file_columns(taken: list[Table]) -> list[tuple[Table, str]]:
    """(table, column) that names a kept file."""
    by_name = {table.name: table for table in taken}
    return [
        (by_name[model._meta.db_table], field.column)
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if isinstance(field, FileField) and model._meta.db_table in by_name
    ]


def migrations() -> dict[str, list[str]]:
    """App -> names of the migrations that this database has been through."""
    found: dict[str, list[str]] = {}
    with connection.cursor() as cursor:
        cursor.execute("SELECT app, name FROM django_migrations ORDER BY app, name")
        for app, name in cursor.fetchall():
            found.setdefault(app, []).append(name)
    return found
