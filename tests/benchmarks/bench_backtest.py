"""A backtest of four versions against six rivals at eight dates, with 2,000 resamples, from the
question to the stored answer, against the minute that a person may wait.

10,000 clients with 40 documents each over four years; KAM_BENCH_TRIED sets another number.
"""

from __future__ import annotations

import datetime as dt
import os
from decimal import Decimal
from time import perf_counter

from tests.benchmarks import Reporter

CLIENTS = int(os.environ.get("KAM_BENCH_TRIED", "10000"))
DOCUMENTS_PER_CLIENT = 40
LATEST = dt.date(2025, 12, 31)
LIMIT = 60.0  # seconds
VERSIONS = (
    {"profit": 45, "potential": 30, "values": 25},
    {"profit": 40, "average_invoice": 40, "tenure": 20},
    {"profit": 20, "potential": 20, "average_invoice": 20, "solvency": 20, "procurement": 20},
    {"tenure": 50, "values": 50},
)

_CLIENTS = """
INSERT INTO accounts_client (kind, name, legal_name, inn, kpp, segment, country, region, city,
                             lifecycle, version, created_at)
SELECT 'organisation', 'Client ' || n, '', '', '', 'S' || n %% 8, '', '', '', 'active', 1, now()
FROM generate_series(1, %(clients)s) n
"""
# Each client has a size and a rhythm of its own; documents lie by date, as a ledger grows.
_DOCUMENTS = """
INSERT INTO accounts_document (client_id, source, type, number, year, date, due, manager,
    agreement, currency, rate, net, vat, gross, discount, cost, costed_net, paid, settled_on,
    settled_known, version, known_from, fingerprint)
SELECT c.first + client, 'default', 'invoice', 'N' || n, extract(year FROM day), day, day + 30,
       '', '', 'RUB', 1, net, net * 0.2, net * 1.2, 0, net * 0.7, net, net * 1.2, day + n %% 60,
       (day + n %% 60)::timestamptz, 1, day::timestamptz, ''
FROM (SELECT min(id) AS first FROM accounts_client) c,
     generate_series(1, %(documents)s) n,
     LATERAL (SELECT (n::bigint * 7919) %% %(clients)s AS client) k,
     LATERAL (SELECT date '2022-01-01' + (n::bigint * 1460 / %(documents)s)::int AS day) d,
     LATERAL (SELECT round(((client * 37 %% 991 + 10) * (500 + n * 131 %% 1000) / 100.0)::numeric, 2)
              AS net) v
"""
_RATINGS = """
INSERT INTO scoring_rating (client_id, criterion_id, value, not_applicable, rater_name, source,
    date, reason, known_from)
SELECT c.id, k.id, 1 + (c.id * (k.id + 7)) %% 10, false, 'Sales', '', day, '', day::timestamptz
FROM accounts_client c, scoring_criterion k, (SELECT date '2022-06-01' AS day) d
WHERE k.rated_by_people
"""


def run(report: Reporter) -> None:
    import django

    from tests import servers  # noqa: F401 - starts the servers of this run

    django.setup()
    from tests.databases import Databases

    databases = Databases("bench_backtest")
    databases.set_up()
    try:
        row = _prepare()
        start = perf_counter()
        found = _answer(row)
        took = perf_counter() - start
        dates, resamples = len(found["origins"]), row.parameters["asked"]["resamples"]
        assert dates == 8, found["skipped"]
        assert {"random", "revenue", "profit", "rfm", "clv"} < set(found["contenders"])
        print(f"  {CLIENTS:,} clients, {dates} dates, {resamples:,} resamples: {took:.1f} s")
        report("backtest of 4 versions x 6 rivals x 8 dates / 60 s", took / LIMIT, 1.0)
    finally:
        databases.tear_down()


def _prepare():
    """Facts, four versions, and the question as it is written down."""
    import psycopg2
    from django.db import connection, transaction

    from kam.lib.scoping import acting_system
    from scoring.models import Criterion, Matrix
    from scoring.services.backtests import Asked, request_backtest
    from scoring.services.versions import Choice, activate, draft_of, save_draft

    size = {"clients": CLIENTS, "documents": CLIENTS * DOCUMENTS_PER_CLIENT}
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 0")
        for statement in (_CLIENTS, _DOCUMENTS, _RATINGS):
            cursor.execute(statement, size)
    owner = psycopg2.connect(os.environ["DATABASE_OWNER_URL"])
    owner.autocommit = True
    with owner.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE accounts_client, accounts_document, scoring_rating")
    owner.close()
    with acting_system("benchmark"):
        matrix = Matrix.objects.get(is_main=True)
        versions = []
        for weights in VERSIONS:
            choices = [
                Choice(Criterion.objects.get(key=key), Decimal(weight))
                for key, weight in weights.items()
            ]
            draft = save_draft(
                draft_of(matrix, None),
                choices,
                selection="top_n",
                selection_value=200,
                min_coverage=0.5,
            )
            versions.append(activate(draft, "benchmark").pk)
        asked = Asked(tuple(versions), origins=8, step=3, horizon=12, latest=LATEST)
        return request_backtest(matrix, asked, None)


def _answer(row) -> dict:
    from kam.lib.scoping import acting_system
    from scoring.services.backtests import run_backtest

    with acting_system("benchmark"):
        return run_backtest(row).result
