"""One search over everything a person may see: typos and the wrong keyboard layout are forgiven.

Names are looked for inside and, where that finds little, by the trigrams of their words; notes by
the stems of theirs (PostgreSQL's "russian" configuration stems English as well).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.contrib.postgres.search import (
    SearchQuery,
    SearchVector,
    TrigramWordSimilarity,
)
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Upper
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import (
    Client,
    Contact,
    Interaction,
    Meeting,
    Need,
    Problem,
    Promise,
    Task,
)

from .blocks import free
from .clients import folded, named_like

SHORTEST = 2  # letters
LONGEST = 100
MOST = 7  # rows of a kind
NOTES = SearchVector("subject", "text", config="russian")
_LATIN = "`qwertyuiop[]asdfghjkl;'zxcvbnm,."
_CYRILLIC = "ёйцукенгшщзхъфывапролджэячсмитьбю"
_TO_CYRILLIC = str.maketrans(_LATIN, _CYRILLIC)
_TO_LATIN = str.maketrans(_CYRILLIC, _LATIN)


@dataclass(frozen=True)
class Hit:
    """``route`` and ``row`` lead to it; ``about`` says whose it is."""

    route: str
    row: int
    text: str
    about: str = ""
    day: dt.date | None = None


@dataclass(frozen=True)
class Group:
    key: str
    title: str
    hits: list[Hit]


def other_layout(q: str) -> str:
    """What would have been typed on the other keyboard: "ghbdtn" is "привет", and back."""
    low = q.lower()
    return low.translate(_TO_CYRILLIC if any("a" <= sign <= "z" for sign in low) else _TO_LATIN)


def found(q: str) -> list[Group]:
    """Groups that found something, in the order people look; none for less than two letters."""
    asked = " ".join(q.split())[:LONGEST]
    if len(asked) < SHORTEST:
        return []
    groups = [Group(key, str(title), list(look(asked))) for key, title, look in _GROUPS]
    if not any(group.hits for group in groups):
        asked = other_layout(asked)
        groups = [Group(key, str(title), list(look(asked))) for key, title, look in _GROUPS]
    return [group for group in groups if group.hits]


def _clients(q: str) -> Iterator[Hit]:
    rows = Client.objects.select_related("owner").only("name", "inn", "city", "owner__name")
    exact = list(rows.filter(named_like(q)).order_by("sort_name", "pk")[:MOST])
    if len(exact) < MOST and len(q) > SHORTEST:
        near = rows.exclude(pk__in=[row.pk for row in exact])
        exact += _similar(near, "sort_name", folded(q), MOST - len(exact))
    for row in exact:
        about = " · ".join(filter(None, (row.inn, row.city, row.owner.name if row.owner else "")))
        yield Hit("client_detail", row.pk, row.name, about)


def _contacts(q: str) -> Iterator[Hit]:
    rows = free(Contact.objects.filter(anonymised_at__isnull=True)).select_related("client")
    rows = rows.annotate(upper_name=Upper("name"))
    wanted = Q(upper_name__contains=q.upper())
    if "@" in q:
        wanted |= Q(email__icontains=q)
    digits = "".join(sign for sign in q if sign.isdigit())
    if len(digits) >= 5 and len(digits) >= len(q) / 2:
        wanted |= Q(phone__contains=digits[-7:]) | Q(phone__contains=q)
    exact = list(rows.filter(wanted).order_by("name", "pk")[:MOST])
    if len(exact) < MOST and len(q) > SHORTEST:
        near = rows.exclude(pk__in=[row.pk for row in exact])
        exact += _similar(near, "upper_name", q.upper(), MOST - len(exact))
    for row in exact:
        about = " · ".join(filter(None, (row.position, row.client.name)))
        yield Hit("contact_detail", row.pk, row.name, about)


def _similar(rows: QuerySet, field: str, q: str, most: int) -> list:
    """Rows with a word near to what was typed (pg_trgm.word_similarity_threshold of the settings),
    the nearest first; the index finds them."""
    near = rows.filter(**{f"{field}__trigram_word_similar": q})
    near = near.annotate(nearness=TrigramWordSimilarity(q, field))
    return list(near.order_by("-nearness", "pk")[:most])


def _notes(q: str) -> Iterator[Hit]:
    rows = Interaction.objects.filter(known_to__isnull=True).annotate(words=NOTES)
    rows = rows.filter(words=SearchQuery(q, config="russian", search_type="websearch"))
    for row in rows.select_related("client").order_by("-date", "-pk")[:MOST]:
        text = row.subject or _around(row.text, q)
        yield Hit("interaction_detail", row.pk, text, row.client.name, row.date)


def _around(text: str, q: str, width: int = 90) -> str:
    """The words beside what was found."""
    line = " ".join(text.split())
    place = max(0, line.lower().find(q.lower()) - width // 3)
    return ("…" if place else "") + line[place : place + width]


def _worded(model, field: str, route: str, day: str | None) -> Callable[[str], Iterator[Hit]]:
    def look(q: str) -> Iterator[Hit]:
        rows = model.objects.filter(**{f"{field}__icontains": q}).select_related("client")
        order = (F(day).desc(nulls_last=True),) if day else ()
        for row in rows.order_by(*order, "-pk")[:MOST]:
            on = getattr(row, day) if day else None
            about = row.client.name if row.client else ""
            yield Hit(route, row.pk, getattr(row, field), about, _day(on))

    return look


def _day(value) -> dt.date | None:
    return value.date() if isinstance(value, dt.datetime) else value


_GROUPS = (
    ("clients", _("Clients"), _clients),
    ("contacts", _("People"), _contacts),
    ("notes", pgettext_lazy("search", "Notes"), _notes),
    ("promises", _("Promises"), _worded(Promise, "what", "promise_detail", "due")),
    ("tasks", _("Tasks"), _worded(Task, "what", "task_detail", "due")),
    ("problems", _("Problems"), _worded(Problem, "what", "problem_detail", "raised_on")),
    ("needs", _("Needs"), _worded(Need, "what", "need_detail", None)),
    ("meetings", _("Meetings"), _worded(Meeting, "title", "meeting_detail", "starts_at")),
)
