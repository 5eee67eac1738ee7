"""Exceptional offers of a client: drafting one, giving it, and how it is kept."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts.forms.offers import OfferEndForm, OfferForm, OfferPartForm
from accounts.models import Client, ExceptionalOffer, OfferPart, Product
from accounts.selectors import ledger
from accounts.selectors import offers as found
from accounts.services import offers
from accounts.services.clients import Conflict, may_edit
from kam.lib.periods import today
from kam.lib.views import find, find_editable, wants_part

from .clients import _found, conflicting, head

form_page = require_http_methods(["GET", "POST"])
SUGGESTED_PRODUCTS = 500


@require_GET
def client_offers(request, pk):
    client, day = _found(pk), today()
    rows = found.offers_of(ledger.legal_entities(client, day))
    shown = [
        {"offer": row, "state": row.state_on(day), "keeping": found.keeping_of(row, day)}
        for row in rows
    ]
    context = {"offers": shown, "today": day}
    return render(request, "accounts/clients/offers.html", context | head(client))


@form_page
def offer_create(request, pk):
    client = find(Client, pk=pk)
    if request.method == "GET" and not may_edit(client):
        return redirect("client_offers", pk=pk)
    find_editable(Client, pk=pk)
    posted = request.POST if request.method == "POST" else None
    form = OfferForm(posted, client=client, initial={"starts": today()})
    if request.method == "POST" and form.is_valid():
        offer = offers.draft(client, form.values(), request.user)
        messages.success(request, _("Saved. Now say what the client gets."))
        return redirect("offer_detail", pk=offer.pk)
    return _form(request, "offer", {"form": form, "client": client})


def _form(request, name, context):
    part = f"_{name}_form" if wants_part(request) else f"{name}_form"
    status = 422 if context["form"].is_bound else 200
    return render(request, f"accounts/clients/{part}.html", context, status=status)


def _offer(pk) -> ExceptionalOffer:
    return find(ExceptionalOffer, queryset=found.whole(), pk=pk)


@form_page
def offer_edit(request, pk):
    offer = _offer(pk)
    if request.method == "GET" and not may_edit(offer):
        return redirect("offer_detail", pk=pk)
    find_editable(ExceptionalOffer, pk=pk)
    posted = request.POST if request.method == "POST" else None
    form = OfferForm(posted, instance=_offer(pk), client=offer.client)
    context = {"form": form, "client": offer.client, "offer": offer}
    if request.method == "POST" and form.is_valid():
        try:
            offers.change(offer, form.values(), form.cleaned_data["version"] or 0)
        except Conflict as conflict:
            template = "accounts/clients/offer_form.html"
            return conflicting(request, template, context, conflict.present)
        messages.success(request, _("Saved."))
        return redirect("offer_detail", pk=pk)
    return _form(request, "offer", context)


@form_page
def offer_detail(request, pk):
    """What the offer holds and how it is kept; a post gives it to the client or ends it."""
    offer, day = _offer(pk), today()
    act = request.POST.get("act", "") if request.method == "POST" else ""
    ending = OfferEndForm(request.POST if act == "end" else None)
    if request.method == "POST":
        find_editable(ExceptionalOffer, pk=pk)
        if act in ("give", "end") and _done(request, offer, act, ending):
            return redirect("offer_detail", pk=pk)
    context = {
        "offer": offer,
        "state": offer.state_on(day),
        "keeping": found.keeping_of(offer, day),
        "ending": ending,
        "editable": may_edit(offer),
        "today": day,
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "accounts/offer.html", context, status=status)


def _done(request, offer: ExceptionalOffer, act: str, ending: OfferEndForm) -> bool:
    try:
        if act == "give":
            offers.give(offer, request.user)
            messages.success(request, _("Given. Each part is a promise now, with its day."))
            return True
        if not ending.is_valid():
            return False
        offers.end(offer, ending.cleaned_data["reason"], on=ending.cleaned_data["on"])
    except ValidationError as error:
        if act == "end":
            ending.add_error(None, error)
        else:
            messages.error(request, " ".join(error.messages))
        return False
    messages.success(request, _("Ended. Open promises stay until they are settled."))
    return True


@form_page
def offer_part_create(request, pk):
    offer = _offer(pk)
    if request.method == "GET" and not may_edit(offer):
        return redirect("offer_detail", pk=pk)
    find_editable(ExceptionalOffer, pk=pk)
    form = OfferPartForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            offers.add_part(offer, form.values(), request.user)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("Saved."))
            return redirect("offer_detail", pk=pk)
    return _part_form(request, form, offer)


@form_page
def offer_part_edit(request, pk):
    """A part that is not promised yet; a post with ``act=remove`` takes it out."""
    part = _part(pk)
    offer = part.offer
    if request.method == "GET" and (not may_edit(part) or part.promise_id is not None):
        return redirect("offer_detail", pk=offer.pk)
    find_editable(OfferPart, pk=pk)
    removing = request.POST.get("act") == "remove"
    posted = request.POST if request.method == "POST" and not removing else None
    form = OfferPartForm(posted, instance=_part(pk))
    if request.method == "POST" and (removing or form.is_valid()):
        try:
            if removing:
                offers.remove_part(part)
            else:
                offers.change_part(part, form.values(), form.cleaned_data["version"] or 0)
        except Conflict:
            form.data = {**form.data.dict(), "version": _part(pk).offer.version}
            form.add_error(None, _("Somebody saved this offer meanwhile. Compare and save."))
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
            return redirect("offer_detail", pk=offer.pk)
        else:
            messages.success(request, _("Saved."))
            return redirect("offer_detail", pk=offer.pk)
    return _part_form(request, form, offer, part)


def _part(pk) -> OfferPart:
    rows = OfferPart.objects.select_related("offer__client", "product", "owner")
    return find(OfferPart, queryset=rows, pk=pk)


def _part_form(request, form, offer, part=None):
    context = {
        "form": form,
        "client": offer.client,
        "offer": offer,
        "part": part,
        "products": Product.objects.order_by("name")[:SUGGESTED_PRODUCTS],
    }
    return _form(request, "offer_part", context)
