"""Which companies are served as one client, and since when.

``Client.group`` is the present state; the dated rows of Membership are what everything as of a
date goes by.  A membership that ends is not changed: its row is closed, and a new one says when
it ended.
"""

from __future__ import annotations

import datetime as dt

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Client, Membership
from kam.audit.services import record
from kam.lib.periods import today


@transaction.atomic
def join(member: Client, group: Client, since: dt.date) -> None:
    """Let ``member`` belong to ``group`` from ``since`` on; it leaves any other on that day.

    Raises ValidationError where the two cannot belong together or the day is not possible.
    """
    member = Client.objects.select_for_update(of=("self",)).get(pk=member.pk)
    if group.kind != Client.Kind.GROUP:
        raise ValidationError(_("“%(name)s” is not a group.") % {"name": group.name})
    if member.kind == Client.Kind.GROUP:
        raise ValidationError(_("A group cannot belong to another group."))
    if since > today():
        raise ValidationError(_("Give the day on which it happened, not one to come."))
    if member.group_id == group.pk:
        raise ValidationError(_("This company belongs to the group already."))
    _end(member, since)
    Membership.objects.create(member=member, group=group, since=since)
    _show(member, group.pk)
    record(
        "group.join",
        object=group,
        client_id=member.pk,
        details={"group": group.pk, "since": since.isoformat()},
    )


@transaction.atomic
def leave(member: Client, until: dt.date) -> None:
    """End the membership; ``until`` is the first day on which the company is on its own."""
    member = Client.objects.select_for_update(of=("self",)).get(pk=member.pk)
    if member.group_id is None:
        raise ValidationError(_("This company belongs to no group."))
    if until > today():
        raise ValidationError(_("Give the day on which it happened, not one to come."))
    group_id = member.group_id
    _end(member, until)
    _show(member, None)
    record(
        "group.leave",
        object=member,
        client_id=member.pk,
        details={"group": group_id, "until": until.isoformat()},
    )


def open_membership(member: Client) -> Membership | None:
    return (
        Membership.objects.filter(member=member, known_to__isnull=True, until__isnull=True)
        .select_related("group")
        .order_by("-since", "-pk")
        .first()
    )


def _end(member: Client, until: dt.date) -> None:
    now = timezone.now()
    for row in Membership.objects.filter(member=member, known_to__isnull=True, until__isnull=True):
        if row.since > until:
            raise ValidationError(_("The membership before began only on a later day."))
        Membership.objects.filter(pk=row.pk).update(known_to=now)
        if row.since < until:  # one that ends on its first day has never been
            Membership.objects.create(
                member_id=row.member_id,
                group_id=row.group_id,
                since=row.since,
                until=until,
                known_from=now,
            )


def _show(member: Client, group_id: int | None) -> None:
    Client.objects.filter(pk=member.pk).update(group_id=group_id, version=member.version + 1)
