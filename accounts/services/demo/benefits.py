"""The demo's mutual benefit: what key clients gain, their words, and whom they brought."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from accounts.models import Benefit, Client, Contact, Reference, Relation, User
from kam.lib.periods import start_of_day

State, Kind, Permission = Benefit.State, Reference.Kind, Reference.Permission


@dataclass(frozen=True)
class Texts:
    benefits: tuple[tuple[str, str, int], ...]  # what, how counted, thousands a year
    confirmed: tuple[str, ...]
    disputed: str
    reviews: tuple[tuple[str, str], ...]
    case: tuple[str, str]
    call: str
    recommended: str


EN = Texts(
    benefits=(
        ("Less concentrate per shift", "Use before and after the dosing stations, 12 months of their own records, at their price.", 180),
        ("No stock-outs on Mondays", "Four stoppages a year before, none since; an hour of the shift costs 14,000.", 110),
        ("One supplier instead of three", "Hours of the buyer and of accounting on orders and papers, by their own count.", 240),
        ("Fewer complaints of guests", "Returned nights before and after the change of products.", 320),
    ),
    confirmed=("Minutes of the yearly review, signed by both.", "Letter of the director.", "Their own report for the quarter, sent by mail."),
    disputed="They count the hours of the buyer otherwise: half of it at most.",
    reviews=(
        ("They keep their word", "In two years not one delivery was missed. When something ran out they told us before we noticed."),
        ("Our people stopped fearing inspections", "They taught every new shift and brought the papers in order."),
        ("Orders take ten minutes", "What took the buyer half a day is a list that we confirm."),
    ),
    case=("How a chain saved a fifth of its detergent", "Dosing stations in 14 kitchens, training, a year of figures."),
    call="Ready to talk with those who choose a supplier",
    recommended="Told them of us at a meeting of the trade.",
)  # fmt: skip
RU = Texts(
    benefits=(
        ("Меньше концентрата за смену", "Расход до и после дозирующих станций по их же учёту за 12 месяцев, по их цене.", 180),
        ("Нет простоев по понедельникам", "Раньше четыре простоя в год, с тех пор ни одного; час смены стоит 14 000.", 110),
        ("Один поставщик вместо трёх", "Часы закупщика и бухгалтерии на заказы и документы, по их подсчёту.", 240),
        ("Меньше жалоб гостей", "Возвраты за ночь до и после смены средств.", 320),
    ),
    confirmed=("Протокол годовой встречи, подписан обеими сторонами.", "Письмо директора.", "Их отчёт за квартал, прислали по почте."),
    disputed="Часы закупщика считают иначе: не больше половины.",
    reviews=(
        ("Держат слово", "За два года не сорвали ни одной поставки. Если чего-то нет, предупреждают раньше, чем мы заметим."),
        ("Наши люди перестали бояться проверок", "Обучают каждую новую смену, документы привели в порядок."),
        ("Заказ занимает десять минут", "Раньше закупщик тратил полдня, теперь подтверждает готовый список."),
    ),
    case=("Как сеть сэкономила пятую часть моющих средств", "Дозирующие станции на 14 кухнях, обучение, цифры за год."),
    call="Готовы поговорить с теми, кто выбирает поставщика",
    recommended="Рассказали о нас на отраслевой встрече.",
)  # fmt: skip
TEXTS = {"en": EN, "ru": RU}


def fill(
    clients: Sequence[Client], language: str, as_of: dt.date, people: Sequence[User], seed: int
) -> int:
    """Benefits and references of these clients; returns how many.  Runs for the system."""
    rng = np.random.default_rng([seed, 0, 13])
    texts = TEXTS[language]
    contacts: dict[int, Contact] = {}
    rows = Contact.objects.filter(client__in=clients, left_on__isnull=True).order_by("-pk")
    for contact in rows:
        contacts[contact.client_id] = contact
    benefits, references = [], []
    for place, client in enumerate(clients):
        contact = contacts.get(client.pk)
        if place % 3 != 2:
            many = 1 + int(rng.random() < 0.45)
            for which in rng.choice(len(texts.benefits), many, replace=False):
                benefits.append(_benefit(client, contact, texts, int(which), as_of, rng))
        if contact is not None and place % 4 == 1:
            references.append(_reference(client, contact, texts, place // 4, as_of, rng))
    Benefit.objects.bulk_create(benefits)
    Reference.objects.bulk_create(references)
    _refer(clients, texts, as_of, rng)
    return len(benefits) + len(references)


def _benefit(client, contact, texts: Texts, which: int, as_of, rng: np.random.Generator) -> Benefit:
    what, method, thousands = texts.benefits[which]
    since = as_of - dt.timedelta(days=int(rng.integers(60, 500)))
    row = Benefit(
        client=client, what=what, method=method, since=since, author_id=client.owner_id,
        amount=Decimal(int(thousands * rng.uniform(0.5, 2.2))) * 1000,
        created_at=start_of_day(since) + dt.timedelta(hours=12),
    )  # fmt: skip
    roll = rng.random()
    if contact is not None and roll < 0.55:
        row.state, row.contact = State.CONFIRMED, contact
        row.settled_on = since + dt.timedelta(days=int(rng.integers(20, 60)))
        row.evidence = texts.confirmed[int(rng.integers(len(texts.confirmed)))]
    elif contact is not None and roll < 0.63:
        row.state, row.contact = State.DISPUTED, contact
        row.settled_on, row.evidence = since + dt.timedelta(days=30), texts.disputed
    return row


def _reference(client, contact, texts: Texts, number: int, as_of, rng) -> Reference:
    given = as_of - dt.timedelta(days=int(rng.integers(20, 400)))
    row = Reference(
        client=client, contact=contact, given_on=given, author_id=client.owner_id,
        created_at=start_of_day(given) + dt.timedelta(hours=12),
    )  # fmt: skip
    if number % 4 == 2:
        row.kind, (row.title, row.text) = Kind.CASE, texts.case
    elif number % 4 == 3:
        row.kind, row.title = Kind.CALL, texts.call
    else:
        row.title, row.text = texts.reviews[number % len(texts.reviews)]
    if number % 3 != 1:
        row.permission, row.permitted_by = Permission.GIVEN, contact
        row.permitted_until = (None, as_of + dt.timedelta(days=21), given)[number % 3]
    elif number % 2:
        row.permission = Permission.ASKED
    return row


def _refer(clients: Sequence[Client], texts: Texts, as_of, rng: np.random.Generator) -> None:
    """Other clients that buy came by the word of these."""
    if not clients:
        return
    ids = [client.pk for client in clients]
    known = Relation.objects.filter(kind=Relation.Kind.REFERRER).values("client_id")
    came = Client.objects.filter(lifecycle=Client.Lifecycle.ACTIVE, group__isnull=True)
    came = came.exclude(pk__in=ids).exclude(pk__in=known).exclude(kind=Client.Kind.GROUP)
    rows = []
    for number, new in enumerate(came.order_by("pk")[: max(len(ids) // 4, 1)]):
        by = clients[number % max(len(ids) // 6, 1)]
        rows.append(
            Relation(
                client=new,
                kind=Relation.Kind.REFERRER,
                other=by,
                note=texts.recommended,
                since=as_of - dt.timedelta(days=int(rng.integers(120, 700))),
                author_id=new.owner_id,
            )
        )
    Relation.objects.bulk_create(rows)
