"""A person found everywhere: by words, or by their card, with everything that is kept."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import (
    BulkLoad,
    Client,
    Consent,
    Contact,
    ContactBlock,
    ContactChange,
    User,
)
from accounts.selectors import access_log, ledger
from accounts.selectors.access_log import Look, Way
from accounts.selectors.relationships import touches_of
from kam.audit.models import Event
from kam.audit.services import record
from kam.audit.words import who, words
from kam.lib.periods import today

from . import subject_files
from .exporting import csv_bytes
from .masking import Traces, emails_in, phones_in, words_of
from .subject_files import FoundFile
from .subject_places import Found, look_everywhere

# Of one place so many rows are shown; destroying goes through all of them.
SHOWN = 200
# Shorter words would find half of the product.
SHORTEST = 3
HANDED_OUT = (
    "client.export", "subject.export", "import.download", "import.findings", "agreement.download",
    "contact.export", "export.ask", "export.download", "export.taken",
)  # fmt: skip
FIELDS = (
    "name", "position", "role", "influence", "attitude", "email", "phone", "left_on", "left_to",
    "source",
)  # fmt: skip


@dataclass
class Finds:
    """What is kept of a person, by place.  ``cut``: places of which not everything is listed."""

    contacts: list[Contact] = field(default_factory=list)
    clients: list[Client] = field(default_factory=list)
    people: list[User] = field(default_factory=list)
    rows: list[Found] = field(default_factory=list)
    files: list[FoundFile] = field(default_factory=list)
    loads: list[BulkLoad] = field(default_factory=list)
    cut: set[str] = field(default_factory=set)

    def __bool__(self) -> bool:
        return bool(self.contacts or self.clients or self.people or self.rows or self.files)

    @property
    def by_place(self) -> list[tuple[Any, list[Found]]]:
        found: dict[str, list[Found]] = {}
        for row in self.rows:
            found.setdefault(row.place.key, []).append(row)
        return [(rows[0].place, rows) for rows in found.values()]

    @property
    def doubtful(self) -> list[Found]:
        return [row for row in self.rows if row.doubtful and not row.place.why_kept]


def entities_of(client: Client) -> list[int]:
    """Clients at which a person of this one may be named: the company, its group, its members."""
    day = today()
    above = [client.group] if client.group_id else []
    return sorted({pk for each in (client, *above) for pk in ledger.legal_entities(each, day)})


def traces_of(contact: Contact) -> Traces:
    return Traces.of(contact.name, contact.email, contact.phone)


def look_for(asked: str) -> Finds:
    """Whoever is named by an e-mail, a phone or a name; nothing of a word too short."""
    asked = " ".join(asked.split())
    named = asked if not emails_in(asked) and not phones_in(asked) else ""
    traces = Traces.of(named, asked, asked)
    if not traces.strict and len("".join(words_of(named))) < SHORTEST:
        return Finds()
    finds = Finds(contacts=list(_contacts(traces)[:SHOWN]))
    finds.clients = list(_sole_traders(traces)[:SHOWN])
    finds.people = list(_colleagues(traces)[:SHOWN])
    _fill(finds, traces, [])
    return finds


def _named(traces: Traces, *columns: str) -> Q:
    """Columns that hold the e-mail or phone, or every word of the name."""
    wanted = Q(pk__in=[])
    for column in columns:
        if traces.emails or traces.phones:
            wanted |= Q(**{f"{column}__regex": traces.strict})
        if traces.name:
            all_words = Q()
            for word in words_of(traces.name):
                all_words &= Q(**{f"{column}__regex": Traces(word).loose or word})
            wanted |= all_words
    return wanted


def _contacts(traces: Traces) -> QuerySet[Contact]:
    return Contact.objects.select_related("client").filter(_named(traces, "name", "email", "phone"))


def _sole_traders(traces: Traces) -> QuerySet[Client]:
    """Clients that are people themselves; their documents are kept as tax law wants it."""
    kinds = (Client.Kind.SOLE_TRADER, Client.Kind.PERSON)
    return Client.objects.filter(_named(traces, "name", "legal_name"), kind__in=kinds)


def _colleagues(traces: Traces) -> QuerySet[User]:
    return User.objects.filter(_named(traces, "name", "email"))


def _fill(finds: Finds, traces: Traces, entities: Sequence[int]) -> None:
    for place, rows in look_everywhere(traces, entities, SHOWN + 1):
        if len(rows) > SHOWN:
            finds.cut.add(place.key)
        finds.rows += rows[:SHOWN]
    if traces.strict:
        finds.files = subject_files.look(traces)
        finds.loads = subject_files.look_loads(traces)


@dataclass
class Card:
    """Everything about one person at a client."""

    contact: Contact
    finds: Finds
    twins: list[Contact]
    changes: list[ContactChange]
    trail: list[Event]
    handed_out: list[Event]
    touches: int
    looks: list[Look] = field(default_factory=list)


def card_of(contact: Contact) -> Card:
    """What is kept of the contact; ``twins`` are other contacts that may be the same person."""
    traces = traces_of(contact)
    finds = Finds()
    twins: list[Contact] = []
    if contact.anonymised_at is None:
        _fill(finds, traces, entities_of(contact.client))
        twins = list(_contacts(traces).exclude(pk=contact.pk)[:SHOWN])
    about = Event.objects.filter(object_type="accounts.contact", object_id=contact.pk)
    since = about.order_by("at").values_list("at", flat=True).first()
    handed = Event.objects.filter(action__in=HANDED_OUT)
    if since:
        handed = handed.filter(at__gte=since)
    return Card(
        contact,
        finds,
        twins,
        list(ContactChange.objects.select_related("by").filter(contact=contact)[:SHOWN]),
        list(about[:SHOWN]),
        list(handed[:SHOWN]),
        touches_of(contact).count(),
        access_log.told(access_log.looks_at(contact)[:SHOWN]),
    )


def export(contact: Contact) -> dict[str, Any]:
    """What is kept of the contact, to be handed to them; goes into the trail."""
    card = card_of(contact)
    record("subject.export", object=contact, client_id=contact.client_id)
    return {
        "made_at": timezone.now().isoformat(timespec="seconds"),
        "contact": {
            "id": contact.pk,
            "client": contact.client.name,
            **{name: _value(getattr(contact, name)) for name in FIELDS},
        },
        "found": [
            {
                "place": found.place.key,
                "place_name": str(found.place.title),
                "id": found.row.pk,
                "client": found.client_id,
                "text": found.said,
                "sure": found.sure,
            }
            for found in card.finds.rows
        ],
        "files": [
            {"id": found.row.pk, "name": found.row.name, "at": found.row.at.isoformat()}
            for found in card.finds.files
        ],
        "changes": [
            {
                "at": row.at.isoformat(),
                "field": row.field,
                "before": row.before,
                "after": row.after,
                "by": str(row.by or ""),
            }
            for row in card.changes
        ],
        "consents": [
            {
                "purpose": str(row.purpose),
                "answer": row.answer,
                "given_on": row.given_on.isoformat(),
                "until": _value(row.until),
                "channel": row.channel,
                "text_version": row.text_version,
                "withdrawn_on": _value(row.withdrawn_on),
            }
            for row in Consent.objects.select_related("purpose").filter(contact=contact)
        ],
        "blocks": [
            {
                "ground": row.ground,
                "since": row.since.isoformat(),
                "until": _value(row.until),
                "ended_on": _value(row.ended_on),
            }
            for row in ContactBlock.objects.filter(contact=contact)
        ],
        "trail": [
            {"at": event.at.isoformat(), "action": event.action, "by": event.actor_name}
            for event in card.trail
        ],
        "looks": [
            {
                "day": look.row.day.isoformat(),
                "by": str(look.who or look.row.actor_id),
                "key": look.key,
                "ways": look.row.ways,
                "views": look.row.views,
            }
            for look in card.looks
        ],
        "exports": [
            {"at": event.at.isoformat(), "action": event.action, "by": event.actor_name}
            for event in card.handed_out
        ],
    }


def as_json(kept: dict[str, Any]) -> bytes:
    return json.dumps(kept, ensure_ascii=False, indent=1).encode()


def as_csv(kept: dict[str, Any]) -> bytes:
    """The same as rows: place, when or id, who, what is said."""
    rows: list[tuple] = [
        (_("Contact"), "", name, value) for name, value in kept["contact"].items() if value
    ]
    rows += [(each["place_name"], each["id"], "", each["text"]) for each in kept["found"]]
    rows += [(_("Files"), each["id"], each["at"], each["name"]) for each in kept["files"]]
    rows += [
        (
            _("Changes"),
            each["at"],
            each["by"],
            f"{each['field']}: {each['before']} → {each['after']}",
        )
        for each in kept["changes"]
    ]
    rows += [
        (
            _("Consents"),
            each["given_on"],
            str(Consent.Channel(each["channel"]).label),
            f"{each['purpose']}: {Consent.Answer(each['answer']).label}",
        )
        for each in kept["consents"]
    ]
    rows += [
        (_("Blocks"), each["since"], "", str(ContactBlock.Ground(each["ground"]).label))
        for each in kept["blocks"]
    ]
    for name, title in (("trail", _("Audit trail")), ("exports", _("Exports"))):
        rows += [(title, e["at"], who(e["by"]), words(e["action"])) for e in kept[name]]
    rows += [
        (_("Who looked"), e["day"], e["by"], ", ".join(str(Way(way).label) for way in e["ways"]))
        for e in kept["looks"]
    ]
    return csv_bytes([_("Where"), _("Number or time"), _("Who"), _("What is said")], rows)


def _value(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value
