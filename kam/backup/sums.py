"""Rows and a sum over the content of every table: equal sums, equal data."""

from __future__ import annotations

from typing import NamedTuple

from psycopg2 import sql


class Sum(NamedTuple):
    """rows: how many.  content: 60 bits of each row's MD5, added up; the order plays no part."""

    rows: int
    content: str


# How a row is written as text must not depend on who asks.
_ALIKE = (
    "SET LOCAL DateStyle = 'ISO, YMD'; SET LOCAL TimeZone = 'UTC'; SET LOCAL IntervalStyle = "
    "'postgres'; SET LOCAL extra_float_digits = 1; SET LOCAL bytea_output = 'hex'; "
    "SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = 0"
)


def sums(connection) -> dict[str, Sum]:
    """Table -> its sum, as the connection's transaction sees them (psycopg2).

    Partitions are summed one by one, by the list of tables that the snapshot has: rows that were
    copied frozen into a partition made since would show through their parent.
    """
    with connection.cursor() as cursor:
        cursor.execute(_ALIKE)
        return {
            f"{schema}.{table}": _sum(cursor, schema, table) for schema, table in tables(cursor)
        }


def keep(connection) -> None:
    """Keep the tables of the snapshot from being dropped until the transaction ends."""
    with connection.cursor() as cursor:
        for schema, table in tables(cursor):
            cursor.execute(
                sql.SQL("LOCK TABLE {} IN ACCESS SHARE MODE").format(sql.Identifier(schema, table))
            )


def tables(cursor) -> list[tuple[str, str]]:
    """(schema, name) of every table that holds rows."""
    cursor.execute(
        """
        SELECT n.nspname, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
         WHERE c.relkind = 'r' AND n.nspname NOT LIKE 'pg\\_%'
           AND n.nspname <> 'information_schema'
         ORDER BY 1, 2
        """
    )
    return cursor.fetchall()


def _sum(cursor, schema: str, table: str) -> Sum:
    cursor.execute(
        sql.SQL(
            "SELECT count(*), coalesce(sum(('x' || left(md5(t::text), 15))::bit(60)::bigint), 0)::text"
            " FROM {} t"
        ).format(sql.Identifier(schema, table))
    )
    return Sum(*cursor.fetchone())


def rights(connection) -> dict[str, list[str]]:
    """Table -> who may do what with it, as PostgreSQL writes that.

    The trail is kept append-only by rights, so a restore that widens them is none.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT n.nspname || '.' || c.relname,
                   array(SELECT item::text FROM unnest(
                         coalesce(c.relacl, acldefault('r', c.relowner))) item ORDER BY 1)
              FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
             WHERE c.relkind IN ('r', 'p') AND n.nspname NOT LIKE 'pg\\_%'
               AND n.nspname <> 'information_schema'
            """
        )
        return dict(cursor.fetchall())


def widened(before: dict[str, list[str]], after: dict[str, list[str]]) -> list[str]:
    """Tables on which rights differ."""
    return [
        f"{name} has other rights" for name in sorted(before) if before[name] != after.get(name)
    ]


def differences(before: dict[str, Sum], after: dict[str, Sum]) -> list[str]:
    """In words of an operator: which tables differ, and how."""
    found = []
    for table in sorted(before | after):
        was, now = before.get(table), after.get(table)
        if now is None:
            found.append(f"{table} is missing")
        elif was is None:
            found.append(f"{table} was not there")
        elif was.rows != now.rows:
            found.append(f"{table} has {now.rows} rows instead of {was.rows}")
        elif was != now:
            found.append(f"{table} has other content")
    return found
