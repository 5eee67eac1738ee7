"""How a client grows since it was selected."""

from django.shortcuts import render
from django.views.decorators.http import require_GET

from accounts.models import Client
from accounts.views.clients import _found, head
from kam.lib.periods import today
from kam.lib.views import find, wants_part
from reports.dashboards.client_growth import (
    client_growth,
    criteria_of,
    growth_charts,
    open_goals,
)


@require_GET
def client_growth_page(request, pk):
    client = _found(pk)
    told = client_growth(client, today())
    context = {"told": told, "charts": growth_charts(told), **head(client)}
    return render(request, "reports/client_growth.html", context)


@require_GET
def client_growth_criteria(request, pk):
    """Criteria and goals: a part of the page, or alone."""
    part = wants_part(request)
    client = find(Client, pk=pk) if part else _found(pk)
    day = today()
    context = {
        "client": client,
        "criteria": criteria_of(client, day),
        "goals": open_goals(client, day),
    }
    if part:
        return render(request, "reports/_client_growth_criteria.html", context)
    return render(request, "reports/client_growth_criteria.html", context)
