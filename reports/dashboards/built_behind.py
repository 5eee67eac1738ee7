"""Where the figures of a built report lead: to the clients behind a row or a cell, and of a client
to what happened with it in these days."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from kam.lib.navigation import address
from reports.figures.built import ALL, REST, Key
from reports.figures.built_choices import MEASURES, TIMES, Definition
from reports.figures.built_days import next_start

# What the page of all that happened with a client calls the sources of measures.
HAPPENED = {"documents": "documents", "payments": "payments", "talks": "interactions"}
# A dimension -> which limit of the choices says it.
LIMITS = {"kam": "owner", "team": "team", "segment": "segment", "region": "region",
          "family": "family"}  # fmt: skip


def query_of(asked: Definition) -> str:
    """What was chosen, as the page's address has it."""
    return urlencode(asked.told(), doseq=True)


@dataclass(frozen=True)
class Behind:
    """``since``, ``until``: the days of the report.  ``fixed``: addresses say these days, whatever
    the period is called, and so lead to the same days for ever."""

    asked: Definition
    since: dt.date
    until: dt.date
    fixed: bool = False

    def row(self, key: Key) -> str:
        """The client's page, or the clients that a row is made of; empty where none can be said."""
        if key == REST:
            return ""
        if self.asked.rows == "client":
            return address("client_detail", key)
        return self._clients({self.asked.rows: key})

    def cell(self, key: Key, column: Key, measure: str) -> str:
        """``key``: of the row, ``column``: of the split; ALL for the whole."""
        asked = self.asked
        if REST in (key, column):
            return ""
        limits = {} if column == ALL else {asked.split: column}
        if key == ALL:
            return self._clients(limits)
        if asked.rows == "client":
            return self._happened(key, limits, measure)
        return self._clients(limits | {asked.rows: key})

    def _clients(self, limits: dict[str, Key]) -> str:
        found = self._days(limits)
        behind = replace(self.asked, rows="client", split="", chart="bars")
        if self.fixed or found != (self.since, self.until):
            behind = replace(behind, period="between", since=found[0], until=found[1])
        for dimension, key in limits.items():
            if dimension in TIMES:
                continue
            said = "none" if dimension == "kam" and key is None else str(key or "")
            if not said:
                return ""
            behind = replace(behind, **{LIMITS[dimension]: said})
        return f"{address('report_built_new')}?{query_of(behind)}"

    def _happened(self, client: Key, limits: dict[str, Key], measure: str) -> str:
        since, until = self._days(limits)
        told = {
            "source": HAPPENED[MEASURES[measure].source],
            "since": since.isoformat(), "until": until.isoformat(),
        }  # fmt: skip
        return f"{address('client_timeline', client)}?{urlencode(told)}"

    def _days(self, limits: dict[str, Key]) -> tuple[dt.date, dt.date]:
        """Those of the report that are also of the months, quarters or years."""
        since, until = self.since, self.until
        for unit, start in limits.items():
            if unit in TIMES:
                last = next_start(unit, start) - dt.timedelta(days=1)
                since, until = max(start, since), min(last, until)
        return since, until
