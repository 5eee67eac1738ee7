"""How agreements stand today: how long they hold, committed against taken, rebate, credit."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import F, Sum

from accounts.measures.planning import expected_share, forecast, pattern_of
from accounts.models import Agreement, Commitment, Document, RebateAccrual
from accounts.selectors import volumes
from accounts.selectors.agreements import agreements_of
from accounts.selectors.facts import known, revenue_documents
from kam.lib.periods import add_months, month_start

from . import rebates

# Less than so much of what is expected by now counts as behind.
BEHIND = Decimal("0.9")


@dataclass(frozen=True)
class Progress:
    """A commitment: taken against committed, and what is expected by today on the way.

    ``seasonal``: the path follows the client's own months of the year before, else days.
    ``state``: ahead (of time), on, behind, kept, missed.
    """

    commitment: Commitment
    taken: Decimal
    expected: Decimal
    forecast: Decimal | None
    seasonal: bool
    state: str

    @property
    def share(self) -> Decimal:
        return self.taken / self.commitment.amount

    @property
    def expected_share(self) -> Decimal:
        return self.expected / self.commitment.amount


@dataclass(frozen=True)
class State:
    """``phase``: future, holds, ending (within 90 days, not renewed), ended."""

    agreement: Agreement
    phase: str
    days_left: int | None
    renewed: bool
    commitments: list[Progress]
    earned: rebates.Earned | None


@dataclass(frozen=True)
class Credit:
    """What the client owes, with VAT, against the smallest limit in force."""

    limit: Decimal | None
    open: Decimal

    @property
    def over(self) -> Decimal:
        return max(self.open - self.limit, Decimal(0)) if self.limit is not None else Decimal(0)


@dataclass(frozen=True)
class Profit:
    """Profit of the 12 months up to a day, and the rebates earned in them, as the measures
    ``profit`` and ``rebates`` define both."""

    profit: Decimal
    rebates: Decimal

    @property
    def after(self) -> Decimal:
        return self.profit - self.rebates


def profit_of(entities: Collection[int], day: dt.date) -> Profit | None:
    """None where no rebate was earned or no cost is known."""
    start = add_months(day + dt.timedelta(days=1), -12)
    earned = RebateAccrual.objects.filter(
        known(day), client__in=entities, date__range=(start, day)
    ).aggregate(amount=Sum("amount"))["amount"]
    if not earned:
        return None
    sums = (
        revenue_documents(day)
        .filter(client__in=entities, date__gte=start)
        .order_by()
        .aggregate(net=Sum("costed_net"), cost=Sum("cost"))
    )
    return Profit(sums["net"] - sums["cost"], earned) if sums["net"] else None


def states_of(entities: Collection[int], day: dt.date) -> list[State]:
    """Every agreement of these legal entities: those in force first, then future, then past."""
    agreements = agreements_of(entities)
    if not agreements:
        return []
    starts = min(
        [agreement.starts for agreement in agreements]
        + [row.starts for each in agreements for row in each.commitments.all()]
    )
    bought = volumes.by_day(entities, add_months(starts, -12), day, day)
    families: dict[int | None, volumes.Days] = {}
    if any(row.family_id for each in agreements for row in each.commitments.all()):
        families = volumes.by_day_and_family(entities, add_months(starts, -12), day, day)
    renewed = {agreement.previous_id for agreement in agreements}
    states = []
    for agreement in agreements:
        last = agreement.last_day
        left = (last - day).days if last else None
        progress = [
            progress_of(
                row, bought if row.family_id is None else families.get(row.family_id, []), day
            )
            for row in agreement.commitments.all()
        ]
        states.append(
            State(
                agreement,
                _phase(agreement, day, left, agreement.pk in renewed),
                left,
                agreement.pk in renewed,
                progress,
                rebates.earned(agreement, day, bought),
            )
        )
    order = {"ending": 0, "holds": 0, "future": 1, "ended": 2}
    return sorted(states, key=lambda state: order[state.phase])


def _phase(agreement: Agreement, day: dt.date, left: int | None, renewed: bool) -> str:
    if agreement.starts > day:
        return "future"
    if left is None:
        return "holds"
    if left < 0:
        return "ended"
    return "ending" if left <= 90 and not renewed and not agreement.ended_on else "holds"


def progress_of(row: Commitment, bought: volumes.Days, day: dt.date) -> Progress:
    taken = volumes.within(bought, row.starts, min(day, row.ends))
    pattern = pattern_of(_year_before(bought, row.starts))
    share = expected_share(day, row.starts, row.ends, pattern)
    expected = (row.amount * share).quantize(volumes.CENT)
    if day < row.starts:
        state = "ahead"
    elif taken >= row.amount:
        state = "kept"
    elif day > row.ends:
        state = "missed"
    else:
        state = "on" if taken >= expected * BEHIND else "behind"
    led = forecast(taken, share) if day <= row.ends else None
    return Progress(row, taken, expected, led, pattern is not None, state)


def _year_before(bought: volumes.Days, start: dt.date) -> dict[tuple[int, int], Decimal]:
    """Sales of the twelve whole months before that of ``start``, by (year, month)."""
    first = add_months(month_start(start), -12)
    months = {
        (month.year, month.month): Decimal(0)
        for month in (add_months(first, number) for number in range(12))
    }
    for day, net in bought:
        if (day.year, day.month) in months:
            months[day.year, day.month] += net
    return months


def credit_of(entities: Collection[int], states: list[State], day: dt.date) -> Credit:
    limits = [
        state.agreement.credit_limit
        for state in states
        if state.phase in ("holds", "ending") and state.agreement.credit_limit is not None
    ]
    owed = (
        revenue_documents(day)
        .filter(client__in=entities, gross__gt=0, paid__lt=F("gross"))
        .exclude(type=Document.Type.CREDIT_NOTE)
        .order_by()
        .aggregate(open=Sum(F("gross") - F("paid")))
    )
    return Credit(min(limits) if limits else None, owed["open"] or Decimal(0))
