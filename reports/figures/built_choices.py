"""A report that somebody builds: what may be chosen, and what has no meaning together."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal


@dataclass(frozen=True)
class Measure:
    """``source``: where its sums come from; ``adds``: whether its parts make up the whole;
    ``by_line``: whether lines of documents tell it, and so product families."""

    key: str
    source: Literal["documents", "payments", "talks"]
    unit: Literal["money", "percent", "count"]
    adds: bool = True
    by_line: bool = False


MEASURES = {
    each.key: each
    for each in (
        Measure("revenue", "documents", "money", by_line=True),
        Measure("profit", "documents", "money", by_line=True),
        Measure("margin", "documents", "percent", adds=False, by_line=True),
        Measure("invoices", "documents", "count"),
        Measure("average_invoice", "documents", "money", adds=False),
        Measure("discount", "documents", "money"),
        Measure("received", "payments", "money"),
        Measure("talks", "talks", "count"),
    )
}
TIMES = ("month", "quarter", "year")
DIMENSIONS = ("client", "kam", "team", "segment", "region", "family", *TIMES)
PERIODS = (
    "last_12", "this_year", "year_before", "this_quarter", "quarter_before", "this_month",
    "month_before", "between",
)  # fmt: skip
CHARTS = ("table", "bars", "lines", "stacked")
FILTERS = ("owner", "team", "segment", "region", "family")
MOST_MEASURES = 4
MOST_YEARS = 10
# Columns of a split; the rest is summed up and said.
MOST_COLUMNS = 36


@dataclass(frozen=True)
class Definition:
    """What was chosen.  ``since``, ``until``: of the period "between"; ``owner``, ``team`` and
    ``family``: ids as text, ``owner`` also "none"; empty means no limit."""

    measures: tuple[str, ...] = ("revenue",)
    rows: str = "client"
    split: str = ""
    period: str = "last_12"
    since: dt.date | None = None
    until: dt.date | None = None
    key_only: bool = False
    owner: str = ""
    team: str = ""
    segment: str = ""
    region: str = ""
    family: str = ""
    chart: str = "bars"

    @property
    def by_line(self) -> bool:
        return "family" in (self.rows, self.split) or bool(self.family)

    def told(self) -> dict[str, Any]:
        """As JSON keeps it: only what was chosen."""
        found: dict[str, Any] = {}
        for name, value in asdict(self).items():
            if isinstance(value, dt.date):
                found[name] = value.isoformat()
            elif value:
                found[name] = list(value) if name == "measures" else value
        return found

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> Definition:
        """From what :meth:`told` said; what is not known is left out."""
        known = {name: told[name] for name in cls.__dataclass_fields__ if name in told}
        for name in ("since", "until"):
            if known.get(name):
                known[name] = dt.date.fromisoformat(known[name])
        if "measures" in known:
            known["measures"] = tuple(known["measures"])
        return cls(**known)


def faults(asked: Definition) -> list[tuple[str, str]]:
    """What has no meaning together: (field, why), one for each field at most."""
    found: dict[str, str] = {}

    def fault(name: str, why: str, wrong: bool) -> None:
        if wrong:
            found.setdefault(name, why)

    chosen = [MEASURES[key] for key in asked.measures]
    fault("measures", "count", not 1 <= len(chosen) <= MOST_MEASURES)
    fault("measures", "one_of_split", bool(asked.split) and len(chosen) > 1)
    fault("measures", "by_line", asked.by_line and not all(each.by_line for each in chosen))
    fault("split", "same", asked.split == asked.rows)
    fault("split", "client", asked.split == "client")
    fault("split", "time", asked.split in TIMES and asked.rows in TIMES)
    if asked.period == "between":
        fault("since", "needed", asked.since is None)
        fault("until", "needed", asked.until is None)
        if asked.since and asked.until:
            fault("until", "before", asked.until < asked.since)
            months = (asked.until - asked.since).days / 30.5
            fault("split", "many", asked.split == "month" and months > MOST_COLUMNS)
            fault("until", "long", (asked.until - asked.since).days > 366 * MOST_YEARS)
    fault("chart", "lines", asked.chart == "lines" and asked.rows not in TIMES)
    fault("chart", "stacked", asked.chart == "stacked" and not asked.split)
    fault(
        "chart", "adds", asked.chart == "stacked" and not all(each.adds for each in chosen),
    )  # fmt: skip
    return list(found.items())
