"""Measures as of a date, for all served clients at once."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np

from . import delivery, people, potential, products, rebates, sales, settlement
from .catalogue import MEASURES
from .reading import AS_OF, EPOCH, Moment, heavy_statements, read_columns, require_system
from .rhythm import median_gaps
from .served import Served, served_at

# They do not apply to a prospect, who has not bought yet.
BUYERS_ONLY = {"tenure", "clv", "growth_potential", "share_of_wallet"}


@dataclass(frozen=True)
class Columns:
    """``ids``: all served clients, int64 (n,) ascending.  ``values``: key -> float64 (n,) in the
    measure's unit, NaN = missing.  ``applicable``: key -> bool (n,), only for measures that do
    not apply to some client; where False the value is NaN."""

    ids: np.ndarray
    values: dict[str, np.ndarray]
    applicable: dict[str, np.ndarray] = field(default_factory=dict)


def compute(keys: Iterable[str], as_of: dt.date) -> Columns:
    """The measures ``keys`` for every served client, from what was dated and known by ``as_of``.

    Each group of measures costs one statement over the ledger, whatever the number of keys.
    Runs for a system actor only.  Raises KeyError for an unknown key, ScopeMissing for a person.
    """
    asked = list(dict.fromkeys(keys))
    groups: dict[str, set[str]] = {}
    for key in asked:
        groups.setdefault(MEASURES[key].group, set()).add(key)
    require_system()
    moment = Moment(as_of)
    values: dict[str, np.ndarray] = {}
    applicable: dict[str, np.ndarray] = {}
    with heavy_statements():
        served = served_at(moment)
        totals = _totals(groups, moment, served)
        for key in groups.get("sales", ()):
            values[key] = sales.measure(key, totals, moment)
        for key in groups.get("settlement", ()):
            values[key] = settlement.measure(key, totals)
        if group := groups.get("delivery"):
            values |= delivery.compute(group, moment, served)
        if group := groups.get("products"):
            values |= products.compute(group, moment, served, totals["invoices"])
        if group := groups.get("people"):
            values |= people.compute(group, moment, served)
        if "rhythm" in groups:
            values["rhythm"] = _rhythm(moment, served)
        if group := groups.get("potential"):
            bought = ~np.isnan(totals["first"])
            revenue = sales.measure("revenue", totals, moment)
            values |= potential.compute(group, moment, served, revenue, bought)
        if group := groups.get("rebates"):
            profit = sales.measure("profit", totals, moment)
            values |= rebates.compute(group, moment, served, profit)
        for key in BUYERS_ONLY & values.keys():
            applicable[key] = ~np.isnan(totals["first"])
    return Columns(served.ids, {key: values[key] for key in asked}, applicable)


def _totals(groups: dict[str, set[str]], moment: Moment, served: Served) -> dict[str, np.ndarray]:
    """The sums that sales and settlement need: in one pass over the headers where these tell."""
    needed = set(groups.get("sales", ()))
    if "products" in groups:  # missing lines are told from nothing bought by the invoices
        needed.add("invoices")
    if "rebates" in groups:
        needed.add("profit")
    if "potential" in groups:
        needed |= {"revenue", "tenure"}
    if "settlement" not in groups:
        return sales.totals(needed, moment, served, {})
    if settlement.changed_since(moment):
        return sales.totals(needed, moment, served, {}) | settlement.totals(moment, served)
    return sales.totals(needed, moment, served, settlement.aggregates(moment))


def _rhythm(moment: Moment, served: Served) -> np.ndarray:
    client_ids, days = read_columns(
        f"SELECT d.client_id, d.date - '{EPOCH}' FROM accounts_document d"
        f" WHERE d.type = 'invoice' AND {AS_OF.format('d')}",
        moment.parameters,
        ("i8", "i4"),
    )
    at, kept = served.position(client_ids)
    return median_gaps(at, days[kept], len(served))
