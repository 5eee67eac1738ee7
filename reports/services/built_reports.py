"""Keeping what was chosen in the report builder under a name, sharing it, and letting it go."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.services import kept_under_names
from kam.audit.services import record
from reports.figures.built_choices import Definition
from reports.models import BuiltReport

from . import built_orders

MOST = 100  # of one person


def save(owner: User, asked: Definition, values: Mapping[str, Any]) -> BuiltReport:
    """A new report, or one's own of this name with other choices.  ``values``: name, shared.

    Raises ValidationError where somebody has too many.
    """
    with transaction.atomic():
        own = BuiltReport.objects.filter(owner=owner)
        same = own.select_for_update(of=("self",)).filter(name=values["name"]).first()
        if same is not None:
            _say(same, kept_under_names.write(same, {**values, "definition": asked.told()}))
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


@transaction.atomic
def change(report: BuiltReport, values: Mapping[str, Any], version: int) -> None:
    """``values``: name, shared, definition.  Raises Conflict, and ValidationError where one has
    another of that name."""
    taken = _("There is a report of this name.")
    _say(report, kept_under_names.change(report, values, version, taken))


def _say(report: BuiltReport, changed: list[str]) -> None:
    if changed:
        record(
            "built_report.change", object=report, details={"fields": changed, "with": report.shared}
        )


@transaction.atomic
def remove(report: BuiltReport) -> int:
    """The choices go, and the orders of them, whose owners are told; reports that were made stay.
    How many orders ended."""
    ended = built_orders.tell_of_end(report)
    record("built_report.remove", object=report, details={"name": report.name, "orders": ended})
    BuiltReport.objects.filter(pk=report.pk).delete()
    return ended
