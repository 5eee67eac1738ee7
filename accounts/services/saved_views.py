"""Keeping a list's filters under a name, sharing it, and letting it go."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import SavedView, User
from kam.audit.services import record

from . import kept_under_names

MOST = 100  # of one person


def save(person: User, page: str, query: str, values: Mapping[str, Any]) -> SavedView:
    """A new view, or one's own of this name with other filters.  ``values``: name, shared.

    Raises ValidationError where somebody has too many.
    """
    with transaction.atomic():
        own = SavedView.objects.filter(person=person)
        same = own.filter(page=page, name=values["name"]).first()
        if same is not None:
            _say(same, kept_under_names.write(same, {**values, "query": query}))
            return same
        if own.count() >= MOST:
            raise ValidationError(
                _("You have %(most)s views. Let one go that you do not open any more.")
                % {"most": MOST}
            )
        view = SavedView.objects.create(person=person, page=page, query=query, **values)
        if view.shared != SavedView.Shared.NOBODY:
            record("saved_view.share", object=view, details={"with": view.shared})
        return view


@transaction.atomic
def change(view: SavedView, values: Mapping[str, Any], version: int) -> None:
    """Raises Conflict, and ValidationError where one has another of that name."""
    taken = _("There is a view of this name.")
    _say(view, kept_under_names.change(view, values, version, taken))


def _say(view: SavedView, changed: list[str]) -> None:
    if changed:
        record("saved_view.change", object=view, details={"fields": changed, "with": view.shared})


@transaction.atomic
def remove(view: SavedView) -> None:
    """The view goes, the list stays."""
    SavedView.objects.filter(pk=view.pk).delete()
