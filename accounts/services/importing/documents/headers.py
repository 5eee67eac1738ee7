"""What a document says as a whole: who, when, how much, and the checksum of it all."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from hashlib import md5
from typing import Any, NamedTuple

from accounts.importing.numbers_column import Column, column
from accounts.models import Document
from accounts.services.importing.load import CENT
from accounts.services.importing.rates import ONE
from accounts.services.importing.staging import new_ids

from .grouping import ZERO, Documents
from .lines import Lines, is_taxed

_LONGEST_MANAGER = 150


class Header(NamedTuple):
    """One document as it is written; amounts are in the company's currency.

    document: its number in the file. changed_from: since when it is known, if it is a new
    version of one that we have.
    """

    id: int
    client_id: int
    type: str
    organisation_id: int | None
    number: str
    year: int
    date: dt.date
    due: dt.date | None
    promised: dt.date | None
    shipped: dt.date | None
    manager: str
    agreement: str
    currency: str
    rate: Decimal
    net: Decimal
    vat: Decimal
    gross: Decimal
    discount: Decimal
    cost: Decimal
    costed_net: Decimal
    known_from: dt.datetime
    fingerprint: str
    changed_from: dt.datetime
    document: int


class Headers:
    """The headers of all sound documents, column by column; each is put together when it is asked
    for, because all of them at once would take as much memory as the lines."""

    def __init__(self, columns: Sequence[Sequence[Any]]):
        self._columns = columns

    def __len__(self) -> int:
        return len(self._columns[0])

    def __iter__(self) -> Iterator[Header]:
        return map(Header._make, zip(*self._columns, strict=True))


def header_rows(documents: Documents, lines: Lines, own: Mapping[str, int]) -> Headers:
    """The headers of all sound documents; ``own`` has the ids of our organisations."""
    load, sound = documents.load, documents.sound

    def pick(values: Sequence[Any]) -> list[Any]:
        return [values[document] for document in sound]

    dates, recorded = pick(documents.date), pick(documents.recorded)
    said = [
        pick(documents.client),
        pick(documents.type),
        [name and own[name] for name in pick(documents.organisation)],
        pick(documents.number),
        [date.year for date in dates],
        dates,
        pick(documents.once("due", max)),
        pick(documents.once("promised", max)),
        pick(_shipped(documents)),
        [(name or "")[:_LONGEST_MANAGER] for name in pick(documents.once("manager"))],
        [name or "" for name in pick(documents.once("agreement"))],
        pick(documents.currency),
    ]
    money = [
        column((values[document] for document in sound), len(sound))
        for values in _amounts(documents)
    ]
    return Headers(
        [
            new_ids(Document, len(sound)),
            *said,
            pick(documents.rate),
            *money,
            list(map(load.known_from, dates, recorded)),
            list(map(_fingerprint, zip(*said, strict=True), map(lines.of, sound))),
            list(map(load.changed_from, recorded)),
            sound,
        ]
    )


def _fingerprint(said: Iterable[Any], lines: Iterable[str]) -> str:
    """Checksum of all that a document says; the order of its lines is no part of it.

    When it was recorded and at what rate it was converted are not what the document says.
    """
    text = "\x1f".join(map(str, said)) + "\x1e" + "\x1e".join(sorted(lines))
    return md5(text.encode(), usedforsecurity=False).hexdigest()


def _shipped(documents: Documents) -> list[Any]:
    """A document is shipped when its last line is."""
    shipped = documents.once("shipped", max)
    if documents.load.has("shipped"):
        for document, value in zip(
            documents.document_of, documents.load.column("shipped"), strict=True
        ):
            if value is None:
                shipped[document] = None
    return shipped


def _amounts(documents: Documents) -> tuple[Column, ...]:
    """Net, VAT, gross, discount, cost and the net whose cost is known, of each document."""
    load = documents.load
    amounts, costs = load.column("amount"), load.column("cost")
    nothing = [ZERO] * len(documents)
    net = _money(documents, amounts)
    vat = _money(documents, load.column("vat")) if is_taxed(documents) else nothing
    # Rounded apart, net, VAT and gross could miss each other by a cent.
    gross = column((part + tax for part, tax in zip(net, vat, strict=True)), len(documents))
    costed = net
    if None in costs:
        known = (
            None if cost is None else amount for amount, cost in zip(amounts, costs, strict=True)
        )
        costed = _money(documents, known)
    return net, vat, gross, _discounts(documents), _money(documents, costs), costed


def _discounts(documents: Documents) -> Column:
    """What the discounts of each document come to."""
    load, names = documents.load, ("discount", "quantity", "unit_price")
    if not all(map(load.has, names)):
        return [ZERO] * len(documents)
    return _money(
        documents,
        (
            share * quantity * price if share and quantity and price else None
            for share, quantity, price in zip(*map(load.column, names), strict=True)
        ),
    )


def _money(documents: Documents, values: Iterable[Decimal | None]) -> Column:
    """Sums per document in the company's currency, rounded half-up to cents."""
    sums = (
        (amount if rate is ONE else amount * rate).quantize(CENT, ROUND_HALF_UP)
        for amount, rate in zip(documents.sums(values), documents.rate, strict=True)
    )
    return column(sums, len(documents))
