"""Making a report: as its reader, once a period, never changed afterwards."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.models import User
from kam.audit.services import record
from kam.jobs.services import enqueue
from kam.lib.scoping import acting_as
from reports.figures.calendar import Period
from reports.models import BuiltReport, Report

from . import built_content, content, mail
from .finishing import digest_of, finished


def make(
    person: User, kind: str, rhythm: str, period: Period, *,
    schedule_id: int | None = None, mailed: bool = False, built: BuiltReport | None = None,
) -> Report:  # fmt: skip
    """The report of that period for that person.  One of a schedule that is there already is
    returned as it is: a job that runs twice makes one report and sends one mail.

    ``built``: what is sent, of the kind BUILT; the report before is one of the same order.
    """
    with acting_as(person):
        if schedule_id is not None:
            made = Report.objects.filter(
                person=person, schedule_id=schedule_id, ends=period.ends
            ).first()
            if made is not None:
                return made
        earlier = Report.objects.filter(
            person=person, kind=kind, rhythm=rhythm, ends__lt=period.ends
        )
        if built is not None:
            earlier = earlier.filter(schedule=schedule_id)
        before = earlier.order_by("-ends", "-pk").first()
        with override(person.language):
            told = content.build(kind, person, period, built)
            alike = before is None or built_content.alike(told, before.content)
            told = finished(told, before if alike else None, reader=person.name)
            if not alike:
                told["changes"] = [
                    _("The choices have changed since the report before: the two are not compared.")
                ]
        made = Report(
            person=person, schedule_id=schedule_id, kind=kind, rhythm=rhythm, starts=period.starts,
            ends=period.ends, name=built.name if built else "", previous=before,
        )  # fmt: skip
        return _keep(made, told, mailed)


@transaction.atomic
def _keep(report: Report, told: dict[str, Any], mailed: bool) -> Report:
    person = report.person
    report.language = person.language
    report.content, report.digest = told, digest_of(told)
    report.mail = Report.Mail.WAITING if mailed else Report.Mail.NONE
    report.save(force_insert=True)
    record("report.make", object=report, details={"kind": report.kind, "until": str(report.ends)})
    if mailed:
        enqueue(mail.JOB, {"report_id": report.pk}, actor=person)
    return report
