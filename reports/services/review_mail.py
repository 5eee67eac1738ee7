"""An approved business review on its way to the client: once to each person, or not at all."""

from __future__ import annotations

from collections.abc import Iterable
from email.utils import formataddr
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.models import Contact, User
from accounts.selectors import ledger
from accounts.selectors.blocks import free
from accounts.services.survey_mail import first_name
from kam.audit.services import record
from kam.jobs.services import enqueue
from kam.lib import outgoing
from kam.lib.periods import today
from reports.files import pdf
from reports.models import BusinessReview, ReviewMail

from .business_reviews import may_go_out

JOB = "reports.review_mail"
State = ReviewMail.State


def recipients(review: BusinessReview) -> QuerySet[Contact]:
    """Who of the client may be written to: has an address, is still there, and is not blocked."""
    entities = ledger.legal_entities(review.client, today())
    people = Contact.objects.filter(client__in=entities, left_on__isnull=True, anonymised_at=None)
    return free(people).exclude(email="").order_by("name", "pk")


def mails_of(review: BusinessReview) -> QuerySet[ReviewMail]:
    return ReviewMail.objects.filter(review=review).order_by("pk")


@transaction.atomic
def post(review: BusinessReview, contacts: Iterable[Contact], person: User) -> list[ReviewMail]:
    """Let it be mailed to these people of the client, in the caller's transaction.

    Raises ValidationError where it is not approved, no mail is set up, somebody may not be written
    to or has it already.
    """
    chosen = list(contacts)
    if not may_go_out(review):
        raise ValidationError(_("This review is not approved for the client yet."))
    if not outgoing.is_set_up():
        raise ValidationError(_("This installation sends no mail. Hand over the file instead."))
    if not chosen:
        raise ValidationError({"contacts": _("Choose who gets the review.")})
    allowed = set(recipients(review).values_list("pk", flat=True))
    rows = []
    for contact in chosen:
        if contact.pk not in allowed:
            told = _("%(name)s may not be written to.") % {"name": contact.name}
            raise ValidationError({"contacts": told})
        try:
            with transaction.atomic():
                row = ReviewMail.objects.create(review=review, contact=contact, author=person)
        except IntegrityError as error:
            told = _("%(name)s has this review already.") % {"name": contact.name}
            raise ValidationError({"contacts": told}) from error
        enqueue(JOB, {"mail_id": row.pk}, actor=person)
        rows.append(row)
    record(
        "business_review.mail", object=review, client_id=review.client_id,
        details={"contacts": [each.contact_id for each in rows]},
    )  # fmt: skip
    return rows


def send(row: ReviewMail) -> str:
    """Mail it, as long as it waits for that; how it ended, a value of State.

    Runs outside a transaction.  Raises OSError or SMTPException where surely nothing was sent and
    it may be tried again.
    """
    if not may_go_out(row.review) or not recipients(row.review).filter(pk=row.contact_id).exists():
        return _note(row, State.HELD)
    return outgoing.once(
        row,
        "state",
        lambda: message(row),
        lambda state: _note(row, state),
        name=f"review mail {row.pk}",
    )


def _note(row: ReviewMail, state: str) -> str:
    at = {"sent_at": timezone.now()} if state == State.SENT else {}
    ReviewMail.objects.filter(pk=row.pk).update(state=state, **at)
    return str(state)


def message(row: ReviewMail) -> EmailMessage:
    """A short letter with the edition for the client as PDF."""
    review = row.review
    company = review.content["company"]
    with override(review.language):
        known = {
            "name": first_name(row.contact.name), "company": company, "sender": row.author,
            "title": review.content["title"], "sub": review.content["sub"].split(";")[0],
        }  # fmt: skip
        text = render_to_string("emails/business_review.txt", known)
        subject = f"{known['title']}, {known['sub']}"
    host = urlsplit(settings.SITE_URL).hostname or "localhost"
    sender = settings.DEFAULT_FROM_EMAIL
    if company and "<" not in sender:
        sender = formataddr((company, sender))
    mail = EmailMessage(
        " ".join(subject.split()), text, sender, [row.contact.email],
        headers={"Message-ID": f"<review-{review.pk}-{row.contact_id}@{host}>"},
        reply_to=[row.author.email] if row.author else [],
    )  # fmt: skip
    mail.attach(pdf.filename(review), pdf.write(review), "application/pdf")
    return mail
