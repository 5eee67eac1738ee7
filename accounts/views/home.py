"""The first page after sign-in: what is to be done today.  What is asked for after it stands in
:mod:`accounts.views.home_parts`."""

import datetime as dt

from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from accounts.models import Client, User
from accounts.selectors import clients as lists
from accounts.selectors import (
    handovers,
    meetings,
    plans,
    problems,
    processes,
    promises,
    tasks,
)
from accounts.services.radar_words import evidence_of
from kam.lib.company import company
from kam.lib.navigation import address, may
from kam.lib.periods import today

from .home_parts import is_lent, whose

# Steps of processes that one answers for, due within this.
MOST_SIGNALS = 5
NEAR = dt.timedelta(days=7)
MOST_STEPS = 10


@require_GET
def home(request):
    """``?for=``: the day of somebody whom one leads or stands in for."""
    day = today()
    person, stood_in = whose(request, day)
    due = promises.due_of_person(person, day + NEAR, MOST_STEPS)
    parts = plans.plans_of_person(person, day)
    planned = {
        "parts": parts[:MOST_STEPS],  # those to acknowledge come first
        "asked_of": {part.plan_id for part in parts if plans.is_asked(part)},
        "actions": plans.due_of_person(person, day + NEAR, MOST_STEPS),
    }
    if person.role == User.Role.COLLEAGUE:
        steps = processes.steps_of_person(person, day + NEAR, MOST_STEPS)
        context = {
            "promises": due,
            "steps": steps,
            "tasks": tasks.tasks_of(person, day + NEAR, MOST_STEPS),
            "today": day,
            **planned,
        }
        return render(request, "accounts/home/colleague.html", context)
    first_hour = first_hour_of(request.user)
    if not Client.objects.exists():
        if first_hour:
            return redirect(first_hour)
        return render(request, "accounts/home/start.html")
    context = {
        "attention": [
            (each, evidence_of(each.signal)[:1] if each.signal else [])
            for each in problems.attention_of(person, day, MOST_SIGNALS)
        ],
        "may_put_off": may(request.user, "signal_detail", "POST"),
        "week_on": day + dt.timedelta(days=7),
        "tasks": tasks.tasks_of(person, day + NEAR, MOST_STEPS),
        "own": person.role == User.Role.KAM,
        "loads": [],
        "first_hour": first_hour,
        "steps": processes.steps_of_person(person, day + NEAR, MOST_STEPS),
        "promises": due,
        "meetings": meetings.coming_of_person(person, day + NEAR, MOST_STEPS),
        "review_decisions": meetings.last_decisions_of(person),
        **planned,
        "handovers": handovers.of_person(person, day, MOST_STEPS) if is_lent(person, day) else [],
        "stood_in": stood_in,
        "whose": person if person.pk != request.user.pk else None,
        "today": day,
        "asked": address("rating_request_list"),
    }
    if person.role == User.Role.MANAGER and person.team_id:
        context["loads"] = lists.loads(person.team_id)
    return render(request, "accounts/home/home.html", context)


def first_hour_of(person: User) -> str:
    """Where the person is led through the first hour; empty where nobody needs that any more."""
    over = company().first_hour_over or not may(person, "first_hour")
    return "" if over else address("first_hour")
