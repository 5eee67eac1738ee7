"""Making a report: as its reader, once a period, never changed afterwards."""

from __future__ import annotations

import hashlib
import json

from django.db import transaction
from django.utils.translation import override

from accounts.models import User
from kam.audit.services import record
from kam.jobs.services import enqueue
from kam.lib.scoping import acting_as
from reports.figures.calendar import Period
from reports.models import Report

from . import content, mail


def make(
    person: User, kind: str, rhythm: str, period: Period, *,
    schedule_id: int | None = None, mailed: bool = False,
) -> Report:  # fmt: skip
    """The report of that period for that person.  One of a schedule that is there already is
    returned as it is: a job that runs twice makes one report and sends one mail."""
    with acting_as(person):
        if schedule_id is not None:
            made = Report.objects.filter(
                person=person, schedule_id=schedule_id, ends=period.ends
            ).first()
            if made is not None:
                return made
        with override(person.language):
            told = content.build(kind, person, period)
        return _keep(person, kind, rhythm, period, told, schedule_id, mailed)


@transaction.atomic
def _keep(person, kind, rhythm, period, told, schedule_id, mailed) -> Report:
    before = Report.objects.filter(
        person=person, kind=kind, rhythm=rhythm, ends__lt=period.ends
    ).order_by("-ends", "-pk")
    report = Report.objects.create(
        person=person,
        schedule_id=schedule_id,
        kind=kind,
        rhythm=rhythm,
        starts=period.starts,
        ends=period.ends,
        language=person.language,
        content=told,
        digest=digest_of(told),
        previous=before.first(),
        mail=Report.Mail.WAITING if mailed else Report.Mail.NONE,
    )
    record("report.make", object=report, details={"kind": kind, "until": str(period.ends)})
    if mailed:
        enqueue(mail.JOB, {"report_id": report.pk}, actor=person)
    return report


def digest_of(told: dict) -> str:
    """SHA-256 of the content, whatever the order of its keys."""
    written = json.dumps(told, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(written.encode()).hexdigest()
