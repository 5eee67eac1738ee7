"""The frame of the REST API: who may call, and how lists are cut."""

from rest_framework.pagination import CursorPagination
from rest_framework.permissions import BasePermission

from . import policy


class PolicyPermission(BasePermission):
    """Asks the policy table, with the person that the token or session stands for."""

    def has_permission(self, request, view):
        if not request.user or not request.user.is_authenticated:
            return False  # 401: sign in first
        policy.check(request.resolver_match.view_name, request.user, request.method)
        return True


class Pages(CursorPagination):
    """Lists are cut by a cursor: stable while rows come and go, and as fast on the last page
    as on the first.  ``page_size`` 1..200."""

    page_size = 50
    max_page_size = 200
    page_size_query_param = "page_size"
    ordering = "pk"

    def get_ordering(self, request, queryset, view):
        """By ``sort`` where the list can be sorted so (:class:`kam.lib.endpoints.Listing`)."""
        asked = request.query_params.get("sort", "")
        field = getattr(view, "sorts", {}).get(asked.removeprefix("-"))
        if field is None:
            return super().get_ordering(request, queryset, view)
        sign = "-" if asked.startswith("-") else ""
        return (sign + field, *([] if field == "pk" else [sign + "pk"]))
