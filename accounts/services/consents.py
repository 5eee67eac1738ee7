"""What people said to a purpose, and whether we may write to them for it.

Everything in the product that writes to somebody on the client's side asks :func:`may_contact`, or
:func:`answers_for` where it is about many.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from accounts.models import Consent, Contact, Purpose, User
from kam.audit.services import record
from kam.lib.periods import today

from .clients import Blocked

FIELDS = ("answer", "given_on", "until", "channel", "text_version", "source")
WHY = {
    "basis": gettext_lazy("on this basis the person need not be asked"),
    "agreed": gettext_lazy("the person agrees"),
    "blocked": gettext_lazy("the person is blocked"),
    "destroyed": gettext_lazy("what was kept of the person is destroyed"),
    "left": gettext_lazy("the person has left the company"),
    "unused": gettext_lazy("this purpose is not in use"),
    "refused": gettext_lazy("the person refuses"),
    "withdrawn": gettext_lazy("the consent was taken back"),
    "ended": gettext_lazy("the time of the consent is over"),
    "early": gettext_lazy("the consent begins later"),
    "never": pgettext_lazy("consent", "nobody has asked the person yet"),
}


@dataclass(frozen=True)
class Permission:
    """Whether we may write to somebody for a purpose; true where we may.  ``code`` is a key of WHY;
    ``consent`` the answer it rests on, if any."""

    allowed: bool
    code: str
    consent: Consent | None = None

    def __bool__(self) -> bool:
        return self.allowed

    @property
    def why(self) -> Any:
        return WHY[self.code]


def may_contact(contact: Contact, purpose: Purpose | str, day: dt.date | None = None) -> Permission:
    """Whether we may write to this contact for this purpose (or its key) on the day, today if it is
    not given.  Raises Purpose.DoesNotExist for a key that nobody has."""
    if not isinstance(purpose, Purpose):
        purpose = Purpose.objects.get(key=purpose)
    return answers_for([contact], [purpose], day)[contact.pk, purpose.pk]


def answers_for(
    contacts: Iterable[Contact], purposes: Iterable[Purpose], day: dt.date | None = None
) -> dict[tuple[int, int], Permission]:
    """(contact id, purpose id) -> the same as :func:`may_contact`, by one query for all."""
    contacts, purposes, day = list(contacts), list(purposes), day or today()
    said: dict[tuple[int, int], Consent] = {}
    rows = Consent.objects.filter(contact__in=contacts, purpose__in=purposes)
    # Of several answers the open one counts, else the last.
    for row in rows.order_by("given_on", "pk"):
        key = row.contact_id, row.purpose_id
        if key not in said or said[key].withdrawn_on is not None:
            said[key] = row
    return {
        (contact.pk, purpose.pk): _permission(
            contact, purpose, said.get((contact.pk, purpose.pk)), day
        )
        for contact in contacts
        for purpose in purposes
    }


def _permission(
    contact: Contact, purpose: Purpose, said: Consent | None, day: dt.date
) -> Permission:
    if contact.anonymised_at is not None:
        return Permission(False, "destroyed")
    if contact.is_blocked:
        return Permission(False, "blocked")
    if contact.left_on is not None and contact.left_on <= day:
        return Permission(False, "left")
    if not purpose.is_active:
        return Permission(False, "unused")
    holds = said is not None and (said.withdrawn_on is None or said.withdrawn_on > day)
    if holds and not said.agrees and purpose.may_be_refused:
        return Permission(False, "refused", said)
    if purpose.basis != Purpose.Basis.CONSENT:
        # Whoever took a consent back where none was needed does not want to be written to.
        if purpose.may_be_refused and said is not None and said.agrees and not holds:
            return Permission(False, "withdrawn", said)
        return Permission(True, "basis", said)
    if said is None or not said.agrees:
        return Permission(False, "never", said)
    if not holds:
        return Permission(False, "withdrawn", said)
    if said.given_on > day:
        return Permission(False, "early", said)
    if said.until is not None and said.until < day:
        return Permission(False, "ended", said)
    return Permission(True, "agreed", said)


@transaction.atomic
def note(
    contact: Contact, purpose: Purpose, values: Mapping[str, Any], person: User | None
) -> Consent:
    """Write down what somebody said; an answer that held until now ends on that day and stays.

    Raises Blocked, and ValidationError where the answer would mean nothing or nothing proves it.
    """
    contact = Contact.objects.select_for_update(of=("self",)).get(pk=contact.pk)
    if contact.is_blocked:
        raise Blocked(contact)
    if contact.anonymised_at is not None:
        raise ValidationError(_("What was kept of this person is destroyed."))
    row = Consent(
        contact=contact,
        purpose=purpose,
        author=person,
        **{name: values[name] for name in FIELDS if name in values},
    )
    _check(row)
    before = Consent.objects.filter(
        contact=contact, purpose=purpose, withdrawn_on__isnull=True
    ).first()
    if before is not None:
        if row.given_on < before.given_on:
            raise ValidationError(
                {"given_on": _("There is a later answer. Take it back first if it is wrong.")}
            )
        _end(before, row.given_on, row.channel, "", person)
    row.save()
    record(
        "consent.note",
        object=row,
        client_id=contact.client_id,
        details={"contact": contact.pk, "purpose": purpose.key, "answer": row.answer},
    )
    return row


def _check(row: Consent) -> None:
    if row.given_on > today():
        raise ValidationError({"given_on": _("This day has not come yet.")})
    if row.until is not None and row.until < row.given_on:
        raise ValidationError({"until": _("It cannot end before it begins.")})
    if row.agrees:
        if row.purpose.basis == Purpose.Basis.CONSENT and not row.text_version:
            raise ValidationError(
                {"text_version": _("Say which text was shown: without it nothing is proved.")}
            )
        if row.purpose.basis == Purpose.Basis.CONSENT and not row.source:
            raise ValidationError(
                {"source": _("Say where the consent is kept: a file, a letter, a record.")}
            )
    elif not row.purpose.may_be_refused:
        raise ValidationError(
            {
                "answer": _(
                    "This is done under contract or by law, and a refusal does not end it. If the "
                    "data or the basis are in dispute, the administrator blocks the person."
                )
            }
        )


@transaction.atomic
def withdraw(
    consent: Consent, on: dt.date, how: str, about: str = "", person: User | None = None
) -> Consent:
    """End an answer on a day, told by the channel ``how``; it stays with its dates.

    Raises ValidationError where it has ended, or the day is before it or has not come.
    """
    row = Consent.objects.select_for_update(of=("self",)).get(pk=consent.pk)
    if row.withdrawn_on is not None:
        raise ValidationError(_("This answer has been taken back already."))
    if on > today():
        raise ValidationError({"on": _("This day has not come yet.")})
    if on < row.given_on:
        raise ValidationError({"on": _("It cannot end before it begins.")})
    _end(row, on, how, about.strip()[:300], person)
    consent.refresh_from_db()
    record(
        "consent.withdraw",
        object=consent,
        client_id=consent.contact.client_id,
        details={"contact": consent.contact_id, "purpose": consent.purpose.key},
    )
    return consent


def _end(row: Consent, on: dt.date, how: str, about: str, person: User | None) -> None:
    row.withdrawn_on, row.withdrawn_how, row.withdrawal = on, how, about
    row.withdrawal_author, row.withdrawal_at = person, timezone.now()
    row.save(
        update_fields=[
            "withdrawn_on",
            "withdrawn_how",
            "withdrawal",
            "withdrawal_author",
            "withdrawal_at",
        ]
    )
