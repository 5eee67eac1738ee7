"""Promises of a client and to a client: what is open, how they end, and settling them."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts.forms.promises import OutcomeForm, PromiseForm, ReopenForm, SatisfactionForm
from accounts.models import Client, Promise
from accounts.selectors import ledger
from accounts.selectors import people as directory
from accounts.selectors import promises as found
from accounts.services import promises
from accounts.services.clients import Conflict, may_edit
from kam.lib.navigation import may
from kam.lib.periods import today
from kam.lib.views import find, find_editable, following, wants_part

from .clients import _found, conflicting, head

form_page = require_http_methods(["GET", "POST"])
PAGE = 50
SETTLED_SHOWN = 20


def filters_of(parameters) -> found.Filters:
    return found.Filters(**{n: parameters.get(n, "")[:20] for n in ("state", "side", "owner")})


@require_GET
def promise_list(request):
    """Promises one may see, and how ours are kept by those who answer for them."""
    filters, day = filters_of(request.GET), today()
    page = Paginator(found.filtered(filters, day), PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "filters": filters, "today": day}
    if wants_part(request):
        return render(request, "accounts/_promises.html", context)
    context |= {
        # A colleague sees one's own promises only.
        "owners": directory.kams_beside(request.user) if may(request.user, "client_list") else [],
        "sides": Promise.Side.choices,
        "kept": found.kept_by_owner(day),
        "fewest": found.FEWEST,
    }
    return render(request, "accounts/promises.html", context)


@require_GET
def client_promises(request, pk):
    client, day = _found(pk), today()
    entities = ledger.legal_entities(client, day)
    rows = found.promises_of(entities)
    labels = dict(Promise.Side.choices)
    context = {
        "open": found.open_of(entities),
        "settled": rows.exclude(state="open").order_by("-settled_on", "-pk")[:SETTLED_SHOWN],
        "kept": [(labels[s], each) for s, each in found.kept_by_side(entities, day).items()],
        "fewest": found.FEWEST,
        "today": day,
    }
    return render(request, "accounts/clients/promises.html", context | head(client))


@form_page
def promise_create(request, pk):
    client = find(Client, pk=pk)
    if request.method == "GET" and not may_edit(client):
        return redirect("client_promises", pk=pk)
    find_editable(Client, pk=pk)
    form = PromiseForm(request.POST if request.method == "POST" else None, client=client)
    if request.method == "POST" and form.is_valid():
        try:
            promises.make(client, form.values(), request.user)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("Saved."))
            return redirect(following(request) or reverse("client_promises", args=[pk]))
    part = "_promise_form" if wants_part(request) else "promise_form"
    context = {"form": form, "client": client}
    status = 422 if form.is_bound else 200
    return render(request, f"accounts/clients/{part}.html", context, status=status)


def _promise(pk) -> Promise:
    return find(Promise, queryset=found.rows(), pk=pk)


@form_page
def promise_edit(request, pk):
    """Its terms; they are changed by whoever may change the client."""
    promise = _promise(pk)
    client = promise.client
    if not may_edit(client) or not promise.is_open:
        if request.method == "GET":
            return redirect("promise_detail", pk=pk)
        find_editable(Promise, pk=pk)
        if promise.is_open:
            raise PermissionDenied
    posted = request.POST if request.method == "POST" else None
    form = PromiseForm(posted, instance=_promise(pk), client=client)
    template = "accounts/clients/promise_form.html"
    if request.method == "POST" and form.is_valid():
        values = form.values()
        reason, version = values.pop("reason"), form.cleaned_data["version"] or 0
        try:
            promises.change(promise, values, version, request.user, reason)
        except ValidationError as error:
            form.add_error(None, error)
        except Conflict as conflict:
            context = {"form": form, "client": client, "promise": promise}
            return conflicting(request, template, context, conflict.present)
        else:
            messages.success(request, _("Saved."))
            return redirect("promise_detail", pk=pk)
    part = "_promise_form" if wants_part(request) else "promise_form"
    context = {"form": form, "client": client, "promise": promise}
    status = 422 if form.is_bound else 200
    return render(request, f"accounts/clients/{part}.html", context, status=status)


@form_page
def promise_detail(request, pk):
    """One promise with its history; a post settles it, opens it again, or notes satisfaction."""
    promise = _promise(pk)
    act = request.POST.get("act", "") if request.method == "POST" else ""
    forms = {
        "settle": OutcomeForm(request.POST if act == "settle" else None, initial={"on": today()}),
        "satisfaction": SatisfactionForm(request.POST if act == "satisfaction" else None),
        "reopen": ReopenForm(request.POST if act == "reopen" else None),
    }
    if request.method == "POST":
        find_editable(Promise, pk=pk)
        if act in forms and _done(promise, act, forms[act], request.user):
            messages.success(request, _("Saved."))
            return redirect("promise_detail", pk=pk)
    context = {
        "promise": promise,
        "forms": forms,
        "moves": found.moves_of(promise),
        "editable": may_edit(promise),
        "client_seen": Client.objects.filter(pk=promise.client_id).exists(),
        "client_editable": may_edit(promise.client),
        "today": today(),
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "accounts/promise.html", context, status=status)


def _done(promise: Promise, act: str, form, person) -> bool:
    if not form.is_valid():
        return False
    data = form.cleaned_data
    try:
        if act == "settle":
            promises.settle(
                promise, data["outcome"], data["evidence"], person, on=data["on"],
                satisfaction=data["satisfaction"],
            )  # fmt: skip
        elif act == "satisfaction":
            promises.note_satisfaction(promise, data["satisfaction"])
        else:
            promises.reopen(promise, data["reason"], person)
    except ValidationError as error:
        form.add_error(None, error)
        return False
    return True
