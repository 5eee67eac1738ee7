"""Changes that we plan: the list, one with the clients it touches, and what they answer."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods

from accounts.forms.planned_changes import (
    ChosenClientForm,
    PlannedChangeForm,
    SettlingForm,
    TouchedClientForm,
)
from accounts.models import PlannedChange, Product, TouchedClient
from accounts.selectors import planned_changes as found
from accounts.services import planned_changes
from accounts.services.clients import Conflict, may_edit
from kam.audit.conflicts import conflicting
from kam.lib.navigation import may
from kam.lib.periods import today
from kam.lib.views import find, find_editable, wants_part

form_page = require_http_methods(["GET", "POST"])
SUGGESTED_PRODUCTS = 500


@require_GET
def planned_change_list(request):
    state = request.GET.get("state", "")[:20]
    rows = list(found.filtered(state))
    told = found.told([row.pk for row in rows])
    context = {
        "lines": [(row, told.get(row.pk, found.Told())) for row in rows],
        "state": state,
        "states": PlannedChange.State.choices,
        "today": today(),
    }
    part = "_planned_changes" if wants_part(request) else "planned_changes"
    return render(request, f"accounts/{part}.html", context)


@form_page
def planned_change_create(request):
    form = PlannedChangeForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        row = planned_changes.plan(form.values(), request.user)
        messages.success(request, _("Saved."))
        return redirect("planned_change_detail", pk=row.pk)
    return _form(request, form)


@form_page
def planned_change_edit(request, pk):
    row = find_editable(PlannedChange, pk=pk)
    posted = request.POST if request.method == "POST" else None
    form = PlannedChangeForm(posted, instance=find(PlannedChange, pk=pk))
    if request.method == "POST" and form.is_valid():
        try:
            planned_changes.alter(row, form.values(), form.cleaned_data["version"] or 0)
        except ValidationError as error:
            form.add_error(None, error)
        except Conflict as conflict:
            context = {"form": form, "change": row, "products": _products()}
            template = "accounts/planned_change_form.html"
            return conflicting(request, template, context, conflict.present)
        else:
            messages.success(request, _("Saved."))
            return redirect("planned_change_detail", pk=pk)
    return _form(request, form, row)


def _products():
    return Product.objects.order_by("name")[:SUGGESTED_PRODUCTS]


def _form(request, form, change=None):
    part = "_planned_change_form" if wants_part(request) else "planned_change_form"
    status = 422 if form.is_bound else 200
    context = {"form": form, "change": change, "products": _products()}
    return render(request, f"accounts/{part}.html", context, status=status)


@form_page
def planned_change_detail(request, pk):
    """One change and whom it touches.  A post settles it, chooses a client, or lists anew."""
    row = find(PlannedChange, queryset=found.rows(), pk=pk)
    act = request.POST.get("act", "") if request.method == "POST" else ""
    forms = {
        "settle": SettlingForm(request.POST if act == "settle" else None, change=row),
        "choose": ChosenClientForm(request.POST if act == "choose" else None),
    }
    if request.method == "POST":
        find_editable(PlannedChange, pk=pk)
        if act == "list":
            new = planned_changes.list_touched(row)
            said = ngettext("%(n)s client is new.", "%(n)s clients are new.", new)
            messages.success(request, said % {"n": new})
            return redirect("planned_change_detail", pk=pk)
        if act in forms and _done(row, act, forms[act]):
            messages.success(request, _("Saved."))
            return redirect("planned_change_detail", pk=pk)
    context = {
        "change": row,
        "forms": forms,
        "touched": list(found.touched().filter(change=row)),
        "told": found.told([row.pk]).get(row.pk, found.Told()),
        "may_change": may(request.user, "planned_change_edit", "POST"),
        "today": today(),
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "accounts/planned_change.html", context, status=status)


def _done(row: PlannedChange, act: str, form) -> bool:
    if not form.is_valid():
        return False
    data = form.cleaned_data
    try:
        if act == "settle":
            planned_changes.settle(row, data["state"], data["note"])
        else:
            planned_changes.touch(row, data["client"])
    except ValidationError as error:
        form.add_error(None, error)
        return False
    return True


@form_page
def touched_client_detail(request, pk):
    """Who tells a client of a change, and what it answered."""
    row = find(TouchedClient, queryset=found.touched(), pk=pk)
    posted = request.POST if request.method == "POST" else None
    if posted is not None:
        find_editable(TouchedClient, pk=pk)
    form = TouchedClientForm(posted, instance=find(TouchedClient, pk=pk), client=row.client)
    context = {"form": form, "touched": row, "editable": may_edit(row)}
    if posted is not None and form.is_valid():
        version = form.cleaned_data["version"] or 0
        try:
            planned_changes.answer(row, form.values(), version, request.user)
        except ValidationError as error:
            form.add_error(None, error)
        except Conflict as conflict:
            template = "accounts/touched_client.html"
            return conflicting(request, template, context, conflict.present)
        else:
            messages.success(request, _("Saved."))
            return redirect("planned_change_detail", pk=row.change_id)
    part = "_touched_client" if wants_part(request) else "touched_client"
    status = 422 if posted is not None else 200
    return render(request, f"accounts/{part}.html", context, status=status)
