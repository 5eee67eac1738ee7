"""Lists of clients: made, completed, merged where two rows mean one, put into groups."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal

from django.utils import timezone

from accounts.models import Client, User

from . import groups, words
from .load import CENT, LARGEST_AMOUNT, Load
from .resolution import Ambiguous, Clients, Reference
from .staging import copy_rows, new_ids, run, stage

_LONGEST = {"name": 255, "legal_name": 500, "segment": 120, "region": 120, "city": 120}
_MOST_EMPLOYEES = 2**31 - 1
_IDS_AT_ONCE = 1_000

# Columns that a file may change, with their types in the staging table.
COLUMNS = {
    "kind": "text",
    "name": "text",
    "legal_name": "text",
    "inn": "text",
    "kpp": "text",
    "segment": "text",
    "country": "text",
    "region": "text",
    "city": "text",
    "employees": "integer",
    "turnover": "numeric",
    "owner_id": "bigint",
    "team_id": "bigint",
}


@dataclass(frozen=True, slots=True)
class Entity:
    """What a client is known by; empty where not known."""

    kind: str = Client.Kind.ORGANISATION
    name: str = ""
    legal_name: str = ""
    inn: str = ""
    kpp: str = ""
    segment: str = ""
    country: str = ""
    region: str = ""
    city: str = ""
    employees: int | None = None
    turnover: Decimal | None = None
    owner_id: int | None = None
    team_id: int | None = None

    def values(self) -> tuple:
        return tuple(getattr(self, column) for column in COLUMNS)


def kind_of(inn: str, name: str) -> str:
    """A sole trader's ИНН has 12 digits; without it the form stands before the name."""
    sole_trader = len(inn) == 12 or (not inn and name[:3].casefold() in ("ип ", "ip "))
    return str(Client.Kind.SOLE_TRADER if sole_trader else Client.Kind.ORGANISATION)


class Book:
    """The clients of one file: those that are there, and those it makes."""

    def __init__(self, source: str, references: Iterable[Reference]):
        references = list(references)
        self.clients = Clients(source, references)
        self.source = source
        self.created: dict[int, Entity] = {}
        self.identifiers: list[tuple[int, str, str]] = []
        self._ids: list[int] = []

    def make(self, entity: Entity) -> int:
        """A new client's id; it is written by :meth:`write`."""
        if not self._ids:
            self._ids = new_ids(Client, _IDS_AT_ONCE)[::-1]
        client = self._ids.pop()
        self.created[client] = entity
        self.clients.put(client, entity.inn, entity.kpp, entity.name)
        return client

    def identify(self, client: int, external_id: str | None) -> None:
        """Write down what the source calls the client, if that is news."""
        if external_id and self.clients.identify(client, external_id):
            self.identifiers.append((client, self.source, external_id))

    def write(self, only: set[int] | None = None) -> int:
        """Write new clients and ids (``only`` these clients, if given); how many are new."""
        now = timezone.now()
        created = {
            client: entity
            for client, entity in self.created.items()
            if only is None or client in only
        }
        copy_rows(
            "accounts_client",
            ["id", "lifecycle", "version", "created_at", *COLUMNS],
            (
                (client, Client.Lifecycle.PROSPECT.value, 1, now, *entity.values())
                for client, entity in created.items()
            ),
        )
        copy_rows(
            "accounts_clientidentifier",
            ["client_id", "source", "external_id"],
            (row for row in self.identifiers if only is None or row[0] in only),
        )
        return len(created)


def load_clients(load: Load) -> None:
    """Write a list of clients; the rows of one client in one file complete each other."""
    rows = _Rows(load)
    names = [name or legal for name, legal in zip(rows.names, rows.legal_names, strict=True)]
    references = list(map(Reference, load.column("external_id"), rows.inns, rows.kpps, names))
    book = Book(load.source, references)
    # Known clients are read when a row means them first, all of them in one query.
    known = _known(book)
    seen: dict[int, int] = {}
    told: dict[int, Entity] = {}
    for position, reference in enumerate(references):
        try:
            client = book.clients.find(reference, branches=True)
        except Ambiguous:
            load.error(position, None, "client.ambiguous", reference=reference.words())
            continue
        entity = rows.entity(position, names[position])
        if client is None:
            client = book.make(entity)
        elif client in seen:
            first = load.table.rows[seen[client]]
            load.warn(position, None, "client.same_row", first=first)
            _put(book, told, client, _filled(_current(book, told, known, client), entity))
        else:
            # A legal name alone does not rename a client.
            named = replace(entity, name=rows.names[position])
            _put(book, told, client, _filled(named, known[client]))
        seen.setdefault(client, position)
        book.identify(client, reference.external_id)
        rows.clients[position] = client
    counts = load.report.counts("clients")
    counts.created += book.write()
    changed = {client: entity for client, entity in told.items() if known[client] != entity}
    _update(changed)
    counts.updated += len(changed)
    counts.unchanged += len(seen) - len(book.created) - len(changed)
    load.report.totals["clients"] = len(seen)
    groups.join(load, rows.clients)


def _known(book: Book) -> dict[int, Entity]:
    """What the database says of the clients that the rows may mean."""
    entities = Client.objects.filter(pk__in=book.clients.ids()).order_by()
    return {row[0]: Entity(*row[1:]) for row in entities.values_list("id", *COLUMNS)}


def _current(book: Book, told: dict[int, Entity], known: dict[int, Entity], client: int) -> Entity:
    return book.created.get(client) or told.get(client) or known[client]


def _put(book: Book, told: dict[int, Entity], client: int, entity: Entity) -> None:
    if client in book.created:
        book.created[client] = entity
    else:
        told[client] = entity
    book.clients.put(client, entity.inn, entity.kpp, entity.name)


def _filled(entity: Entity, other: Entity) -> Entity:
    """``entity`` with what only ``other`` knows."""
    missing = {
        column: getattr(other, column)
        for column in COLUMNS
        if not getattr(entity, column) and getattr(other, column)
    }
    filled = replace(entity, **missing)
    if Client.Kind.PERSON in (entity.kind, other.kind):  # only people say so, files cannot
        return replace(filled, kind=str(Client.Kind.PERSON))
    return replace(filled, kind=kind_of(filled.inn, filled.name))


def _update(changed: dict[int, Entity]) -> None:
    if not changed:
        return
    stage(
        "staged_client",
        {"id": "bigint", **COLUMNS},
        ((client, *entity.values()) for client, entity in changed.items()),
    )
    run(
        "UPDATE accounts_client c SET version = c.version + 1, "
        + ", ".join(f"{column} = s.{column}" for column in COLUMNS)
        + " FROM staged_client s WHERE s.id = c.id"
    )


class _Rows:
    """The cells of a list of clients as the database holds them."""

    def __init__(self, load: Load):
        self._load = load
        self.names = self._texts("name")
        self.legal_names = self._texts("legal_name")
        self.inns = load.column("inn")
        self.kpps = load.column("kpp")
        self._segments, self._regions, self._cities = map(
            self._texts, ("segment", "region", "city")
        )
        self._countries = load.column("country")
        self._owners = load.column("owner")
        self._employees = load.column("employees")
        self._turnovers = load.column("turnover")
        self._people = _People()
        self._unknown: set[tuple[str, str]] = set()
        self.clients: list[int | None] = [None] * len(load)

    def _texts(self, column: str) -> list[str]:
        longest = _LONGEST[column]
        return [
            self._load.fit(position, column, longest, value)
            for position, value in enumerate(self._load.column(column))
        ]

    def entity(self, position: int, name: str) -> Entity:
        inn = self.inns[position] or ""
        owner = self._owner(position)
        return Entity(
            kind=kind_of(inn, name),
            name=name[:255],
            legal_name=self.legal_names[position],
            inn=inn,
            kpp=self.kpps[position] or "",
            segment=self._segments[position],
            country=self._country(position),
            region=self._regions[position],
            city=self._cities[position],
            employees=self._count(position),
            turnover=self._turnover(position),
            owner_id=owner.pk if owner else None,
            team_id=owner.team_id if owner else None,
        )

    def _country(self, position: int) -> str:
        return country_code(self._load, position, "country", self._countries, self._unknown)

    def _owner(self, position: int) -> User | None:
        written = self._owners[position]
        if not written:
            return None
        person = self._people.find(written)
        if person is None and ("owner", written) not in self._unknown:
            self._unknown.add(("owner", written))
            self._load.warn(position, "owner", "manager.unknown", value=written)
        return person

    def _count(self, position: int) -> int | None:
        count = self._employees[position]
        if count is not None and not 0 <= count <= _MOST_EMPLOYEES:
            self._load.warn(position, "employees", "number.too_large")
            return None
        return count

    def _turnover(self, position: int) -> Decimal | None:
        turnover = self._turnovers[position]
        if turnover is None:
            return None
        if abs(turnover) >= LARGEST_AMOUNT:
            self._load.warn(position, "turnover", "number.too_large")
            return None
        return turnover.quantize(CENT)


def country_code(
    load: Load,
    position: int,
    column: str,
    countries: list[str | None],
    unknown: set[tuple[str, str]],
) -> str:
    """Two letters for the country of a row; an unknown name is warned of once."""
    written = countries[position]
    code = words.country(written) if written else None
    if written and code is None and (column, written) not in unknown:
        unknown.add((column, written))
        load.warn(position, column, "country.unknown", value=written)
    return code or ""


class _People:
    """Users by e-mail or name; a name that two people share means nobody."""

    def __init__(self) -> None:
        self._found: dict[str, User | None] = {}
        for user in User.objects.all():
            name = user.name.casefold()
            self._found[name] = None if name in self._found else user
        for user in User.objects.all():
            self._found[user.email.casefold()] = user

    def find(self, written: str) -> User | None:
        return self._found.get(" ".join(written.split()).casefold())
