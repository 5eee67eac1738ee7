"""People, promises and committed volume: facts that need no chance."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from .finding import ALARM, WATCH, Finding

# For so long a loss or a breach is news.
NEWS_DAYS = 90
GRACE_DAYS = 7
ELAPSED_NEEDED, SHORT = 0.25, 0.85


@dataclass(frozen=True)
class Person:
    """Somebody on whom the client's decision hangs."""

    id: int
    left_on: dt.date | None
    since: dt.date | None = None  # when we came to know them


def lost_contact(people: Sequence[Person], day: dt.date) -> Finding | None:
    """Who weighs much has left lately, and nobody else of weight was met since."""
    gone = [
        each
        for each in people
        if each.left_on is not None and 0 <= (day - each.left_on).days <= NEWS_DAYS
    ]
    if not gone:
        return None
    staying = [each for each in people if each.left_on is None or each.left_on > day]
    last = max(each.left_on for each in gone if each.left_on is not None)
    if any(each.since is not None and each.since >= last for each in staying):
        return None
    return Finding(
        "contact",
        WATCH if staying else ALARM,
        None,
        {
            "contacts": [each.id for each in gone], "left": last.isoformat(),
            "staying": len(staying),
        },
    )  # fmt: skip


@dataclass(frozen=True)
class Promised:
    """One of our promises; ``broken_on`` where it was broken, else it is open."""

    id: int
    due: dt.date
    broken_on: dt.date | None = None


def broken_promises(promises: Sequence[Promised], day: dt.date) -> Finding | None:
    broken = [
        each
        for each in promises
        if each.broken_on is not None and 0 <= (day - each.broken_on).days <= NEWS_DAYS
    ]
    overdue = [
        each for each in promises if each.broken_on is None and (day - each.due).days > GRACE_DAYS
    ]
    found = broken + overdue
    if not found:
        return None
    return Finding(
        "promises",
        ALARM if len(found) > 1 else WATCH,
        None,
        {
            "broken": len(broken), "overdue": len(overdue),
            "promises": sorted(each.id for each in found),
            "oldest": min(each.due for each in found).isoformat(),
        },
    )  # fmt: skip


@dataclass(frozen=True)
class Committed:
    """Volume to be bought from ``starts`` to ``ends``, and what was bought so far."""

    id: int
    starts: dt.date
    ends: dt.date
    amount: float
    bought: float


def missed_volume(commitments: Sequence[Committed], day: dt.date) -> Finding | None:
    """The one that is furthest behind an even pace, from a quarter of its time on; a term that has
    ended short is news for 90 days."""
    worst: tuple[float, Committed, float] | None = None
    for each in commitments:
        if each.amount <= 0 or day < each.starts or (day - each.ends).days > NEWS_DAYS:
            continue
        term = (each.ends - each.starts).days + 1
        elapsed = min(1.0, ((day - each.starts).days + 1) / term)
        if elapsed < ELAPSED_NEEDED:
            continue
        share = each.bought / (each.amount * elapsed)
        if share < (1.0 if elapsed == 1.0 else SHORT) and (worst is None or share < worst[0]):
            worst = (share, each, elapsed)
    if worst is None:
        return None
    share, each, elapsed = worst
    return Finding(
        "volume",
        ALARM if share < 0.6 or elapsed == 1.0 else WATCH,
        None,
        {
            "commitment": each.id, "bought": round(each.bought, 2),
            "expected": round(each.amount * elapsed, 2), "amount": round(each.amount, 2),
            "share": round(100 * share, 1), "ends": each.ends.isoformat(),
        },
    )  # fmt: skip
