"""What was dated and known by a date: the one rule of every number as of T.

A fact counts as of T when it is dated on or before T, we knew it before the end of T, and we did
not yet know it to be wrong: ``date <= T``, ``known_from < end of T``, ``known_to`` empty or not
before the end of T.  The end of a day is in the company's zone.
"""

import datetime as dt

from django.db.models import Q, QuerySet

from accounts.models import Allocation, Document, Interaction, Membership, Payment
from kam.lib.periods import add_months, end_of_day, today

REVENUE_TYPES = (Document.Type.INVOICE, Document.Type.CREDIT_NOTE)


def default_date() -> dt.date:
    """Today; or, where nothing was invoiced in the year up to today, the day of the last
    invoice: old data would otherwise be judged by twelve empty months."""
    now = today()
    last = (
        Document.objects.filter(type=Document.Type.INVOICE, date__lte=now, known_to__isnull=True)
        .order_by("-date")
        .values_list("date", flat=True)
        .first()
    )
    return last if last is not None and last < add_months(now, -12) else now


def known(as_of: dt.date) -> Q:
    """What we believed at the end of ``as_of``."""
    end = end_of_day(as_of)
    return Q(known_from__lt=end) & (Q(known_to__isnull=True) | Q(known_to__gte=end))


def documents_as_of(as_of: dt.date) -> QuerySet[Document]:
    """Document versions of every type as of ``as_of`` that the actor may see."""
    return Document.objects.filter(known(as_of), date__lte=as_of)


def revenue_documents(as_of: dt.date) -> QuerySet[Document]:
    """Invoices and credit notes: the documents that make revenue."""
    return documents_as_of(as_of).filter(type__in=REVENUE_TYPES)


def payments_as_of(as_of: dt.date) -> QuerySet[Payment]:
    return Payment.objects.filter(known(as_of), date__lte=as_of)


def allocations_as_of(as_of: dt.date) -> QuerySet[Allocation]:
    return Allocation.objects.filter(known(as_of), date__lte=as_of)


def interactions_as_of(as_of: dt.date) -> QuerySet[Interaction]:
    return Interaction.objects.filter(known(as_of), date__lte=as_of)


def memberships_as_of(as_of: dt.date) -> QuerySet[Membership]:
    """Who belonged to which group at the end of ``as_of``; ``until`` is the first day outside."""
    return Membership.objects.filter(known(as_of), since__lte=as_of).filter(
        Q(until__isnull=True) | Q(until__gt=as_of)
    )
