"""How relationships fare, as it was computed, and what is not written down of clients."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from functools import reduce
from operator import add

from django.db.models import (
    BooleanField,
    Case,
    Exists,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Value,
    When,
)
from django.db.models.expressions import ExpressionWrapper

from accounts.models import (
    Agreement,
    Client,
    Contact,
    Goal,
    HealthWeek,
    Interaction,
    Standing,
    Wallet,
)

from .blocks import free
from .standings import present

WEEKS = 12


@dataclass(frozen=True)
class Fares:
    """``score`` 0–100 or None, ``change`` within the weeks known, ``weeks``: scores by week, the
    oldest first."""

    score: int | None
    change: int | None
    weeks: tuple[int | None, ...]


def weeks_of(client_id: int, day: dt.date, weeks: int = WEEKS) -> list[HealthWeek]:
    """The last weeks, the oldest first."""
    since = day - dt.timedelta(days=7 * weeks)
    return list(HealthWeek.objects.filter(client=client_id, week__gt=since).order_by("week"))


def health_of(client_ids: Collection[int], day: dt.date, weeks: int = WEEKS) -> dict[int, Fares]:
    """Client -> how it fares; who was never computed is not in it.  One query."""
    since = day - dt.timedelta(days=7 * weeks)
    found: dict[int, list[int | None]] = defaultdict(list)
    rows = HealthWeek.objects.filter(
        client__in=list(client_ids), week__gt=since, week__lte=day
    )  # fmt: skip
    for client, score in rows.order_by("week").values_list("client", "score"):
        found[client].append(score)
    return {client: _fares(scores) for client, scores in found.items()}


def _fares(scores: list[int | None]) -> Fares:
    known = [score for score in scores if score is not None]
    change = known[-1] - known[0] if len(known) > 1 else None
    return Fares(scores[-1], change, tuple(scores))


def _own(path: str = "client") -> Q:
    """Rows of the outer client or of a member of it."""
    return Q(**{path: OuterRef("pk")}) | Q(**{f"{path}__group": OuterRef("pk")})


def _checks(day: dt.date) -> dict[str, Q]:
    people = free(Contact.objects.filter(_own(), left_on__isnull=True, anonymised_at__isnull=True))
    people = people.order_by()
    talks = Interaction.objects.filter(
        _own(), known_to__isnull=True, date__gt=day - dt.timedelta(days=90), date__lte=day
    )
    agreed = Agreement.objects.filter(_own(), starts__lte=day).filter(
        Q(ended_on__gte=day) | Q(ended_on__isnull=True) & (Q(ends__isnull=True) | Q(ends__gte=day))
    )
    return {
        "owner": Q(owner__isnull=False),
        "decider": Q(Exists(people.filter(Q(role="decides") | Q(influence="high")))),
        "reachable": Q(Exists(people.exclude(email="", phone=""))),
        "talk": Q(Exists(talks.order_by())),
        # A group has no number of its own; who is abroad has another one.
        "inn": ~Q(inn="") | Q(kind__in=("group", "person")) | ~Q(country__in=("", "RU")),
        "segment": ~Q(segment=""),
        "place": ~Q(region="") | ~Q(city=""),
        "agreement": Q(Exists(agreed.order_by())),
        "wallet": Q(Exists(Wallet.objects.filter(_own(), known_to__isnull=True).order_by())),
        "goal": ~Q(pk__in=_on_list())
        | Q(Exists(Goal.objects.filter(_own(), status=Goal.Status.OPEN).order_by())),
    }


def _on_list():
    return present().filter(value__in=Standing.ON_LIST).order_by().values("client_id")


def written_down(
    clients: QuerySet[Client], day: dt.date, checks: dict[str, int]
) -> QuerySet[Client]:
    """Clients with ``has_<check>`` and ``quality`` 0–100, the worst first."""
    conditions = _checks(day)
    total = sum(checks.values())
    named = {
        f"has_{key}": ExpressionWrapper(conditions[key], output_field=BooleanField())
        for key in checks
    }
    points = reduce(
        add,
        (
            Case(
                When(**{f"has_{key}": True}, then=Value(weight)),
                default=Value(0),
                output_field=IntegerField(),
            )
            for key, weight in checks.items()
        ),
    )
    found = clients.select_related("owner").annotate(**named).annotate(points=points)
    return found.annotate(quality=(100 * points + total // 2) / total).order_by(
        "quality", "sort_name", "pk"
    )
