"""What the clients of a block paid for their invoices."""

from __future__ import annotations

import numpy as np

from .calendar import working
from .ledger import NONE, Payments
from .shapes import Clients

PARTIAL_SHARE = 0.08
FORTNIGHT = 14


def make_payments(
    rng: np.random.Generator,
    clients: Clients,
    invoice: dict[str, np.ndarray],
    owed: np.ndarray,
    today: int,
    history: int,
) -> Payments:
    """What the clients paid: late, in parts, several invoices at once, or not at all."""
    client, day, due = invoice["client"], invoice["day"], invoice["due"]
    m = len(client)
    mean, spread = clients.late[client].T if m else (np.zeros(0), np.zeros(0))
    progress = (day - history) / max(today - history, 1)
    lateness = mean + clients.drift[client] * progress + rng.normal(0, 1, m) * spread
    lateness = np.where(clients.terms[client] == 0, 0, lateness)  # they pay in advance
    pay_day = working(np.maximum(due + np.round(lateness).astype(np.int64), day))

    last_day = np.zeros(len(clients), dtype=np.int64)
    np.maximum.at(last_day, client, day)
    unpaid = clients.leaves_debt[client] & (day > last_day[client] - 75)

    names = rng.random(m) < clients.names_document[client]
    at_once = clients.pays_at_once[client]
    rounded = working(pay_day + (-pay_day) % FORTNIGHT)
    pay_day = np.where(at_once, rounded, pay_day)
    partial = (rng.random(m) < PARTIAL_SHARE) & ~at_once
    first = np.where(partial, owed * 6 // 10, owed)
    rest_day = working(pay_day + rng.integers(8, 26, m))

    single = ~at_once & ~unpaid
    rest = partial & ~unpaid
    gathered = at_once & ~unpaid
    key, where = np.unique(client[gathered] * 100_000 + pay_day[gathered], return_inverse=True)
    sums = np.bincount(where, owed[gathered], minlength=len(key)).astype(np.int64)
    named = np.where(names, invoice["number"], NONE)
    nobody = np.full(len(key), NONE)
    columns = {
        "client": (client[single], client[rest], key // 100_000),
        "day": (pay_day[single], rest_day[rest], key % 100_000),
        "amount": (first[single], (owed - first)[rest], sums),
        "invoice": (named[single], named[rest], nobody),
        "invoice_year": (invoice["year"][single], invoice["year"][rest], nobody),
    }
    joined = {name: np.concatenate(parts) for name, parts in columns.items()}
    made = np.flatnonzero((joined["day"] <= today) & (joined["amount"] > 0))
    made = made[np.argsort(joined["day"][made], kind="stable")]
    return Payments(**{name: values[made] for name, values in joined.items()})
