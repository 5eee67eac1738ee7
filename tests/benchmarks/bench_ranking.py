"""From the measures of every client to the published ranking, against what nobody can spare:
reading those measures by binary COPY, writing the ranking's rows by binary COPY, and one sort.

1,000,000 clients and ten criteria; KAM_BENCH_RANKED sets another number.  Both sides read the
measures from one table; what computing them costs is told by bench_measures.
"""

from __future__ import annotations

import datetime as dt
import itertools
import os
from decimal import Decimal

import numpy as np

from tests.benchmarks import Reporter, seconds

CLIENTS = int(os.environ.get("KAM_BENCH_RANKED", "1000000"))
REPEATS = 2
# Criteria of the library by their measures; the two that people alone rate get relative rules.
MEASURES = {
    "profit": ("profit", None),
    "average_invoice": ("average_invoice", None),
    "tenure": ("tenure", None),
    "potential": ("growth", None),
    "product_fit": ("breadth", None),
    "procurement": ("payment_delay", None),
    "solvency": ("overdue_share", None),
    "partners": ("related_organisations", None),
    "values": ("volatility", {"kind": "decile_band", "direction": "cost"}),
    "geography": ("recency", {"kind": "percentile", "direction": "cost"}),
}
KEYS = sorted({measure for measure, _rule in MEASURES.values()})
# Heavy tails, shares and small counts, one in twenty missing.
_VALUES = """
CREATE UNLOGGED TABLE bench_measures AS
SELECT n::bigint AS id, {columns} FROM generate_series(1, {clients}) n
"""
_COLUMN = "CASE WHEN random() < 0.05 THEN 'NaN' ELSE {value} END::float8 AS {key}"
_SHAPES = {
    "profit": "exp(6 + 4 * random()) * 1000",
    "average_invoice": "exp(6 + 4 * random())",
    "tenure": "random() * 150",
    "growth": "random() * 200 - 80",
    "payment_delay": "floor(random() * 50)",
    "overdue_share": "random() * 100",
}
_days = itertools.count()


def run(report: Reporter) -> None:
    import django

    from tests import servers  # noqa: F401 - starts the servers of this run

    django.setup()
    from tests.databases import Databases

    databases = Databases("bench_ranking")
    databases.set_up()
    try:
        version, rows = _prepare()
        floor = seconds(lambda: _floor(rows), REPEATS)
        took = seconds(lambda: _rank(version), REPEATS)
        print(f"  {CLIENTS:,} clients: COPY out, COPY in, sort {floor:.2f} s; ranked {took:.2f} s")
        report("measures to published ranking / (COPY out + COPY in + sort)", took / floor, 3.0)
    finally:
        databases.tear_down()


def _prepare():
    """The table of measures, an active version of ten criteria, and rows of its ranking."""
    from django.db import connection, transaction

    from kam.lib.scoping import acting_system
    from scoring import inputs, store
    from scoring.models import Criterion, Matrix
    from scoring.services.versions import Choice, activate, draft_of, save_draft

    columns = ", ".join(
        _COLUMN.format(value=_SHAPES.get(key, "floor(random() * 10)"), key=key) for key in KEYS
    )
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 0")
        cursor.execute("CREATE SCHEMA bench")
        cursor.execute("SET LOCAL search_path = bench, public")
        cursor.execute(_VALUES.format(columns=columns, clients=CLIENTS))
    inputs.compute = _read_measures
    with acting_system("benchmark"):
        matrix = Matrix.objects.get(is_main=True)
        by_key = Criterion.objects.in_bulk(field_name="key")
        choices = [
            Choice(by_key[key], Decimal(1), measure=measure, rule=rule)
            if rule is None
            else Choice(
                by_key[key], Decimal(1), measure=measure, rule=rule,
                rated_by_people=False, people_share=Decimal(0),
            )
            for key, (measure, rule) in MEASURES.items()
        ]  # fmt: skip
        draft = save_draft(
            draft_of(matrix, None),
            choices,
            selection="top_n",
            selection_value=200,
            min_coverage=0.6,
        )
        activate(draft, "benchmark")
        first = _rank(draft)
    return draft, store.read(first.pk, len(choices))


def _read_measures(keys, as_of):
    from accounts.measures.compute import Columns
    from kam.lib.copy import copy_out_binary

    keys = list(keys)
    ids, *values = copy_out_binary(
        f"SELECT id, {', '.join(keys)} FROM bench.bench_measures", ["i8", *["f8"] * len(keys)]
    )
    return Columns(ids, dict(zip(keys, values, strict=True)))


def _rank(version):
    from kam.lib.scoping import acting_system
    from scoring.services.ranking import run_ranking

    day = dt.date(2024, 1, 1) + dt.timedelta(days=next(_days))
    with acting_system("benchmark"):
        found = run_ranking(version, day)
    assert found.clients == CLIENTS
    return found


def _floor(rows) -> None:
    """The same reading, the same rows into a bare table, and the scores in order."""
    from django.db import connection

    from accounts.measures.reading import heavy_statements
    from kam.lib.copy import copy_in_binary
    from scoring import store

    _read_measures(KEYS, None)
    with heavy_statements(), connection.cursor() as cursor:
        cursor.execute(f"CREATE TABLE bench.floor (LIKE {store.PARENT})")
        count = len(rows.client_id)
        columns = [np.full(count, 0, np.int64), *(getattr(rows, name) for name in store.FACTS)]
        columns += [rows.ratings[:, j] for j in range(10)] + [rows.raw[:, j] for j in range(10)]
        names = ["run_id", *store.FACTS, *(f"r{n}" for n in range(1, 11))]
        names += [f"x{n}" for n in range(1, 11)]
        copy_in_binary("bench.floor", names, columns)
        cursor.execute("DROP TABLE bench.floor")
    np.sort(rows.score)
