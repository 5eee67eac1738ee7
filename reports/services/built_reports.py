"""Keeping what was chosen in the report builder under a name, sharing it, and letting it go."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.models import User
from kam.audit.services import record
from kam.lib.editing import Conflict
from reports.figures.built import Definition
from reports.models import BuiltReport

MOST = 100  # of one person


def save(owner: User, asked: Definition, values: Mapping[str, Any]) -> BuiltReport:
    """A new report, or one's own of this name with other choices.  ``values``: name, shared.

    Raises ValidationError where somebody has too many.
    """
    with transaction.atomic():
        own = BuiltReport.objects.filter(owner=owner)
        same = own.select_for_update(of=("self",)).filter(name=values["name"]).first()
        if same is not None:
            _write(same, {**values, "definition": asked.told()})
            return same
        if own.count() >= MOST:
            raise ValidationError(
                _("You have %(most)s reports. Let one go that you do not open any more.")
                % {"most": MOST}
            )
        report = BuiltReport.objects.create(owner=owner, definition=asked.told(), **values)
        if report.shared != BuiltReport.Shared.NOBODY:
            record("built_report.share", object=report, details={"with": report.shared})
        return report


def change(report: BuiltReport, values: Mapping[str, Any], version: int) -> None:
    """``values``: name, shared, definition.  Raises Conflict, and ValidationError where one has
    another of that name."""
    try:
        with transaction.atomic():
            present = BuiltReport.objects.select_for_update(of=("self",)).get(pk=report.pk)
            if present.version != version:
                raise Conflict(present)
            _write(present, values)
    except IntegrityError as error:
        raise ValidationError({"name": _("There is a report of this name.")}) from error
    report.refresh_from_db()


def _write(report: BuiltReport, values: Mapping[str, Any]) -> None:
    changed = [name for name, value in values.items() if getattr(report, name) != value]
    if not changed:
        return
    for name in changed:
        setattr(report, name, values[name])
    report.version += 1
    report.save(update_fields=[*changed, "version"])
    record("built_report.change", object=report, details={"fields": changed, "with": report.shared})


@transaction.atomic
def remove(report: BuiltReport) -> None:
    """The choices go; no figure hangs on them."""
    record("built_report.remove", object=report, details={"name": report.name})
    BuiltReport.objects.filter(pk=report.pk).delete()


def whose(report: BuiltReport, reader: User) -> str:
    """Who shares it.  KAMs of other teams stay nameless to a KAM, as everywhere."""
    owner = report.owner
    foreign = owner.role == User.Role.KAM and owner.team_id != reader.team_id
    hidden = reader.role == User.Role.KAM and foreign and owner.pk != reader.pk
    return _("another team") if hidden else str(owner)
