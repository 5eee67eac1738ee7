"""The skills of a key account manager that the method names, and what 3, 6 and 9 of each mean."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import OwnSkill

# Parts of the profile, in the order people read them.
SKILLS, KNOWLEDGE, OWN = "skills", "knowledge", "own"
PARTS = {
    SKILLS: pgettext_lazy("skills", "Skills"),
    KNOWLEDGE: pgettext_lazy("skills", "Knowledge"),
    OWN: pgettext_lazy("skills", "Our own"),
}
LEVELS = (3, 6, 9)


@dataclass(frozen=True)
class Skill:
    """``levels``: what 3, 6 and 9 mean; an empty text where the company has not said it."""

    key: str
    part: str
    name: str
    levels: tuple[str, str, str]
    archived: bool = False

    @property
    def told(self) -> list[tuple[int, str]]:
        return [(level, text) for level, text in zip(LEVELS, self.levels, strict=True) if text]


LIBRARY = (
    Skill(
        "rapport", SKILLS, _("Rapport"),
        (
            _("Talks with those who call by themselves; the rest of the client knows the name at most."),
            _("Is called back the same day and hears of trouble from the client, not from the accounts."),
            _("Is asked for advice before the decision is made; bad news is told openly on both sides."),
        ),
    ),
    Skill(
        "business_sense", SKILLS, _("Business sense"),
        (
            _("Knows the turnover and the discount; what the client earns for us is a guess."),
            _("Reckons profit, payment days and cost of service before saying yes to a wish."),
            _("Brings offers that pay for both, shows it in figures, and declines what does not."),
        ),
    ),
    Skill(
        "coordination", SKILLS, _("Coordination, planning, analytics"),
        (
            _("Works from the inbox; dates are kept when somebody reminds."),
            _("Has a plan for each key client, knows where it stands, and says early what will be late."),
            _("Leads several departments to one goal, sees deviations in the data first, and mends the plan."),
        ),
    ),
    Skill(
        "client_people", SKILLS, _("Managing colleagues on the client’s side"),
        (
            _("Waits for what the client’s people send; one buyer decides whether anything moves."),
            _("Knows who decides, who uses and who pays, and agrees the next step with each of them."),
            _("The client’s people carry our common plan inside their company and do their part by the day."),
        ),
    ),
    Skill(
        "product", KNOWLEDGE, pgettext_lazy("skill", "Product"),
        (
            _("Finds it in the price list; questions go to a colleague."),
            _("Answers most questions at once and chooses what suits the client’s use."),
            _("Knows the limits too, advises against a wrong choice, and brings back what to improve."),
        ),
    ),
    Skill(
        "market", KNOWLEDGE, pgettext_lazy("skill", "Market"),
        (
            _("Knows two competitors by name and by price."),
            _("Can say why clients choose us or another, and what changed this year."),
            _("Tells clients what is coming in their field before they read it elsewhere."),
        ),
    ),
    Skill(
        "client_business", KNOWLEDGE, _("The client’s business"),
        (
            _("Knows what the client buys from us."),
            _("Knows how the client earns money, who its customers are, and its plans for the year."),
            _("Can stand in for the client’s own analyst: knows its figures, rivals and bottlenecks."),
        ),
    ),
)  # fmt: skip
BUILT_IN = {skill.key: skill for skill in LIBRARY}


def own_skill(row: OwnSkill) -> Skill:
    return Skill(
        row.key, OWN, row.name, (row.at_three, row.at_six, row.at_nine), archived=row.archived
    )


def skills(*, archived: bool = False) -> list[Skill]:
    """All skills that are rated: the method's, then the company's own; with ``archived`` also
    those that are not rated any more."""
    own = [own_skill(row) for row in OwnSkill.objects.order_by("name", "pk")]
    return [*LIBRARY, *(skill for skill in own if archived or not skill.archived)]


def by_part(found: Iterable[Skill]) -> list[tuple[str, list[Skill]]]:
    """(name of the part, its skills); parts without a skill are left out."""
    found = list(found)
    parts = ((str(label), [s for s in found if s.part == part]) for part, label in PARTS.items())
    return [(label, rows) for label, rows in parts if rows]
