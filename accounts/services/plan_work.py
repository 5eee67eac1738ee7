"""The work of a plan: actions with a person and a day, and those who take part in it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import AccountPlan, PlanAction, PlanParticipant, PlanSection, User
from kam.audit.services import record
from kam.lib.periods import today

from .clients import Conflict
from .notices import tell
from .plans import locked, require_open, touch

JOB = "accounts.plan_actions"
State = PlanAction.State
ACTION_FIELDS = ("what", "owner", "due")
OUTCOMES = (State.DONE.value, State.DROPPED.value)


@transaction.atomic
def add_action(section: PlanSection, values: Mapping[str, Any], author: User | None) -> PlanAction:
    """An action in which the section ends.  Whoever is to do it takes part in the plan.

    Raises ValidationError where the plan may not be written or nobody would do it.
    """
    plan = locked(section.plan_id)
    require_open(plan)
    owner = values.get("owner") or plan.client.owner or author
    if owner is None:
        raise ValidationError({"owner": _("Say who does it.")})
    action = PlanAction.objects.create(
        plan=plan, section=section, what=values["what"], due=values["due"], owner=owner,
        author=author,
    )  # fmt: skip
    _take_part(plan, owner)
    touch(plan)
    record("plan_action.create", object=action, client_id=plan.client_id)
    return action


@transaction.atomic
def change_action(action: PlanAction, values: Mapping[str, Any], version: int) -> list[str]:
    """Change an open action; the changed fields.  Raises Conflict, ValidationError."""
    plan = locked(action.plan_id)
    require_open(plan)
    present = PlanAction.objects.select_for_update(of=("self",)).get(pk=action.pk)
    if present.version != version:
        raise Conflict(present)
    if not present.is_open:
        raise ValidationError(_("This action is settled. Open it again first."))
    changed = [n for n in ACTION_FIELDS if n in values and getattr(present, n) != values[n]]
    if "owner" in changed and values["owner"] is None:
        raise ValidationError({"owner": _("Say who does it.")})
    if not changed and not present.carried:
        return []
    for name in changed:
        setattr(present, name, values[name])
    present.carried = False
    present.version += 1
    present.save(update_fields=[*changed, "carried", "version"])
    if "owner" in changed:
        _take_part(plan, present.owner)
    touch(plan)
    action.refresh_from_db()
    record(
        "plan_action.change",
        object=action,
        client_id=plan.client_id,
        details={"fields": changed, "version": action.version},
    )
    return changed


@transaction.atomic
def settle_action(
    action: PlanAction,
    outcome: str,
    result: str,
    person: User | None,
    *,
    on: dt.date | None = None,
) -> PlanAction:
    """End an action, also of a signed plan: ``outcome`` is one of OUTCOMES, ``result`` says what
    came of it or why it is dropped.  Raises ValidationError."""
    present = PlanAction.objects.select_for_update(of=("self",)).get(pk=action.pk)
    day = on or today()
    if not present.is_open:
        raise ValidationError(_("This action is settled already."))
    if not result.strip():
        raise ValidationError({"result": _("Say what came of it, or why it is dropped.")})
    if day > today():
        raise ValidationError({"on": _("This day has not come yet.")})
    present.state = State(outcome)
    present.settled_on, present.settled_by = day, person
    present.result, present.carried = result.strip()[:1000], False
    present.version += 1
    present.save()
    return _told_of(present, action, "plan_action.settle", {"outcome": outcome})


@transaction.atomic
def reopen_action(action: PlanAction) -> PlanAction:
    """Open a settled action again; what was said of it stays as a remark.  Raises
    ValidationError."""
    present = PlanAction.objects.select_for_update(of=("self",)).get(pk=action.pk)
    if present.is_open:
        raise ValidationError(_("This action is open."))
    if present.state == State.MOVED:
        raise ValidationError(_("This action goes on in the next plan."))
    present.state, present.settled_on, present.settled_by = State.OPEN, None, None
    present.version += 1
    present.save()
    return _told_of(present, action, "plan_action.reopen", {})


def _told_of(present: PlanAction, action: PlanAction, word: str, more: dict) -> PlanAction:
    plan = present.plan
    touch(plan)
    action.refresh_from_db()
    details = {"version": action.version, **more}
    record(word, object=action, client_id=plan.client_id, details=details)
    return action


# --- Who takes part ------------------------------------------------------------------------------


def _take_part(plan: AccountPlan, person: User | None) -> None:
    """Whoever has an action reads the plan; the client's KAM does so anyway."""
    if person is not None and person.pk != plan.client.owner_id:
        PlanParticipant.objects.get_or_create(
            plan=plan, person=person, defaults={"function": person.function}
        )


@transaction.atomic
def add_participant(plan: AccountPlan, values: Mapping[str, Any]) -> PlanParticipant:
    """Ask somebody into the plan; they read it from now on.  A signed plan is shown to them to
    acknowledge.  Raises ValidationError where they take part already."""
    plan = locked(plan.pk)
    person = values["person"]
    if PlanParticipant.objects.filter(plan=plan, person=person).exists():
        raise ValidationError({"person": _("This person takes part already.")})
    row = PlanParticipant.objects.create(
        plan=plan,
        person=person,
        function=values.get("function") or person.function,
        part=values.get("part", ""),
    )
    touch(plan)
    details = {"plan": plan.pk, "person": person.pk}
    record("plan_participant.create", object=row, client_id=plan.client_id, details=details)
    if plan.number:
        ask_to_acknowledge(plan, [row])
    return row


@transaction.atomic
def change_participant(
    participant: PlanParticipant, values: Mapping[str, Any], version: int
) -> list[str]:
    """Change somebody's part; with another part they are asked again.  Raises Conflict."""
    present = PlanParticipant.objects.select_for_update(of=("self",)).get(pk=participant.pk)
    if present.version != version:
        raise Conflict(present)
    names = ("function", "part")
    changed = [n for n in names if n in values and getattr(present, n) != values[n]]
    if not changed:
        return []
    for name in changed:
        setattr(present, name, values[name])
    if "part" in changed:
        present.acknowledged = present.acknowledged_at = None
    present.version += 1
    present.save()
    participant.refresh_from_db()
    plan = AccountPlan.objects.get(pk=present.plan_id)
    touch(plan)
    details = {"fields": changed, "version": participant.version}
    record(
        "plan_participant.change",
        object=participant,
        client_id=plan.client_id,
        details=details,
    )
    if "part" in changed and plan.number:
        ask_to_acknowledge(plan, [present])
    return changed


@transaction.atomic
def remove_participant(participant: PlanParticipant) -> None:
    """They read the plan no more.  Raises ValidationError while they have open actions."""
    plan = locked(participant.plan_id)
    has = PlanAction.objects.filter(plan=plan, owner=participant.person_id, state=State.OPEN)
    if has.exists():
        raise ValidationError(
            _("This person has open actions in the plan. Give them to somebody else first.")
        )
    details = {"plan": plan.pk, "person": participant.person_id}
    record(
        "plan_participant.remove",
        object=participant,
        client_id=plan.client_id,
        details=details,
    )
    participant.delete()
    touch(plan)


@transaction.atomic
def acknowledge(participant: PlanParticipant, person: User) -> PlanParticipant:
    """“I have read it and this is my part”: said by the participant alone, of the signed plan.

    Raises ValidationError where somebody else says it, or nothing is signed.
    """
    plan = locked(participant.plan_id)
    if participant.person_id != person.pk:
        raise ValidationError(_("Only the participant can say this."))
    if not plan.number:
        raise ValidationError(_("The plan is not signed yet; you will be asked once it is."))
    PlanParticipant.objects.filter(pk=participant.pk).update(
        acknowledged=plan.number, acknowledged_at=timezone.now()
    )
    participant.refresh_from_db()
    record(
        "plan_participant.acknowledge",
        object=participant,
        client_id=plan.client_id,
        details={"number": plan.number},
    )
    return participant


def ask_to_acknowledge(plan: AccountPlan, participants: list[PlanParticipant]) -> None:
    """Tell them that the plan, as it was signed last, waits for their word."""
    for row in participants:
        tell(
            [row.person],
            "plan",
            f"plan:{plan.pk}:acknowledge:{plan.number}:{row.version}",
            facts={"about": "acknowledge", "client": plan.client.name, "plan": plan.pk,
                   "title": plan.title},
        )  # fmt: skip


def remind(day: dt.date) -> int:
    """Tell those whose actions are due tomorrow or were due yesterday; to how many it was new."""
    told = 0
    near = [day + dt.timedelta(days=1), day - dt.timedelta(days=1)]
    rows = PlanAction.objects.filter(state=State.OPEN, owner__isnull=False, due__in=near)
    for action in rows.select_related("plan__client", "owner"):
        told += tell(
            [action.owner],
            "plan",
            f"plan_action:{action.pk}:{action.due}:{action.due > day}",
            facts={"about": "action", "client": action.plan.client.name, "what": action.what,
                   "action": action.pk, "due": action.due.isoformat()},
        )  # fmt: skip
    return told
