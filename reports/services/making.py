"""Making a report: as its reader, once a period, never changed afterwards."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from django.db import transaction
from django.utils.translation import override

from accounts.models import User
from kam.audit.services import record
from kam.jobs.services import enqueue
from kam.lib.company import company
from kam.lib.scoping import acting_as
from reports.dashboards.kept import changes
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
        earlier = Report.objects.filter(
            person=person, kind=kind, rhythm=rhythm, ends__lt=period.ends
        )
        before = earlier.order_by("-ends", "-pk").first()
        with override(person.language):
            told = finished(content.build(kind, person, period), before, reader=person.name)
        return _keep(person, kind, rhythm, period, told, before, schedule_id, mailed)


def finished(told: dict[str, Any], before: Any, reader: str = "") -> dict[str, Any]:
    """The content with all that a page or a file of it says, so that none asks for it later:
    ``before``, a report of the same kind or None, and the names of company and reader."""
    kept = None
    if before is not None:
        figures = {each["key"]: each["value"] for each in before.content["figures"]}
        kept = {"ends": before.ends.isoformat(), "figures": figures}
    return told | {
        "company": company().name,
        "reader": reader,
        "before": kept,
        "changes": changes(told, before.content) if before is not None else [],
    }


@transaction.atomic
def _keep(person, kind, rhythm, period, told, before, schedule_id, mailed) -> Report:
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
        previous=before,
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
