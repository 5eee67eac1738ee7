"""Backtests of a matrix: asking for one, and reading what it found."""

from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from kam.lib.navigation import address, may
from kam.lib.views import find, wants_part
from scoring.forms.backtests import BacktestForm
from scoring.models import Backtest, Matrix
from scoring.selectors.backtests import backtests, matrices_tried
from scoring.services.backtest_words import Report, figure_labels
from scoring.services.backtests import request_backtest

LATEST = 30


@require_http_methods(["GET", "POST"])
def matrix_backtests(request, pk):
    matrix = get_object_or_404(Matrix, pk=pk)
    form = BacktestForm(request.POST or None, matrix=matrix)
    if request.method == "POST" and form.is_valid():
        try:
            row = request_backtest(matrix, form.asked(), request.user)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            return redirect("backtest_detail", pk=row.pk)
    rows = list(backtests(pk)[:LATEST])
    context = {
        "matrix": matrix,
        "form": form,
        "rows": [{"row": row, "report": Report(row)} for row in rows],
        "tried": matrices_tried(),
        "may_ask": may(request.user, "matrix_backtests", "POST"),
    }
    status = 422 if form.is_bound else 200
    return render(request, "scoring/matrix_backtests.html", context, status=status)


@require_GET
def backtest_detail(request, pk):
    row = find(
        Backtest,
        queryset=Backtest.objects.select_related("matrix", "job", "asked_by"),
        pk=pk,
    )
    report = Report(row)
    context = {"row": row, "matrix": row.matrix, "report": report}
    if row.result is None:
        template = "_backtest_waiting" if wants_part(request) else "backtest_waiting"
        return render(request, f"scoring/{template}.html", context)
    if wants_part(request) and "part" not in request.GET:
        # The part that waited for the job asks for the whole page now.
        answer = render(request, "scoring/_backtest_waiting.html", context)
        answer["HX-Refresh"] = "true"
        return answer
    dates = [one["as_of"] for one in report.origins]
    as_of = request.GET.get("date", "")
    version = request.GET.get("version", "")
    as_of = as_of if as_of in dates else dates[-1] if dates else ""
    version = version if version in report.version_keys else report.version_keys[0]
    context |= {
        "figure_labels": list(figure_labels().values()),
        "dates": dates,
        "as_of": as_of,
        "version": version,
        "version_labels": [(key, report.label(key)) for key in report.version_keys],
        "named": report.named(as_of, version) if as_of else None,
        "tried": matrices_tried(),
        "charts": address("backtest_charts", row.pk),
    }
    template = "_backtest_named" if wants_part(request) else "backtest"
    return render(request, f"scoring/{template}.html", context)
