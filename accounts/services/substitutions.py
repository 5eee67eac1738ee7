"""Who stands in for whom for a time: rights of given days, and nothing changes hands."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Substitution, User
from kam.audit.services import record
from kam.lib.editing import Conflict
from kam.lib.periods import today

from . import lending
from .clients import may_edit
from .notices import tell

LONGEST = 184  # days; whoever is away longer hands over
FIELDS = ("substitute", "since", "until", "note")


@transaction.atomic
def begin(person: User, values: Mapping[str, Any], author: User) -> Substitution:
    """``values``: substitute, since, until, note.  Raises ValidationError by field,
    PermissionDenied where the author may not say who stands in for the person."""
    kept = {name: values[name] for name in FIELDS if name in values}
    _check(person, kept, None)
    row = Substitution.objects.create(person=person, author=author, **kept)
    if not may_edit(row):
        raise PermissionDenied
    lending.refresh(row.substitute_id)
    record("substitution.begin", object=row, details=_details(row))
    _tell(row)
    return row


@transaction.atomic
def change(row: Substitution, values: Mapping[str, Any], version: int) -> list[str]:
    """Raises Conflict, ValidationError by field."""
    present = Substitution.objects.select_for_update(of=("self",)).get(pk=row.pk)
    if present.version != version:
        raise Conflict(present)
    kept = {name: getattr(present, name) for name in FIELDS} | {
        name: values[name] for name in FIELDS if name in values
    }
    _check(present.person, kept, present)
    before = present.substitute_id
    changed = [name for name in FIELDS if getattr(present, name) != kept[name]]
    for name in changed:
        setattr(present, name, kept[name])
    present.version += 1
    present.save()
    lending.refresh(before, present.substitute_id)
    record("substitution.change", object=present, details={"fields": changed, **_details(present)})
    if "substitute" in changed:
        _tell(present)
    row.refresh_from_db()
    return changed


@transaction.atomic
def end(row: Substitution) -> None:
    """It ends now: one that has not begun is taken back, one under way had its last day
    yesterday."""
    day = today()
    record("substitution.end", object=row, details=_details(row))
    if row.since >= day:
        row.delete()
    else:
        row.until = day - dt.timedelta(days=1)
        row.version += 1
        row.save(update_fields=["until", "version"])
    lending.refresh(row.substitute_id)


def _check(person: User, kept: Mapping[str, Any], present: Substitution | None) -> None:
    substitute, since, until = kept["substitute"], kept["since"], kept["until"]
    if person.role not in (User.Role.KAM, User.Role.MANAGER):
        raise ValidationError({"person": _("Only KAMs and their managers are stood in for.")})
    equals = (User.Role.KAM, User.Role.MANAGER) if person.role == User.Role.KAM else (person.role,)
    if substitute.pk == person.pk or not substitute.is_active or substitute.role not in equals:
        told = _("Choose another active KAM; a manager is stood in for by a manager.")
        raise ValidationError({"substitute": told})
    if until < since:
        raise ValidationError({"until": _("The last day lies before the first.")})
    if present is None and until < today():
        raise ValidationError({"until": _("These days are over.")})
    if (until - since).days > LONGEST:
        told = _("At most %(days)s days. Who is away longer hands the clients over.")
        raise ValidationError({"until": told % {"days": LONGEST}})
    others = Substitution.objects.filter(person=person, since__lte=until, until__gte=since)
    if present is not None:
        others = others.exclude(pk=present.pk)
    if others.filter(substitute=substitute).exists():
        raise ValidationError({"since": _("This person stands in on some of these days already.")})


def _details(row: Substitution) -> dict[str, Any]:
    return {
        "person": row.person_id, "substitute": row.substitute_id,
        "since": str(row.since), "until": str(row.until),
    }  # fmt: skip


def _tell(row: Substitution) -> None:
    facts = {
        "person": row.person.name, "since": row.since.isoformat(), "until": row.until.isoformat(),
    }  # fmt: skip
    key = f"substitution:{row.pk}:{row.substitute_id}:{row.since}"
    tell([row.substitute], "substitution", key, facts=facts)
