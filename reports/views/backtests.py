"""The charts' slot of a backtest."""

from django.shortcuts import render
from django.views.decorators.http import require_GET

from kam.lib.views import find, wants_part
from reports.dashboards.backtests import backtest_charts
from scoring.models import Backtest
from scoring.services.backtest_words import Report


@require_GET
def backtest_charts_page(request, pk):
    row = find(Backtest, queryset=Backtest.objects.select_related("matrix"), pk=pk)
    report = Report(row)
    context = {
        "row": row,
        "report": report,
        "charts": backtest_charts(report) if report.answered else [],
    }
    template = "_backtest_charts" if wants_part(request) else "backtest_charts"
    return render(request, f"reports/{template}.html", context)
