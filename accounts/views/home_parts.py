"""Parts of Today that are asked for on their own, so that the page itself is there at once: the
clients one looks after, what changed with them, and what comes within 90 days."""

import datetime as dt

from django.shortcuts import render
from django.views.decorators.http import require_GET

from accounts.models import Client, Promise, User
from accounts.selectors import changes, coming, handovers, health, promises
from accounts.selectors import clients as lists
from accounts.selectors.standings import present_of
from accounts.selectors.timeline import last_contacts
from accounts.services.sales_plans import against_plan
from kam.lib.navigation import address
from kam.lib.periods import today
from kam.lib.views import wants_part

MOST_CLIENTS = 35
MOST_ALERTS = 5
# Nobody has spoken with the client for longer than this.
SILENCE = dt.timedelta(days=60)
# Less than this part of the plan of the complete months is worth an alert.
BEHIND = 0.9
AHEAD = dt.timedelta(days=90)
PAGES = {
    "task": "task_detail", "promise": "promise_detail", "plan_action": "plan_action",
    "step": "", "goal": "goal_detail", "meeting": "meeting_detail", "note": "interaction_detail",
    "raised": "problem_detail", "closed": "problem_detail",
}  # fmt: skip
# What has no page of its own -> the page of its client that shows it.
OF_CLIENT = {
    "step": "client_processes", "agreement": "client_agreements", "standing": "client_standing",
    "health": "client_health",
}  # fmt: skip


def whose(request, day: dt.date) -> tuple[User, list]:
    """Whose day is asked for by ``?for=``, where the reader leads that person or stands in for
    them; and the substitutions that the reader has today."""
    reader = request.user
    stood_in = handovers.away_today(day, reader) if is_lent(reader, day) else []
    asked = request.GET.get("for", "")
    if not asked.isdecimal():
        return reader, stood_in
    pk = int(asked[:18])
    for row in stood_in:
        if row.person_id == pk:
            return row.person, stood_in
    led = User.objects.filter(pk=pk, is_active=True, role=User.Role.KAM)
    if reader.role == User.Role.MANAGER and reader.team_id:
        return led.filter(team_id=reader.team_id).first() or reader, stood_in
    if reader.role in (User.Role.ADMINISTRATOR, User.Role.AUDITOR):
        return led.first() or reader, stood_in
    return reader, stood_in


def is_lent(person: User, day: dt.date) -> bool:
    """Whether a handover or a substitution concerns the person these days."""
    return person.lent_until is not None and person.lent_until >= day


@require_GET
def home_clients(request):
    """The clients with standing, sales, health, next step; above them who owes, who is behind plan
    and with whom nobody has spoken."""
    day = today()
    person, _stood_in = whose(request, day)
    clients = lists.looked_after(person, MOST_CLIENTS)
    lines = lines_of(clients, day)
    context = {
        "lines": lines,
        "alerts": alerts(lines, day),
        "has_health": any(line["fares"] for line in lines),
        "has_plans": any(line["plan"] for line in lines),
        "own": person.role == User.Role.KAM,
        "whose": person if person.pk != request.user.pk else None,
        "full": len(clients) == MOST_CLIENTS,
        "today": day,
    }
    return _part(request, "clients", context)


@require_GET
def home_changes(request):
    """What others and the product did with one's clients since one was here last."""
    day = today()
    person, _stood_in = whose(request, day)
    clients, counts_for = _entities(person, day)
    visited = changes.last_visit(person, day)
    rows = changes.since(list(counts_for), visited, day, person)
    labels = dict(Promise.State.choices)
    context = {
        "visited": visited,
        "changes": [
            (row, clients[counts_for[row.client]], _address(row), labels.get(row.word, ""))
            for row in rows
        ],
    }
    return _part(request, "changes", context)


@require_GET
def home_coming(request):
    """Meetings, agreements that end and goals due within 90 days."""
    day = today()
    person, _stood_in = whose(request, day)
    clients, counts_for = _entities(person, day)
    rows = coming.coming(list(counts_for), day + AHEAD, coming.DEADLINES, most=40)
    context = {
        "coming": [
            (row, clients[counts_for[row.client]], _address(row)) for row in rows if row.day >= day
        ],
    }
    return _part(request, "coming", context)


def _part(request, name: str, context: dict):
    template = f"_{name}" if wants_part(request) else name
    return render(request, f"accounts/home/{template}.html", context)


def _entities(person: User, day: dt.date) -> tuple[dict[int, Client], dict[int, int]]:
    clients = lists.looked_after(person, MOST_CLIENTS)
    return {client.pk: client for client in clients}, lists.entities_of(clients, day)


def _address(row) -> str:
    if row.noun in OF_CLIENT:
        return address(OF_CLIENT[row.noun], row.client)
    return address(PAGES[row.noun], row.row)


def lines_of(clients: list[Client], day: dt.date) -> list[dict]:
    """The clients with what was sold and planned, when somebody last spoke with them, what is
    promised and what is done next."""
    counts_for = lists.entities_of(clients, day)
    sales = lists.sales(clients, day)
    talks = last_contacts(counts_for, day)
    standings = present_of(client.pk for client in clients)
    fares = health.health_of([client.pk for client in clients], day)
    planned = against_plan(counts_for, day)
    promised = promises.open_counts(list(counts_for), day)
    steps = coming.next_steps(list(counts_for), day)
    found = []
    for client in clients:
        entities = [entity for entity, owner in counts_for.items() if owner == client.pk]
        plan, actual = planned.get(client.pk, (None, None))
        step = min(
            (steps[each] for each in entities if each in steps), key=lambda s: s.day, default=None
        )
        found.append(
            {
                "client": client,
                "sales": sales[client.pk],
                "talk": talks.get(client.pk),
                "moved": moved(client),
                "standing": standings.get(client.pk),
                "fares": fares.get(client.pk),
                "plan": plan,
                "reached": actual / plan if plan else None,
                "promises": sum(promised.get(each, (0, 0))[0] for each in entities),
                "late": sum(promised.get(each, (0, 0))[1] for each in entities),
                "step": step,
                "step_url": _address(step) if step else "",
            }
        )
    return found


def moved(client: Client) -> int | None:
    """Places won since the ranking before; None where there is nothing to compare."""
    place = getattr(client, "place", None)
    if place is None or place.rank is None or place.previous_rank is None:
        return None
    return place.previous_rank - place.rank


def alerts(lines: list[dict], day: dt.date) -> list[dict]:
    """What to look at first: money past its due day, most first; who is behind plan, furthest
    first; then the longest silence."""
    owing = [line for line in lines if line["sales"].overdue > 0]
    owing.sort(key=lambda line: -line["sales"].overdue)
    behind = [line for line in lines if line["reached"] is not None and line["reached"] < BEHIND]
    behind.sort(key=lambda line: line["reached"])
    silent = [
        line
        for line in lines
        if line["talk"]
        and day - line["talk"] > SILENCE
        and line["client"].lifecycle == Client.Lifecycle.ACTIVE
    ]
    silent.sort(key=lambda line: line["talk"])
    kinds = (("overdue", owing), ("plan", behind), ("silence", silent))
    share = [[{"kind": kind, **line} for line in rows] for kind, rows in kinds]
    # Two of each kind have their place before a third of any.
    found = [each for rows in share for each in rows[:2]]
    found += [each for rows in share for each in rows[2:]]
    for each in found:
        if each["kind"] == "silence":
            each["days"] = (day - each["talk"]).days
    return found[:MOST_ALERTS]
