"""Put a demo workspace into the database, block by block, by binary COPY."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from django.db import connection, transaction

from accounts.models import Client, Organisation, Product, ProductFamily, User
from kam.lib.company import company
from kam.lib.copy import copy_out_binary
from kam.lib.periods import start_of_day

from . import binary, ledger, shapes
from .blocks import Block, Maker, ahead, taken, trade_of
from .calendar import as_dates
from .people import create_people
from .words.vocabulary import Words

ROWS_PER_COPY = 200_000
LIFECYCLES = {shapes.PROSPECT: "prospect", shapes.DORMANT: "dormant", shapes.LOST: "lost"}
KINDS = ("organisation", "sole_trader", "person")


class ClientsExist(RuntimeError):
    """A demo workspace is made only where there are no clients yet."""


@dataclass
class Loaded:
    """What a run has put in: rows per table, and the people who can sign in."""

    people: list[User]
    rows: dict[str, int] = field(default_factory=dict)

    def add(self, table: str, rows: int) -> None:
        self.rows[table] = self.rows.get(table, 0) + rows


def load(
    words: Words,
    size: shapes.Size,
    progress: Callable[[int, int], None] | None = None,
) -> Loaded:
    """The whole workspace in one transaction; ``progress(done, total)`` counts clients.

    Raises ClientsExist.  Runs as the system.
    """
    with transaction.atomic():
        if Client.objects.exists():
            raise ClientsExist
        with connection.cursor() as cursor:
            # A large load takes longer than a page may, and NumPy works between the statements.
            cursor.execute("SET LOCAL statement_timeout = 0")
            cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
            # Keys are checked after each COPY, while its pages are still in memory.
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        loaded = Loaded(create_people(words))
        maker = maker_of(words, size)
        writer = Writer(maker, loaded)
        done = 0
        for block in ahead(maker.blocks()):
            writer.write(block)
            done += len(block.clients)
            if progress:
                progress(done, size.clients)
        return loaded


def maker_of(words: Words, size: shapes.Size, key_since: Mapping[int, int] | None = None) -> Maker:
    """Makes the clients of these words, in the company's currency."""
    kams = [person.team for person in words.people if person.role == User.Role.KAM]
    return Maker(words, size, trade_of(words, company().currency), kams, key_since)


def _ids(table: str, rows: int) -> np.ndarray:
    """Fresh primary keys from the table's sequence, ascending."""
    if not rows:
        return np.zeros(0, dtype=np.int64)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_get_serial_sequence(%s, 'id')", [table])
        (sequence,) = cursor.fetchone()
    query = f"SELECT nextval('{sequence}') FROM generate_series(1, {int(rows)})"
    return np.sort(copy_out_binary(query, ["i8"])[0])


def _cut(rows: int) -> Iterator[slice]:
    return (slice(start, start + ROWS_PER_COPY) for start in range(0, rows, ROWS_PER_COPY))


class Writer:
    """Writes blocks; knows everything that stays the same from block to block."""

    def __init__(self, maker: Maker, loaded: Loaded):
        self.words, self.size, self.trade = maker.words, maker.size, maker.trade
        self.loaded = loaded
        self.currency = company().currency
        self.first_day = maker.first_day
        days = np.arange(maker.first_day - 400, maker.today + 2)
        self._first_known = int(days[0])
        self._day_starts = np.array(
            [int(start_of_day(day).timestamp()) for day in as_dates(days).tolist()]
        ).astype("datetime64[s]")
        self.kams = [person for person in loaded.people if person.role == User.Role.KAM]
        self.sellers = [person for person in loaded.people if person.function == "sales"]
        self.team_ids = np.array(
            [
                next(person.team_id for person in self.kams if person.team.name == name)
                for name in self.words.teams
            ]
        )
        self.organisation_id, self.product_ids = self._catalogue()

    def _catalogue(self) -> tuple[int, np.ndarray]:
        """Our own organisation, the families and the products."""
        organisation, _ = Organisation.objects.get_or_create(
            name=self.words.company, defaults={"inn": self.words.company_inn}
        )
        products = []
        for family in self.words.families:
            row, _ = ProductFamily.objects.get_or_create(name=family.name)
            for name, _ in family.products:
                place = len(products)
                cost = self.trade.price[place] * (1 - family.margin) / 100
                products.append(
                    Product(
                        source=self.words.source,
                        code=f"{place + 1001}",
                        name=name,
                        family=row,
                        cost=round(cost, 2) if family.cost_known else None,
                    )
                )
        rows = Product.objects.bulk_create(
            products,
            update_conflicts=True,
            unique_fields=["source", "code"],
            update_fields=["name", "family", "cost"],
        )
        self.loaded.add("accounts_product", len(rows))
        return organisation.pk, np.array([row.pk for row in rows])

    def moments(self, days: np.ndarray) -> np.ndarray:
        """Start of each day in the company's zone, as UTC; −1 is none."""
        found = self._day_starts[np.maximum(days - self._first_known, 0)]
        return np.where(days < 0, np.datetime64("NaT"), found)

    def write(self, block: Block) -> None:
        """Put a block into the database."""
        client_ids = self._write_clients(block)
        self.write_documents(block, client_ids)
        self.write_payments(block, client_ids)
        self._write_conversations(block, client_ids)

    def _write_clients(self, block: Block) -> np.ndarray:
        """Groups, clients, their ids in our books, memberships; the clients' primary keys."""
        clients, who, owner, team = block.clients, block.who, block.owner, block.team
        n, groups = len(clients), len(who.group_name)
        ids = _ids("accounts_client", groups + n)
        group_ids, client_ids = ids[:groups], ids[groups:]
        first = np.array(
            [np.flatnonzero(clients.group == group)[0] for group in range(groups)], dtype=np.int64
        )
        inside = (clients.group >= 0) & (block.until < 0)
        lifecycle = np.array([LIFECYCLES.get(story, "active") for story in range(9)], dtype=bytes)
        created = np.where(
            clients.story == shapes.PROSPECT,
            block.known,
            np.maximum(self.first_day - 30, self.first_day + clients.since * 30 - 30),
        )
        segments = binary.encoded([segment.name for segment in self.words.segments])
        regions = binary.encoded([city.region for city in self.words.cities])
        cities = binary.encoded([city.name for city in self.words.cities])
        kam_ids = np.array([kam.pk for kam in self.kams])

        def copy(
            chosen: np.ndarray,
            keys: np.ndarray,
            kind: np.ndarray,
            name: np.ndarray,
            legal_name: np.ndarray,
            inn: np.ndarray,
            kpp: np.ndarray,
            life: np.ndarray,
            group: np.ndarray,
            sizes: bool,
        ) -> None:
            nothing = np.zeros(len(chosen), dtype=np.int64)
            employees = clients.employees[chosen] if sizes else nothing
            turnover = clients.turnover[chosen] if sizes else nothing
            self.loaded.add(
                "accounts_client",
                binary.copy_in(
                    "accounts_client",
                    [
                        binary.whole("id", keys),
                        binary.text("kind", kind),
                        binary.text("name", name),
                        binary.text("legal_name", legal_name),
                        binary.text("inn", inn),
                        binary.text("kpp", kpp),
                        binary.text("segment", segments[clients.segment[chosen]]),
                        binary.constant("country", self.words.country, len(chosen)),
                        binary.text("region", regions[clients.city[chosen]]),
                        binary.text("city", cities[clients.city[chosen]]),
                        binary.whole("employees", employees, 4, employees == 0),
                        binary.numeric("turnover", turnover, 2, turnover == 0),
                        binary.text("lifecycle", life),
                        binary.whole("owner_id", kam_ids[owner[chosen]], 8, owner[chosen] < 0),
                        binary.whole("team_id", self.team_ids[team[chosen]], 8, team[chosen] < 0),
                        binary.whole("group_id", group, 8, group < 0),
                        binary.whole("version", nothing + 1, 4),
                        binary.moments("created_at", self.moments(created[chosen])),
                    ],
                ),
            )

        if groups:
            empty = np.zeros(groups, dtype="S1")
            copy(
                first,
                group_ids,
                np.full(groups, b"group"),
                binary.encoded(who.group_name),
                empty,
                empty,
                empty,
                np.full(groups, b"active"),
                np.full(groups, -1),
                sizes=False,
            )
        copy(
            np.arange(n),
            client_ids,
            np.array(KINDS, dtype=bytes)[clients.kind],
            who.name,
            who.legal_name,
            who.inn,
            who.kpp,
            lifecycle[clients.story],
            np.where(inside, group_ids[clients.group] if groups else -1, -1),
            sizes=True,
        )
        self._write_identifiers(client_ids, block.before)
        self._write_memberships(block, client_ids, group_ids)
        return client_ids

    def _write_identifiers(self, client_ids: np.ndarray, before: int) -> None:
        numbers = np.arange(before, before + len(client_ids)) + 1
        self.loaded.add(
            "accounts_clientidentifier",
            binary.copy_in(
                "accounts_clientidentifier",
                [
                    binary.whole("client_id", client_ids),
                    binary.constant("source", self.words.source, len(client_ids)),
                    binary.text("external_id", _numbered("", numbers)),
                ],
            ),
        )

    def _write_memberships(
        self, block: Block, client_ids: np.ndarray, group_ids: np.ndarray
    ) -> None:
        clients, since, until = block.clients, block.since, block.until
        members = np.flatnonzero(clients.group >= 0)
        if not len(members):
            return
        self.loaded.add(
            "accounts_membership",
            binary.copy_in(
                "accounts_membership",
                [
                    binary.whole("member_id", client_ids[members]),
                    binary.whole("group_id", group_ids[clients.group[members]]),
                    binary.dates("since", _days(since[members])),
                    binary.dates("until", _days(until[members])),
                    binary.moments("known_from", self.moments(since[members])),
                ],
            ),
        )

    def write_documents(self, block: Block, client_ids: np.ndarray) -> None:
        clients, owner = block.clients, block.owner
        documents, lines = block.documents, block.lines
        keys = _ids("accounts_document", len(documents))
        types = np.array(ledger.TYPES, dtype=bytes)
        prefixes = [self.words.prefixes[name] for name in ledger.TYPES]
        numbers = _numbered_by(prefixes, documents.type, documents.number)
        managers = binary.encoded([*(kam.name for kam in self.kams), ""])
        agreements = self._agreements(clients)
        for cut in _cut(len(documents)):
            part = taken(documents, cut)
            rows = len(part)
            self.loaded.add(
                "accounts_document",
                binary.copy_in(
                    "accounts_document",
                    [
                        binary.whole("id", keys[cut]),
                        binary.whole("client_id", client_ids[part.client]),
                        binary.constant("source", self.words.source, rows),
                        binary.text("type", types[part.type]),
                        binary.whole("organisation_id", np.full(rows, self.organisation_id)),
                        binary.text("number", numbers[cut]),
                        binary.whole("year", part.year, 2),
                        binary.dates("date", _days(part.day)),
                        binary.dates("due", _days(part.due)),
                        binary.dates("promised", _days(part.promised)),
                        binary.dates("shipped", _days(part.shipped)),
                        binary.text("manager", managers[owner[part.client]]),
                        binary.text("agreement", agreements[part.client]),
                        binary.constant("currency", self.currency, rows),
                        binary.numeric("rate", np.ones(rows, dtype=np.int64), 0),
                        binary.numeric("net", part.net),
                        binary.numeric("vat", part.vat),
                        binary.numeric("gross", part.gross),
                        binary.numeric("discount", part.discount),
                        binary.numeric("cost", part.cost),
                        binary.numeric("costed_net", part.costed_net),
                        binary.numeric("paid", np.zeros(rows, dtype=np.int64)),
                        binary.whole("version", part.version, 4),
                        binary.moments("known_from", self.moments(part.known_from)),
                        binary.moments("known_to", self.moments(part.known_to)),
                        binary.constant("fingerprint", "", rows),
                    ],
                ),
            )
        line_clients = client_ids[documents.client]
        for cut in _cut(len(lines)):
            part = taken(lines, cut)
            self.loaded.add(
                "accounts_line",
                binary.copy_in(
                    "accounts_line",
                    [
                        binary.whole("document_id", keys[part.document]),
                        binary.whole("client_id", line_clients[part.document]),
                        binary.dates("date", _days(documents.day[part.document])),
                        binary.whole("position", part.position, 4),
                        binary.whole("product_id", self.product_ids[part.product]),
                        binary.numeric("quantity", part.quantity, 0),
                        binary.numeric("shipped_quantity", part.shipped, 0, ~part.shipped_known),
                        binary.numeric("unit_price", part.unit_price),
                        binary.numeric("discount", part.discount, 3),
                        binary.numeric("net", part.net),
                        binary.numeric("vat", part.vat),
                        binary.numeric("gross", part.gross),
                        binary.numeric("cost", part.cost, 2, ~part.cost_known),
                    ],
                ),
            )

    def _agreements(self, clients: shapes.Clients) -> np.ndarray:
        """The agreement that each client buys under; the smallest buy without one."""
        year = self.size.as_of.year - self.size.months // 12
        return binary.encoded(
            [
                self.words.agreement.format(number=place % 900 + 17, year=year + int(since) // 12)
                if share > 0.2
                else ""
                for place, (share, since) in enumerate(
                    zip(clients.size, clients.since, strict=True)
                )
            ]
        )

    def write_payments(self, block: Block, client_ids: np.ndarray) -> None:
        payments = block.payments
        own = _numbered(self.words.prefixes["payment"], block.payment_number)
        invoice = _numbered(self.words.prefixes["invoice"], np.maximum(payments.invoice, 0))
        named = np.where(payments.invoice < 0, b"", invoice)
        for cut in _cut(len(payments)):
            part = taken(payments, cut)
            count = len(part)
            self.loaded.add(
                "accounts_payment",
                binary.copy_in(
                    "accounts_payment",
                    [
                        binary.whole("client_id", client_ids[part.client]),
                        binary.constant("source", self.words.source, count),
                        binary.text("key", own[cut]),
                        binary.text("number", own[cut]),
                        binary.dates("date", _days(part.day)),
                        binary.numeric("amount", part.amount),
                        binary.constant("currency", self.currency, count),
                        binary.numeric("rate", np.ones(count, dtype=np.int64), 0),
                        binary.text("document_number", named[cut]),
                        binary.whole("version", np.ones(count, dtype=np.int64), 4),
                        binary.moments("known_from", self.moments(part.day)),
                        binary.constant("fingerprint", "", count),
                    ],
                ),
            )

    def _write_conversations(self, block: Block, client_ids: np.ndarray) -> None:
        owner, people, talks = block.owner, block.people, block.talks
        keys = _ids("accounts_contact", len(people.client))
        rows = len(keys)
        self.loaded.add(
            "accounts_contact",
            binary.copy_in(
                "accounts_contact",
                [
                    binary.whole("id", keys),
                    binary.whole("client_id", client_ids[people.client]),
                    binary.text("name", binary.encoded(people.name)),
                    binary.text("position", people.position),
                    binary.text("email", people.email),
                    binary.text("phone", people.phone),
                    binary.text("role", people.role),
                    binary.dates("left_on", _days(people.left_on)),
                    binary.constant("source", self.words.source, rows),
                    binary.whole("version", np.ones(rows, dtype=np.int64), 4),
                ],
            ),
        )
        authors = np.array([*(kam.pk for kam in self.kams), self.sellers[0].pk])
        for cut in _cut(len(talks.client)):
            part = taken(talks, cut)
            rows = len(part.client)
            self.loaded.add(
                "accounts_interaction",
                binary.copy_in(
                    "accounts_interaction",
                    [
                        binary.whole("client_id", client_ids[part.client]),
                        binary.whole("contact_id", keys[part.contact]),
                        binary.dates("date", _days(part.day)),
                        binary.text("kind", part.kind),
                        binary.text("subject", part.subject),
                        binary.text("text", part.text),
                        binary.whole("satisfaction", part.satisfaction, 2, part.satisfaction == 0),
                        binary.whole("author_id", authors[owner[part.client]]),
                        binary.constant("source", "", rows),
                        binary.constant("key", "", rows),
                        binary.moments("known_from", self.moments(part.day)),
                    ],
                ),
            )


def _days(days: np.ndarray) -> np.ndarray:
    """Days as datetime64[D]; −1 is NaT."""
    return np.where(days < 0, np.datetime64("NaT"), as_dates(days))


def _numbered(prefix: str, numbers: np.ndarray, width: int = 7) -> np.ndarray:
    """Numbers with leading zeros after a prefix and a hyphen, as bytes."""
    start = f"{prefix}-".encode() if prefix else b""
    table = np.empty((len(numbers), len(start) + width), dtype=np.uint8)
    table[:, : len(start)] = np.frombuffer(start, dtype=np.uint8)
    for place in range(width):
        table[:, len(start) + width - 1 - place] = ord("0") + numbers // 10**place % 10
    return table.view(f"S{table.shape[1]}").ravel()


def _numbered_by(prefixes: Sequence[str], code: np.ndarray, numbers: np.ndarray) -> np.ndarray:
    """Numbers whose prefix depends on a code."""
    texts = np.zeros(len(numbers), dtype=f"S{max(len(p.encode()) for p in prefixes) + 8}")
    for value, prefix in enumerate(prefixes):
        chosen = code == value
        texts[chosen] = _numbered(prefix, numbers[chosen])
    return texts
