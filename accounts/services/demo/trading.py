"""What the clients of a block bought, returned and paid: documents, lines and payments as arrays.

Pure NumPy.  Money is int64 in cents, days are int64 from 1970-01-01; −1 stands for no day.
Every total of a header is the sum of its lines, and every line is rounded half-up to cents.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from .calendar import day_number, month_starts, working, years
from .shapes import IRREGULAR, LINES_PER_DOCUMENT, PROSPECT, Clients, Size, Trade

INVOICE, CREDIT_NOTE, ORDER, PAYMENT_REQUEST = range(4)
TYPES = ("invoice", "credit_note", "order", "payment_request")
NONE = -1

RETURNED_SHARE = 0.035
CHANGED_SHARE = 0.012
LATE_POSTING_SHARE = 0.015
SHORT_SHARE = 0.05
PARTIAL_SHARE = 0.08
PRICES_RISE_A_YEAR = 0.07
FORTNIGHT = 14


@dataclass(frozen=True)
class Documents:
    """m documents, by date.  ``number`` counts within type and year; versions share it."""

    type: np.ndarray
    client: np.ndarray
    number: np.ndarray
    year: np.ndarray
    day: np.ndarray
    due: np.ndarray
    promised: np.ndarray
    shipped: np.ndarray
    net: np.ndarray
    vat: np.ndarray
    gross: np.ndarray
    discount: np.ndarray
    cost: np.ndarray
    costed_net: np.ndarray
    version: np.ndarray
    known_from: np.ndarray
    known_to: np.ndarray

    def __len__(self) -> int:
        return len(self.type)


@dataclass(frozen=True)
class Lines:
    """Lines of the documents, in their order.  ``shipped`` is −1 where nothing tells."""

    document: np.ndarray
    position: np.ndarray
    product: np.ndarray
    quantity: np.ndarray
    shipped: np.ndarray
    shipped_known: np.ndarray  # bool
    unit_price: np.ndarray
    discount: np.ndarray  # thousandths
    net: np.ndarray
    vat: np.ndarray
    gross: np.ndarray
    cost: np.ndarray
    cost_known: np.ndarray  # bool

    def __len__(self) -> int:
        return len(self.document)


@dataclass(frozen=True)
class Payments:
    client: np.ndarray
    day: np.ndarray
    amount: np.ndarray
    invoice: np.ndarray  # number of the invoice that the payer names, −1 none
    invoice_year: np.ndarray

    def __len__(self) -> int:
        return len(self.client)


@dataclass(frozen=True)
class Purchases:
    """One delivery each; those after today are only ordered so far."""

    client: np.ndarray
    day: np.ndarray
    value: np.ndarray  # wanted net of VAT, cents


def _purchases(rng: np.random.Generator, clients: Clients, size: Size) -> Purchases:
    """Each client's purchases: as many as its intensity sums up to, in its own rhythm.

    The k-th falls where the running sum of the intensity reaches k, give or take its unrest.
    """
    starts = month_starts(size.as_of, size.months)
    running = np.zeros((len(clients), size.months + 2))
    running[:, 1:] = np.cumsum(clients.intensity * clients.frequency[:, None], axis=1)
    total = running[:, -1]
    phase = rng.random(len(clients))
    count = np.floor(total + phase).astype(np.int64)
    count = np.where(clients.story == PROSPECT, 0, np.maximum(count, 1))
    client = np.repeat(np.arange(len(clients)), count)
    nth = np.arange(len(client)) - np.repeat(np.cumsum(count) - count, count)
    level = nth + 1 - phase[client] + rng.normal(0, 1, len(client)) * clients.unrest[client]
    # Whoever buys at all has bought by today.
    by_today = running[:, -3] + 0.5 * (running[:, -2] - running[:, -3])
    level = np.where((nth == 0) & (level > by_today[client]), 0.7 * by_today[client], level)
    level = np.clip(level, 1e-6 * total[client], 0.999999 * total[client])

    step = total.max() + 1 if len(total) else 1.0
    flat = (running + np.arange(len(clients))[:, None] * step).ravel()
    found = np.searchsorted(flat, level + client * step, side="right") - 1
    month = np.clip(found - client * (size.months + 2), 0, size.months)
    low, high = running[client, month], running[client, month + 1]
    share = (level - low) / np.maximum(high - low, 1e-12)
    day = starts[month] + (share.clip(0, 0.9999) * (starts[month + 1] - starts[month]))
    spread = np.where(clients.story == IRREGULAR, 0.6, 0.28)
    # Thinned purchases are larger, so that sales stay what they are.
    value = (clients.month / clients.frequency)[client] * rng.lognormal(0, spread[client])
    return Purchases(client, working(day.astype(np.int64)), value)


def _priced(
    product: np.ndarray,
    quantity: np.ndarray,
    unit_price: np.ndarray,
    discount: np.ndarray,
    unit_cost: np.ndarray,
    trade: Trade,
) -> dict[str, np.ndarray]:
    """Amounts of lines in cents, half-up; negative quantities mirror positive ones."""
    sign, pieces = np.sign(quantity), np.abs(quantity)
    net = (pieces * unit_price * (1000 - discount) + 500) // 1000
    vat = (net * trade.vat_per_cent + 50) // 100
    return {
        "product": product,
        "quantity": quantity,
        "unit_price": unit_price,
        "discount": discount,
        "net": sign * net,
        "vat": sign * vat,
        "gross": sign * (net + vat),
        "cost": sign * pieces * unit_cost,
        "cost_known": trade.cost_known[product],
        "unit_cost": unit_cost,
    }


def _first_lines(
    rng: np.random.Generator, clients: Clients, trade: Trade, bought: Purchases, today: int
) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """The ordered lines of each purchase: index of the purchase, and amounts."""
    least, more, chance = LINES_PER_DOCUMENT
    count = least + rng.binomial(more, chance, len(bought.client))
    purchase = np.repeat(np.arange(len(count)), count)
    n = len(purchase)
    client = bought.client[purchase]
    liking = (rng.random(n) ** 1.6 * clients.breadth[client]).astype(np.int64)
    family = clients.families[client, liking]
    first = np.searchsorted(trade.family, np.arange(clients.families.shape[1]))
    size = np.append(first[1:], len(trade.family)) - first
    # Each client has favourites of its own within a family.
    shift = client * 7 % size[family]
    product = (
        first[family]
        + (shift + (rng.random(n) ** 1.5 * size[family])).astype(np.int64) % size[family]
    )

    inflation = (1 + PRICES_RISE_A_YEAR) ** ((bought.day[purchase] - today) / 365.25)
    price = trade.price[product] * inflation
    unit_price = np.maximum(np.round(price * clients.price_level[client]), 1).astype(np.int64)
    unit_cost = price * (1 - trade.margin[product]) * rng.normal(1, 0.02, n)
    weight = rng.lognormal(0, 0.5, n)
    total = np.bincount(purchase, weight, minlength=len(count))
    wanted = bought.value[purchase] * weight / total[purchase]
    quantity = np.maximum(np.round(wanted / unit_price), 1).astype(np.int64)
    return purchase, _priced(
        product,
        quantity,
        unit_price,
        clients.discount[client],
        np.round(unit_cost).astype(np.int64),
        trade,
    )


class _Pile:
    """Groups of documents with their lines, collected before they are put in order."""

    def __init__(self) -> None:
        self._documents: list[dict[str, np.ndarray]] = []
        self._lines: list[dict[str, np.ndarray]] = []
        self._count = 0

    def add(
        self, type_: int, owner: np.ndarray, lines: dict[str, np.ndarray], **columns: np.ndarray
    ) -> None:
        """Documents of one type; ``owner`` says which of them each line belongs to."""
        m = len(columns["client"])
        none = np.full(m, NONE)
        document = {
            "type": np.full(m, type_),
            "due": none,
            "promised": none,
            "shipped": none,
            "version": np.ones(m, dtype=np.int64),
            "known_from": columns["day"],
            "known_to": none,
            **columns,
        }
        if lines:
            costed = np.where(lines["cost_known"], lines["net"], 0)
            cost = np.where(lines["cost_known"], lines["cost"], 0)
            listed = np.sign(lines["quantity"]) * (
                (np.abs(lines["quantity"]) * lines["unit_price"]) - np.abs(lines["net"])
            )
            for name, values in (
                ("net", lines["net"]),
                ("vat", lines["vat"]),
                ("gross", lines["gross"]),
                ("discount", listed),
                ("cost", cost),
                ("costed_net", costed),
            ):
                document[name] = np.bincount(owner, values, minlength=m).astype(np.int64)
            shipped = lines.get("shipped", np.zeros(len(owner), dtype=np.int64))
            self._lines.append(
                {
                    **lines,
                    "document": owner + self._count,
                    "shipped": shipped,
                    "shipped_known": lines.get("shipped_known", np.zeros(len(owner), dtype=bool)),
                }
            )
        else:
            for name in ("discount", "cost", "costed_net"):
                document[name] = np.zeros(m, dtype=np.int64)
        self._documents.append(document)
        self._count += m

    def sorted(self) -> tuple[Documents, Lines]:
        documents = {
            field.name: np.concatenate([part[field.name] for part in self._documents])
            for field in fields(Documents)
        }
        order = np.lexsort((documents["version"], documents["type"], documents["day"]))
        place = np.empty(len(order), dtype=np.int64)
        place[order] = np.arange(len(order))
        names = [field.name for field in fields(Lines) if field.name != "position"]
        lines = {name: np.concatenate([part[name] for part in self._lines]) for name in names}
        lines["document"] = place[lines["document"]]
        by_document = np.argsort(lines["document"], kind="stable")
        lines = {name: values[by_document] for name, values in lines.items()}
        first = np.searchsorted(lines["document"], lines["document"], side="left")
        lines["position"] = np.arange(len(first)) - first + 1
        return Documents(**{name: values[order] for name, values in documents.items()}), Lines(
            **lines
        )


class Numbers:
    """Numbers of documents by type and year, running on from block to block."""

    def __init__(self) -> None:
        self._last: dict[tuple[int, int], int] = {}

    def take(self, type_: int, day: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Numbers and years for documents of these days, by date within each year."""
        year, number = years(day), np.empty(len(day), dtype=np.int64)
        for value in np.unique(year):
            chosen = np.flatnonzero(year == value)
            last = self._last.get((type_, int(value)), 0)
            by_day = chosen[np.argsort(day[chosen], kind="stable")]
            number[by_day] = last + 1 + np.arange(len(by_day))
            self._last[type_, int(value)] = last + len(by_day)
        return number, year


def _selected(lines: dict[str, np.ndarray], chosen: np.ndarray) -> dict[str, np.ndarray]:
    return {name: values[chosen] for name, values in lines.items()}


def _renumbered(owner: np.ndarray, keep: np.ndarray) -> np.ndarray:
    """Owners among the kept ones only."""
    return (np.cumsum(keep) - 1)[owner]


def make_trading(
    rng: np.random.Generator, clients: Clients, trade: Trade, size: Size, numbers: Numbers
) -> tuple[Documents, Lines, Payments]:
    """All that happened between a block of clients and us until today."""
    today = day_number(size.as_of)
    history = int(month_starts(size.as_of, size.months)[0])
    bought = _purchases(rng, clients, size)
    owner, ordered = _first_lines(rng, clients, trade, bought, today)
    pile = _Pile()

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
    owner = _renumbered(owner, done)[inside]
    lines = _selected(ordered, inside)
    lines = _priced(
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
    old = _selected(lines, was)
    pile.add(
        INVOICE,
        _renumbered(owner, changed)[was],
        _priced(
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
    part = _selected(lines, back)
    credit = _priced(
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
        _renumbered(owner, returned)[back],
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

    payments = _payments(rng, clients, invoice, owed, today, history)
    return *pile.sorted(), payments


def _add_orders(
    pile: _Pile,
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
        _renumbered(owner, placed)[chosen],
        {
            **_selected(ordered, chosen),
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
    pile: _Pile,
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


def _payments(
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
