"""The charts' slot of a list's confidence."""

from django.http import Http404
from django.shortcuts import render
from django.views.decorators.http import require_GET

from kam.lib.views import find, wants_part
from reports.dashboards.confidence import confidence_charts
from scoring.models import Confidence
from scoring.services.confidence_words import Answer


def answered(pk: int) -> Answer:
    """A finished answer, else 404."""
    rows = Confidence.objects.select_related("run__version__matrix")
    row = find(Confidence, queryset=rows, pk=pk)
    if row.finished_at is None:
        raise Http404
    return Answer(row)


@require_GET
def confidence_charts_page(request, pk):
    answer = answered(pk)
    context = {
        "answer": answer,
        "matrix": answer.run.version.matrix,
        "charts": confidence_charts(answer),
    }
    template = "_confidence_charts" if wants_part(request) else "confidence_charts"
    return render(request, f"reports/{template}.html", context)
