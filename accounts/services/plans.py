"""Plans of clients: begun, written, carried on into the next period."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.models import (
    AccountPlan,
    Client,
    Goal,
    PlanAction,
    PlanGoal,
    PlanMove,
    PlanParticipant,
    PlanSection,
    PlanTemplate,
    User,
)
from accounts.selectors.plans import PLANNED
from accounts.selectors.standings import standing_of
from kam.audit.services import record
from kam.lib.formatting import day as day_in_words
from kam.lib.periods import today

from .clients import Conflict
from .plan_sections import sections_of

State, Act = AccountPlan.State, PlanMove.Act
FIELDS = ("title", "starts", "ends")


@transaction.atomic
def begin(
    client: Client,
    values: Mapping[str, Any],
    author: User | None,
    *,
    template: PlanTemplate | None = None,
    previous: AccountPlan | None = None,
) -> AccountPlan:
    """A new draft, with the sections of a template or carried on from the plan before, and with
    the client's open goals among the objectives.

    Raises ValidationError where the client is neither key nor a candidate, or where another plan
    of the client has days of the period.
    """
    Client.objects.select_for_update(of=("self",)).get(pk=client.pk)
    standing = standing_of(client.pk)
    if standing is None or standing.value not in PLANNED:
        raise ValidationError(
            _("Plans are made for key clients and candidates. Propose the client first.")
        )
    _check_period(client.pk, values["starts"], values["ends"])
    plan = AccountPlan.objects.create(
        client=client, author=author, previous=previous, **{name: values[name] for name in FIELDS}
    )
    PlanMove.objects.create(plan=plan, act=Act.CREATE, person=author)
    if previous is None:
        PlanSection.objects.bulk_create(
            PlanSection(
                plan=plan, position=position, kind=each.kind, name=each.name,
                question=each.question, text=each.text,
            )
            for position, each in enumerate(sections_of(template), 1)
        )  # fmt: skip
    else:
        _carry(previous, plan, author)
    _link_open_goals(plan)
    record("plan.begin", object=plan, client_id=client.pk, details={"carried": bool(previous)})
    return plan


def _check_period(
    client_id: int, starts: dt.date, ends: dt.date, own: AccountPlan | None = None
) -> None:
    if ends <= starts:
        raise ValidationError({"ends": _("The plan ends before it begins.")})
    others = AccountPlan.objects.filter(client=client_id, starts__lte=ends, ends__gte=starts)
    other = others.exclude(pk=own.pk if own else None).first()
    if other is not None:
        language = get_language() or "en"
        told = {
            "title": other.title,
            "starts": day_in_words(other.starts, language=language),
            "ends": day_in_words(other.ends, language=language),
        }
        text = _("“%(title)s” has days of this period: it goes from %(starts)s to %(ends)s.")
        raise ValidationError({"starts": text % told})


def _link_open_goals(plan: AccountPlan) -> None:
    """The client's open goals, ours and theirs, are objectives unless they stand in the plan."""
    section = plan.sections.filter(kind=PlanSection.Kind.GOALS).first()
    if section is None:
        return
    there = PlanGoal.objects.filter(plan=plan).values("goal")
    goals = Goal.objects.filter(client=plan.client_id, status=Goal.Status.OPEN)
    PlanGoal.objects.bulk_create(
        PlanGoal(plan=plan, section=section, goal=goal)
        for goal in goals.exclude(pk__in=there).order_by("due", "pk")
    )


def _carry(previous: AccountPlan, plan: AccountPlan, author: User | None) -> None:
    """Texts as a starting point, open actions, goals not ended, and who takes part."""
    sections = {}
    for old in PlanSection.objects.filter(plan=previous):
        sections[old.pk] = PlanSection.objects.create(
            plan=plan, position=old.position, kind=old.kind, name=old.name, question=old.question,
            text=old.text, carried=bool(old.text),
        )  # fmt: skip
    links = PlanGoal.objects.filter(plan=previous, goal__status=Goal.Status.OPEN)
    PlanGoal.objects.bulk_create(
        PlanGoal(plan=plan, section=sections[link.section_id], goal_id=link.goal_id)
        for link in links
    )
    for old in PlanAction.objects.filter(plan=previous, state=PlanAction.State.OPEN):
        PlanAction.objects.create(
            plan=plan, section=sections[old.section_id], what=old.what, owner_id=old.owner_id,
            due=old.due, author=author, carried=True, carried_from=old,
        )  # fmt: skip
        PlanAction.objects.filter(pk=old.pk).update(
            state=PlanAction.State.MOVED, settled_on=today(), version=old.version + 1
        )
    PlanParticipant.objects.bulk_create(
        PlanParticipant(plan=plan, person_id=old.person_id, function=old.function, part=old.part)
        for old in PlanParticipant.objects.filter(plan=previous, person__is_active=True)
    )


@transaction.atomic
def change(plan: AccountPlan, values: Mapping[str, Any], version: int) -> list[str]:
    """Change title or period; the changed fields.  Raises Conflict, ValidationError."""
    present = locked(plan.pk)
    if present.version != version:
        raise Conflict(present)
    require_open(present)
    changed = [n for n in FIELDS if n in values and getattr(present, n) != values[n]]
    if not changed:
        return []
    for name in changed:
        setattr(present, name, values[name])
    _check_period(present.client_id, present.starts, present.ends, present)
    present.version += 1
    present.touched_at = timezone.now()
    present.save(update_fields=[*changed, "version", "touched_at"])
    plan.refresh_from_db()
    record("plan.change", object=plan, client_id=plan.client_id, details={"fields": changed})
    return changed


@transaction.atomic
def write(
    section: PlanSection, text: str, goals: Collection[Goal] | None, version: int
) -> list[str]:
    """Write a section, and say in which goals of the client it ends; what has changed.
    ``goals`` None leaves them.  Raises Conflict, ValidationError."""
    plan = locked(section.plan_id)
    require_open(plan)
    present = PlanSection.objects.select_for_update(of=("self",)).get(pk=section.pk)
    if present.version != version:
        raise Conflict(present)
    changed = ["text"] if present.text != text else []
    if goals is not None:
        if any(goal.client_id != plan.client_id for goal in goals):
            raise ValidationError({"goals": _("This is a goal with another client.")})
        linked = set(PlanGoal.objects.filter(section=present).values_list("goal", flat=True))
        wanted = {goal.pk for goal in goals}
        if linked != wanted:
            changed.append("goals")
            PlanGoal.objects.filter(section=present, goal__in=linked - wanted).delete()
            PlanGoal.objects.bulk_create(
                PlanGoal(plan=plan, section=present, goal_id=pk) for pk in sorted(wanted - linked)
            )
    if not changed and not present.carried:
        return []
    present.text, present.carried = text, False  # saved as it is, it has been looked at
    present.version += 1
    present.save(update_fields=["text", "carried", "version"])
    touch(plan)
    section.refresh_from_db()
    record(
        "plan_section.change",
        object=section,
        client_id=plan.client_id,
        details={"fields": changed, "version": section.version},
    )
    return changed


@transaction.atomic
def discard(plan: AccountPlan) -> None:
    """Take back a draft that was never signed; what it had carried on is open again before.
    Raises ValidationError."""
    present = locked(plan.pk)
    if present.number or not present.is_open:
        raise ValidationError(_("Only a draft that was never signed can be discarded."))
    before = PlanAction.objects.filter(goes_on__plan=present, state=PlanAction.State.MOVED)
    PlanAction.objects.filter(pk__in=list(before.values_list("pk", flat=True))).update(
        state=PlanAction.State.OPEN, settled_on=None
    )
    record("plan.discard", object=present, client_id=present.client_id)
    present.delete()


def locked(pk: int) -> AccountPlan:
    return AccountPlan.objects.select_for_update(of=("self",)).get(pk=pk)


def require_open(plan: AccountPlan) -> None:
    """Raise ValidationError where its words may not be written now."""
    if plan.state == State.SUBMITTED:
        raise ValidationError(_("The plan waits for signature. Take it back to change it."))
    if plan.state == State.SIGNED:
        raise ValidationError(_("The plan is signed. Open it for an amendment to change it."))


def touch(plan: AccountPlan) -> None:
    AccountPlan.objects.filter(pk=plan.pk).update(touched_at=timezone.now())
