"""What the company says of itself: name, money, time, VAT."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Document, Payment
from kam.audit.services import record
from kam.lib.company import company, refresh
from kam.lib.models import CompanyRecord

from .clients import Conflict

FIELDS = (
    "name", "currency", "time_zone", "vat", "small_company", "second_step_roles",
    "second_step_from",
)  # fmt: skip


def present() -> CompanyRecord:
    """What is kept; where nothing is yet, what holds until then (version 0)."""
    row = CompanyRecord.objects.first()
    if row is not None:
        return row
    now = company()
    return CompanyRecord(currency=now.currency, time_zone=now.time_zone, vat=now.vat, version=0)


def has_amounts() -> bool:
    """Whether there are amounts already: they are kept in the company's currency."""
    return Document.objects.exists() or Payment.objects.exists()


def save(values: Mapping[str, Any], version: int) -> CompanyRecord:
    """Keep what is said; it holds at once here, and within half a minute everywhere.

    Raises Conflict where somebody else was faster, ValidationError where the currency would change
    below amounts that are there.
    """
    with transaction.atomic():
        row = CompanyRecord.objects.select_for_update().first()
        if row is None:
            row = CompanyRecord(**_kept(present()), version=0)
        if row.version != version:
            raise Conflict(row)
        changed = [name for name in FIELDS if name in values and values[name] != getattr(row, name)]
        if "currency" in changed and has_amounts():
            raise ValidationError(
                {"currency": _("Amounts are kept in this currency already; it can change no more.")}
            )
        for name in changed:
            setattr(row, name, values[name])
        row.version += 1
        row.save()
        record("company.change", object=row, details={"fields": changed})
        transaction.on_commit(refresh)
    return row


def end_first_hour() -> None:
    """Nobody needs to be led by the hand any more."""
    with transaction.atomic():
        row = CompanyRecord.objects.select_for_update().first() or present()
        row.first_hour_over = True
        row.version = max(row.version, 1)
        row.save()
        transaction.on_commit(refresh)


def _kept(row: CompanyRecord) -> dict[str, Any]:
    return {name: getattr(row, name) for name in FIELDS}
