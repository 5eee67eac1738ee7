"""What people are told of handovers and substitutions, in words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from kam.lib.formatting import day


def words_of(kind: str, facts: Mapping[str, Any]) -> tuple[str, str]:
    """Text and address of a notice."""
    if kind == "substitution":
        text = _("You stand in for %(person)s from %(since)s until %(until)s.")
        said = {"since": _day(facts["since"]), "until": _day(facts["until"])}
        return text % (dict(facts) | said), reverse("handover_list")
    told = {
        "planned": _("%(client)s comes to you from %(from)s on %(on)s: read the sheet."),
        "taken": _("%(client)s is yours now, with all open work: from %(from)s."),
        "given": _("%(client)s and all open work with it passed to %(to)s."),
        "void": _("%(client)s was not handed over: it has another KAM by now, or %(to)s is gone."),
    }
    text = told[facts["what"]] % (dict(facts) | {"on": _day(facts["on"])})
    return text, reverse("handover_detail", args=[facts["handover"]])


def _day(text: str) -> str:
    return day(dt.date.fromisoformat(text), language=get_language() or "en")
