"""Dates in the company's zone and the months and years around them."""

import datetime as dt
from zoneinfo import ZoneInfo

from django.utils import timezone

from .company import company


def company_zone() -> ZoneInfo:
    return ZoneInfo(company().time_zone)


def today() -> dt.date:
    """Today in the company's time zone."""
    return timezone.now().astimezone(company_zone()).date()


def end_of_day(day: dt.date) -> dt.datetime:
    """The first moment after ``day`` in the company's zone: 'known by day' means before it."""
    return dt.datetime.combine(day + dt.timedelta(days=1), dt.time(), company_zone())


def start_of_day(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), company_zone())


def month_start(day: dt.date) -> dt.date:
    return day.replace(day=1)


def add_months(day: dt.date, months: int) -> dt.date:
    """The same day ``months`` later, or the last day of that month where it has no such day."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    following = dt.date(year + (month == 11), (month + 1) % 12 + 1, 1)
    return min(
        dt.date(year, month + 1, 1) + dt.timedelta(days=day.day - 1),
        following - dt.timedelta(days=1),
    )
