"""People on the client's side: the map with its list and gaps, and keeping each person."""

from django.contrib import messages
from django.http import JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.forms.relationships import ContactForm, RelationForm
from accounts.models import Client, Contact, Relation
from accounts.selectors import ledger
from accounts.selectors import relationships as found
from accounts.services import clients as services
from accounts.services import people_map, relationships
from kam.lib.periods import today
from kam.lib.views import find, find_editable, following, wants_part

from .clients import _found, conflicting, head

form_page = require_http_methods(["GET", "POST"])


def silence_of(parameters) -> int:
    """After how many days of silence people count as not reached, by ``?silence=``."""
    asked = parameters.get("silence", "")
    known = {str(days): days for days in relationships.SILENCES}
    return known.get(asked, relationships.SILENCE)


@require_GET
def client_people(request, pk):
    client = _found(pk)
    day = today()
    entities = ledger.legal_entities(client, day)
    silence = silence_of(request.GET)
    context = {
        "net": relationships.net_of(client, entities, day, silence),
        "relations": found.relations_of(entities),
        "silence": silence,
        "silences": relationships.SILENCES,
        "map": {"width": people_map.WIDTH, "card": people_map.CARD},
    }
    return render(request, "accounts/clients/people.html", context | head(client))


@require_POST
def client_people_arrangement(request, pk):
    """Arrange the map anew: cards go back to where the lines put them."""
    client = find_editable(Client, pk=pk)
    relationships.arrange_anew(ledger.legal_entities(client, today()))
    return redirect("client_people", pk=pk)


@require_POST
def contact_position(request, pk):
    """Keep where a card stands on the map; answers with the place it got."""
    contact = find_editable(Contact, pk=pk)
    if contact.is_blocked:
        return JsonResponse({"error": "blocked"}, status=409)
    try:
        x, y = (int(float(request.POST.get(name, ""))) for name in ("x", "y"))
    except (ValueError, OverflowError):
        return JsonResponse({"error": "x, y"}, status=400)
    x, y = relationships.place(contact, x, y)
    return JsonResponse({"x": x, "y": y})


def _back(request, client_id: int) -> str:
    return following(request) or reverse("client_people", args=[client_id])


@form_page
def contact_create(request, pk):
    client = find(Client, pk=pk)
    if request.method == "GET" and not services.may_edit(client):
        return redirect("client_people", pk=pk)
    find_editable(Client, pk=pk)
    first = {"role": request.GET.get("role", "")[:20]}
    posted = request.POST if request.method == "POST" else None
    form = ContactForm(posted, client=client, initial=first)
    if request.method == "POST" and form.is_valid():
        services.create_contact(client, form.values())
        messages.success(request, _("Saved."))
        return redirect(_back(request, pk))
    return _form(request, form, client)


@form_page
def contact_edit(request, pk):
    contact = find(Contact, queryset=Contact.objects.select_related("client"), pk=pk)
    if request.method == "GET" and not services.may_edit(contact):
        return redirect("client_people", pk=contact.client_id)
    find_editable(Contact, pk=pk)
    client = contact.client
    if contact.is_blocked:
        if request.method == "POST":
            messages.error(request, _("This person is blocked: nothing about them is changed."))
        return redirect("contact_consents", pk=pk)
    posted = request.POST if request.method == "POST" else None
    form = ContactForm(posted, instance=contact, client=client)
    if request.method == "POST" and form.is_valid():
        row = Contact.objects.get(pk=pk)
        try:
            services.update(row, form.values(), form.cleaned_data["version"] or 0)
        except services.Conflict as conflict:
            context = {"form": form, "client": row.client, "contact": row}
            return conflicting(
                request, "accounts/clients/contact_form.html", context, conflict.present
            )
        except services.Blocked:
            messages.error(request, _("This person is blocked: nothing about them is changed."))
            return redirect("contact_consents", pk=pk)
        messages.success(request, _("Saved."))
        return redirect(_back(request, row.client_id))
    return _form(request, form, client, contact)


def _form(request, form, client, contact=None):
    part = "_contact_form" if wants_part(request) else "contact_form"
    context = {
        "form": form,
        "client": client,
        "contact": contact,
        "touches": found.touches_of(contact)[:5] if contact else [],
    }
    status = 422 if form.is_bound else 200
    return render(request, f"accounts/clients/{part}.html", context, status=status)


@form_page
def relation_create(request, pk):
    client = find(Client, pk=pk)
    if request.method == "GET" and not services.may_edit(client):
        return redirect("client_people", pk=pk)
    find_editable(Client, pk=pk)
    form = RelationForm(request.POST if request.method == "POST" else None, client=client)
    if request.method == "POST" and form.is_valid():
        relationships.create_relation(client, form.values(), request.user)
        messages.success(request, _("Saved."))
        return redirect(_back(request, pk))
    return _relation_form(request, form, client)


@form_page
def relation_edit(request, pk):
    relation = find(Relation, queryset=Relation.objects.select_related("client"), pk=pk)
    client = relation.client
    if request.method == "GET" and not services.may_edit(relation):
        return redirect("client_people", pk=client.pk)
    find_editable(Relation, pk=pk)
    posted = request.POST if request.method == "POST" else None
    form = RelationForm(posted, instance=relation, client=client)
    if request.method == "POST" and form.is_valid():
        row = Relation.objects.get(pk=pk)
        try:
            relationships.change_relation(row, form.values(), form.cleaned_data["version"] or 0)
        except services.Conflict as conflict:
            context = {"form": form, "client": client, "relation": row}
            return conflicting(
                request, "accounts/clients/relation_form.html", context, conflict.present
            )
        messages.success(request, _("Saved."))
        return redirect(_back(request, client.pk))
    return _relation_form(request, form, client, relation)


def _relation_form(request, form, client, relation=None):
    part = "_relation_form" if wants_part(request) else "relation_form"
    context = {"form": form, "client": client, "relation": relation}
    if relation is not None:
        seen = [each for each in found.relations_of([client.pk]) if each.row.pk == relation.pk]
        context["related"] = seen[0] if seen else None
    status = 422 if form.is_bound else 200
    return render(request, f"accounts/clients/{part}.html", context, status=status)
