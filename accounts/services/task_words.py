"""What people are told of tasks, in words, and how a task repeats."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from accounts.measures import recurrence


def words_of(facts: Mapping[str, Any]) -> tuple[str, str]:
    """Text and address of a notice about a task."""
    told = {
        "asked": _("You are asked to do this: %(what)s"),
        "returned": _("A task that you asked for is returned: %(what)s"),
        "done": _("A task that you asked for is done: %(what)s"),
    }
    return told[facts["step"]] % {"what": facts["what"]}, reverse(
        "task_detail", args=[facts["task"]]
    )


def rule_in_words(text: str, due: dt.date | None = None) -> str:
    """How a task repeats: "every Monday", "every month on day 5"; empty where it does not."""
    if not text:
        return ""
    try:
        rule = recurrence.parse(text)
    except ValueError:
        return text
    days = [recurrence.DAYS.index(each) for each in rule.days]
    if days == [0, 1, 2, 3, 4] and rule.every == 1:
        said = _("every working day")
    elif rule.frequency == "DAILY":
        said = (
            _("every day")
            if rule.every == 1
            else ngettext("every %(n)s day", "every %(n)s days", rule.every) % {"n": rule.every}
        )
    elif rule.frequency == "WEEKLY":
        if not days and due is not None:
            days = [due.weekday()]
        said = (
            _("every week")
            if rule.every == 1
            else ngettext("every %(n)s week", "every %(n)s weeks", rule.every) % {"n": rule.every}
        )
        if len(days) == 1 and rule.every == 1:
            said = _every(days[0])
        elif days:
            said = f"{said}: {', '.join(str(WEEKDAYS[each]).lower() for each in days)}"
    elif rule.frequency == "MONTHLY":
        said = (
            _("every month")
            if rule.every == 1
            else ngettext("every %(n)s month", "every %(n)s months", rule.every) % {"n": rule.every}
        )
        day = rule.day or (due.day if due else None)
        if day:
            said = _("%(every)s, on day %(day)s") % {"every": said, "day": day}
    else:
        said = (
            _("every year")
            if rule.every == 1
            else ngettext("every %(n)s year", "every %(n)s years", rule.every) % {"n": rule.every}
        )
    return said


def _every(weekday: int) -> str:
    return (
        pgettext("repeats", "every Monday"),
        pgettext("repeats", "every Tuesday"),
        pgettext("repeats", "every Wednesday"),
        pgettext("repeats", "every Thursday"),
        pgettext("repeats", "every Friday"),
        pgettext("repeats", "every Saturday"),
        pgettext("repeats", "every Sunday"),
    )[weekday]
