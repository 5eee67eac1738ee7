"""The sums of the ledger are read before somebody asks for them."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from accounts.selectors.facts import default_date as facts_date
from kam.jobs.services import enqueue, forget_done
from reports.dashboards.asking import default_date
from reports.inputs.kept import make_ready
from scoring.selectors.matrices import main_run

JOB = "reports.read_ledger"
# Until the server counts what an import has just committed, and nothing is read in vain.
SETTLED = dt.timedelta(seconds=15)
REMEMBERED = dt.timedelta(days=1)


def ask() -> None:
    """Have them read soon; many changes in a row ask once."""
    enqueue(JOB, unique=JOB, run_after=timezone.now() + SETTLED)


def read_ahead() -> int:
    """Make what pages of figures open with ready, of the published ranking and of the next one; how
    many dates had to be read."""
    forget_done(JOB, timezone.now() - REMEMBERED)
    return sum(make_ready(day) for day in {default_date(main_run()), facts_date()})
