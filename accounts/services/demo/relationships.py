"""The demo's key clients as people know them: who weighs what, who reports to whom, who is beside
whom, and what the clients are to other organisations."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from django.db.models import Q

from accounts.models import Client, Contact, Relation, User

Kind = Relation.Kind


@dataclass(frozen=True)
class Texts:
    outside: tuple[tuple[str, str, str], ...]  # kind, organisation, note
    referred: str
    left_to: tuple[str, ...]


EN = Texts(
    outside=(
        (Kind.PARTNER, "Nordkitchen Projects", "plans their new kitchens and asks us for lists"),
        (Kind.SUPPLIER, "Cleanline Wholesale", "delivers the rest of their household goods"),
        (Kind.CUSTOMER, "City of Ashford, schools", "they cook for eleven schools"),
        (Kind.PARTNER, "Greenway Logistics", "carries their goods, unloads on Tuesdays"),
    ),
    referred="Their director named us at the association's spring meeting.",
    left_to=("Harbour Hotels", "Bright Catering", "own business"),
)
RU = Texts(
    outside=(
        (Kind.PARTNER, "Бюро «Новая кухня»", "проектирует их кухни и запрашивает у нас перечни"),
        (Kind.SUPPLIER, "«Хозоптторг»", "везёт остальные хозяйственные товары"),
        (Kind.CUSTOMER, "Управление школ района", "кормят одиннадцать школ"),
        (Kind.PARTNER, "«Зелёный путь»", "возит их товар, разгрузка по вторникам"),
    ),
    referred="Их директор рассказал о нас на весенней встрече ассоциации.",
    left_to=("сеть гостиниц «Гавань»", "«Яркий стол»", "своё дело"),
)
TEXTS = {"en": EN, "ru": RU}
# Attitudes as people note them: mostly good with those who are served well.
ATTITUDES = ("supports", "neutral", "sponsor", "", "against")
SHARES = (0.36, 0.26, 0.18, 0.14, 0.06)
WEIGHT = {"decides": "high", "influences": "medium", "buys": "medium", "pays": "low", "uses": "low"}
REFERRALS = 4
WITH_OTHERS = 0.35


def fill(
    clients: Sequence[Client], language: str, as_of: dt.date, people: Sequence[User], seed: int
) -> int:
    """Say how people at these clients stand to us; returns how many.  Runs for the system."""
    rng = np.random.default_rng([seed, 0, 3])
    texts = TEXTS[language]
    beside = [person for person in people if person.function in ("sales", "service", "delivery")]
    changed = []
    for client in clients:
        here = list(
            Contact.objects.filter(Q(client=client) | Q(client__group=client)).order_by("pk")
        )
        present = [each for each in here if each.left_on is None]
        chief = next((each for each in present if each.role == Contact.Role.DECIDES), None)
        chief = chief or (present[0] if present else None)
        middle = next((each for each in present if each.role == Contact.Role.INFLUENCES), chief)
        for place, each in enumerate(here):
            each.influence = WEIGHT.get(each.role, "")
            each.attitude = str(rng.choice(ATTITUDES, p=SHARES))
            if chief is not None and each.pk != chief.pk:
                below = each.role in ("uses", "pays") and rng.random() < 0.6
                each.reports_to_id = middle.pk if below else chief.pk
            if place == 0 and client.owner_id:
                each.counterpart_id = client.owner_id
            elif beside and rng.random() < 0.5:
                each.counterpart_id = beside[int(rng.integers(len(beside)))].pk
            if each.left_on is not None:
                each.left_to = texts.left_to[int(rng.integers(len(texts.left_to)))]
            changed.append(each)
    Contact.objects.bulk_update(
        changed,
        ["influence", "attitude", "reports_to", "counterpart", "left_to"],
        batch_size=500,
    )
    Relation.objects.bulk_create(_relations(clients, texts, rng, as_of))
    return len(changed)


def _relations(
    clients: Sequence[Client], texts: Texts, rng: np.random.Generator, as_of: dt.date
) -> list[Relation]:
    rows = []
    for client in clients:
        if rng.random() < WITH_OTHERS:
            kind, name, note = texts.outside[int(rng.integers(len(texts.outside)))]
            since = as_of - dt.timedelta(days=int(rng.integers(200, 1500)))
            rows.append(
                Relation(
                    client=client, kind=kind, name=name, note=note, since=since,
                    author_id=client.owner_id,
                )
            )  # fmt: skip
    inside = [client for client in clients if client.group_id is None]
    for came, by in zip(inside[1 : 2 * REFERRALS : 2], inside[: 2 * REFERRALS : 2], strict=False):
        rows.append(
            Relation(
                client=came, kind=Kind.REFERRER, other=by, note=texts.referred,
                since=as_of - dt.timedelta(days=int(rng.integers(150, 600))),
                author_id=came.owner_id,
            )
        )  # fmt: skip
    return rows
