"""One client in rankings and ratings, as the current actor may see it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from accounts.models import Client, User
from kam.lib.periods import end_of_day
from scoring.models import (
    RankingRow,
    RankingRun,
    Rating,
)

from .rating_requests import blind


def client_row(run: RankingRun, client_id: int) -> RankingRow | None:
    return RankingRow.objects.filter(run_id=run.pk, client_id=client_id).first()


def named_row(run: RankingRun, client_id: int) -> RankingRow | None:
    """As :func:`client_row`, with the client."""
    rows = RankingRow.objects.filter(run_id=run.pk, client_id=client_id)
    return rows.select_related("client").first()


def across_the_line(run: RankingRun, row: RankingRow | None) -> RankingRow | None:
    """The nearest client on the other side of the key line, of those the actor may see."""
    if row is None or not row.rank:
        return None
    rows = RankingRow.objects.filter(run_id=run.pk, rank__gt=0).select_related("client")
    if row.selected:
        return rows.filter(selected=0).order_by("place").first()
    return rows.filter(selected=1).order_by("-place").first()


def next_below(run: RankingRun, row: RankingRow) -> RankingRow | None:
    """The client with the next place, of those the actor may see."""
    if not row.rank:
        return None
    rows = RankingRow.objects.filter(run_id=run.pk, rank__gt=0, place__gt=row.place)
    return rows.order_by("place").first()


@dataclass(frozen=True)
class PastPlace:
    run: RankingRun
    row: RankingRow | None


def past_places(client_id: int, matrix_id: int, most: int = 12) -> list[PastPlace]:
    """Where a client stood in the latest rankings of a matrix, one a day, oldest first."""
    runs = list(
        RankingRun.objects.filter(version__matrix_id=matrix_id)
        .select_related("version")
        .order_by("-as_of", "-pk")
        .distinct("as_of")[:most]
    )
    rows = {
        row.run_id: row
        for row in RankingRow.objects.filter(
            run_id__in=[run.pk for run in runs], client_id=client_id
        )
    }
    return [PastPlace(run, rows.get(run.pk)) for run in reversed(runs)]


def opinions(client_id: int, criterion_ids: Iterable[int], run: RankingRun) -> list[Rating]:
    """People's ratings that a run took for a client: each rater's latest, by criterion.

    Of a group also those given to its members, where the same rater has not rated the group.
    Without those of others while the actor is asked and has not answered.
    """
    end = min(end_of_day(run.as_of), run.started_at)
    members = Client.objects.filter(
        memberships__group_id=client_id,
        memberships__since__lte=run.as_of,
        memberships__known_from__lt=end,
    ).filter(
        Q(memberships__until__isnull=True) | Q(memberships__until__gt=run.as_of),
        Q(memberships__known_to__isnull=True) | Q(memberships__known_to__gte=end),
    )
    ratings = (
        blind(Rating.objects.all())
        .filter(Q(client_id=client_id) | Q(client__in=members.order_by()))
        .filter(criterion_id__in=list(criterion_ids), date__lte=run.as_of, known_from__lt=end)
        .filter(Q(known_to__isnull=True) | Q(known_to__gte=end))
        .filter(Q(value__isnull=False) | Q(not_applicable=True))
        .select_related("rater", "client")
    )
    latest: dict[tuple, Rating] = {}
    for row in sorted(ratings, key=lambda r: (r.client_id == client_id, r.date, r.pk)):
        latest[(row.criterion_id, row.rater_id, row.rater_name)] = row
    return sorted(latest.values(), key=lambda r: (r.criterion_id, -r.date.toordinal(), -r.pk))


def ratings_in_force(
    client_ids: Iterable[int], criterion_ids: Iterable[int], rater: User | None = None
) -> QuerySet[Rating]:
    """Ratings that hold now, of everybody (as far as the actor may know them yet) or of one
    rater."""
    rows = blind(Rating.objects.all()).filter(
        client_id__in=list(client_ids),
        criterion_id__in=list(criterion_ids),
        known_to__isnull=True,
    )
    return rows.filter(rater=rater, rater_name="") if rater is not None else rows


def served_clients() -> QuerySet[Client]:
    """Groups, and clients that belong to none at present."""
    return Client.objects.filter(group__isnull=True)


def rating_history(client_id: int, criterion_id: int) -> QuerySet[Rating]:
    return (
        blind(Rating.objects.all())
        .filter(client_id=client_id, criterion_id=criterion_id)
        .select_related("rater")
        .order_by("-known_from", "-pk")
    )
