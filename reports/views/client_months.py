"""The months' slot of the client page: revenue and profit, 24 months."""

from django.shortcuts import render
from django.views.decorators.http import require_GET

from accounts.models import Client
from kam.lib.views import find, wants_part
from reports.dashboards.asking import date_of
from reports.dashboards.client_months import client_months, months_chart
from scoring.selectors.matrices import main_run


@require_GET
def client_months_page(request, pk):
    client = find(Client, pk=pk)
    figures = client_months(client, date_of(request.GET, main_run()))
    context = {"client": client, "figures": figures, "chart": months_chart(figures)}
    template = "_client_months" if wants_part(request) else "client_months"
    return render(request, f"reports/{template}.html", context)
