"""The demo's plan of last year: with it that year can be looked at and closed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal

import numpy as np

from accounts.models import Client, PlannedSale, User, YearClose
from accounts.selectors.year_closes import sold_of
from kam.lib.periods import start_of_day

STEP = Decimal(1000)  # people plan in round numbers


def fill(
    clients: Sequence[Client], language: str, as_of: dt.date, people: Sequence[User], seed: int
) -> int:
    """Plan last year's sales of those who have a plan this year; returns how many months.

    What was planned lies about what was sold in the end, a little above it.  Runs for the system.
    """
    rng = np.random.default_rng([seed, 0, 13])
    year = as_of.year - 1
    planned = set(
        PlannedSale.objects.filter(client__in=clients, month__year=as_of.year).values_list(
            "client", "family"
        )
    )
    by_pk = {client.pk: client for client in clients}
    drift = {pk: float(rng.normal(1.04, 0.09)) for pk in sorted(by_pk)}
    rows = []
    sold = sold_of(by_pk.keys(), year, as_of)
    for client, family, month in sorted(sold, key=lambda key: (key[0], key[2], key[1] or 0)):
        factor = drift[client] * float(rng.normal(1, 0.12))
        amount = (max(sold[client, family, month], STEP) * Decimal(round(factor, 3))) // STEP * STEP
        if (client, family) not in planned:
            continue
        rows.append(
            PlannedSale(
                client_id=client, family_id=family, month=month, amount=amount,
                author_id=by_pk[client].owner_id, known_from=start_of_day(dt.date(year, 1, 12)),
            )
        )  # fmt: skip
    PlannedSale.objects.bulk_create(rows, batch_size=1_000)
    return len(rows)


def clear() -> None:
    """Remove the marks of closed years; what they froze goes with the clients."""
    YearClose.objects.all().delete()
