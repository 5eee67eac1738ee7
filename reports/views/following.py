"""Filters of the portfolio follow the person from page to page until they sign out."""

from functools import wraps
from urllib.parse import urlencode

from django.shortcuts import redirect

from kam.lib.views import wants_part
from reports.datasets import Filters
from reports.store import YEAR

KEPT = "portfolio_filters"
# Not the date: tomorrow a page that still stands on yesterday would mislead.
FOLLOWING = (*Filters.names(), "months")
AS_USUAL = ("", str(YEAR))


def filters_follow(view):
    """Remember the filters that the address tells, and send an address that tells nothing to
    itself with those remembered.  The address therefore always says what a page shows."""

    @wraps(view)
    def following(request, *args, **kwargs):
        told = {name: request.GET[name][:120] for name in FOLLOWING if name in request.GET}
        kept = request.session.get(KEPT, {})
        now = {name: value for name, value in (kept | told).items() if value not in AS_USUAL}
        if now != kept:
            request.session[KEPT] = now
        if kept and not request.GET and not wants_part(request):
            return redirect(f"{request.path}?{urlencode(kept)}")
        return view(request, *args, **kwargs)

    return following
