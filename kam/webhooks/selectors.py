"""Endpoints with how they fare, and what was sent to them."""

from __future__ import annotations

import datetime as dt

from django.db.models import Count, Max, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from .models import Attempt, Delivery, Endpoint

RECENT = dt.timedelta(days=7)


def endpoints() -> QuerySet[Endpoint]:
    """Each with ``waiting``, ``failed`` of the last seven days, and ``arrived_at``, the last
    time that something arrived."""
    status, of = Delivery.Status, "deliveries__status"
    recent = Q(deliveries__settled_at__gte=timezone.now() - RECENT)
    return Endpoint.objects.annotate(
        waiting=Count("deliveries", filter=Q(**{of: status.WAITING})),
        failed=Count("deliveries", filter=Q(**{of: status.FAILED}) & recent),
        arrived_at=Max("deliveries__settled_at", filter=Q(**{of: status.DELIVERED})),
    ).order_by("pk")


def log(endpoint: Endpoint | None = None, status: str = "", event: str = "") -> QuerySet[Delivery]:
    """Messages to an endpoint, the latest first, each with its last attempt: ``answered`` (status
    code), ``went_wrong`` (an :class:`Attempt.Error`), ``took`` (milliseconds)."""
    rows = Delivery.objects.select_related("message", "endpoint")
    if endpoint is not None:
        rows = rows.filter(endpoint=endpoint)
    if status:
        rows = rows.filter(status=status)
    if event:
        rows = rows.filter(message__type=event)
    last = Attempt.objects.filter(delivery=OuterRef("pk")).order_by("-pk")
    return rows.annotate(
        answered=Subquery(last.values("status")[:1]),
        went_wrong=Subquery(last.values("error")[:1]),
        took=Subquery(last.values("milliseconds")[:1]),
    ).order_by("-pk")
