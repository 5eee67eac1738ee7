"""The page for whoever saves second: what they typed, what the other left, who and when."""

from __future__ import annotations

from django.shortcuts import render

from kam.lib.editing import VersionedForm

from .models import Event
from .selectors import latest_change
from .words import who


def conflicting(request, template: str, context: dict, present):
    """Answer 409 with ``context["form"]`` beside the row as it is now.

    ``present``: the row, or the same form over it where that form takes more than the row.  The
    template includes ``components/conflict.html``.
    """
    form = context["form"]
    theirs = present if isinstance(present, VersionedForm) else form.over(present)
    saved: Event | None = latest_change(theirs.instance)
    differing = form.beside(theirs)
    # Tables of rows that stand in the context by their own name may be the other's now.
    context = {
        **context,
        **{name: rows for name, rows in form.parts.items() if name in context},
        "differing": differing,
        "saved_by": who(saved.actor_name) if saved else "",
        "saved_at": saved.at if saved else None,
    }
    return render(request, template, context, status=409)
