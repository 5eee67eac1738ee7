"""All that happened with a client in one list, latest first: talks, documents, payments, promises,
tasks, problems, plans signed, standings, files.  One query, whatever is asked for."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import (
    Case,
    CharField,
    DateField,
    F,
    IntegerField,
    Q,
    QuerySet,
    TextField,
    Value,
    When,
)
from django.db.models.functions import Cast, Coalesce, Left, TruncDate
from django.utils.translation import gettext as _

from accounts.models import (
    AgreementFile,
    Document,
    Interaction,
    PlanVersion,
    Problem,
    Promise,
    Standing,
    TalkFile,
    Task,
)
from kam.audit import looking
from kam.lib.periods import company_zone

from .blocks import blocked
from .facts import documents_as_of, interactions_as_of, payments_as_of

PAGE = 20
EXCERPT = 400  # characters of a text that the list shows

INTERACTIONS, DOCUMENTS, PAYMENTS, PROMISES, TASKS, PROBLEMS, PLANS, STANDINGS, FILES, PAPERS = (
    SOURCES
) = (
    "interactions", "documents", "payments", "promises", "tasks", "problems", "plans", "standings",
    "files", "papers",
)  # fmt: skip
# What people choose among: files of talks and of agreements are one kind of thing.
CHOICES = SOURCES[:-1]
_LABELS = {
    INTERACTIONS: Interaction.Kind,
    DOCUMENTS: Document.Type,
    PROMISES: Promise.State,
    TASKS: Task.State,
    PROBLEMS: Problem.State,
    STANDINGS: Standing.Value,
}


@dataclass(frozen=True)
class Filters:
    """``source``: one kind of thing.  ``person``: "u7", whoever of ours wrote it or answers for
    it, or "c7", the contact it was with.  ``since`` and ``until``: days, both included."""

    source: str = ""
    person: str = ""
    since: dt.date | None = None
    until: dt.date | None = None

    @property
    def who(self) -> tuple[str, int] | None:
        """The side and id of the person, none where the text names nobody."""
        side, number = self.person[:1], self.person[1:19]
        if side in ("u", "c") and number.isascii() and number.isdecimal():
            return side, int(number)
        return None

    @property
    def are_set(self) -> bool:
        return bool(self.source or self.who or self.since or self.until)


@dataclass(frozen=True)
class Entry:
    """One thing.  ``kind`` is the type within its source; ``amount`` is with VAT,
    in the company's currency; ``who`` was spoken to."""

    date: dt.date
    source: str
    pk: int
    kind: str
    title: str
    text: str
    who: str
    amount: Decimal | None

    @property
    def kind_label(self) -> str:
        return _LABELS[self.source](self.kind).label if self.source in _LABELS else ""

    @property
    def cursor(self) -> str:
        return f"{self.date:%Y%m%d}-{SOURCES.index(self.source)}-{self.pk}"


@dataclass(frozen=True)
class Slice:
    entries: list[Entry]
    after: str | None


@dataclass(frozen=True)
class _Branch:
    """Rows of one table: the path to the client, the day, and what the list shows of them."""

    rows: QuerySet
    title: F | Left
    client: str = "client"
    date: F | Coalesce | TruncDate | None = None  # where the table has no column "date"
    kind: F | None = None
    text: F | Left | None = None
    amount: F | None = None
    contact: bool = False
    person: str = ""


def timeline(
    entities: list[int],
    as_of: dt.date,
    *,
    source: str = "",
    after: str = "",
    size: int = PAGE,
    filters: Filters | None = None,
) -> Slice:
    """``entities``: ids of a client, first, and its members.  ``source`` shows one kind of thing only;
    ``after`` is the cursor of the entry above."""
    asked = filters or Filters(source)
    wanted = [asked.source] if asked.source in CHOICES else list(SOURCES)
    if wanted == [FILES]:
        wanted.append(PAPERS)
    period = Q(date__lte=min(asked.until, as_of) if asked.until else as_of)
    if asked.since:
        period &= Q(date__gte=asked.since)
    branches = []
    for number, name in enumerate(SOURCES):
        if name not in wanted:
            continue
        branch = _branch(name, as_of)
        if asked.who:
            side, pk = asked.who
            path = branch.person if side == "u" else "contact" if branch.contact else ""
            if not path:
                continue
            branch = _with(branch, branch.rows.filter(**{path: pk}))
        rows = _columns(branch, number).filter(period, _beyond(after, number))
        rows = rows.filter(**{f"{branch.client}__in": entities})
        branches.append(rows.order_by("-date", "-pk")[: size + 1])
    if not branches:
        return Slice([], None)
    found = branches[0].union(*branches[1:], all=True) if branches[1:] else branches[0]
    if branches[1:]:
        found = found.order_by("-date", "at", "-pk")[: size + 1]
    entries = [
        Entry(date, SOURCES[at], pk, kind, title, text, who, amount)
        for date, at, pk, kind, title, text, who, amount in found
    ]
    more = len(entries) > size
    entries = entries[:size]
    if any(entry.who for entry in entries):
        looking.met_names(entities[0])
    return Slice(entries, entries[-1].cursor if more else None)


def source_choices() -> list[tuple[str, str]]:
    """The kinds of things in words."""
    words = {
        INTERACTIONS: _("Talks"), DOCUMENTS: _("Documents"), PAYMENTS: _("Payments"),
        PROMISES: _("Promises"), TASKS: _("Tasks"), PROBLEMS: _("Problems"),
        PLANS: _("Signed plans"), STANDINGS: _("Decisions on standing"), FILES: _("Files"),
    }  # fmt: skip
    return [(name, words[name]) for name in CHOICES]


def _with(branch: _Branch, rows: QuerySet) -> _Branch:
    return _Branch(**{**vars(branch), "rows": rows})


def _columns(branch: _Branch, number: int) -> QuerySet:
    """Rows of (date, at, pk, kind, title, text, who, amount)."""
    nothing = Value("", output_field=CharField())
    amount = Document._meta.get_field("gross")
    who = Case(When(blocked("contact__"), then=nothing), default=Coalesce("contact__name", nothing))
    columns = {
        "entry_kind": Cast(branch.kind or nothing, CharField()),
        "entry_title": Cast(branch.title, TextField()),
        "entry_text": Cast(branch.text or nothing, TextField()),
        "entry_who": who if branch.contact else nothing,
        "entry_sum": branch.amount or Cast(Value(None), amount),
    }
    at = Value(number, output_field=IntegerField())
    rows = branch.rows.annotate(at=at, **columns)
    if branch.date is not None:
        rows = rows.annotate(date=branch.date)
    return rows.values_list("date", "at", "pk", *columns)


def _day_of(moment: str) -> TruncDate:
    return TruncDate(moment, tzinfo=company_zone(), output_field=DateField())


def _branch(name: str, as_of: dt.date) -> _Branch:
    if name == INTERACTIONS:
        return _Branch(
            interactions_as_of(as_of), F("subject"), kind=F("kind"), text=Left("text", EXCERPT),
            contact=True, person="author",
        )  # fmt: skip
    if name == DOCUMENTS:
        return _Branch(documents_as_of(as_of), F("number"), kind=F("type"), amount=F("gross"))
    if name == PAYMENTS:
        return _Branch(payments_as_of(as_of), F("number"), amount=F("amount"))
    if name == PROMISES:  # as it stands: made, or how it ended
        return _Branch(
            Promise.objects.all(), F("what"), date=Coalesce("settled_on", _day_of("created_at")),
            kind=F("state"), text=Left("evidence", EXCERPT), contact=True, person="owner",
        )  # fmt: skip
    if name == TASKS:
        return _Branch(
            Task.objects.all(), F("what"), date=Coalesce("settled_on", _day_of("created_at")),
            kind=F("state"), text=Left("note", EXCERPT), person="owner",
        )  # fmt: skip
    if name == PROBLEMS:
        return _Branch(
            Problem.objects.all(), F("what"), date=Coalesce("closed_on", "raised_on"),
            kind=F("state"), text=Left("came_of_it", EXCERPT), person="owner",
        )  # fmt: skip
    if name == PLANS:
        return _Branch(
            PlanVersion.objects.all(), F("plan__title"), client="plan__client",
            date=_day_of("signed_at"), text=Left("reason", EXCERPT), person="signed_by",
        )  # fmt: skip
    if name == STANDINGS:
        return _Branch(
            Standing.objects.filter(known_to__isnull=True), Left("reason", EXCERPT),
            date=F("since"), kind=F("value"), person="author",
        )  # fmt: skip
    kept = TalkFile if name == FILES else AgreementFile
    return _Branch(
        kept.objects.all(), F("name"), date=_day_of("brought_at"), person="brought_by",
        client="interaction__client" if name == FILES else "agreement__client",
    )  # fmt: skip


def _beyond(cursor: str, number: int) -> Q:
    """What of the source ``number`` stands below the cursor in (date down, source, pk down)."""
    parts = cursor.split("-")
    if len(parts) != 3 or not all(part.isascii() and part.isdecimal() for part in parts):
        return Q()
    try:
        day = dt.date(int(parts[0][:4]), int(parts[0][4:6] or 0), int(parts[0][6:8] or 0))
    except ValueError:
        return Q()
    at, pk = int(parts[1][:2]), int(parts[2][:18])
    if number > at:
        return Q(date__lte=day)
    return Q(date__lt=day) | Q(date=day, pk__lt=pk) if number == at else Q(date__lt=day)


def last_interaction(entities: list[int], as_of: dt.date) -> Interaction | None:
    return (
        interactions_as_of(as_of)
        .filter(client__in=entities)
        .exclude(kind=Interaction.Kind.NOTE)
        .select_related("contact")
        .order_by("-date", "-pk")
        .first()
    )


def last_contacts(served: dict[int, int], as_of: dt.date) -> dict[int, dt.date]:
    """Served client -> day of the last talk; ``served``: legal entity -> whom it counts for.
    Notes do not count as talks."""
    latest: dict[int, dt.date] = {}
    rows = (
        interactions_as_of(as_of)
        .filter(client__in=list(served))
        .exclude(kind=Interaction.Kind.NOTE)
        .order_by("client_id", "-date")
        .distinct("client_id")
        .values_list("client_id", "date")
    )
    for client_id, day in rows:
        key = served[client_id]
        latest[key] = max(day, latest.get(key, day))
    return latest
