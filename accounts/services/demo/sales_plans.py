"""The demo's sales plans: this year with key clients by family, a little above the year before."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal

import numpy as np

from accounts.models import Client, Membership, PlannedSale, User
from accounts.selectors.volumes import by_month_and_family
from kam.lib.periods import start_of_day

PLANNED = 0.85
FAMILIES = 6
ROUND = Decimal(1000)


def fill(
    clients: Sequence[Client], language: str, as_of: dt.date, people: Sequence[User], seed: int
) -> int:
    """Plan the year of ``as_of``; returns how many months.  Runs for the system."""
    rng = np.random.default_rng([seed, 0, 5])
    served = {client.pk: client.pk for client in clients}
    served |= dict(
        Membership.objects.filter(
            group__in=clients, until__isnull=True, known_to__isnull=True
        ).values_list("member_id", "group_id")
    )
    year = as_of.year
    start, end = dt.date(year - 1, 1, 1), dt.date(year - 1, 12, 31)
    sold: dict[int, dict[int, Decimal]] = {client.pk: {} for client in clients}
    for (entity, family, _month), net in by_month_and_family(
        list(served), start, end, as_of
    ).items():
        if family:
            families = sold[served[entity]]
            families[family] = families.get(family, Decimal(0)) + net
    rows = []
    for client in clients:
        if rng.random() > PLANNED:
            continue
        largest = sorted(sold[client.pk].items(), key=lambda item: -item[1])[:FAMILIES]
        for family, net in largest:
            monthly = net / 12 * Decimal(str(round(float(rng.uniform(0.95, 1.25)), 2)))
            for month in range(1, 13):
                season = Decimal(str(round(float(rng.uniform(0.85, 1.15)), 2)))
                amount = max((monthly * season / ROUND).quantize(Decimal(1)) * ROUND, ROUND)
                rows.append(
                    PlannedSale(
                        client=client,
                        family_id=family,
                        month=dt.date(year, month, 1),
                        amount=amount,
                        author_id=client.owner_id,
                        known_from=start_of_day(dt.date(year - 1, 12, 15)),
                    )
                )
    PlannedSale.objects.bulk_create(rows, batch_size=2000)
    return len(rows)
