"""The demo's exceptional offers: what some key clients get and nobody else."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from accounts.models import Client, ExceptionalOffer, OfferPart, Process, Promise, User
from kam.lib.periods import start_of_day

Kind = OfferPart.Kind


@dataclass(frozen=True)
class Part:
    kind: str
    what: str
    assured: str
    function: str = ""


@dataclass(frozen=True)
class Texts:
    title: str
    expectation: str
    parts: tuple[Part, ...]
    evidence: str


OFFERS: dict[str, tuple[Texts, ...]] = {
    "en": (
        Texts(
            "Never out of stock in season",
            "“In December your competitors run out of gloves and paper. We must not.”",
            (
                Part(Kind.STOCK, "60 boxes of gloves set aside from October to March",
                     "a shelf of their own in the store, counted every Monday", "delivery"),
                Part(Kind.TERMS, "Last half-year's price holds for what is set aside",
                     "the price is in the agreement", ""),
                Part(Kind.SERVICE, "A message the same day if anything is short",
                     "the store manager has it in the closing list", "delivery"),
            ),
            "The Monday count is in the file, they have seen it.",
        ),
        Texts(
            "One set for every new site",
            "“When we open a site we want to make one call, not ten orders.”",
            (
                Part(Kind.PRODUCT, "A starting set packed for a site of up to 2,000 m²",
                     "the list is agreed, packing takes a day", "delivery"),
                Part(Kind.SERVICE, "Our trainer on the site in its first week",
                     "two days a month are kept free", "service"),
                Part(Kind.TERMS, "A new site pays its first set after 45 days",
                     "the director has signed it", ""),
            ),
            "The site manager signed for the set.",
        ),
    ),
    "ru": (
        Texts(
            "В сезон всегда есть в наличии",
            "«В декабре у ваших конкурентов кончаются перчатки и бумага. У нас не должны».",
            (
                Part(Kind.STOCK, "60 коробок перчаток отложены с октября по март",
                     "своя полка на складе, пересчёт каждый понедельник", "delivery"),
                Part(Kind.TERMS, "На отложенное действует цена прошлого полугодия",
                     "цена записана в договоре", ""),
                Part(Kind.SERVICE, "Сообщение в тот же день, если чего-то не хватает",
                     "стоит в вечернем списке начальника склада", "delivery"),
            ),
            "Пересчёт за понедельник в деле, клиент его видел.",
        ),
        Texts(
            "Один набор на каждый новый объект",
            "«Когда открываем объект, хотим сделать один звонок, а не десять заказов».",
            (
                Part(Kind.PRODUCT, "Стартовый набор на объект до 2000 м²",
                     "список согласован, сборка занимает день", "delivery"),
                Part(Kind.SERVICE, "Наш технолог на объекте в первую неделю",
                     "два дня в месяц держим свободными", "service"),
                Part(Kind.TERMS, "Первый набор новый объект оплачивает через 45 дней",
                     "подписано директором", ""),
            ),
            "Заведующий объектом расписался за набор.",
        ),
    ),
}  # fmt: skip
WITH_OFFER = 0.4
DRAFTS = 0.2


def fill(
    clients: Sequence[Client], language: str, as_of: dt.date, people: Sequence[User], seed: int
) -> int:
    """Offers to some of these clients; returns how many.  Runs for the system."""
    rng = np.random.default_rng([seed, 0, 11])
    helpers = {person.function: person for person in people if person.function}
    ways = {row.client_id: row for row in Process.objects.filter(client__in=clients)}
    made = 0
    for client in clients:
        if rng.random() > WITH_OFFER or client.owner is None:
            continue
        texts = OFFERS[language][made % 2]
        draft = made > 0 and rng.random() < DRAFTS
        begun = as_of - dt.timedelta(days=int(rng.integers(40, 200)))
        offer = ExceptionalOffer.objects.create(
            client=client, title=texts.title, expectation=texts.expectation,
            starts=as_of + dt.timedelta(days=14) if draft else begun,
            process=ways.get(client.pk), given_on=None if draft else begun, author=client.owner,
            created_at=start_of_day(begun) - dt.timedelta(days=2),
        )  # fmt: skip
        for number, part in enumerate(texts.parts):
            due = begun + dt.timedelta(days=20 * (number + 1))
            row = OfferPart(
                offer=offer, kind=part.kind, what=part.what, due=due, assured=part.assured,
                owner=helpers.get(part.function),
            )  # fmt: skip
            if draft:
                row.due = as_of + dt.timedelta(days=21 + 7 * number)
            else:
                row.promise = _promised(row, client, begun, as_of, texts, rng)
            row.save()
        made += 1
    return made


def _promised(
    part: OfferPart,
    client: Client,
    begun: dt.date,
    as_of: dt.date,
    texts: Texts,
    rng: np.random.Generator,
) -> Promise:
    promise = Promise(
        client=client, what=part.what, due=part.due,
        first_due=part.due, owner=part.owner or client.owner, assured=part.assured,
        author=client.owner, created_at=start_of_day(begun) + dt.timedelta(hours=10),
    )  # fmt: skip
    if part.due <= as_of:
        promise.state = Promise.State.KEPT
        promise.settled_on, promise.settled_by = part.due, promise.owner
        promise.evidence = texts.evidence
        promise.satisfaction = int(np.clip(round(rng.normal(8.5, 1)), 1, 10))
    promise.save()
    return promise
