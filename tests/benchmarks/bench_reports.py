"""Monthly reports for 100 KAMs, made and written as PDF by two processes, as two workers do, at
5,000 clients and 1,000,000 lines.  KAM_BENCH_REPORTS sets another number of clients.

Mail is not sent: what a mail server takes is its own affair.
"""

from __future__ import annotations

import datetime as dt
import os
import statistics
import subprocess
import sys
from time import perf_counter

from tests.benchmarks import Reporter

CLIENTS = int(os.environ.get("KAM_BENCH_REPORTS", "5000"))
LINES, KAMS, PROCESSES = 200, 100, 2
ALL_SECONDS, PDF_SECONDS, FILES = 180, 1.0, 10
# One of the two processes: makes the reports of its people.
MAKER = "from tests.benchmarks.bench_reports import make_of; make_of({}, {!r})"


def run(report: Reporter) -> None:
    import django

    from tests import servers  # noqa: F401 - starts the servers of this run

    django.setup()
    from tests.benchmarks.bench_pages import fill
    from tests.databases import Databases

    databases = Databases("bench_reports")
    databases.set_up()
    try:
        fill(CLIENTS, CLIENTS * LINES)
        people = _kams()
        month = _last_month()
        begin = perf_counter()
        makers = [
            subprocess.Popen(
                [sys.executable, "-c", MAKER.format(people[part::PROCESSES], month.isoformat())]
            )
            for part in range(PROCESSES)
        ]
        if any(maker.wait() for maker in makers):
            raise RuntimeError("reports were not made")
        took = perf_counter() - begin
        print(f"  {len(people)} reports: {took:.0f} s")
        report(f"{KAMS} monthly reports / {ALL_SECONDS} s", took / ALL_SECONDS, 1.0)
        took = _written()
        print(f"  a PDF: {took * 1000:.0f} ms, {FILES} of them")
        report(f"a PDF / {PDF_SECONDS:.0f} s", took / PDF_SECONDS, 1.0)
    finally:
        databases.tear_down()


def _last_month() -> dt.date:
    """Its first day."""
    from kam.lib.periods import today

    return (today().replace(day=1) - dt.timedelta(days=1)).replace(day=1)


def _kams() -> list[int]:
    """A hundred KAMs of the manager's team, among whom all clients are shared out."""
    from django.db.models import F
    from django.db.models.functions import Mod

    from accounts.models import Client, User
    from kam.lib.scoping import acting_system

    team = User.objects.filter(role="manager").first().team
    made = [
        User.objects.create_user(f"bench{number}@example.com", None, role="kam", team=team)
        for number in range(KAMS)
    ]
    with acting_system("benchmark"):
        for number, person in enumerate(made):
            mine = Client.objects.annotate(turn=Mod(F("pk"), KAMS)).filter(turn=number)
            Client.objects.filter(pk__in=mine.values("pk")).update(owner=person, team=team)
    return [person.pk for person in made]


def make_of(people: list[int], starts: str) -> None:
    """The reports of that month for these people, one after another."""
    import django

    django.setup()
    from accounts.models import User
    from kam.lib.periods import add_months
    from reports.figures.calendar import Period
    from reports.services.making import make

    first = dt.date.fromisoformat(starts)
    period = Period(first, add_months(first, 1) - dt.timedelta(days=1))
    for person in User.objects.filter(pk__in=people):
        make(person, "kam", "month", period)


def _written() -> float:
    """Median seconds of a PDF over several reports."""
    from kam.lib.scoping import acting_system
    from reports.files import FILES as WRITERS
    from reports.models import Report

    write, _kind = WRITERS["pdf"]
    times = []
    with acting_system("benchmark"):
        for row in Report.objects.order_by("pk")[:FILES]:
            begin = perf_counter()
            write(row)
            times.append(perf_counter() - begin)
    return statistics.median(times)
