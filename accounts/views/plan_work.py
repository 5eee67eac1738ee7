"""What is written in a plan: sections, actions, and who takes part."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.forms.plans import ActionForm, ParticipantForm, SectionForm, SettleActionForm
from accounts.models import AccountPlan, PlanAction, PlanParticipant, PlanSection
from accounts.selectors import plans as found
from accounts.services import plan_work, plans
from accounts.services.clients import Conflict, may_edit
from kam.audit.conflicts import conflicting
from kam.lib.periods import today
from kam.lib.views import find, find_editable, wants_part

form_page = require_http_methods(["GET", "POST"])
_SECTIONS = ("plan__client", "plan__client__owner")


def _posted(request):
    return request.POST if request.method == "POST" else None


def _to_plan(request, plan_id: int, part: str = ""):
    messages.success(request, _("Saved."))
    answer = redirect("plan_detail", pk=plan_id)
    answer["Location"] += f"#{part}" if part else ""
    return answer


def _guard(request, plan: AccountPlan):
    """Where the plan may not be written: a redirect for who only looks, else PermissionDenied."""
    if may_edit(plan) and plan.is_open:
        return None
    if request.method == "GET":
        return redirect("plan_detail", pk=plan.pk)
    if not may_edit(plan):
        raise PermissionDenied
    return None  # the service says why it cannot be written


def _sheet(request, name: str, form, context: dict, save, after):
    """A form in a sheet or on a page of its own; ``save(values)`` may refuse."""
    context = {"form": form, "sheet": name, **context}
    page = "accounts/plan_part_form.html"
    if request.method == "POST" and form.is_valid():
        try:
            save()
        except ValidationError as error:
            form.add_error(None, error)
        except Conflict as conflict:
            return conflicting(request, page, context, conflict.present)
        else:
            return after()
    template = "accounts/_plan_part_form.html" if wants_part(request) else page
    return render(request, template, context, status=422 if form.is_bound else 200)


@form_page
def plan_section_edit(request, pk):
    rows = PlanSection.objects.select_related(*_SECTIONS)
    section = find(PlanSection, queryset=rows, pk=pk)
    if (answer := _guard(request, section.plan)) is not None:
        return answer
    form = SectionForm(_posted(request), instance=rows.get(pk=pk))

    def save():
        data = form.cleaned_data
        plans.write(section, data["text"], list(data["goals"]), data["version"] or 0)

    return _sheet(
        request, "section", form, {"section": section, "plan": section.plan}, save,
        lambda: _to_plan(request, section.plan_id, f"section-{section.pk}"),
    )  # fmt: skip


@form_page
def plan_action_create(request, pk):
    rows = PlanSection.objects.select_related(*_SECTIONS)
    section = find(PlanSection, queryset=rows, pk=pk)
    if (answer := _guard(request, section.plan)) is not None:
        return answer
    form = ActionForm(_posted(request), plan=section.plan)
    return _sheet(
        request, "action", form, {"section": section, "plan": section.plan},
        lambda: plan_work.add_action(section, form.values(), request.user),
        lambda: _to_plan(request, section.plan_id, f"section-{section.pk}"),
    )  # fmt: skip


def _action(pk) -> PlanAction:
    return find(PlanAction, queryset=found.action_rows(), pk=pk)


@form_page
def plan_action_edit(request, pk):
    """Its terms; they are changed by whoever may change the plan."""
    action = _action(pk)
    if (answer := _guard(request, action.plan)) is not None:
        return answer
    form = ActionForm(_posted(request), instance=_action(pk), plan=action.plan)
    context = {"section": action.section, "plan": action.plan, "action": action}
    return _sheet(
        request, "action", form, context,
        lambda: plan_work.change_action(action, form.values(), form.cleaned_data["version"] or 0),
        lambda: _to_plan(request, action.plan_id, f"section-{action.section_id}"),
    )  # fmt: skip


@form_page
def plan_action(request, pk):
    """One action; a post settles it or opens it again.  Whoever is to do it may."""
    action = _action(pk)
    act = request.POST.get("act", "") if request.method == "POST" else ""
    form = SettleActionForm(
        request.POST if act == "settle" else None, initial={"on": today(), "outcome": "done"}
    )
    errors: list[str] = []
    if request.method == "POST":
        find_editable(PlanAction, pk=pk)
        try:
            if act == "settle" and form.is_valid():
                data = form.cleaned_data
                plan_work.settle_action(
                    action, data["outcome"], data["result"], request.user, on=data["on"]
                )
                return _settled(request, action)
            if act == "reopen":
                plan_work.reopen_action(action)
                return _settled(request, action)
        except ValidationError as error:
            if form.is_bound:
                form.add_error(None, error)
            else:
                errors = error.messages
    context = {
        "action": action,
        "plan": action.plan,
        "form": form,
        "errors": errors,
        "editable": may_edit(action),
        "plan_editable": may_edit(action.plan) and action.plan.is_open,
        "plan_seen": AccountPlan.objects.filter(pk=action.plan_id).exists(),
        "today": today(),
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "accounts/plan_action.html", context, status=status)


def _settled(request, action: PlanAction):
    messages.success(request, _("Saved."))
    return redirect("plan_action", pk=action.pk)


@form_page
def plan_participant_create(request, pk):
    plan = find(AccountPlan, queryset=found.rows(), pk=pk)
    if request.method == "GET" and not may_edit(plan):
        return redirect("plan_detail", pk=pk)
    find_editable(AccountPlan, pk=pk)
    form = ParticipantForm(_posted(request), plan=plan)
    return _sheet(
        request, "participant", form, {"plan": plan},
        lambda: plan_work.add_participant(plan, form.values()),
        lambda: _to_plan(request, plan.pk, "participants"),
    )  # fmt: skip


@form_page
def plan_participant_edit(request, pk):
    """Somebody's part; ``remove`` takes them out of the plan."""
    rows = PlanParticipant.objects.select_related("plan__client", "person")
    row = find(PlanParticipant, queryset=rows, pk=pk)
    if not may_edit(row.plan):
        if request.method == "GET":
            return redirect("plan_detail", pk=row.plan_id)
        raise PermissionDenied
    removing = "remove" in request.POST
    form = ParticipantForm(_posted(request), instance=rows.get(pk=pk), plan=row.plan)

    def save():
        if removing:
            plan_work.remove_participant(row)
        else:
            version = form.cleaned_data["version"] or 0
            plan_work.change_participant(row, form.values(), version)

    plan_id = row.plan_id
    return _sheet(
        request, "participant", form, {"plan": row.plan, "participant": row}, save,
        lambda: _to_plan(request, plan_id, "participants"),
    )  # fmt: skip


@require_POST
def plan_acknowledgement(request, pk):
    """“I have read it and this is my part”."""
    row = find_editable(PlanParticipant, pk=pk)
    try:
        plan_work.acknowledge(row, request.user)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("Thank you: it is noted that you have read the plan."))
    return redirect("plan_detail", pk=row.plan_id)
