"""What the access rule costs: the first page of long lists for a KAM, whose rows the rule picks, and
for an administrator, who sees all.

    python -m tests.benchmarks.load.rule > found.json        in the environment of the product

The KAM's team has every client here, so both get the very same rows; and a KAM of 35 clients for whom
the rule leaves out nearly all is asked as well.
"""

from __future__ import annotations

import json
import statistics
import sys
from collections.abc import Callable
from time import perf_counter
from typing import Any

import django

REPEATS = 15
PAGE = 50


def measure() -> dict[str, Any]:
    """List -> milliseconds for everybody's rows and the same rows by the rule, and of few."""
    from accounts.models import Client, Document, Line, Team, User
    from accounts.selectors.facts import documents_as_of
    from kam.lib.periods import today
    from kam.lib.scoping import acting_as, acting_system

    day = today()
    lists: dict[str, Callable[[], list]] = {
        "clients": lambda: _ids(Client.objects.order_by("sort_name", "pk")),
        "documents": lambda: _ids(documents_as_of(day).order_by("-date", "-pk")),
        "invoices": lambda: _ids(
            Document.objects.filter(type="invoice", known_to=None).order_by("-date", "-pk")
        ),
        # There is no list of everybody's lines: they are read of a client or of a document.
        "lines of a client": lambda: _ids(
            Line.objects.filter(client=client).order_by("-date", "-pk")
        ),
    }
    admin = User.objects.filter(role="administrator").first()
    few = User.objects.get(email="kam0@example.org")
    many = User.objects.get(email="kam1@example.org")
    with acting_system("benchmark"):
        alone, all_of_us = Team.objects.create(name="Alone"), Team.objects.create(name="All")
        User.objects.filter(pk=few.pk).update(team=alone)
        User.objects.filter(pk=many.pk).update(team=all_of_us)
        Client.objects.update(team=all_of_us)
        client = Client.objects.filter(owner=few, place__isnull=False).order_by("place__rank")[0].pk
    few.refresh_from_db()
    many.refresh_from_db()
    found: dict[str, Any] = {}
    for name, ask in lists.items():
        took: dict[str, float] = {}
        rows: dict[str, list] = {}
        for who, person in (("everybody", admin), ("rule", many), ("few", few)):
            with acting_as(person):
                rows[who] = ask()
                took[who] = 1000 * _median(ask)
        assert rows["everybody"] == rows["rule"] != [], name
        assert rows["few"], name
        found[name] = took
    return found


def _ids(queryset) -> list:
    return [row.pk for row in queryset[:PAGE]]


def _median(ask: Callable[[], object]) -> float:
    times = []
    for _ in range(REPEATS):
        begun = perf_counter()
        ask()
        times.append(perf_counter() - begun)
    return statistics.median(times)


if __name__ == "__main__":
    django.setup()
    json.dump(measure(), sys.stdout)
