"""How a task repeats: a small part of RFC 5545, and the day on which it comes next."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from dateutil import rrule

DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_FREQUENCIES = {
    "DAILY": rrule.DAILY,
    "WEEKLY": rrule.WEEKLY,
    "MONTHLY": rrule.MONTHLY,
    "YEARLY": rrule.YEARLY,
}
MOST = 99  # of days, weeks, months, years between two


@dataclass(frozen=True)
class Rule:
    """``every`` so many days, weeks, months or years; ``days`` of the week; ``day`` of the month,
    its last one where the month is shorter; until a day, that day included."""

    frequency: str
    every: int = 1
    days: tuple[str, ...] = ()
    day: int | None = None
    until: dt.date | None = None

    def __str__(self) -> str:
        parts = [f"FREQ={self.frequency}"]
        if self.every != 1:
            parts.append(f"INTERVAL={self.every}")
        if self.days:
            parts.append(f"BYDAY={','.join(self.days)}")
        if self.day:
            parts.append(f"BYMONTHDAY={self.day}")
        if self.until:
            parts.append(f"UNTIL={self.until:%Y%m%d}")
        return ";".join(parts)


def parse(text: str) -> Rule:
    """The rule that the text spells.  Raises ValueError where it is not one of ours."""
    parts: dict[str, str] = {}
    for piece in text.strip().upper().removeprefix("RRULE:").split(";"):
        name, mark, value = piece.partition("=")
        if not mark or not value or name in parts:
            raise ValueError(f"not a rule: {text[:100]}")
        parts[name] = value
    frequency = parts.pop("FREQ", "")
    if frequency not in _FREQUENCIES:
        raise ValueError("FREQ is one of DAILY, WEEKLY, MONTHLY, YEARLY")
    every = _whole(parts.pop("INTERVAL", "1"), MOST)
    named = [each for each in parts.pop("BYDAY", "").split(",") if each]
    if any(each not in DAYS for each in named):
        raise ValueError("BYDAY names days of the week: MO, TU, WE, TH, FR, SA, SU")
    days = tuple(each for each in DAYS if each in named)
    if days and frequency not in ("DAILY", "WEEKLY"):
        raise ValueError("BYDAY goes with DAILY or WEEKLY")
    day = _whole(parts.pop("BYMONTHDAY"), 31) if "BYMONTHDAY" in parts else None
    if day and frequency != "MONTHLY":
        raise ValueError("BYMONTHDAY goes with MONTHLY")
    until = _day(parts.pop("UNTIL")) if "UNTIL" in parts else None
    if parts:
        raise ValueError(f"{next(iter(parts))} is not used here")
    return Rule(frequency, every, days, day, until)


def next_after(rule: Rule, due: dt.date, after: dt.date) -> dt.date | None:
    """The first day of the rule, counted from ``due``, that lies after both; None where it ends."""
    # One day each: a rule without a day of its own keeps that of ``due``.
    beyond = max(due, after)
    if rule.frequency in ("MONTHLY", "YEARLY"):
        found = _next_month(rule, due, beyond)
    else:
        weekdays = [DAYS.index(each) for each in rule.days] or None
        days = rrule.rrule(
            _FREQUENCIES[rule.frequency],
            dtstart=dt.datetime.combine(due, dt.time()),
            interval=rule.every,
            byweekday=weekdays,
        )
        following = days.after(dt.datetime.combine(beyond, dt.time()))
        found = following.date() if following else None
    return None if found is None or (rule.until and found > rule.until) else found


def _next_month(rule: Rule, due: dt.date, beyond: dt.date) -> dt.date | None:
    """RFC 5545 leaves out months without the 31st; people mean the last day then."""
    step = rule.every * (12 if rule.frequency == "YEARLY" else 1)
    wanted = rule.day or due.day
    # Counted in whole months from that of ``due``: the first one that can lie beyond.
    apart = (beyond.year - due.year) * 12 + beyond.month - due.month
    count = max(apart // step, 0) * step
    while True:
        year, month = divmod(due.year * 12 + due.month - 1 + count, 12)
        if year > 9998:
            return None
        found = dt.date(year, month + 1, min(wanted, _length(year, month + 1)))
        if found > beyond:
            return found
        count += step


def _length(year: int, month: int) -> int:
    following = dt.date(year + month // 12, month % 12 + 1, 1)
    return (following - dt.timedelta(days=1)).day


def _whole(text: str, most: int) -> int:
    if not (text.isascii() and text.isdecimal() and 1 <= int(text[:4]) <= most):
        raise ValueError(f"a whole number from 1 to {most} is needed")
    return int(text)


def _day(text: str) -> dt.date:
    try:
        return dt.datetime.strptime(text[:8], "%Y%m%d").date()
    except ValueError:
        raise ValueError("UNTIL is a day such as 20271231") from None
