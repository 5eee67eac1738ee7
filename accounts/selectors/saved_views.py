"""Views of lists that somebody has kept."""

from __future__ import annotations

from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.translation import gettext as _

from accounts.models import SavedView, User
from kam.lib.navigation import VIEWED, address
from kam.lib.periods import today

# What says where one is in a list, not what one looks at.
PLACE_IN_LIST = ("page", "after", "before", "from", "csrfmiddlewaretoken")
LONGEST = 1_000


def views(page: str = "") -> QuerySet[SavedView]:
    """Those one may open, by name; of one list, or of all."""
    rows = SavedView.objects.select_related("person").order_by("name", "pk")
    return rows.filter(page=page) if page else rows.filter(page__in=VIEWED)


def kept(query: str) -> str:
    """A query string as a view keeps it: only what narrows or sorts, nothing empty, and not the
    day where it is today: who looks today wants to see today when it is opened again."""
    told, now = QueryDict(query[: 4 * LONGEST]), ("as_of", today().isoformat())
    pairs = [
        (name, value)
        for name, values in sorted(told.lists())
        for value in values
        if value and name not in PLACE_IN_LIST and (name, value) != now
    ]
    return urlencode(pairs)


def url(view: SavedView) -> str:
    """The list with the filters of the view."""
    return f"{address(view.page)}?{view.query}" if view.query else address(view.page)


def whose(maker: User, reader: User) -> str:
    """Who shares something.  KAMs of other teams stay nameless to a KAM, as everywhere."""
    foreign = maker.role == User.Role.KAM and maker.team_id != reader.team_id
    hidden = reader.role == User.Role.KAM and foreign and maker.pk != reader.pk
    return _("another team") if hidden else str(maker)
