"""People on the client's side."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.forms.clients import ContactForm
from accounts.models import Client, Contact
from accounts.services import clients as services
from kam.lib.views import find, find_editable, wants_part

from .clients import conflicting

form_page = require_http_methods(["GET", "POST"])


@form_page
def contact_create(request, pk):
    client = find(Client, pk=pk)
    if request.method == "GET" and not services.may_edit(client):
        return redirect("client_detail", pk=pk)
    find_editable(Client, pk=pk)
    form = ContactForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        services.create_contact(client, form.values())
        return redirect("client_detail", pk=pk)
    return _form(request, form, client)


@form_page
def contact_edit(request, pk):
    contact = find(Contact, queryset=Contact.objects.select_related("client"), pk=pk)
    if request.method == "GET" and not services.may_edit(contact):
        return redirect("client_detail", pk=contact.client_id)
    find_editable(Contact, pk=pk)
    form = ContactForm(request.POST or None, instance=contact)
    if request.method == "POST" and form.is_valid():
        row = Contact.objects.get(pk=pk)
        try:
            services.update(row, form.values(), form.cleaned_data["version"] or 0)
        except services.Conflict as conflict:
            context = {"form": form, "client": row.client, "contact": row}
            return conflicting(
                request, "accounts/clients/contact_form.html", context, conflict.present
            )
        messages.success(request, _("Saved."))
        return redirect("client_detail", pk=row.client_id)
    return _form(request, form, contact.client, contact)


def _form(request, form, client, contact=None):
    part = "_contact_form" if wants_part(request) else "contact_form"
    context = {"form": form, "client": client, "contact": contact}
    return render(request, f"accounts/clients/{part}.html", context)
