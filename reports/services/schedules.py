"""Schedules: writing them, and asking for the reports that are due."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Count, F, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from kam.audit.services import record
from kam.jobs.services import enqueue
from kam.lib.editing import Conflict
from kam.lib.periods import company_zone
from kam.lib.scoping import acting_system, current
from reports.figures.calendar import Period, due_day, due_period, last_whole
from reports.models import Report, Schedule, ScheduleReader
from reports.models.periodic import Kind, Rhythm

from . import built_orders

MAKE, DUE = "reports.make", "reports.due"
Role = User.Role
FIELDS = ("kind", "rhythm", "day", "hour", "audience", "mailed", "attached", "is_active")
# Who reads about clients at all, and so may be chosen to get a report.
READERS = (Role.ADMINISTRATOR, Role.MANAGER, Role.KAM, Role.AUDITOR)
# A KAM does not read all clients, of whom these tell.
OF_ALL = (Kind.TEAM, Kind.COMPANY, Kind.PROGRAMME)


def choosable(owner: User) -> QuerySet[User]:
    """Whom the owner of a schedule may choose by name: an administrator anybody who reads about
    clients, a manager the own team and who leads, others only themselves."""
    people = User.objects.filter(is_active=True, role__in=READERS).order_by("name", "pk")
    if owner.role == Role.ADMINISTRATOR:
        return people
    if owner.role == Role.MANAGER:
        leads = Q(role__in=(Role.ADMINISTRATOR, Role.MANAGER))
        return people.filter(leads | Q(team_id=owner.team_id, team__isnull=False))
    return people.filter(pk=owner.pk)


def chosen(schedule: Schedule) -> list[User]:
    """Who was chosen by name, whether or not they get it now."""
    rows = ScheduleReader.objects.filter(schedule=schedule).select_related("person__team")
    return [row.person for row in rows.order_by("person__name", "person")]


@transaction.atomic
def create(values: Mapping[str, Any], owner: User, people: Collection[User] = ()) -> Schedule:
    """Raises ValidationError where the person may not have such a schedule."""
    schedule = Schedule(owner=owner, **values)
    check(schedule, people)
    # Periods that were over before the schedule was made are not asked for.
    schedule.told_until = period_due(schedule, timezone.now()).ends
    schedule.save(force_insert=True)
    _choose(schedule, people)
    record("schedule.create", object=schedule, details=_told(schedule))
    return schedule


@transaction.atomic
def change(
    schedule: Schedule, values: Mapping[str, Any], version: int,
    people: Collection[User] | None = None,
) -> Schedule:  # fmt: skip
    """``people``: who is chosen by name from now on; None leaves them.  Raises Conflict where somebody was faster, ValidationError as above."""
    present = Schedule.objects.select_for_update(of=("self",)).get(pk=schedule.pk)
    if present.version != version:
        raise Conflict(present)
    changed = [name for name, value in values.items() if getattr(present, name) != value]
    before = chosen(present)
    if people is not None and {each.pk for each in people} != {each.pk for each in before}:
        changed.append("people")
    if not changed:
        return present
    if {"kind", "built"} & set(changed) and Kind.BUILT in (present.kind, values.get("kind")):
        raise ValidationError({"kind": _("What is ordered stays; order the other one anew.")})
    for name in set(changed) - {"people"}:
        setattr(present, name, values[name])
    check(present, before if people is None else people)
    if {"rhythm", "day", "hour", "is_active"} & set(changed):
        present.told_until = period_due(present, timezone.now()).ends
    present.version += 1
    present.save()
    if "people" in changed:
        _choose(present, people or ())
    record("schedule.change", object=present, details={"fields": changed})
    return present


def _choose(schedule: Schedule, people: Collection[User]) -> None:
    ScheduleReader.objects.filter(schedule=schedule).delete()
    ScheduleReader.objects.bulk_create(
        ScheduleReader(schedule=schedule, person=each) for each in people
    )


def check(schedule: Schedule, people: Collection[User] = ()) -> None:
    """Raises ValidationError: reports for others, or on all clients, are for those who lead.

    people: who is chosen by name.
    """
    leads = schedule.owner.role in (Role.ADMINISTRATOR, Role.MANAGER)
    if schedule.audience != Schedule.Audience.OWNER and not leads:
        raise ValidationError({"audience": _("Only those who lead order reports for others.")})
    if schedule.audience == Schedule.Audience.LEADERS and schedule.owner.role != Role.ADMINISTRATOR:
        raise ValidationError(
            {"audience": _("Only an administrator orders reports for everybody who leads.")}
        )
    if schedule.kind in OF_ALL and schedule.owner.role == Role.KAM:
        raise ValidationError({"kind": _("A KAM gets the report on their own clients.")})
    if schedule.kind == Kind.REVIEWS and schedule.rhythm != Rhythm.QUARTER:
        raise ValidationError({"rhythm": _("Business reviews are made every quarter.")})
    if schedule.audience == Schedule.Audience.NAMED:
        _check_chosen(schedule, people)
    # What is not shared any more can always be switched off.
    if schedule.kind == Kind.BUILT and schedule.is_active:
        named = schedule.audience == Schedule.Audience.NAMED
        built_orders.check(schedule, people if named else wanted(schedule))


def _check_chosen(schedule: Schedule, people: Collection[User]) -> None:
    if not people:
        raise ValidationError({"people": _("Choose who gets the report.")})
    allowed = set(choosable(schedule.owner).values_list("pk", flat=True))
    for each in people:
        if each.pk not in allowed:
            said = _("%(name)s cannot be chosen here.") % {"name": each.name}
            raise ValidationError({"people": said})
        if each.role == Role.KAM and schedule.kind in OF_ALL:
            said = _("%(name)s is a KAM and gets the report on their own clients only.")
            raise ValidationError({"people": said % {"name": each.name}})


def readers(schedule: Schedule) -> list[User]:
    """Who gets the reports; each computed with their own rights.  Needs a system at work.

    A built report goes to whoever may open it, as long as who ordered it may.
    """
    people = wanted(schedule)
    if schedule.built is None:
        return people
    return built_orders.seen_by(schedule.built, people) if is_seen(schedule) else []


def is_seen(schedule: Schedule) -> bool:
    """Whether who ordered a built report may open it; others always can what they order."""
    return schedule.built is None or bool(built_orders.seen_by(schedule.built, [schedule.owner]))


def wanted(schedule: Schedule) -> list[User]:
    """Whom the order is meant for."""
    active = User.objects.filter(is_active=True).select_related("team").order_by("pk")
    owner = schedule.owner
    if schedule.audience == Schedule.Audience.KAMS:
        kams = active.filter(role=Role.KAM)
        return list(kams if owner.role == Role.ADMINISTRATOR else kams.filter(team=owner.team_id))
    if schedule.audience == Schedule.Audience.LEADERS:
        return list(active.filter(role__in=(Role.ADMINISTRATOR, Role.MANAGER)))
    if schedule.audience == Schedule.Audience.NAMED:
        return _named(schedule)
    return [owner] if owner.is_active else []


def _named(schedule: Schedule) -> list[User]:
    """Of those who were chosen, who still may be: people change their team, their part and leave."""
    allowed = set(choosable(schedule.owner).values_list("pk", flat=True))
    return [
        each
        for each in chosen(schedule)
        if each.pk in allowed and not (each.role == Role.KAM and schedule.kind in OF_ALL)
    ]


def failed_mails(orders: Iterable[Schedule]) -> dict[int, int]:
    """Order -> how many mails of its last period did not arrive, or may not have.  Whoever ordered
    it is told how many, also of readers whose reports they do not see."""
    owned = [each.pk for each in orders]
    broken = (Report.Mail.REFUSED, Report.Mail.UNSURE)
    with acting_system("mails that failed", getattr(current(), "pk", None)):
        rows = Report.objects.filter(
            schedule__in=owned, ends=F("schedule__told_until"), mail__in=broken
        ).order_by()
        return dict(rows.values_list("schedule").annotate(count=Count("pk")))


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
    for _step in range(40):  # the period after the one that is due ends within a year
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
            rows = rows.select_related("owner__team", "built")
            schedule = rows.filter(pk=pk, is_active=True).first()
            if schedule is None:
                continue
            period = period_due(schedule, now)
            if schedule.told_until is not None and schedule.told_until >= period.ends:
                continue
            people = readers(schedule)
            asked += len(ask(schedule, period, people))
            if schedule.built is not None:
                built_orders.tell_left_out(schedule, wanted(schedule), people)
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
    if schedule.built_id is not None:
        payload["built_id"] = schedule.built_id
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
    """The report of the last whole period for one person, without a mail.

    Raises ValidationError where it is of a built one that the person may not open.
    """
    if schedule.built is not None and not built_orders.seen_by(schedule.built, [person]):
        raise ValidationError(_("This report is not shared with you any more."))
    local = timezone.now().astimezone(company_zone()).date()
    ask(schedule, last_whole(schedule.rhythm, local), [person], mailed=False)  # type: ignore[arg-type]


def _told(schedule: Schedule) -> dict[str, str]:
    return {name: str(getattr(schedule, name)) for name in ("kind", "rhythm", "audience")}
