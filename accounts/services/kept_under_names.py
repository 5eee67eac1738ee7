"""What people keep under a name and share (views of lists, built reports): how one is changed.

Such a row has ``name``, ``shared`` and ``version``; one person has no two of one name.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction

from kam.lib.editing import Conflict


def write(row: models.Model, values: Mapping[str, Any]) -> list[str]:
    """Save what differs, as the next version; returns the fields that did."""
    changed = [name for name, value in values.items() if getattr(row, name) != value]
    if changed:
        for name in changed:
            setattr(row, name, values[name])
        row.version += 1
        row.save(update_fields=[*changed, "version"])
    return changed


def change(row: models.Model, values: Mapping[str, Any], version: int, taken: str) -> list[str]:
    """:func:`write` to a row that was read at ``version``; ``row`` is as it stands then.

    Raises Conflict where somebody saved it meanwhile, and ValidationError in the words ``taken``
    where one has another of that name.
    """
    try:
        with transaction.atomic():
            rows = type(row).objects.select_for_update(of=("self",))
            present = rows.get(pk=row.pk)
            if present.version != version:
                raise Conflict(present)
            changed = write(present, values)
    except IntegrityError as error:
        raise ValidationError({"name": taken}) from error
    row.refresh_from_db()
    return changed
