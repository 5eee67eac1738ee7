"""Pasting a block from a spreadsheet into the grid of ratings: shown first, then saved at once."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from kam.lib.views import wants_part
from scoring.models import Matrix
from scoring.selectors.matrices import rated_version, version_criteria
from scoring.services.rating_paste import Paste, read_paste, save_paste

from .ratings import grid_clients

SHOWN = 100  # changes, and refused cells, that are listed


@require_http_methods(["GET", "POST"])
def matrix_paste(request, pk):
    """Without ``seen`` a post shows what the block would change; with it that is saved."""
    matrix = get_object_or_404(Matrix.objects.select_related("current_run"), pk=pk)
    criteria = version_criteria(rated_version(matrix))
    data = request.POST if request.method == "POST" else request.GET
    rows = [int(each) for each in data.get("rows", "").split(",") if each[:18].isdecimal()]
    if request.method == "GET" and not rows:
        rows = [client.pk for client in grid_clients(request)[0]]
    context = {
        "matrix": matrix,
        "criteria": criteria,
        "text": data.get("text", ""),
        "rows": ",".join(map(str, rows)),
        "start": data.get("start", ""),
        "in_sheet": wants_part(request),
    }
    if request.method == "POST":
        try:
            paste = read_paste(
                context["text"], criteria, request.user, rows=rows, start=context["start"]
            )
        except ValidationError as error:
            context["errors"] = error.messages
        else:
            if paste.changes and request.POST.get("seen") == paste.digest:
                return _saved(request, matrix, paste)
            context |= _shown(paste) | {"outdated": bool(request.POST.get("seen"))}
    template = "_paste" if wants_part(request) else "paste"
    return render(request, f"scoring/{template}.html", context)


def _saved(request, matrix: Matrix, paste: Paste) -> HttpResponse:
    save_paste(matrix, paste, request.user)
    count = len(paste.changes)
    messages.success(
        request,
        ngettext("%(count)s rating is saved.", "%(count)s ratings are saved.", count)
        % {"count": count},
    )
    if wants_part(request):
        return HttpResponse(status=204, headers={"HX-Refresh": "true"})
    return redirect("matrix_ratings", pk=matrix.pk)


def _shown(paste: Paste) -> dict:
    return {
        "paste": paste,
        "changes": paste.changes[:SHOWN],
        "more_changes": max(0, len(paste.changes) - SHOWN),
        "refused": paste.refused[:SHOWN],
        "more_refused": max(0, len(paste.refused) - SHOWN),
    }
