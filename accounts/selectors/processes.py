"""Reading processes, their runs, and the events that start them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, F, Prefetch, Q, QuerySet

from accounts.models import (
    Document,
    Interaction,
    Process,
    ProcessRun,
    ProcessStep,
    ProcessTemplate,
    RunStep,
    TemplateStep,
    User,
)

OPEN = RunStep.State.OPEN


@dataclass(frozen=True)
class Event:
    """What starts a process.  ``reference``: the same for the same event, whatever its version."""

    reference: str
    text: str


def templates() -> QuerySet[ProcessTemplate]:
    """With their steps as ``listed``."""
    steps = Prefetch("steps", TemplateStep.objects.all(), to_attr="listed")
    return ProcessTemplate.objects.prefetch_related(steps)


def processes_of(client_id: int) -> list[Process]:
    """The client's processes with ``listed`` steps, those of its standard and the ``open`` runs."""
    running = RunStep.objects.select_related("responsible", "settled_by")
    runs = ProcessRun.objects.filter(ended_on__isnull=True).prefetch_related(
        Prefetch("steps", running, to_attr="listed")
    )
    return list(
        Process.objects.filter(client_id=client_id)
        .select_related("template")
        .order_by("stopped_on", "name", "pk")
        .prefetch_related(
            Prefetch("steps", ProcessStep.objects.select_related("responsible"), to_attr="listed"),
            Prefetch("template__steps", TemplateStep.objects.all(), to_attr="listed"),
            Prefetch("runs", runs, to_attr="open"),
        )
    )


def past_runs(client_id: int, most: int = 20) -> QuerySet[ProcessRun]:
    """Runs that have ended, latest first, with how many steps were ``late``."""
    late = Count(
        "steps", filter=Q(steps__state=RunStep.State.DONE, steps__settled_on__gt=F("steps__due"))
    )
    return (
        ProcessRun.objects.filter(process__client_id=client_id, ended_on__isnull=False)
        .select_related("process")
        .annotate(late=late)
        .order_by("-ended_on", "-pk")[:most]
    )


def steps_of_person(person: User, by: dt.date, most: int) -> Sequence[RunStep]:
    """Open steps that a person answers for and that are due by a day, the most urgent first."""
    return (
        RunStep.objects.filter(
            responsible=person, state=OPEN, due__lte=by, run__ended_on__isnull=True
        )
        .select_related("run__process__client")
        .order_by("due", "pk")[:most]
    )


def orders(entities: Sequence[int], since: dt.date, until: dt.date) -> list[Event]:
    """New orders; where the company loads no orders of the client, its invoices."""
    rows = Document.objects.filter(
        client_id__in=entities, known_to__isnull=True, date__lte=until
    ).order_by("date", "pk")
    asked = rows.filter(type=Document.Type.ORDER)
    if not asked.exists():
        asked = rows.filter(type=Document.Type.INVOICE)
    return [_of_document(row) for row in asked.filter(date__gte=since)]


def late_payments(entities: Sequence[int], since: dt.date, until: dt.date) -> list[Event]:
    """Invoices that fell due from the day on and were not paid in full the day after."""
    rows = Document.objects.filter(
        client_id__in=entities,
        known_to__isnull=True,
        type=Document.Type.INVOICE,
        due__gte=since,
        due__lt=until,
        settled_on__isnull=True,
    )
    return [_of_document(row) for row in rows.order_by("due", "pk")]


def complaints(entities: Sequence[int], since: dt.date, until: dt.date) -> list[Event]:
    rows = Interaction.objects.filter(
        client_id__in=entities,
        known_to__isnull=True,
        kind=Interaction.Kind.COMPLAINT,
        date__gte=since,
        date__lte=until,
    )
    return [
        Event(f"interaction:{row.source}:{row.key}"[:200], row.subject)
        for row in rows.order_by("date", "pk")
    ]


def _of_document(row: Document) -> Event:
    reference = (
        f"document:{row.source}:{row.type}:{row.organisation_id or ''}:{row.year}:{row.number}"
    )
    return Event(reference[:200], f"{row.get_type_display()} {row.number}")


def watched() -> QuerySet[Process]:
    """Processes that start by themselves, with their ``listed`` steps."""
    return (
        Process.objects.filter(stopped_on__isnull=True)
        .exclude(starts=Process.Start.HAND)
        .select_related("client")
        .prefetch_related(
            Prefetch("steps", ProcessStep.objects.order_by("position", "pk"), to_attr="listed")
        )
        .order_by("pk")
    )
