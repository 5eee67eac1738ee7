"""What a KAM does next, and waits for from others, as their own report tells it."""

from __future__ import annotations

import datetime as dt

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.models import Task, User
from accounts.selectors import tasks

from .shapes import Table, new_table, told_in_part

ACTS = 5
MOST = 40


def acts_table(person: User, until: dt.date) -> Table:
    """The first five of what the person has to do until that day, overdue first."""
    table = new_table(
        "acts", _("What is to be done next"), _("Nothing is to be done in these days."),
        [
            (_("What is to be done"), "text"), (_("Client"), "text"),
            (pgettext("task", "Due"), "day"),
        ],
    )  # fmt: skip
    found = tasks.tasks_of(person, until, most=1_000)
    for each in found[:ACTS]:
        table["rows"].append([each.what, _client(each), each.due])
        table["links"].append(reverse("task_detail", args=[each.pk]))
    table["rolls"] = True
    return told_in_part(table, len(found))


def help_table(person: User) -> Table:
    """What the person has asked of others and is not done, by the day it is due."""
    table = new_table(
        "help", _("Where help is needed"), _("Nothing that was asked of others is open."),
        [
            (_("What was asked for"), "text"), (_("Client"), "text"), (_("Of whom"), "text"),
            (_("Where it stands"), "text"), (pgettext("task", "Due"), "day"),
        ],
    )  # fmt: skip
    table["state"], table["whose"] = 3, 1
    asked = tasks.given_by(person)
    for each in asked[:MOST]:
        stands = each.get_state_display()
        if each.state == Task.State.RETURNED:
            stands = f"{stands}: {each.word}"
        table["rows"].append([each.what, _client(each), each.owner.name, stands, each.due])
        table["links"].append(reverse("task_detail", args=[each.pk]))
    return told_in_part(table, asked.count())


def _client(task: Task) -> str:
    return task.client.name if task.client else ""
