"""What a client may want next, computed: when it orders, and what look-alikes buy and it does not."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.measures.order_window import DAYS_ASKED, ORDERS_NEEDED, Window, next_order
from accounts.measures.peers import FEWEST
from accounts.models import Client, Need, ProductFamily, Standing, User
from accounts.selectors import order_days as ordered
from accounts.selectors import potential as room
from accounts.selectors.standings import present

from . import needs

# Clients on the key list whose next order is told; more than a company can serve as key.
MOST = 500


@dataclass(frozen=True)
class Gap:
    """A product family with room, and whether an open need names it already."""

    reason: room.Reason
    noted: bool


@dataclass(frozen=True)
class Outlook:
    """``window``: None with fewer than ``needed`` days of orders within ``days`` days; ``orders``
    says how many there are."""

    window: Window | None
    orders: int
    gaps: list[Gap]
    peers: int | None
    as_of: dt.date | None
    state: str = ""
    needed: int = ORDERS_NEEDED
    days: int = DAYS_ASKED
    fewest: int = FEWEST


def outlook_of(client: Client, noted: Collection[int | None], day: dt.date) -> Outlook:
    """For one client.  ``noted``: product families that open needs name already."""
    since = day - dt.timedelta(days=DAYS_ASKED)
    days = ordered.order_days([client.pk], since, day)[client.pk]
    row = room.potential_of(client)
    reasons = room.reasons_of(row) if row is not None else []
    window = next_order(days, day)
    return Outlook(
        window,
        len(set(days)),
        [Gap(each, each.family_id in noted) for each in reasons if each.family_id],
        row.peers if row is not None else None,
        row.as_of if row is not None else None,
        window.state(day) if window is not None else "",
    )


@dataclass(frozen=True)
class Line:
    """A client on the key list and when it may order next."""

    client: Client
    window: Window | None
    orders: int

    def order(self, day: dt.date) -> tuple[int, dt.date, str]:
        """Windows that have closed first, then open ones, then those ahead, then no windows."""
        if self.window is None:
            return (3, dt.date.max, self.client.name)
        place = {"past": 0, "open": 1, "ahead": 2}[self.window.state(day)]
        return (place, self.window.expected, self.client.name)


def next_orders(day: dt.date, owner: str = "") -> list[Line]:
    """Clients on the key list that the actor may see, those that let their window pass first."""
    rows = present().filter(value__in=Standing.ON_LIST).order_by("client_id")
    if owner.isdecimal():
        rows = rows.filter(client__owner_id=int(owner[:18]))
    ids = list(rows.values_list("client_id", flat=True)[:MOST])
    found = ordered.order_days(ids, day - dt.timedelta(days=DAYS_ASKED), day)
    clients = ordered.names_of(ids)
    lines = [
        Line(clients[pk], next_order(found[pk], day), len(set(found[pk])))
        for pk in ids
        if pk in clients
    ]
    return sorted(lines, key=lambda line: line.order(day))


@transaction.atomic
def note_gap(client: Client, family: ProductFamily, person: User | None) -> Need:
    """Note a gap as a need: its family, and what it may bring as it was estimated.

    Raises ValidationError where no gap of this family is estimated, or a need names it already.
    """
    row = room.potential_of(client)
    reasons = room.reasons_of(row) if row is not None else []
    reason = next((each for each in reasons if each.family_id == family.pk), None)
    if reason is None:
        raise ValidationError({"family": _("There is no such gap in the latest estimate.")})
    if Need.objects.filter(client=client, family=family, state__in=Need.OPEN).exists():
        raise ValidationError({"family": _("An open need names this product family already.")})
    if reason.own:
        what = _("%(family)s: buys less of it than look-alikes do")
    else:
        what = _("%(family)s: look-alikes buy it, this client does not")
    return needs.note(
        client,
        {
            "what": what % {"family": reason.family},
            "source": Need.Source.GAP,
            "family": family,
            "low": Decimal(str(round(max(0.0, reason.low), 2))),
            "high": Decimal(str(round(max(0.0, reason.high), 2))),
        },
        person,
    )
