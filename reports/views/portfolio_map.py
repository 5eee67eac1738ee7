"""The portfolio matrix as a page, and which criteria make its axes."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.selectors.clients import choices
from accounts.selectors.people import teams
from kam.audit.services import record
from kam.lib.navigation import may
from kam.lib.policy import KAM
from kam.lib.views import wants_part
from reports.dashboards.portfolio_map import (
    advice,
    caption,
    chart,
    portfolio_map,
    quadrant_words,
)
from reports.datasets import Filters
from scoring.models import Criterion, Matrix
from scoring.selectors.matrices import version_criteria
from scoring.selectors.ranking import kams

from .following import filters_follow


def _matrix(pk) -> Matrix:
    return get_object_or_404(Matrix.objects.select_related("current_run__version__matrix"), pk=pk)


def filters_of(parameters) -> Filters:
    return Filters(**{name: parameters.get(name, "")[:120] for name in Filters.names()})


@require_GET
@filters_follow
def matrix_map(request, pk):
    matrix = _matrix(pk)
    run = matrix.current_run
    filters = filters_of(request.GET)
    context = {"matrix": matrix, "run": run, "filters": filters}
    if run is not None:
        found = portfolio_map(run, filters)
        words, what_to_do = quadrant_words(), advice()
        context |= {
            "map": found,
            "caption": caption(found),
            "chart": None if found.missing else chart(found),
            "points": [
                {"point": point, "quadrant": words[point.quadrant]} for point in found.points
            ],
            "quadrants": [
                {
                    "name": words[name],
                    "advice": what_to_do[name],
                    "count": sum(point.quadrant == name for point in found.points),
                    "revenue": sum(p.revenue for p in found.points if p.quadrant == name),
                }
                for name in words
            ],
        }
    if wants_part(request):
        return render(request, "reports/_map.html", context)
    offered = choices(request.user)
    context |= {
        "kams": kams(request.user),
        "segments": offered.segments,
        "regions": offered.regions,
        "teams": [] if request.user.role == KAM else teams(),
        "criteria": version_criteria(run.version) if run else [],
        "axes": Criterion.Axis.choices,
        "may_edit": may(request.user, "matrix_axes", "POST"),
    }
    return render(request, "reports/map.html", context)


@require_POST
def matrix_axes(request, pk):
    """Put criteria on an axis, or on none; no ranking changes by it."""
    matrix = _matrix(pk)
    changed = []
    for criterion in Criterion.objects.filter(
        key__in=[k[5:] for k in request.POST if k[:5] == "axis-"]
    ):
        axis = request.POST[f"axis-{criterion.key}"]
        if axis in ("", *Criterion.Axis.values) and axis != criterion.axis:
            criterion.axis = axis
            criterion.save(update_fields=["axis"])
            changed.append(criterion.key)
    if changed:
        record("matrix.axes", object=matrix, details={"criteria": changed})
        messages.success(request, _("Saved."))
    return redirect("matrix_map", pk=pk)
