"""The way of a plan: submitted, returned with words or signed, opened again by an amendment.

What is signed is kept as it was; the plan cannot be submitted while a section ends in nothing.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import (
    AccountPlan,
    PlanAction,
    PlanGoal,
    PlanMove,
    PlanParticipant,
    PlanSection,
    PlanVersion,
    User,
)
from kam.audit.services import record
from kam.lib.policy import ADMINISTRATOR, MANAGER
from kam.webhooks.services import emit

from .notices import tell
from .plan_work import ask_to_acknowledge
from .plans import locked, require_open

State, Act = AccountPlan.State, PlanMove.Act
Kind = PlanSection.Kind
SIGNERS = (ADMINISTRATOR, MANAGER)
LACKS = {
    "text": gettext_lazy("nothing is written"),
    "end": gettext_lazy("it ends in no dated action and no complete goal"),
    "goal": gettext_lazy("no complete goal is among them"),
    "action": gettext_lazy("there is no dated action"),
}


@dataclass(frozen=True)
class Lack:
    """What keeps a section from being submitted: codes of LACKS."""

    section: PlanSection
    codes: tuple[str, ...]

    @property
    def words(self) -> str:
        return "; ".join(str(LACKS[code]) for code in self.codes)


def lacks_of(
    section: PlanSection, actions: Collection[PlanAction], links: Collection[PlanGoal]
) -> tuple[str, ...]:
    """Codes of LACKS for one section with its actions and links to goals."""
    acts = any(each.state in (PlanAction.State.OPEN, PlanAction.State.DONE) for each in actions)
    measured = any(link.goal.is_complete for link in links)
    if section.kind == Kind.GOALS:
        return () if measured else ("goal",)
    if section.kind == Kind.ACTIONS:
        return () if acts else ("action",)
    codes = () if section.text.strip() else ("text",)
    return codes if acts or measured else (*codes, "end")


def lacking(plan: AccountPlan) -> list[Lack]:
    """Sections that keep the plan from being submitted, in their order."""
    actions = list(PlanAction.objects.filter(plan=plan))
    links = list(PlanGoal.objects.filter(plan=plan).select_related("goal"))
    found = []
    for section in PlanSection.objects.filter(plan=plan):
        codes = lacks_of(
            section,
            [each for each in actions if each.section_id == section.pk],
            [each for each in links if each.section_id == section.pk],
        )
        if codes:
            found.append(Lack(section, codes))
    return found


def may_sign(person: Any) -> bool:
    return getattr(person, "role", "") in SIGNERS


@transaction.atomic
def submit(plan: AccountPlan, person: User | None, words: str = "") -> AccountPlan:
    """Ask the manager to sign.  Raises ValidationError naming every section that lacks
    something."""
    present = locked(plan.pk)
    require_open(present)
    if lacks := lacking(present):
        raise ValidationError(
            [
                _("%(section)s: %(lack)s.") % {"section": each.section.name, "lack": each.words}
                for each in lacks
            ]
        )
    _step(present, State.SUBMITTED, Act.SUBMIT, person, words)
    emit(
        "plan.submitted",
        {"plan": plan.pk, "client": plan.client_id, "ends": plan.ends.isoformat()},
    )
    _tell(present, "submitted", _managers(present, person), words)
    plan.refresh_from_db()
    return plan


@transaction.atomic
def withdraw(plan: AccountPlan, person: User | None) -> AccountPlan:
    """Take it back before it is signed, to go on writing.  Raises ValidationError."""
    present = _submitted(plan)
    _step(present, State.DRAFT, Act.WITHDRAW, person, "")
    plan.refresh_from_db()
    return plan


@transaction.atomic
def send_back(plan: AccountPlan, person: User, words: str) -> AccountPlan:
    """Return it to be written on, saying why.  Raises PermissionDenied, ValidationError."""
    _require_signer(person)
    present = _submitted(plan)
    if not words.strip():
        raise ValidationError({"words": _("Say what is to change.")})
    _step(present, State.RETURNED, Act.RETURN, person, words)
    _tell(present, "returned", _keepers(present, person), words)
    plan.refresh_from_db()
    return plan


@transaction.atomic
def sign(plan: AccountPlan, person: User, words: str = "") -> AccountPlan:
    """Sign it: what it says is kept as a version, and everybody who takes part is asked to
    acknowledge it.  Raises PermissionDenied, ValidationError."""
    _require_signer(person)
    present = _submitted(plan)
    present.number += 1
    present.save(update_fields=["number"])
    amended = PlanMove.objects.filter(plan=present, act=Act.AMEND).first()
    PlanVersion.objects.create(
        plan=present,
        number=present.number,
        content=content_of(present),
        reason=amended.words if amended else "",
        signed_by=person,
    )
    _step(present, State.SIGNED, Act.SIGN, person, words)
    emit(
        "plan.signed",
        {"plan": plan.pk, "client": plan.client_id, "number": present.number,
         "ends": plan.ends.isoformat()},
    )  # fmt: skip
    _tell(present, "signed", _keepers(present, person), words)
    rows = PlanParticipant.objects.filter(plan=present, person__is_active=True)
    ask_to_acknowledge(present, list(rows.select_related("person")))
    plan.refresh_from_db()
    return plan


@transaction.atomic
def amend(plan: AccountPlan, person: User | None, words: str) -> AccountPlan:
    """Open a signed plan to be written on, saying why; the signed version stays readable and holds
    until it is signed anew.  Raises ValidationError."""
    present = locked(plan.pk)
    if present.state != State.SIGNED:
        raise ValidationError(_("Only a signed plan is amended."))
    if not words.strip():
        raise ValidationError({"words": _("Say why the plan changes.")})
    _step(present, State.DRAFT, Act.AMEND, person, words)
    plan.refresh_from_db()
    return plan


def content_of(plan: AccountPlan) -> dict[str, Any]:
    """All that the plan says, JSON-ready: what a signature stands under."""
    actions = PlanAction.objects.filter(plan=plan).select_related("owner")
    links = PlanGoal.objects.filter(plan=plan).select_related("goal__owner")
    participants = PlanParticipant.objects.filter(plan=plan).select_related("person")
    return {
        "title": plan.title,
        "starts": plan.starts.isoformat(),
        "ends": plan.ends.isoformat(),
        "sections": [
            {
                "name": section.name,
                "question": section.question,
                "text": section.text,
                "goals": [_goal_told(each.goal) for each in links if each.section_id == section.pk],
                "actions": [
                    {
                        "what": each.what,
                        "owner": each.owner.name if each.owner else "",
                        "due": each.due.isoformat(),
                        "state": each.state,
                        "result": each.result,
                    }
                    for each in actions
                    if each.section_id == section.pk
                ],
            }
            for section in PlanSection.objects.filter(plan=plan)
        ],
        "participants": [
            {"name": each.person.name, "function": each.function, "part": each.part}
            for each in participants
        ],
    }


def _goal_told(goal) -> dict[str, Any]:
    return {
        "goal": goal.pk,
        "text": str(goal),
        "side": goal.side,
        "start": None if goal.start is None else str(goal.start),
        "target": None if goal.target is None else str(goal.target),
        "unit": goal.unit,
        "due": goal.due.isoformat() if goal.due else None,
        "owner": goal.owner.name if goal.owner else "",
    }


def _submitted(plan: AccountPlan) -> AccountPlan:
    present = locked(plan.pk)
    if present.state != State.SUBMITTED:
        raise ValidationError(_("The plan does not wait for signature."))
    return present


def _require_signer(person: User) -> None:
    if not may_sign(person):
        raise PermissionDenied


def _step(plan: AccountPlan, to: str, act: str, person: User | None, words: str) -> None:
    plan.state = to
    plan.touched_at = timezone.now()
    plan.version += 1
    plan.save(update_fields=["state", "touched_at", "version"])
    PlanMove.objects.create(plan=plan, act=act, words=words.strip()[:1000], person=person)
    record(f"plan.{act}", object=plan, client_id=plan.client_id, details={"number": plan.number})


def _managers(plan: AccountPlan, person: User | None) -> list[User]:
    """Who may sign: the managers of the client's team, else the administrators."""
    active = User.objects.filter(is_active=True).exclude(pk=getattr(person, "pk", None))
    team = plan.client.team_id
    leaders = list(active.filter(role=MANAGER, team_id=team)) if team else []
    return leaders or list(active.filter(role=ADMINISTRATOR))


def _keepers(plan: AccountPlan, person: User) -> list[User]:
    """The KAM of the client and whoever began the plan, apart from the one who acts."""
    known = {each.pk: each for each in (plan.client.owner, plan.author) if each and each.is_active}
    known.pop(person.pk, None)
    return list(known.values())


def _tell(plan: AccountPlan, about: str, people: list[User], words: str) -> None:
    move = PlanMove.objects.filter(plan=plan).first()
    tell(
        people,
        "plan",
        f"plan:{plan.pk}:{about}:{move.pk if move else 0}",
        facts={"about": about, "client": plan.client.name, "plan": plan.pk, "title": plan.title,
               "words": words.strip()[:300]},
    )  # fmt: skip
