"""A company of 5,000 clients and 1,000,000 lines at work: 30 requests a second for ten minutes on two
cores, with rankings, reports and exports beside them; then what the access rule costs, and how long
a restore takes.  KAM_BENCH_LOAD sets other seconds, KAM_BENCH_LOAD_CLIENTS other clients, with
two hundred lines each.

Web, worker, dispatcher and beat run as one command starts them, against servers that keep what
they were told.  Requests leave at fixed times in a process of their own, which takes its share of
the same cores; seconds count from when a request was due.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

from kam.embedded import PROJECT
from tests.benchmarks import Reporter
from tests.benchmarks.load.company import SERVERS, Installation, Watch, installation

SECONDS = int(os.environ.get("KAM_BENCH_LOAD", "600"))
CLIENTS = int(os.environ.get("KAM_BENCH_LOAD_CLIENTS", "5000"))
LINES = 200
RATE, P95_SECONDS, FLAT = 30, 0.500, 0.10
RULE_MILLISECONDS, RESTORE_SECONDS = 50, 300
# One after the other, a job that somebody asks for beside the requests.
JOBS_EVERY = 60


def run(report: Reporter) -> None:
    with installation("load") as product:
        product.start()
        size = (f"--clients={CLIENTS}", f"--lines={CLIENTS * LINES}", "--months=24")
        product.manage("demo_data", *size)
        product.manage("rank")
        people = product.module("tests.benchmarks.load.people")
        _load(report, product, people)
        _rule(report, product)
        _restore(report, product)


# --- Requests ----------------------------------------------------------------------------------


def _load(report: Reporter, product: Installation, people: dict[str, Any]) -> None:
    runs, made = f"/api/v1/matrices/{people['matrix']}/runs/", people["schedules"]
    orders = [
        (second, runs if number % 2 == 0 or not made
         else f"/api/v1/report-schedules/{made[number // 2 % len(made)]}/run/")
        for number, second in enumerate(range(min(30, SECONDS // 4), SECONDS - 20, JOBS_EVERY))
    ]  # fmt: skip
    plan = {
        "port": product.port, "seconds": SECONDS, "rate": RATE, "orders": orders,
        **{name: people[name] for name in ("people", "password", "key")},
    }  # fmt: skip
    used = product.processor()
    with Watch(product, every=max(1.0, SECONDS / 120)) as watch:
        found = _visited(plan)
    _answers(report, found)
    cores = os.cpu_count() or 1
    for name, seconds in product.processor().items():
        print(
            f"  {name}: {(seconds - used.get(name, 0)) / found['seconds'] / cores:.1%} of the cores"
        )
    early = watch.between(0.18 * SECONDS, 0.22 * SECONDS)
    late = watch.between(0.95 * SECONDS, SECONDS + 60)
    for name in late:
        print(f"  {name}: {early.get(name, 0):.0f} MB early, {late[name]:.0f} MB at the end")
    # What PostgreSQL holds is its share of what it was given at the start, filled bit by bit.
    change = _total(late) / _total(early) - 1
    print(f"  memory: {change:+.1%}")
    report("load: change of memory / 10 %", abs(change) / FLAT, 1.0)
    jobs = product.rows("SELECT kind, status, count(*) FROM jobs_job GROUP BY 1, 2 ORDER BY 1, 2")
    print("  jobs: " + ", ".join(f"{kind} {count} {status}" for kind, status, count in jobs))
    report("load: jobs that failed", sum(n for _k, status, n in jobs if status == "failed"), 0)


def _total(memory: dict[str, float]) -> float:
    return sum(megabytes for name, megabytes in memory.items() if name not in SERVERS)


def _visited(plan: dict[str, Any]) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks.load.visitors"],
        cwd=PROJECT,
        input=json.dumps(plan),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(done.stderr[-3000:])
    return json.loads(done.stdout)


def _answers(report: Reporter, found: dict[str, Any]) -> None:
    kinds: dict[str, list[float]] = defaultdict(list)
    sizes: Counter[str] = Counter()
    statuses: Counter[int] = Counter()
    for kind, _due, seconds, status, size in found["asked"]:
        kinds[kind].append(seconds)
        sizes[kind] += size
        statuses[status] += 1
    for kind, times in sorted(kinds.items(), key=lambda each: -sum(each[1])):
        told = " / ".join(f"{1000 * _share(times, part):.0f}" for part in (0.5, 0.95, 1.0))
        print(f"  {kind}: {len(times)}, {told} ms, {sizes[kind] / len(times) / 1000:.0f} KB")
    every = [seconds for times in kinds.values() for seconds in times]
    cores = os.cpu_count() or 1
    print(
        f"  {len(every)} requests at {len(every) / found['seconds']:.1f} a second, "
        f"median {1000 * _share(every, 0.5):.0f} ms, p95 {1000 * _share(every, 0.95):.0f} ms, "
        f"p99 {1000 * _share(every, 0.99):.0f} ms, longest {max(every):.1f} s"
    )
    print(f"  the visitors took {found['processor'] / found['seconds'] / cores:.1%} of the cores")
    print(f"  statuses: {dict(sorted(statuses.items()))}")
    for wrong in found["wrong"]:
        print(f"  wrong: {wrong}")
    report(f"load: p95 at {RATE} a second / 500 ms", _share(every, 0.95) / P95_SECONDS, 1.0)
    faults = sum(count for status, count in statuses.items() if status >= 500 or status == 0)
    refused = sum(count for status, count in statuses.items() if 400 <= status < 500)
    report("load: answers of 5xx or none", faults, 0)
    report("load: answers of 4xx", refused, 0)


def _share(times: list[float], part: float) -> float:
    """The time within which that part of the requests was answered."""
    ordered = sorted(times)
    return ordered[min(len(ordered) - 1, int(part * len(ordered)))]


# --- The access rule ---------------------------------------------------------------------------


def _rule(report: Reporter, product: Installation) -> None:
    for name, took in product.module("tests.benchmarks.load.rule").items():
        told = ", ".join(f"{who} {milliseconds:.1f} ms" for who, milliseconds in took.items())
        print(f"  first page of {name}: {told}")
        for who in ("rule", "few"):
            more = max(0.0, took[who] - took["everybody"])
            report(f"{name}, {who}: the access rule / 50 ms", more / RULE_MILLISECONDS, 1.0)


# --- Restoring ---------------------------------------------------------------------------------


def _restore(report: Reporter, product: Installation) -> None:
    """The product's own commands; the second installation has never been started."""
    with tempfile.TemporaryDirectory(prefix="kam-load-") as folder, installation("again") as again:
        took = product.manage("backup", folder, "--no-check")
        (kept,) = Path(folder).iterdir()
        print(f"  backup: {took:.0f} s, {kept.stat().st_size / 2**20:.0f} MB")
        took = again.manage("restore", str(kept))
        print(f"  restore: {took:.0f} s")
        again.start()
        equal = _content(product) == _content(again)
        report("restore / 5 min", took / RESTORE_SECONDS, 1.0)
        report("restore: sums are equal", equal, 1, "higher")


def _content(product: Installation) -> list[tuple]:
    """Rows and a sum over every row of the ledger and the clients, asked of the database itself."""
    tables = ("client", "document", "line", "payment", "allocation", "interaction")
    return [
        row
        for table in tables
        for row in product.rows(
            f"SELECT '{table}', count(*), sum(hashtextextended(t::text, 0)::numeric)"
            f" FROM accounts_{table} t"
        )
    ]
