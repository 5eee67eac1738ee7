"""COPY from Python into tables, and temporary tables that live as long as the transaction."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice

from django.db import connection, models

from kam.lib.copy import raw_cursor

_ROWS_AT_ONCE = 1_000
_BYTES_AT_ONCE = 1 << 18
_ESCAPES = str.maketrans({"\\": r"\\", "\t": r"\t", "\n": r"\n", "\r": r"\r"})
_ESCAPED = tuple(map(chr, _ESCAPES))


class _Stream:
    """Texts as the file that COPY reads, made while it reads: memory stays flat."""

    def __init__(self, texts: Iterator[str]):
        self._texts = texts
        self._rest = b""

    def read(self, size: int = _BYTES_AT_ONCE) -> bytes:
        pieces: list[str] = []
        missing = size - len(self._rest)
        for text in self._texts if missing > 0 else ():
            pieces.append(text)
            missing -= len(text)
            if missing <= 0:
                break
        ready = self._rest + "".join(pieces).encode()
        self._rest = ready[size:]
        return ready[:size]


def copy_lines(table: str, columns: Sequence[str], texts: Iterable[str]) -> None:
    """Append texts of whole lines in COPY's own format, each line with its line feed."""
    with connection.cursor() as cursor:
        raw_cursor(cursor).copy_expert(
            f"COPY {table} ({', '.join(columns)}) FROM STDIN", _Stream(iter(texts)), _BYTES_AT_ONCE
        )


def copy_rows(table: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Append rows of Python values; None is NULL."""
    copy_lines(table, columns, _lines(iter(rows)))


def _lines(rows: Iterator[Sequence[object]]) -> Iterator[str]:
    """Column by column, because the values of one column are spelled alike."""
    while some := list(islice(rows, _ROWS_AT_ONCE)):
        columns = map(_spelled, zip(*some, strict=True))
        yield "\n".join(map("\t".join, zip(*columns, strict=True))) + "\n"


def _spelled(values: Sequence[object]) -> Sequence[str]:
    """Values as COPY reads them; only texts can hold what must be escaped."""
    kinds = set(map(type, values))
    if kinds == {str}:
        joined = "".join(values)  # type: ignore[arg-type]
        if not any(sign in joined for sign in _ESCAPED):
            return values  # type: ignore[return-value]
    if str not in kinds and type(None) not in kinds:
        return [*map(str, values)]
    return [
        r"\N"
        if value is None
        else value.translate(_ESCAPES)
        if isinstance(value, str)
        else str(value)
        for value in values
    ]


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
