"""Put a demo workspace into the database, block by block, by binary COPY."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from django.conf import settings
from django.db import connection, transaction

from accounts.models import Client, Organisation, Product, ProductFamily, User
from kam.lib.copy import copy_out_binary
from kam.lib.periods import start_of_day

from . import binary, names, shapes, trading
from .calendar import as_dates, day_number, month_starts
from .people import create_people
from .words.vocabulary import Words

OWNED_PER_KAM = 38
OWNED_SHARE = 0.72  # of all served clients at most: the rest is served without a KAM
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
        loader = _Loader(words, size, loaded)
        blocks = shapes.plan(size, loader.trade)
        done = 0
        for number, clients in enumerate(blocks.sizes):
            loader.load_block(number, done, clients, blocks.thinning)
            done += clients
            if progress:
                progress(done, size.clients)
        return loaded


def trade_of(words: Words, currency: str) -> shapes.Trade:
    """The words' assortment as arrays.  Prices are in roubles; elsewhere one is a hundredth."""
    factor = 1.0 if currency == "RUB" else 0.01
    counts = [len(family.products) for family in words.families]
    return shapes.Trade(
        family=np.repeat(np.arange(len(counts)), counts),
        price=np.array(
            [price * 100 * factor for family in words.families for _, price in family.products]
        ),
        margin=np.repeat([family.margin for family in words.families], counts),
        cost_known=np.repeat([family.cost_known for family in words.families], counts),
        season=np.array([segment.season for segment in words.segments]),
        segment_shares=np.array([segment.share for segment in words.segments]),
        city_shares=np.array([city.share for city in words.cities]),
        vat_per_cent=words.vat_per_cent,
        price_factor=factor,
    )


def _ids(table: str, rows: int) -> np.ndarray:
    """Fresh primary keys from the table's sequence, ascending."""
    query = (
        f"SELECT nextval(pg_get_serial_sequence('{table}', 'id')) "
        f"FROM generate_series(1, {int(rows)})"
    )
    return np.sort(copy_out_binary(query, ["i8"])[0]) if rows else np.zeros(0, dtype=np.int64)


def _cut(rows: int) -> Iterator[slice]:
    return (slice(start, start + ROWS_PER_COPY) for start in range(0, rows, ROWS_PER_COPY))


class _Loader:
    """Everything that stays the same from block to block."""

    def __init__(self, words: Words, size: shapes.Size, loaded: Loaded):
        self.words, self.size, self.loaded = words, size, loaded
        self.currency = settings.COMPANY_CURRENCY
        self.trade = trade_of(words, self.currency)
        self.numbers = trading.Numbers()
        self.payments = 0
        self.today = day_number(size.as_of)
        self.first_day = int(month_starts(size.as_of, size.months)[0])
        days = np.arange(self.first_day - 400, self.today + 2)
        self._day_starts = np.array(
            [int(start_of_day(day).timestamp()) for day in as_dates(days).tolist()]
        ).astype("datetime64[s]")
        self._first_known = int(days[0])
        self.kams = [person for person in loaded.people if person.role == User.Role.KAM]
        self.sellers = [person for person in loaded.people if person.function == "sales"]
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

    def load_block(self, number: int, before: int, n: int, thinning: float) -> None:
        """One block of clients and all that hangs on them."""
        rng = np.random.default_rng([self.size.seed, number + 1])
        clients = shapes.make_clients(rng, self.trade, self.size, n, thinning)
        who = names.identities(rng, self.words, clients, before)
        owner, team = self._owners(rng, clients)
        ids = self._clients(rng, clients, who, owner, team, before)
        documents, lines, payments = trading.make_trading(
            rng, clients, self.trade, self.size, self.numbers
        )
        self._documents(clients, documents, lines, ids, owner)
        self._payments(payments, ids)
        self._conversations(rng, clients, who, ids, owner)

    def _owners(
        self, rng: np.random.Generator, clients: shapes.Clients
    ) -> tuple[np.ndarray, np.ndarray]:
        """Index into ``kams`` (−1 none) and team id (0 none) of each client.

        The largest are cared for by a KAM, and some small ones; members of a group go together.
        """
        n = len(clients)
        city_team = np.array([city.team for city in self.words.cities])
        leader = np.arange(n)
        for group in range(clients.group.max() + 1):
            members = np.flatnonzero(clients.group == group)
            leader[members] = members[np.argmax(clients.size[members])]
        team = city_team[clients.city[leader]]
        wanted = min(len(self.kams) * OWNED_PER_KAM * n / self.size.clients, OWNED_SHARE * n)
        weight = clients.size[leader] + rng.normal(0, 0.08, n)[leader]
        cared = np.argsort(-weight, kind="stable")[: int(np.ceil(wanted))]
        owner = np.full(n, -1)
        turn = [0, 0]
        by_team = [
            [place for place, kam in enumerate(self.kams) if kam.team_id == team_id]
            for team_id in self._team_ids()
        ]
        for client in cared[leader[cared] == cared]:
            choice = by_team[team[client]]
            owner[client] = choice[turn[team[client]] % len(choice)]
            turn[team[client]] += 1
        owner = owner[leader]
        nobody = (owner < 0) & (rng.random(n) < 0.04)[leader]
        return owner, np.where(nobody, 0, np.array(self._team_ids())[team])

    def _team_ids(self) -> Sequence[int]:
        return [
            next(kam.team_id for kam in self.loaded.people if kam.team_id and kam.team.name == name)
            for name in self.words.teams
        ]

    def _clients(
        self,
        rng: np.random.Generator,
        clients: shapes.Clients,
        who: names.Identities,
        owner: np.ndarray,
        team: np.ndarray,
        before: int,
    ) -> np.ndarray:
        """Groups, clients, their ids in our books, memberships; the clients' primary keys."""
        n, groups = len(clients), len(who.group_name)
        ids = _ids("accounts_client", groups + n)
        group_ids, client_ids = ids[:groups], ids[groups:]
        first = np.array(
            [np.flatnonzero(clients.group == group)[0] for group in range(groups)], dtype=np.int64
        )
        # Every fourth group has lost a member: it keeps the past, and is on its own today.
        since, until = self._membership_days(rng, clients)
        inside = (clients.group >= 0) & (until < 0)
        lifecycle = np.array([LIFECYCLES.get(story, "active") for story in range(9)], dtype=bytes)
        created = np.where(
            clients.story == shapes.PROSPECT,
            self.today - rng.integers(10, 300, n),
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
                        binary.whole("team_id", team[chosen], 8, team[chosen] == 0),
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
        self._identifiers(client_ids, before)
        self._memberships(clients, client_ids, group_ids, since, until)
        return client_ids

    def _membership_days(
        self, rng: np.random.Generator, clients: shapes.Clients
    ) -> tuple[np.ndarray, np.ndarray]:
        """From when to when (−1: still) each client belongs to its group."""
        n, span = len(clients), self.today - self.first_day
        bought_later = rng.random(n) < 0.25
        middle = self.first_day + (span * rng.uniform(0.3, 0.7, n)).astype(np.int64)
        since = np.where(bought_later, middle, self.first_day - 60)
        until = np.full(n, -1)
        for group in range(0, clients.group.max() + 1, 4):
            members = np.flatnonzero(clients.group == group)
            if len(members) > 2:
                until[members[-1]] = self.today - span // 6
                since[members[-1]] = self.first_day - 60
        return since, until

    def _identifiers(self, client_ids: np.ndarray, before: int) -> None:
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

    def _memberships(
        self,
        clients: shapes.Clients,
        client_ids: np.ndarray,
        group_ids: np.ndarray,
        since: np.ndarray,
        until: np.ndarray,
    ) -> None:
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

    def _documents(
        self,
        clients: shapes.Clients,
        documents: trading.Documents,
        lines: trading.Lines,
        client_ids: np.ndarray,
        owner: np.ndarray,
    ) -> None:
        keys = _ids("accounts_document", len(documents))
        types = np.array(trading.TYPES, dtype=bytes)
        prefixes = [self.words.prefixes[name] for name in trading.TYPES]
        numbers = _numbered_by(prefixes, documents.type, documents.number)
        managers = binary.encoded([*(kam.name for kam in self.kams), ""])
        agreements = self._agreements(clients)
        for cut in _cut(len(documents)):
            part = replace_arrays(documents, cut)
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
            part = replace_arrays(lines, cut)
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

    def _payments(self, payments: trading.Payments, client_ids: np.ndarray) -> None:
        rows = len(payments)
        if not rows:
            return
        numbers = np.arange(self.payments, self.payments + rows) + 1
        self.payments += rows
        own = _numbered(self.words.prefixes["payment"], numbers)
        invoice = _numbered(self.words.prefixes["invoice"], np.maximum(payments.invoice, 0))
        named = np.where(payments.invoice < 0, b"", invoice)
        for cut in _cut(rows):
            part = replace_arrays(payments, cut)
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

    def _conversations(
        self,
        rng: np.random.Generator,
        clients: shapes.Clients,
        who: names.Identities,
        client_ids: np.ndarray,
        owner: np.ndarray,
    ) -> None:
        people = names.contacts(rng, self.words, clients, who, self.today)
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
        talks = names.interactions(
            rng, self.words, clients, people, owner >= 0, (self.first_day, self.today)
        )
        authors = np.array([*(kam.pk for kam in self.kams), self.sellers[0].pk])
        for cut in _cut(len(talks.client)):
            part = replace_arrays(talks, cut)
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


def replace_arrays(columns, cut: slice):
    """The same dataclass of arrays, of these rows only."""
    return replace(columns, **{name: values[cut] for name, values in vars(columns).items()})


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
