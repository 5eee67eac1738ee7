"""Agreements of clients as pages and the API show them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from django.db.models import Exists, OuterRef, Prefetch, QuerySet

from accounts.models import AgreedPrice, Agreement, AgreementFile, Commitment, RebateStep


def whole() -> QuerySet[Agreement]:
    """Agreements with their parts, in a fixed number of queries."""
    return Agreement.objects.select_related("owner", "author", "previous").prefetch_related(
        Prefetch("commitments", Commitment.objects.select_related("family")),
        Prefetch("prices", AgreedPrice.objects.select_related("product")),
        Prefetch("rebate_steps", RebateStep.objects.all()),
        Prefetch("files", AgreementFile.objects.select_related("brought_by")),
    )


def agreements_of(entities: Collection[int]) -> list[Agreement]:
    """Those of these legal entities, latest first."""
    return list(whole().filter(client__in=entities).order_by("-starts", "-pk"))


def ending(day: dt.date, within: dt.timedelta) -> QuerySet[Agreement]:
    """Agreements that hold on ``day``, end within that time and have no renewal yet."""
    renewed = Agreement.objects.filter(previous=OuterRef("pk"))
    rows = Agreement.objects.filter(
        starts__lte=day, ends__range=(day, day + within), ended_on__isnull=True
    )
    return rows.filter(~Exists(renewed)).order_by("ends", "pk")
