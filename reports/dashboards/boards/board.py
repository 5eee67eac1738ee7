"""What the questions share: the actor's clients read once, and an answer with its rows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from accounts.measures.served import Served
from accounts.models import Client, Standing
from accounts.selectors.facts import known
from reports.dashboards.portfolio import Asked, Portfolio, portfolio
from reports.dashboards.portfolio_charts import Chart
from reports.dashboards.portfolio_rows import PAGE, Column, Row
from reports.datasets import Bools, served_and_owners
from reports.inputs.history import History, history
from reports.inputs.work import Work, guessed, work
from reports.store import YEAR, month_edges
from scoring.models import RankingRow, RankingRun

Stretch = tuple[int, dt.date, dt.date | None]


@dataclass(frozen=True, eq=False)
class Board:
    """The current actor's clients as a page was asked for them; everything is read when a question
    needs it, and once."""

    asked: Asked
    run: RankingRun | None

    @cached_property
    def _served(self) -> tuple[Served, NDArray[np.int64]]:
        return served_and_owners(self.asked.as_of, self.asked.filters)

    @property
    def served(self) -> Served:
        return self._served[0]

    @property
    def owners(self) -> NDArray[np.int64]:
        """Who answers for each served client (n,), 0 for nobody."""
        return self._served[1]

    @cached_property
    def portfolio(self) -> Portfolio:
        # Whom the ranking selected and who is key is asked for by methods of this board.
        return portfolio(self.asked, None, self.served, keys=False)

    @cached_property
    def history(self) -> History:
        return history(self.asked.as_of, self.served)

    def over_served(self, ids: NDArray[np.int64], values: NDArray, fill: float = 0) -> NDArray:
        """Values of the portfolio's clients (n,) over all served ones (``fill`` for the others)."""
        found = np.full(len(self.served), fill, dtype=values.dtype)
        found[np.searchsorted(self.served.ids, ids)] = values
        return found

    @property
    def since(self) -> dt.date:
        """The first day of the months asked for."""
        return month_edges(self.asked.as_of)[-1 - self.asked.months]

    @cached_property
    def year_profit(self) -> NDArray[np.float64]:
        """(n,) of twelve months whatever is asked, in the order of the portfolio's ledger."""
        return self.portfolio.ledger.profit[-YEAR:].sum(axis=0)

    @cached_property
    def work(self) -> Work:
        """What was done for these clients in the months asked for, read at once."""
        return work(self.since, self.asked.as_of)

    @cached_property
    def guessed(self) -> Work:
        """Hours by the rules in weeks of which nobody has said anything, read at once."""
        return guessed(self.since, self.asked.as_of)

    @cached_property
    def key_stretches(self) -> list[Stretch]:
        """(client, since, until) of key clients, as known at the date."""
        rows = Standing.objects.filter(known(self.asked.as_of), value__in=Standing.IS_KEY)
        return list(rows.order_by().values_list("client_id", "since", "until"))

    def key_on(self, day: dt.date, ids: NDArray[np.int64]) -> Bools:
        """Which of the clients were key on a day."""
        there = [
            client
            for client, since, until in self.key_stretches
            if since <= day and (until is None or until > day)
        ]
        return np.isin(ids, np.array(there, np.int64))

    def selected(self, ids: NDArray[np.int64]) -> Bools:
        """Which of the clients the published ranking selected."""
        if self.run is None:
            return np.zeros(len(ids), bool)
        rows = RankingRow.objects.filter(run_id=self.run.pk, selected=1).order_by()
        return np.isin(ids, np.fromiter(rows.values_list("client_id", flat=True), np.int64))


@dataclass(frozen=True, eq=False)
class Behind:
    """Rows behind a chart, in order: ``ids`` (n,) of clients (of people where ``of_people``), and
    one array (n,) of numbers or words for each column; ``names`` where they are known already."""

    columns: list[Column] = field(default_factory=list)
    ids: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, np.int64))
    arrays: list[np.ndarray] = field(default_factory=list)
    of_people: bool = False
    names: Mapping[int, str] | None = None

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def pages(self) -> int:
        return max(1, -(-len(self) // PAGE))

    def page(self, number: int) -> list[Row]:
        """Rows of a page, from 1; of the last one where there are not so many."""
        start = (min(max(number, 1), self.pages) - 1) * PAGE
        return list(self._rows(slice(start, start + PAGE)))

    def all(self, step: int = 5_000) -> Iterator[Row]:
        """All rows, some thousand at a time."""
        for start in range(0, len(self), step):
            yield from self._rows(slice(start, start + step))

    def _rows(self, here: slice) -> Iterator[Row]:
        ids = self.ids[here].tolist()
        if self.names is not None:
            found = {pk: (self.names[pk], "", "", False) for pk in ids}
        else:
            found = _clients(ids)
        values = [_values(array[here]) for array in self.arrays]
        for pk, *numbers in zip(ids, *values, strict=True):
            name, segment, kam, selected = found[pk]
            yield Row(pk, name, kam, segment, selected, numbers)


def _clients(ids: list[int]) -> dict[int, tuple[str, str, str, bool]]:
    rows = Client.objects.filter(pk__in=ids).order_by()
    return {
        pk: (name, segment, kam or email or "", bool(selected))
        for pk, name, segment, kam, email, selected in rows.values_list(
            "pk", "name", "segment", "owner__name", "owner__email", "place__selected"
        )
    }


def _values(array: np.ndarray) -> list[float | str | None]:
    if array.dtype == object:
        return [None if value is None else str(value) for value in array]
    return [None if np.isnan(value) else float(value) for value in array.astype(float)]


@dataclass(frozen=True)
class Answer:
    """``chart`` as the page draws it; ``series``: its figures under lasting names, money in
    company currency, shares as fractions; ``behind``: the rows it is made of, put in order when
    somebody asks for them, people where ``of_people``."""

    chart: Chart
    series: Sequence[dict[str, Any]] = ()
    rows: Callable[[], Behind] = Behind
    of_people: bool = False

    @cached_property
    def behind(self) -> Behind:
        return self.rows()


def known_or_none(value: float | None) -> float | None:
    """A number as JSON can say it."""
    return None if value is None or not np.isfinite(value) else float(value)
