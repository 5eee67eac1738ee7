"""What an initiative did to the average invoice of those who took part."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal

from accounts.measures.invoice_effect import Effect, effect
from accounts.models import Initiative, Invitation, Standing
from accounts.selectors import initiatives as found
from accounts.selectors.standings import present

# So long before it began to run and so long after at most.
WINDOW_DAYS = 180


@dataclass(frozen=True)
class Outcome:
    """``together``: all who took part; ``others``: clients on the key list who did not, over the
    same days; ``rows``: each participant.  Of the clients that the actor may see."""

    began: dt.date
    until: dt.date
    together: Effect
    others: Effect
    rows: list[tuple[Invitation, Effect]]
    days: int = WINDOW_DAYS


def outcome(initiative: Initiative, day: dt.date) -> Outcome | None:
    """None until it has begun to run."""
    began = initiative.began
    if began is None:
        return None
    until = min(day, began + dt.timedelta(days=WINDOW_DAYS))
    took_part = list(
        found.invitations()
        .filter(initiative=initiative, state=Invitation.State.TOOK_PART)
        .order_by("client__sort_name", "pk")
    )
    ids = {row.client_id for row in took_part}
    listed = present().filter(value__in=Standing.ON_LIST).exclude(client__in=ids)
    others = set(listed.values_list("client_id", flat=True))
    sides = _sides(ids | others, began, until, day)
    return Outcome(
        began,
        until,
        _pooled(ids, sides),
        _pooled(others, sides),
        [(row, effect(*sides[row.client_id])) for row in took_part],
    )


Sides = dict[int, tuple[list[Decimal], list[Decimal]]]


def _sides(units: Collection[int], began: dt.date, until: dt.date, day: dt.date) -> Sides:
    members = found.members_of(units, day)
    sides: Sides = defaultdict(lambda: ([], []))
    start = began - dt.timedelta(days=WINDOW_DAYS)
    for unit, on, net in found.invoices(members, start, until + dt.timedelta(days=1), day):
        sides[unit][on >= began].append(net)
    return sides


def _pooled(units: Collection[int], sides: Sides) -> Effect:
    before = [net for unit in units for net in sides[unit][0]]
    return effect(before, [net for unit in units for net in sides[unit][1]])
