"""The demo's programme so far: three decisions over the last thirteen months, each with goals.

Everything goes through the services that people use, dated back: the ranking of the day, the
proposal, the goals, the confirmation.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from accounts.measures.compute import compute
from accounts.models import Client, Goal, Standing, User
from accounts.selectors.standings import open_goals
from accounts.services.demo.key_trading import tell_anew
from accounts.services.demo.shapes import Size
from accounts.services.demo.words.vocabulary import Words
from kam.lib.periods import start_of_day
from scoring.models import DecisionItem, MatrixVersion

from . import decisions
from .ranking import run_ranking

# Days before the demo's last day.  Nine whole months at least lie between the second one and today,
# and two years before it, so that the programme's return can be judged and checked.
DAYS_AGO = (435, 315, 45)
YEAR = 365


@dataclass(frozen=True)
class Answers:
    """The three answers of a goal; ``own`` and ``unit`` where people count the result."""

    why: str
    what_for: str
    how: str
    own: str = ""
    unit: str = ""


@dataclass(frozen=True)
class Texts:
    goals: tuple[Answers, ...]
    reasons: tuple[str, str, str]
    held_back: str
    currency: str


EN = Texts(
    goals=(
        Answers(
            "They open two kitchens this year and plan their purchases with us already.",
            "Half of what both kitchens need comes from us, and they stop looking for stock.",
            "Monthly planning with their buyer; our service visits before each opening.",
        ),
        Answers(
            "They pay on time and buy more with every season, but from three suppliers.",
            "We become the first call for the whole range, they save two deliveries a week.",
            "A joint range review each quarter; a fixed delivery window; one contact here.",
        ),
        Answers(
            "Their margin falls because of small urgent orders, and ours with it.",
            "Fewer and larger orders: cheaper for them, plannable for us.",
            "A stock of ten items at their place, refilled weekly by our driver.",
        ),
        Answers(
            "They said twice that questions about service take us too long.",
            "They are glad to recommend us, and we hear of trouble first.",
            "A named person in service, an answer within four hours, a survey every quarter.",
            own="satisfaction in the survey",
            unit="points of 10",
        ),
        Answers(
            "A tender is due next year, and they know only a third of what we can do.",
            "They write the tender knowing our service, and we know what matters to them.",
            "Visits of both purchasing teams, a trial of two new lines, references from peers.",
        ),
    ),
    reasons=(
        "First list by the new criteria; sales and service agreed.",
        "Half a year of trial is over: those who kept up become key.",
        "After the autumn review of the portfolio.",
    ),
    held_back="They want to settle the old complaint first; we come back to it in spring.",
    currency="RUB",
)
RU = Texts(
    goals=(
        Answers(
            "В этом году они открывают две кухни и уже планируют закупки вместе с нами.",
            "Половину потребностей обеих кухонь закрываем мы, а они перестают искать остатки.",
            "Ежемесячное планирование с их закупщиком, выезд сервиса перед каждым открытием.",
        ),
        Answers(
            "Платят вовремя и с каждым сезоном берут больше, но у трёх поставщиков.",
            "По всему ассортименту звонят сначала нам и экономят две доставки в неделю.",
            "Раз в квартал вместе смотрим ассортимент; постоянное окно доставки; один контакт.",
        ),
        Answers(
            "Из-за мелких срочных заказов падает их маржа, а с ней и наша.",
            "Заказов меньше, но крупнее: им дешевле, нам проще планировать.",
            "Запас из десяти позиций у них на складе, раз в неделю пополняет наш водитель.",
        ),
        Answers(
            "Дважды говорили, что на вопросы по сервису мы отвечаем слишком долго.",
            "Нас охотно рекомендуют, а о трудностях мы узнаём первыми.",
            "Свой человек в сервисе, ответ за четыре часа, опрос каждый квартал.",
            own="удовлетворённость по опросу",
            unit="баллов из 10",
        ),
        Answers(
            "В следующем году тендер, а знают они только треть того, что мы умеем.",
            "Условия тендера пишут, зная наш сервис, а мы знаем, что для них важно.",
            "Встречи закупок обеих сторон, проба двух новых линий, отзывы похожих компаний.",
        ),
    ),
    reasons=(
        "Первый список по новым критериям, продажи и сервис согласны.",
        "Полгода испытательного срока прошли: кто справился, становится ключевым.",
        "По итогам осеннего обзора портфеля.",
    ),
    held_back="Хотят сначала закрыть старую претензию; вернёмся к вопросу весной.",
    currency="₽",
)
TEXTS = {"en": EN, "ru": RU}


def decide_so_far(version: MatrixVersion, words: Words, size: Size, people: Sequence[User]) -> int:
    """Make the past decisions, and let those that became key trade as key clients do; returns how
    many clients were moved.  Runs for a system actor, before payments are allocated."""
    texts = TEXTS[words.language]
    rng = np.random.default_rng([size.seed, 0, 2])
    manager = next(person for person in people if person.role == User.Role.MANAGER)
    moved = 0
    for days, reason in zip(DAYS_AGO, texts.reasons, strict=True):
        day = size.as_of - dt.timedelta(days=days)
        run = run_ranking(version, day)
        if not run.selected:
            continue
        decision = decisions.prepare(run, manager, day)
        items = list(DecisionItem.objects.filter(decision=decision).select_related("client"))
        _write_goals(items, texts, rng, day, manager)
        entering = [item for item in items if item.outcome == "enter"]
        if len(entering) > 1:  # people know something that the ranking does not
            doubtful = entering[-1]
            decisions.choose(decision, {doubtful.pk: (doubtful.before, texts.held_back)})
        moved += sum(item.changes for item in items)
        decisions.confirm(decision, manager, reason, day)
        since = _key_since()
        tell_anew(words, size, since, {pk for pk in since if since[pk] == day}, people)
    return moved


def _key_since() -> dict[int, dt.date]:
    """Since when the clients that became key are so."""
    rows = Standing.objects.filter(value__in=Standing.IS_KEY, known_to__isnull=True)
    return dict(rows.order_by("-since").values_list("client", "since"))


def _write_goals(items, texts: Texts, rng, day: dt.date, manager: User) -> None:
    gated = [item for item in items if item.proposed in ("trial", "key") and item.changes]
    has = open_goals([item.client_id for item in gated])
    facts = compute(["revenue"], day)
    revenue = dict(zip(facts.ids.tolist(), facts.values["revenue"].tolist(), strict=True))
    goals = []
    for item in gated:
        if item.client_id in has:
            continue
        answers = texts.goals[int(rng.integers(len(texts.goals)))]
        goals.append(_goal(item.client, answers, texts, revenue, rng, day, manager))
    Goal.objects.bulk_create(goals)


def _goal(client: Client, answers: Answers, texts: Texts, revenue, rng, day, manager) -> Goal:
    if answers.own:
        start, target = Decimal(int(rng.integers(5, 8))), Decimal(9)
    else:
        # To the nearest ten thousand: as people write a goal.
        now = max(revenue.get(client.pk, 0.0), 100_000.0)
        start = Decimal(round(now, -4))
        target = Decimal(round(now * rng.uniform(1.03, 1.16), -4)) + 10_000
    return Goal(
        client=client,
        why=answers.why,
        what_for=answers.what_for,
        how=answers.how,
        measure="" if answers.own else "revenue",
        own_measure=answers.own,
        unit=answers.unit or texts.currency,
        start=start,
        target=target,
        due=day + dt.timedelta(days=YEAR + int(rng.integers(30, 150))),
        owner_id=client.owner_id or manager.pk,
        author=manager,
        created_at=start_of_day(day) + dt.timedelta(hours=10),
    )
