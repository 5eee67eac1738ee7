"""What clients gain from us in money, confirmed by them; and their words for others."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Benefit, Client, Contact, Reference, User
from kam.audit.services import record
from kam.lib.periods import today

from .clients import Conflict

State = Benefit.State
FIELDS = ("what", "amount", "method", "since", "until")
# The client confirmed these; other ones are a claim again.
_CONFIRMED = ("what", "amount", "method", "since")
REFERENCE_FIELDS = (
    "kind", "title", "text", "link", "contact", "given_on", "permission", "permitted_by",
    "permitted_until",
)  # fmt: skip
OUTCOMES = (State.CONFIRMED, State.DISPUTED)
MAX_FILE = 25 * 2**20


@transaction.atomic
def claim(client: Client, values: Mapping[str, Any], author: User | None) -> Benefit:
    """Write down what the client gains; it is our claim until they confirm it."""
    row = Benefit.objects.create(client=client, author=author, **values)
    record("benefit.claim", object=row, client_id=client.pk)
    return row


@transaction.atomic
def change(row: Benefit, values: Mapping[str, Any], version: int) -> list[str]:
    """Change a benefit; the changed fields.  Another figure than the client confirmed is a claim
    again.  Raises Conflict where somebody was faster."""
    present = Benefit.objects.select_for_update(of=("self",)).get(pk=row.pk)
    changed = _changed(present, values, FIELDS, version)
    if not changed:
        return []
    before = present.state
    if any(name in _CONFIRMED for name in changed):
        _unsettle(present)
    present.version += 1
    present.save()
    row.refresh_from_db()
    record(
        "benefit.change", object=row, client_id=row.client_id,
        details={"fields": changed, "before": before, "state": row.state},
    )  # fmt: skip
    return changed


def _changed(present, values: Mapping[str, Any], fields: tuple[str, ...], version: int):
    if present.version != version:
        raise Conflict(present)
    changed = [name for name in fields if name in values and getattr(present, name) != values[name]]
    for name in changed:
        setattr(present, name, values[name])
    return changed


def _unsettle(row: Benefit) -> None:
    """The paper stays: it shows what was confirmed before."""
    row.state, row.settled_on, row.contact, row.evidence = State.CLAIMED, None, None, ""


def settle(
    row: Benefit,
    outcome: str,
    evidence: str,
    *,
    contact: Contact | None = None,
    on: dt.date | None = None,
    upload: UploadedFile | None = None,
) -> Benefit:
    """What the client says to it: ``outcome`` is one of OUTCOMES.

    Raises ValidationError where nothing shows it, the day lies ahead, nobody is named who confirms,
    or the file is empty or too large.
    """
    day = on or today()
    if outcome not in OUTCOMES:
        raise ValidationError({"outcome": _("Say what the client says to it.")})
    if not evidence.strip():
        raise ValidationError({"evidence": _("Say what shows it.")})
    if day > today():
        raise ValidationError({"on": _("This day has not come yet.")})
    if outcome == State.CONFIRMED and contact is None:
        raise ValidationError({"contact": _("Say who of the client confirms it.")})
    _check(upload)
    with transaction.atomic():
        present = Benefit.objects.select_for_update(of=("self",)).get(pk=row.pk)
        present.state, present.settled_on = State(outcome), day
        present.contact, present.evidence = contact, evidence.strip()[:1000]
        present.version += 1
        if upload is not None:
            name = os.path.basename((upload.name or "").replace("\\", "/"))[-255:] or "file"
            present.file_name = name.replace("\x00", "")
            present.file.save("", upload, save=False)
        try:
            with transaction.atomic():
                present.save()
                record(
                    "benefit.settle", object=present, client_id=present.client_id,
                    details={"outcome": str(outcome), "file": upload is not None},
                )  # fmt: skip
        except BaseException:
            if upload is not None:
                present.file.delete(save=False)
            raise
    row.refresh_from_db()
    return row


def _check(upload: UploadedFile | None) -> None:
    if upload is None:
        return
    if not upload.size:
        raise ValidationError({"file": _("This file is empty.")})
    if upload.size > MAX_FILE:
        text = _("The file is larger than %(limit)s MB. Split it, or pack it.")
        raise ValidationError({"file": text % {"limit": MAX_FILE >> 20}})


@transaction.atomic
def keep_reference(client: Client, values: Mapping[str, Any], author: User | None) -> Reference:
    """Write good words down.  Raises ValidationError where a permission that was not given has an
    end or a giver."""
    _check_permission(values)
    row = Reference.objects.create(client=client, author=author, **values)
    record("reference.create", object=row, client_id=client.pk, details={"kind": row.kind})
    return row


@transaction.atomic
def change_reference(row: Reference, values: Mapping[str, Any], version: int) -> list[str]:
    """Raises Conflict where somebody was faster, ValidationError as :func:`keep_reference`."""
    present = Reference.objects.select_for_update(of=("self",)).get(pk=row.pk)
    changed = _changed(present, values, REFERENCE_FIELDS, version)
    if not changed:
        return []
    _check_permission({name: getattr(present, name) for name in REFERENCE_FIELDS})
    present.version += 1
    present.save(update_fields=[*changed, "version"])
    row.refresh_from_db()
    record("reference.change", object=row, client_id=row.client_id, details={"fields": changed})
    return changed


def _check_permission(values: Mapping[str, Any]) -> None:
    if values.get("permission") == Reference.Permission.GIVEN:
        if values.get("permitted_by") is None:
            raise ValidationError({"permitted_by": _("Say who of the client permitted it.")})
        return
    for name in ("permitted_by", "permitted_until"):
        if values.get(name) is not None:
            raise ValidationError({name: _("Only of a permission that was given.")})
