"""When a schedule was due: the five fields of cron, in the company's wall time.  Loads no Celery, so
that pages may ask as well as beat."""

from __future__ import annotations

import datetime as dt

from kam.lib.periods import company_zone

LOOK_BACK_DAYS = 400
# minute hour day-of-month month day-of-week (0 = Sunday): the least and the greatest of each.
_RANGES = ((0, 59), (0, 23), (1, 31), (1, 12), (0, 6))


def parse(expression: str) -> list[set[int]]:
    """What each field allows: ``*``, ``7``, ``1-5``, ``*/10``, ``1,15``.  Raises ValueError."""
    fields = expression.split()
    if len(fields) != len(_RANGES):
        raise ValueError(f"five fields are needed: {expression}")
    return [_field(text, *limits) for text, limits in zip(fields, _RANGES, strict=True)]


def _field(text: str, least: int, most: int) -> set[int]:
    allowed: set[int] = set()
    for part in text.split(","):
        span, _slash, step = part.partition("/")
        first, _dash, last = (f"{least}-{most}" if span == "*" else span).partition("-")
        found = range(int(first), int(last or first) + 1, int(step or 1))
        if not found or found[0] < least or found[-1] > most:
            raise ValueError(f"{part} is not within {least} and {most}")
        allowed.update(found)
    return allowed


def last_due(expression: str, now: dt.datetime) -> dt.datetime | None:
    """The latest moment at or before ``now`` that the cron expression names, in the company's
    wall time; None where there is none within 400 days.

    A wall time that a clock change skips counts at the moment the clocks moved.
    """
    minutes, hours, days, months, weekdays = parse(expression)
    local = now.astimezone(company_zone())
    for back in range(LOOK_BACK_DAYS):
        day = local.date() - dt.timedelta(days=back)
        if day.isoweekday() % 7 not in weekdays or day.day not in days or day.month not in months:
            continue
        for hour in sorted(hours, reverse=True):
            for minute in sorted(minutes, reverse=True):
                moment = dt.datetime.combine(day, dt.time(hour, minute), company_zone())
                if moment <= now:
                    return moment.astimezone(dt.UTC)
    return None
