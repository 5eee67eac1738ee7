"""What people are told of built reports that come by themselves, in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from kam.lib.navigation import address

MOST_NAMES = 5


def words_of(facts: Mapping[str, Any]) -> tuple[str, str]:
    """Text and address of a notice of the kind "built_report"."""
    listed = address("report_list") or reverse("home")
    if facts["about"] == "unread":
        names = facts["names"]
        told = ", ".join(names[:MOST_NAMES])
        if len(names) > MOST_NAMES:
            told = _("%(names)s and %(n)s more") % {"names": told, "n": len(names) - MOST_NAMES}
        text = _("“%(name)s” did not go to everybody you chose: it is not shared with %(names)s.")
        page = address("report_built_detail", facts["report"]) or listed
        return text % {"name": facts["name"], "names": told}, page
    text = {
        "lost": _("“%(name)s” comes to you no more: it is not shared with you any longer."),
        "rests": _("“%(name)s” is not shared with you any longer: what you ordered of it rests."),
        "gone": _("“%(name)s” was let go: what you ordered of it has ended. Sent reports stay."),
    }[facts["about"]]
    return text % {"name": facts["name"] or _("A built report")}, listed
