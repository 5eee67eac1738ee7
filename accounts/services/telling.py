"""Telling people that we have data about them that did not come from them (Art. 14; ст. 18 ч. 3)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Contact, User
from accounts.selectors.consents import not_told
from kam.audit.services import record
from kam.lib.periods import today

# The trail names those who were told; more at once are marked in several steps.
MOST = 1_000


@transaction.atomic
def mark_told(ids: Collection[int], on: dt.date, how: str, person: User | None) -> int:
    """Note that these contacts were told on a day; of how many that is new.

    Raises ValidationError where the day has not come or lies before somebody's data came, unless
    they knew it already, and where there are more than MOST.
    """
    if on > today():
        raise ValidationError({"on": _("This day has not come yet.")})
    if len(set(ids)) > MOST:
        raise ValidationError({"contacts": _("At most %(most)s people at once.") % {"most": MOST}})
    rows = list(not_told().filter(pk__in=ids).select_for_update(of=("self",)))
    early = [row for row in rows if row.came_on > on]
    if early and how != Contact.Told.KNEW:
        raise ValidationError(
            {"on": _("Data of %(name)s came after this day.") % {"name": early[0].name}}
        )
    for row in rows:
        row.told_on, row.told_how, row.told_by = on, how, person
    Contact.objects.bulk_update(rows, ["told_on", "told_how", "told_by"], batch_size=500)
    if rows:
        record(
            "contact.told",
            details={"how": how, "contacts": sorted(row.pk for row in rows)},
        )
    return len(rows)
