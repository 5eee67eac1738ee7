"""A breach written down, the clocks of the law, and whom a lost file names."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Incident, User
from accounts.selectors.incidents import named_in
from kam.audit.services import record

from . import subject_files
from .clients import Conflict

FIELDS = (
    "title", "noticed_at", "since", "until", "people", "tokens", "export_ref", "file", "note",
    "regulator_told_at", "result_told_at", "authority_told_at", "people_told_at",
)  # fmt: skip


@dataclass(frozen=True)
class Duty:
    """Who is to be told by when; ``hours`` from notice, None: without delay, no number."""

    field: str
    title: Any
    law: Any
    hours: int | None


DUTIES = (
    Duty("regulator_told_at", _("Tell Roskomnadzor: that it happened, supposed cause and harm"),
         _("152-FZ art. 21 (3.1): 24 hours"), 24),
    Duty("result_told_at", _("Tell Roskomnadzor: the result of the inquiry, and who did it"),
         _("152-FZ art. 21 (3.1): 72 hours"), 72),
    Duty("authority_told_at", _("Tell the data protection authority"),
         _("GDPR art. 33: 72 hours"), 72),
    Duty("people_told_at", _("Tell the people concerned, where their risk is high"),
         _("GDPR art. 34: without undue delay"), None),
)  # fmt: skip


@dataclass(frozen=True)
class Clock:
    """A duty as it stands.  ``state``: done, late (done after its time), over, running, open."""

    duty: Duty
    due: dt.datetime | None
    done: dt.datetime | None
    now: dt.datetime

    @property
    def state(self) -> str:
        if self.done is not None:
            return "late" if self.due is not None and self.done > self.due else "done"
        if self.due is None:
            return "open"
        return "over" if self.now > self.due else "running"

    @property
    def hours(self) -> int:
        """Whole hours that are left, or have passed since."""
        apart = abs((self.due or self.now) - self.now)
        return int(apart.total_seconds() // 3600)


def clocks(incident: Incident, now: dt.datetime | None = None) -> list[Clock]:
    now = now or timezone.now()
    return [
        Clock(
            duty,
            incident.noticed_at + dt.timedelta(hours=duty.hours) if duty.hours else None,
            getattr(incident, duty.field),
            now,
        )
        for duty in DUTIES
    ]


def nearest(incident: Incident) -> Clock | None:
    """The clock that runs out first, or has run out; None where everything with a time is told."""
    waiting = [each for each in clocks(incident) if each.state in ("over", "running")]
    return min(waiting, key=lambda each: each.due or each.now, default=None)


@transaction.atomic
def create(values: Mapping[str, Any], person: User | None) -> Incident:
    row = Incident(**values, author=person)
    row.file_contacts = _named_in_file(row)
    row.save(force_insert=True)
    record("incident.create", object=row)
    return row


@transaction.atomic
def change(incident: Incident, values: Mapping[str, Any], version: int) -> Incident:
    """Raises Conflict where somebody else was faster."""
    row = Incident.objects.select_for_update(of=("self",)).get(pk=incident.pk)
    if row.version != version:
        raise Conflict(row)
    changed = [name for name, value in values.items() if getattr(row, name) != value]
    for name in changed:
        setattr(row, name, values[name])
    if changed:
        if "file" in changed:
            row.file_contacts = _named_in_file(row)
        row.version += 1
        row.save()
        record("incident.change", object=row, details={"fields": changed, "version": row.version})
    return row


def _named_in_file(row: Incident) -> list[int]:
    """Contacts whose e-mail or phone stands in the file; nobody where it is gone or unreadable."""
    if row.file is None or not row.file.file:
        return []
    emails, phones = subject_files.ways_in(row.file)
    return named_in(emails, phones)
