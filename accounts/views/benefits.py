"""What a client gains from us: writing it down, and what the client says to it."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import FileResponse, Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts.forms.benefits import BenefitForm, BenefitOutcomeForm
from accounts.models import Benefit, Client
from accounts.selectors import benefits as found
from accounts.services import benefits
from accounts.services.clients import Conflict, may_edit
from kam.audit.services import record
from kam.lib.periods import today
from kam.lib.views import find, find_editable, wants_part

from .clients import conflicting

form_page = require_http_methods(["GET", "POST"])


def _benefit(pk) -> Benefit:
    return find(Benefit, queryset=found.benefits(), pk=pk)


@form_page
def benefit_create(request, pk):
    client = find(Client, pk=pk)
    if request.method == "GET" and not may_edit(client):
        return redirect("client_feedback", pk=pk)
    find_editable(Client, pk=pk)
    form = BenefitForm(
        request.POST if request.method == "POST" else None, initial={"since": today()}
    )
    if request.method == "POST" and form.is_valid():
        row = benefits.claim(client, form.values(), request.user)
        messages.success(request, _("Saved."))
        return redirect("benefit_detail", pk=row.pk)
    return _form(request, form, client)


@form_page
def benefit_edit(request, pk):
    row = _benefit(pk)
    if request.method == "GET" and not may_edit(row):
        return redirect("benefit_detail", pk=pk)
    find_editable(Benefit, pk=pk)
    form = BenefitForm(request.POST if request.method == "POST" else None, instance=_benefit(pk))
    if request.method == "POST" and form.is_valid():
        try:
            benefits.change(row, form.values(), form.cleaned_data["version"] or 0)
        except Conflict as conflict:
            context = {"form": form, "client": row.client, "benefit": row}
            template = "accounts/benefits/benefit_form.html"
            return conflicting(request, template, context, conflict.present)
        messages.success(request, _("Saved."))
        return redirect("benefit_detail", pk=pk)
    return _form(request, form, row.client, row)


def _form(request, form, client, row=None):
    part = "_benefit_form" if wants_part(request) else "benefit_form"
    context = {"form": form, "client": client, "benefit": row}
    status = 422 if form.is_bound else 200
    return render(request, f"accounts/benefits/{part}.html", context, status=status)


@form_page
def benefit_detail(request, pk):
    """One benefit; a post says what the client says to it."""
    row = _benefit(pk)
    posted = request.method == "POST"
    if posted:
        find_editable(Benefit, pk=pk)
    form = BenefitOutcomeForm(
        request.POST if posted else None,
        request.FILES if posted else None,
        client=row.client,
        initial={"on": today()},
    )
    if posted and form.is_valid():
        data = form.cleaned_data
        try:
            benefits.settle(
                row, data["outcome"], data["evidence"], contact=data["contact"], on=data["on"],
                upload=data["file"],
            )  # fmt: skip
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("Saved."))
            return redirect("benefit_detail", pk=pk)
    context = {"benefit": row, "form": form, "editable": may_edit(row), "today": today()}
    status = 422 if posted else 200
    return render(request, "accounts/benefits/benefit.html", context, status=status)


@require_GET
def benefit_file(request, pk):
    """The paper that shows it, always as a download."""
    row = _benefit(pk)
    if not row.file:
        raise Http404
    record("benefit.download", object=row, client_id=row.client_id)
    return FileResponse(
        row.file.open("rb"), as_attachment=True, filename=row.file_name,
        content_type="application/octet-stream",
    )  # fmt: skip
