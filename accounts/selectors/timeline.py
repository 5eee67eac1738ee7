"""All that happened with a client in one list, latest first: talks, documents, payments."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Case, CharField, F, IntegerField, Q, QuerySet, Value, When
from django.db.models.functions import Cast, Coalesce, Left

from accounts.models import Document, Interaction
from kam.audit import looking

from .blocks import blocked
from .facts import documents_as_of, interactions_as_of, payments_as_of

PAGE = 20
EXCERPT = 400  # characters of a text that the list shows

INTERACTIONS, DOCUMENTS, PAYMENTS = SOURCES = ("interactions", "documents", "payments")


@dataclass(frozen=True)
class Entry:
    """One thing.  ``kind`` is the type within its source; ``amount`` is with VAT,
    in the company's currency; ``who`` was spoken to."""

    date: dt.date
    source: str
    pk: int
    kind: str
    title: str
    text: str
    who: str
    amount: Decimal | None

    @property
    def kind_label(self) -> str:
        labels = {INTERACTIONS: Interaction.Kind, DOCUMENTS: Document.Type}
        return labels[self.source](self.kind).label if self.source in labels else ""

    @property
    def cursor(self) -> str:
        return f"{self.date:%Y%m%d}-{SOURCES.index(self.source)}-{self.pk}"


@dataclass(frozen=True)
class Slice:
    entries: list[Entry]
    after: str | None


def timeline(
    entities: list[int], as_of: dt.date, *, source: str = "", after: str = "", size: int = PAGE
) -> Slice:
    """``entities``: ids of a client, first, and its members.  ``source`` shows one kind of thing only;
    ``after`` is the cursor of the entry above."""
    branches = []
    for number, name in enumerate(SOURCES):
        if source in SOURCES and name != source:
            continue
        rows = _branch(name, number, as_of).filter(_beyond(after, number), client__in=entities)
        branches.append(rows.order_by("-date", "-pk")[: size + 1])
    found = branches[0].union(*branches[1:], all=True) if branches[1:] else branches[0]
    if branches[1:]:
        found = found.order_by("-date", "at", "-pk")[: size + 1]
    entries = [
        Entry(date, SOURCES[at], pk, kind, title, text, who, amount)
        for date, at, pk, kind, title, text, who, amount in found
    ]
    more = len(entries) > size
    entries = entries[:size]
    if any(entry.who for entry in entries):
        looking.met_names(entities[0])
    return Slice(entries, entries[-1].cursor if more else None)


def _branch(name: str, number: int, as_of: dt.date) -> QuerySet:
    """Rows of (date, at, pk, kind, title, text, who, amount)."""
    nothing = Value("", output_field=CharField())
    at = Value(number, output_field=IntegerField())
    amount = Document._meta.get_field("gross")
    if name == INTERACTIONS:
        rows = interactions_as_of(as_of)
        columns = {
            "what": F("kind"),
            "title": F("subject"),
            "excerpt": Left("text", EXCERPT),
            "who": Case(
                When(blocked("contact__"), then=nothing),
                default=Coalesce("contact__name", nothing),
            ),
            "sum": Cast(Value(None), amount),
        }
    elif name == DOCUMENTS:
        rows = documents_as_of(as_of)
        columns = {
            "what": F("type"),
            "title": F("number"),
            "excerpt": nothing,
            "who": nothing,
            "sum": F("gross"),
        }
    else:
        rows = payments_as_of(as_of)
        columns = {
            "what": nothing,
            "title": F("number"),
            "excerpt": nothing,
            "who": nothing,
            "sum": F("amount"),
        }
    return rows.annotate(at=at, **columns).values_list("date", "at", "pk", *columns)


def _beyond(cursor: str, number: int) -> Q:
    """What of the source ``number`` stands below the cursor in (date down, source, pk down)."""
    parts = cursor.split("-")
    if len(parts) != 3 or not all(part.isascii() and part.isdecimal() for part in parts):
        return Q()
    try:
        day = dt.date(int(parts[0][:4]), int(parts[0][4:6] or 0), int(parts[0][6:8] or 0))
    except ValueError:
        return Q()
    at, pk = int(parts[1][:2]), int(parts[2][:18])
    if number > at:
        return Q(date__lte=day)
    return Q(date__lt=day) | Q(date=day, pk__lt=pk) if number == at else Q(date__lt=day)


def last_interaction(entities: list[int], as_of: dt.date) -> Interaction | None:
    return (
        interactions_as_of(as_of)
        .filter(client__in=entities)
        .exclude(kind=Interaction.Kind.NOTE)
        .select_related("contact")
        .order_by("-date", "-pk")
        .first()
    )


def last_contacts(served: dict[int, int], as_of: dt.date) -> dict[int, dt.date]:
    """Served client -> day of the last talk; ``served``: legal entity -> whom it counts for.
    Notes do not count as talks."""
    latest: dict[int, dt.date] = {}
    rows = (
        interactions_as_of(as_of)
        .filter(client__in=list(served))
        .exclude(kind=Interaction.Kind.NOTE)
        .order_by("client_id", "-date")
        .distinct("client_id")
        .values_list("client_id", "date")
    )
    for client_id, day in rows:
        key = served[client_id]
        latest[key] = max(day, latest.get(key, day))
    return latest
