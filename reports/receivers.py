"""Sums follow the documents; and the demo workspace has reports, too: some ordered, those of the last
three months, two that people built, and business reviews of two clients."""

import datetime as dt

from django.db import transaction
from django.dispatch import receiver
from django.utils import timezone

from accounts.models import User
from accounts.signals import portfolio_changed, workspace_made
from kam.jobs.services import enqueue

from .figures.calendar import last_whole
from .models import Schedule
from .models.periodic import Kind, Rhythm
from .services import demo_built, demo_reviews, ledger, schedules

MONTHS = 3
# Jobs go in the order in which they may, and a report is compared with the one before it.
NEXT = dt.timedelta(milliseconds=10)


@receiver(portfolio_changed, dispatch_uid="reports read what changed")
def read_again(sender, **kwargs):
    with transaction.atomic():
        ledger.ask()


@receiver(workspace_made, dispatch_uid="reports are ordered in a demo workspace")
def order_reports(sender, people, day, **kwargs):
    """A manager orders the KAMs' monthly reports and quarterly reviews, and for themselves the
    team's portfolio and what they built.  The ranking that they tell of was asked for before."""
    manager = next((each for each in people if each.role == User.Role.MANAGER), None)
    if manager is None:
        return
    built = demo_built.fill(people)
    schedules.create(
        {"kind": Kind.REVIEWS, "rhythm": Rhythm.QUARTER, "day": 5, "hour": 7,
         "audience": Schedule.Audience.KAMS}, manager,
    )  # fmt: skip
    now = timezone.now()
    for kind, audience in (
        (Kind.KAM, Schedule.Audience.KAMS),
        (Kind.TEAM, Schedule.Audience.OWNER),
        (Kind.BUILT, Schedule.Audience.OWNER),
    ):
        values = {"kind": kind, "rhythm": Rhythm.MONTH, "day": 1, "hour": 7, "audience": audience}
        values |= {"built": built} if kind == Kind.BUILT else {}
        schedule = schedules.create(values, manager)
        until, periods = day, []
        for _month in range(MONTHS):
            periods.append(last_whole("month", until))
            until = periods[-1].starts
        for number, period in enumerate(reversed(periods)):
            moment = now + number * NEXT
            schedules.ask(
                schedule, period, schedules.readers(schedule)[:2], mailed=False, after=moment
            )
    enqueue(demo_reviews.JOB, {"manager_id": manager.pk}, actor=manager)
