"""The search over everything, and the way from "create" to whose client it is about."""

from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accounts.models import Client
from accounts.selectors import clients as lists
from accounts.selectors import search
from kam.lib.navigation import CREATE, address, creations, may
from kam.lib.views import wants_part

SUGGESTED = 30


@require_GET
def search_page(request):
    """``?q=``; a part of the page for the box in the head, which asks while one types."""
    q = request.GET.get("q", "")[: search.LONGEST]
    groups = [
        {"group": group, "hits": [(hit, address(hit.route, hit.row)) for hit in group.hits]}
        for group in search.found(q)
        if may(request.user, group.hits[0].route)
    ]
    context = {"q": q, "groups": groups, "short": len(q.strip()) < search.SHORTEST}
    template = "_found" if wants_part(request) else "page"
    return render(request, f"accounts/search/{template}.html", context)


@require_GET
def create_for(request):
    """What can be begun, as the menu of the head (``?client=``: for that client) or a page; with
    ``?what=``, a route of CREATE that needs a client: whose it is about, ``?q=`` narrows it."""
    what = request.GET.get("what", "")
    place = next((each for each in CREATE if each.of_client and each.route == what), None)
    if place is None or not may(request.user, place.route, "POST"):
        asked = request.GET.get("client", "")
        client = int(asked[:18]) if asked.isdecimal() else None
        template = "_menu" if wants_part(request) else "menu"
        context = {"begin": creations(request.user, client)}
        return render(request, f"accounts/search/{template}.html", context)
    q = request.GET.get("q", "")[: search.LONGEST]
    mine = Client.objects.editable_by(request.user)
    if q.strip():
        mine = mine.filter(lists.named_like(q))
    clients = mine.order_by("sort_name", "pk")[:SUGGESTED]
    context = {
        "place": place,
        "q": q,
        "title": _("%(what)s: about which client?") % {"what": place.label},
        "clients": [(client, address(place.route, client.pk)) for client in clients],
    }
    template = "_clients" if wants_part(request) else "create"
    return render(request, f"accounts/search/{template}.html", context)
