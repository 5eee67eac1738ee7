"""The sections of a new plan: the built-in ones, in the language of whoever begins it, and those
of the company's own templates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import PlanSection, PlanTemplate, PlanTemplateSection, User
from kam.audit.services import record

from .clients import Conflict

Kind = PlanSection.Kind
SECTION_FIELDS = ("name", "kind", "question")
MOST_SECTIONS = 20


@dataclass(frozen=True)
class Wanted:
    """A section as a new plan gets it."""

    kind: str
    name: str
    question: str
    text: str = ""


def built_in() -> list[Wanted]:
    """The client first, then those whom the client serves, then the rivals; only then what we
    want.  In the language that is active."""
    return [
        Wanted(
            Kind.TEXT,
            _("The client’s business"),
            _("What do they earn with, where are they going, and what keeps them from it?"),
        ),
        Wanted(
            Kind.TEXT,
            _("The client’s customers"),
            _("Whom do they serve, what do those people expect, and what changes for them?"),
        ),
        Wanted(
            Kind.TEXT,
            _("Competitors"),
            _("Who else is at the table, theirs and ours, and why would they be chosen?"),
        ),
        Wanted(
            Kind.GOALS,
            _("Objectives"),
            _("What will be different for them and for us at the end, in numbers?"),
        ),
        Wanted(
            Kind.ACTIONS,
            _("Actions"),
            _("Who does what by when, on both sides?"),
        ),
    ]


def sections_of(template: PlanTemplate | None) -> Sequence[Wanted]:
    """Those of a template of the company; without one the built-in ones."""
    if template is None:
        return built_in()
    rows = PlanTemplateSection.objects.filter(template=template)
    return [Wanted(row.kind, row.name, row.question) for row in rows]


@transaction.atomic
def save_template(
    template: PlanTemplate | None,
    values: Mapping[str, Any],
    sections: Sequence[Mapping[str, Any]],
    author: User | None,
    version: int = 0,
) -> PlanTemplate:
    """Write a template with its sections, which replace those before.  Plans that began from it
    keep theirs.  Raises Conflict, ValidationError where it has no sections or too many."""
    if not sections:
        raise ValidationError(_("A plan needs at least one section. Name it."))
    if len(sections) > MOST_SECTIONS:
        raise ValidationError(_("At most %(n)s sections.") % {"n": MOST_SECTIONS})
    if template is None:
        template = PlanTemplate.objects.create(author=author, **values)
        verb = "create"
    else:
        template = PlanTemplate.objects.select_for_update(of=("self",)).get(pk=template.pk)
        if template.version != version:
            raise Conflict(template)
        for name, value in values.items():
            setattr(template, name, value)
        template.version += 1
        template.save()
        PlanTemplateSection.objects.filter(template=template).delete()
        verb = "change"
    PlanTemplateSection.objects.bulk_create(
        PlanTemplateSection(
            template=template, position=position,
            **{name: each[name] for name in SECTION_FIELDS if name in each},
        )
        for position, each in enumerate(sections, 1)
    )  # fmt: skip
    record(f"plan_template.{verb}", object=template)
    return template
