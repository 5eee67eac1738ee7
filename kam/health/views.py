"""Whether the process lives, whether it can serve, and how the installation fares."""

from __future__ import annotations

import hmac

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, connection
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_safe
from prometheus_client import CONTENT_TYPE_LATEST

from kam.lib.scoping import acting_system

from . import checks, metrics


@login_not_required
@require_safe
def health_live(request):
    """Answers as long as the process serves requests; touches nothing else."""
    return HttpResponse("ok\n", content_type="text/plain")


@login_not_required
@require_safe
def health_ready(request):
    """200 where the database answers, 503 where it does not: then a proxy asks another process."""
    try:
        connection.ensure_connection()
        answers = connection.is_usable()
    except DatabaseError:
        answers = False
    if not answers:
        answer = HttpResponse("database\n", content_type="text/plain", status=503)
        answer.headers["Retry-After"] = "5"
        return answer
    return HttpResponse("ok\n", content_type="text/plain")


@login_not_required
@require_safe
def metrics_page(request):
    """For Prometheus, by the token of the settings; without one there is no such page."""
    wanted = f"Bearer {settings.METRICS_TOKEN}"
    given = request.headers.get("Authorization", "")
    if not settings.METRICS_TOKEN or not hmac.compare_digest(wanted.encode(), given.encode()):
        raise Http404
    with acting_system("metrics"):
        return HttpResponse(metrics.written(checks.all_checks()), content_type=CONTENT_TYPE_LATEST)


@require_GET
def health_page(request):
    """Everything an operator looks at in the morning, the bad first."""
    with acting_system("health page"):
        found = checks.all_checks()
    context = {"checks": found, "worst": checks.worst(found)}
    return render(request, "health/page.html", context)
