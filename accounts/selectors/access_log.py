"""Who looked at whose contact data, as the administrator and the auditor read it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from accounts.models import ApiToken, Client, Contact, User
from kam.audit.models import DataAccess

Way = DataAccess.Way
# What of a contact each way shows; by a way that is not listed, everything.
FIELDS: dict[str, tuple[str, ...]] = {
    Way.NAME: ("name",),
    Way.PAGE: ("name", "position", "role", "phone", "email"),
    Way.SEARCH: ("name", "position", "phone", "email"),
}
ALL_FIELDS = (
    "name", "position", "role", "influence", "attitude", "reports_to", "counterpart", "phone",
    "email", "left_on", "left_to",
)  # fmt: skip


def fields_of(ways: Iterable[str]) -> list[str]:
    """What was before somebody's eyes by these ways, in the order of the card."""
    seen = {name for way in ways for name in FIELDS.get(way, ALL_FIELDS)}
    return [name for name in ALL_FIELDS if name in seen]


@dataclass(frozen=True)
class Asked:
    """``since`` and ``until`` count; what is empty narrows nothing."""

    person: int | None = None
    token: int | None = None
    client: int | None = None
    way: str = ""
    since: dt.date | None = None
    until: dt.date | None = None

    @classmethod
    def of(cls, query: Any) -> Asked:
        """From an address; what cannot be read narrows nothing."""
        way = query.get("way", "")
        return cls(
            *(_number(query.get(name, "")) for name in ("person", "token", "client")),
            way if way in Way.values else "",
            *(_day(query.get(name, "")) for name in ("since", "until")),
        )


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else None


def _day(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return None


def looks(asked: Asked) -> QuerySet[DataAccess]:
    """The latest day first."""
    wanted: dict[str, Any] = {
        "actor": asked.person,
        "token_ref": asked.token,
        "client_ref": asked.client,
        "day__gte": asked.since,
        "day__lte": asked.until,
        "ways__contains": [asked.way] if asked.way else None,
    }
    rows = DataAccess.objects.all()
    return rows.filter(**{name: value for name, value in wanted.items() if value is not None})


def looks_at(contact: Contact) -> QuerySet[DataAccess]:
    """Who has had this contact, or names of that client, before their eyes."""
    rows = DataAccess.objects.filter(client_ref=contact.client_id)
    return rows.filter(contacts__contains=[contact.pk]) | rows.filter(contacts=[])


def before(day: dt.date) -> QuerySet[DataAccess]:
    """What is older, the oldest first."""
    return DataAccess.objects.filter(day__lt=day).order_by("day", "pk")


@dataclass(frozen=True)
class Look:
    """A row in words.  ``who`` is None where the person's account is gone."""

    row: DataAccess
    who: User | None
    key: str
    client: Client | None

    @property
    def ways(self) -> list:
        return [Way(each).label for each in Way.values if each in self.row.ways]


def told(rows: Iterable[DataAccess]) -> list[Look]:
    """Rows with the names of people, keys and clients; three queries for a page."""
    rows = list(rows)
    people = User.objects.in_bulk({row.actor_id for row in rows})
    clients = Client.objects.only("name").in_bulk({row.client_ref for row in rows} - {0})
    keys = ApiToken.objects.in_bulk({row.token_ref for row in rows} - {0})
    return [
        Look(
            row,
            people.get(row.actor_id),
            str(keys.get(row.token_ref) or row.token_ref or ""),
            clients.get(row.client_ref),
        )
        for row in rows
    ]
