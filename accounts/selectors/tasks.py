"""Tasks as pages and the API show them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass, field

from django.db.models import Count, F, Q, QuerySet

from accounts.models import AccountPlan, Task, User

from .people import people_beside

State = Task.State
WEEK = dt.timedelta(days=6)  # today and the six days after it


def askable(person: User, present: int | None = None) -> QuerySet[User]:
    """Whom a person may ask to do something, and whoever does it at ``present``.  A colleague knows
    those who have asked for something, and the KAMs of the plans they take part in."""
    people = people_beside(person)
    if person.role == User.Role.COLLEAGUE:
        asked = Task.objects.filter(owner=person).order_by().values("giver")
        hosts = AccountPlan.objects.order_by().values("client__owner")
        people = people.filter(Q(pk__in=asked) | Q(pk__in=hosts))
    named = User.objects.filter(pk__in=[person.pk, *([present] if present else [])])
    return (people | named).distinct()


def rows() -> QuerySet[Task]:
    return Task.objects.select_related("client", "owner", "giver")


def pending() -> QuerySet[Task]:
    return rows().filter(settled_on__isnull=True)


def tasks_of(person: User, until: dt.date, most: int) -> list[Task]:
    """What the person has to do until that day, overdue first; what they returned is not theirs."""
    mine = pending().filter(owner=person, due__lte=until).exclude(state=State.RETURNED)
    return list(mine.order_by("due", "pk")[:most])


def tasks_of_client(entities: Collection[int]) -> list[Task]:
    """What is to be done for a client with its members, the next due first."""
    return list(pending().filter(client__in=entities).order_by("due", "pk"))


@dataclass
class Day:
    """The tasks of one person, by when they are due."""

    overdue: list[Task] = field(default_factory=list)
    today: list[Task] = field(default_factory=list)
    week: list[Task] = field(default_factory=list)
    later: list[Task] = field(default_factory=list)
    # Asked of the person and not accepted yet; returned to the person.
    asked: list[Task] = field(default_factory=list)
    returned: list[Task] = field(default_factory=list)

    def __bool__(self) -> bool:
        return any(vars(self).values())


def day_of(person: User, day: dt.date, most: int = 300) -> Day:
    """What a person has before them: theirs to do, to accept, and to give anew."""
    found = Day()
    theirs = Q(owner=person) & ~Q(state=State.RETURNED) | Q(giver=person, state=State.RETURNED)
    for task in pending().filter(theirs).order_by("due", "pk")[:most]:
        if task.state == State.RETURNED:
            found.returned.append(task)
        elif task.state == State.ASKED:
            found.asked.append(task)
        elif task.due < day:
            found.overdue.append(task)
        elif task.due == day:
            found.today.append(task)
        elif task.due <= day + WEEK:
            found.week.append(task)
        else:
            found.later.append(task)
    return found


def done_on(person: User, day: dt.date) -> list[Task]:
    """What the person finished on a day, the latest first."""
    mine = rows().filter(owner=person, state=State.DONE, settled_on=day)
    return list(mine.order_by("-pk")[:50])


def given_by(person: User) -> QuerySet[Task]:
    """What the person has asked of others and is not settled."""
    return pending().filter(giver=person).exclude(owner=person).order_by("due", "pk")


@dataclass(frozen=True)
class Filters:
    """``when``: "overdue", "today", "week", "settled"; empty: all that is not settled."""

    when: str = ""
    owner: str = ""
    state: str = ""


def filtered(filters: Filters, day: dt.date) -> QuerySet[Task]:
    found = rows()
    if filters.owner.isascii() and filters.owner.isdecimal():
        found = found.filter(owner_id=int(filters.owner[:18]))
    if filters.state in State.values:
        found = found.filter(state=filters.state)
    if filters.when == "settled":
        return found.filter(settled_on__isnull=False).order_by("-settled_on", "-pk")
    found = found.filter(settled_on__isnull=True)
    if filters.when == "overdue":
        found = found.filter(due__lt=day)
    elif filters.when == "today":
        found = found.filter(due=day)
    elif filters.when == "week":
        found = found.filter(due__range=(day, day + WEEK))
    return found.order_by("due", "pk")


@dataclass(frozen=True)
class Load:
    """How many tasks somebody has before them."""

    pk: int
    name: str
    overdue: int
    today: int
    week: int
    all: int
    waiting: int


def loads(day: dt.date, team: int | None) -> list[Load]:
    """Of everybody in a team, or of all whose tasks one may see; the most overdue first."""
    found = Task.objects.filter(settled_on__isnull=True)
    if team is not None:
        found = found.filter(owner__team=team)
    counted = (
        found.order_by()
        .values(who=F("owner"), name=F("owner__name"))
        .annotate(
            overdue=Count("pk", Q(due__lt=day)),
            today=Count("pk", Q(due=day)),
            week=Count("pk", Q(due__gt=day, due__lte=day + WEEK)),
            all=Count("pk"),
            waiting=Count("pk", Q(state__in=[State.ASKED, State.RETURNED])),
        )
        .order_by("-overdue", "-today", "name")
    )
    return [Load(row.pop("who"), **row) for row in counted]


def settled_of_client(entities: Collection[int], most: int = 30) -> list[Task]:
    """What was finished or dropped for a client with its members, the latest first."""
    over = rows().filter(client__in=entities, settled_on__isnull=False)
    return list(over.order_by("-settled_on", "-pk")[:most])
