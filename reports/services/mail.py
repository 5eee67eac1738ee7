"""Mailing a report to its reader: once, or not at all, and never twice.

The row says how far it got before the mail server is spoken to; what was broken off in the middle
is not sent again by itself.
"""

from __future__ import annotations

from email.utils import formataddr
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from kam.audit.services import record
from kam.lib import outgoing
from kam.lib.company import company
from reports.dashboards.kept import shown_figures
from reports.files import pdf
from reports.models import Report

JOB = "reports.mail"
Mail = Report.Mail


def message_id(report: Report) -> str:
    """The same however often it is asked for, so that mail servers tell a double."""
    host = urlsplit(settings.SITE_URL).hostname or "localhost"
    return f"<report-{report.pk}-{report.digest[:24]}@{host}>"


def send(report: Report) -> str:
    """Mail the report as long as it waits for that; how it ended, a value of Mail.

    Runs outside a transaction.  Raises OSError or SMTPException where surely nothing was sent and
    it may be tried again.
    """
    if not outgoing.is_set_up() or not report.person.is_active or not report.person.email:
        return _note(report, Mail.NONE)
    return outgoing.once(
        report,
        "mail",
        lambda: message(report),
        lambda state: _note(report, state),
        name=f"report {report.pk}",
    )


def _note(report: Report, state: str) -> str:
    at = {"mailed_at": timezone.now()} if state == Mail.SENT else {}
    Report.objects.filter(pk=report.pk).update(mail=state, **at)
    record("report.mail", object=report, details={"state": str(state)})
    return str(state)


def message(report: Report) -> EmailMessage:
    """A short text with the figures and the link; the PDF with it where the schedule says so."""
    name = company().name
    link = settings.SITE_URL.rstrip("/") + reverse("report_detail", args=[report.pk])
    with override(report.language):
        known = {"report": report, "figures": shown_figures(report), "link": link}
        text = render_to_string("emails/report.txt", known)
        subject = f"{report.content['title']}, {report.content['sub'].split(';')[0]}"
    sender = settings.DEFAULT_FROM_EMAIL
    if name and "<" not in sender:
        sender = formataddr((name, sender))
    mail = EmailMessage(
        " ".join(subject.split()), text, sender, [report.person.email],
        headers={"Message-ID": message_id(report)},
    )  # fmt: skip
    if report.schedule is None or report.schedule.attached:
        mail.attach(pdf.filename(report), pdf.write(report), "application/pdf")
    return mail
