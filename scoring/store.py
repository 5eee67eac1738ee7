"""Ranking rows in and out of PostgreSQL: one partition of ``runs.ranking_row`` a run.

Rows are written by binary COPY into a table of their own, indexed, and attached complete; all in
the caller's transaction, so a run is there with all its rows or not at all.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from django.db import connection
from numpy.typing import NDArray

from kam.lib.copy import copy_in_binary, copy_out_binary

PARENT = "runs.ranking_row"
MOST_CRITERIA = 10
NOT_RATED, NOT_APPLICABLE, HUNDRED = 0, -1, 100

FACTS = {
    "client_id": "i8",
    "place": "i4",
    "rank": "i4",
    "previous_rank": "i4",
    "selected": "i2",
    "score": "f8",
    "coverage": "f8",
    "low": "f8",
    "high": "f8",
    "profit": "f8",
}


@dataclass(frozen=True, eq=False)
class Rows:
    """The rows of one run in the order of places; columns of equal length n.

    Everything as in :class:`scoring.models.RankingRow`; ``ratings`` int16 (n, criteria) in
    hundredths with 0 for not rated and -1 for not applicable, ``raw`` float64 (n, criteria).
    """

    client_id: NDArray[np.int64]
    place: NDArray[np.int32]
    rank: NDArray[np.int32]
    previous_rank: NDArray[np.int32]
    selected: NDArray[np.int16]
    score: NDArray[np.float64]
    coverage: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    profit: NDArray[np.float64]
    ratings: NDArray[np.int16]
    raw: NDArray[np.float64]

    def checksum(self) -> str:
        """SHA-256 over all that the run found: the same facts and rules give the same one."""
        digest = hashlib.sha256()
        for name in FACTS:
            if name != "previous_rank":
                digest.update(np.ascontiguousarray(getattr(self, name)).data)
        digest.update(np.ascontiguousarray(self.ratings).data)
        digest.update(np.ascontiguousarray(self.raw).data)
        return digest.hexdigest()


def partition(run_id: int) -> str:
    """The quoted name of a run's table."""
    return f"{PARENT}_{int(run_id)}"


def write(run_id: int, rows: Rows) -> None:
    """Create, fill, index and attach the partition of a run, inside the caller's transaction."""
    table = partition(run_id)
    with connection.cursor() as cursor:
        # The check tells ATTACH that no row needs to be looked at again.
        cursor.execute(
            f"CREATE TABLE {table} (LIKE {PARENT} INCLUDING DEFAULTS, "
            f"CONSTRAINT of_run CHECK (run_id = {int(run_id)}))"
        )
    length, criteria = rows.ratings.shape
    columns = [np.full(length, run_id, dtype=np.int64)]
    columns += [getattr(rows, name) for name in FACTS]
    for ratings, missing in ((rows.ratings, NOT_RATED), (rows.raw, np.nan)):
        columns += [ratings[:, j] for j in range(criteria)]
        columns += [np.full(length, missing, dtype=ratings.dtype)] * (MOST_CRITERIA - criteria)
    names = ["run_id", *FACTS, *_numbered("r"), *_numbered("x")]
    copy_in_binary(table, names, columns, freeze=True)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL maintenance_work_mem = '256MB'")  # sorts of indexes in memory
        _index(cursor, table)
        cursor.execute(f"ALTER TABLE {PARENT} ATTACH PARTITION {table} FOR VALUES IN ({run_id})")
        cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT of_run")
        cursor.execute(f"ANALYZE {table} (place, client_id, rank, selected, coverage)")


def _index(cursor, table: str) -> None:
    cursor.execute(f"CREATE UNIQUE INDEX ON {table} (place)")
    cursor.execute(f"CREATE UNIQUE INDEX ON {table} (client_id)")
    cursor.execute(f"CREATE INDEX ON {table} (place) WHERE selected = 1")


def make_part(run_id: int) -> None:
    """An empty partition for the rows of a run that come from another installation.  It belongs to
    whom the whole belongs to, whoever loads."""
    table = partition(run_id)
    with as_owner(), connection.cursor() as cursor:
        cursor.execute(f"CREATE TABLE {table} PARTITION OF {PARENT} FOR VALUES IN ({int(run_id)})")
        _index(cursor, table)


@contextmanager
def as_owner() -> Iterator[None]:
    """As the role that owns the rankings, which the owner of the database is a member of; in the
    caller's transaction."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relowner::regrole::text FROM pg_class WHERE oid = %s::regclass", [PARENT]
        )
        (owner,) = cursor.fetchone()
        cursor.execute(f"SET LOCAL ROLE {owner}")
        yield
        cursor.execute("RESET ROLE")


def ranks(run_id: int) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    """Clients of a run, ascending, and their ranks."""
    ids, found = copy_out_binary(f"SELECT client_id, rank FROM {partition(run_id)}", ["i8", "i4"])
    by_id = np.argsort(ids)
    return ids[by_id], found[by_id]


def selected(run_id: int) -> dict[int, int]:
    """Clients that a run selects -> their ranks."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT client_id, rank FROM {partition(run_id)} WHERE selected = 1")
        return dict(cursor.fetchall())


def ranks_of(run_id: int, clients: Sequence[int]) -> dict[int, int]:
    """These clients -> their ranks in a run; without those that have none."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT client_id, rank FROM {partition(run_id)} WHERE client_id = ANY(%s) AND rank > 0",
            [list(clients)],
        )
        return dict(cursor.fetchall())


def read(run_id: int, criteria: int) -> Rows:
    """All rows of a run in the order of places."""
    names = [*FACTS, *_numbered("r")[:criteria], *_numbered("x")[:criteria]]
    columns = copy_out_binary(
        f"SELECT {', '.join(names)} FROM {partition(run_id)} ORDER BY place",
        [*FACTS.values(), *["i2"] * criteria, *["f8"] * criteria],
    )
    facts = dict(zip(FACTS, columns, strict=False))
    rest = columns[len(FACTS) :]
    empty = np.empty((len(columns[0]), 0))
    return Rows(
        **facts,
        ratings=np.column_stack(rest[:criteria]) if criteria else empty.astype(np.int16),
        raw=np.column_stack(rest[criteria:]) if criteria else empty,
    )


@dataclass(frozen=True, eq=False)
class Loaded:
    """The columns of a run in memory, in the order of places; never to be written to.

    ids int64 (n,); ratings float64 (n, criteria), NaN where missing or not applicable;
    applicable bool (n, criteria); raw float64 (n, criteria), NaN = none; profit, score float64
    (n,), NaN = none; rank int32 (n,), 0 = not enough ratings; selected bool (n,).
    """

    ids: NDArray[np.int64]
    ratings: NDArray[np.float64]
    applicable: NDArray[np.bool_]
    raw: NDArray[np.float64]
    profit: NDArray[np.float64]
    score: NDArray[np.float64]
    rank: NDArray[np.int32]
    selected: NDArray[np.bool_]


def loaded(run_id: int, criteria: int) -> Loaded:
    """A run's columns, kept in process memory for the next request: a run never changes.

    What is in it names all clients: only for who reads all of them, or for the system.
    """
    return _loaded(connection.settings_dict["NAME"], run_id, criteria)


@lru_cache(maxsize=3)
def _loaded(database: str, run_id: int, criteria: int) -> Loaded:
    rows = read(run_id, criteria)
    columns = Loaded(
        ids=rows.client_id,
        ratings=np.where(rows.ratings > NOT_RATED, rows.ratings / HUNDRED, np.nan),
        applicable=rows.ratings != NOT_APPLICABLE,
        raw=rows.raw,
        profit=rows.profit,
        score=rows.score,
        rank=rows.rank,
        selected=rows.selected == 1,
    )
    for column in vars(columns).values():
        column.setflags(write=False)
    return columns


def drop(run_id: int) -> None:
    """Let go of the rows of a run, in the caller's transaction; not of one that is shown."""
    table = partition(run_id)
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {PARENT} DETACH PARTITION {table}")
        cursor.execute(f"DROP TABLE {table}")


def show(run_id: int) -> None:
    """Let ``runs.client_place`` show this run: from the commit on, everywhere at once."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            CREATE OR REPLACE VIEW runs.client_place AS
            SELECT client_id, run_id, nullif(rank, 0) AS rank,
                   nullif(previous_rank, 0) AS previous_rank,
                   nullif(score, 'NaN'::float8) AS score, coverage, selected = 1 AS selected
            FROM {partition(run_id)}
            """
        )


def _numbered(letter: str) -> list[str]:
    return [f"{letter}{number}" for number in range(1, MOST_CRITERIA + 1)]
