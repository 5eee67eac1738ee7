"""The list of clients, one client's page, and changing a client by hand."""

import datetime as dt

from django.contrib import messages
from django.db.models import Exists, OuterRef
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts.forms.clients import ClientForm, LeavingForm, MembershipForm
from accounts.models import Client, Contact, Standing
from accounts.selectors import clients as lists
from accounts.selectors import ledger, own_fields, roles
from accounts.selectors import people as directory
from accounts.selectors import timeline as happened
from accounts.selectors.blocks import free, withheld
from accounts.selectors.standings import present_of, standing_of
from accounts.selectors.twins import where_it_went
from accounts.services import clients as services
from accounts.services import groups, portrait
from accounts.services.debts import stop_on
from kam.audit.conflicts import conflicting
from kam.lib.navigation import address
from kam.lib.periods import today
from kam.lib.scoping import current
from kam.lib.views import find, find_editable, wants_part

form_page = require_http_methods(["GET", "POST"])
SUGGESTED = 10
MOST_OWN = 10  # own fields that a list is narrowed by at once
FIRST_CONTACTS = 30
FIRST_MEMBERS = 50


def filters_of(parameters, **fixed) -> lists.Filters:
    """Filters from a query string; what is not known is left out."""
    names = (
        "q", "owner", "team", "segment", "lifecycle", "standing", "country", "region", "tag", "sort",
    )  # fmt: skip
    own = tuple(each[:140] for each in parameters.getlist("own") if each)
    told = {name: parameters.get(name, "")[:120] for name in names}
    return lists.Filters(**told, own=own[:MOST_OWN], **fixed)


@require_GET
def client_list(request):
    filters = filters_of(request.GET)
    day = today()
    page = lists.page(
        filters, after=request.GET.get("after", ""), before=request.GET.get("before", "")
    )
    sales = lists.sales(page.clients, day)
    standings = present_of(client.pk for client in page.clients)
    context = {
        "slice": page,
        "filters": filters,
        "sort": filters.sorted_by,
        "lines": [
            {"client": client, "sales": sales[client.pk], "standing": standings.get(client.pk)}
            for client in page.clients
        ],
    }
    if wants_part(request):
        return render(request, "accounts/clients/_list.html", context)
    context |= {
        "choices": lists.choices(request.user),
        "kams": directory.kams_beside(request.user),
        "teams": directory.teams_beside(request.user),
        "lifecycles": Client.Lifecycle.choices,
        "standings": Standing.Value.choices,
    }
    return render(request, "accounts/clients/list.html", context)


@require_GET
def client_suggestions(request):
    """Names for a field that takes a client: options of its datalist.  ``field`` says which
    parameter holds what was typed, where it is neither ``group`` nor ``q``."""
    name = request.GET.get("field") or ("group" if "group" in request.GET else "q")
    q = request.GET.get(name, "")[:120]
    found = Client.objects.none()
    if q.strip():
        found = Client.objects.filter(lists.named_like(q)).order_by("sort_name", "pk")
        if "group" in request.GET:
            found = found.filter(kind=Client.Kind.GROUP)
    return render(request, "accounts/clients/_suggestions.html", {"clients": found[:SUGGESTED]})


def _found(pk) -> Client:
    """With ``may_be_edited``, which the head would ask for otherwise."""
    mine = Client.objects.filter(pk=OuterRef("pk")).editable_by(current())
    rows = Client.objects.select_related("owner", "team", "group", "place", "sales_manager")
    return find(Client, queryset=rows.annotate(may_be_edited=Exists(mine)), pk=pk)


def head(client: Client) -> dict:
    """What the head of every page about a client shows."""
    return {
        "client": client,
        "editable": _editable(client),
        "standing": standing_of(client.pk),
        "shipment_stop": stop_on(client),
        "slots": {
            "score": address("client_score", client.pk),
            "months": address("client_months", client.pk),
            "growth": address("client_growth", client.pk),
            "reviews": address("client_reviews", client.pk),
        },
    }


def _editable(client: Client) -> bool:
    known = getattr(client, "may_be_edited", None)
    return services.may_edit(client) if known is None else known


@require_GET
def client_detail(request, pk):
    try:
        client = _found(pk)
    except Http404:
        # An old link to a card that was joined to another one.
        if kept := where_it_went(pk):
            return redirect("client_detail", pk=kept)
        raise
    day = today()
    entities = ledger.legal_entities(client, day)
    known = portrait.facts(entities, day)
    people = Contact.objects.filter(client__in=entities)[: FIRST_CONTACTS + 1]
    contacts = [withheld(each) for each in people]
    members = Client.objects.filter(pk__in=entities[1:]).order_by("sort_name", "pk")
    context = {
        **head(client),
        "both_roles": roles.in_both(client),
        "facts": known,
        "portrait": portrait.lines(known),
        "own_answers": own_fields.answers(client),
        "contacts": [each for each in contacts if not each.left_on][:FIRST_CONTACTS],
        "left": [each for each in contacts if each.left_on],
        "more_contacts": len(contacts) > FIRST_CONTACTS,
        "members": members[:FIRST_MEMBERS] if client.kind == Client.Kind.GROUP else [],
        "member_count": len(entities) - 1,
        "timeline": happened.timeline(entities, day),
        "source": "",
    }
    return render(request, "accounts/clients/detail.html", context)


@require_GET
def client_timeline(request, pk):
    """The list of what happened, or its continuation; alone or inside the client's page."""
    client = _found(pk)
    day = today()
    after, filters = request.GET.get("after", "")[:60], timeline_filters(request.GET)
    entities = ledger.legal_entities(client, day)
    context = {
        "client": client,
        "source": filters.source,
        "filters": filters,
        "whole": "whole" in request.GET,  # the page with all filters, not a part of another
        "after": after,
        "timeline": happened.timeline(entities, day, filters=filters, after=after),
    }
    if wants_part(request):
        part = "_entries" if after else "_timeline"
        return render(request, f"accounts/clients/{part}.html", context)
    context |= {
        "whole": True,
        "sources": happened.source_choices(),
        "ours": directory.people_beside(request.user),
        "theirs": free(Contact.objects.filter(client__in=entities)).order_by("name", "pk")[:200],
    }
    return render(request, "accounts/clients/timeline.html", context | head(client))


def timeline_filters(parameters) -> happened.Filters:
    """What is asked for in an address; what makes no sense is left out."""

    def day_of(name: str) -> dt.date | None:
        try:
            return dt.date.fromisoformat(parameters.get(name, "")[:10])
        except ValueError:
            return None

    source, person = parameters.get("source", "")[:20], parameters.get("person", "")[:20]
    return happened.Filters(
        source if source in happened.CHOICES else "", person, day_of("since"), day_of("until")
    )


@form_page
def client_create(request):
    group = request.GET.get("kind") == Client.Kind.GROUP
    first = {
        "kind": Client.Kind.GROUP if group else Client.Kind.ORGANISATION,
        "team": request.user.team_id,
        "owner": request.user.pk if request.user.role == "kam" else None,
    }
    form = ClientForm(request.POST or None, person=request.user, initial=first)
    if request.method == "POST" and form.is_valid():
        client = services.create_client(form.values())
        lists.forget_choices(request.user)
        _warn_of_twins(request, form)
        return redirect("client_detail", pk=client.pk)
    return render(request, "accounts/clients/form.html", {"form": form})


@form_page
def client_edit(request, pk):
    client = _found(pk)
    if request.method == "GET" and not services.may_edit(client):
        return redirect("client_detail", pk=pk)
    client = find_editable(Client, pk=pk)
    form = ClientForm(request.POST or None, instance=client, person=request.user)
    context = {"form": form, "client": _found(pk)}
    if request.method == "POST" and form.is_valid():
        # The form has written into its own instance; the service works on the row itself.
        row = Client.objects.get(pk=pk)
        try:
            services.update(row, form.values(), form.cleaned_data["version"] or 0)
        except services.Conflict as conflict:
            return conflicting(request, "accounts/clients/form.html", context, conflict.present)
        messages.success(request, _("Saved."))
        lists.forget_choices(request.user)
        _warn_of_twins(request, form)
        return redirect("client_detail", pk=pk)
    return render(request, "accounts/clients/form.html", context)


def _warn_of_twins(request, form) -> None:
    twin = form.twins().first()
    if twin is not None:
        told = _("“%(name)s” has the same INN and KPP: look under “Duplicates”.")
        messages.warning(request, told % {"name": twin.name})


@form_page
def client_group(request, pk):
    """The group that a company belongs to: joining one, and leaving it."""
    client = _found(pk)
    if request.method == "GET" and not services.may_edit(client):
        return redirect("client_detail", pk=pk)
    find_editable(Client, pk=pk)
    leaving = client.group_id is not None
    form = (LeavingForm if leaving else MembershipForm)(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            if leaving:
                groups.leave(client, form.cleaned_data["until"])
            else:
                group = find_editable(Client, pk=form.cleaned_data["group"].pk)
                groups.join(client, group, form.cleaned_data["since"])
        except groups.ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("Saved."))
            return redirect("client_detail", pk=pk)
    context = {
        "client": client,
        "form": form,
        "leaving": leaving,
        "membership": groups.open_membership(client) if leaving else None,
    }
    part = "_group" if wants_part(request) else "group"
    return render(request, f"accounts/clients/{part}.html", context)
