"""The week of a KAM in hours, and what clients and the programme cost."""

import datetime as dt
from decimal import Decimal, InvalidOperation

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods

from accounts.forms.efforts import (
    EffortRulesForm,
    HourRateForm,
    ProgrammeCostForm,
    ServiceCostForm,
)
from accounts.models import Client, EffortRules, HourRate, Kam, ProgrammeCost, ServiceCost
from accounts.selectors import efforts as found
from accounts.selectors import ledger
from accounts.services import efforts, serving
from accounts.services.clients import Conflict, may_edit
from kam.lib.periods import today
from kam.lib.policy import ADMINISTRATOR, MANAGER
from kam.lib.views import find, find_editable, wants_part

from .clients import _found, conflicting, head

form_page = require_http_methods(["GET", "POST"])
PREFIX = "hours-"
COSTS_SHOWN = 50


def week_of(parameters) -> dt.date:
    """The Monday asked for; without one last week until Wednesday, then this one."""
    now = today()
    try:
        asked = found.monday(dt.date.fromisoformat(parameters.get("week", "")))
    except (ValueError, OverflowError):
        return found.monday(now - dt.timedelta(days=2))
    first = found.monday(now) - dt.timedelta(weeks=efforts.WEEKS_BACK)
    return min(max(asked, first), found.monday(now))


@form_page
def effort_week(request):
    """One row per own client, prefilled; a post says what the week took."""
    week = week_of(request.POST if request.method == "POST" else request.GET)
    rows = efforts.rows_of(request.user, week)
    failed = False
    if request.method == "POST":
        hours = _read(request.POST, rows)
        failed = any(row.error for row in rows)
        if not failed:
            try:
                changed = efforts.save_week(request.user, week, hours)
            except ValidationError as error:
                failed = True
                _tell(rows, error)
            else:
                said = ngettext("Saved: %(n)s client.", "Saved: %(n)s clients.", changed) % {
                    "n": changed
                }
                messages.success(request, said if changed else _("Nothing has changed."))
                return redirect(f"{reverse('effort_week')}?week={week}")
    now = found.monday(today())
    step = dt.timedelta(weeks=1)
    leads = request.user.role in (ADMINISTRATOR, MANAGER)
    people = found.team_of(request.user) if leads else []
    said = found.said_by(people, week) if people else {}
    context = {
        "rows": rows,
        "week": week,
        "until": week + dt.timedelta(days=6),
        "earlier": week - step if week > now - step * efforts.WEEKS_BACK else None,
        "later": week + step if week < now else None,
        "total": sum((row.hours for row in rows), Decimal(0)),
        "all_said": bool(rows) and all(row.said is not None for row in rows),
        "leads": leads,
        "people": [(person, said.get(person.pk, 0)) for person in people],
    }
    status = 422 if failed else 200
    return render(request, "accounts/efforts/week.html", context, status=status)


def _read(posted, rows) -> dict[int, Decimal]:
    hours = {}
    for row in rows:
        text = posted.get(f"{PREFIX}{row.client.pk}")
        if text is None:
            continue
        row.typed = text = text.strip().replace(",", ".")
        try:
            value = Decimal(text or 0)
            if not value.is_finite() or not 0 <= value <= efforts.MOST_HOURS:
                raise InvalidOperation
            hours[row.client.pk] = value.quantize(Decimal("0.01"))
        except InvalidOperation:
            row.error = _("A number of hours from 0 to %(most)s.") % {"most": efforts.MOST_HOURS}
    return hours


def _tell(rows, error: ValidationError) -> None:
    said = getattr(error, "message_dict", {})
    for row in rows:
        row.error = " ".join(said.get(str(row.client.pk), []))


@form_page
def effort_rules(request):
    """How many hours work takes, and what hours and money cost."""
    form = EffortRulesForm(request.POST or None, instance=_rules())
    template = "accounts/efforts/rules.html"
    context = {"form": form, "people": found.team_of(request.user)}
    if request.method == "POST" and form.is_valid():
        try:
            efforts.save_rules(form.values(), form.cleaned_data["version"] or 0)
        except Conflict as conflict:
            return conflicting(request, template, context, conflict.present)
        messages.success(request, _("Saved."))
        return redirect("effort_rules")
    return render(request, template, context, status=422 if form.is_bound else 200)


def _rules() -> EffortRules:
    return found.rules()


@form_page
def hour_rate_edit(request, pk):
    person = find(Kam, pk=pk)
    if request.method == "GET" and not may_edit(person):
        return redirect("effort_rules")
    find_editable(Kam, pk=pk)
    kept = HourRate.objects.filter(person_id=pk).first()
    posted = request.POST if request.method == "POST" else None
    form = HourRateForm(posted, instance=kept) if kept else HourRateForm(posted)
    context = {"form": form, "person": person}
    template = "accounts/efforts/rate_form.html"
    if form.is_bound and form.is_valid():
        try:
            efforts.save_rate(person, form.values()["rate"], form.cleaned_data["version"] or 0)
        except Conflict as conflict:
            return conflicting(request, template, context, conflict.present)
        messages.success(request, _("Saved."))
        return redirect("effort_rules")
    part = "_rate_form" if wants_part(request) else "rate_form"
    status = 422 if form.is_bound else 200
    return render(request, f"accounts/efforts/{part}.html", context, status=status)


@require_GET
def client_costs(request, pk):
    """What the client costs and leaves, each figure with what it is made of."""
    client, day = _found(pk), today()
    entities = ledger.legal_entities(client, day)
    value = serving.value_of(client, day, entities)
    kinds = dict(ServiceCost.Kind.choices)
    context = {
        "value": value,
        "now": value.now,
        "services": [(kinds[kind], each) for kind, each in value.now.services.items()],
        "costs": found.service_costs(entities)[:COSTS_SHOWN],
        "weeks": found.all_weeks().filter(client__in=entities)[:COSTS_SHOWN],
    }
    if wants_part(request):
        return render(request, "accounts/efforts/_client_costs.html", {"client": client} | context)
    return render(request, "accounts/efforts/client_costs.html", context | head(client))


@form_page
def service_cost_create(request, pk):
    client = find(Client, pk=pk)
    if request.method == "GET" and not may_edit(client):
        return redirect("client_costs", pk=pk)
    find_editable(Client, pk=pk)
    form = ServiceCostForm(request.POST or None, initial={"date": today()})
    if request.method == "POST" and form.is_valid():
        efforts.add_service_cost(client, form.values(), request.user)
        messages.success(request, _("Saved."))
        return redirect("client_costs", pk=pk)
    return _cost_form(request, form, client=client)


@form_page
def service_cost_edit(request, pk):
    row = find(ServiceCost, queryset=ServiceCost.objects.select_related("client"), pk=pk)
    back = reverse("client_costs", args=[row.client_id])
    return _edit(request, row, ServiceCostForm, back, client=row.client)


@form_page
def programme_cost_create(request):
    form = ProgrammeCostForm(request.POST or None, initial={"date": today()})
    if request.method == "POST" and form.is_valid():
        efforts.add_programme_cost(form.values(), request.user)
        messages.success(request, _("Saved."))
        return redirect("programme_cost_list")
    return _cost_form(request, form)


@form_page
def programme_cost_edit(request, pk):
    row = find(ProgrammeCost, pk=pk)
    return _edit(request, row, ProgrammeCostForm, reverse("programme_cost_list"))


def _edit(request, row, kind, back, client=None):
    if request.method == "GET" and not may_edit(row):
        return redirect(back)
    find_editable(type(row), pk=row.pk)
    if request.POST.get("act") == "remove":
        efforts.remove_cost(row)
        messages.success(request, _("Removed."))
        return redirect(back)
    form = kind(request.POST or None, instance=find(type(row), pk=row.pk))
    if request.method == "POST" and form.is_valid():
        try:
            efforts.change_cost(row, form.values(), form.cleaned_data["version"] or 0)
        except Conflict as conflict:
            context = {"form": form, "client": client, "cost": row}
            template = "accounts/efforts/cost_form.html"
            return conflicting(request, template, context, conflict.present)
        messages.success(request, _("Saved."))
        return redirect(back)
    return _cost_form(request, form, client=client, row=row)


def _cost_form(request, form, client=None, row=None):
    part = "_cost_form" if wants_part(request) else "cost_form"
    context = {"form": form, "client": client, "cost": row}
    status = 422 if form.is_bound else 200
    return render(request, f"accounts/efforts/{part}.html", context, status=status)


@require_GET
def programme_cost_list(request):
    """What the programme takes that no single client does."""
    rows = found.programme_costs()[:500]
    context = {"rows": rows, "total": sum((row.amount for row in rows), Decimal(0))}
    return render(request, "accounts/efforts/programme_costs.html", context)
