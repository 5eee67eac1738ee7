"""What clients owe: by age, in days of sales, and when it may be expected.  Pure arithmetic.

Amounts are with VAT in the company's currency at the rate of the document's date.  A document
without a due day is never past due; no week of the calendar holds it.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

# Name of each age -> days past due, first and last; None: no end.
AGES: dict[str, tuple[int | None, int | None]] = {
    "not_due": (None, 0),
    "to_30": (1, 30),
    "to_60": (31, 60),
    "to_90": (61, 90),
    "over_90": (91, None),
}
DSO_DAYS = 90
ZERO = Decimal(0)


@dataclass(frozen=True)
class Owed:
    """Part of a document that is still to be paid."""

    due: dt.date | None
    amount: Decimal


@dataclass(frozen=True)
class Ageing:
    """``by_age``: every name of AGES -> amount.  ``oldest``: days past due of the oldest one, 0
    where nothing is past due."""

    by_age: Mapping[str, Decimal]
    oldest: int

    @property
    def total(self) -> Decimal:
        return sum(self.by_age.values(), ZERO)

    @property
    def overdue(self) -> Decimal:
        return self.total - self.by_age["not_due"]


def age_of(due: dt.date | None, day: dt.date) -> str:
    """The name in AGES; the due day itself is still in time."""
    past = (day - due).days if due else 0
    for name, (first, last) in AGES.items():
        if (first is None or past >= first) and (last is None or past <= last):
            return name
    raise AssertionError("the ages leave no gap")


def due_between(name: str, day: dt.date) -> tuple[dt.date | None, dt.date | None]:
    """First and last due day of the documents that have this age on ``day``."""
    first, last = AGES[name]
    return (
        None if last is None else day - dt.timedelta(days=last),
        None if first is None else day - dt.timedelta(days=first),
    )


def ageing(rows: Iterable[Owed], day: dt.date) -> Ageing:
    sums = dict.fromkeys(AGES, ZERO)
    oldest = 0
    for row in rows:
        sums[age_of(row.due, day)] += row.amount
        if row.due and row.amount > 0:
            oldest = max(oldest, (day - row.due).days)
    return Ageing(sums, oldest)


def days_of_sales(owed: Decimal, sold: Decimal, days: int = DSO_DAYS) -> Decimal | None:
    """DSO: receivables ÷ sales of the ``days`` up to the date × ``days``, to a tenth of a day.

    None where nothing was sold: any number of days would be wrong.
    """
    if sold <= 0:
        return None
    return (owed * days / sold).quantize(Decimal("0.1"), ROUND_HALF_UP)


def usual_days(weight: Decimal, days: Decimal) -> Decimal | None:
    """Usual lateness: days from the due day to payment in full, weighted by amount; what is paid
    early counts as 0.  ``weight``: the sum of the amounts, ``days``: of each times its days.  None
    without settled documents."""
    if weight <= 0:
        return None
    return (days / weight).quantize(Decimal("0.1"), ROUND_HALF_UP)


def expected_on(due: dt.date, late: Decimal | None, day: dt.date) -> dt.date:
    """The day to expect the money: the due day and the client's usual lateness, not before
    ``day``."""
    return max(day, due + dt.timedelta(days=round(late or ZERO)))


def monday(day: dt.date) -> dt.date:
    return day - dt.timedelta(days=day.weekday())


@dataclass
class Week:
    """A week of the calendar, from Monday on.  ``by_due``: what falls due in it; ``by_habit``:
    what is to be expected in it; ``promised``: what they have said they pay in it."""

    start: dt.date
    by_due: Decimal = ZERO
    by_habit: Decimal = ZERO
    promised: Decimal = ZERO


@dataclass(frozen=True)
class Calendar:
    """``overdue``: past due already, so in no week by due day.  ``later``: by due day after the
    last week.  ``undated``: without a due day."""

    weeks: list[Week]
    overdue: Decimal
    later: Decimal
    undated: Decimal


def calendar(
    rows: Iterable[tuple[dt.date | None, Decimal | None, Decimal]],
    promised: Iterable[tuple[dt.date, Decimal]],
    day: dt.date,
    weeks: int = 13,
) -> Calendar:
    """When money may come.  ``rows``: due, usual lateness of the client in days, amount;
    ``promised``: the day they named, amount."""
    start = monday(day)
    found = [Week(start + dt.timedelta(weeks=number)) for number in range(weeks)]
    overdue = later = undated = ZERO
    for due, late, amount in rows:
        if due is None:
            undated += amount
            continue
        if due < day:
            overdue += amount
        elif (place := (due - start).days // 7) < weeks:
            found[place].by_due += amount
        else:
            later += amount
        place = (expected_on(due, late, day) - start).days // 7
        if place < weeks:
            found[place].by_habit += amount
    for on, amount in promised:
        place = (max(on, day) - start).days // 7
        if place < weeks:
            found[place].promised += amount
    return Calendar(found, overdue, later, undated)
