"""Problems of the demo's key clients, the signals of its own data, and weeks of health."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from accounts.models import Client, Problem, ProblemStep, RadarSettings, Signal, User
from accounts.services import problems, radar
from kam.lib.periods import start_of_day

Kind, State, Outcome = Problem.Kind, Problem.State, Problem.Outcome


@dataclass(frozen=True)
class Story:
    """One problem as people tell it: its steps, and how such a one ends."""

    kind: str
    severity: int
    what: str
    details: str
    solution: str
    steps: tuple[str, ...]
    ended: str


STORIES = {
    "en": (
        Story(Kind.QUALITY, 3, "Two deliveries in a row came short",
              "The store noticed on the morning of the shift; gloves and bags were missing.",
              "Put the order together a day before, and a second check at the gate.",
              ("Find out with the warehouse why", "Second check for this client",
               "Ask them after the third delivery"),
              "Four deliveries in full since; they have said so themselves."),
        Story(Kind.PRICE, 2, "They compare our prices with a discounter’s",
              "The new head of purchasing asks for each line apart.",
              "Show what a cleaned square metre costs with our system, not a canister.",
              ("Work out the cost per square metre", "Meet the head of purchasing"),
              "They stay; two lines got a better price for a yearly volume."),
        Story(Kind.COMPETITOR, 2, "A competitor has put up its dispensers on trial",
              "At one of the five sites, since last month.",
              "Offer the refill system at that site, with training for the shift.",
              ("See how the trial goes", "Offer the refill system", "Training for the shift"),
              "The trial ended; the site went over to our refill system."),
        Story(Kind.OTHER, 1, "Orders come by phone and get lost",
              "Three people order, each in their own way.",
              "One form for all sites, one person who collects it.",
              ("Agree on the form", "Try it for a month"),
              "Not one order was lost in a month."),
    ),
    "ru": (
        Story(Kind.QUALITY, 3, "Две поставки подряд приехали неполными",
              "Заметили утром перед сменой: не хватило перчаток и мешков.",
              "Собирать заказ накануне и второй раз проверять на воротах.",
              ("Выяснить на складе, почему так вышло", "Вторая проверка для этого клиента",
               "Спросить их после третьей поставки"),
              "С тех пор четыре поставки полностью, они сами это сказали."),
        Story(Kind.PRICE, 2, "Сравнивают наши цены с дискаунтером",
              "Новый руководитель закупок просит каждую позицию отдельно.",
              "Показать, сколько стоит убранный квадратный метр, а не канистра.",
              ("Посчитать стоимость за квадратный метр", "Встретиться с руководителем закупок"),
              "Остаются; две позиции подешевели за годовой объём."),
        Story(Kind.COMPETITOR, 2, "Конкурент поставил свои дозаторы на пробу",
              "На одном из пяти объектов, с прошлого месяца.",
              "Предложить там систему дозаправки и обучить смену.",
              ("Узнать, как идёт проба", "Предложить систему дозаправки", "Обучить смену"),
              "Проба кончилась, объект перешёл на нашу систему дозаправки."),
        Story(Kind.OTHER, 1, "Заказы по телефону теряются",
              "Заказывают три человека, каждый по-своему.",
              "Одна форма на все объекты и один человек, который её собирает.",
              ("Согласовать форму", "Попробовать месяц"),
              "За месяц не потерялся ни один заказ."),
    ),
}  # fmt: skip
REASONS = {
    "en": ("They take stock until the end of the month; orders go on after it.",
           "The invoice is disputed, the bookkeepers are at it."),
    "ru": ("До конца месяца инвентаризация, потом заказы продолжатся.",
           "Спор по счёту, бухгалтерии уже разбираются."),
}  # fmt: skip


def fill(
    clients: Sequence[Client], language: str, as_of: dt.date, people: Sequence[User], seed: int
) -> int:
    """Problems in several states, then what the search finds; how many problems.  For the system."""
    rng = np.random.default_rng([seed, 0, 31])
    stories, done = STORIES[language], 0
    served = [client for client in clients if client.owner_id]
    helper = next((person for person in people if person.function == "delivery"), None)
    for number, client in enumerate(served):
        if number % 2 and number > 3:
            continue
        story = stories[number // 2 % len(stories)]
        closed = number % 4 == 2
        age = int(rng.integers(70, 160)) if closed else int(rng.integers(3, 40))
        first = _problem(client, story, as_of - dt.timedelta(days=age), as_of, closed, helper)
        done += 1
        if closed and number % 8 == 2:
            _problem(client, story, as_of - dt.timedelta(days=9), as_of, False, helper, first)
            done += 1
    radar.fill_weeks(as_of, among=[client.pk for client in clients])
    for back in (14, 7, 0):
        radar.search(as_of - dt.timedelta(days=back))
    _settle(language, as_of)
    return done


def _problem(
    client: Client,
    story: Story,
    day: dt.date,
    as_of: dt.date,
    closed: bool,
    helper: User | None,
    previous: Problem | None = None,
) -> Problem:
    begun = closed or story.severity > 1
    row = Problem.objects.create(
        client=client, kind=story.kind, severity=story.severity, what=story.what,
        details=story.details, solution=story.solution if begun else "", owner=client.owner,
        author=client.owner, raised_on=day, previous=previous,
        created_at=start_of_day(day) + dt.timedelta(hours=10),
        state=State.CLOSED if closed else State.WORKING if begun else State.OPEN,
        outcome=Outcome.SOLVED if closed else "", came_of_it=story.ended if closed else "",
        closed_on=day + dt.timedelta(days=45) if closed else None,
        closed_by=client.owner if closed else None,
    )  # fmt: skip
    if begun:
        ProblemStep.objects.bulk_create(
            ProblemStep(
                problem=row, what=what, due=day + dt.timedelta(days=7 * (at + 1)),
                person=helper if at == 1 and helper else client.owner,
                done_on=day + dt.timedelta(days=6 * (at + 1))
                if closed or (at == 0 and day + dt.timedelta(days=6) <= as_of) else None,
            )
            for at, what in enumerate(story.steps)
        )  # fmt: skip
    return row


def _settle(language: str, as_of: dt.date) -> None:
    """A few signals that somebody has looked at already."""
    rows = Signal.objects.filter(
        state=Signal.State.OPEN, shown_on__isnull=False, client__owner__isnull=False
    )
    seen = list(rows.select_related("client__owner").order_by("-level", "-revenue", "pk")[:12])
    later, dispute = REASONS[language]
    for at, signal in enumerate(seen):
        person = signal.client.owner
        if at == 3:
            problems.take(signal, person)
        elif at == 6:
            problems.snooze(signal, as_of + dt.timedelta(days=21), later, person)
        elif at == 9:
            problems.dismiss(signal, dispute, person)


def clear() -> None:
    RadarSettings.objects.all().delete()
