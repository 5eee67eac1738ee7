"""manage.py demo_data against its limit: a million clients with ten million lines in ten minutes.

The whole command counts: facts, indexes, allocation of payments, ratings.  25,000 clients, and
the time of the limit in proportion; KAM_BENCH_CLIENTS sets another number, 1000000 the full size.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from time import perf_counter, sleep

from tests.benchmarks import Reporter

CLIENTS = int(os.environ.get("KAM_BENCH_CLIENTS", "25000"))
LINES_PER_CLIENT = 10
MONTHS = 24
LIMIT_SECONDS_PER_CLIENT = 600 / 1_000_000
LIMIT_MEMORY = 2**30
AUTOVACUUM_SECONDS = 120
# Runs a command and prints its peak memory.  Of its own: a process begins with the peak of the one
# that started it, and other benchmarks may have made this one large.
_WATCH = """
import resource, subprocess, sys
subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""
PROJECT = Path(__file__).resolve().parents[2]


def run(report: Reporter) -> None:
    import django

    from tests import servers  # noqa: F401 - starts the servers of this run

    django.setup()
    from tests.databases import Databases

    databases = Databases("bench_demo")
    databases.set_up()
    try:
        took, memory, lines = _demo_data()
    finally:
        _tear_down(databases)
    print(f"  {CLIENTS:,} clients, {lines:,} lines: {took:.1f} s, {memory / 2**20:.0f} MB")
    report("demo data / its share of ten minutes", took / (CLIENTS * LIMIT_SECONDS_PER_CLIENT), 1.0)
    report("demo data: memory / 1 GB", memory / LIMIT_MEMORY, 1.0)


def _tear_down(databases) -> None:
    """Drop the database; autovacuum may still be at work on its new tables, and its processes
    are not the owner's to end."""
    import psycopg2

    for _ in range(AUTOVACUUM_SECONDS):
        try:
            return databases.tear_down()
        except psycopg2.errors.InsufficientPrivilege:
            sleep(1)
    databases.tear_down()


def _demo_data() -> tuple[float, int, int]:
    """Seconds and peak memory of the command, and the document lines it made."""
    from django.db import connection

    begin = perf_counter()
    size = (f"--clients={CLIENTS}", f"--lines={CLIENTS * LINES_PER_CLIENT}", f"--months={MONTHS}")
    told = subprocess.run(
        [sys.executable, "-c", _WATCH, sys.executable, "manage.py", "demo_data", *size],
        cwd=PROJECT,
        check=True,
        capture_output=True,
        text=True,
    )
    took = perf_counter() - begin
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM accounts_line")
        (lines,) = cursor.fetchone()
    return took, int(told.stdout) * 1024, lines
