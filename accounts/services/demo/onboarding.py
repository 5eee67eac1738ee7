"""The newest KAM of the demo on the way to a full load, and one who has been through it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.utils import translation

from accounts.models import Client, Onboarding, OnboardingStep, User
from accounts.selectors import onboarding_library as library
from accounts.services.onboarding import built_in

NOTES = {
    "en": {3: "The range is known, the limits of dosing still to learn.", 6: "Eight talks, two calls left."},
    "ru": {3: "Ассортимент знает, осталось разобраться с дозаторами.", 6: "Восемь разговоров, осталось два звонка."},
}  # fmt: skip
# Weeks since the first day of the one on the way, and of the one who is through.
UNDER_WAY, THROUGH = 6, 60
LATE = 2  # so many of the last due steps of the one on the way are open


def fill(
    clients: Sequence[Client], language: str, as_of: dt.date, people: Sequence[User], seed: int
) -> int:
    """Two plans by the built-in template; returns how many steps.  Runs for the system."""
    kams = [person for person in people if person.role == User.Role.KAM]
    managers = {person.team_id: person for person in people if person.role == User.Role.MANAGER}
    if len(kams) < 2:
        return 0
    with translation.override(language):
        name, steps = str(library.NAME), built_in()
    made = 0
    for person, weeks in ((kams[-1], UNDER_WAY), (kams[0], THROUGH)):
        begun = as_of - dt.timedelta(weeks=weeks, days=2)
        manager = managers.get(person.team_id)
        plan = Onboarding.objects.create(person=person, name=name, begun=begun, author=manager)
        rows = [
            OnboardingStep(
                onboarding=plan, position=place, due=begun + dt.timedelta(weeks=step["week"]),
                helped_by=manager if step["helper"] == steps[0]["helper"] else None, **step,
            )
            for place, step in enumerate(steps, start=1)
        ]  # fmt: skip
        over = [row for row in rows if row.due < as_of]
        for row in over if weeks == THROUGH else over[:-LATE]:
            row.done_on, row.done_by = min(row.due + dt.timedelta(days=2), as_of), person
            row.note = NOTES[language].get(row.position, "") if weeks == UNDER_WAY else ""
        if weeks == THROUGH:
            plan.ended_on = max(row.done_on for row in rows if row.done_on)
            plan.outcome = Onboarding.Outcome.DONE
            plan.save(update_fields=["ended_on", "outcome"])
        made += len(OnboardingStep.objects.bulk_create(rows))
    return made
