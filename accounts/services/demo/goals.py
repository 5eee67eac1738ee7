"""The demo's goals on their way: a year of readings, loyalty first, some of the clients' own, and
the goal of the programme."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from accounts.measures.compute import compute
from accounts.models import Client, Goal, GoalReading, ProgrammeGoal, User
from kam.lib.company import company
from kam.lib.periods import add_months, start_of_day

Side = Goal.Side


@dataclass(frozen=True)
class Texts:
    loyalty: tuple[str, str, str]
    points: str
    theirs: tuple[tuple[str, str, str, str, str], ...]  # why, what for, how, measure, unit
    programme: tuple[str, str, str]
    notes: tuple[str, ...]


EN = Texts(
    loyalty=(
        "They stay out of habit; another supplier called on them twice this year.",
        "They would recommend us without being asked.",
        "Keep every promise in time, and ask after each delivery.",
    ),
    points="points",
    theirs=(
        (
            "They open new sites and lack people.", "Two more sites run with the present staff.",
            "We train their cleaners and set up the stores.", "sites that run by our scheme", "sites",
        ),
        (
            "Their chemicals cost more each year.", "They spend a tenth less on each square metre.",
            "Dosing pumps, and a report every month.", "cost of a square metre", "a month",
        ),
    ),
    programme=(
        "Half of the profit hangs on a few clients, and nobody looked after them as such.",
        "Half of the regular profit comes from clients who have a plan, and none of them leaves.",
        "Each key client has a KAM, a goal and a plan; once a quarter we look at all of them.",
    ),
    notes=(
        "The new branch has begun to order.", "Their buyer was on leave; it moves on next month.",
        "They liked the training.", "Two deliveries came late, we spoke about it.",
    ),
)  # fmt: skip
RU = Texts(
    loyalty=(
        "Работают с нами по привычке; другой поставщик в этом году приходил дважды.",
        "Рекомендуют нас сами, без просьбы.",
        "Выполнять все обещания в срок и спрашивать после каждой поставки.",
    ),
    points="баллы",
    theirs=(
        (
            "Открывают новые объекты, людей не хватает.", "Ещё два объекта работают тем же составом.",
            "Обучаем их уборщиков и ставим склады.", "объекты по нашей схеме", "объекты",
        ),
        (
            "Химия дорожает каждый год.", "Тратят на десятую часть меньше на каждый метр.",
            "Дозаторы и отчёт раз в месяц.", "стоимость квадратного метра", "в месяц",
        ),
    ),
    programme=(
        "Половина прибыли держится на немногих клиентах, а отдельно ими никто не занимался.",
        "Половина регулярной прибыли — от клиентов с планом, и ни один из них не ушёл.",
        "У каждого ключевого клиента есть КАМ, цель и план; раз в квартал смотрим на всех.",
    ),
    notes=(
        "Новый филиал начал заказывать.", "Закупщик был в отпуске, сдвинется в следующем месяце.",
        "Обучение понравилось.", "Две поставки опоздали, обсудили.",
    ),
)  # fmt: skip
TEXTS = {"en": EN, "ru": RU}
THEIRS = 0.3
MONTHS_READ = 9


def fill(
    clients: Sequence[Client], language: str, as_of: dt.date, people: Sequence[User], seed: int
) -> int:
    """Goals with their readings; returns how many readings.  Runs for the system."""
    rng = np.random.default_rng([seed, 0, 8])
    texts = TEXTS[language]
    leader = next((each for each in people if each.role == User.Role.MANAGER), None)
    why, what_for, how = texts.programme
    programme = ProgrammeGoal.objects.create(
        year=as_of.year, why=why, what_for=what_for, how=how, owner=leader, author=leader
    )
    Goal.objects.filter(client__in=clients, status=Goal.Status.OPEN).update(programme=programme)
    days = [add_months(as_of, -months) for months in range(MONTHS_READ, 0, -1)] + [as_of]
    loyalty = {day: _column("loyalty", day) for day in days}
    revenue = {day: _column("revenue", day) for day in days}
    _add_goals(clients, texts, programme, loyalty, days, rng)
    rows: list[GoalReading] = []
    goals = Goal.objects.filter(client__in=clients, status=Goal.Status.OPEN)
    for goal in goals.select_related("owner").order_by("pk"):
        if not goal.is_complete:
            continue
        known = {"loyalty": loyalty, "revenue": revenue}.get(goal.measure)
        for day in days:
            if day < goal.created_at.date():
                continue
            if known is None:
                rows.append(_said(goal, day, as_of, texts, rng))
            elif (value := known[day].get(goal.client_id)) is not None:
                exact = Decimal(str(round(value, 2)))
                rows.append(GoalReading(goal=goal, day=day, value=exact, computed=True))
    GoalReading.objects.bulk_create(rows, batch_size=1_000)
    return len(rows)


def clear() -> None:
    """Remove the goals of the programme; those with clients go with them."""
    ProgrammeGoal.objects.all().delete()


def _column(measure: str, day: dt.date) -> dict[int, float]:
    columns = compute([measure], day)
    pairs = zip(columns.ids.tolist(), columns.values[measure].tolist(), strict=True)
    return {client: value for client, value in pairs if value == value}


def _add_goals(clients, texts: Texts, programme, loyalty, days, rng: np.random.Generator) -> None:
    rows = []
    for client in clients:
        if client.owner_id is None:
            continue
        begun = start_of_day(days[0]) + dt.timedelta(hours=10)
        common = {
            "client": client, "owner_id": client.owner_id, "author_id": client.owner_id,
            "programme": programme, "created_at": begun,
        }  # fmt: skip
        now = loyalty[days[0]].get(client.pk)
        if now is not None:
            why, what_for, how = texts.loyalty
            start = Decimal(str(round(now, 1)))
            rows.append(
                Goal(
                    **common, why=why, what_for=what_for, how=how, measure="loyalty",
                    unit=texts.points, start=start, target=min(start + 1, Decimal(10)) or 1,
                    due=add_months(days[0], 15),
                )
            )  # fmt: skip
        if rng.random() < THEIRS:
            why, what_for, how, own, unit = texts.theirs[int(rng.integers(len(texts.theirs)))]
            lowers = unit in ("a month", "в месяц")
            rows.append(
                Goal(
                    **common, side=Side.THEIRS, why=why, what_for=what_for, how=how,
                    own_measure=own, unit=f"{company().currency} {unit}" if lowers else unit,
                    start=50 if lowers else 3, target=45 if lowers else 5,
                    due=add_months(days[0], 12 + int(rng.integers(0, 6))),
                )
            )  # fmt: skip
    Goal.objects.bulk_create(row for row in rows if row.start != row.target)


def _said(goal: Goal, day: dt.date, as_of: dt.date, texts: Texts, rng) -> GoalReading:
    """A check-in near the path, sometimes well behind it."""
    begun = goal.created_at.date()
    share = (day - begun).days / max((goal.due - begun).days, 1)
    part = max(share * rng.uniform(0.5, 1.15), 0.0)
    value = goal.start + (goal.target - goal.start) * Decimal(str(round(part, 2)))
    note = texts.notes[int(rng.integers(len(texts.notes)))] if rng.random() < 0.6 else ""
    return GoalReading(
        goal=goal, day=day, value=value.quantize(Decimal("0.1")), note=note, person=goal.owner,
        at=start_of_day(day) + dt.timedelta(hours=12),
    )  # fmt: skip
