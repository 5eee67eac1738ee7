"""References: good words with the permission to show them, and who brought which clients."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts.forms.benefits import ReferenceForm
from accounts.models import Client, Reference
from accounts.selectors import benefits as found
from accounts.services import benefits
from accounts.services.clients import Conflict, may_edit
from kam.lib.periods import today
from kam.lib.views import find, find_editable, wants_part

from .clients import conflicting

form_page = require_http_methods(["GET", "POST"])
PAGE = 50


def filters_of(parameters) -> found.Filters:
    return found.Filters(
        kind=parameters.get("kind", "")[:20], permission=parameters.get("permission", "")[:20]
    )


@require_GET
def reference_list(request):
    filters, day = filters_of(request.GET), today()
    page = Paginator(found.filtered(filters, day), PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "filters": filters, "today": day, "rows": shown(page, day)}
    if wants_part(request):
        return render(request, "accounts/references/_references.html", context)
    rows = found.referrals(day)
    came, revenue = found.brought(rows)
    context |= {
        "bringers": found.bringers(rows),
        "came": came,
        "revenue": revenue,
        "kinds": Reference.Kind.choices,
        "permissions": Reference.Permission.choices,
    }
    return render(request, "accounts/references/list.html", context)


def shown(rows, day):
    """Each reference, and whether it may be published today."""
    return [(row, row.may_be_shown(day)) for row in rows]


@form_page
def reference_create(request, pk):
    client = find(Client, pk=pk)
    if request.method == "GET" and not may_edit(client):
        return redirect("client_feedback", pk=pk)
    find_editable(Client, pk=pk)
    form = ReferenceForm(request.POST if request.method == "POST" else None, client=client)
    if request.method == "POST" and form.is_valid():
        try:
            benefits.keep_reference(client, form.values(), request.user)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("Saved."))
            return redirect(reverse("client_feedback", args=[pk]) + "#references")
    return _form(request, form, client)


@form_page
def reference_edit(request, pk):
    """One reference: to read for whoever may not change it."""
    row = find(Reference, queryset=found.references(), pk=pk)
    editable = may_edit(row)
    if request.method == "GET" and not editable:
        context = {"reference": row, "shown": row.may_be_shown(today())}
        return render(request, "accounts/references/reference.html", context)
    find_editable(Reference, pk=pk)
    form = ReferenceForm(
        request.POST if request.method == "POST" else None,
        instance=find(Reference, pk=pk),
        client=row.client,
    )
    if request.method == "POST" and form.is_valid():
        try:
            benefits.change_reference(row, form.values(), form.cleaned_data["version"] or 0)
        except ValidationError as error:
            form.add_error(None, error)
        except Conflict as conflict:
            context = {"form": form, "client": row.client, "reference": row}
            template = "accounts/references/reference_form.html"
            return conflicting(request, template, context, conflict.present)
        else:
            messages.success(request, _("Saved."))
            return redirect(reverse("client_feedback", args=[row.client_id]) + "#references")
    return _form(request, form, row.client, row)


def _form(request, form, client, row=None):
    part = "_reference_form" if wants_part(request) else "reference_form"
    context = {"form": form, "client": client, "reference": row}
    status = 422 if form.is_bound else 200
    return render(request, f"accounts/references/{part}.html", context, status=status)
