"""The company's own fields of clients."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.forms.own_fields import OwnFieldForm
from accounts.models import OwnField
from accounts.selectors import own_fields as known
from accounts.services import own_fields as services
from accounts.services.clients import Conflict
from kam.audit.conflicts import conflicting
from kam.lib.navigation import may
from kam.lib.views import find, find_editable, wants_part

form_page = require_http_methods(["GET", "POST"])


@require_GET
def own_field_list(request):
    context = {
        "fields": OwnField.objects.order_by("is_retired", "position", "pk"),
        "may_change": may(request.user, "own_field_create", "POST"),
    }
    return render(request, "accounts/lists/own_fields.html", context)


@require_GET
def own_field_filters(request):
    """Filters of the list of clients by own fields: a part of its form, which asks for them."""
    if not wants_part(request):
        return redirect("client_list")
    chosen = {each[:140] for each in request.GET.getlist("own")}
    filters = known.filters(list(known.asked()))
    context = {"filters": filters, "chosen": chosen}
    return render(request, "accounts/lists/_own_filters.html", context)


@form_page
def own_field_create(request):
    last = OwnField.objects.order_by("-position").values_list("position", flat=True).first()
    form = OwnFieldForm(request.POST or None, initial={"position": (last or 0) + 1})
    if form.is_bound and form.is_valid():
        field = services.create(form.values())
        messages.success(
            request, _("Every client's form asks “%(name)s” now.") % {"name": field.name}
        )
        return redirect("own_field_list")
    status = 422 if form.is_bound else 200
    return render(request, "accounts/lists/own_field.html", {"form": form}, status=status)


@form_page
def own_field_edit(request, pk):
    row = find_editable(OwnField, pk=pk)
    posted = request.POST if request.method == "POST" else None
    form = OwnFieldForm(posted, instance=find(OwnField, pk=pk))
    context = {"form": form, "field": row}
    template = "accounts/lists/own_field.html"
    if posted is not None and form.is_valid():
        try:
            services.change(row, form.values(), form.cleaned_data["version"] or 0)
        except Conflict as conflict:
            return conflicting(request, template, context, conflict.present)
        messages.success(request, _("Saved."))
        return redirect("own_field_list")
    return render(request, template, context, status=422 if form.is_bound else 200)


@require_POST
def own_field_retirement(request, pk):
    """Asked no more; with ``again``, asked again."""
    row = find_editable(OwnField, pk=pk)
    services.retire(row, retired="again" not in request.POST)
    return redirect("own_field_list")
