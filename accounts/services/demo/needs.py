"""What the demo's key clients will want, gathered by theme."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from django.db.models import Sum

from accounts.models import (
    Client,
    Contact,
    Document,
    Initiative,
    Interaction,
    Need,
    NeedStep,
    PlannedChange,
    ProductFamily,
    Theme,
    User,
)
from kam.lib.periods import start_of_day

State, Source = Need.State, Need.Source


@dataclass(frozen=True)
class Texts:
    # name, description, product family by its place in the words of the demo (none: -1)
    themes: tuple[tuple[str, str, int], ...]
    # theme, what, what for
    needs: tuple[tuple[int, str, str], ...]
    won: tuple[str, ...]
    lost: tuple[str, ...]
    outlived: tuple[str, ...]


EN = Texts(
    themes=(
        ("Refill and dosing", "Concentrates with dosing stations instead of cans.", 4),
        ("Compostable packaging", "What will be asked for when plastic is no longer wanted.", 1),
        ("Delivery to the site", "Straight to restaurants and floors instead of one warehouse.", -1),
        ("Own brand on the pack", "Cups, bags and napkins printed for the client.", 0),
        ("Training of staff", "People who clean and serve know how to use it and waste less.", -1),
        ("Guest sets of a new kind", "Sets for hotels without single-use plastic.", 7),
    ),
    needs=(
        (0, "Dosing stations on all floors", "use a third less and stop carrying cans"),
        (0, "One concentrate instead of four products", "fewer names to order and store"),
        (1, "Lids and boxes without plastic from autumn", "their landlord demands it"),
        (1, "A trial of paper straws that hold an hour", "guests complain about the present ones"),
        (2, "Delivery to each site before eight", "their own driver retires in spring"),
        (2, "Two deliveries a week in the season", "the store room is too small"),
        (3, "Cups with their new logo", "the brand changes with the new menu"),
        (3, "Printed bags in small runs", "a campaign every quarter"),
        (4, "Half a day of training at each new site", "complaints about cleaning fell where we did it"),
        (5, "Guest sets in paper, 40,000 a year", "the chain's standard changes"),
    ),
    won=("The first order has come.", "Framework order signed."),
    lost=("Bought from a rival who had it in stock.", "Our price was a tenth above the other one."),
    outlived=("The new director has stopped the project.", "They closed the site."),
)  # fmt: skip
RU = Texts(
    themes=(
        ("Дозирование и дозаправка", "Концентраты со станциями дозирования вместо канистр.", 4),
        ("Упаковка без пластика", "То, что спросят, когда от пластика начнут отказываться.", 1),
        ("Доставка прямо на объект", "Сразу в рестораны и на этажи, а не на один склад.", -1),
        ("Своя марка на упаковке", "Стаканы, пакеты и салфетки с печатью клиента.", 0),
        ("Обучение персонала", "Кто убирает и подаёт, знает, как расходовать меньше.", -1),
        ("Новые наборы для гостей", "Гостиничные наборы без одноразового пластика.", 7),
    ),
    needs=(
        (0, "Станции дозирования на всех этажах", "тратить на треть меньше и не носить канистры"),
        (0, "Один концентрат вместо четырёх средств", "меньше позиций заказывать и хранить"),
        (1, "С осени крышки и боксы без пластика", "этого требует арендодатель"),
        (1, "Попробовать бумажные трубочки, которые держатся час", "гости недовольны нынешними"),
        (2, "Доставка на каждый объект до восьми утра", "их водитель весной уходит на пенсию"),
        (2, "Две поставки в неделю в сезон", "мала кладовая"),
        (3, "Стаканы с новым логотипом", "вместе с меню меняется марка"),
        (3, "Пакеты с печатью малыми тиражами", "каждый квартал новая акция"),
        (4, "Полдня обучения на каждом новом объекте", "где мы учили, жалоб на уборку стало меньше"),
        (5, "Бумажные наборы для гостей, 40 000 в год", "меняется стандарт сети"),
    ),
    won=("Пришёл первый заказ.", "Подписан рамочный заказ."),
    lost=("Купили у другого, у которого было на складе.", "Наша цена оказалась на десятую часть выше."),
    outlived=("Новый директор остановил проект.", "Объект закрыли."),
)  # fmt: skip
TEXTS = {"en": EN, "ru": RU}
# Where needs stand, and how likely those that are open are.
STATES = (State.NOTED, State.CONFIRMED, State.OFFERED, State.WON, State.LOST, State.OUTLIVED)
SHARES = (0.34, 0.25, 0.16, 0.12, 0.08, 0.05)
LIKELIHOOD = {State.NOTED: 30, State.CONFIRMED: 50, State.OFFERED: 70, State.WON: 100}
# The way to each of them.
_WAY = (State.NOTED, State.CONFIRMED, State.OFFERED)


def fill(
    clients: Sequence[Client], language: str, as_of: dt.date, people: Sequence[User], seed: int
) -> int:
    """Needs of these clients; how many.  Runs for the system."""
    rng = np.random.default_rng([seed, 0, 12])
    texts = TEXTS[language]
    themes, families = _themes(texts, people)
    bought = dict(
        Document.objects.filter(
            client__in=clients, known_to__isnull=True, type__in=("invoice", "credit_note"),
            date__gt=as_of - dt.timedelta(days=365),
        ).order_by().values_list("client").annotate(Sum("net"))
    )  # fmt: skip
    contacts = dict(
        Contact.objects.filter(client__in=clients, left_on__isnull=True).order_by("-pk")
        .values_list("client_id", "pk")
    )  # fmt: skip
    talks = dict(
        Interaction.objects.filter(client__in=clients, known_to__isnull=True, date__lte=as_of)
        .order_by("date", "pk").values_list("client_id", "pk")
    )  # fmt: skip
    rows: list[Need] = []
    for client in clients:
        count = int(rng.integers(1, 4))
        for number in rng.choice(len(texts.needs), size=count, replace=False):
            theme, what, purpose = texts.needs[number]
            noted = as_of - dt.timedelta(days=int(rng.integers(8, 200)))
            row = Need(
                client=client, what=what, purpose=purpose, theme=themes[theme],
                family=families[theme], author_id=client.owner_id,
                created_at=start_of_day(noted) + dt.timedelta(hours=12), since=noted,
                source=Source.SAID if client.pk in contacts else Source.SEEN,
                contact_id=contacts.get(client.pk), interaction_id=talks.get(client.pk),
            )  # fmt: skip
            _stand(row, float(bought.get(client.pk) or 0), as_of, texts, rng)
            rows.append(row)
    Need.objects.bulk_create(rows, batch_size=500)
    NeedStep.objects.bulk_create(_steps(rows))
    return len(rows)


def clear() -> None:
    """Remove what does not go with the clients: themes, and what is asked of several clients."""
    for model in (Initiative, PlannedChange, Theme):
        model.objects.all().delete()


def _themes(texts: Texts, people: Sequence[User]) -> tuple[list[Theme], list[ProductFamily | None]]:
    leader = next((person for person in people if person.role == User.Role.MANAGER), None)
    themes = [
        Theme.objects.create(name=name, description=about, author=leader)
        for name, about, _family in texts.themes
    ]
    known = list(ProductFamily.objects.order_by("pk"))
    families = [
        known[place] if 0 <= place < len(known) else None for _name, _about, place in texts.themes
    ]
    return themes, families


def _stand(
    row: Need, bought: float, as_of: dt.date, texts: Texts, rng: np.random.Generator
) -> None:
    """Its money, by what the client buys in a year, and how far it is."""
    row.state = State(rng.choice(STATES, p=SHARES))
    if bought > 0 and rng.random() < 0.85:
        low = bought * rng.uniform(0.02, 0.08)
        row.low = round(low, -4) or 10_000
        row.high = max(round(low * rng.uniform(1.0, 1.9), -4), row.low)
    if row.high is not None and row.state in LIKELIHOOD:
        row.likelihood = int(np.clip(LIKELIHOOD[row.state] + rng.integers(-1, 2) * 10, 0, 100))
    if row.state != State.NOTED:
        row.since = min(as_of, row.since + dt.timedelta(days=int(rng.integers(7, 60))))
    if row.is_open and rng.random() < 0.7:
        row.by_when = as_of + dt.timedelta(days=int(rng.integers(-10, 260)))
    said = {State.WON: texts.won, State.LOST: texts.lost, State.OUTLIVED: texts.outlived}
    if row.state in said:
        row.reason = said[row.state][int(rng.integers(2))]


def _steps(rows: Sequence[Need]) -> list[NeedStep]:
    """How each came to where it is, one step a few days after the other."""
    steps = []
    for row in rows:
        way = list(_WAY[: _WAY.index(row.state) + 1]) if row.is_open else [*_WAY, row.state]
        if row.state == State.OUTLIVED:
            way = [State.NOTED, State.OUTLIVED]
        days = (row.since - row.created_at.date()).days
        for number, (before, after) in enumerate(itertools.pairwise(way), start=1):
            at = row.created_at + dt.timedelta(days=days * number // (len(way) - 1), minutes=number)
            steps.append(
                NeedStep(
                    need=row, before=before, after=after, person_id=row.author_id, at=at,
                    reason=row.reason if after == row.state else "",
                )
            )  # fmt: skip
    return steps
