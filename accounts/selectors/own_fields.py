"""The company's own fields of clients, and what a client answers to them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.models import Client, OwnField
from kam.lib.templatetags.kam import day, number

MOST_TAGS = 20  # of one client
NARROWING = (OwnField.Kind.CHOICE, OwnField.Kind.YES)


def asked() -> QuerySet[OwnField]:
    """The fields that forms ask today, in their order."""
    return OwnField.objects.filter(is_retired=False)


def narrowing(asked_of: str) -> tuple[int, Any] | None:
    """``"<id>:<answer>"`` of a filter as (id, value); None where it makes no sense."""
    key, colon, answer = asked_of.partition(":")
    if not (colon and key.isascii() and key.isdecimal() and len(key) < 10):
        return None
    return int(key), True if answer == "yes" else answer


@dataclass(frozen=True)
class Narrowing:
    """A filter of lists: the field, its choices ``("<id>:<answer>", words)``."""

    field: OwnField
    choices: list[tuple[str, str]]


def filters(fields: list[OwnField]) -> list[Narrowing]:
    """Fields that a list can be narrowed by."""
    return [
        Narrowing(each, [(f"{each.key}:{answer}", answer) for answer in each.options])
        if each.kind == OwnField.Kind.CHOICE
        else Narrowing(each, [(f"{each.key}:yes", _("yes"))])
        for each in fields
        if each.kind in NARROWING
    ]


def shown(field: OwnField, value: Any) -> str:
    """An answer in words; empty where there is none."""
    if value in (None, ""):
        return ""
    if field.kind == OwnField.Kind.YES:
        return _("yes") if value else _("no")
    if field.kind == OwnField.Kind.NUMBER and isinstance(value, int | float):
        return number(value, 0 if value == int(value) else 2)
    if field.kind == OwnField.Kind.DAY:
        return day(as_day(value)) if as_day(value) else str(value)
    return str(value)


def as_day(value: Any) -> dt.date | None:
    try:
        return dt.date.fromisoformat(value)
    except (TypeError, ValueError):
        return None


def answers(client: Client) -> list[tuple[OwnField, str]]:
    """What the client's page shows: fields with an answer, retired ones as well."""
    if not client.own:
        return []
    told = ((field, shown(field, client.own.get(field.key))) for field in OwnField.objects.all())
    return [(field, words) for field, words in told if words]
