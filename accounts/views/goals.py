"""Goals of a client, its standing, and proposing it as a candidate."""

from decimal import Decimal

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.forms.goals import GoalForm
from accounts.models import Client, Goal
from accounts.selectors import ledger
from accounts.selectors import standings as found
from accounts.services import clients, portrait, standings
from accounts.services.goal_tracking import tracked
from kam.audit.conflicts import conflicting
from kam.lib.periods import today
from kam.lib.views import find, find_editable, following, wants_part

form_page = require_http_methods(["GET", "POST"])


@require_GET
def client_standing(request, pk):
    """The client's way around the key list and its goals: a part of the client's page."""
    client = find(Client, queryset=Client.objects.select_related("owner"), pk=pk)
    way = found.history(pk)
    goals = found.goals_of(pk)
    goals_now = {each.goal.pk: each for each in tracked(goals, today())}
    missing = found.missing_for_gate(g for g in goals if g.status == Goal.Status.OPEN)
    context = {
        "client": client,
        "editable": clients.may_edit(client),
        "way": way,
        "present": next((row for row in way if row.until is None), None),
        "goals": [goals_now[goal.pk] for goal in goals],
        "gate": [str(standings.ANSWERS[name]) for name in missing],
        "may_propose": standings.Value.CANDIDATE in standings.TRANSITIONS[_here(way)],
    }
    part = "_standing" if wants_part(request) else "standing"
    return render(request, f"accounts/clients/{part}.html", context)


def _here(way) -> str:
    return next((row.value for row in way if row.until is None), standings.NONE)


@require_POST
def client_candidacy(request, pk):
    """Propose a client for the key list; whether it enters is decided elsewhere."""
    find_editable(Client, pk=pk)
    move = standings.Move(pk, standings.Value.CANDIDATE, request.POST.get("reason", "")[:2000])
    try:
        standings.change([move], author=request.user)
    except standings.Refused as refused:
        for refusal in refused.refusals:
            messages.error(request, refusal.text)
    else:
        messages.success(request, _("Proposed as a candidate."))
    return redirect("client_detail", pk=pk)


@form_page
def goal_create(request, pk):
    client = find(Client, pk=pk)
    if request.method == "GET" and not clients.may_edit(client):
        return redirect("client_detail", pk=pk)
    find_editable(Client, pk=pk)
    form = GoalForm(
        request.POST or None,
        present_value=present_values(client),
        initial={"owner": client.owner_id, **_first_measure(client)},
    )
    if request.method == "POST" and form.is_valid():
        goal = standings.create_goal(client, form.values(), request.user)
        _tell(request, goal)
        return redirect(following(request) or reverse("client_detail", args=[pk]))
    return _form(request, form, client)


def _first_measure(client: Client) -> dict:
    """Every plan starts with loyalty; the next goals may be about money."""
    has_one = Goal.objects.filter(client=client, measure="loyalty").exists()
    return {"measure": "revenue" if has_one else "loyalty"}


@form_page
def goal_edit(request, pk):
    goal = find(Goal, queryset=Goal.objects.select_related("client", "owner", "author"), pk=pk)
    client = goal.client
    if request.method == "GET" and not clients.may_edit(goal):
        return redirect("client_detail", pk=client.pk)
    goal = find_editable(Goal, pk=pk)
    form = GoalForm(request.POST or None, instance=goal, present_value=present_values(client))
    if request.method == "POST" and form.is_valid():
        row = Goal.objects.get(pk=pk)
        try:
            goal = standings.change_goal(row, form.values(), form.cleaned_data["version"] or 0)
        except standings.Conflict as conflict:
            context = {"form": form, "client": client, "goal": row, "next": following(request)}
            return conflicting(
                request, "accounts/clients/goal_form.html", context, conflict.present
            )
        else:
            _tell(request, goal)
            return redirect(following(request) or reverse("client_detail", args=[client.pk]))
    return _form(request, form, client, goal)


def _tell(request, goal: Goal) -> None:
    if goal.is_complete:
        messages.success(request, _("Saved. The goal is complete."))
    else:
        what = ", ".join(str(standings.ANSWERS[name]) for name in goal.missing)
        messages.warning(request, _("Saved. The goal still lacks: %(what)s.") % {"what": what})


def _form(request, form, client, goal=None):
    part = "_goal_form" if wants_part(request) else "goal_form"
    context = {"form": form, "client": client, "goal": goal, "next": following(request)}
    status = 422 if form.is_bound else 200
    return render(request, f"accounts/clients/{part}.html", context, status=status)


def present_values(client: Client):
    """``value(key)``: a measure of this client today, to two decimals; None where unknown."""

    def value(key: str) -> Decimal | None:
        day = today()
        known = portrait.facts(ledger.legal_entities(client, day), day)
        values = {
            "revenue": known.revenue,
            "invoices": known.invoices,
            "payment_delay": known.delay_days,
            "recency": known.days_since,
            "rhythm": known.rhythm,
        }
        found = values.get(key)
        return None if found is None else round(Decimal(found), 2)

    return value
