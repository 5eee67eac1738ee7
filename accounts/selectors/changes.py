"""What changed with clients since somebody last looked."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import CharField, DateField, F, IntegerField, Max, Q, QuerySet, Value
from django.db.models.functions import Cast

from accounts.models import HealthWeek, Interaction, Problem, Promise, Standing, User
from kam.audit.models import DataAccess
from kam.lib.periods import start_of_day
from kam.lib.scoping import acting_system

FIRST_LOOK = 7  # days back, where nobody knows when the person was here
LONGEST = 60
MOST = 12
TURN = 10  # points of health that are worth a word


@dataclass(frozen=True)
class Change:
    """``noun`` says what changed, ``row`` is its id; ``word`` and ``text`` tell it."""

    noun: str
    row: int
    day: dt.date
    word: str
    text: str
    client: int


def last_visit(person: User, day: dt.date) -> dt.date:
    """The last day before today on which the person had clients before their eyes."""
    with acting_system("the day of a person's last visit"):
        seen = DataAccess.objects.filter(actor=person, day__lt=day).aggregate(day=Max("day"))["day"]
    earliest = day - dt.timedelta(days=LONGEST)
    return max(seen, earliest) if seen else day - dt.timedelta(days=FIRST_LOOK)


def since(entities: Collection[int], visited: dt.date, day: dt.date, person: User) -> list[Change]:
    """What others and the product did with these clients from the day of the visit on, latest
    first.  Two queries."""
    moment = start_of_day(visited)
    of = {"client__in": entities}
    standings = Standing.objects.filter(known_to__isnull=True, known_from__gte=moment, **of)
    problems = Problem.objects.filter(**of).exclude(author=person)
    closed = Problem.objects.filter(closed_on__gte=visited, **of)
    promises = Promise.objects.filter(settled_on__gte=visited, **of).exclude(settled_by=person)
    notes = Interaction.objects.filter(known_to__isnull=True, known_from__gte=moment, **of)
    notes = notes.exclude(author=person)
    parts = [
        _part("standing", standings.exclude(author=person), "since", F("value"), "reason"),
        _part("raised", problems.filter(raised_on__gte=visited), "raised_on", Value(""), "what"),
        _part("closed", closed, "closed_on", F("state"), "what"),
        _part("promise", promises, "settled_on", F("state"), "what"),
        _part("note", notes.filter(Q(author__isnull=False)), "date", F("kind"), "subject"),
    ]
    rows = parts[0].union(*parts[1:], all=True).order_by("-on_day", "-on_row")[:MOST]
    found = [Change(*row) for row in rows]
    found += _health(entities, visited, day)
    return sorted(found, key=lambda each: each.day, reverse=True)[:MOST]


def _part(noun: str, rows: QuerySet, day: str, word, text: str) -> QuerySet:
    # "on_": a name must not be that of a column of any of them.
    columns = {
        "on_noun": Value(noun, CharField()),
        "on_row": Cast("pk", IntegerField()),
        "on_day": Cast(F(day), DateField()),
        "on_word": Cast(word, CharField()),
        "on_text": Cast(F(text), CharField()),
        "on_client": Cast(F("client_id"), IntegerField()),
    }
    return rows.order_by().annotate(**columns).values_list(*columns)


def _health(entities: Collection[int], visited: dt.date, day: dt.date) -> list[Change]:
    """Whose health turned by ten points between the week of the visit and the last one."""
    weeks = HealthWeek.objects.filter(
        client__in=entities, week__gte=visited - dt.timedelta(days=7), score__isnull=False
    )
    first: dict[int, HealthWeek] = {}
    last: dict[int, HealthWeek] = {}
    for row in weeks.order_by("week"):
        first.setdefault(row.client_id, row)
        last[row.client_id] = row
    return [
        Change("health", client, row.week, f"{first[client].score} → {row.score}",
               "up" if row.score > first[client].score else "down", client)
        for client, row in last.items()
        if abs(row.score - first[client].score) >= TURN and row.week <= day
    ]  # fmt: skip
