"""Bringing a new KAM into the work: templates, the plan of a person, steps done and overdue."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.models import (
    Kam,
    Onboarding,
    OnboardingStep,
    OnboardingTemplate,
    OnboardingTemplateStep,
    User,
)
from accounts.selectors import onboarding_library as library
from kam.audit.services import record
from kam.lib.periods import today

from .clients import Conflict, may_edit
from .notices import tell

JOB = "accounts.onboardings"
STEP_FIELDS = ("week", "name", "details", "helper")
MOST_STEPS = 60
# A first day further away than this is a slip of the pen.
MOST_DAYS_AWAY = 366


def built_in() -> list[dict[str, Any]]:
    """The built-in steps in the language of the day, as rows of a template."""
    return [
        {"week": step.week, "name": str(step.name), "details": str(step.details),
         "helper": str(step.helper)}
        for step in library.STEPS
    ]  # fmt: skip


@transaction.atomic
def save_template(
    template: OnboardingTemplate | None,
    values: Mapping[str, Any],
    steps: Sequence[Mapping[str, Any]],
    author: User | None,
    version: int = 0,
) -> OnboardingTemplate:
    """Make or change a template; ``steps`` take the place of those before, in the order of weeks.

    Raises Conflict where somebody was faster, ValidationError without a step.  Plans under way
    stay as they are.
    """
    if not steps:
        raise ValidationError(_("Write down at least one step."))
    if len(steps) > MOST_STEPS:
        raise ValidationError(_("At most %(most)s steps.") % {"most": MOST_STEPS})
    if template is None:
        row = OnboardingTemplate.objects.create(author=author, **values)
    else:
        row = OnboardingTemplate.objects.select_for_update(of=("self",)).get(pk=template.pk)
        if row.version != version:
            raise Conflict(row)
        for name, value in values.items():
            setattr(row, name, value)
        row.version += 1
        row.save()
        row.steps.all().delete()
    OnboardingTemplateStep.objects.bulk_create(_steps(OnboardingTemplateStep, steps, template=row))
    act = "onboarding_template.create" if template is None else "onboarding_template.change"
    record(act, object=row, details={"steps": len(steps)})
    return row


def _steps(model, steps: Iterable[Mapping[str, Any]], **owner) -> list:
    ordered = sorted(steps, key=lambda step: step["week"])
    return [
        model(position=place, **owner, **{name: step[name] for name in STEP_FIELDS})
        for place, step in enumerate(ordered, start=1)
    ]


@transaction.atomic
def start(
    person: Kam, begun: dt.date, template: OnboardingTemplate | None, author: User | None
) -> Onboarding:
    """Start the plan of a person from a template, or from the built-in one.

    Raises PermissionDenied, ValidationError naming ``begun`` or ``person``.
    """
    if not may_edit(person):
        raise PermissionDenied
    if abs((begun - today()).days) > MOST_DAYS_AWAY:
        raise ValidationError({"begun": _("The first day lies within a year of today.")})
    if template is None:
        name, steps = str(library.NAME), built_in()
    else:
        name, steps = template.name, list(template.steps.values(*STEP_FIELDS))
    try:
        with transaction.atomic():
            plan = Onboarding.objects.create(
                person_id=person.pk, name=name, begun=begun, author=author
            )
    except IntegrityError as error:
        told = _("This person has a plan under way. End it first.")
        raise ValidationError({"person": told}) from error
    rows = _steps(OnboardingStep, steps, onboarding=plan)
    for row in rows:
        row.due = begun + dt.timedelta(weeks=row.week)
    OnboardingStep.objects.bulk_create(rows)
    record("onboarding.start", object=plan, details={"person": person.pk, "steps": len(rows)})
    if author is None or author.pk != person.pk:
        tell([person], "onboarding", f"onboarding:{plan.pk}", facts={"onboarding": plan.pk})
    return plan


@transaction.atomic
def change_step(
    step: OnboardingStep, values: Mapping[str, Any], version: int, author: User | None
) -> list[str]:
    """Change day, helper, note, or say that it is done (``done_on``); the changed fields.

    With its last step a plan ends, and opens again where a step is taken back.  Raises Conflict
    where somebody was faster, ValidationError naming ``done_on``.
    """
    present = OnboardingStep.objects.select_for_update(of=("self",)).get(pk=step.pk)
    if present.version != version:
        raise Conflict(present)
    changed = [name for name, value in values.items() if getattr(present, name) != value]
    if not changed:
        return []
    plan = Onboarding.objects.select_for_update(of=("self",)).get(pk=present.onboarding_id)
    if plan.outcome == Onboarding.Outcome.BROKEN_OFF:
        raise ValidationError(_("This plan was broken off."))
    if values.get("done_on") and values["done_on"] > today():
        raise ValidationError({"done_on": _("This day has not come yet.")})
    for name in changed:
        setattr(present, name, values[name])
    if "done_on" in changed:
        present.done_by = author if present.done_on else None
    present.version += 1
    present.save()
    step.refresh_from_db()
    record(
        "onboarding_step.change",
        object=step,
        details={"fields": changed, "person": plan.person_id, "version": step.version},
    )
    if "done_on" in changed:
        _settle(plan)
    return changed


def _settle(plan: Onboarding) -> None:
    """End the plan with its last step, and open it again where a step is."""
    left = plan.steps.filter(done_on__isnull=True).exists()
    if left == (plan.ended_on is None):
        return
    plan.ended_on = None if left else today()
    plan.outcome = "" if left else Onboarding.Outcome.DONE
    try:
        with transaction.atomic():
            plan.save(update_fields=["ended_on", "outcome"])
    except IntegrityError as error:
        told = _("A later plan of this person is under way, so this one stays ended.")
        raise ValidationError(told) from error
    if not left:
        record("onboarding.end", object=plan, details={"outcome": plan.outcome})
        facts = {"onboarding": plan.pk, "name": plan.person.name}
        tell(_leaders(plan.person), "onboarding_done", f"onboarding:{plan.pk}:done", facts=facts)


@transaction.atomic
def break_off(plan: Onboarding, reason: str) -> Onboarding:
    """End a plan that is not gone through to its end.  Raises ValidationError."""
    present = Onboarding.objects.select_for_update(of=("self",)).get(pk=plan.pk)
    if present.ended_on is not None:
        raise ValidationError(_("This plan has ended already."))
    if not reason.strip():
        raise ValidationError({"reason": _("Say why.")})
    present.ended_on, present.outcome = today(), Onboarding.Outcome.BROKEN_OFF
    present.reason = reason.strip()[:500]
    present.save(update_fields=["ended_on", "outcome", "reason"])
    plan.refresh_from_db()
    record("onboarding.end", object=plan, details={"outcome": plan.outcome})
    return plan


def remind(day: dt.date) -> int:
    """Tell the person and who leads them of steps that have become overdue; to how many it was
    new.  Runs for the system."""
    told = 0
    late = OnboardingStep.objects.filter(
        due__lt=day, done_on__isnull=True, onboarding__ended_on__isnull=True,
        onboarding__person__is_active=True,
    )  # fmt: skip
    for step in late.select_related("onboarding__person"):
        plan = step.onboarding
        facts = {
            "onboarding": plan.pk, "step": step.name, "name": plan.person.name,
            "due": step.due.isoformat(),
        }  # fmt: skip
        told += tell(
            [plan.person, *_leaders(plan.person)],
            "onboarding_late",
            f"onboarding:{plan.pk}:{step.pk}:{step.due}",
            facts=facts,
        )
    return told


def _leaders(person: User) -> list[User]:
    if person.team_id is None:
        return []
    return list(
        User.objects.filter(team=person.team_id, role=User.Role.MANAGER, is_active=True).exclude(
            pk=person.pk
        )
    )
