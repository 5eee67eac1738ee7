"""What was said and done: noting it, and correcting the note."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.forms.talks import TalkForm
from accounts.models import Client, Interaction
from accounts.services import clients as services
from accounts.services import talks
from kam.audit.conflicts import conflicting
from kam.lib.views import find, find_editable, wants_part

form_page = require_http_methods(["GET", "POST"])


@form_page
def interaction_create(request, pk):
    client = find(Client, pk=pk)
    if request.method == "GET" and not services.may_edit(client):
        return redirect("client_detail", pk=pk)
    find_editable(Client, pk=pk)
    first = {"contact": request.GET.get("contact", "")[:18]}
    form = TalkForm(request.POST or None, request.FILES or None, client=client, initial=first)
    if request.method == "POST" and form.is_valid():
        try:
            talks.note(client, form.values(), request.user)
        except ValidationError as error:
            form.add_error("files", error)
        else:
            messages.success(request, _("Noted."))
            return redirect("client_detail", pk=pk)
    return _form(request, form, client)


@form_page
def interaction_edit(request, pk):
    found = Interaction.objects.select_related("client", "author")
    interaction = find(Interaction, queryset=found, pk=pk)
    editable = services.may_edit(interaction) and interaction.known_to is None
    if request.method == "GET" and not editable:
        context = {"interaction": interaction, "client": interaction.client}
        part = "_interaction" if wants_part(request) else "interaction"
        return render(request, f"accounts/clients/{part}.html", context)
    find_editable(Interaction, pk=pk)
    client = interaction.client
    form = TalkForm(
        request.POST or None, request.FILES or None, instance=interaction, client=client
    )
    if request.method == "POST" and form.is_valid():
        try:
            talks.change(Interaction.objects.get(pk=pk), form.values(), request.user)
        except ValidationError as error:
            form.add_error("files", error)
            return _form(request, form, client, interaction)
        except services.Conflict as conflict:
            present = conflict.present
            if present.known_to is not None:  # it is there no more
                messages.warning(request, _("Somebody has taken this note back meanwhile."))
                return redirect("client_detail", pk=client.pk)
            context = {"form": form, "client": client, "interaction": present}
            return conflicting(request, "accounts/clients/interaction_form.html", context, present)
        else:
            messages.success(request, _("Saved."))
        return redirect("client_detail", pk=client.pk)
    return _form(request, form, client, interaction)


def _form(request, form, client, interaction=None):
    part = "_interaction_form" if wants_part(request) else "interaction_form"
    context = {"form": form, "client": client, "interaction": interaction}
    return render(request, f"accounts/clients/{part}.html", context)
