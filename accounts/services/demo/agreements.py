"""The demo's agreements: last year's and this year's with key clients, by what they really buy."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

import numpy as np
from django.core.files.base import ContentFile

from accounts.models import (
    AgreedPrice,
    Agreement,
    AgreementFile,
    Client,
    Commitment,
    Membership,
    Product,
    RebateStep,
    User,
)
from accounts.selectors.volumes import by_month
from accounts.services.agreements import remind
from accounts.services.rebates import accrue
from kam.lib.periods import add_months


@dataclass(frozen=True)
class Texts:
    number: str
    subject: str
    note: str
    file: str
    terms: str


EN = Texts(
    "SA-{year}/{place:02d}",
    "Supply of cleaning and kitchen goods",
    "Deliveries on fixed weekdays; prices are reviewed every half-year.",
    "agreement-{year}.txt",
    "The signed text of the demo's agreement {number}.\n",
)
RU = Texts(
    "ДП-{year}/{place:02d}",
    "Поставка хозяйственных и кухонных товаров",
    "Доставка по твёрдым дням недели; цены пересматриваются раз в полгода.",
    "dogovor-{year}.txt",
    "Подписанный текст демонстрационного договора {number}.\n",
)
TEXTS = {"en": EN, "ru": RU}
WITH_AGREEMENT = 0.8
ROUND = Decimal(50_000)
LEAST = Decimal(200_000)
DAYS_TO_PAY = (14, 21, 30, 45)
PRICES = 4


def fill(
    clients: Sequence[Client], language: str, as_of: dt.date, people: Sequence[User], seed: int
) -> int:
    """Write agreements; returns how many.  Runs for the system."""
    rng = np.random.default_rng([seed, 0, 4])
    texts = TEXTS[language]
    manager = next(person for person in people if person.role == User.Role.MANAGER)
    bought = _bought(clients, as_of)
    products = list(Product.objects.order_by("pk"))
    written = 0
    for place, client in enumerate(clients, start=1):
        volume = bought[client.pk]
        if volume < LEAST or rng.random() > WITH_AGREEMENT:
            continue
        # Terms end here and there in the year: some within the next three months.
        ends = add_months(as_of, int(rng.integers(1, 12))) - dt.timedelta(days=1)
        before = None
        for back in (1, 0):
            starts = add_months(ends + dt.timedelta(days=1), -12 * (back + 1))
            last = add_months(starts, 12) - dt.timedelta(days=1)
            before = _write(
                client, texts, place, starts, last, volume, rng, products, manager, before
            )
            written += 1
    accrue(as_of, dated_back=True)
    remind(as_of)
    return written


def _bought(clients: Sequence[Client], as_of: dt.date) -> dict[int, Decimal]:
    """Purchases of twelve months by served client, groups with their members."""
    served = {client.pk: client.pk for client in clients}
    served |= dict(
        Membership.objects.filter(
            group__in=clients, until__isnull=True, known_to__isnull=True
        ).values_list("member_id", "group_id")
    )
    sums: dict[int, Decimal] = defaultdict(Decimal)
    months = by_month(list(served), add_months(as_of, -12), as_of, as_of)
    for (entity, _month), net in months.items():
        sums[served[entity]] += net
    return sums


def _write(client, texts, place, starts, ends, volume, rng, products, manager, before):
    number = texts.number.format(year=starts.year, place=place)
    committed = _rounded(volume * Decimal(str(round(float(rng.uniform(0.75, 1.15)), 2))))
    agreement = Agreement.objects.create(
        client=client,
        number=number,
        subject=texts.subject,
        starts=starts,
        ends=ends,
        payment_days=DAYS_TO_PAY[int(rng.integers(len(DAYS_TO_PAY)))],
        credit_limit=_rounded(volume / 8),
        rebate_period=Agreement.RebatePeriod.TERM,
        note=texts.note,
        owner_id=client.owner_id,
        author=manager,
        previous=before,
    )
    Commitment.objects.create(agreement=agreement, starts=starts, ends=ends, amount=committed)
    RebateStep.objects.bulk_create(
        RebateStep(agreement=agreement, volume=_rounded(committed * part), percent=percent)
        for part, percent in (
            (Decimal("0.4"), Decimal("0.3")),
            (Decimal("0.8"), Decimal("0.6")),
            (Decimal("1.1"), Decimal(1)),
        )
    )
    chosen = rng.choice(len(products), min(PRICES, len(products)), replace=False)
    AgreedPrice.objects.bulk_create(
        AgreedPrice(
            agreement=agreement,
            product=products[int(at)],
            price=round((products[int(at)].cost or Decimal(300)) * Decimal("1.28"), 2),
        )
        for at in sorted(chosen)
    )
    content = texts.terms.format(number=number).encode()
    file = AgreementFile(
        agreement=agreement,
        name=texts.file.format(year=starts.year),
        size=len(content),
        brought_by=manager,
    )
    file.file.save("", ContentFile(content))
    return agreement


def _rounded(amount: Decimal) -> Decimal:
    return max(ROUND, (amount / ROUND).quantize(Decimal(1)) * ROUND)
