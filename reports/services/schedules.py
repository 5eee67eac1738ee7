"""Schedules: writing them, and asking for the reports that are due."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from kam.audit.services import record
from kam.jobs.services import enqueue
from kam.lib.editing import Conflict
from kam.lib.periods import company_zone
from reports.figures.calendar import Period, due_day, due_period, last_whole
from reports.models import Schedule
from reports.models.periodic import Kind

MAKE, DUE = "reports.make", "reports.due"
Role = User.Role
FIELDS = ("kind", "rhythm", "day", "hour", "audience", "mailed", "attached", "is_active")


@transaction.atomic
def create(values: Mapping[str, Any], owner: User) -> Schedule:
    """Raises ValidationError where the person may not have such a schedule."""
    schedule = Schedule(owner=owner, **values)
    check(schedule)
    # Periods that were over before the schedule was made are not asked for.
    schedule.told_until = period_due(schedule, timezone.now()).ends
    schedule.save(force_insert=True)
    record("schedule.create", object=schedule, details=_told(schedule))
    return schedule


@transaction.atomic
def change(schedule: Schedule, values: Mapping[str, Any], version: int) -> Schedule:
    """Raises Conflict where somebody was faster, ValidationError as above."""
    present = Schedule.objects.select_for_update(of=("self",)).get(pk=schedule.pk)
    if present.version != version:
        raise Conflict(present)
    changed = [name for name, value in values.items() if getattr(present, name) != value]
    if not changed:
        return present
    for name in changed:
        setattr(present, name, values[name])
    check(present)
    if {"rhythm", "day", "hour", "is_active"} & set(changed):
        present.told_until = period_due(present, timezone.now()).ends
    present.version += 1
    present.save()
    record("schedule.change", object=present, details={"fields": changed})
    return present


def check(schedule: Schedule) -> None:
    """Raises ValidationError: reports for others, or on all clients, are for those who lead."""
    leads = schedule.owner.role in (Role.ADMINISTRATOR, Role.MANAGER)
    if schedule.audience != Schedule.Audience.OWNER and not leads:
        raise ValidationError({"audience": _("Only those who lead order reports for others.")})
    if schedule.audience == Schedule.Audience.LEADERS and schedule.owner.role != Role.ADMINISTRATOR:
        raise ValidationError(
            {"audience": _("Only an administrator orders reports for everybody who leads.")}
        )
    if schedule.kind != Kind.KAM and schedule.owner.role == Role.KAM:
        raise ValidationError({"kind": _("A KAM gets the report on their own clients.")})


def readers(schedule: Schedule) -> list[User]:
    """Who gets the reports; each computed with their own rights.  Needs a system at work."""
    active = User.objects.filter(is_active=True).select_related("team").order_by("pk")
    owner = schedule.owner
    if schedule.audience == Schedule.Audience.KAMS:
        kams = active.filter(role=Role.KAM)
        return list(kams if owner.role == Role.ADMINISTRATOR else kams.filter(team=owner.team_id))
    if schedule.audience == Schedule.Audience.LEADERS:
        return list(active.filter(role__in=(Role.ADMINISTRATOR, Role.MANAGER)))
    return [owner] if owner.is_active else []


def period_due(schedule: Schedule, now: dt.datetime) -> Period:
    """The latest period whose report is due by now, in the company's zone."""
    local = now.astimezone(company_zone())
    return due_period(
        schedule.rhythm, schedule.day, local.date(), local.hour >= schedule.hour  # type: ignore[arg-type]
    )  # fmt: skip


def next_due(schedule: Schedule, now: dt.datetime) -> dt.datetime:
    """When the next report will be asked for."""
    period = period_due(schedule, now)
    after = period.ends + dt.timedelta(days=1)
    for _step in range(40):  # the period after the one that is due ends within a quarter
        following = last_whole(schedule.rhythm, after)  # type: ignore[arg-type]
        if following.ends > period.ends:
            break
        after += dt.timedelta(days=3 if schedule.rhythm == "week" else 25)
    day = due_day(schedule.rhythm, following, schedule.day)  # type: ignore[arg-type]
    return dt.datetime.combine(day, dt.time(schedule.hour), company_zone())


def ask_for_due(now: dt.datetime | None = None) -> int:
    """Ask for the reports of every schedule whose period is over; how many.

    A machine that was off asks for the last period once, not for each that was missed.  Asking
    and noting that it was asked are one transaction.
    """
    now = now or timezone.now()
    asked = 0
    for pk in list(Schedule.objects.filter(is_active=True).values_list("pk", flat=True)):
        with transaction.atomic():
            rows = Schedule.objects.select_for_update(skip_locked=True, of=("self",))
            schedule = rows.select_related("owner__team").filter(pk=pk, is_active=True).first()
            if schedule is None:
                continue
            period = period_due(schedule, now)
            if schedule.told_until is not None and schedule.told_until >= period.ends:
                continue
            asked += len(ask(schedule, period, readers(schedule)))
            Schedule.objects.filter(pk=pk).update(told_until=period.ends)
    return asked


def ask(
    schedule: Schedule, period: Period, people: Iterable[User], *, mailed=None, after=None
) -> list:
    """A job for each reader, which runs with that reader's rights, not before ``after``."""
    payload = {
        "kind": schedule.kind, "rhythm": schedule.rhythm,
        "starts": period.starts.isoformat(), "ends": period.ends.isoformat(),
        "mailed": schedule.mailed if mailed is None else mailed, "schedule_id": schedule.pk,
    }  # fmt: skip
    return [
        enqueue(
            MAKE,
            payload,
            actor=each,
            run_after=after,
            unique=f"{MAKE}:{schedule.pk}:{each.pk}:{period.ends}",
        )
        for each in people
    ]


def run_now(schedule: Schedule, person: User) -> None:
    """The report of the last whole period for one person, without a mail."""
    local = timezone.now().astimezone(company_zone()).date()
    ask(schedule, last_whole(schedule.rhythm, local), [person], mailed=False)  # type: ignore[arg-type]


def _told(schedule: Schedule) -> dict[str, str]:
    return {name: str(getattr(schedule, name)) for name in ("kind", "rhythm", "audience")}
