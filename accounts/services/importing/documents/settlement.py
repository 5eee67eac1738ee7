"""Documents that a file says are settled: the payment in full follows from it.

Its key comes from the document's, so the same file brings no second payment; a document that is
no longer said to be settled takes the payment back.
"""

from __future__ import annotations

import datetime as dt
from hashlib import md5

from accounts.services.importing.payments import Receipt, withdraw_receipts, write_receipts

from .grouping import Documents
from .headers import Header, Headers
from .totals import REVENUE


def settle(documents: Documents, rows: Headers) -> None:
    """Write and withdraw payments by the column of settlement days, if the file has it."""
    load = documents.load
    if not load.has("settled"):
        return
    settled = documents.once("settled", max)
    receipts, open_keys = [], []
    for row in rows:
        if row.type not in REVENUE:
            continue
        day = settled[row.document]
        if day is None:
            open_keys.append(_key(row))
        else:
            receipts.append(_receipt(documents, row, day))
    write_receipts(load, receipts)
    withdraw_receipts(load, open_keys)


def _receipt(documents: Documents, row: Header, day: dt.date) -> Receipt:
    load, recorded = documents.load, documents.recorded[row.document]
    known_day = None if recorded is None else max(recorded, day)
    return Receipt(
        key=_key(row),
        client=row.client_id,
        number="",
        date=day,
        amount=row.gross,
        currency=row.currency,
        # The document's own rate, so that the payment is exactly what was open.
        rate=row.rate,
        document=row.number,
        known_from=load.known_from(day, known_day),
        changed_from=load.changed_from(known_day),
    )


def _key(row: Header) -> str:
    parts = "\x1f".join(map(str, (row.type, row.organisation_id, row.number, row.year)))
    return f"settled:{md5(parts.encode(), usedforsecurity=False).hexdigest()}"
