"""Readings of goals: computed every night, or said by who looked; and the programme's own goal."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from accounts.measures.catalogue import MEASURES
from accounts.measures.compute import compute
from accounts.models import Goal, GoalReading, ProgrammeGoal, User
from accounts.services.goal_tracking import tracked
from kam.audit.services import record
from kam.lib.periods import today
from kam.webhooks.services import emit

from .clients import Conflict
from .notices import tell

JOB = "accounts.goals"
PROGRAMME_FIELDS = ("year", "why", "what_for", "how", "owner")
_CENT = Decimal("0.01")
STATE_WORDS = {
    "off": pgettext_lazy("goal", "off"),
    "at_risk": pgettext_lazy("goal", "at risk"),
    "unknown": pgettext_lazy("goal", "not measured"),
    "on_track": pgettext_lazy("goal", "on track"),
    "reached": pgettext_lazy("goal", "reached"),
}


@transaction.atomic
def check_in(
    goal: Goal, value: Decimal, note: str, person: User | None, on: dt.date | None = None
) -> GoalReading:
    """Say what the measure of a goal is, and what is behind it.

    Raises ValidationError where the goal is closed or not complete, or the day lies ahead.
    """
    day = on or today()
    if goal.status != Goal.Status.OPEN:
        raise ValidationError(_("This goal is closed."))
    if not goal.is_complete:
        raise ValidationError(_("Write the goal to its end first: it has no way to measure yet."))
    if day > today():
        raise ValidationError({"on": _("This day has not come yet.")})
    reading = GoalReading.objects.create(
        goal=goal, day=day, value=value, note=note.strip()[:1000], person=person
    )
    record("goal.check_in", object=goal, client_id=goal.client_id)
    return reading


def read(day: dt.date) -> int:
    """Read the measures of all open goals, one computation for all; how many were read.

    Tells who answers once a month of a goal that is off.  Runs for the system; again on the same
    day it replaces what it had read.
    """
    goals = [
        goal
        for goal in Goal.objects.filter(status=Goal.Status.OPEN).exclude(measure="")
        if goal.is_complete and goal.measure in MEASURES
    ]
    if not goals:
        return 0
    columns = compute({goal.measure for goal in goals}, day)
    place = {client: at for at, client in enumerate(columns.ids.tolist())}
    readings = []
    for goal in goals:
        at = place.get(goal.client_id)
        value = math.nan if at is None else float(columns.values[goal.measure][at])
        if not math.isnan(value):
            exact = Decimal(str(value)).quantize(_CENT)
            readings.append(GoalReading(goal=goal, day=day, value=exact, computed=True))
    with transaction.atomic():
        GoalReading.objects.filter(goal__in=goals, day=day, computed=True).delete()
        GoalReading.objects.bulk_create(readings)
        _tell_of_those_off(day)
    return len(readings)


def _tell_of_those_off(day: dt.date) -> None:
    open_goals = Goal.objects.filter(status=Goal.Status.OPEN, owner__isnull=False)
    for each in tracked(open_goals.select_related("client", "owner"), day):
        if each.progress is not None and each.progress.state == "off":
            goal = each.goal
            new = tell(
                [goal.owner],
                "goal_off",
                f"goal_off:{goal.pk}:{day:%Y-%m}",
                client=goal.client,
                facts={"goal": goal.pk, "what": str(goal)[:200]},
            )
            if new:
                known = {"goal": goal.pk, "client": goal.client_id, "due": goal.due.isoformat()}
                emit("goal.off_track", known)


@transaction.atomic
def save_programme_goal(
    goal: ProgrammeGoal | None, values: Mapping[str, Any], author: User | None, version: int = 0
) -> ProgrammeGoal:
    """The programme's goal of a year.  Raises Conflict, and ValidationError where the year has one
    already."""
    year = values.get("year", goal.year if goal else None)
    others = ProgrammeGoal.objects.filter(year=year)
    if goal is not None:
        others = others.exclude(pk=goal.pk)
    if others.exists():
        raise ValidationError({"year": _("The programme has a goal for this year already.")})
    if goal is None:
        row = ProgrammeGoal.objects.create(author=author, **values)
    else:
        row = ProgrammeGoal.objects.select_for_update(of=("self",)).get(pk=goal.pk)
        if row.version != version:
            raise Conflict(row)
        for name, value in values.items():
            setattr(row, name, value)
        row.version += 1
        row.save()
    record("programme_goal.save", object=row, details={"year": row.year})
    return row
