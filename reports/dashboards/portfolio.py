"""The portfolio at a date: every number of its page, its endpoint and its rows."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from accounts.measures.served import Served
from accounts.models import Client, Standing
from accounts.selectors.standings import standings_as_of
from reports.datasets import Bools, Filters, Floats, Ledger, ledger
from reports.figures.concentration import (
    effective_clients,
    gini,
    hhi,
    pareto_set,
    selected_share,
    top_share,
)
from reports.figures.growth import Movers, Split, growth, movers, split
from reports.figures.regular import regular_by_month
from reports.inputs.moved import Moved, moved
from reports.store import MONTHS, YEAR
from scoring.models import RankingRow, RankingRun

PERIODS = (12, 6, 3)
# What the method names as the most that key clients should bring of regular profit, and the share
# that a few should bring by Pareto.
SHARE_LIMIT = 0.5
PARETO_SHARE = 0.8
MOVERS = 5
# A curve or an index over fewer clients says nothing about concentration.
FEWEST_CLIENTS = 5
# A window of a year may begin this many months before the first purchase, as in measure "growth".
LATE_START = 2


@dataclass(frozen=True)
class Asked:
    """What the page was asked for: the date, how many months, and of which clients."""

    as_of: dt.date
    months: int = YEAR
    filters: Filters = field(default_factory=Filters)


@dataclass(frozen=True)
class Change:
    """A number now and a year before; None where it cannot be told."""

    now: float | None
    before: float | None

    @property
    def ratio(self) -> float | None:
        """Change against the year before; None where that was not above zero."""
        if self.now is None or self.before is None or self.before <= 0:
            return None
        return self.now / self.before - 1

    @property
    def difference(self) -> float | None:
        return None if self.now is None or self.before is None else self.now - self.before


@dataclass(frozen=True, eq=False)
class Portfolio:
    """Figures over the actor's clients.  ``selected``: bool (n,), by the published ranking ``run``;
    ``key``: bool (n,), the key clients at the date, as known then.

    "Now" is the asked months up to the date, "before" the same months a year earlier.  Arrays are
    in the order of ``ledger.ids``; money in company currency, shares 0..1.
    """

    asked: Asked
    ledger: Ledger
    run: RankingRun | None
    selected: Bools
    key: Bools

    # --- Windows

    @property
    def now(self) -> slice:
        return slice(MONTHS - self.asked.months, MONTHS)

    @property
    def before(self) -> slice:
        return slice(MONTHS - YEAR - self.asked.months, MONTHS - YEAR)

    @cached_property
    def comparable(self) -> bool:
        """Whether purchases go back far enough for the year before to be a whole one."""
        first = self.ledger.first_month
        grace = LATE_START if self.asked.months == YEAR else 0
        return first is not None and first <= self.before.start + grace

    # --- Sums per client, (n,)

    @cached_property
    def revenue_now(self) -> Floats:
        return self.ledger.revenue[self.now].sum(axis=0)

    @cached_property
    def revenue_before(self) -> Floats:
        return self.ledger.revenue[self.before].sum(axis=0)

    @cached_property
    def profit_now(self) -> Floats:
        return self.ledger.profit[self.now].sum(axis=0)

    @cached_property
    def profit_before(self) -> Floats:
        return self.ledger.profit[self.before].sum(axis=0)

    @cached_property
    def active_now(self) -> Bools:
        """Who has anything in the window: bought, or returned."""
        return self.ledger.bought[self.now].any(axis=0) | (self.revenue_now != 0)

    @cached_property
    def active_before(self) -> Bools:
        return self.ledger.bought[self.before].any(axis=0) | (self.revenue_before != 0)

    @cached_property
    def _regular(self) -> tuple[list[float], list[float | None], list[float | None], Floats]:
        """Totals, the selected clients' and the key clients' shares at thirteen month ends, and who
        brings what now."""
        totals: list[float] = []
        shares: list[float | None] = []
        of_key: list[float | None] = []
        first = self.ledger.first_month
        amounts = np.zeros(len(self.ledger.ids))
        by_month = regular_by_month(self.ledger.profit, self.ledger.bought)
        for start, amounts in enumerate(by_month):
            totals.append(float(amounts.sum()))
            whole = first is not None and first <= start + LATE_START
            for told, those in ((shares, self.selected), (of_key, self.key)):
                known = whole and those.any()
                told.append(selected_share(amounts, those) if known else None)
        return totals, shares, of_key, amounts

    # --- Tiles

    @cached_property
    def revenue(self) -> Change:
        return self._change(self.revenue_now.sum(), self.revenue_before.sum())

    @cached_property
    def profit(self) -> Change:
        return self._change(
            self.profit_now.sum() if self.cost_share else None, self.profit_before.sum()
        )

    @cached_property
    def cost_share(self) -> float | None:
        """The part of revenue whose cost is known, on which profit rests."""
        total = float(self.revenue_now.sum())
        return float(self.ledger.costed[self.now].sum()) / total if total > 0 else None

    @cached_property
    def regular_profit(self) -> Change:
        totals = self._regular[0]
        return Change(totals[-1], totals[0] if self._whole_year_before else None)

    @property
    def regular_by_client(self) -> Floats:
        return self._regular[3]

    @cached_property
    def selected_share(self) -> Change:
        """The selected clients' share of regular profit, of twelve months whatever is asked."""
        shares = self.share_by_month
        return Change(shares[-1], shares[0])

    @property
    def share_by_month(self) -> list[float | None]:
        """At thirteen month ends, the last of which is the date; by those selected now."""
        return self._regular[1]

    @cached_property
    def key_share(self) -> Change:
        """The key clients' share of regular profit, of twelve months whatever is asked."""
        shares = self.key_share_by_month
        return Change(shares[-1], shares[0])

    @property
    def key_share_by_month(self) -> list[float | None]:
        """At thirteen month ends, by those who are key at the date."""
        return self._regular[2]

    @cached_property
    def share_dates(self) -> list[dt.date]:
        """The last days of the months of ``share_by_month``."""
        return [edge - dt.timedelta(days=1) for edge in self.ledger.edges[YEAR:]]

    @cached_property
    def pareto_clients(self) -> Change:
        """How many clients bring 80 % of profit."""
        return self._change(
            pareto_set(self.profit_now, PARETO_SHARE).size or None,
            pareto_set(self.profit_before, PARETO_SHARE).size or None,
        )

    @cached_property
    def growth_selected(self) -> float | None:
        return self._growth_of(self.selected)

    @cached_property
    def growth_others(self) -> float | None:
        return self._growth_of(~self.selected)

    @cached_property
    def largest(self) -> int | None:
        """Where the client with most revenue stands; None without positive revenue."""
        return int(self.revenue_now.argmax()) if self.revenue_now.max(initial=0.0) > 0 else None

    @cached_property
    def largest_share(self) -> Change:
        return self._change(
            self._largest_of(self.revenue_now), self._largest_of(self.revenue_before)
        )

    # --- Charts

    @cached_property
    def revenue_by_month(self) -> tuple[list[float], list[float] | None]:
        """Of the asked months, and of the same a year earlier where there was a year."""
        totals = self.ledger.revenue.sum(axis=1)
        return totals[self.now].tolist(), totals[self.before].tolist() if self.comparable else None

    @cached_property
    def movers(self) -> Movers:
        return movers(self.revenue_before, self.revenue_now, MOVERS)

    @cached_property
    def moved(self) -> dict[int, Moved]:
        """What lies behind the movers' change, by place in the arrays."""
        if not self.comparable:
            return {}
        places = [*self.movers.up.tolist(), *self.movers.down.tolist()]
        ids = {int(self.ledger.ids[place]): place for place in places}
        if not ids:
            return {}
        change = {pk: float(self.movers.change[place]) for pk, place in ids.items()}
        edges = self.ledger.edges
        before, now = (
            (edges[window.start], edges[window.stop] - dt.timedelta(days=1))
            for window in (self.before, self.now)
        )
        served = self.ledger.served
        members = zip(served.member_ids.tolist(), served.group_ids.tolist(), strict=True)
        client_of = dict.fromkeys(ids) | {one: group for one, group in members if group in ids}
        client_of = {entity: client or entity for entity, client in client_of.items()}
        found = moved(change, client_of, self.asked.as_of, before, now)
        return {ids[pk]: told for pk, told in found.items()}

    @cached_property
    def split(self) -> Split:
        return split(self.revenue_before, self.revenue_now, self.active_before, self.active_now)

    @cached_property
    def buyers(self) -> int:
        return int(self.active_now.sum())

    @cached_property
    def gini(self) -> float | None:
        return gini(self.revenue_now[self.active_now])

    @cached_property
    def hhi(self) -> float | None:
        return hhi(self.revenue_now)

    @cached_property
    def effective_clients(self) -> float | None:
        return effective_clients(self.revenue_now)

    def top_share(self, share: float) -> float | None:
        """What the largest ``share`` of the buying clients bring of revenue."""
        return top_share(self.revenue_now[self.active_now], share)

    @cached_property
    def names(self) -> dict[int, str]:
        """Names of the few clients that the page names, by place in the arrays."""
        places = set()
        if self.comparable:
            places = {*self.movers.up.tolist(), *self.movers.down.tolist()}
        if self.largest is not None:
            places.add(self.largest)
        ids = {int(self.ledger.ids[place]): place for place in places}
        found = Client.objects.filter(pk__in=ids).order_by().values_list("pk", "name")
        return {ids[pk]: name for pk, name in found}

    def _change(self, now: float | None, before: float | None) -> Change:
        return Change(
            None if now is None else float(now),
            None if before is None or not self.comparable else float(before),
        )

    @cached_property
    def _whole_year_before(self) -> bool:
        first = self.ledger.first_month
        return first is not None and first <= LATE_START

    def _growth_of(self, clients: Bools) -> float | None:
        if not self.comparable:
            return None
        return growth(self.revenue_before[clients], self.revenue_now[clients]).total_ratio

    @staticmethod
    def _largest_of(amounts: Floats) -> float | None:
        total = float(amounts.sum())
        return float(amounts.max()) / total if total > 0 else None


def portfolio(
    asked: Asked, run: RankingRun | None, served: Served | None = None, *, keys: bool = True
) -> Portfolio:
    """The figures of the current actor's clients.  ``keys``: whether who is key is asked for."""
    facts = ledger(asked.as_of, asked.filters, served)
    of_key = np.zeros(0, np.int64)
    if keys:
        rows = standings_as_of(asked.as_of).filter(value__in=Standing.IS_KEY).order_by()
        of_key = np.fromiter(rows.values_list("client_id", flat=True), np.int64)
    chosen = np.zeros(0, np.int64)
    if run is not None:
        picked = RankingRow.objects.filter(run_id=run.pk, selected=1).order_by()
        chosen = np.fromiter(picked.values_list("client_id", flat=True), np.int64)
    return Portfolio(asked, facts, run, np.isin(facts.ids, chosen), np.isin(facts.ids, of_key))
