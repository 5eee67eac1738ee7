"""Handing a client over: planned with a checklist, done on its day with all open work, overlapped."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.db.models import F, Max, Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts.models import (
    Agreement,
    Client,
    Contact,
    Goal,
    Handover,
    HandoverStep,
    Meeting,
    PlanAction,
    Problem,
    ProblemStep,
    Promise,
    RunStep,
    Task,
    User,
)
from accounts.selectors import handovers as found
from kam.audit.services import record
from kam.lib.editing import Conflict
from kam.lib.periods import today
from kam.webhooks.services import emit

from . import lending
from .clients import may_edit
from .notices import tell

JOB = "accounts.handovers"
OVERLAP = 30  # days both work with the client, where nothing else is said
MOST_DAYS_AHEAD = 366
MOST_CLIENTS = 200
State = Handover.State
# What usually has to happen, in order; a handover gets its own copy in the language of its author.
STEPS = (
    gettext_noop("Read the pack together: people, promises, sore spots"),
    gettext_noop("Tell the client who comes and why, before the day"),
    gettext_noop("Introduce the new KAM to everybody who decides"),
    gettext_noop("Go through each open promise: by when, and what assures it"),
    gettext_noop("Talk over what must never be said or done with this client"),
    gettext_noop("Pass on files and correspondence that are not in the product"),
    gettext_noop("First meeting led by the new KAM, the old one beside"),
)


def _moves(clients: Q, giver: int) -> tuple[tuple[str, Any, str], ...]:
    """Open work of the giver with these clients: noun, rows, whose field changes."""
    of_client = Q(client__in=Client.objects.filter(clients).values("pk"))

    def of(path: str) -> Q:
        return Q(**{f"{path}__in": Client.objects.filter(clients).values("pk")})

    return (
        ("promises", Promise.objects.filter(of_client, owner=giver, state="open"), "owner"),
        ("tasks", Task.objects.filter(of_client, owner=giver, settled_on__isnull=True), "owner"),
        ("plan_actions",
         PlanAction.objects.filter(of("plan__client"), owner=giver, state="open"), "owner"),
        ("problems", Problem.objects.filter(of_client, owner=giver, closed_on__isnull=True),
         "owner"),
        ("problem_steps",
         ProblemStep.objects.filter(of("problem__client"), person=giver, done_on__isnull=True),
         "person"),
        ("goals", Goal.objects.filter(of_client, owner=giver, status="open"), "owner"),
        ("meetings", Meeting.objects.filter(of_client, owner=giver, state="planned"), "owner"),
        ("process_steps",
         RunStep.objects.filter(of("run__process__client"), responsible=giver, state="open"),
         "responsible"),
        ("agreements", Agreement.objects.filter(of_client, owner=giver, ended_on__isnull=True),
         "owner"),
        ("contacts", Contact.objects.filter(of_client, counterpart=giver, left_on__isnull=True),
         "counterpart"),
    )  # fmt: skip


def _passing(client: Client, giver: int) -> Q:
    """The client, and the members of a group that the same person looks after."""
    return Q(pk=client.pk) | Q(group=client.pk, owner=giver)


@transaction.atomic
def plan(clients: Iterable[Client], values: Mapping[str, Any], author: User) -> list[Handover]:
    """Plan the handover of clients of one KAM to another; those whose day has come are done at
    once.  ``values``: taker, on, overlap_until (or none: 30 days), note.

    Raises ValidationError by field, PermissionDenied for a client that the author cannot change.
    All or none.
    """
    clients = list(clients)
    if not clients:
        raise ValidationError({"clients": _("Choose at least one client.")})
    if len(clients) > MOST_CLIENTS:
        raise ValidationError({"clients": _("At most %(most)s clients at once.")
                               % {"most": MOST_CLIENTS}})  # fmt: skip
    kept = _checked(values)
    made = [_plan_one(client, kept, author) for client in clients]
    lending.refresh(kept["taker"].pk, *{each.giver_id for each in made})
    for each in made:
        if each.on <= today():
            carry_out(each)
        elif author.pk != each.taker_id:
            _tell(each, each.taker, "planned")
    return made


def _checked(values: Mapping[str, Any]) -> dict[str, Any]:
    day, taker = today(), values["taker"]
    on: dt.date = values["on"]
    until: dt.date = values.get("overlap_until") or on + dt.timedelta(days=OVERLAP)
    if not taker.is_active or taker.role not in (User.Role.KAM, User.Role.MANAGER):
        raise ValidationError({"taker": _("Choose an active KAM.")})
    if not 0 <= (on - day).days <= MOST_DAYS_AHEAD:
        raise ValidationError({"on": _("Choose a day from today to a year ahead.")})
    if not 0 <= (until - on).days <= MOST_DAYS_AHEAD:
        raise ValidationError(
            {"overlap_until": _("The overlap ends on the day or within a year after it.")}
        )
    return {
        "taker": taker, "on": on, "overlap_until": until, "note": values.get("note", "").strip()
    }  # fmt: skip


def _plan_one(client: Client, kept: Mapping[str, Any], author: User) -> Handover:
    if not may_edit(client):
        raise PermissionDenied
    if client.owner_id is None:
        told = _("%(client)s has no KAM: name one on the card, nothing has to be handed over.")
        raise ValidationError({"clients": told % {"client": client.name}})
    if client.owner_id == kept["taker"].pk:
        told = _("%(client)s is looked after by this person already.")
        raise ValidationError({"taker": told % {"client": client.name}})
    try:
        with transaction.atomic():
            handover = Handover.objects.create(
                client=client, giver_id=client.owner_id, author=author, **kept
            )
    except IntegrityError as error:
        told = _("A handover of %(client)s is planned already.")
        raise ValidationError({"clients": told % {"client": client.name}}) from error
    HandoverStep.objects.bulk_create(
        HandoverStep(handover=handover, position=place, what=_(what))
        for place, what in enumerate(STEPS, 1)
    )
    record(
        "handover.plan", object=handover, client_id=client.pk,
        details={"from": handover.giver_id, "to": handover.taker_id, "on": str(handover.on)},
    )  # fmt: skip
    emit("handover.planned", _told(handover))
    return handover


@transaction.atomic
def change(handover: Handover, values: Mapping[str, Any], version: int) -> list[str]:
    """Change day, overlap, who takes over or the note while it is planned; afterwards only the
    overlap and the note.  Raises Conflict, ValidationError."""
    present = _locked(handover)
    if present.version != version:
        raise Conflict(present)
    if present.state == State.CANCELLED:
        raise ValidationError(_("This handover has been cancelled."))
    before = {present.taker_id}
    if present.state == State.DONE:
        kept = {name: values[name] for name in ("overlap_until", "note") if name in values}
        if kept.get("overlap_until", present.on) < present.on:
            raise ValidationError(
                {"overlap_until": _("The overlap ends on the day or within a year after it.")}
            )
    else:
        whole = {name: getattr(present, name) for name in ("taker", "on", "overlap_until", "note")}
        kept = _checked(whole | dict(values))
        if kept["taker"].pk == present.giver_id:
            raise ValidationError({"taker": _("Choose somebody else.")})
    changed = [name for name, value in kept.items() if getattr(present, name) != value]
    for name in changed:
        setattr(present, name, kept[name])
    _save(present, handover)
    record(
        "handover.change", object=handover, client_id=handover.client_id,
        details={"fields": changed},
    )  # fmt: skip
    lending.refresh(*before, present.taker_id, present.giver_id)
    if present.state == State.PLANNED and present.on <= today():
        carry_out(handover)
    return changed


@transaction.atomic
def cancel(handover: Handover) -> Handover:
    """Raises ValidationError where the client has passed already."""
    present = _locked(handover)
    if present.state != State.PLANNED:
        raise ValidationError(_("This handover is not planned any more."))
    present.state = State.CANCELLED
    _save(present, handover)
    lending.refresh(present.taker_id)
    record("handover.cancel", object=handover, client_id=handover.client_id)
    emit("handover.cancelled", _told(present))
    return handover


@transaction.atomic
def carry_out(handover: Handover) -> dict[str, int]:
    """The client, the members of a group that the same KAM has, and all open work of the giver
    with them pass to the taker; how many rows by noun.  Does nothing a second time."""
    present = _locked(handover)
    if present.state != State.PLANNED:
        return dict(present.moved)
    giver, taker = present.giver_id, present.taker
    which = _passing(present.client, giver)
    ids = list(Client.objects.filter(which).order_by("pk").values_list("pk", flat=True))
    moved = {noun: _move(rows, field, taker) for noun, rows, field in _moves(Q(pk__in=ids), giver)}
    moved = {"clients": len(ids)} | {noun: n for noun, n in moved.items() if n}
    team = {"team": taker.team_id} if taker.team_id else {}
    Client.objects.filter(pk__in=ids).update(owner=taker, version=F("version") + 1, **team)
    present.state, present.moved, present.done_at = State.DONE, moved, timezone.now()
    _save(present, handover)
    lending.refresh(giver, taker.pk)
    for pk in ids:
        record(
            "handover.done", object=handover, client_id=pk,
            details={"from": giver, "to": taker.pk, "moved": moved},
        )  # fmt: skip
    emit("handover.done", _told(present))
    _tell(present, present.taker, "taken")
    _tell(present, present.giver, "given")
    return moved


def _move(rows, field: str, taker: User) -> int:
    """Who tasks were asked of by the taker need no word of acceptance any more."""
    if rows.model is Task:
        rows.filter(giver=taker, state__in=("asked", "returned")).update(state="open", word="")
    values: dict[str, Any] = {field: taker}
    if any(each.name == "version" for each in rows.model._meta.fields):
        values["version"] = F("version") + 1
    return rows.update(**values)


def carry_out_due() -> int:
    """Do what is due today; what somebody else has overtaken is given up, and people are told."""
    done = 0
    for handover in found.due(today()).select_related("client", "taker", "giver"):
        if handover.client.owner_id != handover.giver_id or not handover.taker.is_active:
            _give_up(handover)
            continue
        carry_out(handover)
        done += 1
    return done


def _give_up(handover: Handover) -> None:
    """Somebody else has the client by now, or the taker has left: people have to look."""
    cancel(handover)
    leaders = User.objects.filter(
        role=User.Role.MANAGER, is_active=True, team_id=handover.client.team_id, team__isnull=False
    )
    for person in (*leaders, handover.giver):
        _tell(handover, person, "void")


# --- The checklist ------------------------------------------------------------------------------


@transaction.atomic
def add_step(handover: Handover, what: str) -> HandoverStep:
    if not what.strip():
        raise ValidationError({"what": _("Say what is to be done.")})
    _locked(handover)
    last = found.steps_of(handover).aggregate(last=Max("position"))["last"] or 0
    step = HandoverStep.objects.create(
        handover=handover, position=last + 1, what=what.strip()[:300]
    )
    record(
        "handover.step", object=handover, client_id=handover.client_id, details={"step": step.pk}
    )
    return step


@transaction.atomic
def tick(step: HandoverStep, person: User | None, *, done: bool = True) -> None:
    step.done_at = timezone.now() if done else None
    step.done_by = person if done else None
    step.save(update_fields=["done_at", "done_by"])
    handover = step.handover
    record(
        "handover.step", object=handover, client_id=handover.client_id,
        details={"step": step.pk, "done": done},
    )  # fmt: skip


@transaction.atomic
def drop_step(step: HandoverStep) -> None:
    handover = step.handover
    record(
        "handover.step", object=handover, client_id=handover.client_id,
        details={"step": step.pk, "dropped": True},
    )  # fmt: skip
    step.delete()


def _locked(handover: Handover) -> Handover:
    return found.rows().select_for_update(of=("self",)).get(pk=handover.pk)


def _save(present: Handover, handover: Handover) -> None:
    present.version += 1
    present.save()
    handover.refresh_from_db()


def _told(handover: Handover) -> dict[str, Any]:
    return {
        "handover": handover.pk, "client": handover.client_id, "from": handover.giver_id,
        "to": handover.taker_id, "on": handover.on.isoformat(),
    }  # fmt: skip


def _tell(handover: Handover, person: User, what: str) -> None:
    facts = {
        "handover": handover.pk, "what": what, "client": handover.client.name,
        "from": handover.giver.name, "to": handover.taker.name, "on": handover.on.isoformat(),
    }  # fmt: skip
    tell([person], "handover", f"handover:{handover.pk}:{what}", facts=facts)
