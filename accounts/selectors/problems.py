"""Problems and signals as pages and the API show them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from accounts.models import Problem, ProblemStep, Signal, User

State = Problem.State


@dataclass(frozen=True)
class Filters:
    """``state``: a state of problems, empty: those not closed.  ``severity``, ``owner``: ids."""

    state: str = ""
    severity: str = ""
    owner: str = ""


@dataclass(frozen=True)
class SignalFilters:
    """``state``: empty: shown and open; "held", "snoozed", or a state.  ``kind``, ``owner``: of
    the client."""

    state: str = ""
    kind: str = ""
    owner: str = ""


def rows() -> QuerySet[Problem]:
    return Problem.objects.select_related("client", "owner", "author", "closed_by", "previous")


def filtered(filters: Filters) -> QuerySet[Problem]:
    found = rows().annotate(
        steps_all=Count("steps"), steps_done=Count("steps", Q(steps__done_on__isnull=False))
    )
    if filters.severity in ("1", "2", "3"):
        found = found.filter(severity=int(filters.severity))
    if filters.owner.isdecimal():
        found = found.filter(owner_id=int(filters.owner[:18]))
    if filters.state == State.CLOSED:
        return found.filter(state=State.CLOSED).order_by("-closed_on", "-pk")
    if filters.state in State.values:
        found = found.filter(state=filters.state)
    else:
        found = found.filter(closed_on__isnull=True)
    return found.order_by("-severity", "raised_on", "pk")


def of_clients(entities: Collection[int]) -> QuerySet[Problem]:
    """Of a client with its members, open ones first, the gravest first."""
    return rows().filter(client__in=entities).order_by("-closed_on", "-severity", "raised_on", "pk")


def steps_of(problem: Problem) -> QuerySet[ProblemStep]:
    return ProblemStep.objects.filter(problem=problem).select_related("person")


def signals() -> QuerySet[Signal]:
    return Signal.objects.select_related("client__owner", "problem", "settled_by")


def awake(day: dt.date) -> Q:
    return Q(snoozed_until__isnull=True) | Q(snoozed_until__lte=day)


def shown(day: dt.date) -> QuerySet[Signal]:
    """Signals that wait for somebody to look: open, within the budget, not put off."""
    return signals().filter(awake(day), state=Signal.State.OPEN, shown_on__isnull=False)


def held(day: dt.date) -> QuerySet[Signal]:
    """Held back by the budget of the week, or because chance may explain them."""
    return signals().filter(awake(day), state=Signal.State.OPEN, shown_on__isnull=True)


def filtered_signals(filters: SignalFilters, day: dt.date) -> QuerySet[Signal]:
    if filters.state == "held":
        found = held(day)
    elif filters.state == "snoozed":
        found = signals().filter(state=Signal.State.OPEN, snoozed_until__gt=day)
    elif filters.state in Signal.State.values and filters.state != Signal.State.OPEN:
        found = signals().filter(state=filters.state)
    else:
        found = shown(day)
    if filters.kind in Problem.FOUND:
        found = found.filter(kind=filters.kind)
    if filters.owner.isdecimal():
        found = found.filter(client__owner_id=int(filters.owner[:18]))
    if filters.state in ("taken", "dismissed", "gone"):
        return found.order_by("-settled_on", "-pk")
    return found.order_by("-level", "-revenue", "pk")


def signals_of(entities: Collection[int]) -> QuerySet[Signal]:
    """Those of a client whose cause goes on, the most urgent first."""
    found = signals().filter(client__in=entities, cleared_on__isnull=True)
    return found.order_by("-level", "pk")


@dataclass(frozen=True)
class Attention:
    """Something of a person's that cannot wait.  ``what``: "signal", "problem" or "step";
    ``route`` and ``pk`` lead to it; ``day``: since when, or when it was due."""

    what: str
    text: str
    client: str
    client_id: int
    day: dt.date
    urgent: bool
    route: str
    pk: int
    signal: Signal | None = None  # with its evidence


def attention_of(person: User, day: dt.date, most: int = 5) -> list[Attention]:
    """What needs the person's attention, the most pressing first.  Three queries."""
    mine = shown(day).filter(client__owner=person).order_by("-level", "-revenue", "pk")
    found = [
        Attention(
            "signal", str(row.get_kind_display()), row.client.name, row.client_id, row.since,
            row.level == Signal.Level.ALARM, "signal_detail", row.pk, row,
        )
        for row in mine[:most]
    ]  # fmt: skip
    steps = ProblemStep.objects.filter(
        person=person, done_on__isnull=True, due__lt=day, problem__closed_on__isnull=True
    ).select_related("problem__client")
    found += [
        Attention(
            "step", step.what, step.problem.client.name, step.problem.client_id, step.due, True,
            "problem_detail", step.problem_id,
        )
        for step in steps.order_by("due", "pk")[:most]
    ]  # fmt: skip
    problems = Problem.objects.filter(owner=person, closed_on__isnull=True, severity__gte=2)
    found += [
        Attention(
            "problem", row.what, row.client.name, row.client_id, row.raised_on,
            row.severity == 3, "problem_detail", row.pk,
        )
        for row in problems.select_related("client").order_by("-severity", "raised_on", "pk")[:most]
    ]  # fmt: skip
    return sorted(found, key=lambda each: (not each.urgent, each.day))[:most]
