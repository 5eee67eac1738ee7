"""Hours, costs and what they are counted by: rows of the small company."""

import datetime as dt
from decimal import Decimal

from accounts.models import (
    Client,
    EffortRules,
    EffortWeek,
    HourRate,
    ProgrammeCost,
    ServiceCost,
    User,
)

DAY = dt.date(2026, 3, 16)  # a Monday


def costs(world, relation: str, client: Client, word: str, owner: User) -> None:
    add = world.add
    hours = EffortWeek(
        client=client, person=owner, week=DAY, hours=Decimal(3), estimated=Decimal(2),
        rate=Decimal(1500),
    )  # fmt: skip
    hours.save()
    add(relation, hours)
    cost = ServiceCost.objects.create(
        client=client, what=f"{word} service", date=DAY, amount=Decimal(4000)
    )
    add(relation, cost)
    rules, _made = EffortRules.objects.get_or_create(pk=1)
    add(relation, rules)
    programme, _made = ProgrammeCost.objects.get_or_create(
        what="Training of KAMs", defaults={"kind": "training", "date": DAY, "amount": Decimal(9000)}
    )
    add(relation, programme)
    add(relation, HourRate.objects.get_or_create(person=owner, defaults={"rate": 1700})[0])
