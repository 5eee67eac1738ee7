"""A moved weight on the workbench at 100,000 clients: from the question to the whole answer,
through the view, against the 150 ms that a hand on a slider may wait.  KAM_BENCH_WHATIF sets
another number of clients.

The median of questions that all differ; the first one, which reads the run's columns, is told.
"""

from __future__ import annotations

import os
import statistics
from time import perf_counter

from tests.benchmarks import Reporter

CLIENTS = int(os.environ.get("KAM_BENCH_WHATIF", "100000"))
MOST = 0.150
QUESTIONS = 30
WEIGHTS = {"profit": 30, "average_invoice": 25, "tenure": 20, "potential": 15, "solvency": 10}
_VALUES = {
    "profit": lambda random, n: random.lognormal(12, 1.5, n),
    "average_invoice": lambda random, n: random.lognormal(8, 1.2, n),
    "tenure": lambda random, n: random.uniform(0, 150, n),
    "growth": lambda random, n: random.uniform(-80, 120, n),
    "overdue_share": lambda random, n: random.uniform(0, 100, n),
}


def run(report: Reporter) -> None:
    import django

    from tests import servers  # noqa: F401 - starts the servers of this run

    django.setup()
    from tests.databases import Databases

    databases = Databases("bench_whatif")
    databases.set_up()
    try:
        matrix = _prepare()
        first, times, size = _ask(matrix)
        took = statistics.median(times)
        worst = max(times)
        print(
            f"  {CLIENTS:,} clients: {took * 1000:.0f} ms, slowest of {QUESTIONS} "
            f"{worst * 1000:.0f} ms, first {first * 1000:.0f} ms, {size / 1000:.0f} KB"
        )
        report(f"what-if through the view / {MOST * 1000:.0f} ms", took / MOST, 1.0)
    finally:
        databases.tear_down()


def _prepare():
    """Clients with names, and a published ranking of them by five criteria."""
    import datetime as dt
    from decimal import Decimal

    import numpy as np

    from accounts.measures.compute import Columns
    from accounts.models import Client
    from kam.lib.scoping import acting_system
    from scoring import inputs
    from scoring.models import Criterion, Matrix
    from scoring.services.ranking import run_ranking
    from scoring.services.versions import Choice, activate, draft_of, save_draft

    with acting_system("benchmark"):
        for start in range(0, CLIENTS, 5_000):
            Client.objects.bulk_create(
                Client(name=f"Client {number}")
                for number in range(start, min(start + 5_000, CLIENTS))
            )
        ids = np.array(sorted(Client.objects.order_by().values_list("pk", flat=True)))
        random = np.random.default_rng(7)
        values = {key: make(random, len(ids)) for key, make in _VALUES.items()}

        def compute(keys, as_of):
            return Columns(ids, {key: values[key] for key in keys})

        inputs.compute = compute
        matrix = Matrix.objects.get(is_main=True)
        by_key = Criterion.objects.in_bulk(field_name="key")
        draft = save_draft(
            draft_of(matrix, None),
            [
                Choice(by_key[key], Decimal(weight), rated_by_people=False, people_share=Decimal(0))
                for key, weight in WEIGHTS.items()
            ],
            selection="top_n",
            selection_value=200,
            min_coverage=0.6,
        )
        activate(draft, "benchmark")
        run_ranking(draft, dt.date(2024, 6, 30))
    return matrix


def _ask(matrix) -> tuple[float, list[float], int]:
    from django.test import Client as Browser
    from django.urls import reverse

    from accounts.models import User

    manager = User.objects.create_user(
        "manager@example.test", None, name="Manager", role="manager", language="ru"
    )
    browser = Browser(SERVER_NAME="localhost")
    browser.force_login(manager)
    address = reverse("matrix_workbench", args=[matrix.pk])
    times, size = [], 0
    for number in range(QUESTIONS + 1):
        weights = {f"w.{key}": weight for key, weight in WEIGHTS.items()}
        weights |= {"w.profit": 30 - number % 25, "w.tenure": 20 + number % 25, "w.solvency": 10}
        weights["w.potential"] = 15 + number / 100
        begin = perf_counter()
        answer = browser.get(address, weights, headers={"HX-Request": "true"})
        times.append(perf_counter() - begin)
        assert answer.status_code == 200
        assert b"data-part" in answer.content
        size = len(answer.content)
    return times[0], times[1:], size
