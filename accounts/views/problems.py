"""Problems of clients: what is wrong, who solves it step by step, and how it ended."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts.forms.problems import CloseForm, ProblemForm, StepForm
from accounts.models import Client, Problem, ProblemStep, Severity
from accounts.selectors import health as fare
from accounts.selectors import ledger
from accounts.selectors import people as directory
from accounts.selectors import problems as found
from accounts.services import problems
from accounts.services.clients import Conflict, may_edit
from accounts.services.radar_words import evidence_of
from kam.audit.conflicts import conflicting
from kam.lib.navigation import may
from kam.lib.periods import today
from kam.lib.views import find, find_editable, following, wants_part

from .clients import _found, head

form_page = require_http_methods(["GET", "POST"])
PAGE = 50


def filters_of(parameters) -> found.Filters:
    return found.Filters(**{n: parameters.get(n, "")[:20] for n in ("state", "severity", "owner")})


@require_GET
def problem_list(request):
    """Problems one may see, the gravest first."""
    filters = filters_of(request.GET)
    page = Paginator(found.filtered(filters), PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "filters": filters, "today": today()}
    if wants_part(request):
        return render(request, "accounts/_problems.html", context)
    context |= {
        # A colleague sees one's own problems only.
        "owners": directory.kams_beside(request.user) if may(request.user, "client_list") else [],
        "severities": Severity.choices,
    }
    return render(request, "accounts/problems.html", context)


@require_GET
def client_problems(request, pk):
    """What may go wrong with a client: its health, signals, and problems open and closed."""
    client, day = _found(pk), today()
    entities = ledger.legal_entities(client, day)
    signals = list(found.signals_of([client.pk, *entities]))
    rows = list(found.of_clients(entities))
    context = {
        "signals": [(each, evidence_of(each)[:1]) for each in signals if each.is_open],
        "open": [each for each in rows if each.is_open],
        "closed": [each for each in rows if not each.is_open][:PAGE],
        "fares": fare.health_of([client.pk], day).get(client.pk),
        "today": day,
    }
    return render(request, "accounts/clients/problems.html", context | head(client))


@form_page
def problem_create(request, pk):
    client = find(Client, pk=pk)
    if request.method == "GET" and not may_edit(client):
        return redirect("client_problems", pk=pk)
    find_editable(Client, pk=pk)
    form = ProblemForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            problem = problems.raise_problem(client, form.values(), request.user)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("Saved."))
            return redirect(following(request) or reverse("problem_detail", args=[problem.pk]))
    part = "_problem_form" if wants_part(request) else "problem_form"
    context = {"form": form, "client": client}
    status = 422 if form.is_bound else 200
    return render(request, f"accounts/clients/{part}.html", context, status=status)


def _problem(pk) -> Problem:
    return find(Problem, queryset=found.rows(), pk=pk)


@form_page
def problem_edit(request, pk):
    problem = _problem(pk)
    client = problem.client
    if request.method == "GET" and not (may_edit(problem) and problem.is_open):
        return redirect("problem_detail", pk=pk)
    find_editable(Problem, pk=pk)
    form = ProblemForm(request.POST if request.method == "POST" else None, instance=_problem(pk))
    template = "accounts/clients/problem_form.html"
    context = {"form": form, "client": client, "problem": problem}
    if request.method == "POST" and form.is_valid():
        try:
            problems.change(problem, form.values(), form.cleaned_data["version"] or 0)
        except ValidationError as error:
            form.add_error(None, error)
        except Conflict as conflict:
            return conflicting(request, template, context, conflict.present)
        else:
            messages.success(request, _("Saved."))
            return redirect("problem_detail", pk=pk)
    part = "_problem_form" if wants_part(request) else "problem_form"
    status = 422 if form.is_bound else 200
    return render(request, f"accounts/clients/{part}.html", context, status=status)


@form_page
def problem_detail(request, pk):
    """One problem with its steps; a post adds a step, closes it, or opens it again."""
    problem = _problem(pk)
    act = request.POST.get("act", "") if request.method == "POST" else ""
    forms = {
        "step": StepForm(request.POST if act == "step" else None),
        "close": CloseForm(request.POST if act == "close" else None),
    }
    refused = []
    if request.method == "POST":
        find_editable(Problem, pk=pk)
        try:
            done = _done(problem, act, forms, request.user)
        except ValidationError as error:
            done, refused = False, error.messages
        if done:
            messages.success(request, _("Saved."))
            return redirect("problem_detail", pk=pk)
    context = {
        "problem": problem,
        "forms": forms,
        "refused": refused,
        "steps": found.steps_of(problem),
        "signals": [(each, evidence_of(each)) for each in found.signals().filter(problem=problem)],
        "editable": may_edit(problem),
        "client_seen": Client.objects.filter(pk=problem.client_id).exists(),
        "today": today(),
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "accounts/problem.html", context, status=status)


def _done(problem: Problem, act: str, forms, person) -> bool:
    form = forms.get(act)
    if act == "reopen":
        problems.reopen(problem)
        return True
    if form is None or not form.is_valid():
        return False
    data = form.cleaned_data
    if act == "step":
        problems.add_step(problem, data, person)
    else:
        problems.close(problem, data["outcome"], data["came_of_it"], person)
    return True


@form_page
def problem_step(request, pk):
    """One step, for whoever does it; a post says that it is done, or not after all."""
    step = find(
        ProblemStep, queryset=ProblemStep.objects.select_related("problem__client", "person"), pk=pk
    )
    seen = Problem.objects.filter(pk=step.problem_id).exists()
    if request.method == "POST":
        find_editable(ProblemStep, pk=pk)
        problems.settle_step(step, request.POST.get("done") == "yes")
        messages.success(request, _("Saved."))
        if seen:
            return redirect("problem_detail", pk=step.problem_id)
        return redirect("problem_step", pk=pk)
    context = {"step": step, "seen": seen, "editable": may_edit(step), "today": today()}
    return render(request, "accounts/problem_step.html", context)
