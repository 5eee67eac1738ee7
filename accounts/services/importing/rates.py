"""What a foreign currency cost in the company's currency on a day."""

from __future__ import annotations

import datetime as dt
from bisect import bisect_right
from decimal import Decimal

from accounts.models import Rate
from kam.lib.company import company

ONE = Decimal(1)


class Rates:
    """Rates of the currencies of one file; the company's own costs one."""

    def __init__(self, currencies: set[str]):
        self._days: dict[str, list[dt.date]] = {}
        self._rates: dict[str, list[Decimal]] = {}
        for currency, date, rate in (
            Rate.objects.filter(currency__in=currencies)
            .order_by("currency", "date")
            .values_list("currency", "date", "rate")
        ):
            self._days.setdefault(currency, []).append(date)
            self._rates.setdefault(currency, []).append(rate)

    def at(self, currency: str, day: dt.date) -> Decimal | None:
        """The latest rate on or before the day; None where there is none."""
        if currency == company().currency:
            return ONE
        place = bisect_right(self._days.get(currency, []), day)
        return self._rates[currency][place - 1] if place else None
