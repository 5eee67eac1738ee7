"""Approved minutes on their way to the client: once to each person, or not at all."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from email.utils import formataddr
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.mail import EmailMessage
from django.db import IntegrityError, transaction
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.models import Contact, Meeting, MeetingResult, MinutesMail, MinutesVersion, User
from accounts.selectors import meetings as found
from kam.audit.services import record
from kam.jobs.services import enqueue
from kam.lib import formatting, outgoing
from kam.lib.company import company
from kam.lib.periods import company_zone

from .meetings import for_client, may_approve
from .survey_mail import first_name

JOB = "accounts.minutes_mail"
State = MinutesMail.State


def recipients(meeting: Meeting) -> list[Contact]:
    """Who of the client was there and may be written to: has an address, is still there, and is
    not blocked."""
    people = (each.contact for each in found.people_of(meeting) if each.contact)
    return [each for each in people if _may_get(each)]


def _may_get(contact: Contact) -> bool:
    free = not contact.is_blocked and contact.anonymised_at is None
    return bool(contact.email) and contact.left_on is None and free


@transaction.atomic
def post(
    version: MinutesVersion, contacts: Iterable[Contact], language: str, person: User
) -> list[MinutesMail]:
    """Let the version be mailed to these people, in the caller's transaction.

    Raises PermissionDenied where the person may not approve these minutes, ValidationError where no
    mail is set up, it is an internal review, somebody was not there or has it already.
    """
    meeting, chosen = version.meeting, list(contacts)
    if not may_approve(meeting, person):
        raise PermissionDenied
    if meeting.is_internal:
        raise ValidationError(_("An internal review is for ourselves only."))
    if not outgoing.is_set_up():
        raise ValidationError(_("This installation sends no mail. Print the version instead."))
    if not chosen:
        raise ValidationError(_("Choose who gets the minutes."))
    allowed = {each.pk for each in recipients(meeting)}
    rows = []
    for contact in chosen:
        if contact.pk not in allowed:
            told = _("%(name)s was not at the meeting or may not be written to.")
            raise ValidationError(told % {"name": contact.name})
        try:
            with transaction.atomic():
                row = MinutesMail.objects.create(
                    version=version, contact=contact, language=language, author=person
                )
        except IntegrityError as error:
            told = _("%(name)s has this version already.") % {"name": contact.name}
            raise ValidationError(told) from error
        enqueue(JOB, {"mail_id": row.pk}, actor=person)
        rows.append(row)
    record(
        "meeting.mail", object=meeting, client_id=meeting.client_id,
        details={"number": version.number, "contacts": [each.contact_id for each in rows]},
    )  # fmt: skip
    return rows


def send(row: MinutesMail) -> str:
    """Mail it, as long as it waits for that; how it ended, a value of State.

    Runs outside a transaction.  Raises OSError or SMTPException where surely nothing was sent and
    it may be tried again.
    """
    if not _may_get(row.contact):
        return _note(row, State.HELD)
    return outgoing.once(
        row,
        "state",
        lambda: message(row),
        lambda state: _note(row, state),
        name=f"minutes mail {row.pk}",
    )


def _note(row: MinutesMail, state: str) -> str:
    at = {"sent_at": timezone.now()} if state == State.SENT else {}
    MinutesMail.objects.filter(pk=row.pk).update(state=state, **at)
    return str(state)


def message(row: MinutesMail) -> EmailMessage:
    """Nothing of it is for ourselves only: :func:`accounts.services.meetings.for_client`."""
    content = for_client(row.version.content)
    labels = dict(MeetingResult.Kind.choices)
    with override(row.language):
        starts = dt.datetime.fromisoformat(content["starts_at"])
        known = {
            "company": company().name,
            "name": first_name(row.contact.name),
            "title": content["title"],
            "day": formatting.day(starts.astimezone(company_zone()).date(), language=row.language),
            "notes": content["notes"],
            "results": [
                {
                    "label": labels.get(each["kind"], ""),
                    "what": each["what"],
                    "due": formatting.day(dt.date.fromisoformat(each["due"]), language=row.language)
                    if each["due"]
                    else "",
                }
                for each in content["results"]
            ],
            "sender": row.author,
            "corrected": row.version.number > 1,
        }
        subject = _("Minutes of our meeting: %(title)s") % known
        text = render_to_string("emails/minutes.txt", known)
    host = urlsplit(settings.SITE_URL).hostname or "localhost"
    sender = settings.DEFAULT_FROM_EMAIL
    if known["company"] and "<" not in sender:
        sender = formataddr((known["company"], sender))
    return EmailMessage(
        " ".join(subject.split()), text, sender, [row.contact.email],
        headers={"Message-ID": f"<minutes-{row.version_id}-{row.contact_id}@{host}>"},
        reply_to=[row.author.email] if row.author else [],
    )  # fmt: skip
