"""Growth potential and share of wallet as of a date, for all served clients at once.

Sums by product family come out of the database; look-alikes and gaps are
:mod:`accounts.measures.peers`.  Segment, country, employees and turnover are taken as they are
recorded now.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from accounts.models import Client

from .peers import (
    FEWEST,
    PEERS,
    Gaps,
    Potential,
    estimated_wallet,
    gaps,
    look_alikes,
    share_of_wallet,
)
from .peers import potential as summed
from .reading import AS_OF, Moment, read_columns
from .served import MEMBERS_CTE, Served

# The many small families of a large range add little and cost time.
MOST_FAMILIES = 200
ALL_PURCHASES = 0  # stands for a family where no line names one
YARDSTICKS = ("turnover", "employees", "revenue")

_FAMILIES = f"""
    WITH {MEMBERS_CTE}
    SELECT coalesce(m.group_id, l.client_id), p.family_id, sum(l.net)::float8
    FROM accounts_line l
    JOIN accounts_document d ON d.id = l.document_id
    JOIN accounts_product p ON p.id = l.product_id
    LEFT JOIN members m ON m.member_id = l.client_id
    WHERE l.date BETWEEN %(year_start)s AND %(day)s AND d.type IN ('invoice', 'credit_note')
      AND p.family_id IS NOT NULL AND {AS_OF.format("d")}
    GROUP BY 1, 2
"""
# Of a group its own statement, else the sum of what its members said.
_WALLETS = f"""
    SELECT DISTINCT ON (w.client_id) w.client_id, w.amount::float8
    FROM accounts_wallet w WHERE {AS_OF.format("w")}
    ORDER BY w.client_id, w.date DESC, w.id DESC
"""


@dataclass(frozen=True, eq=False)
class Room:
    """Everything about room to grow, for n served clients.

    peers: positions (n, k).  yardstick: index into YARDSTICKS by which clients were found alike,
    −1 none.  families: ids (f,) that the gaps' ``family`` points into.  wallet: stated or
    estimated, NaN unknown; stated: which of them was said by the client.
    """

    peers: np.ndarray
    yardstick: np.ndarray
    families: np.ndarray
    gaps: Gaps
    potential: Potential
    wallet: np.ndarray
    stated: np.ndarray
    share: np.ndarray


def compute(
    keys: set[str], moment: Moment, served: Served, revenue: np.ndarray, bought: np.ndarray
) -> dict[str, np.ndarray]:
    """``revenue`` of the window and whether the client ever bought, both (n,)."""
    found = room(moment, served, revenue)
    values = {"growth_potential": found.potential.middle, "share_of_wallet": found.share}
    return {key: np.where(bought, values[key], np.nan) for key in keys}


def room(moment: Moment, served: Served, revenue: np.ndarray) -> Room:
    families, spend = _by_family(moment, served)
    kinds, sizes = _likeness(served, revenue)
    buys = revenue > 0
    n = len(served)
    peers = np.full((n, PEERS), -1, dtype=np.int64)
    yardstick = np.full(n, -1)
    parts, wallet = [], np.full(n, np.nan)
    for at, size in enumerate(sizes):
        near = look_alikes(kinds, size, buys)
        mine = (yardstick < 0) & ((near >= 0).sum(axis=1) >= FEWEST)
        peers[mine], yardstick[mine] = near[mine], at
        near[~mine] = -1
        by_revenue = YARDSTICKS[at] == "revenue"
        if len(families):
            parts.append(gaps(spend, near, size))
        elif not by_revenue:  # compared with itself, revenue tells nothing
            parts.append(gaps(revenue[:, None], near, size))
        if not by_revenue:
            estimate = estimated_wallet(revenue, size, near)
            wallet = np.where(np.isnan(wallet), estimate, wallet)
    said = _stated(moment, served)
    stated = np.isfinite(said)
    found = _joined(parts)
    left = np.where(stated, said - revenue, np.nan)
    whole = np.where(stated, said, wallet)
    # Without families, what clients buy from us tells nothing of those found alike by it alone.
    told = peers if len(families) else np.where((yardstick == 2)[:, None], -1, peers)
    return Room(
        peers=told,
        yardstick=np.where((told >= 0).any(axis=1), yardstick, -1),
        families=families if len(families) else np.array([ALL_PURCHASES]),
        gaps=found,
        potential=summed(found, told, left),
        wallet=whole,
        stated=stated,
        share=share_of_wallet(revenue, whole),
    )


def _by_family(moment: Moment, served: Served) -> tuple[np.ndarray, np.ndarray]:
    """(ids of the families, what each client bought of each in twelve months (n, f))."""
    client_ids, family_ids, net = read_columns(_FAMILIES, moment.parameters, ("i8", "i8", "f8"))
    families, column = np.unique(family_ids, return_inverse=True)
    if len(families) > MOST_FAMILIES:
        total = np.bincount(column, weights=net)
        kept = np.sort(np.argsort(-total, kind="stable")[:MOST_FAMILIES])
        here = np.isin(column, kept)
        client_ids, net = client_ids[here], net[here]
        column = np.searchsorted(kept, column[here])
        families = families[kept]
    spend = np.zeros((len(served), len(families)))
    at, rows = served.position(client_ids)
    np.add.at(spend, (at, column[rows]), net[rows])
    return families, spend


def _likeness(
    served: Served, revenue: np.ndarray
) -> tuple[Sequence[np.ndarray], Sequence[np.ndarray]]:
    """(kinds, the strictest first; sizes by each yardstick).  A group without facts of its own
    has the first member's segment and country, and the members' employees and turnover summed."""
    n = len(served)
    segment, country = np.full(n, "", object), np.full(n, "", object)
    own = {name: np.full(n, np.nan) for name in ("employees", "turnover")}
    members = {name: np.zeros(n) for name in own}
    rows = Client.objects.order_by("pk").values_list(
        "pk", "segment", "country", "employees", "turnover"
    )
    table = list(rows)
    ids = np.array([row[0] for row in table], dtype=np.int64)
    if len(ids):
        at, kept = served.position(ids)
        table = (
            table if isinstance(kept, slice) else [r for r, k in zip(table, kept, strict=True) if k]
        )
        itself = served.ids[at] == np.array([row[0] for row in table])
        for place, mine, row in zip(at.tolist(), itself.tolist(), table, strict=True):
            segment[place] = (row[1] if mine else segment[place] or row[1]) or segment[place]
            country[place] = (row[2] if mine else country[place] or row[2]) or country[place]
            for name, value in (("employees", row[3]), ("turnover", row[4])):
                if value:
                    if mine:
                        own[name][place] = float(value)
                    else:
                        members[name][place] += float(value)
    sizes = {n: np.where(np.isnan(own[n]), members[n], own[n]) for n in own} | {"revenue": revenue}
    wide = np.unique(segment.astype(str), return_inverse=True)[1]
    both = np.char.add(np.char.add(segment.astype(str), "\x1f"), country.astype(str))
    narrow = np.unique(both, return_inverse=True)[1]
    return (narrow, wide), tuple(sizes[name] for name in YARDSTICKS)


def _stated(moment: Moment, served: Served) -> np.ndarray:
    client_ids, amounts = read_columns(_WALLETS, moment.parameters, ("i8", "f8"))
    found = np.full(len(served), np.nan)
    at, kept = served.position(client_ids)
    client_ids, amounts = client_ids[kept], amounts[kept]
    itself = served.ids[at] == client_ids if len(at) else np.zeros(0, bool)
    of_members = np.bincount(at[~itself], weights=amounts[~itself], minlength=len(served))
    found[at[~itself]] = of_members[at[~itself]]
    found[at[itself]] = amounts[itself]
    return found


def _joined(parts: Sequence[Gaps]) -> Gaps:
    names = list(Gaps.__dataclass_fields__)
    if not parts:
        none = np.zeros(0, dtype=np.int64)
        return Gaps(*(none if n in names[:4] else np.zeros(0) for n in names))
    return Gaps(*(np.concatenate([getattr(part, name) for part in parts]) for name in names))
