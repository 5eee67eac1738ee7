"""Needs: noted, brought forward step by step, ended with a reason; and the themes that gather
them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Client, Initiative, Need, NeedStep, Theme, User
from kam.audit.services import record
from kam.lib.periods import today

from .clients import Conflict

State = Need.State
FIELDS = (
    "what", "purpose", "by_when", "source", "contact", "interaction", "theme", "family", "product",
    "low", "high", "likelihood",
)  # fmt: skip
# Where a need may go from where it is.  What has ended can be taken up again.
NEXT: dict[str, tuple[str, ...]] = {
    State.NOTED: (State.CONFIRMED, State.OFFERED, State.LOST, State.OUTLIVED),
    State.CONFIRMED: (State.OFFERED, State.WON, State.LOST, State.OUTLIVED, State.NOTED),
    State.OFFERED: (State.WON, State.LOST, State.OUTLIVED, State.CONFIRMED),
    State.WON: (State.OFFERED,),
    State.LOST: (State.CONFIRMED,),
    State.OUTLIVED: (State.NOTED,),
}
_ORDER = (State.NOTED, State.CONFIRMED, State.OFFERED, State.WON)


def wants_reason(before: str, after: str) -> bool:
    """What is lost or outlived, and what goes back, says why."""
    if after in (State.LOST, State.OUTLIVED) or before not in Need.OPEN:
        return True
    return _ORDER.index(State(after)) < _ORDER.index(State(before))


@transaction.atomic
def note(client: Client, values: Mapping[str, Any], author: User | None) -> Need:
    """Write a need of a client down.  ``new_theme`` names a theme, which is made where there is
    none of that name.  Raises ValidationError for a range that is none."""
    kept = _kept(values, author)
    need = Need.objects.create(client=client, author=author, since=today(), **kept)
    record("need.note", object=need, client_id=client.pk, details={"source": need.source})
    return need


@transaction.atomic
def change(need: Need, values: Mapping[str, Any], version: int, person: User | None) -> list[str]:
    """What is known of a need; the changed fields.  Raises Conflict where somebody was faster."""
    present = Need.objects.select_for_update(of=("self",)).get(pk=need.pk)
    if present.version != version:
        raise Conflict(present)
    kept = _kept(values, person)
    changed = [name for name, value in kept.items() if getattr(present, name) != value]
    if not changed:
        return []
    for name in changed:
        setattr(present, name, kept[name])
    present.version += 1
    present.save(update_fields=[*changed, "version"])
    need.refresh_from_db()
    record(
        "need.change",
        object=need,
        client_id=need.client_id,
        details={"fields": changed, "version": need.version},
    )
    return changed


@transaction.atomic
def step(need: Need, state: str, reason: str, person: User | None) -> Need:
    """Bring a need into another state.

    Raises ValidationError where that state does not follow from where it is now, or a reason is
    missing (see :func:`wants_reason`).
    """
    present = Need.objects.select_for_update(of=("self",)).get(pk=need.pk)
    before = present.state
    if state not in NEXT[before]:
        said = _("From “%(before)s” a need does not go there.")
        raise ValidationError({"state": said % {"before": present.get_state_display()}})
    if wants_reason(before, state) and not reason.strip():
        raise ValidationError({"reason": _("Say why: the next one will want to know.")})
    reason = reason.strip()[:500]
    NeedStep.objects.create(need=present, before=before, after=state, reason=reason, person=person)
    present.state, present.since, present.reason = State(state), today(), reason
    present.version += 1
    present.save(update_fields=["state", "since", "reason", "version"])
    need.refresh_from_db()
    record(
        "need.step", object=need, client_id=need.client_id,
        details={"before": before, "after": state},
    )  # fmt: skip
    return need


def _kept(values: Mapping[str, Any], author: User | None) -> dict[str, Any]:
    kept = {name: values[name] for name in FIELDS if name in values}
    if name := " ".join((values.get("new_theme") or "").split()):
        kept["theme"] = theme_named(name, author)
    if "low" not in kept and "high" not in kept:
        return kept
    low, high = kept.get("low"), kept.get("high")
    if low is None or high is None:
        # One sum is a range with equal ends.
        kept["low"] = kept["high"] = low if high is None else high
    elif low > high:
        raise ValidationError({"high": _("The upper end lies below the lower one.")})
    return kept


# Themes.


def theme_named(name: str, author: User | None) -> Theme:
    """The theme of this name; made where there is none."""
    found = Theme.objects.filter(name__iexact=name, merged_into__isnull=True).first()
    return found or make_theme({"name": name}, author)


@transaction.atomic
def make_theme(values: Mapping[str, Any], author: User | None) -> Theme:
    """Raises ValidationError where the name is taken."""
    theme = Theme(author=author, **{n: values[n] for n in ("name", "description") if n in values})
    _name_is_free(theme)
    theme.save(force_insert=True)
    record("theme.make", object=theme)
    return theme


@transaction.atomic
def change_theme(theme: Theme, values: Mapping[str, Any], version: int) -> list[str]:
    """Raises Conflict where somebody was faster, ValidationError where the name is taken."""
    present = Theme.objects.select_for_update(of=("self",)).get(pk=theme.pk)
    if present.version != version:
        raise Conflict(present)
    changed = [
        n for n in ("name", "description") if n in values and getattr(present, n) != values[n]
    ]
    if not changed:
        return []
    for name in changed:
        setattr(present, name, values[name])
    _name_is_free(present)
    present.version += 1
    present.save(update_fields=[*changed, "version"])
    theme.refresh_from_db()
    record("theme.change", object=theme, details={"fields": changed, "version": theme.version})
    return changed


def _name_is_free(theme: Theme) -> None:
    same = Theme.objects.filter(name__iexact=theme.name, merged_into__isnull=True)
    if same.exclude(pk=theme.pk).exists():
        raise ValidationError({"name": _("There is a theme of this name already.")})


@transaction.atomic
def merge(theme: Theme, into: Theme) -> int:
    """Give everything of a theme to another one; how many needs moved.  Raises ValidationError
    where either is merged already or both are one."""
    rows = Theme.objects.select_for_update(of=("self",)).filter(pk__in=[theme.pk, into.pk])
    found = {row.pk: row for row in rows.order_by("pk")}
    if theme.pk == into.pk or len(found) < 2:
        raise ValidationError({"into": _("Choose another theme.")})
    if any(row.merged_into_id for row in found.values()):
        raise ValidationError({"into": _("One of them has been merged already.")})
    moved = Need.objects.filter(theme=theme).update(theme=into)
    Initiative.objects.filter(theme=theme).update(theme=into)
    # Those merged into it before lead to where things are now.
    Theme.objects.filter(merged_into=theme).update(merged_into=into)
    present = found[theme.pk]
    present.merged_into = into
    present.version += 1
    present.save(update_fields=["merged_into", "version"])
    theme.refresh_from_db()
    record("theme.merge", object=theme, details={"into": into.pk, "needs": moved})
    return moved
