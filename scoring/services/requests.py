"""Asking for a ranking; the work itself is a job."""

import datetime as dt

from django.contrib.auth import get_user_model

from kam.jobs.models import Job
from kam.jobs.services import enqueue
from kam.lib.scoping import System, current
from scoring.models import Matrix, MatrixVersion


def request_ranking(matrix: Matrix) -> Job:
    """A job that ranks by the matrix's active version; one that waits already is enough."""
    actor = current()
    if isinstance(actor, System):
        actor = get_user_model().objects.filter(pk=actor.asked_by_id).first()
    return enqueue(
        "scoring.rank",
        {"matrix_id": matrix.pk},
        actor=actor,
        unique=f"scoring.rank:{matrix.pk}",
    )


def ask_ranking(matrix: Matrix, person, as_of: dt.date | None = None) -> Job:
    """A ranking that a person asks for: a job of their own, which they may watch."""
    day = as_of.isoformat() if as_of else None
    return enqueue("scoring.rank", {"matrix_id": matrix.pk, "as_of": day}, actor=person)


def request_rankings() -> list[Job]:
    """A job for each matrix that has an active version."""
    used = Matrix.objects.filter(versions__status=MatrixVersion.Status.ACTIVE)
    return [request_ranking(matrix) for matrix in used.distinct()]
