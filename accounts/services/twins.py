"""Two cards for one client: joining them, taking it back, and saying that they are two."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from django.apps import apps
from django.db import models, transaction
from django.utils.translation import gettext as _

from accounts import signals
from accounts.models import Client, Removal, Twin, User
from accounts.selectors import own_fields
from accounts.selectors.own_fields import MOST_TAGS
from kam.audit.services import record
from kam.lib.editing import Conflict
from kam.lib.scoping import acting_system
from kam.webhooks.services import emit

from . import removals
from .client_words import LABELS, words
from .clients import update
from .removal_rows import Hanging, Model, hanging, take_out
from .twin_rows import Moved, move_over, plain, settle

# What a card says and a person chooses of; INN and KPP are chosen together.  Tags come together.
CHOSEN = tuple(name for name in LABELS if name != "tags")


class Apart(Exception):
    """The two cannot become one; says why."""


class _OnlyLooked(Exception):
    """Takes back what a look ahead has tried."""


@dataclass(frozen=True)
class Choice:
    """One line of the two cards.  ``other`` is taken where ``takes_other``, unless a person says
    otherwise."""

    field: str
    label: str
    kept_words: str
    other_words: str
    takes_other: bool


def choices(kept: Client, other: Client) -> list[Choice]:
    """Lines in which the two differ.  What only the other knows is taken."""
    lines = []
    for name in CHOSEN:
        mine, theirs = getattr(kept, name), getattr(other, name)
        if mine == theirs or theirs in (None, ""):
            continue
        lines.append(
            Choice(
                name, str(LABELS[name]), _words(kept, name), _words(other, name), mine in (None, "")
            )
        )
    return lines


def _words(client: Client, name: str) -> str:
    if name == "inn" and client.kpp:
        return f"{client.inn} / {client.kpp}"
    return words(name, getattr(client, name))


def own_lines(kept: Client, other: Client) -> list[str]:
    """Own fields that only the other has answered: they come over by themselves."""
    return [
        f"{field.name}: {words}"
        for field, words in own_fields.answers(other)
        if field.key not in kept.own
    ]


@dataclass
class Ahead:
    """What joining would do: rows that come over, rows that stay in the bin with the other card,
    or why it cannot be."""

    why_not: str = ""
    over: list[removals.Part] = field(default_factory=list)
    left: list[removals.Part] = field(default_factory=list)


def ahead(kept: Client, other: Client) -> Ahead:
    """A look at what :func:`join` would do.  It is tried and taken back: so it tells the truth."""
    told = Ahead()
    try:
        with transaction.atomic(), acting_system("twins"):
            moved, found = _moved(kept, other)
            told.over = _parts(moved.counts)
            left = {model: len(ids) for model, ids in found.along.items() if model is not Client}
            told.left = _parts(left)
            raise _OnlyLooked
    except _OnlyLooked:
        pass
    except Apart as error:
        told.why_not = str(error)
    return told


def _parts(counts: dict[Model, int]) -> list[removals.Part]:
    parts = [
        removals.Part(removals.name(model), count)
        for model, count in counts.items()
        if not removals.is_computed(model)
    ]
    return sorted(parts, key=lambda part: part.name)


def _moved(kept: Client, other: Client) -> tuple[Moved, Hanging]:
    if kept.pk == other.pk:
        raise Apart(_("It is the same card."))
    if (kept.kind == Client.Kind.GROUP) != (other.kind == Client.Kind.GROUP):
        raise Apart(_("One is a group and the other a company: put the company into the group."))
    if kept.pk in (other.group_id, kept.group_id) or other.pk == kept.group_id:
        raise Apart(_("One belongs to the other. Take it out of the group first."))
    moved = move_over(other, kept)
    if moved.refused:
        parts = ", ".join(removals.name(model) for model in moved.refused)
        raise Apart(
            _("“%(name)s” is named where nothing changes any more (%(parts)s). Keep that card and "
              "join the other one to it.") % {"name": other.name, "parts": parts}
        )  # fmt: skip
    found = hanging(Client, [other.pk], _everything())
    if found.blocking:
        parts = ", ".join(removals.name(model) for model in found.blocking)
        raise Apart(_("What hangs on the card cannot come along: %(parts)s.") % {"parts": parts})
    return moved, found


def _everything() -> set[str]:
    """All references whose rows go with what they name: what could not come over goes to the bin."""
    return {
        f"{model.__name__}.{field.name}"
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if isinstance(field, models.ForeignKey) and field.remote_field.on_delete is models.CASCADE
    }


@transaction.atomic
def join(
    kept: Client,
    other: Client,
    taken: Collection[str],
    versions: tuple[int, int] | None,
    person: User | None,
) -> Twin:
    """Let ``other`` go into ``kept``: its rows, the fields ``taken`` (of CHOSEN), its tags, and
    own fields that ``kept`` has not answered.

    ``versions`` of the two as they were looked at, None for any.  Raises Apart, and Conflict where
    one of them has changed.
    """
    with acting_system("twins"):
        locked = Client.objects.select_for_update(of=("self",)).order_by("pk")
        rows = locked.in_bulk([kept.pk, other.pk])
        if len(rows) < 2:
            raise Apart(_("One of the two is not there any more."))
        kept, other = rows[kept.pk], rows[other.pk]
        for row, seen in zip((kept, other), versions or (), strict=False):
            if row.version != seen:
                raise Conflict(row)
        moved, found = _moved(kept, other)
        removal = Removal.objects.create(
            noun="client",
            object_id=other.pk,
            title=other.name[:200],
            holder=person,
            person=person,
            counts={model._meta.label_lower: len(ids) for model, ids in found.along.items()},
            loosened=found.loosened,
        )
        take_out(removal, found)
        values = _values(kept, other, taken)
        before = {name: plain(getattr(kept, name)) for name in values}
        update(kept, values, kept.version)
        twin = Twin.objects.create(
            kept=kept,
            other_id=other.pk,
            other_name=other.name,
            decision=Twin.Decision.ONE,
            moved=moved.rows,
            values={name: [before[name], plain(value)] for name, value in values.items()},
            removal=removal,
            person=person,
        )
        details = {"other": other.pk, "rows": sum(moved.counts.values())}
        record("client.join", object=kept, client_id=kept.pk, details=details, actor=person)
        emit("client.joined", {"client": kept.pk, "other": other.pk})
        signals.portfolio_changed.send(sender=Twin, reason="twins")
    return twin


def _values(kept: Client, other: Client, taken: Collection[str]) -> dict[str, Any]:
    values = {name: getattr(other, name) for name in CHOSEN if name in taken}
    if "inn" in taken:
        values["kpp"] = other.kpp
    tags = sorted({*kept.tags, *other.tags}, key=str.casefold)[:MOST_TAGS]
    return {**values, "tags": tags, "own": {**other.own, **kept.own}}


@transaction.atomic
def undo(twin: Twin, person: User | None) -> Client:
    """Two cards again: the other as it was, with the rows that came over and are still there.

    Fields that came over and were not changed since go back too.  Raises Apart where the days to
    take it back are over, and removals.Kept where something new stands in the way.
    """
    with acting_system("twins"):
        twin = Twin.objects.select_for_update(of=("self",)).get(pk=twin.pk)
        if twin.undone_at is not None:
            raise Apart(_("It has been taken back already."))
        if twin.decision == Twin.Decision.TWO:
            settle(twin, person)
            return twin.kept
        if twin.removal is None:
            raise Apart(_("The days to take it back are over: the other card is gone for good."))
        return removals.restore(twin.removal, person)


@transaction.atomic
def apart(first: Client, second: Client, person: User | None) -> Twin:
    """Say that the two are two: nobody is asked again."""
    known = Twin.objects.filter(
        kept=first, other_id=second.pk, decision=Twin.Decision.TWO, undone_at=None
    ).first()
    if known is not None:
        return known
    twin = Twin.objects.create(
        kept=first, other_id=second.pk, other_name=second.name, decision=Twin.Decision.TWO,
        person=person,
    )  # fmt: skip
    record("client.two", object=first, client_id=first.pk, details={"other": second.pk})
    return twin
