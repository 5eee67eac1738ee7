"""What matrices, criteria and ratings said before."""

from decimal import Decimal

from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accounts.models import Client
from accounts.selectors.history import of_row
from accounts.views.history import PAGE, history_page
from kam.lib.navigation import may
from kam.lib.views import find
from scoring.models import Criterion, Matrix
from scoring.selectors import history as found
from scoring.services.explanation import rating_words


@require_GET
def matrix_history(request, pk):
    """Of a matrix with its versions and their criteria, drafts as they were written."""
    matrix = get_object_or_404(Matrix, pk=pk)
    return history_page(
        request, matrix, found.of_matrix(matrix), reverse("matrix_detail", args=[pk])
    )


@require_GET
def criterion_history(request, key):
    criterion = get_object_or_404(Criterion, key=key)
    edited_there = not criterion.in_library and may(request.user, "criterion_edit")
    back = reverse("criterion_edit", args=[key]) if edited_there else reverse("criterion_list")
    return history_page(request, criterion, of_row(criterion), back)


@require_GET
def client_rating_history(request, pk):
    """Who gave what to a client, on all criteria, and what it took the place of."""
    client = find(Client, pk=pk)
    page = Paginator(found.of_ratings(client.pk), PAGE).get_page(request.GET.get("page"))
    context = {
        "client": client,
        "page": page,
        "opinions": [
            (row, _said(row.was, bool(row.was_none)), _said(row.value, row.not_applicable))
            for row in page.object_list
        ],
    }
    return render(request, "scoring/rating_history.html", context)


def _said(value: Decimal | None, not_applicable: bool) -> str:
    return _("does not apply") if not_applicable else rating_words(value and float(value))
