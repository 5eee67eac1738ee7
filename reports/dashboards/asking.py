"""From a query string to what a page of figures is asked for."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from kam.lib.periods import today
from reports.datasets import Filters
from reports.store import YEAR
from scoring.models import RankingRun

from .portfolio import PERIODS, Asked

EARLIEST = dt.date(1990, 1, 1)


def default_date(run: RankingRun | None) -> dt.date:
    """The date of the published ranking, so that pages agree with it; else today."""
    return run.as_of if run is not None else today()


def date_of(parameters: Mapping[str, str], run: RankingRun | None) -> dt.date:
    """``as_of`` where it is a day that has been; else the default."""
    try:
        day = dt.date.fromisoformat(parameters.get("as_of", ""))
    except ValueError:
        return default_date(run)
    return day if EARLIEST <= day <= max(today(), default_date(run)) else default_date(run)


def asked_of(parameters: Mapping[str, str], run: RankingRun | None) -> Asked:
    """``as_of``, ``months``, ``team``, ``owner``, ``segment``; what is not known is left out."""
    months = parameters.get("months", "")
    return Asked(
        as_of=date_of(parameters, run),
        months=next((known for known in PERIODS if str(known) == months), YEAR),
        filters=Filters(**{name: parameters.get(name, "")[:120] for name in Filters.names()}),
    )
