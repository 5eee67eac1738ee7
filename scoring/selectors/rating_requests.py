"""Who is asked to rate what, what stays unseen until then, and where opinions differ."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, Exists, F, Max, Min, OuterRef, Q, QuerySet

from accounts.models import Client
from kam.lib.scoping import current
from scoring.models import Criterion, Rating, RatingRequest

APART = 3  # from so many points on a difference of opinions is pointed out


def open_requests() -> QuerySet[RatingRequest]:
    """Those that wait for an answer, on clients that the actor may read; the most urgent first."""
    return (
        RatingRequest.objects.filter(answered_at__isnull=True, withdrawn_at__isnull=True)
        .select_related("client", "criterion", "person", "asked_by")
        .order_by(F("due").asc(nulls_last=True), "client__sort_name", "criterion_id", "pk")
    )


def own_requests(person) -> QuerySet[RatingRequest]:
    """What the person is asked and has not answered."""
    return open_requests().filter(person_id=person.pk)


def blind(ratings: QuerySet[Rating]) -> QuerySet[Rating]:
    """Ratings without those of others where the actor is asked and has not answered.

    What others gave a member of a group stays unseen with the group's.
    """
    me = getattr(current(), "pk", None)
    if me is None:
        return ratings
    asked = RatingRequest.objects.filter(
        person_id=me,
        criterion_id=OuterRef("criterion_id"),
        answered_at__isnull=True,
        withdrawn_at__isnull=True,
    ).filter(Q(client_id=OuterRef("client_id")) | Q(client_id=OuterRef("client__group_id")))
    mine = Q(rater_id=me, rater_name="")
    return ratings.filter(mine | ~Exists(asked.order_by()))


@dataclass(frozen=True)
class Spread:
    """How far opinions on a client and a criterion lie apart, and whose they are."""

    client: Client
    criterion: Criterion
    low: Decimal
    high: Decimal
    raters: int
    lowest: tuple[str, ...] = ()
    highest: tuple[str, ...] = ()

    @property
    def width(self) -> Decimal:
        return self.high - self.low

    @property
    def apart(self) -> bool:
        return self.width >= APART


def spread_of(client: Client, criterion: Criterion) -> Spread | None:
    """How the ratings in force of one client and criterion spread; None with fewer than two, or
    while the actor is to answer first."""
    found = list(_in_force().filter(client=client, criterion=criterion).select_related("rater"))
    return _spread(client, criterion, found) if len(found) > 1 else None


def wide_spreads(most: int = 50) -> list[Spread]:
    """Where opinions lie apart by three or more, the widest first."""
    pairs = list(
        _in_force()
        .order_by()
        .values("client_id", "criterion_id")
        .annotate(low=Min("value"), high=Max("value"), raters=Count("pk"))
        .filter(raters__gt=1, high__gte=F("low") + APART)
        .order_by(F("low") - F("high"), "client_id", "criterion_id")[:most]
    )
    clients = Client.objects.in_bulk({pair["client_id"] for pair in pairs})
    criteria = Criterion.objects.in_bulk({pair["criterion_id"] for pair in pairs})
    given: dict[tuple[int, int], list[Rating]] = {}
    for rating in (
        _in_force().filter(client_id__in=clients, criterion_id__in=criteria).select_related("rater")
    ):
        given.setdefault((rating.client_id, rating.criterion_id), []).append(rating)
    return [
        _spread(
            clients[pair["client_id"]],
            criteria[pair["criterion_id"]],
            given[pair["client_id"], pair["criterion_id"]],
        )
        for pair in pairs
    ]


def _in_force() -> QuerySet[Rating]:
    return blind(Rating.objects.filter(known_to__isnull=True, value__isnull=False))


def _spread(client: Client, criterion: Criterion, ratings: list[Rating]) -> Spread:
    values = [rating.value for rating in ratings if rating.value is not None]
    low, high = min(values), max(values)

    def who(value: Decimal) -> tuple[str, ...]:
        return tuple(
            str(rating.rater or rating.rater_name) for rating in ratings if rating.value == value
        )

    return Spread(client, criterion, low, high, len(ratings), who(low), who(high))
