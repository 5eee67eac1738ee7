"""Working out how sure the seats of a ranking are, and which ratings would settle them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _
from numpy.typing import NDArray

from accounts.measures.reading import require_system
from accounts.models import User
from kam.audit.services import record
from kam.jobs.models import Job
from kam.jobs.services import enqueue
from kam.lib.scoping import System, current
from scoring import store
from scoring.engine.information import next_to_rate, value_of_information
from scoring.engine.robustness import Acceptability, acceptability, stability_intervals
from scoring.inputs import attributes
from scoring.models import (
    Confidence,
    Matrix,
    MatrixVersion,
    RankingRun,
    Rating,
    Seat,
    VersionCriterion,
    WantedRating,
)
from scoring.selectors.matrices import version_criteria

from .reversals import Reversals, reversals_of

Progress = Callable[[int, int, str], None]

# How closely people agree on the weights, as the form offers it: Dirichlet around the weights.
CLOSE, ROUGH, APART, ANY = 150.0, 50.0, 15.0, None
DRAWS = 10_000
MOST_SEED = 2**32 - 1
# Clients near the top for whom a row is kept although they are on the list in no draw.
KEPT = 2_000
WANTED = 500
# A rating of that age may not hold any more.
OLD = dt.timedelta(days=365)


@dataclass(frozen=True)
class Asked:
    """concentration: none = all weightings alike.  seed: the same one draws the same weightings."""

    concentration: float | None = ROUGH
    seed: int = 0
    draws: int = DRAWS

    def check(self) -> None:
        if self.concentration is not None and not 1 <= self.concentration <= 10_000:
            raise ValidationError(_("How closely people agree is a number from 1 to 10,000."))
        if not 0 <= self.seed <= MOST_SEED:
            raise ValidationError(_("The seed is a whole number from 0 to 4,294,967,295."))
        if not 100 <= self.draws <= 100_000:
            raise ValidationError(_("Draw from 100 to 100,000 weightings."))


def has_seats(run: RankingRun) -> bool:
    """Whether weights decide who is on the list of a run at all.

    A list cut by its share of profit hangs on profit, whatever the weights.
    """
    by_profit = run.version.selection == MatrixVersion.Selection.SHARE
    return bool(run.selected) and not by_profit


def request_confidence(
    run: RankingRun, actor: User | None = None, asked: Asked | None = None
) -> Confidence | None:
    """Write down what is asked of a run, and a job that answers it; None where weights decide
    nothing.  Raises ValidationError."""
    asked = asked or Asked()
    asked.check()
    if not has_seats(run):
        return None
    with transaction.atomic():
        row = Confidence.objects.create(
            run=run,
            concentration=asked.concentration,
            draws=asked.draws,
            seed=asked.seed,
            size=run.selected,
            asked_by=actor if getattr(actor, "pk", None) else None,
        )
        row.job = enqueue("scoring.confidence", {"confidence_id": row.pk}, actor=actor)
        row.save(update_fields=["job"])
    return row


def request_for_current(matrix: Matrix) -> Job:
    """A job that answers for the run that the matrix shows when the job starts; one that waits
    already is enough."""
    actor = current()
    if isinstance(actor, System):
        actor = User.objects.filter(pk=actor.asked_by_id).first()
    return enqueue(
        "scoring.confidence",
        {"matrix_id": matrix.pk},
        actor=actor,
        unique=f"scoring.confidence:{matrix.pk}",
    )


def for_current(matrix: Matrix) -> Confidence | None:
    """What the matrix's current run is answered by, made where there is none; None where weights
    decide nothing."""
    run = matrix.current_run
    if run is None or not has_seats(run):
        return None
    there = Confidence.objects.filter(run=run, asked_by__isnull=True).first()
    return there or Confidence.objects.create(
        run=run, concentration=ROUGH, draws=DRAWS, seed=0, size=run.selected
    )


def run_confidence(row: Confidence, progress: Progress | None = None) -> Confidence:
    """Answer it, once, with all its rows or none: a finished one is returned as it is.

    Has to run as the system.
    """
    require_system()
    if row.finished_at is not None:
        return row
    tell = progress or (lambda done, total, note: None)
    criteria = version_criteria(row.run.version)
    weights = [float(each.weight) for each in criteria]
    columns = store.loaded(row.run_id, len(criteria))
    eligible = columns.rank > 0
    found = acceptability(
        columns.ratings,
        weights,
        row.size,
        draws=row.draws,
        seed=row.seed,
        concentration="uniform" if row.concentration is None else row.concentration,
        eligible=eligible,
        progress=lambda share: tell(int(share * 80), 100, ""),
    )
    row.entropy, row.contested = found.entropy, found.contested_seats
    intervals = stability_intervals(columns.ratings, weights, row.size, eligible=eligible)
    row.intervals = [[round(float(end), 9) for end in pair] for pair in intervals]
    tell(85, 100, "")
    turned = reversals_of(row.run, criteria, columns, row.size)
    if turned is not None:
        row.reversals, row.removals = _told(turned, columns.ids), turned.removals
    tell(95, 100, "")
    with transaction.atomic():
        Seat.objects.bulk_create(_seats(row, columns, found), batch_size=2_000)
        WantedRating.objects.bulk_create(_wanted(row, criteria, columns), batch_size=2_000)
        row.finished_at = timezone.now()
        row.save()
        record(
            "confidence.worked_out",
            object=row.run,
            details={
                "confidence": row.pk,
                "seed": row.seed,
                "draws": row.draws,
                "contested": row.contested,
            },
        )
    tell(100, 100, "")
    return row


def _seats(row: Confidence, columns: store.Loaded, found: Acceptability) -> list[Seat]:
    chance = np.nan_to_num(found.p_key)
    kept = np.flatnonzero((columns.rank > 0) & ((chance > 0) | (columns.rank <= KEPT)))

    def place(value: float) -> int | None:
        return None if np.isnan(value) else round(value)

    return [
        Seat(
            confidence=row,
            client_id=int(columns.ids[at]),
            p_key=float(chance[at]),
            rank_low=place(found.rank_low[at]),
            rank_high=place(found.rank_high[at]),
            central_weights=[round(float(w), 4) for w in found.central_weights[at]]
            if chance[at] > 0
            else None,
        )
        for at in kept
    ]


def _wanted(
    row: Confidence, criteria: list[VersionCriterion], columns: store.Loaded
) -> list[WantedRating]:
    old = _old(row.run, criteria, columns)
    information = value_of_information(
        columns.ratings,
        [float(each.weight) for each in criteria],
        row.size,
        old=old,
        min_coverage=row.run.version.min_coverage,
        applicable=columns.applicable,
        mandatory=np.array([each.mandatory for each in criteria], dtype=bool),
        segments=attributes("segment", columns.ids),
    )
    return [
        WantedRating(
            confidence=row,
            client_id=int(columns.ids[client]),
            criterion_id=criteria[j].criterion_id,
            value=value,
            needed=round(float(information.needed[client, j]), 6),
            old=bool(old[client, j]),
        )
        for client, j, value in next_to_rate(information.value, WANTED)
    ]


def _old(
    run: RankingRun, criteria: list[VersionCriterion], columns: store.Loaded
) -> NDArray[np.bool_]:
    """Which ratings rest on people's opinions alone, the latest of them a year old."""
    old = np.zeros(columns.ratings.shape, dtype=bool)
    by_people = {each.criterion_id: j for j, each in enumerate(criteria) if not each.measure}
    latest = (
        Rating.objects.filter(criterion_id__in=list(by_people), known_to__isnull=True)
        .order_by()
        .values_list("client_id", "criterion_id")
        .annotate(latest=Max("date"))
        .filter(latest__lt=run.as_of - OLD)
    )
    at = {int(pk): position for position, pk in enumerate(columns.ids)} if latest else {}
    for client, criterion, _day in latest:
        if client in at:
            old[at[client], by_people[criterion]] = True
    return old


def _told(found: Reversals, ids: NDArray[np.int64]) -> list[dict]:
    return [
        {
            "removed": int(ids[each.removed]),
            "entered": [int(ids[at]) for at in each.entered],
            "left": [int(ids[at]) for at in each.left],
        }
        for each in found.changes
    ]
