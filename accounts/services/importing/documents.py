"""Documents with their lines: assembled, compared with what is known, written as versions.

The rows are grouped into documents in memory, because the reader has them there already and a
document is small; only headers are staged and compared in SQL, by fingerprint.  Lines of new and
changed documents then go straight to the ledger by COPY, once, with their final ids: staging
half a million lines first would write them twice.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from hashlib import md5
from itertools import repeat
from typing import Any

from django.conf import settings

from accounts.models import Document

from . import clients as client_list
from .clients import Book, Entity
from .load import CENT, LARGEST_AMOUNT, LARGEST_QUANTITY, Load, numbered
from .organisations import organisations
from .payments import Receipt, withdraw_receipts, write_receipts
from .products import Mention, Shelf
from .rates import ONE, Rates
from .resolution import Ambiguous, Reference
from .staging import copy_lines, fetch, new_ids, run, stage

ZERO = Decimal(0)
_MILLIONTH = Decimal("0.000001")
REVENUE = (Document.Type.INVOICE.value, Document.Type.CREDIT_NOTE.value)

_HEADER = {
    "id": "bigint",
    "client_id": "bigint",
    "type": "text",
    "organisation_id": "bigint",
    "number": "text",
    "year": "smallint",
    "date": "date",
    "due": "date",
    "promised": "date",
    "shipped": "date",
    "manager": "text",
    "agreement": "text",
    "currency": "text",
    "rate": "numeric",
    "net": "numeric",
    "vat": "numeric",
    "gross": "numeric",
    "discount": "numeric",
    "cost": "numeric",
    "costed_net": "numeric",
    "known_from": "timestamptz",
    "fingerprint": "text",
}
_PLACE = {name: index for index, name in enumerate(_HEADER)}
_LINE = ("product_id", "quantity", "unit_price", "discount", "net", "vat", "gross", "cost")


@dataclass(slots=True)
class Headers:
    """What is said once per document; lists of one value per document."""

    first: list[int]  # position of the first row
    type: list[str]
    organisation: list[str | None]
    number: list[str]
    date: list[Any]
    currency: list[str]
    rate: list[Decimal]
    recorded: list[Any]
    client: list[int | None]


def load_documents(load: Load) -> None:
    """Write documents, the clients and products they name, and payments of settled ones."""
    documents = _Documents(load)
    documents.check_headers()
    documents.find_clients()
    documents.check_amounts()
    documents.write()


class _Documents:
    def __init__(self, load: Load):
        self.load = load
        rows = len(load)
        index: dict[tuple, int] = {}
        numbers, dates = load.column("number"), load.column("date")
        keys = zip(
            load.column("type"),
            load.column("organisation"),
            numbers,
            [date.year for date in dates],
            strict=True,
        )
        self.document_of = [index.setdefault(key, len(index)) for key in keys]
        first: list[int] = []
        for position, document in enumerate(self.document_of):
            if document == len(first):
                first.append(position)
        self.size = len(first)
        currencies = [currency or settings.COMPANY_CURRENCY for currency in load.column("currency")]
        self.currencies = currencies
        self.headers = Headers(
            first=first,
            type=[key[0] for key in index],
            organisation=[key[1] for key in index],
            number=[key[2] for key in index],
            date=[dates[position] for position in first],
            currency=[currencies[position] for position in first],
            rate=[ONE] * self.size,
            recorded=[load.column("recorded")[position] for position in first],
            client=[None] * self.size,
        )
        self.refused: set[int] = set()
        self.waiting: set[int] = set()
        self.row_clients: list[int | None] = [None] * rows
        self.book: Book | None = None
        # Without VAT, gross is net.
        self.taxed = load.table.meta.vat != "none"

    # --- what is wrong ---------------------------------------------------------------------

    def _refuse(
        self, document: int, position: int, column: str | None, code: str, **params
    ) -> None:
        if document not in self.refused:
            self.refused.add(document)
            self.load.error(position, column, code, **params)

    def _agree(self, column: str, values: Sequence[Any], heads: Sequence[Any], code: str) -> None:
        """Refuse documents whose rows differ in what a document says once."""
        differing = [
            position
            for position, (document, value) in enumerate(zip(self.document_of, values, strict=True))
            if value != heads[document]
        ]
        for position in differing:
            document = self.document_of[position]
            number = self.headers.number[document]
            self._refuse(document, position, column, code, number=number)

    def check_headers(self) -> None:
        load, headers = self.load, self.headers
        self._agree("date", load.column("date"), headers.date, "document.dates_differ")
        if load.has("currency"):
            self._agree("currency", self.currencies, headers.currency, "document.currencies_differ")
        if load.has("recorded"):
            self._agree(
                "recorded", load.column("recorded"), headers.recorded, "document.recorded_differ"
            )
        rates = Rates(set(headers.currency) - {settings.COMPANY_CURRENCY})
        for document, (currency, date) in enumerate(
            zip(headers.currency, headers.date, strict=True)
        ):
            rate = rates.at(currency, date)
            if rate is None:
                position = headers.first[document]
                self._refuse(
                    document,
                    position,
                    "currency",
                    "currency.no_rate",
                    currency=currency,
                    date=date.isoformat(),
                )
            else:
                headers.rate[document] = rate

    def find_clients(self) -> None:
        """The client of each document; those it names and nobody knows are made."""
        load = self.load
        references, used = load.references()
        self.book = book = Book(load.source, references)
        # Where a reference is used first; those of refused documents only make nobody.
        first: dict[int, int] = {}
        for position, (number, document) in enumerate(zip(used, self.document_of, strict=True)):
            if number not in first and document not in self.refused:
                first[number] = position
        countries = load.column("client_country")
        unknown: set[tuple[str, str]] = set()
        resolved: list[int | None] = [None] * len(references)
        ambiguous: set[int] = set()
        for number, position in first.items():
            reference = references[number]
            try:
                client = book.clients.find(reference)
            except Ambiguous:
                ambiguous.add(number)
                continue
            if client is None and reference.names_somebody:
                code = client_list.country_code(
                    load, position, "client_country", countries, unknown
                )
                client = book.make(_entity(reference, code))
            if client is not None:
                book.identify(client, reference.external_id)
            resolved[number] = client
        if ambiguous:
            for position, number in enumerate(used):
                if number in ambiguous:
                    document, words = self.document_of[position], references[number].words()
                    self._refuse(document, position, None, "client.ambiguous", reference=words)
        rows = [resolved[number] for number in used]
        heads = self.headers.client
        for document, client in zip(self.document_of, rows, strict=True):
            if heads[document] is None:
                heads[document] = client
        if None in rows:
            # A line that names nobody belongs to the client of its document.
            rows = [
                heads[document] if client is None else client
                for document, client in zip(self.document_of, rows, strict=True)
            ]
        self._agree("client", rows, heads, "document.clients_differ")
        self.waiting = {
            document
            for document, client in enumerate(heads)
            if client is None and document not in self.refused
        }
        if self.waiting:
            load.quarantine.extend(
                position
                for position, document in enumerate(self.document_of)
                if document in self.waiting
            )

    def check_amounts(self) -> None:
        for name, limit in (
            ("amount", LARGEST_AMOUNT),
            ("gross", LARGEST_AMOUNT),
            ("cost", LARGEST_AMOUNT),
            ("quantity", LARGEST_QUANTITY),
            ("unit_price", LARGEST_QUANTITY),
        ):
            # A hundredth of the limit leaves room for the sum of a document and for its rate.
            bound = limit / 100
            for position, value in enumerate(self.load.table.frame.get(name, ())):
                if value is not None and not -bound < value < bound:
                    self._refuse(self.document_of[position], position, name, "number.too_large")

    # --- what is written -------------------------------------------------------------------

    def _sums(self, values: Iterable[Decimal | None]) -> list[Decimal]:
        sums = [ZERO] * self.size
        for document, value in zip(self.document_of, values, strict=True):
            if value is not None:
                sums[document] += value
        return sums

    def _money(self, values: Iterable[Decimal | None]) -> list[Decimal]:
        """Sums per document in the company's currency, rounded half-up to cents."""
        return [
            (amount * rate).quantize(CENT, ROUND_HALF_UP)
            for amount, rate in zip(self._sums(values), self.headers.rate, strict=True)
        ]

    def _once(self, name: str, choose: Callable | None = None) -> list[Any]:
        """A header field: the first row that has it, or ``choose`` between two that differ."""
        found: list[Any] = [None] * self.size
        if self.load.has(name):
            for document, value in zip(self.document_of, self.load.column(name), strict=True):
                if value is None:
                    continue
                old = found[document]
                if old is None:
                    found[document] = value
                elif choose is not None and value != old:
                    found[document] = choose(old, value)
        return found

    def _shipped(self) -> list[Any]:
        """A document is shipped when its last line is."""
        shipped = self._once("shipped", max)
        if self.load.has("shipped"):
            for document, value in zip(self.document_of, self.load.column("shipped"), strict=True):
                if value is None:
                    shipped[document] = None
        return shipped

    def _products(self) -> tuple[Shelf | None, list[int | None]]:
        load = self.load
        if not (load.has("product") or load.has("product_name")):
            return None, [None] * len(load)
        names = ("product", "product_name", "family")
        different, used = numbered(map(load.column, names))
        mentions = list(map(Mention._make, ((*cells, None) for cells in different)))
        left_out = self.refused | self.waiting
        wanted = set(range(len(mentions)))
        if left_out:
            wanted = {
                number
                for number, document in zip(used, self.document_of, strict=True)
                if document not in left_out
            }
        shelf = Shelf(load.source, (mentions[number] for number in wanted))
        products = [
            shelf.find(mention) if number in wanted else None
            for number, mention in enumerate(mentions)
        ]
        return shelf, [products[number] for number in used]

    def write(self) -> None:
        load, headers = self.load, self.headers
        left_out = self.refused | self.waiting
        sound = [document for document in range(self.size) if document not in left_out]
        shelf, products = self._products()
        if shelf is not None:
            shelf.write(load.report.counts("products"))
        assert self.book is not None
        named = {headers.client[document] for document in sound}
        clients = load.report.counts("clients")
        clients.created += self.book.write(only=named)
        clients.unchanged += len(named) - clients.created
        own = organisations({headers.organisation[document] for document in sound} - {None})

        lines = self._line_texts(products)
        grouped: list[list[str]] = [[] for _ in range(self.size)]
        for document, line in zip(self.document_of, lines, strict=True):
            grouped[document].append(line)
        del lines
        rows = self._header_rows(sound, own, grouped)
        written = _write_headers(load, rows)
        detailed = self._detailed(products)
        copy_lines(
            "accounts_line",
            ["document_id", "client_id", "date", "position", *_LINE],
            self._ledger_lines(written, grouped, detailed),
        )
        run(
            """
            UPDATE accounts_client c SET lifecycle = 'active', version = c.version + 1
              FROM (SELECT DISTINCT client_id FROM staged_document WHERE type = 'invoice') s
             WHERE c.id = s.client_id AND c.lifecycle = 'prospect'
            """
        )
        self._totals(sound, rows)
        self._settle(sound, rows)

    def _line_texts(self, products: list[int | None]) -> list[str]:
        """Every line as COPY writes it: from the product to the cost, in its own currency."""
        load = self.load
        net = list(_texts(load.column("amount")))
        return list(
            map(
                "\t".join,
                zip(
                    (r"\N" if product is None else str(product) for product in products),
                    _texts(load.column("quantity")),
                    _texts(load.column("unit_price")),
                    _texts(load.column("discount"), "0"),
                    net,
                    _texts(load.column("vat"), "0") if self.taxed else repeat("0", len(load)),
                    _texts(load.column("gross")) if self.taxed else net,
                    _texts(load.column("cost")),
                    strict=True,
                ),
            )
        )

    def _header_rows(
        self, sound: list[int], own: dict[str, int], grouped: list[list[str]]
    ) -> list[tuple]:
        load, headers = self.load, self.headers
        ids = new_ids(Document, len(sound))
        amounts = load.column("amount")
        costs = load.column("cost")
        net = self._money(amounts)
        vat = self._money(load.column("vat")) if self.taxed else [ZERO] * self.size
        costed = net
        if None in costs:
            known = (
                None if cost is None else amount
                for amount, cost in zip(amounts, costs, strict=True)
            )
            costed = self._money(known)
        # Rounded apart, net, VAT and gross could miss each other by a cent.
        gross = [part + tax for part, tax in zip(net, vat, strict=True)]
        money = (net, vat, gross, self._discounts(), self._money(costs), costed)
        fields = [
            self._once("due", max),
            self._once("promised", max),
            self._shipped(),
            [manager and manager[:150] for manager in self._once("manager")],
            self._once("agreement"),
        ]
        rows = []
        for number, document in zip(ids, sound, strict=True):
            date, organisation = headers.date[document], headers.organisation[document]
            said = (
                headers.client[document],
                headers.type[document],
                own[organisation] if organisation else None,
                headers.number[document],
                date.year,
                date,
                *(field[document] for field in fields[:3]),
                fields[3][document] or "",
                fields[4][document] or "",
                headers.currency[document],
            )
            recorded = headers.recorded[document]
            rows.append(
                (
                    number,
                    *said,
                    headers.rate[document],
                    *(column[document] for column in money),
                    load.known_from(date, recorded),
                    _fingerprint(said, grouped[document]),
                    load.changed_from(recorded),
                )
            )
        return rows

    def _discounts(self) -> list[Decimal]:
        """What the discounts of each document come to."""
        load = self.load
        if not (load.has("discount") and load.has("quantity") and load.has("unit_price")):
            return [ZERO] * self.size
        columns = map(load.column, ("discount", "quantity", "unit_price"))
        return self._money(
            share * quantity * price if share and quantity and price else None
            for share, quantity, price in zip(*columns, strict=True)
        )

    def _detailed(self, products: list[int | None]) -> list[bool]:
        """Which documents have lines worth keeping: more than one row, a product or a quantity."""
        detailed = [False] * self.size
        for position, (document, product, quantity) in enumerate(
            zip(self.document_of, products, self.load.column("quantity"), strict=True)
        ):
            if (
                product is not None
                or quantity is not None
                or position != self.headers.first[document]
            ):
                detailed[document] = True
        return detailed

    def _ledger_lines(
        self, written: dict[int, int], grouped: list[list[str]], detailed: list[bool]
    ) -> Iterator[str]:
        headers = self.headers
        left_out = self.refused | self.waiting
        sound = (document for document in range(self.size) if document not in left_out)
        for place, document in enumerate(sound):
            number = written.get(place)
            if number is None or not detailed[document]:
                continue
            head = f"{number}\t{headers.client[document]}\t{headers.date[document]}\t"
            rate = headers.rate[document]
            for position, line in enumerate(grouped[document], start=1):
                text = line if rate == ONE else _converted(line, rate)
                yield f"{head}{position}\t{text}\n"

    def _totals(self, sound: list[int], rows: list[tuple]) -> None:
        totals = {name: Decimal("0.00") for name in ("gross", "credits", "net", "vat", "with_vat")}
        types = dict.fromkeys(Document.Type.values, 0)
        for row in rows:
            kind, net = row[_PLACE["type"]], row[_PLACE["net"]]
            types[kind] += 1
            if kind not in REVENUE:
                continue
            if kind == Document.Type.INVOICE:
                totals["gross"] += net
            else:
                totals["credits"] -= net
            totals["net"] += net
            totals["vat"] += row[_PLACE["vat"]]
            totals["with_vat"] += row[_PLACE["gross"]]
        self.load.report.totals |= {
            "documents": len(sound),
            "invoices": types["invoice"],
            "credit_notes": types["credit_note"],
            "orders": types["order"],
            "payment_requests": types["payment_request"],
            **totals,
        }

    def _settle(self, sound: list[int], rows: list[tuple]) -> None:
        """A settled document was paid in full that day: the payment follows from it.

        Its key comes from the document's, so the same file brings no second payment; a document
        that is no longer said to be settled takes the payment back.
        """
        load, headers = self.load, self.headers
        if not load.has("settled"):
            return
        settled = self._once("settled", max)
        receipts, open_keys = [], []
        for document, row in zip(sound, rows, strict=True):
            if headers.type[document] not in REVENUE:
                continue
            key = _receipt_key(row)
            day = settled[document]
            if day is None:
                open_keys.append(key)
                continue
            recorded = headers.recorded[document]
            known_day = None if recorded is None else max(recorded, day)
            receipts.append(
                Receipt(
                    key=key,
                    client=row[_PLACE["client_id"]],
                    number="",
                    date=day,
                    amount=row[_PLACE["gross"]],
                    currency=headers.currency[document],
                    # The document's own rate, so that the payment is exactly what was open.
                    rate=headers.rate[document],
                    document=headers.number[document],
                    known_from=load.known_from(day, known_day),
                    changed_from=load.changed_from(known_day),
                )
            )
        write_receipts(load, receipts)
        withdraw_receipts(load, open_keys)


def _entity(reference: Reference, country: str) -> Entity:
    inn, name = reference.inn or "", reference.name or ""
    return Entity(
        kind=client_list.kind_of(inn, name),
        name=name or reference.external_id or inn,
        inn=inn,
        kpp=reference.kpp or "",
        country=country,
    )


def _texts(values: Iterable[Decimal | None], absent: str = r"\N") -> Iterator[str]:
    """Numbers in one spelling, so that 1.50 and 1.5 are the same fact."""
    return (absent if value is None else str(value.normalize()) for value in values)


def _fingerprint(said: tuple, lines: list[str]) -> str:
    """Checksum of all that a document says; the order of its lines is no part of it.

    When it was recorded and at what rate it was converted are not what the document says.
    """
    text = "\x1f".join(map(str, said)) + "\x1e" + "\x1e".join(sorted(lines))
    return md5(text.encode(), usedforsecurity=False).hexdigest()


def _receipt_key(row: tuple) -> str:
    parts = [str(row[_PLACE[name]]) for name in ("type", "organisation_id", "number", "year")]
    digest = md5("\x1f".join(parts).encode(), usedforsecurity=False).hexdigest()
    return f"settled:{digest}"


def _converted(line: str, rate: Decimal) -> str:
    """A line in the company's currency: price, net, VAT, gross and cost."""
    cells = line.split("\t")
    for place in (2, 4, 5, 6, 7):
        if cells[place] != r"\N":
            amount = Decimal(cells[place]) * rate
            cells[place] = str(amount.quantize(_MILLIONTH, ROUND_HALF_UP))
    return "\t".join(cells)


def _write_headers(load: Load, rows: list[tuple]) -> dict[int, int]:
    """Insert new documents and new versions of changed ones.

    Returns the ids of the documents written, by their place in ``rows``.
    """
    stage("staged_document", _HEADER | {"changed_from": "timestamptz"}, rows)
    run(
        """
        ALTER TABLE staged_document ADD previous bigint, ADD previous_client bigint,
              ADD version integer NOT NULL DEFAULT 1, ADD same boolean
        """
    )
    # Two statements, because "equal or both absent" would keep the index of the key unused.
    for organisation in (
        "s.organisation_id IS NULL AND d.organisation_id IS NULL",
        "s.organisation_id = d.organisation_id",
    ):
        run(
            f"""
            UPDATE staged_document s
               SET previous = d.id, previous_client = d.client_id, version = d.version + 1,
                   same = d.fingerprint = s.fingerprint,
                   known_from = greatest(d.known_from, s.changed_from)
              FROM accounts_document d
             WHERE d.source = %s AND d.type = s.type AND {organisation}
               AND d.number = s.number AND d.year = s.year AND d.known_to IS NULL
            """,
            [load.source],
        )
    run("DELETE FROM staged_document WHERE same")
    run(
        """
        UPDATE accounts_document d SET known_to = s.known_from
          FROM staged_document s WHERE d.id = s.previous
        """
    )
    inserted = ", ".join(_HEADER)
    run(
        f"""
        INSERT INTO accounts_document ({inserted}, source, version, batch_id, paid)
        SELECT {inserted}, %s, version, %s, 0 FROM staged_document ORDER BY id
        """,
        [load.source, load.batch_id],
    )
    written = fetch("SELECT id, previous, client_id, previous_client FROM staged_document")
    counts = load.report.counts("documents")
    for _number, previous, client, previous_client in written:
        counts.created += previous is None
        counts.updated += previous is not None
        load.touched.add(client)
        if previous_client is not None:
            load.touched.add(previous_client)
    counts.unchanged += len(rows) - len(written)
    place = {row[0]: index for index, row in enumerate(rows)}
    return {place[number]: number for number, *_rest in written}
