"""A client's documents a page at a time, and what belongs to one document."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import F, Q, QuerySet

from accounts.models import Allocation, Document, Line

from .facts import REVENUE_TYPES, allocations_as_of, documents_as_of

PAGE = 50
MOST_LINES = 500


@dataclass(frozen=True)
class Slice:
    """Documents, latest first; ``after`` is the cursor of the page below, None at the end."""

    documents: list[Document]
    kind: str
    after: str | None


def listed(entities: list[int], as_of: dt.date, kind: str = "") -> QuerySet[Document]:
    """The documents of these legal entities, latest first; ``kind`` as in :func:`page`."""
    found = documents_as_of(as_of).filter(client__in=entities)
    if kind == "unpaid":
        found = found.filter(type__in=REVENUE_TYPES, gross__gt=0, paid__lt=F("gross"))
    elif kind:
        found = found.filter(type=kind)
    return found.select_related("client").order_by("-date", "-pk")


def page(
    entities: list[int], as_of: dt.date, *, kind: str = "", after: str = "", size: int = PAGE
) -> Slice:
    """``kind``: a type of document, or "unpaid" for what is still to be paid."""
    found = listed(entities, as_of, kind)
    if after.isdecimal():
        row = found.filter(pk=int(after[:18])).values_list("date", "pk").first()
        if row:
            found = found.filter(Q(date__lt=row[0]) | Q(pk__lt=row[1]), date__lte=row[0])
    documents = list(found[: size + 1])
    more, documents = len(documents) > size, documents[:size]
    for document in documents:
        document.state = state(document, as_of)
    return Slice(documents, kind, str(documents[-1].pk) if more else None)


def state(document: Document, as_of: dt.date) -> str:
    """The state: "paid", "late" (paid after the due day), "overdue", "part", "open"; "" where
    nothing is to be paid."""
    if document.type not in REVENUE_TYPES or document.gross <= 0:
        return ""
    if document.settled_on:
        return "late" if document.due and document.settled_on > document.due else "paid"
    if document.due and document.due < as_of:
        return "overdue"
    return "part" if document.paid else "open"


def lines(document: Document) -> QuerySet[Line]:
    return (Line.objects.filter(document=document).select_related("product").order_by("position"))[
        :MOST_LINES
    ]


def credited(document: Document, as_of: dt.date) -> QuerySet[Allocation]:
    """Of a credit note: which documents it has settled, in order."""
    return (
        allocations_as_of(as_of)
        .filter(credit_note=document)
        .select_related("document")
        .order_by("date", "pk")
    )


def versions(document: Document) -> QuerySet[Document]:
    """All versions of the same document, latest first."""
    return Document.objects.filter(
        client=document.client_id,
        source=document.source,
        type=document.type,
        organisation=document.organisation_id,
        number=document.number,
        year=document.year,
    ).order_by("-version", "-pk")
