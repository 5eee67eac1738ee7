"""Initiatives: the list, one with its stages, whom to invite, and what clients answered."""

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts.forms.initiatives import (
    AnswerForm,
    InitiativeForm,
    InitiativeStepForm,
    InvitationForm,
)
from accounts.models import Client, Initiative, Invitation
from accounts.selectors import initiatives as found
from accounts.services import fitting, initiatives
from accounts.services.clients import Conflict, may_edit
from accounts.services.initiative_effect import outcome
from kam.audit.conflicts import conflicting
from kam.lib.navigation import may
from kam.lib.periods import today
from kam.lib.scoping import current
from kam.lib.views import find, find_editable, wants_part

form_page = require_http_methods(["GET", "POST"])


@require_GET
def initiative_list(request):
    stage, kind = (request.GET.get(name, "")[:20] for name in ("stage", "kind"))
    rows = list(found.filtered(stage, kind))
    answers = found.answers([row.pk for row in rows])
    context = {
        "lines": [(row, answers.get(row.pk, found.Answers())) for row in rows],
        "stage": stage,
        "kind": kind,
        "stages": Initiative.Stage.choices,
        "kinds": Initiative.Kind.choices,
    }
    part = "_initiatives" if wants_part(request) else "initiatives"
    return render(request, f"accounts/{part}.html", context)


@form_page
def initiative_create(request):
    theme = request.GET.get("theme", "")
    form = InitiativeForm(
        request.POST if request.method == "POST" else None,
        initial={"theme": theme} if theme.isdecimal() else None,
    )
    if request.method == "POST" and form.is_valid():
        row = initiatives.make(form.values(), request.user)
        messages.success(request, _("Saved."))
        return redirect("initiative_detail", pk=row.pk)
    return _form(request, form)


@form_page
def initiative_edit(request, pk):
    row = find_editable(Initiative, pk=pk)
    posted = request.POST if request.method == "POST" else None
    form = InitiativeForm(posted, instance=find(Initiative, pk=pk))
    if request.method == "POST" and form.is_valid():
        try:
            initiatives.change(row, form.values(), form.cleaned_data["version"] or 0)
        except Conflict as conflict:
            context = {"form": form, "initiative": row}
            template = "accounts/initiative_form.html"
            return conflicting(request, template, context, conflict.present)
        messages.success(request, _("Saved."))
        return redirect("initiative_detail", pk=pk)
    return _form(request, form, row)


def _form(request, form, initiative=None):
    part = "_initiative_form" if wants_part(request) else "initiative_form"
    status = 422 if form.is_bound else 200
    context = {"form": form, "initiative": initiative}
    return render(request, f"accounts/{part}.html", context, status=status)


@form_page
def initiative_detail(request, pk):
    """One initiative: stages, who was invited, and its effect; a post brings it to a stage."""
    row = find(Initiative, queryset=found.rows(), pk=pk)
    posted = request.POST if request.method == "POST" else None
    form = InitiativeStepForm(posted, initiative=row, initial={"on": today()})
    if request.method == "POST":
        find_editable(Initiative, pk=pk)
        if form.is_valid():
            data = form.cleaned_data
            try:
                initiatives.step(row, data["stage"], data["note"], request.user, data["on"])
            except ValidationError as error:
                form.add_error(None, error)
            else:
                messages.success(request, _("Saved."))
                return redirect("initiative_detail", pk=pk)
    day = today()
    context = {
        "initiative": row,
        "form": form,
        "steps": found.steps_of(row),
        "invited": list(found.invitations().filter(initiative=row)),
        "answers": found.answers([pk]).get(row.pk, found.Answers()),
        "outcome": outcome(row, day),
        "inviting": row.stage in initiatives.OPEN_TO_CLIENTS,
        "may_change": may(request.user, "initiative_edit", "POST"),
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "accounts/initiative.html", context, status=status)


@require_GET
def initiative_candidates(request, pk):
    """Clients by how well it fits them, with the reasons and who was asked lately."""
    row = find(Initiative, queryset=found.rows(), pk=pk)
    rated = fitting.candidates(row, today())
    shown = Client.objects.filter(pk__in=[each.client.pk for each in rated])
    editable = set(shown.editable_by(current()).values_list("pk", flat=True))
    lines = [
        (
            each,
            initiatives.rest_in_words(each.asked) if each.asked else "",
            each.client.pk in editable,
        )
        for each in rated
    ]
    context = {
        "initiative": row,
        "lines": lines,
        "inviting": row.stage in initiatives.OPEN_TO_CLIENTS,
        "rest_days": settings.CONTACT_REST_DAYS,
    }
    return render(request, "accounts/initiative_candidates.html", context)


@form_page
def invitation_create(request, pk):
    """Invite this client to the initiative that ``initiative`` names."""
    client = find(Client, pk=pk)
    if request.method == "GET" and not may_edit(client):
        return redirect("client_needs", pk=pk)
    find_editable(Client, pk=pk)
    asked = request.POST.get("initiative") or request.GET.get("initiative", "")
    rows = Initiative.objects.filter(pk=int(asked[:18])) if asked.isdecimal() else ()
    initiative = next(iter(rows), None)
    if initiative is None:
        messages.error(request, _("Choose the initiative first, then whom to invite."))
        return redirect("initiative_list")
    form = InvitationForm(request.POST if request.method == "POST" else None, client=client)
    if request.method == "POST" and form.is_valid():
        try:
            initiatives.invite(initiative, client, form.values(), request.user)
        except ValidationError as error:
            known = {n: said for n, said in error.message_dict.items() if n in form.fields}
            for name, said in known.items():
                form.add_error(name, said)
            for name, said in error.message_dict.items():
                if name not in known:
                    form.add_error(None, said)
        else:
            messages.success(request, _("Noted as invited."))
            return redirect("initiative_candidates", pk=initiative.pk)
    seen = fitting.candidate(initiative, client, today())
    part = "_invitation_form" if wants_part(request) else "invitation_form"
    context = {
        "form": form,
        "client": client,
        "initiative": initiative,
        "candidate": seen,
        "asked": initiatives.rest_in_words(seen.asked) if seen.asked else "",
    }
    status = 422 if form.is_bound else 200
    return render(request, f"accounts/{part}.html", context, status=status)


@form_page
def invitation_detail(request, pk):
    """What an invited client answered."""
    row = find(Invitation, queryset=found.invitations(), pk=pk)
    editable = may_edit(row)
    posted = request.POST if request.method == "POST" else None
    if posted is not None:
        find_editable(Invitation, pk=pk)
    form = AnswerForm(posted, instance=find(Invitation, pk=pk), client=row.client)
    context = {
        "form": form,
        "invitation": row,
        "editable": editable,
        "reasons": [(fitting.words(part, value), points) for part, points, value in row.reasons],
    }
    if posted is not None and form.is_valid():
        version = form.cleaned_data["version"] or 0
        try:
            initiatives.answer(row, form.values(), version, request.user)
        except ValidationError as error:
            form.add_error(None, error)
        except Conflict as conflict:
            return conflicting(request, "accounts/invitation.html", context, conflict.present)
        else:
            messages.success(request, _("Saved."))
            return redirect("initiative_detail", pk=row.initiative_id)
    part = "_invitation" if wants_part(request) else "invitation"
    status = 422 if posted is not None else 200
    return render(request, f"accounts/{part}.html", context, status=status)
