"""The mail in the morning with what a person has to do today: once a day, or not at all."""

from __future__ import annotations

import datetime as dt
import smtplib
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage
from django.db.models import Q
from django.template.loader import render_to_string
from django.utils.translation import ngettext, override

from accounts.models import Task, User
from accounts.selectors.tasks import tasks_of
from kam.audit.services import record
from kam.jobs.services import enqueue
from kam.lib import outgoing

ALL = "accounts.task_mails"
JOB = "accounts.task_mail"
MOST = 50


def request(day: dt.date) -> int:
    """Ask for a mail to each person who wants one and has something due; to how many."""
    if not outgoing.is_set_up():
        return 0
    due = Task.objects.filter(settled_on__isnull=True, due__lte=day)
    owners = due.exclude(state=Task.State.RETURNED).values("owner")
    people = User.objects.filter(Q(task_mailed_on__isnull=True) | Q(task_mailed_on__lt=day))
    people = people.filter(pk__in=owners, is_active=True, task_mail=True)
    for person in people:
        enqueue(
            JOB, {"person_id": person.pk, "day": day.isoformat()}, actor=person,
            unique=f"task-mail:{person.pk}:{day}",
        )  # fmt: skip
    return len(people)


def message_id(person: User, day: dt.date) -> str:
    """The same however often it is asked for, so that mail servers tell a double."""
    host = urlsplit(settings.SITE_URL).hostname or "localhost"
    return f"<tasks-{person.pk}-{day:%Y%m%d}@{host}>"


def send(person_id: int, day: dt.date) -> int:
    """Mail a person what is due on a day; how many tasks it told.

    Runs as that person, outside a transaction.  The day is noted before the server is spoken to: a
    mail that was broken off may have arrived and is not sent again.  Raises OSError or
    SMTPException where surely nothing was sent and it may be tried again.
    """
    person = User.objects.filter(pk=person_id, is_active=True, task_mail=True).first()
    if person is None:
        return 0
    tasks = tasks_of(person, day, MOST)
    fresh = Q(task_mailed_on__isnull=True) | Q(task_mailed_on__lt=day)
    if not tasks or not User.objects.filter(fresh, pk=person_id).update(task_mailed_on=day):
        return 0
    try:
        state = outgoing.hand_over(
            message(person, tasks, day), f"mail of tasks to person {person_id}"
        )
    except (OSError, smtplib.SMTPException):
        User.objects.filter(pk=person_id).update(task_mailed_on=person.task_mailed_on)
        raise
    if state != outgoing.SENT:
        return 0
    record("task.mail", object=person, details={"tasks": len(tasks)})
    return len(tasks)


def message(person: User, tasks: list[Task], day: dt.date) -> EmailMessage:
    site = settings.SITE_URL.rstrip("/")
    known = {
        "overdue": [task for task in tasks if task.due < day],
        "today": [task for task in tasks if task.due >= day],
        "full": len(tasks) == MOST,
        "site": site,
    }
    with override(person.language):
        subject = ngettext(
            "%(n)s task for today", "%(n)s tasks for today", len(tasks)
        ) % {"n": len(tasks)}  # fmt: skip
        text = render_to_string("emails/tasks.txt", known)
    return EmailMessage(
        subject, text, settings.DEFAULT_FROM_EMAIL, [person.email],
        headers={"Message-ID": message_id(person, day)},
    )  # fmt: skip
