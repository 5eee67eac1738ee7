"""Agreements of a client: how they stand, writing them, renewing them, and their files."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import FileResponse, Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.forms.agreements import AgreementFileForm, AgreementForm
from accounts.models import Agreement, AgreementFile, Client, Product
from accounts.selectors import ledger
from accounts.selectors.agreements import whole
from accounts.services import agreement_state, agreements
from accounts.services import clients as services
from kam.audit.services import record
from kam.lib.periods import today
from kam.lib.views import find, find_editable

from .clients import _found, conflicting, head

form_page = require_http_methods(["GET", "POST"])
SUGGESTED_PRODUCTS = 500
TEMPLATE = "accounts/clients/agreement_form.html"


@require_GET
def client_agreements(request, pk):
    client = _found(pk)
    day = today()
    entities = ledger.legal_entities(client, day)
    states = agreement_state.states_of(entities, day)
    context = {
        "states": states,
        "credit": agreement_state.credit_of(entities, states, day),
        "profit": agreement_state.profit_of(entities, day),
        "file_form": AgreementFileForm(),
    }
    return render(request, "accounts/clients/agreements.html", context | head(client))


def _agreement(pk) -> Agreement:
    return find(Agreement, queryset=whole().select_related("client"), pk=pk)


def _posted(request):
    return request.POST if request.method == "POST" else None


@form_page
def agreement_create(request, pk):
    client = find(Client, pk=pk)
    if request.method == "GET" and not services.may_edit(client):
        return redirect("client_agreements", pk=pk)
    find_editable(Client, pk=pk)
    form = AgreementForm(_posted(request), client=client, parts={}, initial={"starts": today()})
    return _answer(request, form, client)


@form_page
def agreement_renewal(request, pk):
    """The next agreement, filled with the terms of this one for as long again."""
    before = _agreement(pk)
    client = before.client
    if request.method == "GET" and not services.may_edit(before):
        return redirect("client_agreements", pk=client.pk)
    find_editable(Agreement, pk=pk)
    values, parts = agreements.renewal_of(before)
    initial = values | {"owner": values["owner"].pk if values["owner"] else None}
    form = AgreementForm(_posted(request), client=client, parts=parts, initial=initial)
    return _answer(request, form, client, previous=before)


def _answer(request, form, client, previous=None):
    if request.method == "POST" and form.is_valid():
        try:
            agreements.create(client, form.values(), form.part_rows(), request.user, previous)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("Saved."))
            return redirect("client_agreements", pk=client.pk)
    return _form(request, form, client, previous=previous)


@form_page
def agreement_edit(request, pk):
    agreement = _agreement(pk)
    client = agreement.client
    if request.method == "GET" and not services.may_edit(agreement):
        return redirect("client_agreements", pk=client.pk)
    find_editable(Agreement, pk=pk)
    form = _form_over(agreement, _posted(request))
    if request.method == "POST" and form.is_valid():
        row = _agreement(pk)
        version = form.cleaned_data["version"] or 0
        try:
            agreements.change(row, form.values(), form.part_rows(), version)
        except services.Conflict as conflict:
            context = _context(form, client, agreement)
            theirs = _form_over(conflict.present)
            return conflicting(request, TEMPLATE, context, theirs)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("Saved."))
            return redirect("client_agreements", pk=client.pk)
    return _form(request, form, client, agreement=agreement)


def _form_over(agreement: Agreement, posted=None) -> AgreementForm:
    parts = {name: agreements.part_values(agreement, name) for name in agreements.PARTS}
    return AgreementForm(posted, client=agreement.client, parts=parts, instance=agreement)


def _context(form, client, agreement=None, previous=None) -> dict:
    return {
        "form": form,
        "client": client,
        "agreement": agreement,
        "previous": previous,
        "products": Product.objects.order_by("name")[:SUGGESTED_PRODUCTS],
    }


def _form(request, form, client, agreement=None, previous=None):
    status = 422 if form.is_bound else 200
    context = _context(form, client, agreement, previous)
    return render(request, TEMPLATE, context, status=status)


@require_POST
def agreement_file_create(request, pk):
    agreement = find_editable(Agreement, pk=pk)
    form = AgreementFileForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            agreements.keep_file(agreement, form.cleaned_data["file"], request.user)
        except ValidationError as error:
            form.add_error("file", error)
    if form.is_valid():
        messages.success(request, _("The file is kept."))
    else:
        for error in form.errors.get("file", []):
            messages.error(request, error)
    return redirect("client_agreements", pk=agreement.client_id)


@require_GET
def agreement_file(request, pk):
    """The file as it came, always as a download."""
    row = find(AgreementFile, queryset=AgreementFile.objects.select_related("agreement"), pk=pk)
    if not row.file:
        raise Http404
    record(
        "agreement.download",
        object=row,
        client_id=row.agreement.client_id,
        details={"sha256": row.sha256},
    )
    return FileResponse(
        row.file.open("rb"), as_attachment=True, filename=row.name,
        content_type="application/octet-stream",
    )  # fmt: skip
