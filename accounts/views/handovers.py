"""Handovers: planned for one client or many, their checklist, and the sheet for who takes over."""

import datetime as dt

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_GET, require_http_methods

from accounts.forms.handovers import HandoverForm, NewHandoverForm, StepForm
from accounts.models import Client, Handover, HandoverStep, User
from accounts.selectors import coming, ledger
from accounts.selectors import handover_pack as pack
from accounts.selectors import handovers as found
from accounts.selectors import people as directory
from accounts.services import debts, handovers
from accounts.services.clients import Conflict, may_edit
from kam.audit.conflicts import conflicting
from kam.lib.navigation import address
from kam.lib.periods import today
from kam.lib.views import find, find_editable

form_page = require_http_methods(["GET", "POST"])
PAGE = 50
NEXT = dt.timedelta(days=30)
# What the sheet tells of the next days; promises stand there by themselves.
NOUNS = ("task", "plan_action", "step", "goal", "agreement", "meeting")
# What falls due -> the page of its row.
PAGES = {
    "task": "task_detail", "plan_action": "plan_action", "goal": "goal_detail",
    "meeting": "meeting_detail", "interaction": "interaction_detail",
    "promise_broken": "promise_detail", "promise_late": "promise_detail",
}  # fmt: skip


@require_GET
def handover_list(request):
    day, when = today(), request.GET.get("when", "")[:10]
    page = Paginator(found.listed(when, day), PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "when": when,
        "today": day,
        "substitutions": found.substitutions(when, day)[:PAGE],
    }
    return render(request, "accounts/handovers/list.html", context)


@form_page
def handover_create(request):
    """``?client=``: of one client; ``?person=``: whose clients; else one's own."""
    client = _asked_client(request)
    giver = _giver(request, client)
    posted = request.POST if request.method == "POST" else None
    form = NewHandoverForm(posted, giver=giver, client=client)
    if posted is not None and form.is_valid():
        values = dict(form.cleaned_data)
        try:
            made = handovers.plan(values.pop("clients"), values, request.user)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            done = made[0].state == Handover.State.DONE
            messages.success(request, _done(len(made)) if done else _planned(len(made)))
            if len(made) == 1:
                return redirect("handover_detail", pk=made[0].pk)
            return redirect("handover_list")
    context = {"form": form, "giver": giver, "givers": _givers(request.user), "client": client}
    status = 422 if form.is_bound else 200
    return render(request, "accounts/handovers/create.html", context, status=status)


def _planned(n: int) -> str:
    return ngettext("%(n)s handover is planned.", "%(n)s handovers are planned.", n) % {"n": n}


def _done(n: int) -> str:
    return ngettext("%(n)s client is handed over.", "%(n)s clients are handed over.", n) % {"n": n}


def _asked_client(request) -> Client | None:
    asked = request.GET.get("client", "")
    if not asked.isdecimal():
        return None
    return Client.objects.select_related("owner").filter(pk=int(asked[:18])).first()


def _givers(actor: User):
    """Whose clients the actor may hand over; nobody but themselves for a KAM."""
    return User.objects.none() if actor.role == User.Role.KAM else directory.people_to_assign(actor)


def _giver(request, client: Client | None) -> User:
    if client is not None and client.owner is not None:
        return client.owner
    asked = request.GET.get("person", "")
    if asked.isdecimal():
        person = _givers(request.user).filter(pk=int(asked[:18])).first()
        if person is not None:
            return person
    return request.user


def _handover(pk) -> Handover:
    return find(Handover, queryset=found.rows(), pk=pk)


@form_page
def handover_detail(request, pk):
    """One handover with its checklist; a post ticks, adds, cancels or carries it out at once."""
    handover = _handover(pk)
    if request.method == "POST":
        find_editable(Handover, pk=pk)
        try:
            _act(request, handover)
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
        return redirect("handover_detail", pk=pk)
    context = {
        "handover": handover,
        "client": Client.objects.filter(pk=handover.client_id).first(),
        "steps": found.steps_of(handover),
        "moved": _moved(handover),
        "editable": may_edit(handover),
        "step_form": StepForm(),
        "today": today(),
    }
    return render(request, "accounts/handovers/detail.html", context)


def _act(request, handover: Handover) -> None:
    act, _colon, number = request.POST.get("act", "").partition(":")
    if act == "cancel":
        handovers.cancel(handover)
        messages.success(request, _("The handover is cancelled."))
    elif act == "add":
        form = StepForm(request.POST)
        if form.is_valid():
            handovers.add_step(handover, form.cleaned_data["what"])
    elif act in ("tick", "untick", "drop") and number.isdecimal():
        step = find_editable(HandoverStep, pk=int(number[:18]), handover=handover.pk)
        if act == "drop":
            handovers.drop_step(step)
        else:
            handovers.tick(step, request.user, done=act == "tick")


def _moved(handover: Handover) -> list[tuple[str, int]]:
    """What went along, in words."""
    words = {
        "clients": pgettext("handover", "clients"), "promises": pgettext("handover", "promises"), "tasks": pgettext("handover", "tasks"),
        "plan_actions": pgettext("handover", "actions of plans"), "problems": pgettext("handover", "problems"),
        "problem_steps": pgettext("handover", "steps of solutions"), "goals": pgettext("handover", "goals"),
        "meetings": pgettext("handover", "meetings"), "process_steps": pgettext("handover", "steps of processes"),
        "agreements": pgettext("handover", "agreements"), "contacts": pgettext("handover", "contacts"),
    }  # fmt: skip
    return [(words[noun], n) for noun, n in handover.moved.items() if noun in words]


@form_page
def handover_edit(request, pk):
    handover = _handover(pk)
    closed = handover.state == Handover.State.CANCELLED
    if request.method == "GET" and (closed or not may_edit(handover)):
        return redirect("handover_detail", pk=pk)
    find_editable(Handover, pk=pk)
    posted = request.POST if request.method == "POST" else None
    form = HandoverForm(posted, instance=_handover(pk))
    context = {"form": form, "handover": handover}
    template = "accounts/handovers/form.html"
    if posted is not None and form.is_valid():
        values = {name: form.cleaned_data[name] for name in form.Meta.fields if name in form.fields}
        try:
            handovers.change(handover, values, form.cleaned_data["version"] or 0)
        except Conflict as conflict:
            return conflicting(request, template, context, conflict.present)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("Saved."))
            return redirect("handover_detail", pk=pk)
    return render(request, template, context, status=422 if form.is_bound else 200)


@require_GET
def handover_pack(request, pk):
    """The sheet: people, promises, sore spots, open risks, the next 30 days."""
    handover = _handover(pk)
    client = find(Client, pk=handover.client_id)
    day = today()
    entities = ledger.legal_entities(client, day)
    problems, signals = pack.risks(entities, day)
    context = {
        "handover": handover,
        "client": client,
        "today": day,
        "people": pack.people(entities, day),
        "promises": pack.promises(entities),
        "sore": _linked(pack.sore_spots(entities, day)),
        "problems": problems,
        "signals": signals,
        "owed": debts.owed_by(entities, day),
        "coming": _linked(coming.coming(entities, day + NEXT, NOUNS)),
        "talks": pack.talks(entities, day),
    }
    return render(request, "accounts/handovers/pack.html", context)


def _linked(rows):
    return [(row, address(PAGES[row.noun], row.row) if row.noun in PAGES else "") for row in rows]
