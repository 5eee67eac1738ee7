"""Exceptional offers: drafted, given to the client as promises, ended for a reason."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Client, ExceptionalOffer, OfferPart, User
from kam.audit.services import record
from kam.lib.periods import today

from . import promises
from .clients import Conflict

FIELDS = ("title", "expectation", "starts", "ends", "process")
PART_FIELDS = ("kind", "what", "product", "due", "owner", "assured")


@transaction.atomic
def draft(client: Client, values: Mapping[str, Any], author: User | None) -> ExceptionalOffer:
    """A new offer, which the client does not have yet."""
    offer = ExceptionalOffer.objects.create(
        client=client, author=author, **{name: values[name] for name in FIELDS if name in values}
    )
    record("offer.create", object=offer, client_id=client.pk)
    return offer


@transaction.atomic
def change(offer: ExceptionalOffer, values: Mapping[str, Any], version: int) -> list[str]:
    """Change what the offer says of itself; the changed fields.

    Raises Conflict where somebody was faster.
    """
    present = _locked(offer)
    if present.version != version:
        raise Conflict(present)
    changed = [n for n in FIELDS if n in values and getattr(present, n) != values[n]]
    if not changed:
        return []
    for name in changed:
        setattr(present, name, values[name])
    _saved(present, changed)
    offer.refresh_from_db()
    record("offer.change", object=offer, client_id=offer.client_id, details={"fields": changed})
    return changed


@transaction.atomic
def add_part(offer: ExceptionalOffer, values: Mapping[str, Any], author: User | None) -> OfferPart:
    """One thing more.  Where the client has the offer already, it is promised at once.

    Raises ValidationError where the offer has ended.
    """
    present = _locked(offer)
    if present.state_on(today()) == ExceptionalOffer.State.ENDED:
        raise ValidationError(_("This offer has ended."))
    part = OfferPart.objects.create(
        offer=present, **{name: values[name] for name in PART_FIELDS if name in values}
    )
    if not present.is_draft:
        _promise(part, author)
    _saved(present)
    record("offer.part", object=present, client_id=present.client_id, details={"part": part.pk})
    return part


@transaction.atomic
def change_part(part: OfferPart, values: Mapping[str, Any], version: int) -> list[str]:
    """Change a part that is not promised yet; the changed fields.  ``version``: of the offer.

    Raises Conflict where somebody was faster, ValidationError where it is promised.
    """
    present = _locked(part.offer)
    if present.version != version:
        raise Conflict(present)
    _unpromised(part)
    changed = [n for n in PART_FIELDS if n in values and getattr(part, n) != values[n]]
    if changed:
        for name in changed:
            setattr(part, name, values[name])
        part.save(update_fields=changed)
        _saved(present)
        record(
            "offer.part_change", object=present, client_id=present.client_id,
            details={"part": part.pk, "fields": changed},
        )  # fmt: skip
    return changed


@transaction.atomic
def remove_part(part: OfferPart) -> None:
    """Take out what is not promised yet.  Raises ValidationError where it is."""
    present = _locked(part.offer)
    _unpromised(part)
    record(
        "offer.part_remove", object=present, client_id=present.client_id, details={"part": part.pk}
    )
    part.delete()
    _saved(present)


@transaction.atomic
def give(offer: ExceptionalOffer, author: User | None) -> ExceptionalOffer:
    """The client has it from today on: every part becomes a promise of ours.

    Raises ValidationError where it was given before, holds nothing, or nobody would answer.
    """
    present = _locked(offer)
    if not present.is_draft:
        raise ValidationError(_("The client has this offer already."))
    parts = list(OfferPart.objects.filter(offer=present))
    if not parts:
        raise ValidationError(_("First say what the client gets: an empty offer keeps no promise."))
    for part in parts:
        _promise(part, author)
    present.given_on = today()
    _saved(present, ["given_on"])
    offer.refresh_from_db()
    record("offer.give", object=offer, client_id=offer.client_id, details={"promises": len(parts)})
    return offer


@transaction.atomic
def end(offer: ExceptionalOffer, reason: str, *, on: dt.date | None = None) -> ExceptionalOffer:
    """End it early.  Its open promises stay: they are settled one by one, with evidence.

    Raises ValidationError where it is no longer or not yet in force, or no reason is given.
    """
    present, day = _locked(offer), on or today()
    if present.state_on(today()) != ExceptionalOffer.State.HOLDS:
        raise ValidationError(_("Only an offer that is in force can be ended."))
    if not reason.strip():
        raise ValidationError({"reason": _("Say why it ends: the client will ask.")})
    if day > today() or (present.given_on and day < present.given_on):
        raise ValidationError({"on": _("Choose a day since it was given, today at the latest.")})
    present.ended_on, present.end_reason = day, reason.strip()[:500]
    _saved(present, ["ended_on", "end_reason"])
    offer.refresh_from_db()
    record("offer.end", object=offer, client_id=offer.client_id)
    return offer


def _promise(part: OfferPart, author: User | None) -> None:
    part.promise = promises.make(
        part.offer.client,
        {
            "what": part.what,
            "about": str(part.product)[:200] if part.product else "",
            "due": part.due,
            "owner": part.owner,
            "assured": part.assured,
        },
        author,
    )
    part.save(update_fields=["promise"])


def _unpromised(part: OfferPart) -> None:
    if OfferPart.objects.get(pk=part.pk).promise_id is not None:
        raise ValidationError(_("This is promised: change or settle the promise itself."))


def _locked(offer: ExceptionalOffer) -> ExceptionalOffer:
    return ExceptionalOffer.objects.select_for_update(of=("self",)).get(pk=offer.pk)


def _saved(offer: ExceptionalOffer, fields: list[str] | None = None) -> None:
    offer.version += 1
    offer.save(update_fields=[*(fields or []), "version"])
