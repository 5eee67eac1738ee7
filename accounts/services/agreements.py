"""Agreements: keeping them, their files, and telling in time that one ends."""

from __future__ import annotations

import datetime as dt
import hashlib
import os
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.models import (
    AgreedPrice,
    Agreement,
    AgreementFile,
    Client,
    Commitment,
    RebateStep,
    User,
)
from accounts.selectors.agreements import ending
from kam.audit.services import record
from kam.jobs.services import enqueue
from kam.lib.periods import add_months
from kam.webhooks.services import emit

from .clients import Conflict
from .notices import tell

FIELDS = (
    "number", "subject", "starts", "ends", "ended_on", "payment_days", "credit_limit",
    "rebate_period", "rebate_on", "owner", "note",
)  # fmt: skip
PARTS: dict[str, type] = {
    "commitments": Commitment,
    "prices": AgreedPrice,
    "rebate_steps": RebateStep,
}
# Days before the end at which people are told.
REMINDERS = (90, 60, 30)
MAX_FILE = 25 << 20
ACCRUE = "accounts.rebates"

Parts = Mapping[str, Sequence[Mapping[str, Any]]]


@transaction.atomic
def create(
    client: Client,
    values: Mapping[str, Any],
    parts: Parts,
    author: User,
    previous: Agreement | None = None,
) -> Agreement:
    """Write an agreement with its parts.  Raises ValidationError where it is there already."""
    agreement = Agreement(client=client, author=author, previous=previous, **values)
    try:
        with transaction.atomic():
            agreement.save(force_insert=True)
    except IntegrityError as error:
        raise ValidationError(_("This client has this agreement already.")) from error
    _write_parts(agreement, parts)
    details = {"renews": previous.pk} if previous else {}
    record("agreement.create", object=agreement, client_id=client.pk, details=details)
    enqueue(ACCRUE, unique=ACCRUE)
    return agreement


@transaction.atomic
def change(
    agreement: Agreement, values: Mapping[str, Any], parts: Parts, version: int
) -> Agreement:
    """Write over the agreement; each part that is given replaces what was there.

    Raises Conflict where somebody else was faster, ValidationError where it would be there twice.
    """
    present = Agreement.objects.select_for_update(of=("self",)).get(pk=agreement.pk)
    if present.version != version:
        raise Conflict(present)
    changed = [name for name, value in values.items() if getattr(present, name) != value]
    for name in changed:
        setattr(present, name, values[name])
    replaced = [name for name in parts if _differs(present, name, parts[name])]
    if not changed and not replaced:
        return present
    present.version += 1
    try:
        with transaction.atomic():
            present.save(update_fields=[*changed, "version"])
    except IntegrityError as error:
        raise ValidationError(_("This client has this agreement already.")) from error
    _write_parts(present, {name: parts[name] for name in replaced})
    record(
        "agreement.change",
        object=present,
        client_id=present.client_id,
        details={"fields": [*changed, *replaced]},
    )
    enqueue(ACCRUE, unique=ACCRUE)
    return present


def _names(model: type) -> list[str]:
    return [
        field.name for field in model._meta.concrete_fields if field.name not in ("id", "agreement")
    ]


def part_values(agreement: Agreement, name: str) -> list[dict[str, Any]]:
    """Rows of a part as values, in their order."""
    names = _names(PARTS[name])
    return [{n: getattr(row, n) for n in names} for row in getattr(agreement, name).all()]


def _differs(agreement: Agreement, name: str, rows: Sequence[Mapping[str, Any]]) -> bool:
    present = part_values(agreement, name)
    return [dict(row) for row in rows] != present


def _write_parts(agreement: Agreement, parts: Parts) -> None:
    for name, rows in parts.items():
        model = PARTS[name]
        model.objects.filter(agreement=agreement).delete()
        model.objects.bulk_create(model(agreement=agreement, **row) for row in rows)


def check_parts(values: Mapping[str, Any], parts: Parts) -> dict[str, str]:
    """What does not fit together: name of a field or part -> what is wrong."""
    wrong: dict[str, str] = {}
    starts, ends = values.get("starts"), values.get("ends")
    if starts and ends and ends < starts:
        wrong["ends"] = _("The end lies before the beginning.")
    ended = values.get("ended_on")
    if starts and ended and (ended < starts or (ends and ended > ends)):
        wrong["ended_on"] = _("This day lies outside the term.")
    for row in parts.get("commitments", ()):
        if row["ends"] < row["starts"]:
            wrong["commitments"] = _("A period ends before it begins.")
        elif starts and (row["starts"] < starts or (ends and row["ends"] > ends)):
            wrong["commitments"] = _("A period lies outside the term of the agreement.")
    steps = [row["volume"] for row in parts.get("rebate_steps", ())]
    rising = [row["percent"] for row in sorted(parts.get("rebate_steps", ()), key=_by_volume)]
    if len(set(steps)) < len(steps):
        wrong["rebate_steps"] = _("Two steps begin at the same volume.")
    elif rising != sorted(rising):
        wrong["rebate_steps"] = _("A higher volume has a lower rebate.")
    elif steps and not values.get("rebate_period"):
        wrong["rebate_period"] = _("Say for which period the scale counts.")
    elif values.get("rebate_period") == Agreement.RebatePeriod.TERM and not ends:
        wrong["rebate_period"] = _("A rebate for the whole term needs a last day.")
    products = [row["product"] for row in parts.get("prices", ())]
    if len(set(products)) < len(products):
        wrong["prices"] = _("A product has two prices.")
    return wrong


def _by_volume(row: Mapping[str, Any]):
    return row["volume"]


def renewal_of(agreement: Agreement) -> tuple[dict[str, Any], dict[str, list[dict[str, Any]]]]:
    """What the next agreement would be: the same terms for as long again from the day after."""
    values = {name: getattr(agreement, name) for name in FIELDS if name != "ended_on"}
    last = agreement.last_day
    parts = {name: part_values(agreement, name) for name in PARTS}
    if last is None:
        return values, parts
    starts = last + dt.timedelta(days=1)
    shift = starts - agreement.starts
    months = _months(agreement.starts, starts)

    def moved(day: dt.date) -> dt.date:
        """As far on as the term is long; by whole months where it is so many months."""
        if months is None:
            return day + shift
        return add_months(day + dt.timedelta(days=1), months) - dt.timedelta(days=1)

    values["starts"] = starts
    values["ends"] = moved(agreement.ends) if agreement.ends else None
    for row in parts["commitments"]:
        row["ends"] = moved(row["ends"])
        row["starts"] = moved(row["starts"] - dt.timedelta(days=1)) + dt.timedelta(days=1)
    return values, parts


def _months(start: dt.date, end: dt.date) -> int | None:
    """Whole months from one day to another; None where it is not so many."""
    months = (end.year - start.year) * 12 + end.month - start.month
    return months if months > 0 and add_months(start, months) == end else None


def keep_file(agreement: Agreement, upload: UploadedFile, person: User) -> AgreementFile:
    """Keep a file as it came, under a name of ours.  Raises ValidationError where it is empty or
    too large."""
    if not upload.size:
        raise ValidationError(_("This file is empty."))
    if upload.size > MAX_FILE:
        raise ValidationError(
            _("The file is larger than %(limit)s MB. Split it, or pack it.")
            % {"limit": MAX_FILE >> 20}
        )
    digest = hashlib.sha256()
    for piece in upload.chunks():
        digest.update(piece)
    upload.seek(0)
    name = os.path.basename((upload.name or "").replace("\\", "/"))[-255:] or "file"
    row = AgreementFile(
        agreement=agreement,
        name=name.replace("\x00", ""),
        size=upload.size,
        sha256=digest.hexdigest(),
        brought_by=person,
    )
    row.file.save("", upload, save=False)
    try:
        with transaction.atomic():
            row.save()
            record(
                "agreement.file",
                object=row,
                client_id=agreement.client_id,
                details={"sha256": row.sha256, "size": row.size},
            )
    except BaseException:
        row.file.delete(save=False)
        raise
    return row


def remind(day: dt.date) -> int:
    """Tell those who answer for agreements that they end in 90, 60 or 30 days; each step is told
    once, and of steps already past only the latest.  Returns how many notices were made."""
    told = 0
    soon = ending(day, dt.timedelta(days=max(REMINDERS))).select_related("client")
    for agreement in soon:
        left = (agreement.last_day - day).days
        step = min(each for each in REMINDERS if left <= each)
        people = _people({agreement.owner_id, agreement.client.owner_id} - {None})
        new = tell(
            people or _managers(agreement.client),
            "agreement_ends",
            f"agreement:{agreement.pk}:{agreement.last_day}:{step}",
            client=agreement.client,
            facts={
                "agreement": agreement.pk,
                "number": agreement.number,
                "ends": agreement.last_day.isoformat(),
            },
        )
        if new:
            known = {"agreement": agreement.pk, "client": agreement.client_id}
            emit("agreement.ending", known | {"ends": f"{agreement.last_day}", "days": left})
        told += new
    return told


def _people(ids: Iterable[int]) -> list[User]:
    return list(User.objects.filter(pk__in=ids, is_active=True))


def _managers(client: Client) -> list[User]:
    """Where nobody answers for a client, whoever leads its team is told."""
    if client.team_id is None:
        return []
    managers = User.objects.filter(role=User.Role.MANAGER, is_active=True)
    return list(managers.filter(team_id=client.team_id))
