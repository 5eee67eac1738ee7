"""A ranking run: inputs at a date -> ratings -> score -> order -> selection -> published rows."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable
from contextlib import contextmanager

import numpy as np
from django.db import connection, transaction
from django.utils import timezone

from accounts.measures.reading import heavy_statements, require_system
from accounts.selectors.facts import default_date
from accounts.selectors.people import key_slots
from kam.audit.services import record
from kam.webhooks.services import emit, emit_many
from scoring import store
from scoring.engine import score as scoring
from scoring.engine import selection as selecting
from scoring.engine.selection import Selection
from scoring.inputs import Inputs, gather
from scoring.models import Matrix, MatrixVersion, RankingRun

from .confidence import request_for_current

# One ranking of a matrix at a time; the second key of the lock is the matrix.
LOCK = 0x52414E4B
PATIENCE = 600.0  # seconds
STEPS = 4
Progress = Callable[[int, int, str], None]


class RankingBusy(RuntimeError):
    """Somebody else has been ranking by this matrix for too long."""


def run_ranking(
    version: MatrixVersion, as_of: dt.date | None = None, progress: Progress | None = None
) -> RankingRun:
    """Rank all served clients by a version as of a day (default :func:`default_date`).

    Writes the run and its rows in one transaction and publishes it: the matrix's current run, and
    for the main matrix the place of every client, change at its commit and not before.  A run as
    of an earlier day than the current one is kept without being published.  Where nothing
    differs from the current run of the same version and day, that run is returned.

    Has to run as the system.  Waits while the matrix is being ranked by somebody else; raises
    RankingBusy when that takes longer than ten minutes.
    """
    require_system()
    tell = progress or (lambda done, total, note: None)
    as_of = as_of or default_date()
    started = timezone.now()
    criteria = list(version.criteria.select_related("criterion").order_by("position"))
    with _one_at_a_time(version.matrix_id, lambda: tell(0, STEPS, "")):
        with one_moment():
            inputs = gather(criteria, as_of, population=version.matrix.population)
        tell(1, STEPS, "")
        run = RankingRun(
            version=version,
            as_of=as_of,
            previous=_previous(version, as_of),
            started_at=started,
            clients=len(inputs.ids),
            fitted=[column.frozen for column in inputs.columns],
        )
        rows = rank(
            run, inputs, [float(c.weight) for c in criteria], [c.mandatory for c in criteria]
        )
        tell(2, STEPS, "")
        same = _unchanged(run)
        if same is None:
            with heavy_statements():
                run.finished_at = timezone.now()
                run.save()
                store.write(run.pk, rows)
                tell(3, STEPS, "")
                publish(run)
        tell(STEPS, STEPS, "")
    return same or run


def rank(
    run: RankingRun, inputs: Inputs, weights: list[float], mandatory: list[bool]
) -> store.Rows:
    """Rows of a run in the order of places, and the run's counts, line and checksum set.

    Pure apart from reading the previous run's ranks.
    """
    ratings, applicable = inputs.ratings, inputs.applicable
    result = scoring.weighted_score(
        ratings,
        weights,
        run.version.min_coverage,
        applicable=applicable,
        mandatory=np.array(mandatory, dtype=bool),
    )
    eligible = result.eligible
    order = scoring.order(
        result.score,
        result.coverage,
        ratings,
        weights,
        inputs.profit,
        inputs.ids,
        eligible=eligible,
    )
    selection = select(run.version, result.score, inputs.profit, eligible, order)

    ids = inputs.ids[order]
    ranks = np.nan_to_num(result.rank, nan=0).astype(np.int32)
    rows = store.Rows(
        client_id=ids,
        place=np.arange(1, len(order) + 1, dtype=np.int32),
        rank=ranks[order],
        previous_rank=_previous_ranks(run.previous, ids),
        selected=selection.selected[order].astype(np.int16),
        # Without a rank there is no score to compare; the bounds say what is known.
        score=np.where(eligible, result.score, np.nan)[order],
        coverage=result.coverage[order],
        low=result.low[order],
        high=result.high[order],
        profit=inputs.profit[order],
        ratings=np.column_stack([column.stored() for column in inputs.columns])[order],
        raw=np.column_stack([column.raw for column in inputs.columns])[order],
    )
    run.rated = int(eligible.sum())
    run.selected = selection.size
    run.line = _line(run.version, selection)
    run.tie_at_line = selection.tie_at_cut
    run.checksum = rows.checksum()
    return rows


def select(version: MatrixVersion, score, profit, eligible, order) -> Selection:
    """Whom the version's rule selects among the eligible."""
    if version.selection == MatrixVersion.Selection.THRESHOLD:
        return selecting.threshold(score, version.selection_value, eligible=eligible)
    if version.selection == MatrixVersion.Selection.CAPACITY:
        return selecting.top_n(score, key_slots(), eligible=eligible, order=order)
    if version.selection == MatrixVersion.Selection.SHARE:
        return selecting.share_of_profit(
            profit, version.selection_value, eligible=eligible, order=order
        )
    return selecting.top_n(score, int(version.selection_value), eligible=eligible, order=order)


def publish(run: RankingRun) -> bool:
    """Let everybody see the run, at the commit of the caller's transaction.

    False, and nothing happens, where the matrix already shows a ranking of a later day.
    """
    matrix = Matrix.objects.select_for_update(of=("self",)).get(pk=run.version.matrix_id)
    shown = matrix.current_run
    details = {
        "matrix": matrix.pk,
        "version": run.version.number,
        "as_of": run.as_of.isoformat(),
        "clients": run.clients,
        "selected": run.selected,
        "checksum": run.checksum,
    }
    if shown is not None and shown.as_of > run.as_of:
        record("ranking.kept", object=run, details=details)
        return False
    matrix.current_run = run
    matrix.save(update_fields=["current_run"])
    if matrix.is_main:
        store.show(run.pk)
    record("ranking.published", object=run, details=details)
    _tell(run, matrix, shown)
    request_for_current(matrix)
    return True


def _tell(run: RankingRun, matrix: Matrix, shown: RankingRun | None) -> None:
    """Tell other systems that there is a new ranking, and for whom the key line was crossed."""
    here, before = store.selected(run.pk), store.selected(shown.pk) if shown else {}
    rose, fell = sorted(here.keys() - before), sorted(before.keys() - here)
    emit(
        "ranking.published",
        {
            "ranking": run.pk,
            "matrix": matrix.pk,
            "main": matrix.is_main,
            "version": run.version.number,
            "as_of": run.as_of.isoformat(),
            "clients": run.clients,
            "selected": run.selected,
            "rose": len(rose),
            "fell": len(fell),
        },
    )
    if matrix.is_main:
        told = {"ranking": run.pk, "as_of": run.as_of.isoformat()}
        ranks = here | (store.ranks_of(run.pk, fell) if fell else {})
        for name, clients in (
            ("client.rose_above_key_line", rose),
            ("client.fell_below_key_line", fell),
        ):
            emit_many(name, [told | {"client": pk, "rank": ranks.get(pk)} for pk in clients])


def _line(version: MatrixVersion, selection: Selection) -> float | None:
    if version.selection == MatrixVersion.Selection.SHARE or not np.isfinite(selection.line):
        return None
    return round(float(selection.line), 9)


def _previous(version: MatrixVersion, as_of: dt.date) -> RankingRun | None:
    runs = RankingRun.objects.filter(version__matrix_id=version.matrix_id, as_of__lt=as_of)
    return runs.order_by("-as_of", "-pk").first()


def _previous_ranks(previous: RankingRun | None, ids) -> np.ndarray:
    found = np.zeros(len(ids), dtype=np.int32)
    if previous is None or not len(ids):
        return found
    known, ranks = store.ranks(previous.pk)
    if len(known):
        places = np.minimum(np.searchsorted(known, ids), len(known) - 1)
        here = known[places] == ids
        found[here] = ranks[places[here]]
    return found


def _unchanged(run: RankingRun) -> RankingRun | None:
    shown = Matrix.objects.select_related("current_run").get(pk=run.version.matrix_id).current_run
    same = (
        shown is not None
        and shown.version_id == run.version_id
        and shown.as_of == run.as_of
        and shown.previous_id == getattr(run.previous, "pk", None)
        and shown.checksum == run.checksum
    )
    return shown if same else None


@contextmanager
def _one_at_a_time(matrix_id: int, waiting: Callable[[], None]):
    """Held by the session, so that it spans transactions and ends with a killed process."""
    give_up = time.monotonic() + PATIENCE
    waiting()
    while not _ask("SELECT pg_try_advisory_lock(%s, %s)", matrix_id):
        if time.monotonic() > give_up:
            raise RankingBusy(f"matrix {matrix_id} is being ranked by somebody else")
        time.sleep(0.5)
        waiting()
    try:
        yield
    finally:
        # A broken transaction has to be left by the caller before anything can be asked; the
        # lock then goes with the connection.
        if not connection.needs_rollback:
            _ask("SELECT pg_advisory_unlock(%s, %s)", matrix_id)


def _ask(question: str, matrix_id: int) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(question, [LOCK, matrix_id])
        return cursor.fetchone()[0]


@contextmanager
def one_moment():
    """Read everything as it was at one moment, whatever an import commits meanwhile."""
    outermost = not connection.in_atomic_block
    with transaction.atomic():
        if outermost:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        with heavy_statements():
            yield
