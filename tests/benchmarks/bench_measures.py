"""Ten measures of every client against one parallel GROUP BY over the same headers.

200,000 clients with ten documents each; KAM_BENCH_CLIENTS sets another number.  The rival sums
six columns of the same documents by client and leaves the result in the database.
"""

from __future__ import annotations

import datetime as dt
import os

from tests.benchmarks import Reporter, seconds

CLIENTS = int(os.environ.get("KAM_BENCH_CLIENTS", "200000"))
DOCUMENTS_PER_CLIENT = 10
AS_OF = dt.date(2025, 6, 30)
KEYS = (
    "revenue",
    "profit",
    "regular_profit",
    "average_invoice",
    "tenure",
    "invoices",
    "growth",
    "recency",
    "payment_delay",
    "overdue_share",
)

_CLIENTS = """
INSERT INTO accounts_client (kind, name, legal_name, inn, kpp, segment, country, region, city,
                             lifecycle, version, created_at)
SELECT 'organisation', 'Client ' || n, '', '', '', '', '', '', '', 'active', 1, now()
FROM generate_series(1, %(clients)s) n
"""
# Documents lie by date, as a ledger grows; most are paid, one in twenty is still open.
_DOCUMENTS = """
INSERT INTO accounts_document (client_id, source, type, number, year, date, due, manager,
    agreement, currency, rate, net, vat, gross, discount, cost, costed_net, paid, settled_on,
    settled_known, version, known_from, fingerprint)
SELECT c.first + (n::bigint * 7919) %% %(clients)s, 'default',
       CASE WHEN n %% 50 = 0 THEN 'credit_note' ELSE 'invoice' END, 'N' || n,
       extract(year FROM day), day, day + 30, '', '', 'RUB', 1,
       net, net * 0.2, net * 1.2, 0, net * 0.7, net,
       CASE WHEN n %% 20 = 0 THEN 0 ELSE net * 1.2 END,
       CASE WHEN n %% 20 = 0 THEN NULL ELSE day + n %% 60 END,
       CASE WHEN n %% 20 = 0 THEN NULL ELSE (day + n %% 60)::timestamptz END,
       1, day::timestamptz, ''
FROM (SELECT min(id) AS first FROM accounts_client) c,
     generate_series(1, %(documents)s) n,
     LATERAL (SELECT date '2022-07-01' + (n::bigint * 1095 / %(documents)s)::int AS day) d,
     LATERAL (SELECT round(((n %% 9973) + 1) * 1.37, 2)
                     * CASE WHEN n %% 50 = 0 THEN -1 ELSE 1 END AS net) v
"""
_RIVAL = """
CREATE TEMP TABLE rival (client_id, documents, net, cost, costed, first, last) ON COMMIT DROP AS
SELECT client_id, count(*), sum(net), sum(cost), sum(costed_net), min(date), max(date)
FROM accounts_document GROUP BY client_id
"""


def run(report: Reporter) -> None:
    import django

    from tests import servers  # noqa: F401 - starts the servers of this run

    django.setup()
    from tests.databases import Databases

    databases = Databases("bench")
    databases.set_up()
    try:
        _fill()
        rival = seconds(_group_by)
        took = seconds(_measures)
        print(f"  {CLIENTS:,} clients: one GROUP BY {rival:.2f} s, ten measures {took:.2f} s")
        report("ten measures of all clients / one parallel GROUP BY", took / rival, 3.0)
    finally:
        databases.tear_down()


def _fill() -> None:
    import psycopg2
    from django.db import connection, transaction

    size = {"clients": CLIENTS, "documents": CLIENTS * DOCUMENTS_PER_CLIENT}
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 0")
        cursor.execute(_CLIENTS, size)
        cursor.execute(_DOCUMENTS, size)
    # Statistics and hint bits, as autovacuum leaves them: the work of the owner of the tables.
    owner = psycopg2.connect(os.environ["DATABASE_OWNER_URL"])
    owner.autocommit = True
    with owner.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE accounts_client, accounts_document")
    owner.close()


def _group_by() -> None:
    from django.db import connection

    from accounts.measures.reading import heavy_statements

    with heavy_statements(), connection.cursor() as cursor:
        cursor.execute(_RIVAL)
        cursor.execute("DROP TABLE rival")


def _measures() -> None:
    from accounts.measures.compute import compute
    from kam.lib.scoping import acting_system

    with acting_system("benchmark"):
        columns = compute(KEYS, AS_OF)
    assert len(columns.ids) == CLIENTS
