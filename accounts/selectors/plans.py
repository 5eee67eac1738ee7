"""Plans as pages and the API show them, always as the current actor may see them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.db.models import Count, F, Min, Q, QuerySet

from accounts.models import (
    AccountPlan,
    PlanAction,
    PlanGoal,
    PlanMove,
    PlanParticipant,
    PlanSection,
    PlanTemplate,
    PlanVersion,
    Standing,
    User,
)
from kam.lib.periods import company_zone

from .standings import present

State = AccountPlan.State
# In the order people look at them.
LOOKS = ("lacking", "unsigned", "overdue", "waiting")
MOST = 500
# Whom plans are made for.
PLANNED = (
    Standing.Value.CANDIDATE,
    Standing.Value.TRIAL,
    Standing.Value.KEY,
    Standing.Value.WATCH,
)


@dataclass(frozen=True)
class Filters:
    """``state``: one of LOOKS, empty for all.  ``owner``, ``team``: ids, of the client."""

    state: str = ""
    owner: str = ""
    team: str = ""


@dataclass
class Line:
    """A client and the plan that counts today; no plan where it lacks one."""

    client: object
    plan: AccountPlan | None = None
    standing: Standing | None = None
    untouched: int = 0  # days
    overdue: int = 0
    open: int = 0
    next_due: dt.date | None = None
    participants: int = 0
    acknowledged: int = 0

    @property
    def waiting(self) -> int:
        """Participants who have not acknowledged the plan as it was signed last."""
        return self.participants - self.acknowledged if self.plan and self.plan.number else 0

    def shows(self, look: str, day: dt.date) -> bool:
        if look == "lacking":
            return self.plan is None or self.plan.ends < day
        if look == "unsigned":
            return self.plan is not None and self.plan.state != State.SIGNED
        if look == "overdue":
            return self.overdue > 0
        if look == "waiting":
            return self.waiting > 0
        return True


def rows() -> QuerySet[AccountPlan]:
    return AccountPlan.objects.select_related("client", "client__owner", "author", "previous")


def plans_of(client_id: int) -> QuerySet[AccountPlan]:
    return rows().filter(client=client_id).order_by("-starts", "-pk")


def sections_of(plan: AccountPlan) -> list[PlanSection]:
    return list(PlanSection.objects.filter(plan=plan))


def actions_of(plan: AccountPlan) -> list[PlanAction]:
    return list(PlanAction.objects.filter(plan=plan).select_related("owner", "settled_by"))


def action_rows() -> QuerySet[PlanAction]:
    return PlanAction.objects.select_related("plan__client", "section", "owner", "settled_by")


def links_of(plan: AccountPlan) -> list[PlanGoal]:
    """Links to goals with the goals themselves, also for those who read no goal of the client."""
    return list(PlanGoal.objects.filter(plan=plan).select_related("goal__owner"))


def readings_through(plan: AccountPlan) -> dict[int, list[tuple[dt.date, object]]]:
    """Readings by goal, of the goals in the plan: in one query, by the day."""
    found: dict[int, list[tuple[dt.date, object]]] = {}
    pairs = (
        PlanGoal.objects.filter(plan=plan, goal__readings__isnull=False)
        .order_by("goal__readings__day", "goal__readings__pk")
        .values_list("goal", "goal__readings__pk", "goal__readings__day", "goal__readings__value")
        .distinct()
    )
    for goal, _pk, day, value in pairs:
        found.setdefault(goal, []).append((day, value))
    return found


def participants_of(plan: AccountPlan) -> list[PlanParticipant]:
    return list(PlanParticipant.objects.filter(plan=plan).select_related("person"))


def moves_of(plan: AccountPlan) -> list[PlanMove]:
    return list(PlanMove.objects.filter(plan=plan).select_related("person"))


def versions_of(plan: AccountPlan) -> list[PlanVersion]:
    """Without their words: only when each was signed and by whom."""
    found = PlanVersion.objects.filter(plan=plan).select_related("signed_by")
    return list(found.defer("content"))


def templates() -> QuerySet[PlanTemplate]:
    return PlanTemplate.objects.prefetch_related("sections")


def plans_of_person(person: User, day: dt.date) -> list[PlanParticipant]:
    """Parts of a person in plans that are not over, those to acknowledge first."""
    found = (
        PlanParticipant.objects.filter(person=person, plan__ends__gte=day)
        .select_related("plan__client")
        .order_by("plan__client__sort_name", "plan__starts")
    )
    return sorted(found, key=lambda part: not is_asked(part))


def is_asked(part: PlanParticipant) -> bool:
    """Whether the participant is asked to acknowledge what was signed last."""
    return bool(part.plan.number) and part.acknowledged != part.plan.number


def due_of_person(person: User, until: dt.date, most: int) -> list[PlanAction]:
    """Open actions that the person is to do, due until that day."""
    mine = PlanAction.objects.filter(owner=person, state=PlanAction.State.OPEN, due__lte=until)
    return list(mine.select_related("plan__client").order_by("due", "pk")[:most])


def overview(filters: Filters, day: dt.date) -> list[Line]:
    """One line a client that has a plan or should have one: without a plan first, then the plan
    that was left alone longest."""
    lines: dict[int, Line] = {}
    standings = present().filter(value__in=PLANNED)
    for standing in _narrowed(standings, filters).select_related("client__owner")[:MOST]:
        lines[standing.client_id] = Line(standing.client, standing=standing)
    plans = _narrowed(rows(), filters)
    for plan in sorted(plans[: MOST * 4], key=lambda plan: _nearness(plan, day)):
        line = lines.get(plan.client_id)
        if line is None and plan.ends >= day:
            line = lines[plan.client_id] = Line(plan.client)
        if line is not None and line.plan is None:
            line.plan = plan
            line.untouched = (day - plan.touched_at.astimezone(company_zone()).date()).days
    _count(lines.values(), day)
    found = [line for line in lines.values() if line.shows(filters.state, day)]
    return sorted(found, key=lambda line: _order(line, day))


def _narrowed(found: QuerySet, filters: Filters) -> QuerySet:
    if filters.owner.isdecimal():
        found = found.filter(client__owner=int(filters.owner[:18]))
    if filters.team.isdecimal():
        found = found.filter(client__team=int(filters.team[:18]))
    return found


def _nearness(plan: AccountPlan, day: dt.date) -> tuple:
    """The plan of today, else the next one, else the last."""
    if plan.starts <= day <= plan.ends:
        return (0, 0)
    if plan.starts > day:
        return (1, (plan.starts - day).days)
    return (2, (day - plan.ends).days)


def _order(line: Line, day: dt.date) -> tuple:
    lacks = line.plan is None or line.plan.ends < day
    return (not lacks, -line.untouched, line.client.sort_name, line.client.pk)


def _count(lines: Collection[Line] | Iterable[Line], day: dt.date) -> None:
    by_plan = {line.plan.pk: line for line in lines if line.plan is not None}
    open_ones = Q(state=PlanAction.State.OPEN)
    actions = PlanAction.objects.filter(plan__in=list(by_plan)).order_by().values("plan")
    for row in actions.annotate(
        open=Count("pk", open_ones),
        overdue=Count("pk", open_ones & Q(due__lt=day)),
        next_due=Min("due", filter=open_ones),
    ):
        line = by_plan[row["plan"]]
        line.open, line.overdue, line.next_due = row["open"], row["overdue"], row["next_due"]
    parts = PlanParticipant.objects.filter(plan__in=list(by_plan)).order_by().values("plan")
    for row in parts.annotate(
        all=Count("pk"), done=Count("pk", Q(acknowledged=F("plan__number"), plan__number__gt=0))
    ):
        line = by_plan[row["plan"]]
        line.participants, line.acknowledged = row["all"], row["done"]
