"""Potential clients have a matrix and a list of their own."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from kam.audit.services import record
from kam.lib.navigation import may
from scoring.library import prospects_matrix
from scoring.models import Matrix
from scoring.services.requests import request_ranking


@require_http_methods(["GET", "POST"])
def prospect_list(request):
    """Leads to their ranking; before there is one, says how to get it.  A post makes the matrix."""
    found = Matrix.objects.filter(population=Matrix.Population.PROSPECTS)
    matrix = found.select_related("current_run").first()
    if request.method == "POST":
        if matrix is None:
            matrix = prospects_matrix(request.user)
            record("matrix.created", object=matrix)
        request_ranking(matrix)
        messages.success(request, _("The potential clients are being ranked."))
        return redirect("prospect_list")
    if matrix is not None and matrix.current_run_id:
        return redirect(f"{reverse('ranking')}?run={matrix.current_run_id}")
    context = {"matrix": matrix, "may_begin": may(request.user, "prospect_list", "POST")}
    return render(request, "scoring/prospects_empty.html", context)
