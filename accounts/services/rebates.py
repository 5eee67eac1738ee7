"""Rebates by the scales of agreements: what each complete month has added to what was earned."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from accounts.measures.planning import rebate
from accounts.models import Agreement, RebateAccrual
from accounts.selectors import ledger
from accounts.selectors.agreements import whole
from accounts.selectors.volumes import Days, by_day, within
from kam.lib.periods import add_months, end_of_day, month_start, today

Period = Agreement.RebatePeriod
PER_QUARTER = 3


@dataclass(frozen=True)
class Earned:
    """What a rebate period has earned up to a day, and the next step of the scale."""

    start: dt.date
    end: dt.date
    volume: Decimal
    amount: Decimal
    percent: Decimal | None  # of the highest step reached
    next_volume: Decimal | None
    next_percent: Decimal | None


def scale_of(agreement: Agreement) -> list[tuple[Decimal, Decimal]]:
    return [(step.volume, step.percent) for step in agreement.rebate_steps.all()]


def period_of(agreement: Agreement, day: dt.date) -> tuple[dt.date, dt.date] | None:
    """The rebate period within the term that ``day`` falls into."""
    if not agreement.rebate_period or not agreement.holds_on(day):
        return None
    if agreement.rebate_period == Period.TERM:
        start, end = agreement.starts, agreement.last_day
    elif agreement.rebate_period == Period.YEAR:
        start, end = dt.date(day.year, 1, 1), dt.date(day.year, 12, 31)
    else:
        first = (day.month - 1) // PER_QUARTER * PER_QUARTER + 1
        start = dt.date(day.year, first, 1)
        end = add_months(start, PER_QUARTER) - dt.timedelta(days=1)
    last = agreement.last_day
    return max(start, agreement.starts), min(end, last) if last else end


def earned(agreement: Agreement, day: dt.date, bought: Days) -> Earned | None:
    """What the period of ``day`` has earned by then; None outside every period or scale."""
    period = period_of(agreement, day)
    steps = scale_of(agreement)
    if period is None or not steps:
        return None
    volume = within(bought, period[0], min(day, period[1]))
    reached = [step for step in steps if volume >= step[0]]
    ahead = [step for step in steps if volume < step[0]]
    return Earned(
        *period,
        volume,
        _amount(agreement, volume, steps),
        reached[-1][1] if reached else None,
        *(ahead[0] if ahead else (None, None)),
    )


def _amount(agreement: Agreement, volume: Decimal, steps) -> Decimal:
    above = agreement.rebate_on == Agreement.RebateOn.ABOVE
    return rebate(volume, steps, above=above)


def months_of(
    agreement: Agreement, bought: Days, until: dt.date
) -> Iterator[tuple[dt.date, Decimal]]:
    """(last day of the month, what the month added), of months complete by ``until``.

    The sum over a period is what it has earned; a credit note may make a month negative.
    """
    steps = scale_of(agreement)
    month = month_start(agreement.starts)
    before: dict[dt.date, Decimal] = {}
    last = agreement.last_day
    while steps and (last is None or month <= last):
        end = add_months(month, 1) - dt.timedelta(days=1)
        if end > until:
            return
        day = min(end, last) if last else end
        period = period_of(agreement, max(day, agreement.starts))
        if period is not None:
            amount = _amount(agreement, within(bought, period[0], min(day, period[1])), steps)
            added = amount - before.get(period[0], Decimal(0))
            before[period[0]] = amount
            if added:
                yield end, added
        month = add_months(month, 1)


@transaction.atomic
def accrue(as_of: dt.date | None = None, *, dated_back: bool = False) -> int:
    """Bring accruals in line with agreements and purchases; returns how many rows were written.

    An accrual that no longer holds is closed, never changed.  With ``dated_back`` the rows count
    as known from the day after their month: for history that was settled then.  Runs for a
    system actor.
    """
    day = as_of or today()
    now = timezone.now()
    written = 0
    agreements = whole().exclude(rebate_period="").select_related("client").order_by("pk")
    for agreement in agreements:
        entities = ledger.legal_entities(agreement.client, day)
        bought = by_day(entities, agreement.starts, day, day)
        wanted = dict(months_of(agreement, bought, day))
        written += _replace(agreement, wanted, now, dated_back)
    return written


def _replace(agreement: Agreement, wanted: dict[dt.date, Decimal], now, dated_back: bool) -> int:
    present = {
        row.date: row
        for row in RebateAccrual.objects.filter(agreement=agreement, known_to__isnull=True)
    }
    over = [row.pk for day, row in present.items() if wanted.get(day) != row.amount]
    RebateAccrual.objects.filter(pk__in=over).update(known_to=now)
    fresh = [
        RebateAccrual(
            client_id=agreement.client_id,
            agreement=agreement,
            date=day,
            amount=amount,
            known_from=end_of_day(day) if dated_back else now,
        )
        for day, amount in wanted.items()
        if day not in present or present[day].amount != amount
    ]
    RebateAccrual.objects.bulk_create(fresh)
    return len(over) + len(fresh)
