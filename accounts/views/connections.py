"""Connected systems: which there are, how each is read, what came of it."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.forms.connections import FORMS
from accounts.models import Connection
from accounts.selectors import connections as selectors
from accounts.services import connection_settings as settings
from accounts.services import connections as service
from accounts.services.clients import Conflict
from accounts.services.connection_words import words
from kam.audit.conflicts import conflicting
from kam.lib.navigation import may
from kam.lib.views import find, find_editable, wants_part

from .imports import findings

PAGE = 30
form_page = require_http_methods(["GET", "POST"])


@require_GET
def connection_list(request):
    rows = [{"row": row, "problem": words(row.error)} for row in selectors.connections()]
    context = {
        "connections": rows,
        "systems": Connection.System.choices,
        "may_add": may(request.user, "connection_create", "POST"),
    }
    return render(request, "accounts/connections/list.html", context)


@form_page
def connection_create(request):
    system = request.GET.get("system", "")
    if system not in FORMS:
        return redirect("connection_list")
    posted = request.POST if request.method == "POST" else None
    form = FORMS[system](posted, instance=Connection(system=system))
    if posted is not None and form.is_valid():
        try:
            row = settings.create(request.user, system, form.values())
        except ValidationError as error:
            form.add_error(None, error)
        else:
            service.request_trial(row, request.user)
            return redirect("connection_detail", pk=row.pk)
    return _form(request, form, system)


@form_page
def connection_edit(request, pk):
    row = find_editable(Connection, pk=pk)
    posted = request.POST if request.method == "POST" else None
    form = FORMS[row.system](posted, instance=find(Connection, pk=pk))
    if posted is not None and form.is_valid():
        try:
            settings.change(row, form.values(), form.cleaned_data["version"] or 0)
        except ValidationError as error:
            form.add_error(None, error)
        except Conflict as conflict:
            context = _context(form, row.system, row)
            return conflicting(request, "accounts/connections/form.html", context, conflict.present)
        else:
            messages.success(request, _("Saved."))
            return redirect("connection_detail", pk=pk)
    return _form(request, form, row.system, row)


def _context(form, system, row=None) -> dict:
    label = Connection.System(system).label
    return {"form": form, "row": row, "system": system, "label": label}


def _form(request, form, system, row=None):
    context = _context(form, system, row)
    status = 422 if request.method == "POST" else 200
    return render(request, "accounts/connections/form.html", context, status=status)


@require_GET
def connection_detail(request, pk):
    row = find(Connection, queryset=selectors.connections(), pk=pk)
    context = {
        "row": row,
        "problem": words(row.error),
        "found_problem": words((row.found or {}).get("error")),
        "may_write": may(request.user, "connection_edit", "POST"),
    }
    if wants_part(request):
        answer = render(request, "accounts/connections/_state.html", context)
        if not (row.is_busy or row.is_being_tried):
            answer["HX-Refresh"] = "true"
        return answer
    report = row.report or {}
    told = [each for tally in report.values() for each in tally.get("findings", [])]
    context |= {
        "page": Paginator(selectors.batches_of(row), PAGE).get_page(request.GET.get("page")),
        "report": [
            (service.name_of(name), report[name])
            for name in Connection.PULLS[row.system]
            if name in report
        ],
        "findings": findings(told),
        "reads": [service.name_of(name) for name in row.pulls],
    }
    return render(request, "accounts/connections/detail.html", context)


@require_POST
def connection_run(request, pk):
    row = find_editable(Connection, pk=pk)
    try:
        service.request_run(row, request.user, whole=request.POST.get("whole") == "yes")
    except service.Busy:
        messages.error(request, _("This connection is being read already."))
    except service.Disabled:
        messages.error(request, _("This connection is switched off. Switch it on first."))
    return redirect("connection_detail", pk=pk)


@require_POST
def connection_trial(request, pk):
    service.request_trial(find_editable(Connection, pk=pk), request.user)
    return redirect("connection_detail", pk=pk)


@require_POST
def connection_switch(request, pk):
    row = find_editable(Connection, pk=pk)
    settings.switch(row, request.POST.get("active") == "yes")
    return redirect("connection_detail", pk=pk)
