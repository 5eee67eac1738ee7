"""Bringing new KAMs into the work: plans under way, one plan, and the company's templates."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts.forms.onboarding import (
    EndForm,
    LearnedForm,
    OnboardingTemplateForm,
    StartForm,
    learning_rows,
)
from accounts.models import Kam, Onboarding, OnboardingStep, OnboardingTemplate
from accounts.selectors import onboarding as found
from accounts.selectors import skills
from accounts.services import onboarding
from accounts.services.clients import Conflict, may_edit
from kam.audit.conflicts import conflicting
from kam.lib.navigation import may
from kam.lib.periods import today
from kam.lib.views import find, find_editable, wants_part

form_page = require_http_methods(["GET", "POST"])


@require_GET
def onboarding_list(request):
    day = today()
    rows = found.with_progress(day)
    busy = {row.plan.person_id for row in rows if row.plan.ended_on is None}
    may_start = may(request.user, "onboarding_create", "POST")
    context = {
        "rows": rows,
        "today": day,
        "free": [p for p in skills.kams() if p.pk not in busy] if may_start else [],
    }
    return render(request, "accounts/onboarding/list.html", context)


@form_page
def onboarding_create(request, pk):
    """Start the plan of a person."""
    person = find(Kam, queryset=skills.kams(), pk=pk)
    if request.method == "GET" and not may_edit(person):
        return redirect("kam_detail", pk=pk)
    find_editable(Kam, pk=pk)
    form = StartForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            plan = onboarding.start(person, data["begun"], data["template"], request.user)
        except ValidationError as error:
            for field, texts in error.message_dict.items():
                form.add_error(field if field in form.fields else None, texts)
        else:
            messages.success(request, _("The plan has begun."))
            return redirect("onboarding_detail", pk=plan.pk)
    part = "_start_form" if wants_part(request) else "start_form"
    context = {"form": form, "person": person}
    status = 422 if form.is_bound else 200
    return render(request, f"accounts/onboarding/{part}.html", context, status=status)


@form_page
def onboarding_detail(request, pk):
    """One plan with its steps; a post breaks it off."""
    plan = find(Onboarding, queryset=found.plans(), pk=pk)
    day = today()
    form = EndForm(request.POST if request.method == "POST" else None)
    if request.method == "POST":
        find_editable(Onboarding, pk=pk)
        if form.is_valid():
            try:
                onboarding.break_off(plan, form.cleaned_data["reason"])
            except ValidationError as error:
                form.add_error(None, error)
            else:
                messages.success(request, _("Saved."))
                return redirect("onboarding_detail", pk=pk)
    (row,) = found.with_progress(day, found.plans().filter(pk=pk))
    editable = may_edit(plan)
    context = {
        "plan": plan,
        "row": row,
        "steps": found.steps_of(plan),
        "form": form,
        "today": day,
        "editable": editable and may(request.user, "onboarding_step", "POST"),
        "may_end": editable and may(request.user, "onboarding_detail", "POST"),
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "accounts/onboarding/detail.html", context, status=status)


@form_page
def onboarding_step(request, pk):
    """A step: done, put off, or with somebody else's help."""
    rows = OnboardingStep.objects.select_related("onboarding__person")
    step = find(OnboardingStep, queryset=rows, pk=pk)
    plan = step.onboarding
    if request.method == "GET" and not may_edit(step):
        return redirect("onboarding_detail", pk=plan.pk)
    find_editable(OnboardingStep, pk=pk)
    posted = request.POST if request.method == "POST" else None
    form = LearnedForm(posted, instance=find(OnboardingStep, pk=pk))
    context = {"form": form, "step": step, "plan": plan}
    if posted is not None and form.is_valid():
        version = form.cleaned_data["version"] or 0
        try:
            onboarding.change_step(step, form.values(), version, request.user)
        except ValidationError as error:
            form.add_error(None, error)
        except Conflict as conflict:
            template = "accounts/onboarding/step_form.html"
            return conflicting(request, template, context, conflict.present)
        else:
            messages.success(request, _("Saved."))
            return redirect("onboarding_detail", pk=plan.pk)
    part = "_step_form" if wants_part(request) else "step_form"
    status = 422 if form.is_bound else 200
    return render(request, f"accounts/onboarding/{part}.html", context, status=status)


@require_GET
def onboarding_template_list(request):
    context = {
        "templates": found.templates(),
        "built_in": onboarding.built_in(),
        "may_write": may(request.user, "onboarding_template_create", "POST"),
    }
    return render(request, "accounts/onboarding/templates.html", context)


@form_page
def onboarding_template_create(request):
    """A template of one's own; it begins as the built-in one."""
    return _template_page(request, None, onboarding.built_in())


@form_page
def onboarding_template_edit(request, pk):
    template = find(OnboardingTemplate, queryset=found.templates(), pk=pk)
    return _template_page(request, template, _rows(template))


def _rows(template):
    return list(found.templates().get(pk=template.pk).steps.values(*onboarding.STEP_FIELDS))


def _template_page(request, template, rows):
    posted = request.POST if request.method == "POST" else None
    instance = find(OnboardingTemplate, pk=template.pk) if template else None
    form = OnboardingTemplateForm(posted, instance=instance)
    steps = learning_rows(posted, rows)
    form.parts = {"steps": steps}
    page = "accounts/onboarding/template_form.html"
    context = {"form": form, "steps": steps, "template": template}
    if posted is not None and form.is_valid() and steps.is_valid():
        version = form.cleaned_data["version"] or 0
        try:
            onboarding.save_template(template, form.values(), steps.steps(), request.user, version)
        except ValidationError as error:
            form.add_error(None, error)
        except Conflict as conflict:
            theirs = OnboardingTemplateForm(None, instance=conflict.present)
            theirs.parts = {"steps": learning_rows(None, _rows(template))}
            return conflicting(request, page, context, theirs)
        else:
            messages.success(request, _("Saved."))
            return redirect("onboarding_template_list")
    return render(request, page, context, status=422 if posted is not None else 200)
