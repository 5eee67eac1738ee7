"""COPY from Python into tables, and temporary tables that live as long as the transaction."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice

from django.db import connection, models

from kam.lib.copy import raw_cursor

_LINES_AT_ONCE = 2_000


class _Stream:
    """Text lines as the file that COPY reads, made while it reads: memory stays flat."""

    def __init__(self, lines: Iterator[str]):
        self._lines = lines
        self._rest = b""

    def read(self, size: int = -1) -> bytes:
        while len(self._rest) < size or size < 0:
            piece = "".join(islice(self._lines, _LINES_AT_ONCE))
            if not piece:
                break
            self._rest += piece.encode()
        if size < 0:
            answer, self._rest = self._rest, b""
        else:
            answer, self._rest = self._rest[:size], self._rest[size:]
        return answer


def copy_lines(table: str, columns: Sequence[str], lines: Iterable[str]) -> None:
    """Append lines that are already in COPY's text format, each with its line feed."""
    with connection.cursor() as cursor:
        raw_cursor(cursor).copy_expert(
            f"COPY {table} ({', '.join(columns)}) FROM STDIN", _Stream(iter(lines)), 1 << 18
        )


def copy_rows(table: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Append rows of Python values; None is NULL."""
    copy_lines(table, columns, ("\t".join(map(_cell, row)) + "\n" for row in rows))


_ESCAPES = str.maketrans({"\\": r"\\", "\t": r"\t", "\n": r"\n", "\r": r"\r"})


def _cell(value: object) -> str:
    """A value as text COPY reads it; only text can hold what must be escaped."""
    if value is None:
        return r"\N"
    return value.translate(_ESCAPES) if isinstance(value, str) else str(value)


def stage(name: str, columns: Mapping[str, str], rows: Iterable[Sequence[object]]) -> None:
    """Make the temporary table ``name`` of ``columns`` (name -> type) and fill it by COPY."""
    definition = ", ".join(f"{column} {kind}" for column, kind in columns.items())
    run(f"DROP TABLE IF EXISTS {name}")
    run(f"CREATE TEMPORARY TABLE {name} ({definition}) ON COMMIT DROP")
    copy_rows(name, list(columns), rows)
    run(f"ANALYZE {name}")


def run(statement: str, parameters: Sequence[object] | None = None) -> int:
    """Run one statement; how many rows it touched."""
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return cursor.rowcount


def fetch(statement: str, parameters: Sequence[object] | None = None) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return cursor.fetchall()


def new_ids(model: type[models.Model], count: int) -> list[int]:
    """``count`` ids of ``model`` that nobody else will get."""
    rows = fetch(
        "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)",
        [model._meta.db_table, count],
    )
    return [number for (number,) in rows]
