"""Fields of clients that the company adds for itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from accounts.models import OwnField
from kam.audit.services import record
from kam.lib.editing import Conflict


@transaction.atomic
def create(values: Mapping[str, Any]) -> OwnField:
    field = OwnField.objects.create(**values)
    record("own_field.create", object=field)
    return field


@transaction.atomic
def change(field: OwnField, values: Mapping[str, Any], version: int) -> list[str]:
    """The changed columns.  The kind stays: answers of another would not fit.  Raises Conflict."""
    present = OwnField.objects.select_for_update(of=("self",)).get(pk=field.pk)
    if present.version != version:
        raise Conflict(present)
    changed = [name for name, value in values.items() if getattr(present, name) != value]
    if changed:
        for name in changed:
            setattr(present, name, values[name])
        present.version += 1
        present.save(update_fields=[*changed, "version"])
        record("own_field.change", object=present, details={"fields": changed})
    field.refresh_from_db()
    return changed


@transaction.atomic
def retire(field: OwnField, *, retired: bool) -> None:
    """Ask it no more, or again; what was answered stays either way."""
    present = OwnField.objects.select_for_update(of=("self",)).get(pk=field.pk)
    if present.is_retired != retired:
        OwnField.objects.filter(pk=field.pk).update(is_retired=retired, version=present.version + 1)
        record("own_field.retire" if retired else "own_field.bring_back", object=present)
