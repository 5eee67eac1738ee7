"""Ranking as jobs."""

import datetime as dt

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from kam.jobs.execution import Refused
from kam.jobs.registry import job

from .models import Backtest, Confidence, Matrix, MatrixVersion
from .services.backtests import run_backtest
from .services.confidence import for_current, run_confidence
from .services.ranking import run_ranking
from .services.requests import request_rankings
from .services.retention import thin


@job(
    "scoring.rank",
    title=_("Ranking of clients"),
    queue="heavy",
    tells={
        "matrix": _("Matrix"),
        "as_of": _("As of"),
        "clients": _("Clients"),
        "rated": _("Ranked"),
        "selected": _("Selected by the ranking"),
    },
)
def rank(running, *, matrix_id, as_of=None):
    """Rank by the active version of a matrix."""
    version = (
        MatrixVersion.objects.select_related("matrix")
        .filter(matrix_id=matrix_id, status=MatrixVersion.Status.ACTIVE)
        .first()
    )
    if version is None:
        raise Refused(str(_("This matrix has no active version.")))
    run = run_ranking(version, dt.date.fromisoformat(as_of) if as_of else None, running.progress)
    return {
        "run": run.pk,
        "matrix": version.matrix.name,
        "as_of": run.as_of.isoformat(),
        "clients": run.clients,
        "rated": run.rated,
        "selected": run.selected,
    }


@job("scoring.rank_all", title=_("Ranking by all matrices"))
def rank_all(running):
    """Ask for a ranking by each matrix that is in use."""
    jobs = request_rankings()
    running.progress(len(jobs), Matrix.objects.count())
    return {"jobs": [row.pk for row in jobs]}


@job("scoring.thin_rankings", title=_("Letting old rankings go"), tells={"removed": _("Removed")})
def thin_rankings(running):
    """Keep the rankings that may be asked for again, and remove the others."""
    return {"removed": thin(settings.RANKING_DAYS)}


@job(
    "scoring.backtest",
    title=_("Backtest"),
    queue="heavy",
    tells={"matrix": _("Matrix"), "origins": _("Dates tried")},
)
def backtest(running, *, backtest_id):
    """Answer a backtest; one that was thrown away meanwhile is none of our business."""
    row = Backtest.objects.select_related("matrix").filter(pk=backtest_id).first()
    if row is None:
        raise Refused(str(_("There is no such backtest any more.")))
    run_backtest(row, running.progress)
    return {"matrix": row.matrix.name, "origins": len(row.result["origins"])}


@job(
    "scoring.confidence",
    title=_("Confidence of the list"),
    queue="heavy",
    tells={"matrix": _("Matrix"), "as_of": _("As of"), "contested": _("Seats not sure")},
)
def confidence(running, *, confidence_id=None, matrix_id=None):
    """Work out how sure the seats of a ranking are: of one that was asked for, or of the one that
    a matrix shows."""
    if matrix_id is not None:
        matrix = Matrix.objects.select_related("current_run__version").get(pk=matrix_id)
        row = for_current(matrix)
        if row is None:
            return {"matrix": matrix.name}
    else:
        row = Confidence.objects.filter(pk=confidence_id).first()
        if row is None:
            raise Refused(str(_("This ranking is not kept any more.")))
    run_confidence(row, running.progress)
    return {
        "matrix": row.run.version.matrix.name,
        "as_of": row.run.as_of.isoformat(),
        "contested": row.contested,
    }
