"""Blocking what is kept of a person, and ending that.

Somebody blocked is written to by nobody, counts in no measure and no suggestion, stands in no file,
and is changed by no person, file or program (Art. 18 and 21, ст. 21 ч. 1).
"""

from __future__ import annotations

import datetime as dt

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Contact, ContactBlock, User
from kam.audit.services import record
from kam.lib.periods import today

from .clients import Blocked

__all__ = ["Blocked", "block", "unblock"]


@transaction.atomic
def block(
    contact: Contact,
    ground: str,
    reason: str,
    person: User | None,
    until: dt.date | None = None,
) -> ContactBlock:
    """Block from today on, at the latest until the day ``until``, which is free again.

    Raises Blocked where that holds already, ValidationError where the reason is missing, the day
    is past, or nothing is kept any more.
    """
    present = _locked(contact)
    if present.is_blocked:
        raise Blocked(present)
    if present.anonymised_at is not None:
        raise ValidationError(_("What was kept of this person is destroyed."))
    if not reason.strip():
        raise ValidationError({"reason": _("Say why: it is asked for later.")})
    day = today()
    if until is not None and until <= day:
        raise ValidationError({"until": _("This day has passed: write a later one.")})
    # One whose time ran out has ended by itself.
    for over in ContactBlock.objects.filter(contact=present, ended_on__isnull=True):
        over.ended_on = max(over.until or day, over.since)
        over.save(update_fields=["ended_on"])
    row = ContactBlock.objects.create(
        contact=present,
        ground=ground,
        reason=reason.strip()[:300],
        since=day,
        until=until,
        author=person,
    )
    _write(present, day, until, row.reason)
    contact.refresh_from_db()
    record(
        "contact.block",
        object=contact,
        client_id=contact.client_id,
        details={"ground": ground, "until": until.isoformat() if until else None},
    )
    return row


@transaction.atomic
def unblock(contact: Contact, reason: str, person: User | None) -> None:
    """End the block.  Raises ValidationError where there is none or the reason is missing."""
    present = _locked(contact)
    if not present.is_blocked:
        raise ValidationError(_("This person is not blocked."))
    if not reason.strip():
        raise ValidationError({"reason": _("Say why: it is asked for later.")})
    ContactBlock.objects.filter(contact=present, ended_on__isnull=True).update(
        ended_on=today(), end_reason=reason.strip()[:300], ended_by=person
    )
    _write(present, None, None, "")
    contact.refresh_from_db()
    record("contact.unblock", object=contact, client_id=contact.client_id)


def _locked(contact: Contact) -> Contact:
    return Contact.objects.select_for_update(of=("self",)).get(pk=contact.pk)


def _write(contact: Contact, since: dt.date | None, until: dt.date | None, reason: str) -> None:
    contact.blocked_since, contact.blocked_until, contact.blocked_reason = since, until, reason
    contact.version += 1
    contact.save(update_fields=["blocked_since", "blocked_until", "blocked_reason", "version"])
