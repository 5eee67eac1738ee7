"""Changes that people make to clients, contacts and interactions by hand."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any, TypeVar

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from accounts.models import Client, Contact, ContactChange, Interaction, Relation
from kam.audit.services import record
from kam.lib.editing import Conflict
from kam.lib.periods import today
from kam.lib.scoping import Scoped, current

# Where interactions written by people come from; imports have names of their own.
BY_HAND = "manual"

Versioned = TypeVar("Versioned", Client, Contact, Relation)


class Blocked(Exception):
    """The person is blocked (:mod:`accounts.services.blocks`): nothing of them is changed."""

    def __init__(self, contact: Contact):
        super().__init__(f"contact {contact.pk} is blocked")
        self.contact = contact


def may_edit(row: Scoped) -> bool:
    """Whether the actor may change the row."""
    return type(row).objects.filter(pk=row.pk).editable_by(current()).exists()


@transaction.atomic
def create_client(values: Mapping[str, Any]) -> Client:
    """Raises PermissionDenied where the actor could not change what they are about to add."""
    client = Client.objects.create(**values)
    if not may_edit(client):
        raise PermissionDenied
    record("client.create", object=client, client_id=client.pk)
    return client


@transaction.atomic
def create_contact(client: Client, values: Mapping[str, Any], source: str = "") -> Contact:
    """``source``: which system told of the person; without one somebody here wrote the card."""
    came = today() if source else None
    contact = Contact.objects.create(client=client, source=source, came_on=came, **values)
    record("contact.create", object=contact, client_id=client.pk)
    return contact


@transaction.atomic
def update(row: Versioned, values: Mapping[str, Any], version: int) -> list[str]:
    """Write ``values`` over the row if it still has this version; returns the changed fields.

    ``row`` then holds what was saved.  Raises Conflict where somebody else was faster, Blocked for
    a person whose data may be kept only.
    """
    present = type(row).objects.select_for_update(of=("self",)).get(pk=row.pk)
    if isinstance(present, Contact) and present.is_blocked:
        raise Blocked(present)
    if present.version != version:
        raise Conflict(present)
    changed = [name for name, value in values.items() if getattr(present, name) != value]
    if not changed:
        return []
    if isinstance(present, Contact):
        _keep_before(present, values, changed)
    for name in changed:
        setattr(present, name, values[name])
    present.version += 1
    present.save(update_fields=[*changed, "version"])
    row.refresh_from_db()
    label = type(row).__name__.lower()
    client_id = row.pk if isinstance(row, Client) else row.client_id
    record(
        f"{label}.change",
        object=row,
        client_id=client_id,
        details={"fields": changed, "version": row.version},
    )
    return changed


def _keep_before(contact: Contact, values: Mapping[str, Any], changed: list[str]) -> None:
    """What a card said stands beside it: the trail, which is kept for good, names fields only."""
    actor = current()
    ContactChange.objects.bulk_create(
        ContactChange(
            contact=contact,
            by_id=getattr(actor, "pk", None),
            field=name,
            before=str(getattr(contact, name) or ""),
            after=str(values[name] or ""),
        )
        for name in changed
    )


@transaction.atomic
def create_interaction(client: Client, values: Mapping[str, Any], author) -> Interaction:
    return Interaction.objects.create(
        client=client, author=author, source=BY_HAND, key=uuid.uuid4().hex, **values
    )


@transaction.atomic
def change_interaction(interaction: Interaction, values: Mapping[str, Any]) -> Interaction:
    """A changed interaction is a new version: the one before stays readable as of its time.

    Raises Conflict where it has been changed since it was read.
    """
    before = Interaction.objects.select_for_update(of=("self",)).get(pk=interaction.pk)
    if before.known_to is not None:
        present = Interaction.objects.filter(
            source=before.source, key=before.key, known_to__isnull=True
        ).first()
        raise Conflict(present or before)
    changed = [name for name, value in values.items() if getattr(before, name) != value]
    if not changed:
        return before
    now = timezone.now()
    key = before.key or uuid.uuid4().hex
    Interaction.objects.filter(pk=before.pk).update(known_to=now, key=key)
    following = Interaction.objects.get(pk=before.pk)
    following.pk, following.known_from, following.known_to = None, now, None
    following._state.adding = True
    for name in changed:
        setattr(following, name, values[name])
    following.save(force_insert=True)
    record(
        "interaction.change",
        object=following,
        client_id=following.client_id,
        details={"fields": changed},
    )
    return following
