"""Debts and stopped shipments: rows of the small company."""

import datetime as dt
from decimal import Decimal

from accounts.models import Client, PaymentPromise, Promise, ShipmentStop, User

DAY = dt.date(2026, 3, 16)


def debts(world, relation: str, client: Client, word: str, owner: User) -> None:
    stop = ShipmentStop.objects.create(
        client=client, rule="hand", reason=f"{word} stop", since=DAY, author=owner
    )
    world.add(relation, stop)
    promise = Promise.objects.create(
        client=client, side="theirs", what=f"{word} payment", due=DAY, first_due=DAY, owner=owner
    )
    row = PaymentPromise.objects.create(promise=promise, amount=Decimal(7))
    world.add(relation, row)
