"""What somebody said to our purposes, blocking them, and the catalogue of purposes."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.forms.consents import (
    BlockForm,
    ConsentForm,
    PurposeForm,
    UnblockForm,
    WithdrawalForm,
)
from accounts.models import Consent, Contact, Purpose
from accounts.selectors import consents as found
from accounts.selectors.blocks import blocks_of
from accounts.services import blocks, consents, processing_register, purposes
from accounts.services.clients import Conflict, may_edit
from kam.audit.conflicts import conflicting
from kam.lib.periods import today
from kam.lib.views import find, find_editable, wants_part

form_page = require_http_methods(["GET", "POST"])


def _contact(pk: int) -> Contact:
    return find(Contact, queryset=Contact.objects.select_related("client", "told_by"), pk=pk)


def _page(request, contact: Contact, form: ConsentForm | None = None):
    """Everything about what may be done with the person's data."""
    catalogue = list(Purpose.objects.all())
    may = consents.answers_for([contact], catalogue)
    rows = found.consents().filter(contact=contact)
    context = {
        "contact": contact,
        "client": contact.client,
        "permissions": [(each, may[contact.pk, each.pk]) for each in catalogue if each.is_active],
        "history": rows,
        "blocks": blocks_of(contact),
        "form": form,
        "editable": may_edit(contact) and not contact.is_blocked and not contact.anonymised_at,
    }
    status = 422 if form is not None and form.is_bound else 200
    return render(request, "accounts/consents/contact.html", context, status=status)


def _asked_about(key: str) -> Purpose | None:
    """The purpose of this key, else one for which people have to be asked."""
    active = Purpose.objects.filter(is_active=True)
    asked = active.filter(key=key).first() if key else None
    return asked or active.filter(basis=Purpose.Basis.CONSENT).first() or active.first()


@require_GET
def contact_consents(request, pk):
    contact = _contact(pk)
    form = None
    if may_edit(contact) and not contact.is_blocked and not contact.anonymised_at:
        form = ConsentForm(purpose=_asked_about(request.GET.get("purpose", "")[:60]))
    return _page(request, contact, form)


@require_POST
def consent_create(request, pk):
    contact = _contact(pk)
    find_editable(Contact, pk=pk)
    form = ConsentForm(request.POST)
    if form.is_valid():
        values = dict(form.cleaned_data)
        try:
            consents.note(contact, values.pop("purpose"), values, request.user)
        except ValidationError as error:
            form.add_error(None, error)
        except blocks.Blocked:
            form.add_error(None, _("This person is blocked: nothing is written down about them."))
        else:
            messages.success(request, _("Saved."))
            return redirect("contact_consents", pk=pk)
    return _page(request, contact, form)


@form_page
def consent_withdrawal(request, pk):
    consent = find(Consent, queryset=found.consents().select_related("contact__client"), pk=pk)
    back = redirect("contact_consents", pk=consent.contact_id)
    if request.method == "GET" and (consent.withdrawn_on or not may_edit(consent)):
        return back
    find_editable(Consent, pk=pk)
    form = WithdrawalForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            consents.withdraw(consent, **form.cleaned_data, person=request.user)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("Taken back. The answer stays in the history."))
            return back
    part = "_withdrawal" if wants_part(request) else "withdrawal"
    context = {"form": form, "consent": consent, "contact": consent.contact}
    status = 422 if form.is_bound else 200
    return render(request, f"accounts/consents/{part}.html", context, status=status)


@form_page
def contact_block(request, pk):
    """Block a person, or end it, whichever the person is not."""
    contact = _contact(pk)
    ends = contact.is_blocked
    posted = request.POST if request.method == "POST" else None
    form = UnblockForm(posted) if ends else BlockForm(posted)
    if request.method == "POST":
        find_editable(Contact, pk=pk)
        # What somebody else did meanwhile is not undone by a page that was loaded before.
        if (request.POST.get("act") == "end") != ends:
            messages.error(request, _("Somebody changed this meanwhile. Look once more."))
            return redirect("contact_block", pk=pk)
        if form.is_valid():
            data = form.cleaned_data
            try:
                if ends:
                    blocks.unblock(contact, data["reason"], request.user)
                else:
                    blocks.block(contact, **data, person=request.user)
            except ValidationError as error:
                form.add_error(None, error)
            except blocks.Blocked:
                return redirect("contact_block", pk=pk)
            else:
                said = _("The block has ended.") if ends else _("Blocked.")
                messages.success(request, said)
                return redirect("contact_consents", pk=pk)
    part = "_block" if wants_part(request) else "block"
    context = {"form": form, "contact": contact, "ends": ends}
    status = 422 if form.is_bound else 200
    return render(request, f"accounts/consents/{part}.html", context, status=status)


@require_GET
def processing_register_page(request):
    context = {"register": processing_register.register(), "today": today()}
    return render(request, "accounts/consents/register.html", context)


@require_GET
def purpose_list(request):
    return render(request, "accounts/consents/purposes.html", {"purposes": found.purposes()})


@form_page
def purpose_create(request):
    form = PurposeForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            purposes.add(form.values())
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("Saved."))
            return redirect("purpose_list")
    return _purpose_form(request, form)


@form_page
def purpose_edit(request, pk):
    purpose = find(Purpose, pk=pk)
    form = PurposeForm(request.POST if request.method == "POST" else None, instance=purpose)
    if request.method == "POST" and form.is_valid():
        row = Purpose.objects.get(pk=pk)
        try:
            purposes.change(row, form.values(), form.cleaned_data["version"] or 0)
        except ValidationError as error:
            form.add_error(None, error)
        except Conflict as conflict:
            context = {"form": form, "purpose": row}
            template = "accounts/consents/purpose_form.html"
            return conflicting(request, template, context, conflict.present)
        else:
            messages.success(request, _("Saved."))
            return redirect("purpose_list")
    return _purpose_form(request, form, purpose)


def _purpose_form(request, form, purpose=None):
    part = "_purpose_form" if wants_part(request) else "purpose_form"
    status = 422 if form.is_bound else 200
    context = {"form": form, "purpose": purpose}
    return render(request, f"accounts/consents/{part}.html", context, status=status)
