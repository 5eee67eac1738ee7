"""Reading backtests, and what the ledger says about when things became known."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import Count, DateTimeField, F, Func, Q, QuerySet, Value

from accounts.models import Document, Interaction, Payment
from kam.lib.company import company
from kam.lib.periods import end_of_day
from scoring.models import Backtest, Rating

# What a ranking is made from, and is dated and known apart.
FACTS = {
    "documents": Document,
    "payments": Payment,
    "interactions": Interaction,
    "ratings": Rating,
}


def backtests(matrix_id: int) -> QuerySet[Backtest]:
    """Those of a matrix, latest first, without what they found."""
    return (
        Backtest.objects.filter(matrix_id=matrix_id)
        .select_related("asked_by", "job", "matrix")
        .defer("result")
        .order_by("-created_at", "-pk")
    )


def matrices_tried() -> int:
    """How many different matrices all backtests together have tried: the more, the likelier that
    one of them looks good by chance."""
    found = set()
    for versions in Backtest.objects.order_by().values_list("parameters__versions", flat=True):
        found.update(version["fingerprint"] for version in versions or ())
    return len(found)


def known_later(as_of: dt.date) -> dict[str, Any]:
    """How many rows are dated by a day and were left out, since they became known after it."""
    end = end_of_day(as_of)
    counts = {
        name: model.objects.filter(date__lte=as_of, known_from__gte=end).count()
        for name, model in FACTS.items()
    }
    return {"as_of": as_of.isoformat(), **counts}


def loaded_as_history(until: dt.date) -> dict[str, Any]:
    """Of each kind of facts: how many there are, and how many are taken to have been known from
    the very beginning of their own day, which is what loading them as history assumes."""
    at_home = Func(
        Value(company().time_zone),
        F("known_from"),
        function="timezone",
        output_field=DateTimeField(),
    )
    found = {}
    for name, model in FACTS.items():
        rows = model.objects.filter(date__lte=until).order_by()
        counts = rows.annotate(known_at=at_home).aggregate(
            all=Count("pk"), assumed=Count("pk", filter=Q(known_at=F("date")))
        )
        found[name] = counts
    return found
