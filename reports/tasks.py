"""Periodic reports, as jobs."""

import datetime as dt

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from kam.jobs.execution import Refused
from kam.jobs.registry import job
from kam.lib import outgoing
from kam.lib.scoping import current

from .figures.calendar import Period
from .models import BuiltReport, Report, ReviewMail
from .services import demo_reviews, ledger, mail, making, review_mail, schedules


@job(schedules.DUE, title=_("Looking for reports that are due"), tells={"reports": _("Reports")})
def ask_for_due_reports(running):
    return {"reports": schedules.ask_for_due()}


@job(
    ledger.JOB,
    title=_("Sums of all documents, for pages of figures"),
    queue="heavy",
    tells={"dates": _("Dates")},
)
def read_ledger(running):
    return {"dates": ledger.read_ahead()}


@job(
    schedules.MAKE,
    title=_("Periodic report"),
    queue="heavy",
    as_person=True,
    tells={"report": _("Report")},
)
def make_report(running, *, kind, rhythm, starts, ends, mailed, schedule_id, built_id=None):
    """Make one report with the rights of its reader."""
    person = current()
    if not getattr(person, "pk", None):
        raise Refused(str(_("There is nobody to read this report.")))
    period = Period(dt.date.fromisoformat(starts), dt.date.fromisoformat(ends))
    built = BuiltReport.objects.filter(pk=built_id).first() if built_id else None
    if built_id and built is None:
        raise Refused(str(_("This report is gone, or not shared with you any more.")))
    try:
        report = making.make(
            person, kind, rhythm, period, schedule_id=schedule_id, mailed=mailed, built=built
        )
    except ValidationError as error:  # a quarter that is too long ago for its reviews
        raise Refused(" ".join(error.messages)) from error
    return {"report": report.pk}


@job(
    demo_reviews.JOB,
    title=_("Business reviews of the demo"),
    tells={"reviews": _("Business reviews")},
)
def make_demo_reviews(running, *, manager_id):
    manager = User.objects.filter(pk=manager_id).select_related("team").first()
    return {"reviews": demo_reviews.fill(manager) if manager else 0}


@job(
    mail.JOB,
    title=_("Mail with a report"),
    queue="outgoing",
    patience=outgoing.PATIENCE,
    tells={"state": _("How it ended")},
)
def mail_report(running, *, report_id):
    row = Report.objects.select_related("person", "schedule").filter(pk=report_id).first()
    if row is None:
        raise Refused(str(_("This report is not there any more.")))
    return {"state": mail.send(row)}


@job(
    review_mail.JOB,
    title=_("Mail with a business review"),
    queue="outgoing",
    as_person=True,
    max_attempts=8,
    tells={"state": _("How it ended")},
)
def mail_review(running, *, mail_id):
    """Mail a review, with the rights of who asked as they are now.  Once or not at all."""
    rows = ReviewMail.objects.filter(pk=mail_id).editable_by(current())
    row = rows.select_related("review__client", "contact", "author").first()
    if row is None:
        raise Refused(str(_("This review is not yours to send any more.")))
    return {"state": review_mail.send(row)}
