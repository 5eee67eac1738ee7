"""Whose data a breach may have shown: from the access log, the trail and a file."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import Case, F, Func, Q, QuerySet, Value, When
from django.db.models.functions import Lower, Right
from django.utils import timezone

from accounts.models import ApiToken, Client, Contact, Incident, User
from kam.audit.models import DataAccess, Event
from kam.exports.models import Export
from kam.lib.periods import end_of_day, start_of_day

from .access_log import ALL_FIELDS, Way, fields_of

# Actions by which data leaves the product or comes in as a whole file.
TAKEN = (
    "client.export", "subject.export", "import.download", "import.findings", "agreement.download",
    "contact.export", "export.written", "export.taken", "company.exported", "portfolio.exported",
    "decision.export",
)  # fmt: skip


@dataclass
class Exposed:
    """A contact, or with ``contact`` 0 names at a client without saying whose, with all that the
    days of the breach tell."""

    contact: int
    client: int
    name: str = ""
    client_name: str = ""
    ways: set[str] = field(default_factory=set)
    actors: set[int] = field(default_factory=set)
    who: str = ""
    first: dt.date | None = None
    last: dt.date | None = None
    in_file: bool = False

    @property
    def fields(self) -> list[str]:
        return list(ALL_FIELDS) if self.in_file else fields_of(self.ways)

    @property
    def told_fields(self) -> list:
        return [Contact._meta.get_field(name).verbose_name for name in self.fields]

    @property
    def told_ways(self) -> list:
        return [Way(each).label for each in Way.values if each in self.ways]

    def saw(self, row: DataAccess) -> None:
        self.ways.update(row.ways)
        self.actors.add(row.actor_id)
        self.first = min(self.first or row.day, row.day)
        self.last = max(self.last or row.day, row.day)


def export_of(incident: Incident) -> Export | None:
    return Export.objects.filter(pk=incident.export_ref).first() if incident.export_ref else None


def looks(incident: Incident) -> QuerySet[DataAccess]:
    """Rows of the access log that belong to it."""
    wanted = Q(pk__in=[])
    days = Q(day__gte=incident.since, day__lte=incident.until)
    if incident.people or incident.tokens:
        whose = Q(actor__in=incident.people, token_ref=0) | Q(token_ref__in=incident.tokens)
        wanted |= days & whose
    if (export := export_of(incident)) is not None:
        day = timezone.localtime(export.at).date()
        wanted |= Q(actor=export.author_id, day=day, ways__contains=[Way.FILE])
    named = incident.people or incident.tokens or incident.export_ref or incident.file_id
    return DataAccess.objects.filter(wanted if named else days).order_by("day", "pk")


def exposure(incident: Incident) -> list[Exposed]:
    """Everybody concerned, those of one client together; names alone come last of their client."""
    found: dict[tuple[int, int], Exposed] = {}
    for row in looks(incident).iterator(chunk_size=2_000):
        for contact in row.contacts or [0]:
            key = (row.client_ref, contact)
            found.setdefault(key, Exposed(contact, row.client_ref)).saw(row)
    known = Contact.objects.in_bulk(
        {contact for _client, contact in found if contact} | set(incident.file_contacts)
    )
    for pk in incident.file_contacts:
        if pk in known:
            client = known[pk].client_id
            found.setdefault((client, pk), Exposed(pk, client)).in_file = True
    clients = Client.objects.only("name").in_bulk({client for client, _contact in found} - {0})
    people = User.objects.in_bulk({actor for each in found.values() for actor in each.actors})
    for each in found.values():
        each.name = known[each.contact].name if each.contact in known else ""
        each.client_name = clients[each.client].name if each.client in clients else ""
        each.who = ", ".join(sorted(str(people.get(pk, pk)) for pk in each.actors))
    return sorted(found.values(), key=lambda e: (e.client_name, not e.contact, e.name, e.contact))


def taken_out(incident: Incident, most: int) -> list[Event]:
    """What left as files in those days, by those named: the latest first."""
    rows = Event.objects.filter(
        action__in=TAKEN,
        at__gte=start_of_day(incident.since),
        at__lt=end_of_day(incident.until),
    )
    who = set(incident.people)
    if incident.tokens:
        who |= set(
            ApiToken.objects.filter(pk__in=incident.tokens).values_list("user_id", flat=True)
        )
    return list((rows.filter(actor__in=who) if who else rows)[:most])


def named_in(emails: Iterable[str], phones: Iterable[str]) -> list[int]:
    """Ids of contacts with one of these folded e-mails or phones (:mod:`..services.masking`)."""
    digits = Func(F("phone"), Value(r"\D"), Value(""), Value("g"), function="regexp_replace")
    rows = Contact.objects.alias(said_email=Lower("email"), said_phone=digits).alias(
        folded=Case(When(said_phone__regex="^[78].{10}$", then=Right("said_phone", 10)),
                    default=F("said_phone")),
    )  # fmt: skip
    wanted = Q(said_email__in=list(emails)) | Q(folded__in=list(phones))
    return list(rows.filter(wanted).order_by("pk").values_list("pk", flat=True))
