"""The clients behind a chart of the portfolio: the same arrays, one row each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.models import Client
from reports.datasets import Floats

from .portfolio import Portfolio
from .portfolio_charts import part_label

PAGE = 50


@dataclass(frozen=True)
class Column:
    """A column of numbers or words; ``unit`` money, percent (a fraction), count (whole), number or
    text."""

    key: str
    label: str
    unit: str


@dataclass(frozen=True)
class Row:
    client: int
    name: str
    kam: str
    segment: str
    selected: bool
    values: list[float | str | None]


class Rows:
    """Clients behind one chart in its order: ``columns``, ``len(rows)``, ``page(number)``, all."""

    def __init__(self, figures: Portfolio, chart: str):
        self.figures = figures
        self.chart = chart
        self.columns, self._arrays, self.order = _LAYOUTS[chart](figures)

    def __len__(self) -> int:
        return len(self.order)

    @property
    def pages(self) -> int:
        return max(1, -(-len(self) // PAGE))

    def page(self, number: int) -> list[Row]:
        """Rows of a page, from 1; of the last one where there are not so many."""
        start = (min(max(number, 1), self.pages) - 1) * PAGE
        return list(self._rows(self.order[start : start + PAGE]))

    def all(self, step: int = 5_000) -> Iterator[Row]:
        """All rows, some thousand at a time."""
        for start in range(0, len(self), step):
            yield from self._rows(self.order[start : start + step])

    def _rows(self, places: np.ndarray) -> Iterator[Row]:
        ids = self.figures.ledger.ids[places].tolist()
        found = {
            pk: words
            for pk, *words in Client.objects.filter(pk__in=ids)
            .order_by()
            .values_list("pk", "name", "segment", "owner__name", "owner__email")
        }
        selected = self.figures.selected[places].tolist()
        values = [_values(array[places]) for array in self._arrays]
        for pk, chosen, numbers in zip(ids, selected, zip(*values, strict=True), strict=True):
            name, segment, kam, email = found[pk]
            yield Row(pk, name, kam or email or "", segment, chosen, list(numbers))


def _values(array: np.ndarray) -> list[float | str | None]:
    if array.dtype == object:
        return [str(value) for value in array]
    return [None if np.isnan(value) else value for value in array.tolist()]


Layout = tuple[list[Column], list[np.ndarray], np.ndarray]


def _ordered(key: Floats, shown: np.ndarray) -> np.ndarray:
    """Places of the shown clients, the largest first; equal ones by id."""
    places = np.flatnonzero(shown)
    return places[np.argsort(-key[places], kind="stable")]


def _shares(amounts: Floats, order: np.ndarray) -> tuple[Floats, Floats]:
    """Each one's share of the total of all shown, and the shares cumulated in order."""
    total = float(amounts[order].sum())
    share = amounts / total if total > 0 else np.full(len(amounts), np.nan)
    cumulated = np.full(len(amounts), np.nan)
    cumulated[order] = np.cumsum(share[order])
    return share, cumulated


def _by_amount(key: str, label: str, amounts: Floats, shown: np.ndarray) -> Layout:
    order = _ordered(amounts, shown)
    return (
        [
            Column(key, label, "money"),
            Column("share", _("Share"), "percent"),
            Column("cumulated", _("Together"), "percent"),
        ],
        [amounts, *_shares(amounts, order)],
        order,
    )


def _share(figures: Portfolio) -> Layout:
    amounts = figures.regular_by_client
    columns, arrays, order = _by_amount(
        "regular_profit", _("Regular profit"), amounts, amounts != 0
    )
    if not figures.key.any():
        return columns, arrays, order
    side = np.array([_("rest"), pgettext("clients", "key")], dtype=object)
    counted = side[figures.key.astype(int)]
    return [*columns, Column("side", _("Counted with"), "text")], [*arrays, counted], order


def _pareto(figures: Portfolio) -> Layout:
    return _by_amount("profit", _("Profit"), figures.profit_now, figures.active_now)


def _concentration(figures: Portfolio) -> Layout:
    return _by_amount("revenue", _("Revenue"), figures.revenue_now, figures.active_now)


def _comparison(figures: Portfolio, key: Floats, shown: np.ndarray) -> Layout:
    before, now = figures.revenue_before, figures.revenue_now
    if not figures.comparable:
        before = np.full(len(now), np.nan)
    change = now - before
    ratio = np.divide(change, before, out=np.full(len(now), np.nan), where=before > 0)
    return (
        [
            Column("revenue", _("Revenue"), "money"),
            Column("before", _("Year before"), "money"),
            Column("change", _("Change"), "money"),
            Column("ratio", _("Change"), "percent"),
        ],
        [now, before, change, ratio],
        _ordered(key, shown),
    )


def _growth(figures: Portfolio) -> Layout:
    return _comparison(figures, figures.revenue_now, figures.active_now | figures.active_before)


def _movers(figures: Portfolio) -> Layout:
    change = figures.revenue_now - figures.revenue_before
    return _comparison(figures, np.abs(change), change != 0)


PARTS = ("new", "expanded", "level", "shrunk", "lost")


def _bridge(figures: Portfolio) -> Layout:
    was, now = figures.active_before, figures.active_now
    change = figures.revenue_now - figures.revenue_before
    part = np.select([~was & now, was & ~now, change > 0, change < 0], [0, 4, 1, 3], default=2)
    columns, arrays, order = _comparison(figures, change, was | now)
    order = order[np.argsort(part[order], kind="stable")]
    words = np.array([part_label(key) for key in PARTS], dtype=object)[part]
    return [Column("part", _("Part"), "text"), *columns], [words, *arrays], order


_LAYOUTS = {
    "share": _share,
    "pareto": _pareto,
    "growth": _growth,
    "movers": _movers,
    "concentration": _concentration,
    "bridge": _bridge,
}
