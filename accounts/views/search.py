"""The search over everything, and the way from "create" to whose client it is about."""

from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accounts.models import Client
from accounts.selectors import clients as lists
from accounts.selectors import search
from kam.lib.navigation import CREATE, address, may
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
    """``?what=``: a route of CREATE that needs a client; ``?q=`` narrows the choice."""
    places = [place for place in CREATE if place.of_client and may(request.user, place.route)]
    place = next((each for each in places if each.route == request.GET.get("what")), None)
    if place is None:
        return redirect("client_list")
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
