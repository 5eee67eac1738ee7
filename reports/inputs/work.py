"""What people did for clients between two days: hours, promises and goals, in one reading; and the
hours that the rules tell of work noted in weeks of which nobody has said anything."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np
from django.db.models import (
    Case,
    Count,
    Expression,
    F,
    FloatField,
    IntegerField,
    QuerySet,
    Sum,
    Value,
    When,
)
from django.db.models.expressions import Func
from django.db.models.functions import Cast, Coalesce
from numpy.typing import NDArray

from accounts.measures.reading import EPOCH
from accounts.models import EffortWeek, Goal, Interaction, PlanAction, Promise, RunStep
from accounts.selectors import efforts
from reports.store import copy_queryset

KINDS = ("hours", "kept", "not_kept", "reached", "missed")
QUARTER = 0.25  # hours by rule are told to a quarter
WEEKS = 1_000_000  # more days than a week's number has


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


def guessed(since: dt.date, until: dt.date) -> Work:
    """Hours by the rules, of the kind "hours": for talks, kept promises and done steps in these
    days, where nobody has said what the client took in that week.  As on the page of hours the work
    of a week with a client is told to a quarter of an hour; what is done with a member counts for
    its group."""
    rules = efforts.rules()
    talk = Case(
        *(When(kind=kind, then=Value(float(getattr(rules, kind)))) for kind in Interaction.Kind.values),
        default=Value(0.0), output_field=FloatField(),
    )  # fmt: skip
    promises = Promise.objects.filter(side=Promise.Side.OURS, state__in=["kept", "late"])
    steps = RunStep.objects.filter(state=RunStep.State.DONE)
    actions = PlanAction.objects.filter(state=PlanAction.State.DONE)
    step, kept = Value(float(rules.step)), Value(float(rules.promise))
    talks = Interaction.objects.filter(known_to__isnull=True)
    said = EffortWeek.objects.filter(week__gte=since, week__lte=until).order_by()
    days = {"since": since, "until": until}
    rows = _by_day(talks, "client", "date", "author", talk, **days).union(
        _by_day(promises, "client", "settled_on", "owner", kept, **days),
        _by_day(steps, "run__process__client", "settled_on", "responsible", step, **days),
        _by_day(actions, "plan__client", "settled_on", "owner", step, **days),
        said.annotate(
            of_client=F("client_id"), of_person=F("person_id"), of_day=_number(F("week")),
            total=Cast(Value(-1.0), FloatField()),
        ).values_list("of_client", "of_person", "of_day", "total"),
        all=True,
    )  # fmt: skip
    client, person, day, amount = copy_queryset(rows, ("i8", "i8", "i4", "f8"))
    week = day - (day + EPOCH.weekday()) % 7  # its Monday
    key = client * WEEKS + week
    here = (amount > 0) & ~np.isin(key, key[amount < 0])
    _keys, at = np.unique(key[here], return_inverse=True)
    whole = np.bincount(at, amount[here])
    told = np.floor(whole / QUARTER + 0.5) * QUARTER / np.where(whole > 0, whole, 1)
    kind = np.full(int(here.sum()), KINDS.index("hours"), np.int32)
    return Work(client[here], person[here], kind, amount[here] * told[at])


def _number(day: Expression | F) -> Func:
    """Days since EPOCH."""
    return Func(
        day, Value(EPOCH), template="(%(expressions)s)", arg_joiner=" - ",
        output_field=IntegerField(),
    )  # fmt: skip


def _by_day(
    rows: QuerySet, client: str, day: str, who: str, amount, *, since: dt.date, until: dt.date
) -> QuerySet:
    """(client it counts for, person or 0, number of the day, hours), a row for each: to sum them up
    by week there takes longer than to hand them over."""
    return (
        rows.filter(**{f"{day}__gte": since, f"{day}__lte": until})
        .order_by()
        .annotate(
            of_client=Coalesce(f"{client}__group_id", f"{client}_id"),
            of_person=Coalesce(f"{who}_id", 0),
            of_day=_number(F(day)),
            total=Cast(amount, FloatField()),
        )
        .values_list("of_client", "of_person", "of_day", "total")
    )
