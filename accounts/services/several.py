"""One change to several clients: looked at first, then made to all of them or to none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Client
from accounts.selectors import own_fields
from accounts.selectors.own_fields import MOST_TAGS
from kam.audit.services import record
from kam.lib.editing import Conflict
from kam.lib.scoping import current

from .client_words import LABELS, words
from .clients import update

MOST = 500


@dataclass(frozen=True)
class Change:
    """What is to change.  ``values``: field -> what it becomes; ``add`` and ``remove``:
    tags; ``own``: id of an own field -> its answer, None to take it away."""

    values: Mapping[str, Any] = field(default_factory=dict)
    add: Sequence[str] = ()
    remove: Sequence[str] = ()
    own: Mapping[str, Any] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.values or self.add or self.remove or self.own)


@dataclass(frozen=True)
class Part:
    """One changed field of one client, in words."""

    label: str
    before: str
    after: str


@dataclass(frozen=True)
class Line:
    """One client: what changes (nothing where it is so already), or why it stays."""

    client: Client
    values: Mapping[str, Any]
    parts: Sequence[Part]
    why_not: str = ""


def ahead(clients: Sequence[Client], change: Change) -> list[Line]:
    """What the change would do, client by client, in their order."""
    ids = [client.pk for client in clients]
    mine = set(
        Client.objects.filter(pk__in=ids).editable_by(current()).values_list("pk", flat=True)
    )
    fields = {each.key: each for each in own_fields.OwnField.objects.all()} if change.own else {}
    return [_line(client, change, fields, may=client.pk in mine) for client in clients]


def _line(client: Client, change: Change, fields, *, may: bool) -> Line:
    if not may:
        return Line(client, {}, (), _("You may not change this client."))
    values: dict[str, Any] = {}
    parts = []
    for name, value in change.values.items():
        if getattr(client, name) != value:
            values[name] = value
            before = words(name, getattr(client, name))
            parts.append(Part(str(LABELS[name]), before, words(name, value)))
    tags = _tags(client.tags, change)
    if len(tags) > MOST_TAGS:
        told = _("It would have more than %(most)s tags.") % {"most": MOST_TAGS}
        return Line(client, {}, (), told)
    if tags != client.tags:
        values["tags"] = tags
        parts.append(Part(str(LABELS["tags"]), words("tags", client.tags), words("tags", tags)))
    own = {**client.own, **change.own}
    own = {key: value for key, value in own.items() if value is not None}
    if own != client.own:
        values["own"] = own
        for key in change.own:
            before, after = (own_fields.shown(fields[key], x.get(key)) for x in (client.own, own))
            if before != after:
                parts.append(Part(fields[key].name, before or "—", after or "—"))
    return Line(client, values, parts)


def _tags(tags: Sequence[str], change: Change) -> list[str]:
    gone = {tag.casefold() for tag in change.remove}
    known = {tag.casefold() for tag in tags}
    left = [tag for tag in tags if tag.casefold() not in gone]
    new = [tag for tag in change.add if tag.casefold() not in known]
    return sorted([*left, *new], key=str.casefold)


@transaction.atomic
def make(lines: Sequence[Line], versions: Mapping[int, int] | None) -> int:
    """Change all of them; how many.  Raises Conflict, and changes nobody, where one was changed
    since it was looked at (``versions``: by client's id, None for any)."""
    changed = 0
    for line in sorted(lines, key=lambda each: each.client.pk):
        client = line.client
        seen = client.version if versions is None else versions.get(client.pk)
        if seen != client.version:
            raise Conflict(client)
        if line.values and not line.why_not:
            changed += bool(update(client, line.values, client.version))
    if changed:
        fields = sorted({name for line in lines for name in line.values})
        record("client.several", details={"clients": changed, "fields": fields})
    return changed
