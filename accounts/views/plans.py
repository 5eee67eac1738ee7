"""Plans of clients: the list, a client's plans, one plan, and its way to the signature."""

import datetime as dt

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.forms.plans import PlanBeginForm, PlanForm
from accounts.models import AccountPlan, Client, PlanVersion
from accounts.selectors import ledger, promises
from accounts.selectors import people as directory
from accounts.selectors import plans as found
from accounts.selectors.standings import standing_of
from accounts.services import plan_changes as changed
from accounts.services import plan_signing, plans
from accounts.services.clients import Conflict, may_edit
from accounts.services.plan_reading import read
from kam.audit.conflicts import conflicting
from kam.lib.navigation import may
from kam.lib.periods import today
from kam.lib.views import find, find_editable, wants_part

from .clients import _found, head

form_page = require_http_methods(["GET", "POST"])


def filters_of(parameters) -> found.Filters:
    return found.Filters(**{n: parameters.get(n, "")[:20] for n in ("state", "owner", "team")})


@require_GET
def plan_list(request):
    """Who has a plan, who lacks one, and which were left alone."""
    filters, day = filters_of(request.GET), today()
    context = {"lines": found.overview(filters, day), "filters": filters, "today": day}
    if wants_part(request):
        return render(request, "accounts/_plans.html", context)
    staff = may(request.user, "client_list")
    context |= {
        "owners": directory.kams_beside(request.user) if staff else [],
        "teams": directory.teams_beside(request.user) if staff else [],
        "may_shape": may(request.user, "plan_template_create", "POST"),
    }
    return render(request, "accounts/plans.html", context)


@require_GET
def client_plans(request, pk):
    client = _found(pk)
    context = {"plans": found.plans_of(client.pk), "today": today()} | head(client)
    standing = context["standing"]
    context["may_begin"] = standing is not None and standing.value in found.PLANNED
    return render(request, "accounts/clients/plans.html", context)


@form_page
def plan_create(request, pk):
    client = find(Client, pk=pk)
    if request.method == "GET" and not may_edit(client):
        return redirect("client_plans", pk=pk)
    find_editable(Client, pk=pk)
    form = PlanBeginForm(request.POST if request.method == "POST" else None, client=client)
    if request.method == "POST" and form.is_valid():
        try:
            plan = plans.begin(
                client,
                form.values(),
                request.user,
                template=form.cleaned_data["template"],
                previous=form.cleaned_data.get("previous"),
            )
        except ValidationError as error:
            form.add_error(None, error)
        else:
            return redirect("plan_detail", pk=plan.pk)
    context = {"form": form, "client": client, "standing": standing_of(client.pk)}
    status = 422 if form.is_bound else 200
    return render(request, "accounts/clients/plan_form.html", context, status=status)


def _plan(pk) -> AccountPlan:
    return find(AccountPlan, queryset=found.rows(), pk=pk)


@form_page
def plan_edit(request, pk):
    """Title and period."""
    plan = _plan(pk)
    if request.method == "GET" and not (may_edit(plan) and plan.is_open):
        return redirect("plan_detail", pk=pk)
    find_editable(AccountPlan, pk=pk)
    form = PlanForm(request.POST if request.method == "POST" else None, instance=_plan(pk))
    template = "accounts/clients/plan_form.html"
    context = {"form": form, "client": plan.client, "plan": plan}
    if request.method == "POST" and form.is_valid():
        try:
            plans.change(plan, form.values(), form.cleaned_data["version"] or 0)
        except ValidationError as error:
            form.add_error(None, error)
        except Conflict as conflict:
            return conflicting(request, template, context, conflict.present)
        else:
            messages.success(request, _("Saved."))
            return redirect("plan_detail", pk=pk)
    status = 422 if form.is_bound else 200
    return render(request, template, context, status=status)


@require_GET
def plan_detail(request, pk):
    return plan_page(request, _plan(pk))


def plan_page(request, plan: AccountPlan, errors=(), said="", status=200):
    """The page of a plan.  errors: why the last step was refused; said: the words typed then."""
    day = today()
    participants = found.participants_of(plan)
    own = next((each for each in participants if each.person_id == request.user.pk), None)
    editable = may_edit(plan)
    # Who only takes part sees the plan and nothing else of the client.
    client = Client.objects.filter(pk=plan.client_id).first()
    context = {
        "plan": plan,
        "read": read(plan, day),
        "participants": participants,
        "own": own,
        "asked": own is not None and bool(plan.number) and own.acknowledged != plan.number,
        "acknowledged": sum(
            each.acknowledged == plan.number for each in participants if plan.number
        ),
        "moves": found.moves_of(plan),
        "versions": found.versions_of(plan),
        "editable": editable,
        "writable": editable and plan.is_open,
        "signer": editable and plan_signing.may_sign(request.user),
        "client_seen": client is not None,
        "promises": promises.open_of(ledger.legal_entities(client, day)) if client else [],
        "errors": errors,
        "said": said,
        "today": day,
    }
    return render(request, "accounts/plan.html", context, status=status)


@require_POST
def plan_decision(request, pk):
    """A step on the way to the signature: ``act`` says which, ``words`` what is said with it."""
    plan = find_editable(AccountPlan, queryset=found.rows(), pk=pk)
    act, words = request.POST.get("act", ""), request.POST.get("words", "")[:1000]
    try:
        decide(plan, act, request.user, words)
    except ValidationError as error:
        return plan_page(request, _plan(pk), error.messages, words, 422)
    if act == "discard":
        messages.success(request, _("The draft is discarded."))
        return redirect("client_plans", pk=plan.client_id)
    messages.success(request, str(_DONE[act]))
    return redirect("plan_detail", pk=pk)


_DONE = {
    "submit": gettext_lazy("Submitted: the manager is told."),
    "withdraw": gettext_lazy("Taken back."),
    "return": gettext_lazy("Returned: the KAM is told."),
    "sign": gettext_lazy("Signed: those who take part are asked to acknowledge it."),
    "amend": gettext_lazy(
        "Open for an amendment; the signed version holds until the new one is signed."
    ),
}


def decide(plan: AccountPlan, act: str, person, words: str) -> None:
    """Take that step.  Raises ValidationError, PermissionDenied."""
    if act == "submit":
        plan_signing.submit(plan, person, words)
    elif act == "withdraw":
        plan_signing.withdraw(plan, person)
    elif act == "return":
        plan_signing.send_back(plan, person, words)
    elif act == "sign":
        plan_signing.sign(plan, person, words)
    elif act == "amend":
        plan_signing.amend(plan, person, words)
    elif act == "discard":
        plans.discard(plan)
    else:
        raise ValidationError(_("Say what is to happen with the plan."))


@require_GET
def plan_changes(request, pk):
    """What has changed since this person was here: a part of the page of the plan."""
    plan = find(AccountPlan, pk=pk)
    context = {"plan": plan, "told": changed.changes(plan, request.user)}
    part = "_plan_changes" if wants_part(request) else "plan_changes"
    return render(request, f"accounts/{part}.html", context)


@require_POST
def plan_visit(request):
    """The page of a plan says that it was opened: ``plan``."""
    asked = request.POST.get("plan", "")
    if not (asked.isascii() and asked.isdecimal()):
        return HttpResponse(status=422)
    changed.visit(find(AccountPlan, pk=int(asked[:18])), request.user)
    return HttpResponse(status=204)


@require_GET
def plan_version(request, pk):
    """A plan as it was signed."""
    row = find(
        PlanVersion,
        queryset=PlanVersion.objects.select_related("plan__client", "signed_by"),
        pk=pk,
    )
    context = {"version": row, "plan": row.plan, "content": _with_days(row.content)}
    return render(request, "accounts/plan_version.html", context)


def _with_days(content):
    """The content of a signed plan with its days as days."""
    if isinstance(content, list):
        return [_with_days(each) for each in content]
    if not isinstance(content, dict):
        return content
    return {
        name: dt.date.fromisoformat(value)
        if name in ("starts", "ends", "due") and value
        else _with_days(value)
        for name, value in content.items()
    }
