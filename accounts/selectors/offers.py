"""Exceptional offers as pages and the API show them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Prefetch, QuerySet

from accounts.models import ExceptionalOffer, OfferPart, Promise

State = Promise.State


@dataclass(frozen=True)
class Keeping:
    """How an offer is kept.  content: the mean of what the client said of kept promises, 1–10,
    None where nobody has asked; asked: how many answers it stands on."""

    promised: int = 0
    kept: int = 0
    late: int = 0
    broken: int = 0
    overdue: int = 0
    content: float | None = None
    asked: int = 0


def whole() -> QuerySet[ExceptionalOffer]:
    parts = OfferPart.objects.select_related("product", "owner", "promise", "promise__owner")
    return ExceptionalOffer.objects.select_related("client", "process", "author").prefetch_related(
        Prefetch("parts", queryset=parts)
    )


def offers_of(entities: Collection[int]) -> QuerySet[ExceptionalOffer]:
    return whole().filter(client__in=entities)


def keeping_of(offer: ExceptionalOffer, day: dt.date) -> Keeping:
    """``offer`` comes from :func:`whole`."""
    made = [part.promise for part in offer.parts.all() if part.promise is not None]
    answers = [each.satisfaction for each in made if each.satisfaction is not None]
    count = lambda state: sum(each.state == state for each in made)  # noqa: E731
    return Keeping(
        promised=len(made),
        kept=count(State.KEPT),
        late=count(State.LATE),
        broken=count(State.BROKEN),
        overdue=sum(each.is_open and each.due < day for each in made),
        content=sum(answers) / len(answers) if answers else None,
        asked=len(answers),
    )
