"""What happened between the clients of a block and us: ordered, delivered, corrected, returned.

Pure NumPy.  Money is int64 in cents, days are int64 from 1970-01-01.
"""

from __future__ import annotations

import numpy as np

from .calendar import day_number, month_starts, working
from .ledger import (
    CREDIT_NOTE,
    INVOICE,
    NONE,
    ORDER,
    PAYMENT_REQUEST,
    Documents,
    Lines,
    Numbers,
    Payments,
    Pile,
    renumbered,
    selected,
)
from .paying import make_payments
from .purchasing import Purchases, first_lines, make_purchases, priced
from .shapes import Clients, Size, Trade

RETURNED_SHARE = 0.035
CHANGED_SHARE = 0.012
LATE_POSTING_SHARE = 0.015
SHORT_SHARE = 0.05


def make_trading(
    rng: np.random.Generator, clients: Clients, trade: Trade, size: Size, numbers: Numbers
) -> tuple[Documents, Lines, Payments]:
    """All that happened between a block of clients and us until today."""
    today = day_number(size.as_of)
    history = int(month_starts(size.as_of, size.months)[0])
    bought = make_purchases(rng, clients, size)
    owner, ordered = first_lines(rng, clients, trade, bought, today)
    pile = Pile()

    # What was ordered, and what of it came.
    m = len(bought.client)
    lead = rng.integers(2, 9, m)
    order_day = np.maximum(np.minimum(working(bought.day - lead), bought.day), history)
    late = rng.random(m) < clients.late_delivery[bought.client]
    promised = np.where(
        late,
        np.maximum(bought.day - rng.integers(1, 7, m), order_day),
        bought.day + rng.integers(0, 3, m),
    )
    short = rng.random(m) < SHORT_SHARE
    missing = short[owner] & (rng.random(len(owner)) < 0.5) & (ordered["quantity"] > 1)
    came = np.where(
        missing,
        np.maximum(ordered["quantity"] * rng.uniform(0.4, 0.9, len(owner)), 1).astype(np.int64),
        ordered["quantity"],
    )
    done = bought.day <= today
    _add_orders(
        pile, numbers, clients, bought, owner, ordered, came, done, order_day, promised, today
    )

    client, day = bought.client[done], bought.day[done]
    inside = done[owner]
    owner = renumbered(owner, done)[inside]
    lines = selected(ordered, inside)
    lines = priced(
        lines["product"],
        came[inside],
        lines["unit_price"],
        lines["discount"],
        lines["unit_cost"],
        trade,
    )
    m = len(client)
    due = day + clients.terms[client]
    number, year = numbers.take(INVOICE, day)
    posted = np.where(rng.random(m) < LATE_POSTING_SHARE, day + rng.integers(18, 55, m), day)
    posted = np.where(posted <= today, posted, day)
    changed_on = day + rng.integers(5, 45, m)
    changed = (rng.random(m) < CHANGED_SHARE) & (changed_on <= today) & (posted == day)
    invoice = {"client": client, "number": number, "year": year, "day": day, "due": due}

    # A changed invoice said something else until the day of its correction.
    was = changed[owner]
    first = np.append(True, owner[1:] != owner[:-1]) if len(owner) else np.zeros(0, dtype=bool)
    before = np.where(first, lines["quantity"] * 2 + 1, lines["quantity"])
    old = selected(lines, was)
    pile.add(
        INVOICE,
        renumbered(owner, changed)[was],
        priced(
            old["product"],
            before[was],
            old["unit_price"],
            old["discount"],
            old["unit_cost"],
            trade,
        ),
        **{name: values[changed] for name, values in invoice.items()},
        known_to=changed_on[changed],
    )
    pile.add(
        INVOICE,
        owner,
        lines,
        **invoice,
        version=np.where(changed, 2, 1),
        known_from=np.where(changed, changed_on, posted),
    )

    # Part of the first line comes back.
    back_on = working(day + rng.integers(3, 25, m))
    returned = (rng.random(m) < RETURNED_SHARE) & (back_on <= today)
    back = returned[owner] & first
    quantity = np.maximum(lines["quantity"] * rng.uniform(0.1, 0.6, len(owner)), 1)
    part = selected(lines, back)
    credit = priced(
        part["product"],
        -quantity[back].astype(np.int64),
        part["unit_price"],
        part["discount"],
        part["unit_cost"],
        trade,
    )
    credit_number, credit_year = numbers.take(CREDIT_NOTE, back_on[returned])
    pile.add(
        CREDIT_NOTE,
        renumbered(owner, returned)[back],
        credit,
        client=client[returned],
        number=credit_number,
        year=credit_year,
        day=back_on[returned],
    )
    gross = np.bincount(owner, lines["gross"], minlength=m).astype(np.int64)
    owed = gross.copy()
    owed[returned] += credit["gross"]
    _add_payment_requests(pile, numbers, clients, invoice, order_day[done], gross, trade)

    payments = make_payments(rng, clients, invoice, owed, today, history)
    return *pile.sorted(), payments


def _add_orders(
    pile: Pile,
    numbers: Numbers,
    clients: Clients,
    bought: Purchases,
    owner: np.ndarray,
    ordered: dict[str, np.ndarray],
    came: np.ndarray,
    done: np.ndarray,
    order_day: np.ndarray,
    promised: np.ndarray,
    today: int,
) -> None:
    placed = clients.orders[bought.client] & (order_day <= today)
    chosen = placed[owner]
    number, year = numbers.take(ORDER, order_day[placed])
    pile.add(
        ORDER,
        renumbered(owner, placed)[chosen],
        {
            **selected(ordered, chosen),
            "shipped": came[chosen],
            "shipped_known": done[owner][chosen],
        },
        client=bought.client[placed],
        number=number,
        year=year,
        day=order_day[placed],
        promised=promised[placed],
        shipped=np.where(done, bought.day, NONE)[placed],
    )


def _add_payment_requests(
    pile: Pile,
    numbers: Numbers,
    clients: Clients,
    invoice: dict[str, np.ndarray],
    order_day: np.ndarray,
    gross: np.ndarray,
    trade: Trade,
) -> None:
    """Clients who pay in advance are asked to, by a document without lines."""
    asked = clients.terms[invoice["client"]] == 0
    day = order_day[asked]
    number, year = numbers.take(PAYMENT_REQUEST, day)
    whole = gross[asked]
    net = (whole * 100 * 2 + 100 + trade.vat_per_cent) // (2 * (100 + trade.vat_per_cent))
    pile.add(
        PAYMENT_REQUEST,
        np.zeros(0, dtype=np.int64),
        {},
        client=invoice["client"][asked],
        number=number,
        year=year,
        day=day,
        due=invoice["day"][asked],
        net=net,
        vat=whole - net,
        gross=whole,
    )
