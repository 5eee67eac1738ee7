"""The demo's hours, costs of key clients and of the programme."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal

import numpy as np

from accounts.models import (
    Client,
    EffortRules,
    EffortWeek,
    HourRate,
    ProgrammeCost,
    ServiceCost,
    User,
)
from accounts.selectors import efforts as found
from accounts.services.efforts import QUARTER, estimate
from kam.lib.periods import start_of_day

SAID_WEEKS = 10
# Days before the demo's day, thousands.
PROGRAMME = {
    "en": (
        ("hiring", "Two KAMs found through an agency", 640, 140),
        ("training", "Course on talks with procurement, six people", 480, 90),
        ("investment", "Delivery in two hours: scanner gates in the store", 430, 260),
        ("training", "Week with technologists of the plant", 250, 45),
        ("running", "Yearly meeting of key clients", 130, 95),
    ),
    "ru": (
        ("hiring", "Два КАМа через кадровое агентство", 640, 140),
        ("training", "Курс переговоров с закупками, шесть человек", 480, 90),
        ("investment", "Доставка за два часа: сканеры на складе", 430, 260),
        ("training", "Неделя с технологами завода", 250, 45),
        ("running", "Ежегодная встреча ключевых клиентов", 130, 95),
    ),
}
SERVICE = {
    "en": (
        ("service", "A technologist on site for a day", 14),
        ("process", "Labels with the client’s own codes", 22),
        ("freight", "Urgent delivery on a Saturday", 9),
        ("claim", "Replacement of a damaged pallet", 17),
        ("start", "Dosing stations fitted at the start", 60),
    ),
    "ru": (
        ("service", "Выезд технолога на день", 14),
        ("process", "Этикетки с кодами клиента", 22),
        ("freight", "Срочная доставка в субботу", 9),
        ("claim", "Замена повреждённой паллеты", 17),
        ("start", "Установка дозирующих станций при запуске", 60),
    ),
}


def fill(
    clients: Sequence[Client], language: str, as_of: dt.date, people: Sequence[User], seed: int
) -> int:
    """Weeks that KAMs have said, costs of these clients and of the programme; returns how many
    rows.  Runs for the system."""
    rng = np.random.default_rng([seed, 0, 29])
    rules, _made = EffortRules.objects.get_or_create(pk=1)
    kams = [person for person in people if person.role == User.Role.KAM]
    HourRate.objects.bulk_create(
        [HourRate(person=person, rate=Decimal(1400 + 200 * at)) for at, person in enumerate(kams)]
    )
    rates = dict(HourRate.objects.values_list("person", "rate"))
    weeks = _weeks(clients, rules, rates, as_of, rng)
    EffortWeek.objects.bulk_create(weeks)
    costs = []
    for client in clients:
        for which in rng.choice(len(SERVICE[language]), int(rng.integers(0, 4)), replace=False):
            kind, what, thousands = SERVICE[language][int(which)]
            day = as_of - dt.timedelta(days=int(rng.integers(10, 340)))
            amount = Decimal(int(thousands * rng.uniform(0.4, 1.1))) * 1000
            costs.append(
                ServiceCost(
                    client=client,
                    kind=kind,
                    what=what,
                    date=day,
                    amount=amount,
                    author_id=client.owner_id,
                    created_at=start_of_day(day) + dt.timedelta(hours=11),
                )
            )
    ServiceCost.objects.bulk_create(costs)
    manager = next(person for person in people if person.role == User.Role.MANAGER)
    programme = [
        ProgrammeCost(
            kind=kind, what=what, date=as_of - dt.timedelta(days=ago),
            amount=Decimal(thousands) * 1000, author=manager,
        )
        for kind, what, ago, thousands in PROGRAMME[language]
    ]  # fmt: skip
    ProgrammeCost.objects.bulk_create(programme)
    return len(weeks) + len(costs) + len(programme)


def _weeks(clients, rules, rates, as_of: dt.date, rng) -> list[EffortWeek]:
    """All but the last whole week: that one waits for its minute."""
    last = found.monday(as_of) - dt.timedelta(weeks=1)
    first = last - dt.timedelta(weeks=SAID_WEEKS)
    counts = found.work(first, last - dt.timedelta(days=1), [client.pk for client in clients])
    rows = []
    for client in clients:
        if client.owner_id not in rates:
            continue
        for back in range(1, SAID_WEEKS + 1):
            week = last - dt.timedelta(weeks=back)
            estimated = estimate(counts.get((client.pk, week), {}), rules)
            off = int(rng.choice([0, 0, 0, 1, 2, 4, 6, -1]))
            hours = max(Decimal(0), estimated + off * 2 * QUARTER)
            rows.append(
                EffortWeek(
                    client=client,
                    person_id=client.owner_id,
                    week=week,
                    hours=hours,
                    estimated=estimated,
                    rate=rates[client.owner_id],
                    saved_at=start_of_day(week + dt.timedelta(days=7)) + dt.timedelta(hours=9),
                )
            )
    return rows


def clear() -> None:
    ProgrammeCost.objects.all().delete()
    EffortRules.objects.all().delete()
