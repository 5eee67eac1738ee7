"""How much each KAM carries: clients by standing, open work, and what they have places for."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Count, OuterRef, Q, Subquery

from accounts.measures import hiring
from accounts.models import Client, Goal, Interaction, Kam, Promise, RunStep, Standing, User
from accounts.selectors import onboarding, standings
from accounts.services import goal_tracking
from kam.audit.services import record
from kam.lib.periods import add_months

from .clients import Conflict, may_edit

# What a client of each standing weighs; one point is the work of one ordinary client.
POINTS = {"key": 10, "watch": 12, "trial": 8, "candidate": 3}
ORDINARY = 1
TALK_DAYS = 90
# From this share of the capacity on, little is left for anything unforeseen.
FULL = 0.9
CAPACITY = ("key_slots", "load_points")


@dataclass
class Load:
    """What one KAM carries.  ``clients``: standing -> how many, "" for all others."""

    person: Kam
    clients: dict[str, int] = field(default_factory=dict)
    talks: int = 0
    promises: int = 0
    promises_late: int = 0
    steps: int = 0
    steps_late: int = 0
    goals: int = 0
    goals_off: int = 0

    @property
    def keys(self) -> int:
        return self.clients.get("key", 0) + self.clients.get("watch", 0)

    @property
    def coming(self) -> int:
        """Trial clients and candidates: they take work now and places soon."""
        return self.clients.get("trial", 0) + self.clients.get("candidate", 0)

    @property
    def others(self) -> int:
        return self.clients.get("", 0)

    @property
    def points(self) -> int:
        return sum(POINTS.get(value, ORDINARY) * count for value, count in self.clients.items())

    @property
    def open_work(self) -> int:
        return self.promises + self.steps + self.goals_off

    @property
    def late_work(self) -> int:
        return self.promises_late + self.steps_late

    @property
    def key_share(self) -> float | None:
        return self.keys / self.person.key_slots if self.person.key_slots else None

    @property
    def point_share(self) -> float | None:
        return self.points / self.person.load_points if self.person.load_points else None

    @property
    def used(self) -> float | None:
        """The larger of both shares of the capacity; None while nobody has said the capacity."""
        return max((s for s in (self.key_share, self.point_share) if s is not None), default=None)

    @property
    def state(self) -> str:
        if self.used is None:
            return "unknown"
        return "over" if self.used > 1 else "full" if self.used >= FULL else "free"


def loads(people: Sequence[Kam], day: dt.date) -> list[Load]:
    """The load of these people, the fullest first, in a handful of queries."""
    found = {person.pk: Load(person) for person in people}
    ids = list(found)
    standing = standings.present().filter(client=OuterRef("pk")).order_by()
    for owner, value, count in (
        Client.objects.filter(owner__in=ids, group__isnull=True)
        .exclude(lifecycle=Client.Lifecycle.LOST)
        .order_by()
        .annotate(standing=Subquery(standing.values("value")[:1]))
        .values_list("owner", "standing")
        .annotate(n=Count("pk"))
    ):
        key = value if value in POINTS else ""
        found[owner].clients[key] = found[owner].clients.get(key, 0) + count
    since = day - dt.timedelta(days=TALK_DAYS)
    for owner, count in (
        Interaction.objects.filter(
            client__owner__in=ids, known_to__isnull=True, date__gt=since, date__lte=day
        )
        .order_by()
        .values_list("client__owner")
        .annotate(n=Count("pk"))
    ):
        found[owner].talks = count
    late = Count("pk", Q(due__lt=day))
    for owner, count, overdue in (
        Promise.objects.filter(owner__in=ids, state=Promise.State.OPEN, side=Promise.Side.OURS)
        .order_by()
        .values_list("owner")
        .annotate(n=Count("pk"), late=late)
    ):
        found[owner].promises, found[owner].promises_late = count, overdue
    for owner, count, overdue in (
        RunStep.objects.filter(
            responsible__in=ids, state=RunStep.State.OPEN, run__ended_on__isnull=True
        )
        .order_by()
        .values_list("responsible")
        .annotate(n=Count("pk"), late=late)
    ):
        found[owner].steps, found[owner].steps_late = count, overdue
    for tracked in goal_tracking.tracked(
        Goal.objects.filter(owner__in=ids, status=Goal.Status.OPEN), day
    ):
        load = found[tracked.goal.owner_id]
        load.goals += 1
        load.goals_off += tracked.progress is not None and tracked.progress.state == "off"
    return sorted(
        found.values(), key=lambda load: (-(load.used or 0), -load.points, load.person.name)
    )


@dataclass(frozen=True)
class MonthCount:
    """Key clients on a day."""

    day: dt.date
    keys: int


@dataclass(frozen=True)
class Hiring:
    """Whether and when somebody is to be hired.

    ``state``: "unknown" where not all capacity is said, "young" where the list has too little
    history, "over" where it is beyond the places already, "steady" where it does not grow, "later"
    where places last beyond the horizon, else "due".  ``low`` and ``high``: the month in which
    places end if it grows by a standard error faster or slower; ``begin``: when to start looking.
    """

    state: str
    keys: int
    places: int
    counts: list[MonthCount]
    unsaid: list[str]
    growth: hiring.Growth | None = None
    full_on: dt.date | None = None
    low: dt.date | None = None
    high: dt.date | None = None
    begin: dt.date | None = None
    onboarding_weeks: int = 0

    @property
    def lead_weeks(self) -> int:
        return hiring.HIRING_WEEKS + self.onboarding_weeks


def when_to_hire(people: Sequence[Kam], actor: User, day: dt.date) -> Hiring:
    """For the KAMs that the actor leads: the growth of their key list against their places."""
    ids = [person.pk for person in people]
    nobody = Q(client__owner__isnull=True)
    if actor.role == User.Role.MANAGER:
        nobody &= Q(client__team=actor.team_id, client__team__isnull=False)
    stretches = list(
        Standing.objects.filter(Q(client__owner__in=ids) | nobody)
        .filter(value__in=Standing.IS_KEY, known_to__isnull=True, since__lte=day)
        .order_by()
        .values_list("since", "until")
    )
    keys = _keys_on(stretches, day)
    counts = _monthly(stretches, day)
    places = sum(person.key_slots or 0 for person in people)
    unsaid = [person.name for person in people if person.key_slots is None]

    weeks = onboarding.longest_weeks()

    def answer(state: str, **more) -> Hiring:
        return Hiring(state, keys, places, counts, unsaid, onboarding_weeks=weeks, **more)

    if not places or unsaid:
        return answer("unknown")
    if keys > places:
        return answer("over")
    found = hiring.growth([each.keys for each in counts])
    if found is None:
        return answer("young")
    if found.a_month < hiring.SLOWEST:
        return answer("steady", growth=found)
    full_on = hiring.reached_on(day, keys, places, found.a_month)
    if full_on is None:
        return answer("later", growth=found)
    lead = dt.timedelta(weeks=hiring.HIRING_WEEKS + weeks)
    return answer(
        "due",
        growth=found,
        full_on=full_on,
        low=hiring.reached_on(day, keys, places, found.high),
        high=hiring.reached_on(day, keys, places, found.low),
        begin=max(full_on - lead, day),
    )


def _keys_on(stretches, day: dt.date) -> int:
    return sum(since <= day and (until is None or until > day) for since, until in stretches)


def _monthly(stretches, day: dt.date) -> list[MonthCount]:
    """Key clients a month ago, two months ago and so on, oldest first; none before the list was."""
    if not stretches:
        return []
    first = min(since for since, _until in stretches)
    days = [add_months(day, -back) for back in range(hiring.MOST_MONTHS, -1, -1)]
    return [MonthCount(each, _keys_on(stretches, each)) for each in days if each >= first]


@transaction.atomic
def set_capacity(person: Kam, values: Mapping[str, int | None], seen: Mapping[str, int | None]):
    """Keep what a person can carry: places for key clients and points.

    ``seen``: what the author had before them.  Raises PermissionDenied for one's own capacity
    unless one leads, Conflict where somebody was faster.
    """
    if not may_edit(person):
        raise PermissionDenied
    present = Kam.objects.select_for_update(of=("self",)).get(pk=person.pk)
    if any(getattr(present, name) != seen[name] for name in CAPACITY if name in seen):
        raise Conflict(present)
    changed = [n for n in CAPACITY if n in values and getattr(present, n) != values[n]]
    if not changed:
        return present
    before = {name: getattr(present, name) for name in changed}
    for name in changed:
        setattr(present, name, values[name])
    present.save(update_fields=changed)
    record(
        "kam.capacity",
        object=present,
        details={"before": before, "after": {name: values[name] for name in changed}},
    )
    return present
