"""Processes of a client, going through them, and the standards they begin from."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.forms.processes import (
    EMPTY_ROWS,
    ProcessForm,
    SettleForm,
    TemplateForm,
    initial_row,
    people_to_answer,
    step_rows,
)
from accounts.models import (
    Client,
    Process,
    ProcessRun,
    ProcessStep,
    ProcessTemplate,
    RunStep,
    TemplateStep,
)
from accounts.selectors import processes as found
from accounts.services import processes
from accounts.services.clients import Conflict, may_edit
from kam.lib.navigation import may
from kam.lib.periods import today
from kam.lib.views import find, find_editable, following

from .clients import _found, conflicting, head

form_page = require_http_methods(["GET", "POST"])
MORE = "more"  # the button that asks for more empty rows


@require_GET
def client_processes(request, pk):
    client = _found(pk)
    rows = found.processes_of(client.pk)
    context = {
        "processes": [
            {
                "row": row,
                "differences": processes.differences(
                    row.listed, row.template.listed if row.template else []
                ),
            }
            for row in rows
        ],
        "past": found.past_runs(client.pk),
        "templates": [each for each in found.templates() if not each.archived],
        "today": today(),
    }
    return render(request, "accounts/clients/processes.html", context | head(client))


@form_page
def process_create(request, pk):
    client = find(Client, pk=pk)
    if request.method == "GET" and not may_edit(client):
        return redirect("client_processes", pk=pk)
    find_editable(Client, pk=pk)
    asked = request.GET.get("template", "")
    template = found.templates().filter(pk=int(asked[:18])).first() if asked.isdecimal() else None
    initial, rows = {}, []
    if template is not None:
        initial = {"name": template.name, "expectation": template.serves}
        rows = [initial_row(step, origin=step.pk) for step in template.listed]
    return _process_page(request, client, None, template, initial, rows)


@form_page
def process_edit(request, pk):
    process = find(Process, queryset=Process.objects.select_related("client", "template"), pk=pk)
    if request.method == "GET" and not may_edit(process):
        return redirect("client_processes", pk=process.client_id)
    find_editable(Process, pk=pk)
    return _process_page(request, process.client, process, process.template, {}, _rows(process))


def _rows(process: Process) -> list[dict]:
    return [
        initial_row(step, pk=step.pk, responsible=step.responsible_id)
        for step in ProcessStep.objects.filter(process=process)
    ]


def _process_page(request, client, process, template, initial, rows):
    posted = request.POST if request.method == "POST" else None
    form = ProcessForm(posted, instance=process, initial=initial)
    steps = step_rows(posted, rows, people=people_to_answer())
    form.parts = {"steps": steps}
    context = {"client": client, "process": process, "template": template}
    if posted is not None and MORE in posted:
        steps = _more_rows(posted, people_to_answer())
    elif posted is not None and form.is_valid() & steps.is_valid():
        origins = {}
        if template is not None:
            origins = {step.pk: step for step in TemplateStep.objects.filter(template=template)}
        owned = {row["pk"]: row for row in rows if "pk" in row}
        try:
            processes.save_process(
                Process.objects.get(pk=process.pk) if process else None,
                client,
                form.values(),
                steps.steps(owned, origins),
                request.user,
                form.cleaned_data["version"] or 0,
                template,
            )
        except ValidationError as error:
            form.add_error(None, error)
        except Conflict as conflict:
            theirs = ProcessForm(None, instance=conflict.present)
            theirs.parts = {"steps": step_rows(None, _rows(process), people=people_to_answer())}
            context |= {"form": form, "steps": steps, "back": _back(request, client.pk)}
            return conflicting(request, "accounts/clients/process_form.html", context, theirs)
        else:
            messages.success(request, _("Saved."))
            return redirect(_back(request, client.pk))
    context |= {"form": form, "steps": steps, "back": _back(request, client.pk)}
    status = 422 if posted is not None and MORE not in posted else 200
    return render(request, "accounts/clients/process_form.html", context, status=status)


def _more_rows(posted, people):
    data = posted.copy()
    data["steps-TOTAL_FORMS"] = str(_count(posted) + EMPTY_ROWS)
    return step_rows(data, [], people=people)


def _count(posted) -> int:
    text = posted.get("steps-TOTAL_FORMS", "")
    return min(int(text[:3]), processes.MOST_STEPS) if text.isdecimal() else 0


def _back(request, client_id: int) -> str:
    """Where one came from; the client's processes, or home for who answers for a step alone."""
    seen = Client.objects.filter(pk=client_id).exists()
    here = reverse("client_processes", args=[client_id]) if seen else reverse("home")
    return following(request) or here


@require_POST
def process_stop(request, pk):
    """Start it no more, or (``again=1``) start it again."""
    process = find_editable(Process, pk=pk)
    (processes.resume if request.POST.get("again") else processes.stop)(process)
    return redirect("client_processes", pk=process.client_id)


@require_POST
def process_run_create(request, pk):
    process = find_editable(Process, pk=pk)
    if process.stopped_on is None:
        processes.start(process, author=request.user, text=request.POST.get("text", ""))
        messages.success(request, _("The process has begun."))
    else:
        messages.error(request, _("This process is not run any more."))
    return redirect(_back(request, process.client_id))


@require_POST
def run_step_settle(request, pk):
    rows = RunStep.objects.select_related("run__process")
    step = find_editable(RunStep, queryset=rows, pk=pk)
    client_id = step.run.process.client_id
    form = SettleForm(request.POST)
    if not form.is_valid():
        messages.error(request, " ".join(text for texts in form.errors.values() for text in texts))
        return redirect(_back(request, client_id))
    try:
        processes.settle(step, form.cleaned_data["state"], form.cleaned_data["note"], request.user)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect(_back(request, client_id))


@require_POST
def process_run_end(request, pk):
    run = find_editable(ProcessRun, pk=pk)
    client_id = Process.objects.values_list("client_id", flat=True).get(pk=run.process_id)
    try:
        processes.break_off(run, request.POST.get("reason", ""))
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect(_back(request, client_id))


@require_GET
def process_template_list(request):
    rows = found.templates()
    context = {"templates": rows, "may_write": may(request.user, "process_template_create", "POST")}
    return render(request, "accounts/process_templates.html", context)


@form_page
def process_template_create(request):
    return _template_page(request, None, [])


@form_page
def process_template_edit(request, pk):
    template = find_editable(ProcessTemplate, pk=pk)
    return _template_page(request, template, _template_rows(template))


def _template_rows(template: ProcessTemplate) -> list[dict]:
    return [
        initial_row(step, pk=step.pk) for step in TemplateStep.objects.filter(template=template)
    ]


def _template_page(request, template, rows):
    posted = request.POST if request.method == "POST" else None
    form = TemplateForm(posted, instance=template)
    steps = step_rows(posted, rows, people=None)
    form.parts = {"steps": steps}
    context = {"template": template}
    if posted is not None and MORE in posted:
        steps = _more_rows(posted, None)
    elif posted is not None and form.is_valid() & steps.is_valid():
        owned = {row["pk"]: row for row in rows}
        try:
            processes.save_template(
                ProcessTemplate.objects.get(pk=template.pk) if template else None,
                form.values(),
                steps.steps(owned, {}),
                request.user,
                form.cleaned_data["version"] or 0,
            )
        except ValidationError as error:
            form.add_error(None, error)
        except Conflict as conflict:
            theirs = TemplateForm(None, instance=conflict.present)
            theirs.parts = {"steps": step_rows(None, _template_rows(template), people=None)}
            context |= {"form": form, "steps": steps}
            return conflicting(request, "accounts/process_template_form.html", context, theirs)
        else:
            messages.success(request, _("Saved."))
            return redirect("process_template_list")
    context |= {"form": form, "steps": steps}
    status = 422 if posted is not None and MORE not in posted else 200
    return render(request, "accounts/process_template_form.html", context, status=status)
