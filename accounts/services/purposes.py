"""The catalogue of what people's data are used for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils.text import slugify
from django.utils.translation import gettext as _

from accounts.models import Purpose
from kam.audit.services import record
from kam.lib.locks import lock

from .clients import Conflict

FIELDS = ("label_ru", "label_en", "basis", "text_version", "is_active")


@transaction.atomic
def add(values: Mapping[str, Any]) -> Purpose:
    """A new purpose at the end.  Raises ValidationError where it has no name."""
    lock("purposes")
    last = Purpose.objects.aggregate(last=Max("position"))["last"] or 0
    row = Purpose(position=last + 1, **{name: values[name] for name in FIELDS if name in values})
    _check(row)
    base = slugify(row.label_en)[:50] or "purpose"
    taken = set(Purpose.objects.filter(key__startswith=base).values_list("key", flat=True))
    keys = (base if number == 1 else f"{base}-{number}" for number in range(1, len(taken) + 3))
    row.key = next(key for key in keys if key not in taken)
    row.save()
    record("purpose.create", object=row, details={"basis": row.basis})
    return row


@transaction.atomic
def change(purpose: Purpose, values: Mapping[str, Any], version: int) -> list[str]:
    """The fields that changed.  Raises Conflict where somebody was faster, ValidationError where it
    would have no name."""
    present = Purpose.objects.select_for_update(of=("self",)).get(pk=purpose.pk)
    if present.version != version:
        raise Conflict(present)
    changed = [n for n in FIELDS if n in values and getattr(present, n) != values[n]]
    for name in changed:
        setattr(present, name, values[name])
    _check(present)
    if changed:
        present.version += 1
        present.save(update_fields=[*changed, "version"])
        details = {"fields": changed} | ({"basis": present.basis} if "basis" in changed else {})
        record("purpose.change", object=present, details=details)
    purpose.refresh_from_db()
    return changed


def _check(row: Purpose) -> None:
    if not (row.label_ru or row.label_en):
        raise ValidationError({"label_ru": _("Name the purpose, in one language at least.")})
