"""A long list of clients, and a whole company, as files: seconds, and megabytes of each process.

1,000,000 clients with an invoice each; KAM_BENCH_EXPORT sets another number.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys

from django.db import connection

from tests.benchmarks import Reporter
from tests.benchmarks.bench_import import MEGABYTES

CLIENTS = int(os.environ.get("KAM_BENCH_EXPORT", "1000000"))
_CLIENTS = """
INSERT INTO accounts_client (name, kind, legal_name, inn, kpp, segment, country, region, city,
                             lifecycle, version, created_at)
SELECT 'Client ' || n, 'organisation', 'Client ' || n || ' Ltd', lpad(n::text, 10, '7'), '',
       'Segment ' || n %% 9, 'RU', 'Region ' || n %% 80, 'City ' || n %% 300, 'active', 1, now()
  FROM generate_series(1, %s) n
"""
_DOCUMENTS = """
INSERT INTO accounts_document (client_id, source, type, number, year, date, manager, agreement,
                               currency, rate, net, vat, gross, discount, cost, costed_net, paid,
                               version, known_from, fingerprint)
SELECT id, 'default', 'invoice', id, extract(year FROM current_date - 30), current_date - 30, '',
       '', 'RUB', 1, id % 1000 + 0.5, 0, id % 1000 + 0.5, 0, 0, 0, 0, 1, now(), ''
  FROM accounts_client
"""
_EXPORT = """
import json, re, sys, tempfile
from pathlib import Path
from time import perf_counter
import django
django.setup()
from django.http import QueryDict
from django.utils.translation import override
from kam.exports.registry import lists
from kam.exports.services import one_moment
from kam.exports.writing import write
from kam.lib.scoping import acting_system
def peak():
    return int(re.search(r"VmHWM:\\s+(\\d+)", open("/proc/self/status").read())[1]) / 1024
with acting_system("benchmark"), override("en"), tempfile.TemporaryDirectory() as folder:
    path, found = Path(folder) / "export", lists()[sys.argv[1]]
    start = perf_counter()
    with one_moment():
        if found.write:
            rows = found.write(path, lambda done, total: None)
        else:
            rows = write(found.build(QueryDict(""), 0), sys.argv[2], path, "en")
    print(json.dumps({"seconds": perf_counter() - start, "megabytes": peak(), "rows": rows}))
"""


def run(report: Reporter) -> None:
    import django

    from tests import servers  # noqa: F401 - starts the servers of this run

    django.setup()
    from tests.databases import Databases

    databases = Databases("bench")
    databases.set_up()
    try:
        with connection.cursor() as cursor:
            cursor.execute("SET statement_timeout = 0")
            cursor.execute(_CLIENTS, [CLIENTS])
            cursor.execute(_DOCUMENTS)
        for name, format in (("clients", "csv"), ("clients", "xlsx"), ("company", "zip")):
            _measure(report, name, format)
    finally:
        databases.tear_down()


def _measure(report: Reporter, name: str, format: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", _EXPORT, name, format],
        env=os.environ | {"STATEMENT_TIMEOUT_MS": "0"},
        capture_output=True,
        text=True,
        check=True,
    )
    found = json.loads(done.stdout.splitlines()[-1])
    assert found["rows"] >= CLIENTS
    report(f"{name} as {format}, {CLIENTS:,} rows: seconds", found["seconds"], None)
    report(f"{name} as {format}, {CLIENTS:,} rows: megabytes", found["megabytes"], MEGABYTES)
