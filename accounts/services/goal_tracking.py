"""Goals with how they stand, for one client and rolled up."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import QuerySet

from accounts.measures.progress import Progress, Reading, progress
from accounts.models import Goal, GoalReading, ProgrammeGoal
from kam.lib.periods import company_zone

# In the order people look at them.
LARGE = 1_000  # from here on decimals say nothing
STATES = ("off", "at_risk", "unknown", "on_track", "reached")


@dataclass(frozen=True)
class Filters:
    """``state``: one of STATES; ``status``: empty for open goals."""

    state: str = ""
    owner: str = ""
    team: str = ""
    side: str = ""
    status: str = ""


@dataclass(frozen=True)
class Tracked:
    """A goal and how it stands; no progress while the goal is not complete."""

    goal: Goal
    progress: Progress | None

    @property
    def decimals(self) -> int:
        """How many decimals its values are shown with: points and days have one, money has none."""
        return decimals_of(self.goal)


@dataclass
class Roll:
    """Goals of one KAM, one team, or all: how many stand how."""

    name: str
    states: Counter = field(default_factory=Counter)

    @property
    def goals(self) -> int:
        return sum(self.states.values())

    @property
    def counts(self) -> list[int]:
        return [self.states[state] for state in STATES]


def decimals_of(goal: Goal) -> int:
    return 1 if goal.target is not None and abs(goal.target) < LARGE else 0


def rows() -> QuerySet[Goal]:
    return Goal.objects.select_related("client", "client__team", "owner", "programme")


def filtered(filters: Filters) -> QuerySet[Goal]:
    found = rows()
    known = filters.status in Goal.Status.values
    found = found.filter(status=filters.status if known else Goal.Status.OPEN)
    if filters.side in Goal.Side.values:
        found = found.filter(side=filters.side)
    if filters.owner.isdecimal():
        found = found.filter(owner_id=int(filters.owner[:18]))
    if filters.team.isdecimal():
        found = found.filter(client__team_id=int(filters.team[:18]))
    return found.order_by("due", "pk")


def readings_of(goal: Goal) -> QuerySet[GoalReading]:
    return GoalReading.objects.filter(goal=goal).select_related("person").order_by("day", "pk")


def tracked(goals: Iterable[Goal], day: dt.date) -> list[Tracked]:
    """These goals with their progress on ``day``, in two queries however many they are."""
    goals = list(goals)
    readings: dict[int, list[Reading]] = {}
    for goal_id, on, value in (
        GoalReading.objects.filter(goal__in=[goal.pk for goal in goals])
        .order_by("day", "pk")
        .values_list("goal_id", "day", "value")
    ):
        readings.setdefault(goal_id, []).append(Reading(on, value))
    return [Tracked(goal, progress_of(goal, readings.get(goal.pk, []), day)) for goal in goals]


def progress_of(goal: Goal, readings: list[Reading], day: dt.date) -> Progress | None:
    if not goal.is_complete or goal.start == goal.target:
        return None
    return progress(
        readings,
        start=goal.start,
        target=goal.target,
        begun=goal.created_at.astimezone(company_zone()).date(),
        due=goal.due,
        today=day,
    )


def rolled_up(found: Iterable[Tracked]) -> list[Roll]:
    """By who answers, then all together; goals not complete yet count as not known."""
    by_name: dict[str, Roll] = {}
    whole = Roll("")
    for each in found:
        name = each.goal.owner.name if each.goal.owner else ""
        state = each.progress.state if each.progress else "unknown"
        by_name.setdefault(name, Roll(name)).states[state] += 1
        whole.states[state] += 1
    people = sorted(
        by_name.values(), key=lambda roll: (-roll.states["off"], -roll.goals, roll.name)
    )
    return [*people, whole] if len(people) > 1 else people


def programme_goals() -> QuerySet[ProgrammeGoal]:
    return ProgrammeGoal.objects.select_related("owner")
