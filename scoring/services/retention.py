"""Which past rankings are kept row by row, and letting the others go.

A ranking of a million clients takes about 300 MB, and there is one a night: kept for ever they
would fill any disk.  What somebody may ask for again stays: everything recent, what decisions were
made on, what is shown now with the ranking it is held against, and of the rest the last one of
each month and the last one of each version.
"""

from __future__ import annotations

import datetime as dt

from django.db import connection, transaction
from django.db.models import QuerySet

from kam.audit.services import record
from kam.lib.periods import today
from scoring import store
from scoring.models import Decision, Matrix, RankingRun

# Dropping a part of the rows waits for readers; longer than that it is left for the next night.
LOCK_TIMEOUT = "2s"


def thin(days: int, *, dry_run: bool = False) -> int:
    """Remove rankings as of more than so many days ago, but those named above; how many.

    Each goes in a transaction of its own.  Raises OperationalError where one is being read for
    long; those before it are gone then.
    """
    found = list(superfluous(today() - dt.timedelta(days=days)))
    if not dry_run:
        for run in found:
            with transaction.atomic():
                with connection.cursor() as cursor:
                    cursor.execute(f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT}'")
                store.drop(run.pk)
                record("ranking.thinned", object=run, details={"as_of": run.as_of.isoformat()})
                run.delete()
    return len(found)


def superfluous(before: dt.date) -> QuerySet[RankingRun]:
    """Rankings as of a day before ``before`` that nobody needs row by row, oldest first."""
    runs = RankingRun.objects.filter(as_of__lt=before).order_by("as_of", "pk")
    shown = Matrix.objects.filter(current_run__isnull=False)
    kept = {
        *shown.values_list("current_run_id", flat=True),
        *shown.values_list("current_run__previous_id", flat=True),
        *Decision.objects.values_list("run_id", flat=True),
    }
    last: dict[tuple, int] = {}
    for run, version, matrix, day in runs.values_list(
        "pk", "version_id", "version__matrix_id", "as_of"
    ):
        last["version", version] = last["month", matrix, day.year, day.month] = run
    return runs.exclude(pk__in={*kept, *last.values()} - {None})
