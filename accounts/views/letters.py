"""Mail without a client, where one gives it one; and the address to which one hands mail on."""

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.forms.letters import PlacingForm, UploadForm
from accounts.models import Letter
from accounts.services import letters
from accounts.services.clients import may_edit
from kam.lib.views import find_editable

MOST = 100


@require_GET
def letter_list(request):
    waiting = Letter.objects.filter(person=request.user, state=Letter.State.WAITING)
    rows = list(waiting.prefetch_related("files")[:MOST])
    context = {
        "rows": [(row, PlacingForm(auto_id=f"letter-{row.pk}-%s")) for row in rows],
        "address": letters.address_of(request.user),
        "form": UploadForm(),
    }
    return render(request, "accounts/letters.html", context)


@require_POST
def letter_upload(request):
    form = UploadForm(request.POST, request.FILES)
    told = {
        letters.TAKEN: _("The mail stands at the client of its sender."),
        letters.WAITING: _("The mail waits below: give it a client."),
        letters.KNOWN: _("This mail is in already."),
        letters.REFUSED: _("This mail was not kept: nothing may be written about its sender."),
    }
    if not form.is_valid():
        _complain(request, form)
        return redirect("letter_list")
    for upload in form.cleaned_data["files"]:
        try:
            outcome = letters.take_file(upload.read(), request.user)
        except ValidationError as error:
            messages.error(request, f"{upload.name}: {' '.join(error.messages)}")
        else:
            kept = outcome in (letters.TAKEN, letters.WAITING)
            (messages.success if kept else messages.warning)(request, told[outcome])
    return redirect("letter_list")


def _complain(request, form: forms.Form) -> None:
    for errors in form.errors.values():
        for error in errors:
            messages.error(request, error)


@require_POST
def letter_placing(request, pk):
    letter = find_editable(Letter, pk=pk)
    form = PlacingForm(request.POST)
    if not form.is_valid():
        _complain(request, form)
        return redirect("letter_list")
    client = form.cleaned_data["client"]
    if not may_edit(client):
        messages.error(request, _("You read this client and do not write there."))
        return redirect("letter_list")
    try:
        talk = letters.place(letter, client)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("letter_list")
    messages.success(request, _("The mail stands at the client."))
    return redirect("interaction_detail", pk=talk.pk)


@require_POST
def letter_dismissal(request, pk):
    letter = find_editable(Letter, pk=pk)
    try:
        letters.dismiss(letter)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect("letter_list")


@require_POST
def letter_renewal(request):
    letters.renew(request.user)
    messages.success(request, _("This is your new address. The former one takes nothing more."))
    return redirect("letter_list")
