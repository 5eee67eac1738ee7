"""Revenue and profit of one client by calendar month, up to a date."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from itertools import pairwise

from django.utils.translation import gettext as _

from accounts.models import Client
from kam.lib import formatting
from kam.lib.company import company
from reports import charts
from reports.charts import Caption
from reports.datasets import client_by_month
from reports.store import MONTHS, YEAR, month_edges

from .portfolio import LATE_START
from .portfolio_charts import Chart, day, language, month_labels, percent


@dataclass(frozen=True)
class Month:
    """The month from ``start`` to ``end``: exact amounts in company currency, net of VAT; profit
    of the revenue whose cost is known, ``costed``."""

    start: dt.date
    end: dt.date
    revenue: Decimal
    costed: Decimal
    profit: Decimal
    invoices: int


@dataclass(frozen=True)
class ClientMonths:
    """24 months that end with ``as_of``, as the windows of the measures do; a group counts as
    one client."""

    client: Client
    as_of: dt.date
    months: list[Month]

    @property
    def bought(self) -> bool:
        return any(month.revenue or month.invoices for month in self.months)

    @property
    def revenue(self) -> Decimal:
        """Of the last twelve months, as measure "revenue"."""
        return self._sum("revenue")

    @property
    def profit(self) -> Decimal | None:
        """Of the last twelve months; None where something was sold and no cost is known."""
        unknown = self.revenue and not self._sum("costed") and not self._sum("profit")
        return None if unknown else self._sum("profit")

    @property
    def margin(self) -> Decimal | None:
        """Profit in the revenue whose cost is known; None without such revenue."""
        costed = self._sum("costed")
        return self._sum("profit") / costed if costed > 0 else None

    @property
    def cost_share(self) -> Decimal | None:
        """The part of revenue whose cost is known."""
        return self._sum("costed") / self.revenue if self.revenue > 0 else None

    @property
    def invoices(self) -> int:
        return self._sum("invoices")

    @cached_property
    def comparable(self) -> bool:
        """Whether purchases go back far enough for a whole year before."""
        return any(month.invoices for month in self.months[: LATE_START + 1])

    @property
    def growth(self) -> Decimal | None:
        return self._growth("revenue")

    @property
    def profit_growth(self) -> Decimal | None:
        return None if self.profit is None else self._growth("profit")

    def _growth(self, name: str) -> Decimal | None:
        before = self._sum(name, slice(0, YEAR))
        return self._sum(name) / before - 1 if self.comparable and before > 0 else None

    def _sum(self, name: str, months: slice = slice(YEAR, MONTHS)) -> Decimal | int:
        return sum(getattr(month, name) for month in self.months[months])


def client_months(
    client: Client, as_of: dt.date, entities: list[int] | None = None
) -> ClientMonths:
    """What one client brought by month; two queries, one where its legal entities are known."""
    edges = month_edges(as_of)
    found = client_by_month(client, as_of, entities)
    nothing = {name: Decimal("0.00") for name in ("revenue", "costed", "profit")} | {"invoices": 0}
    months = []
    for number, (start, following) in enumerate(pairwise(edges), 1):
        row = found.get(number, nothing)
        amounts = {name: row[name] for name in nothing}
        months.append(Month(start, following - dt.timedelta(days=1), **amounts))
    return ClientMonths(client, as_of, months)


def months_chart(figures: ClientMonths) -> Chart:
    """Revenue as bars with profit as a line over them; the title is how the client moves."""
    growth = figures.growth
    if growth is None:
        title = _("Revenue and profit by month")
    elif round(growth, 3) == 0:
        title = _("Buys as much as a year before")
    elif growth > 0:
        title = _("Buys %(ratio)s more than a year before") % {"ratio": percent(growth)}
    else:
        title = _("Buys %(ratio)s less than a year before") % {"ratio": percent(-growth)}
    caption = Caption(
        title,
        _("Revenue and profit by month, 24 months up to %(day)s") % {"day": day(figures.as_of)},
        language(),
    )
    starts = [month.start for month in figures.months]
    ends = [month.end for month in figures.months]
    sign = formatting.currency_sign(company().currency, language=language())
    figure = charts.revenue_and_profit_by_month(
        caption,
        starts,
        [month.revenue for month in figures.months],
        [month.profit for month in figures.months],
        month_labels=month_labels(ends),
        revenue_label=_("revenue"),
        profit_label=_("profit"),
        unit=sign,
    )
    return Chart(
        "months",
        caption.title,
        caption.subtitle,
        charts.for_page(figure, right=72),
        {
            "head": [
                _("Month up to"),
                _("Revenue, %(currency)s") % {"currency": sign},
                _("Profit, %(currency)s") % {"currency": sign},
                _("Invoices"),
            ],
            "rows": [
                [month.end, month.revenue, month.profit, month.invoices] for month in figures.months
            ],
        },
    )
