"""Who stands in for whom: written down by the person who is away, or by who leads them."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.forms.handovers import SubstitutionForm
from accounts.models import Substitution
from accounts.services import substitutions
from accounts.services.clients import Conflict, may_edit
from kam.audit.conflicts import conflicting
from kam.lib.periods import today
from kam.lib.views import find, find_editable

form_page = require_http_methods(["GET", "POST"])


@form_page
def substitution_create(request):
    posted = request.POST if request.method == "POST" else None
    form = SubstitutionForm(posted, initial={"person": request.GET.get("person", "")[:18]})
    if posted is not None and form.is_valid():
        values = dict(form.cleaned_data)
        person = values.pop("person", None) or request.user
        try:
            substitutions.begin(person, values, request.user)
        except ValidationError as error:
            form.add_error(None, _fitting(form, error))
        else:
            messages.success(request, _("Written down: rights on these days, and no longer."))
            return redirect("handover_list")
    status = 422 if form.is_bound else 200
    return render(request, "accounts/handovers/substitution.html", {"form": form}, status=status)


@form_page
def substitution_edit(request, pk):
    row = find(Substitution, queryset=_rows(), pk=pk)
    if request.method == "GET" and not may_edit(row):
        return redirect("handover_list")
    find_editable(Substitution, pk=pk)
    posted = request.POST if request.method == "POST" else None
    form = SubstitutionForm(posted, instance=find(Substitution, queryset=_rows(), pk=pk))
    context = {"form": form, "substitution": row, "today": today()}
    template = "accounts/handovers/substitution.html"
    if posted is not None and form.is_valid():
        values = {n: v for n, v in form.cleaned_data.items() if n in substitutions.FIELDS}
        try:
            substitutions.change(row, values, form.cleaned_data["version"] or 0)
        except Conflict as conflict:
            return conflicting(request, template, context, conflict.present)
        except ValidationError as error:
            form.add_error(None, _fitting(form, error))
        else:
            messages.success(request, _("Saved."))
            return redirect("handover_list")
    return render(request, template, context, status=422 if form.is_bound else 200)


@require_POST
def substitution_end(request, pk):
    row = find_editable(Substitution, pk=pk)
    substitutions.end(row)
    messages.success(request, _("Ended: the rights are gone."))
    return redirect("handover_list")


def _rows():
    return Substitution.objects.select_related("person", "substitute")


def _fitting(form, error: ValidationError) -> ValidationError | list:
    """The error at its field where the form has it, else over the form."""
    told = error.message_dict if hasattr(error, "error_dict") else {}
    if all(name in form.fields for name in told):
        return error
    return ValidationError(error.messages)
