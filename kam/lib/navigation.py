"""The rail: the few places of the product, in the order people use them."""

from __future__ import annotations

from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _

from . import policy


@dataclass(frozen=True)
class Place:
    """A link of the rail.  It shows where its route exists and the person may read it; it is
    current on every route whose name begins with one of ``covers``."""

    route: str
    label: str
    icon: str
    covers: tuple[str, ...]


WORK = (
    Place("home", _("Today"), "house", ("home",)),
    Place("client_list", _("Clients"), "building-2", ("client_",)),
    Place("ranking", _("Ranking"), "list-ordered", ("ranking",)),
    Place("matrix_list", _("Matrix"), "sliders-horizontal", ("matrix_", "criterion_")),
    Place("portfolio", _("Portfolio"), "chart-line", ("portfolio",)),
)
HOUSEHOLD = (
    Place("import_list", _("Data"), "database", ("import_", "quarantine")),
    Place("job_list", _("Jobs"), "list-checks", ("job_",)),
    Place("person_list", _("People"), "users", ("person_", "team_")),
    Place("event_list", _("Audit trail"), "scroll-text", ("event_",)),
)


def may(user, route: str, method: str = "GET") -> bool:
    """Whether the policy table lets this person use the route at all."""
    try:
        policy.check(route, user, method)
    except PermissionDenied:
        return False
    return True


def address(route: str, *args, **kwargs) -> str:
    """The route's URL; empty where the product has no such route."""
    try:
        return reverse(route, args=args, kwargs=kwargs)
    except NoReverseMatch:
        return ""


def links(places: tuple[Place, ...], user, view_name: str) -> list[dict]:
    """What of ``places`` this person sees: url, label, icon, current."""
    return [
        {
            "url": url,
            "label": place.label,
            "icon": place.icon,
            "current": view_name.startswith(place.covers),
        }
        for place in places
        if (url := address(place.route)) and may(user, place.route)
    ]
