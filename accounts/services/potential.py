"""Room to grow: computing it for everybody, and what clients say they buy in all."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import numpy as np
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.measures import potential as measuring
from accounts.measures.compute import compute
from accounts.measures.reading import Moment, heavy_statements, require_system
from accounts.measures.served import served_at
from accounts.models import Client, Potential, User, Wallet
from accounts.selectors.facts import default_date
from kam.audit.services import record
from kam.jobs.models import Job
from kam.jobs.services import enqueue
from kam.lib.copy import copy_in_rows
from kam.lib.periods import today
from kam.lib.scoping import System, current

REASONS = 5  # the widest gaps are told
STEPS = 3
JOB = "accounts.potential"
Progress = Callable[[int, int, str], None]


def request_refresh() -> Job:
    """A job that computes the room to grow of all clients; one that waits already is enough."""
    actor = current()
    if isinstance(actor, System):
        actor = get_user_model().objects.filter(pk=actor.asked_by_id).first()
    return enqueue(JOB, actor=actor, unique=JOB)


def refresh(as_of: dt.date | None = None, progress: Progress | None = None) -> int:
    """Replace everybody's estimate by one as of a day; returns how many there are.

    Who has never bought has none.  Runs for a system actor, in one transaction.
    """
    require_system()
    tell = progress or (lambda done, total, note: None)
    as_of = as_of or default_date()
    moment = Moment(as_of)
    with transaction.atomic():
        facts = compute(["revenue", "tenure"], as_of)
        tell(1, STEPS, "")
        with heavy_statements():
            served = served_at(moment)
            found = measuring.room(moment, served, facts.values["revenue"])
            tell(2, STEPS, "")
            rows = _rows(found, facts.values, served.ids, as_of)
            Potential.objects.all().delete()
            copy_in_rows(Potential._meta.db_table, _COLUMNS, rows)
    tell(STEPS, STEPS, "")
    return len(rows)


_COLUMNS = (
    "client_id", "as_of", "peers", "yardstick", "low", "middle", "high", "revenue", "wallet",
    "wallet_stated", "share", "reasons",
)  # fmt: skip


def _rows(
    found: measuring.Room, values: dict[str, np.ndarray], ids: np.ndarray, as_of: dt.date
) -> list[tuple[Any, ...]]:
    reasons = _reasons(found)
    room = found.potential
    rows = []
    for at in np.flatnonzero(~np.isnan(values["tenure"])).tolist():
        yardstick = int(found.yardstick[at])
        rows.append(
            (
                int(ids[at]),
                as_of,
                int(room.peers[at]),
                measuring.YARDSTICKS[yardstick] if yardstick >= 0 else "",
                _number(room.low[at]),
                _number(room.middle[at]),
                _number(room.high[at]),
                float(values["revenue"][at]),
                _number(found.wallet[at]),
                bool(found.stated[at]),
                _number(found.share[at]),
                json.dumps(reasons.get(at, [])),
            )
        )
    return rows


def _number(value: float) -> float | None:
    return None if np.isnan(value) else float(value)


def _reasons(found: measuring.Room) -> dict[int, list[dict[str, Any]]]:
    """Position of a client -> its widest gaps."""
    gaps = found.gaps
    reasons: dict[int, list[dict[str, Any]]] = {}
    for row in np.lexsort((-gaps.middle, gaps.client)).tolist():
        mine = reasons.setdefault(int(gaps.client[row]), [])
        if len(mine) < REASONS and gaps.high[row] > 0:
            family = int(found.families[gaps.family[row]])
            mine.append(
                {
                    "family": family or None,
                    "buyers": int(gaps.buyers[row]),
                    "peers": int(gaps.peers[row]),
                    "own": round(float(gaps.own[row]), 2),
                    "low": round(float(gaps.low[row]), 2),
                    "high": round(float(gaps.high[row]), 2),
                }
            )
    return reasons


@transaction.atomic
def state_wallet(
    client: Client,
    amount: Decimal,
    *,
    date: dt.date | None = None,
    source: str = "",
    author: User | None = None,
) -> Wallet:
    """What the client says it buys a year in our field: closes what it said before.

    Whether the author may change the client is the caller's question.  Raises ValidationError
    for a day to come, and where a later statement is known already.
    """
    date = date or today()
    if date > today():
        raise ValidationError(_("The day on which it was said cannot lie ahead."))
    now = timezone.now()
    before = Wallet.objects.select_for_update().filter(client=client, known_to__isnull=True).first()
    if before is not None:
        if before.date > date:
            raise ValidationError(_("There is a later statement already."))
        Wallet.objects.filter(pk=before.pk).update(known_to=max(now, before.known_from))
    wallet = Wallet.objects.create(
        client=client,
        amount=amount,
        date=date,
        source=source.strip(),
        author=author,
        known_from=now,
    )
    record("wallet.state", object=client, client_id=client.pk, details={"amount": str(amount)})
    request_refresh()
    return wallet
