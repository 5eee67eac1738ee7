"""What notices about plans say, and where they lead."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from kam.lib.formatting import day as day_in_words
from kam.lib.periods import today


def words_of(facts: Mapping[str, Any]) -> tuple[str, str]:
    """Text and address of a notice of the kind "plan"."""
    if facts["about"] == "action":
        due = dt.date.fromisoformat(facts["due"])
        known = {
            "client": facts["client"],
            "what": facts["what"],
            "day": day_in_words(due, language=get_language() or "en"),
        }
        if due < today():
            text = _("%(client)s: the action “%(what)s” was due on %(day)s and is open.")
        else:
            text = _("%(client)s: the action “%(what)s” is due on %(day)s.")
        return text % known, reverse("plan_action", args=[facts["action"]])
    text = {
        "submitted": _("%(client)s: the plan “%(title)s” waits for your signature."),
        "returned": _("%(client)s: the plan “%(title)s” was returned to you. %(words)s"),
        "signed": _("%(client)s: the plan “%(title)s” is signed. %(words)s"),
        "acknowledge": _(
            "%(client)s: you have a part in the plan “%(title)s”. Read it and say so."
        ),
    }[facts["about"]]
    told = text % {"words": "", **facts}
    return told.strip(), reverse("plan_detail", args=[facts["plan"]])
