"""Plans of new KAMs with how far they are."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import Count, Max, Prefetch, Q, QuerySet

from accounts.models import Onboarding, OnboardingStep, OnboardingTemplate, OnboardingTemplateStep

from . import onboarding_library as library


@dataclass(frozen=True)
class Under:
    """A plan and how far it is: steps done, expected by today, overdue, in all."""

    plan: Onboarding
    done: int
    expected: int
    late: int
    steps: int
    last_due: dt.date | None

    @property
    def share(self) -> float:
        return self.done / self.steps if self.steps else 0.0

    @property
    def expected_share(self) -> float:
        return self.expected / self.steps if self.steps else 0.0


def plans() -> QuerySet[Onboarding]:
    return Onboarding.objects.select_related("person", "person__team", "author")


def with_progress(day: dt.date, rows: QuerySet[Onboarding] | None = None) -> list[Under]:
    """Plans under way first, then ended ones, each latest first."""
    found = (plans() if rows is None else rows).annotate(
        n_steps=Count("steps"),
        n_done=Count("steps", Q(steps__done_on__isnull=False)),
        n_expected=Count("steps", Q(steps__due__lte=day)),
        n_late=Count("steps", Q(steps__due__lt=day, steps__done_on__isnull=True)),
        last_due=Max("steps__due"),
    )
    told = [
        Under(
            row, row.n_done, row.n_expected, row.n_late if row.ended_on is None else 0,
            row.n_steps, row.last_due,
        )
        for row in found.order_by("-begun", "-pk")
    ]  # fmt: skip
    return sorted(told, key=lambda each: each.plan.ended_on is not None)


def steps_of(plan: Onboarding) -> QuerySet[OnboardingStep]:
    return OnboardingStep.objects.filter(onboarding=plan).select_related("helped_by", "done_by")


def templates(*, archived: bool = True) -> QuerySet[OnboardingTemplate]:
    steps = OnboardingTemplateStep.objects.order_by("week", "position", "pk")
    found = OnboardingTemplate.objects.prefetch_related(Prefetch("steps", queryset=steps))
    return found if archived else found.filter(archived=False)


def longest_weeks() -> int:
    """How many weeks the company's onboarding takes: its longest template, else the built-in."""
    found = OnboardingTemplateStep.objects.filter(template__archived=False).aggregate(
        week=Max("week")
    )
    return found["week"] or max(step.week for step in library.STEPS)
