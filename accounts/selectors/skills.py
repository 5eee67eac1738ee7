"""Skill profiles as pages and the API show them: what was said last, by whom, and before."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import Avg, Count, Q, QuerySet

from accounts.models import Client, Interaction, Kam, Promise, SkillRating, User
from kam.lib.periods import add_months

from . import skill_library as library

Said = SkillRating.Said
# Fewer answers of clients say nothing of a person.
FEWEST_ANSWERS = 5
USEFUL_MONTHS = 12
# From here on the two sides see it differently enough to talk about.
WIDE_GAP = 2


def kams() -> QuerySet[Kam]:
    """Those who answer for clients, as far as the actor may look at their work."""
    roles = Q(role=User.Role.KAM) | Q(pk__in=Client.objects.values("owner"))
    return (
        Kam.objects.filter(roles, is_active=True)
        .exclude(role__in=[User.Role.AUDITOR, User.Role.COLLEAGUE])
        .select_related("team")
        .order_by("name", "pk")
    )


@dataclass
class Line:
    """One skill of one person: ratings of both sides, oldest first."""

    skill: library.Skill
    said: dict[str, list[SkillRating]] = field(default_factory=lambda: {s: [] for s in Said.values})

    def _last(self, side: str) -> SkillRating | None:
        return self.said[side][-1] if self.said[side] else None

    @property
    def own(self) -> SkillRating | None:
        return self._last(Said.SELF)

    @property
    def manager(self) -> SkillRating | None:
        return self._last(Said.MANAGER)

    @property
    def gap(self) -> int | None:
        """Self less manager; None while one of them has said nothing."""
        if self.own is None or self.manager is None:
            return None
        return self.own.value - self.manager.value

    @property
    def is_wide(self) -> bool:
        return self.gap is not None and abs(self.gap) >= WIDE_GAP

    @property
    def change(self) -> int | None:
        """The manager's latest rating less the one before; None with fewer than two."""
        rows = self.said[Said.MANAGER]
        return rows[-1].value - rows[-2].value if len(rows) > 1 else None

    @property
    def is_rated(self) -> bool:
        return any(self.said.values())


def ratings_of(person: User) -> QuerySet[SkillRating]:
    return SkillRating.objects.filter(person=person).select_related("author")


def profile_of(person: User) -> list[Line]:
    """All skills with what was said of this person; skills put away show where they were rated."""
    lines = {skill.key: Line(skill) for skill in library.skills(archived=True)}
    for row in ratings_of(person).order_by("day", "pk"):
        if row.skill in lines:
            lines[row.skill].said[row.said_by].append(row)
    return [line for line in lines.values() if line.is_rated or not line.skill.archived]


def by_part(lines: Iterable[Line]) -> list[tuple[str, list[Line]]]:
    of = {line.skill.key: line for line in lines}
    return [
        (label, [of[skill.key] for skill in skills])
        for label, skills in library.by_part(line.skill for line in of.values())
    ]


@dataclass(frozen=True)
class Usefulness:
    """What clients say of a KAM, 1–10: the mean and how many answers; no mean below
    FEWEST_ANSWERS."""

    answers: int = 0
    mean: float | None = None

    @property
    def is_known(self) -> bool:
        return self.mean is not None


def usefulness_of(people: Iterable[User], day: dt.date) -> dict[int, Usefulness]:
    """Person -> how content clients were within the twelve months to ``day``: in talks and surveys
    of the clients that the person serves now, and with promises of ours the person answered for.
    """
    ids = [person.pk for person in people]
    since = add_months(day, -USEFUL_MONTHS)
    numbers = {"answers": Count("satisfaction"), "mean": Avg("satisfaction")}
    talks = (
        Interaction.objects.filter(
            client__owner__in=ids, known_to__isnull=True, satisfaction__isnull=False,
            date__gt=since, date__lte=day,
        )
        .order_by()
        .values_list("client__owner")
        .annotate(**numbers)
    )  # fmt: skip
    promises = (
        Promise.objects.filter(
            owner__in=ids, side=Promise.Side.OURS, satisfaction__isnull=False,
            settled_on__gt=since, settled_on__lte=day,
        )
        .order_by()
        .values_list("owner")
        .annotate(**numbers)
    )  # fmt: skip
    counts: dict[int, int] = defaultdict(int)
    sums: dict[int, float] = defaultdict(float)
    for person, answers, mean in [*talks, *promises]:
        counts[person] += answers
        sums[person] += answers * float(mean)
    return {
        pk: Usefulness(counts[pk], sums[pk] / counts[pk] if counts[pk] >= FEWEST_ANSWERS else None)
        for pk in ids
    }


def history_of(lines: Iterable[Line], most: int) -> list[tuple[SkillRating, str]]:
    """(rating, name of the skill) of a profile, the latest first."""
    rows = [
        (row, str(line.skill.name)) for line in lines for said in line.said.values() for row in said
    ]
    return sorted(rows, key=lambda each: (each[0].day, each[0].pk), reverse=True)[:most]


@dataclass
class TeamTable:
    """People × skills: the manager's latest ratings, in the order of ``skills``."""

    skills: list[library.Skill]
    rows: list[tuple[Kam, list[SkillRating | None], float | None]]

    @property
    def is_rated(self) -> bool:
        return any(mean is not None for _person, _cells, mean in self.rows)


def team_table(people: Iterable[Kam]) -> TeamTable:
    people = list(people)
    skills = library.skills()
    latest: dict[tuple[int, str], SkillRating] = {}
    rows = SkillRating.objects.filter(
        person__in=[person.pk for person in people], said_by=Said.MANAGER
    )
    for row in rows.order_by("day", "pk"):
        latest[row.person_id, row.skill] = row
    table = []
    for person in people:
        cells = [latest.get((person.pk, skill.key)) for skill in skills]
        said = [cell.value for cell in cells if cell is not None]
        table.append((person, cells, sum(said) / len(said) if said else None))
    return TeamTable(skills, table)
