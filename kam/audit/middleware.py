"""Every answer that shows contact data leaves a row of who looked."""

from kam.lib.policy import NOTHING, row_for

from . import looking
from .models import DataAccess

# Answers with a body that a person reads; redirects, refusals and 304 show nothing.
SHOWN = (200, 201, 409, 422)
Way = DataAccess.Way


class NoteLooks:
    """Writes after the view's own transaction has ended, so nobody waits for its row.

    Where nothing is said of a route, an endpoint counts as REST, and a page that met contacts as
    "other": too much is noted rather than too little.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        with looking.collecting() as found:
            response = self.get_response(request)
        match = request.resolver_match
        if match is None or response.status_code not in SHOWN:
            return response
        name = match.view_name or ""
        row = row_for(name)
        if row is None or row.shows == NOTHING:
            return response
        looking.note(request.user, row.shows or _way_of(name), found)
        return response


def _way_of(name: str) -> str:
    return Way.REST if name.startswith("api:") else Way.OTHER
