"""Tasks: one's day, what one has asked of others, the team, and one task."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.forms.tasks import ReturnForm, TaskForm
from accounts.models import Client, Task, User
from accounts.selectors import ledger, processes, promises
from accounts.selectors import people as directory
from accounts.selectors import tasks as found
from accounts.services import tasks
from accounts.services.clients import Conflict, may_edit
from kam.audit.conflicts import conflicting
from kam.lib.navigation import may
from kam.lib.periods import today
from kam.lib.views import find, find_editable, following, wants_part

from .clients import _found, head

form_page = require_http_methods(["GET", "POST"])
PAGE = 50
MOST_GIVEN = 50
MOST_ALSO = 10


@require_GET
def task_list(request):
    """My day: what I have to do, to answer, and to give anew."""
    person, day = request.user, today()
    near = day + found.WEEK
    context = {
        "day": found.day_of(person, day),
        "done": found.done_on(person, day),
        "given": list(found.given_by(person)[:MOST_GIVEN]),
        "promises": promises.due_of_person(person, near, MOST_ALSO),
        "steps": processes.steps_of_person(person, near, MOST_ALSO),
        "today": day,
        "may_set": may(person, "task_create"),
    }
    return render(request, "accounts/tasks.html", context)


def filters_of(parameters) -> found.Filters:
    return found.Filters(**{n: parameters.get(n, "")[:20] for n in ("when", "owner", "state")})


@require_GET
def task_team(request):
    """What everybody in the team has before them, and each of these tasks."""
    person, day, filters = request.user, today(), filters_of(request.GET)
    team = person.team_id if person.role == User.Role.MANAGER else None
    rows = in_team(found.filtered(filters, day), person)
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "filters": filters, "today": day}
    if wants_part(request):
        return render(request, "accounts/_team_tasks.html", context)
    context["loads"] = found.loads(day, team)
    context["people"] = directory.people_beside(person)
    return render(request, "accounts/task_team.html", context)


def in_team(rows, person: User):
    """A manager looks at the own team; who administers or audits, at everybody."""
    if person.role == User.Role.MANAGER:
        return rows.filter(owner__team=person.team_id)
    return rows


@require_GET
def client_tasks(request, pk):
    """What is to be done for a client; alone, or inside its page."""
    client, day = _found(pk), today()
    entities = ledger.legal_entities(client, day)
    context = {"tasks": found.tasks_of_client(entities), "today": day, "client": client}
    context["may_set"] = may(request.user, "task_create")
    if wants_part(request):
        return render(request, "accounts/clients/_tasks.html", context)
    context["settled"] = found.settled_of_client(entities)
    return render(request, "accounts/clients/tasks.html", context | head(client))


@form_page
def task_create(request):
    asked = request.GET.get("client", "")
    client = None
    if asked.isascii() and asked.isdecimal():
        client = Client.objects.filter(pk=int(asked[:18])).first()
    posted = request.POST if request.method == "POST" else None
    form = TaskForm(posted, person=request.user, client=client)
    if posted is not None and form.is_valid():
        try:
            task = tasks.give(form.values(), request.user)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            if wants_part(request) and request.POST.get("in_place"):
                return render(request, "accounts/_task.html", {"task": task, "today": today()})
            messages.success(request, _("Saved."))
            return redirect(following(request) or "task_list")
    part = "_task_form" if wants_part(request) else "task_form"
    context = {"form": form, "client": client, "next": following(request)}
    status = 422 if form.is_bound else 200
    return render(request, f"accounts/{part}.html", context, status=status)


def _task(pk) -> Task:
    return find(Task, queryset=found.rows(), pk=pk)


@form_page
def task_edit(request, pk):
    task = _task(pk)
    if request.method == "GET" and not (may_edit(task) and task.is_pending):
        return redirect("task_detail", pk=pk)
    find_editable(Task, pk=pk)
    posted = request.POST if request.method == "POST" else None
    form = TaskForm(posted, instance=_task(pk), person=request.user)
    if posted is not None and form.is_valid():
        try:
            tasks.change(task, form.values(), form.cleaned_data["version"] or 0, request.user)
        except ValidationError as error:
            form.add_error(None, error)
        except Conflict as conflict:
            context = {"form": form, "task": task}
            return conflicting(request, "accounts/task_form.html", context, conflict.present)
        else:
            messages.success(request, _("Saved."))
            return redirect("task_detail", pk=pk)
    part = "_task_form" if wants_part(request) else "task_form"
    context = {"form": form, "task": task}
    status = 422 if form.is_bound else 200
    return render(request, f"accounts/{part}.html", context, status=status)


@form_page
def task_detail(request, pk):
    """One task; a post returns it with a word."""
    task = _task(pk)
    form = ReturnForm(request.POST if request.method == "POST" else None)
    if request.method == "POST":
        find_editable(Task, pk=pk)
        if form.is_valid():
            try:
                tasks.hand_back(task, form.cleaned_data["word"], request.user)
            except ValidationError as error:
                form.add_error(None, error)
            else:
                messages.success(request, _("Returned."))
                return redirect("task_list")
    context = {
        "task": task,
        "form": form,
        "editable": may_edit(task),
        "client_seen": task.client_id and Client.objects.filter(pk=task.client_id).exists(),
        "following": Task.objects.filter(previous=task).first(),
        "today": today(),
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "accounts/task.html", context, status=status)


ACTS = {
    "done": lambda task, person: tasks.settle(task, "done", person),
    "drop": lambda task, person: tasks.settle(task, "dropped", person),
    "reopen": tasks.reopen,
    "accept": tasks.accept,
    "take": tasks.take_over,
}


@require_POST
def task_act(request, pk):
    """Done, dropped, opened again, accepted, or taken over: in place, or on to where one was."""
    find_editable(Task, pk=pk)
    task = _task(pk)
    act, told, came = request.POST.get("act", ""), "", None
    if act in ACTS:
        try:
            came = ACTS[act](task, request.user)
        except ValidationError as error:
            told = " ".join(error.messages)
    if wants_part(request):
        came = came if isinstance(came, Task) and came != task else None
        context = {"task": _task(pk), "today": today(), "told": told, "came": came, "moved": True}
        return render(request, "accounts/_task.html", context)
    if told:
        messages.error(request, told)
    return redirect(following(request) or reverse("task_detail", args=[pk]))
