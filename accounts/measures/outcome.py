"""What clients brought after a date, and how they bought up to it: what a backtest looks at.

A client stays what it was at the date: companies that joined or left its group later are counted
as then.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np

from kam.lib.periods import end_of_day

from .reading import (
    AS_OF,
    EPOCH,
    IS_REVENUE,
    Moment,
    heavy_statements,
    read_columns,
    require_system,
)
from .served import MEMBERS_CTE, Served, served_at

_SUMS = f"""
    SELECT d.client_id, sum(d.net)::float8, sum(d.costed_net - d.cost)::float8, count(*)::float8,
           (count(*) FILTER (WHERE d.costed_net <> 0 OR d.cost <> 0))::float8
    FROM accounts_document d
    WHERE {IS_REVENUE.format("d")} AND d.date BETWEEN %(first)s AND %(last)s
      AND d.known_from < %(known)s AND (d.known_to IS NULL OR d.known_to >= %(known)s)
    GROUP BY d.client_id
"""
_PURCHASES = f"""
    WITH {MEMBERS_CTE}, days AS (
        SELECT coalesce(m.group_id, d.client_id) AS served_id, d.date, sum(d.net) AS net
        FROM accounts_document d
        LEFT JOIN members m ON m.member_id = d.client_id
        WHERE d.type = 'invoice' AND {AS_OF.format("d")}
        GROUP BY 1, 2
    )
    SELECT served_id, count(*)::float8, min(date) - '{EPOCH}', max(date) - '{EPOCH}',
           avg(net)::float8
    FROM days GROUP BY served_id
"""


@dataclass(frozen=True)
class Outcome:
    """Of the served clients ``ids`` (n,): revenue and profit of ``months`` up to a date, as known
    on it, and of as many after it, as known at their end; profit is NaN where something was sold
    and no cost is known."""

    ids: np.ndarray
    revenue_before: np.ndarray
    revenue_after: np.ndarray
    profit_before: np.ndarray
    profit_after: np.ndarray


def outcome(as_of: dt.date, until: dt.date, months: int) -> Outcome:
    """What followed ``as_of`` up to ``until``, against the ``months`` before.

    What became known after ``until`` does not count, and what is dated up to ``as_of`` counts
    only if it was known then: so a fact that is learnt later changes nothing.  System only.
    """
    require_system()
    moment = Moment(as_of)
    with heavy_statements():
        served = served_at(moment)
        before = _window(served, moment.start(months), as_of, end_of_day(as_of))
        after = _window(served, as_of + dt.timedelta(days=1), until, end_of_day(until))
    return Outcome(served.ids, before[0], after[0], before[1], after[1])


def _window(
    served: Served, first: dt.date, last: dt.date, known: dt.datetime
) -> tuple[np.ndarray, np.ndarray]:
    client_ids, *columns = read_columns(
        _SUMS, {"first": first, "last": last, "known": known}, ("i8", "f8", "f8", "f8", "f8")
    )
    revenue, profit, documents, costs = served.sums(client_ids, *columns)
    return revenue, np.where((documents > 0) & (costs == 0), np.nan, profit)


@dataclass(frozen=True)
class Purchases:
    """Of the served clients ``ids``: number of days with an invoice, time in weeks from the first
    to the last of them and from the first to the date, and mean sales of such a day; zero and NaN
    for who never bought."""

    ids: np.ndarray
    days: np.ndarray
    between: np.ndarray
    age: np.ndarray
    value: np.ndarray


def purchases(as_of: dt.date) -> Purchases:
    require_system()
    moment = Moment(as_of)
    with heavy_statements():
        served = served_at(moment)
        ids, days, first, last, value = read_columns(
            _PURCHASES, moment.parameters, ("i8", "f8", "i4", "i4", "f8")
        )
    n = len(served)
    at, kept = served.position(ids)
    counts, between, age, mean = np.zeros(n), np.zeros(n), np.zeros(n), np.full(n, np.nan)
    counts[at] = days[kept]
    between[at] = (last - first)[kept] / 7
    age[at] = (moment.number - first)[kept] / 7
    mean[at] = value[kept]
    return Purchases(served.ids, counts, between, age, mean)
