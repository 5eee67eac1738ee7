"""Changes that we plan: whom they touch, who tells them, and what they answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Client, PlannedChange, Standing, TouchedClient, User
from accounts.selectors import planned_changes as found
from accounts.selectors.initiatives import clients as clients_of
from accounts.selectors.initiatives import members_of
from accounts.selectors.standings import present
from kam.audit.services import record
from kam.lib.editing import Conflict
from kam.lib.periods import today

State, Answer = PlannedChange.State, TouchedClient.State
FIELDS = ("kind", "name", "details", "on", "family", "product", "owner")


@transaction.atomic
def plan(values: Mapping[str, Any], author: User | None) -> PlannedChange:
    """Write a change down and list the key clients it touches (see :func:`list_touched`)."""
    kept = {name: values[name] for name in FIELDS if name in values}
    kept["owner"] = kept.get("owner") or author
    change = PlannedChange.objects.create(author=author, **kept)
    record("planned_change.make", object=change, details={"kind": change.kind})
    list_touched(change)
    return change


@transaction.atomic
def alter(change: PlannedChange, values: Mapping[str, Any], version: int) -> list[str]:
    """Raises Conflict where somebody was faster, ValidationError where it is settled."""
    present_row = _locked(change)
    if present_row.version != version:
        raise Conflict(present_row)
    if not present_row.is_open:
        raise ValidationError(_("This change is settled."))
    changed = [n for n in FIELDS if n in values and getattr(present_row, n) != values[n]]
    if not changed:
        return []
    for name in changed:
        setattr(present_row, name, values[name])
    present_row.version += 1
    present_row.save(update_fields=[*changed, "version"])
    change.refresh_from_db()
    record(
        "planned_change.change", object=change,
        details={"fields": changed, "version": change.version},
    )  # fmt: skip
    if {"family", "product"} & set(changed):
        list_touched(change)
    return changed


@transaction.atomic
def list_touched(change: PlannedChange) -> int:
    """Add the clients on the key list that bought its product or family in the last twelve months;
    how many are new.  Nobody is taken off: what was told stays told.

    Without a product or family clients are chosen by people (:func:`touch`).
    """
    day = today()
    listed = present().filter(value__in=Standing.ON_LIST).values_list("client_id", flat=True)
    bought = found.bought_of(change, members_of(list(listed), day), day)
    there = set(TouchedClient.objects.filter(change=change).values_list("client_id", flat=True))
    owners = clients_of(bought)
    new = [
        TouchedClient(change=change, client_id=pk, bought=net, informer=owners[pk].owner)
        for pk, net in bought.items()
        if pk not in there and pk in owners
    ]
    TouchedClient.objects.bulk_create(new)
    if new:
        record("planned_change.list", object=change, details={"clients": len(new)})
    return len(new)


@transaction.atomic
def touch(change: PlannedChange, client: Client) -> TouchedClient:
    """Choose a client that the change touches, whatever it bought.  Raises ValidationError where
    the change is settled or the client is listed already."""
    if not _locked(change).is_open:
        raise ValidationError({"client": _("This change is settled.")})
    if TouchedClient.objects.filter(change=change, client=client).exists():
        raise ValidationError({"client": _("This client is listed already.")})
    day = today()
    bought = found.bought_of(change, members_of([client.pk], day), day)
    row = TouchedClient.objects.create(
        change=change, client=client, informer=client.owner, bought=bought.get(client.pk)
    )
    record("touched_client.choose", object=row, client_id=client.pk)
    return row


@transaction.atomic
def settle(change: PlannedChange, state: str, note: str) -> PlannedChange:
    """Bring a change into force, drop it, or plan it again.  Raises ValidationError where it is so
    already, where it takes force before its day, or where dropping has no reason."""
    row = _locked(change)
    if row.state == state:
        raise ValidationError({"state": _("It is so already.")})
    if state == State.IN_FORCE and row.on > today():
        raise ValidationError({"state": _("Its day has not come: change the day first.")})
    if state == State.DROPPED and not note.strip():
        raise ValidationError({"note": _("Say why.")})
    row.state, row.note = State(state), note.strip()[:500]
    row.settled_on = None if state == State.PLANNED else today()
    row.version += 1
    row.save(update_fields=["state", "note", "settled_on", "version"])
    change.refresh_from_db()
    record("planned_change.settle", object=change, details={"state": change.state})
    return change


@transaction.atomic
def answer(
    touched: TouchedClient, values: Mapping[str, Any], version: int, person: User | None
) -> list[str]:
    """Who tells a client and what it answered: ``state``, ``words``, ``told_on``, ``informer``,
    ``contact``.

    Raises Conflict where somebody was faster; ValidationError where an objection has no words or
    the day it was told lies ahead.
    """
    row = TouchedClient.objects.select_for_update(of=("self",)).get(pk=touched.pk)
    if row.version != version:
        raise Conflict(row)
    names = ("state", "words", "told_on", "informer", "contact")
    changed = [n for n in names if n in values and getattr(row, n) != values[n]]
    if not changed:
        return []
    before = row.state
    for name in changed:
        setattr(row, name, values[name])
    if row.state == Answer.UNTOLD:
        row.told_on = None
    elif row.told_on is None:
        row.told_on = today()
    if row.told_on is not None and row.told_on > today():
        raise ValidationError({"told_on": _("This day has not come yet.")})
    if row.state in (Answer.OBJECTS, Answer.LEAVES) and not row.words.strip():
        raise ValidationError({"words": _("Say in their words what they object to.")})
    row.version += 1
    row.save(update_fields=[*dict.fromkeys([*changed, "told_on"]), "version"])
    touched.refresh_from_db()
    record(
        "touched_client.change", object=touched, client_id=touched.client_id,
        details={"before": before, "after": touched.state, "version": touched.version},
    )  # fmt: skip
    return changed


def _locked(change: PlannedChange) -> PlannedChange:
    return PlannedChange.objects.select_for_update(of=("self",)).get(pk=change.pk)
