"""Payments: those of a file of payments, and those that settled documents imply."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal
from hashlib import md5
from typing import Any, NamedTuple

from accounts.models import Document
from kam.lib.company import company

from .load import CENT, LARGEST_AMOUNT, Load
from .rates import Rates
from .staging import fetch, run, stage

_RECEIPT = {
    "key": "text",
    "client_id": "bigint",
    "number": "text",
    "date": "date",
    "amount": "numeric",
    "currency": "text",
    "rate": "numeric",
    "document_number": "text",
    "known_from": "timestamptz",
    "changed_from": "timestamptz",
    "fingerprint": "text",
}


class Receipt(NamedTuple):
    """A payment to be written; ``amount`` is in the company's currency, negative if returned."""

    key: str
    client: int
    number: str
    date: dt.date
    amount: Decimal
    currency: str
    rate: Decimal
    document: str
    known_from: dt.datetime
    changed_from: dt.datetime

    @property
    def fingerprint(self) -> str:
        said = (self.client, self.number, self.date, self.amount, self.currency, self.document)
        return _checksum(*said)


def _checksum(*parts: Any) -> str:
    return md5("\x1f".join(map(str, parts)).encode(), usedforsecurity=False).hexdigest()


def load_payments(load: Load) -> None:
    """Write a list of payments.

    A payment is known again by number, date, client and the document it names; without a number
    by its amount as well.  Rows that agree in this are told apart by their order of amount.
    """
    rows = _rows(load)
    groups: dict[tuple, list[tuple[Decimal, int, Receipt]]] = defaultdict(list)
    first_rows: dict[tuple, int] = {}
    for position, receipt in rows:
        identity = (receipt.number, receipt.date, receipt.client, receipt.document)
        if receipt.number:
            twin = (*identity, receipt.amount, receipt.currency)
            if twin in first_rows:
                first = load.table.rows[first_rows[twin]]
                load.warn(position, "number", "payment.duplicate", first=first)
                continue
            first_rows[twin] = position
        else:
            identity = (*identity, receipt.amount)
        groups[identity].append((receipt.amount, position, receipt))
    receipts = [
        receipt._replace(key=_checksum(*identity, place))
        for identity, members in groups.items()
        for place, (_amount, _position, receipt) in enumerate(sorted(members, key=_by_amount))
    ]
    write_receipts(load, receipts)
    load.report.totals |= {
        "payments": len(receipts),
        "amount": sum((receipt.amount for receipt in receipts), Decimal("0.00")),
    }


def _by_amount(member: tuple[Decimal, int, Receipt]) -> tuple[Decimal, int]:
    return member[0], member[1]


def _rows(load: Load) -> list[tuple[int, Receipt]]:
    """The sound payments of the file by position, their keys still empty."""
    _read_clients_from_documents(load)
    clients = load.known_clients()
    currencies = [currency or company().currency for currency in load.column("currency")]
    rates = Rates(set(currencies) - {company().currency})
    rows = []
    for position, (client, number, date, amount, currency, document, recorded) in enumerate(
        zip(
            clients,
            load.column("number"),
            load.column("date"),
            load.column("amount"),
            currencies,
            load.column("document"),
            load.column("recorded"),
            strict=True,
        )
    ):
        if client is None:
            continue
        if abs(amount) >= LARGEST_AMOUNT / 100:
            load.error(position, "amount", "number.too_large")
            continue
        rate = rates.at(currency, date)
        if rate is None:
            day = date.isoformat()
            load.error(position, "currency", "currency.no_rate", currency=currency, date=day)
            continue
        receipt = Receipt(
            key="",
            client=client,
            number=number or "",
            date=date,
            amount=(amount * rate).quantize(CENT, ROUND_HALF_UP),
            currency=currency,
            rate=rate,
            document=document or "",
            known_from=load.known_from(date, recorded),
            changed_from=load.changed_from(recorded),
        )
        rows.append((position, receipt))
    return rows


def _read_clients_from_documents(load: Load) -> None:
    """Give rows that name only a document the client of that document.

    Only where exactly one client of this source has a document of that number.
    """
    references, used = load.references()
    nameless = {
        position: number
        for position, (number, reference) in enumerate(
            zip(load.column("document"), used, strict=True)
        )
        if number and not references[reference].names_somebody
    }
    if not nameless:
        return
    owners: dict[str, set[int]] = defaultdict(set)
    rows = Document.objects.filter(
        source=load.source, number__in=set(nameless.values()), known_to=None
    ).order_by()
    for number, client in rows.values_list("number", "client_id"):
        owners[number].add(client)
    load.clients_given = {
        position: next(iter(owners[number]))
        for position, number in nameless.items()
        if len(owners[number]) == 1
    } | load.clients_given


def write_receipts(load: Load, receipts: Iterable[Receipt]) -> None:
    """Insert new payments and new versions of changed ones."""
    columns = ", ".join(name for name in _RECEIPT if name != "changed_from")
    stage("staged_payment", _RECEIPT, ((*receipt, receipt.fingerprint) for receipt in receipts))
    run(
        """
        ALTER TABLE staged_payment ADD previous bigint, ADD previous_client bigint,
              ADD version integer NOT NULL DEFAULT 1, ADD same boolean
        """
    )
    run(
        """
        UPDATE staged_payment s
           SET previous = p.id, previous_client = p.client_id, version = p.version + 1,
               same = p.fingerprint = s.fingerprint,
               known_from = greatest(p.known_from, s.changed_from)
          FROM accounts_payment p
         WHERE p.source = %s AND p.key = s.key AND p.known_to IS NULL
        """,
        [load.source],
    )
    counts = load.report.counts("payments")
    counts.unchanged += run("DELETE FROM staged_payment WHERE same")
    run(
        """
        UPDATE accounts_payment p SET known_to = s.known_from
          FROM staged_payment s WHERE p.id = s.previous
        """
    )
    run(
        f"""
        INSERT INTO accounts_payment ({columns}, source, version, batch_id)
        SELECT {columns}, %s, version, %s FROM staged_payment ORDER BY date, key
        """,
        [load.source, load.batch_id],
    )
    for previous, client, previous_client in fetch(
        "SELECT previous, client_id, previous_client FROM staged_payment"
    ):
        counts.created += previous is None
        counts.updated += previous is not None
        load.touched.update({client, previous_client or client})


def withdraw_receipts(load: Load, keys: list[str]) -> None:
    """End the payments of these keys: their documents are no longer said to be settled."""
    if not keys:
        return
    stage("staged_open", {"key": "text"}, ((key,) for key in keys))
    clients = fetch(
        """
        UPDATE accounts_payment p SET known_to = %s FROM staged_open s
         WHERE p.source = %s AND p.key = s.key AND p.known_to IS NULL RETURNING p.client_id
        """,
        [load.now, load.source],
    )
    load.report.counts("payments").updated += len(clients)
    load.touched.update(client for (client,) in clients)
