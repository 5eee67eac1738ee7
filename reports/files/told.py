"""Sentences that every file of a report says alike."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from kam.lib import formatting
from kam.lib.company import company


def company_of(report: Any) -> str:
    """The company as it was called then; of the first schema, as it is called now."""
    known = report.content.get("company")
    return company().name if known is None else known


def made_line(report: Any) -> str:
    """When it was made, and for whom where it is for one of us."""
    day = formatting.day(report.made_at.date(), language=report.language)
    reader = report.content.get("reader")
    if reader is None:  # the first schema
        reader = report.person.name
    if not reader:
        return _("Made on %(day)s") % {"day": day}
    return _("Made on %(day)s for %(name)s") % {"day": day, "name": reader}


def in_xml(text: str) -> str:
    """On one line, and without what XML cannot hold."""
    plain = " ".join(text.splitlines())
    return "".join(letter for letter in plain if letter >= " " and letter not in "\ufffe\uffff")
