"""Questions to the portfolio at 100,000 clients and 10,000,000 lines: the pages as a manager's
browser gets them, and all charts' figures in one process.  KAM_BENCH_BOARDS sets another number of
clients, with a hundred lines each.

The sums by client and month are read ahead by a job after an import and kept for every process;
what it takes whoever asks before that job is only told.
"""

from __future__ import annotations

import os

from tests.benchmarks import Reporter, seconds

CLIENTS = int(os.environ.get("KAM_BENCH_BOARDS", "100000"))
LINES = 100
PAGE_SECONDS, FIGURES_SECONDS = 0.300, 1.5
# Built reports: by what -> their choices.
# They read the ledger anew each time: what they take is told and not yet promised.
BUILT = {
    "client": "measures=revenue&measures=profit&measures=invoices&rows=client",
    "client and quarter": "measures=revenue&rows=client&split=quarter&chart=stacked",
    "KAM and month": "measures=revenue&rows=kam&split=month&chart=stacked",
}


def run(report: Reporter) -> None:
    import django

    from tests import servers  # noqa: F401 - starts the servers of this run

    django.setup()
    from tests.benchmarks.bench_pages import Web, _manager, fill
    from tests.databases import Databases

    databases = Databases("bench_boards")
    databases.set_up()
    try:
        fill(CLIENTS, CLIENTS * LINES)
        _figures(report)
        _built(report)
        with Web() as web:
            web.sign_in(_manager())
            for name, query in BUILT.items():
                took, size = web.ask(f"/reports/built/new/?{query}")
                print(f"  built by {name}: {took * 1000:.0f} ms, {size / 1000:.1f} KB")
                report(f"built by {name}, page / 300 ms", took / PAGE_SECONDS, None)
            for name in ("retention", "dependence", "work", "openings"):
                took, size = web.ask(f"/portfolio/{name}/")
                print(f"  {name}: {took * 1000:.0f} ms, {size / 1000:.1f} KB")
                report(f"{name} page / 300 ms", took / PAGE_SECONDS, 1.0)
    finally:
        databases.tear_down()


def _built(report: Reporter) -> None:
    """Reports that somebody built, with all clients as rows, as the manager asks them."""
    from django.http import QueryDict

    from accounts.models import User
    from kam.lib.scoping import acting_as
    from reports.dashboards.built import built
    from reports.forms.built_reports import choices

    with acting_as(User.objects.filter(role="manager").first()):
        for name, query in BUILT.items():
            form = choices(QueryDict(query))
            assert form.is_valid(), form.errors
            took = seconds(lambda form=form: built(form.definition).page)
            print(f"  built by {name}: {took:.2f} s")
            report(f"built by {name} / 1.5 s", took / FIGURES_SECONDS, None)


def _figures(report: Reporter) -> None:
    """The answers to all questions, as the manager asks them."""
    from accounts.models import User
    from kam.lib.scoping import acting_as, acting_system
    from reports.dashboards.asking import asked_of
    from reports.dashboards.boards import QUESTIONS, Board
    from reports.inputs import kept
    from reports.services.ledger import read_ahead
    from scoring.selectors.matrices import main_run

    manager = User.objects.filter(role="manager").first()
    with acting_as(manager):
        run = main_run()
        asked = asked_of({}, run)

        def answer() -> None:
            board = Board(asked, run)
            for question in QUESTIONS.values():
                question(board)

        cold = seconds(answer, repeats=1)
        with acting_system("benchmark"):
            read_ahead()
        kept._kept = kept.Kept()  # as in a process that has just started
        ahead = seconds(answer, repeats=1)
        for key, question in QUESTIONS.items():
            took = seconds(lambda question=question: question(Board(asked, run)), repeats=2)
            print(f"  {key}: {took * 1000:.0f} ms")
        warm = seconds(answer)
    print(
        f"  all figures: {warm:.2f} s, first in a process {ahead:.2f} s, before the job {cold:.2f} s"
    )
    report("all figures / 1.5 s", warm / FIGURES_SECONDS, 1.0)
    report("all figures, read ahead by the job / 1.5 s", ahead / FIGURES_SECONDS, 1.0)
    report("all figures, before the job / 1.5 s", cold / FIGURES_SECONDS, None)
