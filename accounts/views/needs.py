"""What clients will want: all needs, those of one client, and one need with its way."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.forms.needs import NeedForm, NeedStepForm
from accounts.models import Client, Need, Product, ProductFamily
from accounts.selectors import initiatives, ledger, planned_changes
from accounts.selectors import needs as found
from accounts.selectors import people as directory
from accounts.services import needs, outlook
from accounts.services.clients import Conflict, may_edit
from kam.audit.conflicts import conflicting
from kam.lib.periods import today
from kam.lib.views import find, find_editable, following, wants_part

from .clients import _found, head

form_page = require_http_methods(["GET", "POST"])
PAGE = 50
SUGGESTED_PRODUCTS = 500
ENDED_SHOWN = 20
LATEST = 10


def filters_of(parameters) -> found.Filters:
    return found.Filters(**{n: parameters.get(n, "")[:20] for n in ("state", "theme", "owner")})


@require_GET
def need_list(request):
    """Needs of all clients one may see, with the money behind the open ones."""
    filters = filters_of(request.GET)
    listed = found.filtered(filters)
    page = Paginator(listed, PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "filters": filters, "today": today()}
    if wants_part(request):
        return render(request, "accounts/_needs.html", context)
    context |= {
        "owners": directory.kams_beside(request.user),
        "themes": found.themes(),
        "states": Need.State.choices,
        "money": found.money_of(Need.objects.all()),
    }
    return render(request, "accounts/needs.html", context)


@require_GET
def client_needs(request, pk):
    client, day = _found(pk), today()
    entities = ledger.legal_entities(client, day)
    mine = found.needs_of(entities)
    open_needs = list(found.in_order(mine.filter(found.OPEN)))
    context = {
        "outlook": outlook.outlook_of(client, {need.family_id for need in open_needs}, day),
        "open": open_needs,
        "ended": mine.exclude(found.OPEN).order_by("-since", "-pk")[:ENDED_SHOWN],
        "money": found.money_of_rows(open_needs),
        "invited": initiatives.invitations().filter(client__in=entities)[:LATEST],
        "touched": planned_changes.touched().filter(client__in=entities, change__state="planned"),
        "today": day,
    }
    return render(request, "accounts/clients/needs.html", context | head(client))


@form_page
def need_create(request, pk):
    client = find(Client, pk=pk)
    if request.method == "GET" and not may_edit(client):
        return redirect("client_needs", pk=pk)
    find_editable(Client, pk=pk)
    form = NeedForm(request.POST if request.method == "POST" else None, client=client)
    if request.method == "POST" and form.is_valid():
        try:
            needs.note(client, form.values(), request.user)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("Saved."))
            return redirect(following(request) or reverse("client_needs", args=[pk]))
    return _form(request, form, client)


@form_page
def need_edit(request, pk):
    need = find(Need, queryset=found.rows(), pk=pk)
    client = need.client
    if request.method == "GET" and not may_edit(need):
        return redirect("need_detail", pk=pk)
    find_editable(Need, pk=pk)
    posted = request.POST if request.method == "POST" else None
    form = NeedForm(posted, instance=find(Need, pk=pk), client=client)
    if request.method == "POST" and form.is_valid():
        try:
            needs.change(need, form.values(), form.cleaned_data["version"] or 0, request.user)
        except ValidationError as error:
            form.add_error(None, error)
        except Conflict as conflict:
            context = {"form": form, "client": client, "need": need}
            template = "accounts/clients/need_form.html"
            return conflicting(request, template, context, conflict.present)
        else:
            messages.success(request, _("Saved."))
            return redirect("need_detail", pk=pk)
    return _form(request, form, client, need)


def _form(request, form, client, need=None):
    part = "_need_form" if wants_part(request) else "need_form"
    context = {
        "form": form,
        "client": client,
        "need": need,
        "products": Product.objects.order_by("name")[:SUGGESTED_PRODUCTS],
    }
    status = 422 if form.is_bound else 200
    return render(request, f"accounts/clients/{part}.html", context, status=status)


@form_page
def need_detail(request, pk):
    """One need with its way so far; a post brings it into another state."""
    need = find(Need, queryset=found.rows(), pk=pk)
    form = NeedStepForm(request.POST if request.method == "POST" else None, need=need)
    if request.method == "POST":
        find_editable(Need, pk=pk)
        if form.is_valid():
            data = form.cleaned_data
            try:
                needs.step(need, data["state"], data["reason"], request.user)
            except ValidationError as error:
                form.add_error(None, error)
            else:
                messages.success(request, _("Saved."))
                return redirect("need_detail", pk=pk)
    context = {
        "need": need,
        "form": form,
        "steps": found.steps_of(need),
        "editable": may_edit(need),
        "today": today(),
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "accounts/need.html", context, status=status)


@require_POST
def need_from_gap(request, pk):
    """Note what look-alikes buy and this client does not as a need, at one click."""
    client = find_editable(Client, pk=pk)
    asked = request.POST.get("family", "")
    families = ProductFamily.objects.all()
    family = families.filter(pk=int(asked[:18])).first() if asked.isdecimal() else None
    if family is None:
        messages.error(request, _("Choose a product family."))
        return redirect("client_needs", pk=pk)
    try:
        need = outlook.note_gap(client, family, request.user)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("client_needs", pk=pk)
    messages.success(request, _("Noted. Say how likely it is, and from whom you know more."))
    return redirect("need_edit", pk=need.pk)


@require_GET
def next_order_list(request):
    """Clients on the key list by when they may order next."""
    day, owner = today(), request.GET.get("owner", "")[:20]
    lines = [
        (line, line.window and line.window.state(day)) for line in outlook.next_orders(day, owner)
    ]
    context = {
        "lines": lines,
        "owner": owner,
        "owners": directory.kams_beside(request.user),
        "today": day,
        "needed": outlook.ORDERS_NEEDED,
    }
    part = "_next_orders" if wants_part(request) else "next_orders"
    return render(request, f"accounts/{part}.html", context)
