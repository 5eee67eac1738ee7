"""Problems, signals and health: rows of the small company."""

import datetime as dt

from accounts.models import Client, HealthWeek, Problem, ProblemStep, RadarSettings, Signal, User

DAY = dt.date(2026, 3, 16)


def problems(world, relation: str, client: Client, word: str, owner: User) -> None:
    problem = Problem.objects.create(
        client=client, what=f"{word} trouble", details=f"{word} details", owner=owner,
        solution=f"{word} way out", raised_on=DAY,
    )  # fmt: skip
    world.add(relation, problem)
    step = ProblemStep.objects.create(problem=problem, what=f"{word} step", due=DAY, person=owner)
    world.add(relation, step)


def found(world, relation: str, client: Client, word: str) -> None:
    """What the data tell of; nobody but the client's people sees it."""
    signal = Signal.objects.create(
        client=client, kind="late_order", since=DAY, seen_on=DAY, shown_on=DAY, chance=0.01,
        reason=f"{word} reason", evidence={"last": "2026-01-02", "days": 73, "usual": 30},
    )  # fmt: skip
    world.add(relation, signal)
    row = HealthWeek.objects.create(
        client=client,
        week=DAY,
        score=61,
        coverage=70,
        parts={"rhythm": {"value": 40.0, "weight": 20}},
        quality=55,
    )
    world.add(relation, row)
    world.add(relation, RadarSettings.objects.get_or_create(pk=1)[0])
