"""What falls due with clients, of every noun that has a day: one query over eight tables."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import CharField, DateField, F, IntegerField, QuerySet, Value
from django.db.models.functions import Cast, TruncDate

from accounts.models import (
    Agreement,
    Goal,
    Meeting,
    PlanAction,
    Promise,
    RunStep,
    Task,
)
from kam.lib.periods import company_zone

# What somebody does next, as against what ends or is to be reached by a day.
STEPS = ("task", "meeting", "plan_action", "promise", "step")
DEADLINES = ("meeting", "agreement", "goal")


@dataclass(frozen=True)
class Dated:
    """Something with a day: ``noun`` names it, ``row`` is its id, ``who`` answers for it."""

    noun: str
    row: int
    day: dt.date
    text: str
    who: str | None
    client: int


def coming(
    entities: Collection[int], until: dt.date, nouns: Collection[str], most: int = 500
) -> list[Dated]:
    """What is open and due by ``until``, overdue included, by day."""
    parts = [
        _part(noun, rows, day, text, who, client).filter(on_day__lte=until)
        for noun, rows, day, text, who, client in _sources(entities)
        if noun in nouns
    ]
    rows = parts[0].union(*parts[1:], all=True) if len(parts) > 1 else parts[0]
    return [Dated(*row) for row in rows.order_by("on_day", "on_row")[:most]]


def next_steps(entities: Collection[int], day: dt.date, ahead: int = 365) -> dict[int, Dated]:
    """Legal entity -> what is done next with it, what is overdue first."""
    found: dict[int, Dated] = {}
    for each in coming(entities, day + dt.timedelta(days=ahead), STEPS, most=2_000):
        found.setdefault(each.client, each)
    return found


def _sources(entities: Collection[int]) -> list[tuple]:
    of = {"client__in": entities}
    meetings = Meeting.objects.filter(state="planned", **of)
    return [
        ("task", Task.objects.filter(settled_on__isnull=True, **of), "due", "what", "owner",
         "client_id"),
        ("promise", Promise.objects.filter(state="open", side="ours", **of), "due", "what",
         "owner", "client_id"),
        ("plan_action", PlanAction.objects.filter(state="open", plan__client__in=entities), "due",
         "what", "owner", "plan__client_id"),
        ("step", RunStep.objects.filter(state="open", run__process__client__in=entities), "due",
         "name", "responsible", "run__process__client_id"),
        ("goal", Goal.objects.filter(status="open", due__isnull=False, **of), "due", "what_for",
         "owner", "client_id"),
        ("agreement", Agreement.objects.filter(ended_on__isnull=True, ends__isnull=False, **of),
         "ends", "number", "owner", "client_id"),
        ("meeting", meetings.annotate(held=TruncDate("starts_at", tzinfo=company_zone())), "held",
         "title", "owner", "client_id"),
    ]  # fmt: skip


def _part(noun: str, rows: QuerySet, day: str, text: str, who: str, client: str) -> QuerySet:
    # "on_": a name must not be that of a column of any of them.
    columns = {
        "on_noun": Value(noun, CharField()),
        "on_row": Cast("pk", IntegerField()),
        "on_day": Cast(F(day), DateField()),
        "on_text": Cast(F(text), CharField()),
        "on_who": F(f"{who}__name"),
        "on_client": Cast(F(client), IntegerField()),
    }
    return rows.order_by().annotate(**columns).values_list(*columns)
