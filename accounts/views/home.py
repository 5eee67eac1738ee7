"""The first page after sign-in: what needs attention, and the clients one looks after."""

import datetime as dt

from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from accounts.models import Client, User
from accounts.selectors import clients as lists
from accounts.selectors import (
    handovers,
    health,
    meetings,
    plans,
    problems,
    processes,
    promises,
    tasks,
)
from accounts.selectors.timeline import last_contacts
from kam.lib.company import company
from kam.lib.navigation import address, may
from kam.lib.periods import today

MOST_CLIENTS = 35
MOST_ALERTS = 5
# Nobody has spoken with the client for longer than this.
SILENCE = dt.timedelta(days=60)
# Steps of processes that one answers for, due within this.
NEAR = dt.timedelta(days=7)
MOST_STEPS = 10


@require_GET
def home(request):
    """``?for=``: the day of somebody whom one leads or stands in for."""
    day = today()
    stood_in = handovers.away_today(day, request.user) if _is_lent(request.user, day) else []
    person = _whose(request, [row.person for row in stood_in])
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
    clients = lists.looked_after(person, MOST_CLIENTS)
    first_hour = first_hour_of(request.user)
    if not clients and not Client.objects.exists():
        if first_hour:
            return redirect(first_hour)
        return render(request, "accounts/home/start.html")
    lines = lines_of(clients, day)
    context = {
        "lines": lines,
        "alerts": alerts(lines, day),
        "attention": problems.attention_of(person, day, MOST_ALERTS),
        "tasks": tasks.tasks_of(person, day + NEAR, MOST_STEPS),
        "has_health": any(line["fares"] for line in lines),
        "has_moves": any(line["moved"] for line in lines),
        "own": person.role == User.Role.KAM,
        "full": len(clients) == MOST_CLIENTS,
        "loads": [],
        "first_hour": first_hour,
        "steps": processes.steps_of_person(person, day + NEAR, MOST_STEPS),
        "promises": due,
        "meetings": meetings.coming_of_person(person, day + NEAR, MOST_STEPS),
        "review_decisions": meetings.last_decisions_of(person),
        **planned,
        "handovers": handovers.of_person(person, day, MOST_STEPS) if _is_lent(person, day) else [],
        "stood_in": stood_in,
        "whose": person if person.pk != request.user.pk else None,
        "today": day,
        "asked": address("rating_request_list"),
    }
    if person.role == User.Role.MANAGER and person.team_id:
        context["loads"] = lists.loads(person.team_id)
    return render(request, "accounts/home/home.html", context)


def _is_lent(person: User, day: dt.date) -> bool:
    """Whether a handover or a substitution concerns the person these days."""
    return person.lent_until is not None and person.lent_until >= day


def _whose(request, away: list[User]) -> User:
    """Whose day is asked for, where the reader leads that person or stands in for them."""
    asked = request.GET.get("for", "")
    if not asked.isdecimal():
        return request.user
    reader, pk = request.user, int(asked[:18])
    for person in away:
        if person.pk == pk:
            return person
    led = User.objects.filter(pk=pk, is_active=True, role=User.Role.KAM)
    if reader.role == User.Role.MANAGER and reader.team_id:
        return led.filter(team_id=reader.team_id).first() or reader
    if reader.role in (User.Role.ADMINISTRATOR, User.Role.AUDITOR):
        return led.first() or reader
    return reader


def first_hour_of(person: User) -> str:
    """Where the person is led through the first hour; empty where nobody needs that any more."""
    over = company().first_hour_over or not may(person, "first_hour")
    return "" if over else address("first_hour")


def lines_of(clients: list[Client], day: dt.date) -> list[dict]:
    """The clients with what was sold and when somebody last spoke with them."""
    sales = lists.sales(clients, day)
    talks = last_contacts(lists.entities_of(clients, day), day)
    fares = health.health_of([client.pk for client in clients], day)
    return [
        {
            "client": client,
            "sales": sales[client.pk],
            "talk": talks.get(client.pk),
            "moved": moved(client),
            "fares": fares.get(client.pk),
        }
        for client in clients
    ]


def moved(client: Client) -> int | None:
    """Places won since the ranking before; None where there is nothing to compare."""
    place = getattr(client, "place", None)
    if place is None or place.rank is None or place.previous_rank is None:
        return None
    return place.previous_rank - place.rank


def alerts(lines: list[dict], day: dt.date) -> list[dict]:
    """What to look at first: money past its due day, most first, then the longest silence."""
    owing = [line for line in lines if line["sales"].overdue > 0]
    owing.sort(key=lambda line: -line["sales"].overdue)
    silent = [
        line
        for line in lines
        if line["talk"]
        and day - line["talk"] > SILENCE
        and line["client"].lifecycle == Client.Lifecycle.ACTIVE
    ]
    silent.sort(key=lambda line: line["talk"])
    found = [{"kind": "overdue", **line} for line in owing]
    found += [{"kind": "silence", "days": (day - line["talk"]).days, **line} for line in silent]
    return found[:MOST_ALERTS]
