"""What the clients of a block wanted and when: purchases in each client's rhythm, priced lines.

Pure NumPy.  Every line is rounded half-up to cents.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .calendar import month_starts, working
from .shapes import IRREGULAR, LINES_PER_DOCUMENT, PROSPECT, Clients, Size, Trade

PRICES_RISE_A_YEAR = 0.07


@dataclass(frozen=True)
class Purchases:
    """One delivery each; those after today are only ordered so far."""

    client: np.ndarray
    day: np.ndarray
    value: np.ndarray  # wanted net of VAT, cents


def make_purchases(rng: np.random.Generator, clients: Clients, size: Size) -> Purchases:
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
    if clients.more is not None:
        value *= clients.more[client, month]
    return Purchases(client, working(day.astype(np.int64)), value)


def priced(
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


def first_lines(
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
    return purchase, priced(
        product,
        quantity,
        unit_price,
        clients.discount[client],
        np.round(unit_cost).astype(np.int64),
        trade,
    )
