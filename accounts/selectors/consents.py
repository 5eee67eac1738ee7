"""What people said to purposes, and who does not know yet that we have their data."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from accounts.models import Consent, Contact, Purpose
from kam.lib.periods import add_months

# Art. 14(3)(a): at the latest within one month.
MONTHS_TO_TELL = 1


def consents() -> QuerySet[Consent]:
    return Consent.objects.select_related("purpose", "author", "withdrawal_author", "contact")


def purposes() -> QuerySet[Purpose]:
    """The catalogue, each with ``agreed`` and ``refused``: answers that have not been taken back."""
    holds = Q(consents__withdrawn_on__isnull=True)
    return Purpose.objects.annotate(
        agreed=Count("consents", filter=holds & Q(consents__answer=Consent.Answer.AGREES)),
        refused=Count("consents", filter=holds & Q(consents__answer=Consent.Answer.REFUSES)),
    ).order_by("position", "pk")


def not_told() -> QuerySet[Contact]:
    """People whose data came from others and who were not told of it, those longest here first."""
    return (
        Contact.objects.filter(
            came_on__isnull=False, told_on__isnull=True, anonymised_at__isnull=True
        )
        .select_related("client")
        .order_by("came_on", "pk")
    )


def overdue_before(day: dt.date) -> dt.date:
    """Whoever came on an earlier day than this should have been told by now."""
    return add_months(day, -MONTHS_TO_TELL)


@dataclass(frozen=True)
class Waiting:
    """Somebody who has not been told: ``due`` is the last day, ``left`` the days until then,
    below zero where it has passed."""

    contact: Contact
    due: dt.date
    left: int

    @property
    def late(self) -> int:
        return -self.left


def waiting(contact: Contact, day: dt.date) -> Waiting:
    due = add_months(contact.came_on, MONTHS_TO_TELL)
    return Waiting(contact, due, (due - day).days)
