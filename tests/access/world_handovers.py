"""Handovers and substitutions: rows of the small company.  All are over, so they lend nothing."""

import datetime as dt

from accounts.models import Client, Handover, HandoverStep, Substitution, User

DAY = dt.date(2026, 3, 2)


def handovers(world, relation: str, client: Client, word: str, owner: User) -> None:
    handover = Handover.objects.create(
        client=client, giver=world.people["administrator"], taker=owner, on=DAY,
        overlap_until=DAY, note=f"{word} sore", state="done", moved={"clients": 1},
    )  # fmt: skip
    world.add(relation, handover)
    step = HandoverStep.objects.create(handover=handover, position=1, what=f"{word} goodbye")
    world.add(relation, step)
    away = Substitution.objects.create(
        person=owner, substitute=world.people["manager"], since=DAY, until=DAY, note=f"{word} away"
    )
    world.add(relation, away)
