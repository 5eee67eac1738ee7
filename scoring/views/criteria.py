"""Criteria: those that come with the product, and one's own."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from kam.lib.navigation import may
from scoring.forms.criteria import CriterionForm
from scoring.models import Criterion
from scoring.selectors.history import edited_criteria
from scoring.selectors.matrices import matrices_of_criteria
from scoring.services.criteria import save_criterion
from scoring.services.explanation import source_label

from .matrices import anchors


@require_GET
def criterion_list(request):
    used, edited = matrices_of_criteria(), edited_criteria()
    rows = [
        {
            "criterion": criterion,
            "anchors": anchors(criterion),
            "source": source_label(criterion.measure),
            "people": float(criterion.people_share),
            "matrices": used.get(criterion.pk, []),
            "edited": criterion.pk in edited,
        }
        for criterion in Criterion.objects.order_by("in_library", "position", "pk")
    ]
    context = {
        "own": [row for row in rows if not row["criterion"].in_library],
        "library": [row for row in rows if row["criterion"].in_library],
        "may_edit": may(request.user, "criterion_create", "POST"),
    }
    return render(request, "scoring/criteria.html", context)


@require_http_methods(["GET", "POST"])
def criterion_create(request):
    return _edit(request, None)


@require_http_methods(["GET", "POST"])
def criterion_edit(request, key):
    return _edit(request, get_object_or_404(Criterion, key=key))


def _edit(request, criterion: Criterion | None):
    form = CriterionForm(request.POST or None, criterion=criterion)
    if request.method == "POST" and form.is_valid():
        try:
            save_criterion(criterion, form.data_of(), request.user)
        except ValidationError as error:
            form.add_error(None, error.messages)
        else:
            messages.success(request, _("The criterion is saved."))
            return redirect("criterion_list")
    context = {"criterion": criterion, "form": form}
    status = 422 if request.method == "POST" else 200
    return render(request, "scoring/criterion_form.html", context, status=status)
