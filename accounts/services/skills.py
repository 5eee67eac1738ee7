"""Rating skills: by the person and by who leads them; what was said before stays."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Kam, OwnSkill, SkillRating, User
from accounts.selectors import skill_library as library
from kam.audit.services import record
from kam.lib.periods import today

from .clients import Conflict, may_edit
from .notices import tell

Said = SkillRating.Said
SKILL_FIELDS = ("name", "at_three", "at_six", "at_nine", "archived")


def side_of(person: User, author: User) -> str:
    return Said.SELF if author.pk == person.pk else Said.MANAGER


@transaction.atomic
def rate(
    person: Kam, ratings: Mapping[str, tuple[int, str]], author: User, day: dt.date | None = None
) -> list[SkillRating]:
    """Add ratings, skill -> (1..10, what shows it), all of one day; the rows that were new.

    A value that says the same as the last one of that side on the same day adds nothing.  Raises
    PermissionDenied, ValidationError naming the skill or ``day``.
    """
    if not may_edit(person):
        raise PermissionDenied
    day = day or today()
    if day > today():
        raise ValidationError({"day": _("This day has not come yet.")})
    known = {skill.key for skill in library.skills()}
    for skill, (value, _note) in ratings.items():
        if skill not in known:
            raise ValidationError(
                {"skill": _("There is no such skill, or it is not rated any more.")}
            )
        if not 1 <= value <= 10:
            raise ValidationError({"value": _("From 1 to 10.")})
    side = side_of(person, author)
    same_day = {
        row.skill: (row.value, row.note)
        for row in SkillRating.objects.filter(person=person, said_by=side, day=day).order_by("pk")
    }
    rows = [
        SkillRating(
            person_id=person.pk, skill=skill, said_by=side, value=value, note=note.strip()[:500],
            day=day, author=author,
        )
        for skill, (value, note) in ratings.items()
        if same_day.get(skill) != (value, note.strip()[:500])
    ]  # fmt: skip
    SkillRating.objects.bulk_create(rows)
    if rows:
        record("skills.rate", object=person, details={"said_by": side, "skills": len(rows)})
        if side == Said.MANAGER:
            tell([person], "skills_rated", f"skills:{person.pk}:{day}", facts={"person": person.pk})
    return rows


@transaction.atomic
def create_skill(values: Mapping[str, Any], author: User) -> OwnSkill:
    skill = OwnSkill.objects.create(author=author, **_named(values))
    record("skill.create", object=skill)
    return skill


@transaction.atomic
def change_skill(skill: OwnSkill, values: Mapping[str, Any], version: int) -> list[str]:
    """The changed fields.  Raises Conflict where somebody was faster."""
    present = OwnSkill.objects.select_for_update().get(pk=skill.pk)
    if present.version != version:
        raise Conflict(present)
    changed = [n for n, v in _named(values).items() if getattr(present, n) != v]
    if not changed:
        return []
    for name in changed:
        setattr(present, name, values[name])
    present.version += 1
    present.save(update_fields=[*changed, "version"])
    skill.refresh_from_db()
    record("skill.change", object=skill, details={"fields": changed})
    return changed


def _named(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: values[name] for name in SKILL_FIELDS if name in values}
