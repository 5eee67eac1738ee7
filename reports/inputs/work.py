"""What people did for clients between two days: hours, promises and goals, in one reading."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np
from django.db.models import Count, FloatField, IntegerField, QuerySet, Sum, Value
from django.db.models.functions import Cast
from numpy.typing import NDArray

from accounts.models import EffortWeek, Goal, Promise
from reports.store import copy_queryset

KINDS = ("hours", "kept", "not_kept", "reached", "missed")


@dataclass(frozen=True, eq=False)
class Work:
    """Rows (m,): ``client`` (legal entity or group), ``person``, ``kind`` (place in KINDS),
    ``amount``: hours, or how many."""

    client: NDArray[np.int64]
    person: NDArray[np.int64]
    kind: NDArray[np.int32]
    amount: NDArray[np.float64]

    def of(self, kind: str) -> Work:
        here = self.kind == KINDS.index(kind)
        return Work(self.client[here], self.person[here], self.kind[here], self.amount[here])


def work(since: dt.date, until: dt.date) -> Work:
    """Of what the actor may see: hours of the weeks that begin in these days; our promises that
    ended in them, kept in time or not; goals due in them that have ended, reached or not."""
    state, status = Promise.State, Goal.Status
    promises = Promise.objects.filter(
        side=Promise.Side.OURS,
        owner__isnull=False,
        settled_on__gte=since,
        settled_on__lte=until,
    )
    goals = Goal.objects.filter(owner__isnull=False, due__gte=since, due__lte=until)
    weeks = EffortWeek.objects.filter(week__gte=since, week__lte=until)
    count = Count("pk")
    rows = _rows(weeks, "person_id", "hours", Sum("hours")).union(
        _rows(promises.filter(state=state.KEPT), "owner_id", "kept", count),
        _rows(promises.filter(state__in=(state.LATE, state.BROKEN)), "owner_id", "not_kept", count),
        _rows(goals.filter(status=status.REACHED), "owner_id", "reached", count),
        _rows(goals.filter(status=status.MISSED), "owner_id", "missed", count),
        all=True,
    )
    return Work(*copy_queryset(rows, ("i8", "i8", "i4", "f8")))


def _rows(found: QuerySet, person: str, kind: str, amount) -> QuerySet:
    return (
        found.order_by()
        .annotate(which=Cast(Value(KINDS.index(kind)), IntegerField()))
        .values_list("client_id", person, "which")
        .annotate(total=Cast(amount, FloatField()))
    )
