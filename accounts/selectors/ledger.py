"""One client's documents, payments and months, as its page shows them.

For a group these are the documents of its members as of the date.  Everything goes through the
scoped managers: a person who may not see the client gets nothing.
"""

import datetime as dt

from django.db.models import Count, F, Q, QuerySet, Sum
from django.db.models.functions import TruncMonth

from accounts.models import Allocation, Client, Document, Interaction, Payment

from .facts import (
    REVENUE_TYPES,
    allocations_as_of,
    documents_as_of,
    interactions_as_of,
    memberships_as_of,
    payments_as_of,
)


def legal_entities(client: Client, as_of: dt.date) -> list[int]:
    """Ids of the client and, for a group, of those who belong to it on the date."""
    members = memberships_as_of(as_of).filter(group=client).values_list("member_id", flat=True)
    return [client.pk, *members]


def documents(client: Client, as_of: dt.date) -> QuerySet[Document]:
    """All documents of the client as of the date, latest first."""
    return documents_as_of(as_of).filter(client__in=legal_entities(client, as_of))


def revenue_documents(client: Client, as_of: dt.date) -> QuerySet[Document]:
    """Its invoices and credit notes, latest first."""
    return documents(client, as_of).filter(type__in=REVENUE_TYPES)


def payments(client: Client, as_of: dt.date) -> QuerySet[Payment]:
    return payments_as_of(as_of).filter(client__in=legal_entities(client, as_of))


def interactions(client: Client, as_of: dt.date) -> QuerySet[Interaction]:
    return (
        interactions_as_of(as_of)
        .filter(client__in=legal_entities(client, as_of))
        .select_related("contact", "author")
    )


def unpaid(client: Client, as_of: dt.date) -> QuerySet[Document]:
    """Documents with something still open by their headers (the present state of payments),
    oldest due day first; ``open`` is the amount with VAT."""
    return (
        revenue_documents(client, as_of)
        .filter(gross__gt=0, paid__lt=F("gross"))
        .annotate(open=F("gross") - F("paid"))
        .order_by(F("due").asc(nulls_last=True), "date", "pk")
    )


def allocations(document: Document, as_of: dt.date) -> QuerySet[Allocation]:
    """What paid this document as of the date, in order."""
    return (
        allocations_as_of(as_of)
        .filter(document=document)
        .select_related("payment", "credit_note")
        .order_by("date", "pk")
    )


def months(client: Client, as_of: dt.date, since: dt.date) -> QuerySet:
    """Rows of (month, revenue, profit, invoices) from ``since`` on, oldest first; a month
    without documents has no row."""
    return (
        revenue_documents(client, as_of)
        .filter(date__gte=since)
        .annotate(month=TruncMonth("date"))
        .values("month")
        .annotate(
            revenue=Sum("net"),
            profit=Sum(F("costed_net") - F("cost")),
            invoices=Count("pk", filter=Q(type=Document.Type.INVOICE)),
        )
        .order_by("month")
    )
