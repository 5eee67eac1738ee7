"""Reading how sure seats are, always as the current actor may see it."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import OuterRef, QuerySet, Subquery
from django.db.models.functions import JSONObject

from scoring.models import Confidence, RankingRun, Seat, WantedRating


def confidence_of(run: RankingRun | None) -> Confidence | None:
    """The latest answer for a run; None until there is one."""
    if run is None:
        return None
    return Confidence.objects.filter(run_id=run.pk, finished_at__isnull=False).first()


def waiting_for(run: RankingRun) -> Confidence | None:
    """What is being worked out for a run, or failed last; None where the latest is answered."""
    row = Confidence.objects.filter(run_id=run.pk).select_related("job").first()
    return row if row is not None and row.finished_at is None else None


def seats_of(confidence: Confidence | None, client_ids: Iterable[int]) -> dict[int, Seat]:
    """Seats of the clients that the actor may see, by client."""
    ids = list(client_ids)
    if confidence is None or not ids:
        return {}
    rows = Seat.objects.filter(confidence_id=confidence.pk, client_id__in=ids).order_by()
    return {row.client_id: row for row in rows}


def how_sure(run: RankingRun) -> dict[str, Subquery]:
    """What rows of a ranking are annotated with: ``confidence_id``, the latest answer for the run,
    and ``seat`` from it: {"p_key", "rank_low", "rank_high"}; none where there is none."""
    latest = Confidence.objects.filter(run_id=run.pk, finished_at__isnull=False)
    latest = Subquery(latest.values("pk")[:1])
    seat = Seat.objects.filter(client_id=OuterRef("client_id"), confidence_id=latest).order_by()
    told = JSONObject(p_key="p_key", rank_low="rank_low", rank_high="rank_high")
    return {"confidence_id": latest, "seat": Subquery(seat.values(told=told)[:1])}


def contested(confidence: Confidence) -> QuerySet[Seat]:
    """Seats that are neither nearly surely on the list nor nearly surely off it, the surest first."""
    rows = Seat.objects.filter(confidence_id=confidence.pk, p_key__gt=0.05, p_key__lt=0.95)
    return rows.select_related("client__owner").order_by("-p_key", "pk")


def wanted_ratings(confidence: Confidence) -> QuerySet[WantedRating]:
    """Ratings worth most first, of the clients that the actor may see."""
    return (
        WantedRating.objects.filter(confidence_id=confidence.pk)
        .select_related("client__owner", "criterion")
        .order_by("-value", "pk")
    )
