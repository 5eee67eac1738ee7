"""Sending the link of a survey by mail: once, or not at all, and never twice.

The row says how far it got before the mail server is spoken to.  What was broken off in the middle
may have arrived: it is not sent again by itself, a person decides.
"""

from __future__ import annotations

from email.utils import formataddr
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.models import Contact, SurveyInvitation, SurveyRefusal, User
from kam.audit.services import record
from kam.jobs.services import enqueue
from kam.lib import outgoing
from kam.lib.company import company

from . import survey_consent

JOB = "accounts.survey_mail"
Mail = SurveyInvitation.Mail
# From here it may be sent (again).
FREE = (Mail.NONE, Mail.REFUSED, Mail.UNSURE, Mail.HELD)
_PATRONYMICS = ("вич", "ьич", "мич", "вна", "чна", "ovich", "evich", "ovna", "evna")


def post(invitation: SurveyInvitation, person: User | None) -> None:
    """Let the link be mailed, in the caller's transaction.

    Raises ValidationError where mail is not set up, the contact has no address, or it is on its
    way or has arrived already.
    """
    if not outgoing.is_set_up():
        raise ValidationError(_("This installation sends no mail. Copy the link instead."))
    if invitation.contact is None or not invitation.contact.email:
        raise ValidationError(_("This person has no e-mail. Copy the link instead."))
    taken = SurveyInvitation.objects.filter(pk=invitation.pk, mail__in=FREE)
    if not taken.update(mail=Mail.WAITING):
        raise ValidationError(_("The link has been mailed already."))
    invitation.mail = Mail.WAITING
    enqueue(JOB, {"invitation_id": invitation.pk}, actor=person)


def message_id(invitation: SurveyInvitation) -> str:
    """The same however often it is asked for, so that mail servers tell a double."""
    host = urlsplit(settings.SITE_URL).hostname or "localhost"
    return f"<survey-{invitation.digest[:32]}@{host}>"


def send(invitation: SurveyInvitation, link: str) -> str:
    """Mail the link, as long as it waits for that; how it ended, a value of Mail.

    Runs outside a transaction.  Raises OSError or SMTPException where surely nothing was sent and
    it may be tried again.
    """
    contact = invitation.contact
    if not link or contact is None or not contact.email or _declined(contact):
        return _note(invitation, Mail.HELD)
    return outgoing.once(
        invitation,
        "mail",
        lambda: _message(invitation, link),
        lambda state: _note(invitation, state),
        name=f"survey mail {invitation.pk}",
    )


def _declined(contact: Contact) -> bool:
    refused = SurveyRefusal.objects.filter(contact=contact).exists()
    return refused or contact.pk in survey_consent.against([contact])


def _note(invitation: SurveyInvitation, state: str) -> str:
    at = {"mailed_at": timezone.now()} if state == Mail.SENT else {}
    SurveyInvitation.objects.filter(pk=invitation.pk).update(mail=state, **at)
    record(
        "survey.mail", object=invitation, client_id=invitation.client_id,
        details={"state": str(state)},
    )  # fmt: skip
    return str(state)


def _message(invitation: SurveyInvitation, link: str) -> EmailMessage:
    known = {
        "company": company().name,
        "name": first_name(invitation.contact.name),
        "link": link,
        "until": invitation.survey.closes_on,
        "sender": invitation.client.owner or invitation.author,
    }
    with override(invitation.language):
        subject = (
            _("%(company)s asks for your opinion: two minutes") % known
            if known["company"]
            else _("We ask for your opinion: two minutes")
        )
        text = render_to_string("emails/survey.txt", known)
    headers = {"Message-ID": message_id(invitation), "List-Unsubscribe": f"<{link}#decline>"}
    sender = settings.DEFAULT_FROM_EMAIL
    if known["company"] and "<" not in sender:
        sender = formataddr((known["company"], sender))
    answers_to = [known["sender"].email] if known["sender"] else []
    return EmailMessage(
        " ".join(subject.split()), text, sender, [invitation.contact.email],
        headers=headers, reply_to=answers_to,
    )  # fmt: skip


def first_name(name: str) -> str:
    """How the person is spoken to: "Ann Smith" is Ann; empty where that cannot be told.

    A Russian full name puts the family name first and is told by its patronymic, which stays.
    """
    words = name.split()
    if any(word.endswith(".") for word in words):  # a family name with initials
        return ""
    if len(words) == 3 and words[2].lower().endswith(_PATRONYMICS):
        return " ".join(words[1:])
    return words[0] if len(words) > 1 else ""
