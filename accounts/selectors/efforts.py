"""Hours and costs as people wrote them down, and the work that hours are estimated from."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict

from django.db.models import Count, F, Q, QuerySet, Value
from django.db.models.functions import Coalesce, TruncWeek

from accounts.models import (
    Client,
    EffortRules,
    EffortWeek,
    Interaction,
    PlanAction,
    ProgrammeCost,
    Promise,
    RunStep,
    ServiceCost,
    User,
)

KINDS = (*Interaction.Kind.values, "promise", "step")
Work = dict[tuple[int, dt.date], Counter]
SHOWN = 200  # clients of one person on one page


def monday(day: dt.date) -> dt.date:
    return day - dt.timedelta(days=day.weekday())


def rules() -> EffortRules:
    """The rules as they are, or as the product brings them while nobody has changed them."""
    return EffortRules.objects.filter(pk=1).first() or EffortRules(pk=1, version=0)


def own_clients(person: User) -> QuerySet[Client]:
    """The clients that the person answers for, as one serves them: a group once."""
    found = Client.objects.filter(owner=person, group__isnull=True)
    return found.exclude(lifecycle=Client.Lifecycle.LOST).order_by("sort_name", "pk")


def work(
    start: dt.date, end: dt.date, clients: list[int] | None = None, person: User | None = None
) -> Work:
    """(client, Monday) -> how much of each kind was noted from ``start`` to ``end``.

    What was done with a member of a group counts for the group.  ``person``: only what this person
    did, or nobody in particular.
    """
    found: Work = defaultdict(Counter)

    def rows(done: QuerySet, path: str, day: str, who: str, kind) -> QuerySet:
        done = done.filter(**{f"{day}__gte": start, f"{day}__lte": end}).order_by()
        client = Coalesce(f"{path}__group_id", f"{path}_id")
        done = done.annotate(counted=client, monday=TruncWeek(day), work=kind)
        if clients is not None:
            done = done.filter(counted__in=clients)
        if person is not None:
            done = done.filter(Q(**{who: person}) | Q(**{f"{who}__isnull": True}))
        return done.values_list("counted", "monday", "work").annotate(n=Count("pk"))

    talks = Interaction.objects.filter(known_to__isnull=True)
    kept = Promise.objects.filter(side=Promise.Side.OURS, state__in=["kept", "late"])
    steps = RunStep.objects.filter(state=RunStep.State.DONE)
    actions = PlanAction.objects.filter(state=PlanAction.State.DONE)
    step = Value("step")
    told = rows(talks, "client", "date", "author", F("kind")).union(
        rows(kept, "client", "settled_on", "owner", Value("promise")),
        rows(steps, "run__process__client", "settled_on", "responsible", step),
        rows(actions, "plan__client", "settled_on", "owner", step),
        all=True,
    )
    for client, week, kind, count in told:
        found[client, week][kind] += count
    return found


def weeks(person: User, week: dt.date) -> dict[int, EffortWeek]:
    """What the person has said of a week, by client."""
    rows = EffortWeek.objects.filter(person=person, week=week)
    return {row.client_id: row for row in rows}


def all_weeks() -> QuerySet[EffortWeek]:
    return EffortWeek.objects.select_related("client", "person")


def said_by(people: list[User], week: dt.date) -> dict[int, int]:
    """Person -> for how many clients they have said what the week took."""
    rows = EffortWeek.objects.filter(person__in=people, week=week).order_by()
    return dict(rows.values_list("person").annotate(n=Count("pk")))


def service_costs(entities: list[int]) -> QuerySet[ServiceCost]:
    return ServiceCost.objects.filter(client__in=entities).select_related("client", "author")


def programme_costs() -> QuerySet[ProgrammeCost]:
    return ProgrammeCost.objects.select_related("author")


def team_of(user: User) -> list[User]:
    """Whose hours a leader looks after."""
    people = User.objects.filter(is_active=True, role=User.Role.KAM).order_by("name", "pk")
    if user.role == User.Role.MANAGER:
        people = people.filter(team_id=user.team_id, team__isnull=False)
    return list(people.annotate(set_rate=F("hour_rate__rate"))[:SHOWN])
