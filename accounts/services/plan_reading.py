"""A plan as it is read: sections with their goals as they stand and their actions."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from accounts.measures.progress import Reading
from accounts.models import AccountPlan, PlanAction, PlanGoal, PlanSection
from accounts.selectors import plans as found
from kam.lib.periods import company_zone

from .goal_tracking import Tracked, progress_of
from .plan_signing import LACKS, lacks_of

LOYALTY = "loyalty"


@dataclass(frozen=True)
class Read:
    """A section with the goals and actions in which it ends, and what it still lacks."""

    row: PlanSection
    goals: list[Tracked]
    actions: list[PlanAction]
    lacks: tuple[str, ...]

    @property
    def lack_words(self) -> str:
        return "; ".join(str(LACKS[code]) for code in self.lacks)


@dataclass(frozen=True)
class Plan:
    sections: list[Read]
    untouched: int  # days since anybody worked on it
    has_loyalty: bool  # a goal about loyalty is among its goals

    @property
    def lacking(self) -> list[Read]:
        return [each for each in self.sections if each.lacks]

    @property
    def actions(self) -> list[PlanAction]:
        return [action for each in self.sections for action in each.actions]

    @property
    def open_actions(self) -> int:
        return sum(action.is_open for action in self.actions)


def read(plan: AccountPlan, day: dt.date) -> Plan:
    """The plan on that day, in four queries however large it is."""
    actions = found.actions_of(plan)
    links = found.links_of(plan)
    readings = found.readings_through(plan) if links else {}
    sections = []
    for section in found.sections_of(plan):
        own_actions = [each for each in actions if each.section_id == section.pk]
        own_links = [each for each in links if each.section_id == section.pk]
        sections.append(
            Read(
                section,
                [_tracked(link, readings, day) for link in own_links],
                own_actions,
                lacks_of(section, own_actions, own_links),
            )
        )
    return Plan(
        sections,
        (day - plan.touched_at.astimezone(company_zone()).date()).days,
        any(link.goal.measure == LOYALTY for link in links),
    )


def _tracked(link: PlanGoal, readings: dict, day: dt.date) -> Tracked:
    known = [Reading(on, value) for on, value in readings.get(link.goal_id, [])]
    return Tracked(link.goal, progress_of(link.goal, known, day))
