"""Inviting people: a signed link that works once, for a week, and makes the person who opens it.

Nobody but the invited ever knows the password.  A link holds the serial number of its invitation, so
sending it again makes the earlier link void; it holds only as long as whoever invited administers.
"""

from __future__ import annotations

import datetime as dt
from urllib.parse import urljoin, urlsplit

from django.conf import settings
from django.core import signing
from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage
from django.db import IntegrityError, transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.models import PersonInvitation, User
from kam.audit.services import record
from kam.jobs.services import enqueue
from kam.lib import formatting, outgoing
from kam.lib.company import company
from kam.lib.periods import company_zone

JOB = "accounts.person_invitation_mail"
DAYS = 7
# For so long it is kept who was invited after the link has run out.
KEPT_DAYS = 90
_SALT = "kam person invitation"
Mail = PersonInvitation.Mail


def invitations():
    return PersonInvitation.objects.select_related("team", "author", "person")


@transaction.atomic
def invite(row: PersonInvitation, person: User) -> PersonInvitation:
    """Keep the invitation and let it be mailed.

    Raises ValidationError where somebody with this e-mail is here or invited already.
    """
    row.email = row.email.lower()
    if User.objects.filter(email__iexact=row.email).exists():
        raise ValidationError({"email": _("Somebody signs in with this e-mail already.")})
    row.author, row.expires_at = person, timezone.now() + dt.timedelta(days=DAYS)
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        told = _("There is an open invitation for this e-mail: send it again or withdraw it.")
        raise ValidationError({"email": told}) from error
    record("person.invite", object=row, details={"role": row.role})
    _post(row, person)
    return row


@transaction.atomic
def send_again(row: PersonInvitation, person: User) -> PersonInvitation:
    """A new link for another week; the earlier one no longer works."""
    row = PersonInvitation.objects.select_for_update(of=("self",)).get(pk=row.pk)
    if not row.is_open:
        raise ValidationError(_("This invitation is no longer open."))
    row.serial += 1
    row.author, row.expires_at = person, timezone.now() + dt.timedelta(days=DAYS)
    row.save(update_fields=["serial", "author", "expires_at"])
    record("person.invite", object=row, details={"role": row.role, "again": True})
    _post(row, person)
    return row


@transaction.atomic
def withdraw(row: PersonInvitation) -> None:
    """The link works no more; nothing happens where it has been used."""
    now = timezone.now()
    open_ = PersonInvitation.objects.filter(pk=row.pk, accepted_at=None, withdrawn_at=None)
    if open_.update(withdrawn_at=now):
        record("person.invite_withdrawn", object=row)


def link(row: PersonInvitation) -> str:
    token = signing.dumps([row.pk, row.serial], salt=_SALT)
    return urljoin(settings.SITE_URL, reverse("person_invitation_answer", args=[token]))


def found(token: str) -> PersonInvitation | None:
    """The invitation of this link, as long as it may be answered."""
    try:
        pk, serial = signing.loads(token, salt=_SALT)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    rows = PersonInvitation.objects.filter(
        pk=pk, serial=serial, accepted_at=None, withdrawn_at=None, expires_at__gt=timezone.now(),
        author__role=User.Role.ADMINISTRATOR, author__is_active=True,
    )  # fmt: skip
    return rows.select_related("team", "author").first()


@transaction.atomic
def accept(row: PersonInvitation, *, name: str, password: str) -> User | None:
    """Make the person; None where the link was used, withdrawn or sent anew meanwhile."""
    rows = PersonInvitation.objects.select_for_update(of=("self",))
    held = rows.filter(pk=row.pk, serial=row.serial, accepted_at=None, withdrawn_at=None).first()
    if held is None or User.objects.filter(email__iexact=held.email).exists():
        return None
    person = User.objects.create_user(
        held.email, password, name=name, role=held.role, team=held.team, language=held.language
    )
    held.person, held.accepted_at = person, timezone.now()
    held.save(update_fields=["person", "accepted_at"])
    record("person.join", object=person, actor=person, details={"role": person.role})
    return person


def forget() -> int:
    """Drop invitations that ran out long ago, with the names and addresses in them; how many."""
    old = timezone.now() - dt.timedelta(days=KEPT_DAYS)
    return PersonInvitation.objects.filter(expires_at__lt=old).delete()[0]


def _post(row: PersonInvitation, person: User) -> None:
    if not outgoing.is_set_up():
        return
    row.mail = Mail.WAITING
    row.save(update_fields=["mail"])
    enqueue(JOB, {"invitation_id": row.pk, "serial": row.serial}, actor=person)


def send(row: PersonInvitation) -> str:
    """Mail the link, as long as it waits for that; how it ended, a value of Mail.

    Runs outside a transaction.  Raises OSError or SMTPException where surely nothing was sent and
    it may be tried again.
    """
    return outgoing.once(
        row,
        "mail",
        lambda: message(row),
        lambda state: _note(row, state),
        name=f"invitation {row.pk}",
        serial=row.serial,
    )


def _note(row: PersonInvitation, state: str) -> None:
    at = {"mailed_at": timezone.now()} if state == Mail.SENT else {}
    same = PersonInvitation.objects.filter(pk=row.pk, serial=row.serial)
    same.update(mail=state, **at)


def message(row: PersonInvitation) -> EmailMessage:
    with override(row.language):
        known = {
            "company": company().name,
            "name": row.name,
            "author": row.author,
            "link": link(row),
            "until": formatting.day(
                row.expires_at.astimezone(company_zone()).date(), language=row.language
            ),
        }
        subject = _("Your sign-in to KAM")
        text = render_to_string("emails/person_invitation.txt", known)
    host = urlsplit(settings.SITE_URL).hostname or "localhost"
    return EmailMessage(
        subject, text, settings.DEFAULT_FROM_EMAIL, [row.email],
        headers={"Message-ID": f"<invitation-{row.pk}-{row.serial}@{host}>"},
        reply_to=[row.author.email] if row.author else [],
    )  # fmt: skip
