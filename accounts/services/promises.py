"""Promises: made, moved with a reason, settled with evidence.  None vanishes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Client, Promise, PromiseMove, User
from kam.audit.services import record
from kam.lib.periods import today
from kam.webhooks.services import emit

from .clients import Conflict
from .notices import tell

JOB = "accounts.promises"
State = Promise.State
FIELDS = ("side", "what", "contact", "about", "due", "owner", "assured")
# What a promise comes to when it changes: moved rather than corrected.
_MOVING = ("what", "due")
OUTCOMES = ("kept", "broken", "withdrawn")


@transaction.atomic
def make(client: Client, values: Mapping[str, Any], author: User | None) -> Promise:
    """Write a promise down.  Who answers is the client's KAM where nobody is named.

    Raises ValidationError where nobody would answer for it.
    """
    owner = values.get("owner") or client.owner or author
    if owner is None:
        raise ValidationError({"owner": _("Say who answers for it.")})
    promise = Promise.objects.create(
        client=client,
        author=author,
        first_due=values["due"],
        **{name: values[name] for name in FIELDS if name in values} | {"owner": owner},
    )
    record("promise.make", object=promise, client_id=client.pk, details={"side": promise.side})
    return promise


@transaction.atomic
def change(
    promise: Promise, values: Mapping[str, Any], version: int, person: User | None, reason: str = ""
) -> list[str]:
    """Change an open promise; the changed fields.  Another day or wording needs a reason and stays
    in the history.

    Raises Conflict where somebody was faster, ValidationError where it is settled or the reason is
    missing.
    """
    present = _locked(promise)
    if present.version != version:
        raise Conflict(present)
    if not present.is_open:
        raise ValidationError(_("This promise is settled. Open it again first."))
    changed = [n for n in FIELDS if n in values and getattr(present, n) != values[n]]
    if not changed:
        return []
    if any(name in _MOVING for name in changed):
        if not reason.strip():
            raise ValidationError({"reason": _("Say why it changes: both sides count on it.")})
        _remember(present, reason, person)
    for name in changed:
        setattr(present, name, values[name])
    present.version += 1
    present.save(update_fields=[*changed, "version"])
    promise.refresh_from_db()
    record(
        "promise.change", object=promise, client_id=promise.client_id, details={"fields": changed}
    )
    return changed


@transaction.atomic
def settle(
    promise: Promise,
    outcome: str,
    evidence: str,
    person: User | None,
    *,
    on: dt.date | None = None,
    satisfaction: int | None = None,
) -> Promise:
    """End a promise: ``outcome`` is one of OUTCOMES; one kept after its day is kept late.

    Raises ValidationError where it is settled already, nothing shows it, or the day lies ahead.
    """
    present = _locked(promise)
    day = on or today()
    if not present.is_open:
        raise ValidationError(_("This promise is settled already."))
    if not evidence.strip():
        raise ValidationError({"evidence": _("Say what shows it.")})
    if day > today():
        raise ValidationError({"on": _("This day has not come yet.")})
    kept = outcome == "kept"
    if satisfaction is not None and not kept:
        raise ValidationError({"satisfaction": _("Only of a promise that was kept.")})
    present.state = State.LATE if kept and day > present.due else State(outcome)
    present.settled_on, present.settled_by = day, person
    present.evidence, present.satisfaction = evidence.strip()[:1000], satisfaction
    present.version += 1
    present.save()
    promise.refresh_from_db()
    record(
        "promise.settle",
        object=promise,
        client_id=promise.client_id,
        details={"side": promise.side, "outcome": promise.state, "due": promise.due.isoformat()},
    )
    if promise.state == State.BROKEN:
        emit(
            "promise.broken",
            {
                "promise": promise.pk, "client": promise.client_id, "side": promise.side,
                "due": promise.due.isoformat(),
            },
        )  # fmt: skip
    return promise


@transaction.atomic
def note_satisfaction(promise: Promise, satisfaction: int) -> Promise:
    """How content the client is with a promise that was kept, 1–10.  Raises ValidationError."""
    present = _locked(promise)
    if present.state not in (State.KEPT, State.LATE):
        raise ValidationError({"satisfaction": _("Only of a promise that was kept.")})
    present.satisfaction = satisfaction
    present.version += 1
    present.save(update_fields=["satisfaction", "version"])
    promise.refresh_from_db()
    record("promise.satisfaction", object=promise, client_id=promise.client_id)
    return promise


@transaction.atomic
def reopen(promise: Promise, reason: str, person: User | None) -> Promise:
    """Open a settled promise again; how it had ended stays in the history.  Raises
    ValidationError."""
    present = _locked(promise)
    if present.is_open:
        raise ValidationError(_("This promise is open."))
    if not reason.strip():
        raise ValidationError({"reason": _("Say why.")})
    _remember(present, reason, person)
    present.state = State.OPEN
    present.settled_on = present.settled_by = present.satisfaction = None
    present.evidence = ""
    present.version += 1
    present.save()
    promise.refresh_from_db()
    record("promise.reopen", object=promise, client_id=promise.client_id)
    return promise


def remind(day: dt.date) -> int:
    """Tell those who answer of open promises that are due tomorrow or were due yesterday; to how
    many it was new."""
    told = 0
    near = [day + dt.timedelta(days=1), day - dt.timedelta(days=1)]
    rows = Promise.objects.filter(state=State.OPEN, owner__isnull=False, due__in=near)
    for promise in rows.select_related("client", "owner"):
        told += tell(
            [promise.owner],
            "promise",
            f"promise:{promise.pk}:{promise.due}:{promise.due > day}",
            # Not as a notice about the client: whoever answers may not see the client itself.
            facts={
                "client": promise.client.name, "what": promise.what, "promise": promise.pk,
                "due": promise.due.isoformat(),
            },
        )  # fmt: skip
    return told


def _locked(promise: Promise) -> Promise:
    return Promise.objects.select_for_update(of=("self",)).get(pk=promise.pk)


def _remember(promise: Promise, reason: str, person: User | None) -> None:
    PromiseMove.objects.create(
        promise=promise,
        what=promise.what,
        due=promise.due,
        state=promise.state,
        reason=reason.strip()[:500],
        person=person,
    )
