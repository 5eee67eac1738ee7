"""Reading standings and goals, always as the current actor may see them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.db.models import Q, QuerySet

from accounts.models import Client, Goal, Standing

from .facts import known


def standings_as_of(as_of: dt.date) -> QuerySet[Standing]:
    """Where clients stood at the end of ``as_of``, by what was known then."""
    return Standing.objects.filter(known(as_of), since__lte=as_of).filter(
        Q(until__isnull=True) | Q(until__gt=as_of)
    )


def key_clients(as_of: dt.date) -> QuerySet[Client]:
    """The key clients at T: standing key or watch."""
    rows = standings_as_of(as_of).filter(value__in=Standing.IS_KEY).order_by()
    return Client.objects.filter(pk__in=rows.values("client_id"))


def present() -> QuerySet[Standing]:
    """The standings in force now; a client without one stands nowhere around the list."""
    return Standing.objects.filter(until__isnull=True, known_to__isnull=True)


def present_of(client_ids: Iterable[int]) -> dict[int, Standing]:
    """By client id; clients of no standing are not in it."""
    rows = present().filter(client_id__in=list(client_ids)).order_by()
    return {row.client_id: row for row in rows}


def standing_of(client_id: int) -> Standing | None:
    return present().filter(client_id=client_id).first()


def history(client_id: int) -> list[Standing]:
    """All stretches of a client's way, the latest first, as known today."""
    rows = Standing.objects.filter(client_id=client_id, known_to__isnull=True)
    return list(rows.select_related("author").order_by("-since", "-pk"))


def goals_of(client_id: int) -> list[Goal]:
    """Open goals first, each list by date."""
    rows = list(Goal.objects.filter(client_id=client_id).select_related("owner"))
    return sorted(rows, key=lambda g: (g.status != Goal.Status.OPEN, g.due or dt.date.max, g.pk))


def open_goals(client_ids: Iterable[int]) -> dict[int, list[Goal]]:
    """Open goals by client id, for the few clients of a page."""
    found: dict[int, list[Goal]] = {}
    rows = Goal.objects.filter(client_id__in=list(client_ids), status=Goal.Status.OPEN)
    for goal in rows.order_by("due", "pk"):
        found.setdefault(goal.client_id, []).append(goal)
    return found


def missing_for_gate(goals: Iterable[Goal]) -> list[str]:
    """What keeps a client with these open goals from trial and key: nothing where one is
    complete; otherwise what the most complete one lacks, or "goal" where there is none."""
    lacking = [goal.missing for goal in goals]
    return min(lacking, key=len) if lacking else ["goal"]


def taken_over_without_goal() -> list[Standing]:
    """Clients that came from the company's earlier list and whose goal is not complete yet, the
    most pressing first; ``row.goal_due`` is the day by which it has to be."""
    rows = list(present().filter(taken_over=True).select_related("client__owner"))
    goals = open_goals([row.client_id for row in rows])
    waiting = []
    for row in rows:
        of_client = goals.get(row.client_id, [])
        if missing_for_gate(of_client):
            row.goal_due = min((g.due for g in of_client if g.due), default=row.since)
            waiting.append(row)
    return sorted(waiting, key=lambda row: (row.goal_due, row.client.sort_name))
