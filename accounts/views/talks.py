"""One talk: who was there, files, and what came of its words; and a note in half a minute."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import FileResponse, Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.forms.needs import NeedForm
from accounts.forms.problems import ProblemForm
from accounts.forms.promises import PromiseForm
from accounts.forms.talks import QuickNoteForm
from accounts.forms.tasks import TaskForm
from accounts.models import Client, Interaction, TalkFile
from accounts.selectors import talks as found
from accounts.services import needs, problems, promises, talks, tasks
from accounts.services.clients import may_edit
from kam.audit.services import record
from kam.lib.views import find, find_editable, wants_part

form_page = require_http_methods(["GET", "POST"])
RECENT = 6


def _talk(pk) -> Interaction:
    return find(Interaction, queryset=found.talks(), pk=pk)


@require_GET
def interaction_detail(request, pk):
    talk = _talk(pk)
    theirs, ours = found.attendances(talk)
    context = {
        "interaction": talk,
        "client": talk.client,
        "theirs": theirs,
        "ours": ours,
        "files": found.files_of(talk),
        "pieces": found.pieces_of(talk),
        "editable": may_edit(talk) and talk.known_to is None,
    }
    part = "_talk" if wants_part(request) else "talk"
    return render(request, f"accounts/clients/{part}.html", context)


def _task_form(posted, talk, person, first):
    return TaskForm(posted, person=person, client=talk.client, initial=first)


def _promise_form(posted, talk, _person, first):
    known = {**first, "contact": talk.contact_id}
    return PromiseForm(posted, client=talk.client, initial=known)


def _need_form(posted, talk, _person, first):
    known = {**first, "contact": talk.contact_id, "interaction": talk.pk}
    return NeedForm(posted, client=talk.client, initial=known)


def _problem_form(posted, _talk, _person, first):
    return ProblemForm(posted, initial=first)


# kind -> its form, and what writes it down.
KINDS = {
    "task": (_task_form, lambda talk, values, person: tasks.give(values, person)),
    "promise": (
        _promise_form,
        lambda talk, values, person: promises.make(talk.client, values, person),
    ),
    "need": (_need_form, lambda talk, values, person: needs.note(talk.client, values, person)),
    "problem": (
        _problem_form,
        lambda talk, values, person: problems.raise_problem(talk.client, values, person),
    ),
}


@form_page
def interaction_piece(request, pk):
    """Words of a note become a task, promise, problem or need: its form, filled with them."""
    talk = _talk(pk)
    kind = (request.POST if request.method == "POST" else request.GET).get("to", "")
    if request.method == "GET" and (not may_edit(talk) or talk.known_to is not None):
        return redirect("interaction_detail", pk=pk)
    find_editable(Interaction, pk=pk)
    if talk.known_to is not None:
        raise PermissionDenied
    if kind not in KINDS:
        return redirect("interaction_detail", pk=pk)
    asked = request.POST if request.method == "POST" else request.GET
    quote = " ".join(asked.get("quote", "").split())[:500]
    make_form, make = KINDS[kind]
    posted = request.POST if request.method == "POST" else None
    form = make_form(posted, talk, request.user, {"what": quote})
    if posted is not None and form.is_valid():
        try:
            made = make(talk, form.values(), request.user)
            talks.link(talk, made, quote, request.user)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("Saved."))
            return redirect("interaction_detail", pk=pk)
    context = {
        "form": form, "interaction": talk, "client": talk.client, "kind": kind, "quote": quote,
    }  # fmt: skip
    status = 422 if form.is_bound else 200
    return render(request, "accounts/clients/piece_form.html", context, status=status)


@require_GET
def talk_file(request, pk):
    """The file as it came, always as a download."""
    row = find(TalkFile, queryset=TalkFile.objects.select_related("interaction"), pk=pk)
    if not row.file:
        raise Http404
    record(
        "interaction.download", object=row, client_id=row.interaction.client_id,
        details={"sha256": row.sha256},
    )  # fmt: skip
    return FileResponse(
        row.file.open("rb"), as_attachment=True, filename=row.name,
        content_type="application/octet-stream",
    )  # fmt: skip


@require_POST
def talk_file_removal(request, pk):
    row = find_editable(TalkFile, queryset=TalkFile.objects.select_related("interaction"), pk=pk)
    talks.remove_file(row)
    messages.success(request, _("The file is removed."))
    return redirect("interaction_detail", pk=row.interaction_id)


@form_page
def quick_note(request):
    """Client, words, next step: half a minute after a talk."""
    posted = request.POST if request.method == "POST" else None
    form = QuickNoteForm(posted, initial=_first(request))
    if posted is not None and form.is_valid():
        given = form.values()
        client = given["client"]
        if not may_edit(client):
            form.add_error("client", _("You read this client and do not write there."))
        else:
            talk = talks.note(client, given["values"], request.user)
            messages.success(request, _("Noted."))
            return redirect(reverse("interaction_detail", args=[talk.pk]) + "?noted=1")
    context = {"form": form, "recent": found.recent_clients(request.user, RECENT)}
    status = 422 if form.is_bound else 200
    return render(request, "accounts/quick_note.html", context, status=status)


def _first(request) -> dict:
    asked = request.GET.get("client", "")
    if asked.isascii() and asked.isdecimal():
        client = Client.objects.filter(pk=int(asked[:18])).first()
        return {"client": client.name} if client else {}
    return {}
