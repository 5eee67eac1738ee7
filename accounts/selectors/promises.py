"""Promises as pages and the API show them, and how often they are kept."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Count, F, Q, QuerySet

from accounts.models import Promise, PromiseMove, User

State, Side = Promise.State, Promise.Side
# Fewer settled promises say nothing in per cent.
FEWEST = 5


@dataclass(frozen=True)
class Kept:
    """How promises ended.  Those withdrawn count nowhere: both sides let them go."""

    kept: int = 0
    late: int = 0
    broken: int = 0
    open: int = 0
    overdue: int = 0

    @property
    def settled(self) -> int:
        return self.kept + self.late + self.broken

    @property
    def rate(self) -> float | None:
        """Share kept in time, 0..1; None below FEWEST settled ones."""
        return self.kept / self.settled if self.settled >= FEWEST else None


@dataclass(frozen=True)
class Filters:
    """``state``: a state, "overdue", or "settled"; empty: open.  ``side``: whose."""

    state: str = ""
    side: str = ""
    owner: str = ""


def rows() -> QuerySet[Promise]:
    return Promise.objects.select_related("client", "contact", "owner", "author", "settled_by")


def promises_of(entities: Collection[int]) -> QuerySet[Promise]:
    """Of a client with its members: open ones by the day, then settled ones, latest first."""
    return rows().filter(client__in=entities)


def open_of(entities: Collection[int]) -> list[Promise]:
    """Open ones of a client with its members, the next due first."""
    return list(promises_of(entities).filter(state=State.OPEN).order_by("due", "pk"))


def filtered(filters: Filters, day: dt.date) -> QuerySet[Promise]:
    found = rows()
    if filters.side in Side.values:
        found = found.filter(side=filters.side)
    if filters.owner.isdecimal():
        found = found.filter(owner_id=int(filters.owner[:18]))
    if filters.state == "overdue":
        return found.filter(state=State.OPEN, due__lt=day).order_by("due", "pk")
    if filters.state == "settled":
        return found.exclude(state=State.OPEN).order_by("-settled_on", "-pk")
    if filters.state in State.values and filters.state != State.OPEN:
        return found.filter(state=filters.state).order_by("-settled_on", "-pk")
    return found.filter(state=State.OPEN).order_by("due", "pk")


def due_of_person(person: User, until: dt.date, most: int) -> list[Promise]:
    """Open promises that the person answers for, due until that day."""
    mine = rows().filter(owner=person, state=State.OPEN, due__lte=until)
    return list(mine.order_by("due", "pk")[:most])


def moves_of(promise: Promise) -> QuerySet[PromiseMove]:
    return PromiseMove.objects.filter(promise=promise).select_related("person")


def _counts(day: dt.date) -> dict[str, Count]:
    return {
        "kept": Count("pk", Q(state=State.KEPT)),
        "late": Count("pk", Q(state=State.LATE)),
        "broken": Count("pk", Q(state=State.BROKEN)),
        "open": Count("pk", Q(state=State.OPEN)),
        "overdue": Count("pk", Q(state=State.OPEN, due__lt=day)),
    }


def kept_by_side(entities: Collection[int], day: dt.date) -> dict[str, Kept]:
    """Side -> how these clients' promises ended."""
    found = Promise.objects.filter(client__in=entities).order_by().values("side")
    counted = found.annotate(**_counts(day))
    by_side = {row.pop("side"): Kept(**row) for row in counted}
    return {side: by_side.get(side, Kept()) for side in Side.values}


def kept_by_owner(day: dt.date) -> list[tuple[str, Kept]]:
    """Name of who answers -> how our promises ended, the most promises first."""
    found = (
        Promise.objects.filter(side=Side.OURS, owner__isnull=False)
        .order_by()
        .values(name=F("owner__name"))
        .annotate(**_counts(day), all=Count("pk"))
        .order_by("-all", "name")
    )
    return [
        (row["name"], Kept(**{k: row[k] for k in ("kept", "late", "broken", "open", "overdue")}))
        for row in found
    ]


def open_counts(entities: Collection[int], day: dt.date) -> dict[int, tuple[int, int]]:
    """Legal entity -> (open promises of both sides, those of them overdue).  One query."""
    rows = Promise.objects.filter(client__in=entities, state=State.OPEN).order_by()
    counted = rows.values("client").annotate(n=Count("pk"), late=Count("pk", filter=Q(due__lt=day)))
    return {row["client"]: (row["n"], row["late"]) for row in counted}
