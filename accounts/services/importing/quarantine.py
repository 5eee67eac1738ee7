"""Rows that name no client we know: kept once, shown, and let go when their client is known."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections import Counter
from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from accounts.models import QuarantinedRow

from .load import Load
from .staging import run, stage

_REVENUE = (None, "invoice", "credit_note")


def keep_waiting(load: Load) -> None:
    """Keep the rows of a file that wait, drop those that waited and now have their client."""
    waits_already = QuarantinedRow.objects.filter(source=load.source, kind=load.table.kind).exists()
    if not load.waiting and not waits_already:
        return
    kept = []
    for position, fingerprint, data in _fingerprints(load):
        amount = _amount(load, position)
        if position in load.waiting:
            load.report.quarantined_rows += 1
            load.report.waiting.append(load.table.rows[position])
            load.report.quarantined_amount += amount or 0
        date = load.column("date")[position]
        known = load.now
        if date is not None:
            known = load.known_from(date, load.column("recorded")[position])
        row = load.table.rows[position]
        waiting = position in load.waiting
        kept.append((row, fingerprint, date, amount, known, data if waiting else None))
    stage(
        "staged_quarantine",
        {
            "number": "integer",
            "fingerprint": "text",
            "day": "date",
            "amount": "numeric",
            "known_from": "timestamptz",
            "data": "jsonb",
        },
        kept,
    )
    run(
        """
        DELETE FROM accounts_quarantinedrow q USING staged_quarantine s
         WHERE q.source = %s AND q.kind = %s AND q.fingerprint = s.fingerprint
           AND s.data IS NULL
        """,
        [load.source, load.table.kind],
    )
    run(
        """
        INSERT INTO accounts_quarantinedrow
               (batch_id, source, kind, row, fingerprint, date, amount, known_from, data)
        SELECT %s, %s, %s, number, fingerprint, day, amount, known_from, data
          FROM staged_quarantine WHERE data IS NOT NULL
        ON CONFLICT (source, kind, fingerprint) DO NOTHING
        """,
        [load.batch_id, load.source, load.table.kind],
    )


def _fingerprints(load: Load) -> Iterator[tuple[int, str, str]]:
    """Position, fingerprint and JSON of each row; equal rows differ by their number."""
    frame = load.table.frame
    names = sorted(frame)
    seen: Counter[str] = Counter()
    for position, values in enumerate(zip(*(frame[name] for name in names), strict=True)):
        data = json.dumps(
            {
                name: _plain(value)
                for name, value in zip(names, values, strict=True)
                if value is not None
            },
            ensure_ascii=False,
        )
        seen[data] += 1
        yield position, hashlib.sha256(f"{seen[data]}\n{data}".encode()).hexdigest(), data


def _amount(load: Load, position: int) -> Decimal | None:
    """The amount that is missing from revenue or payments while the row waits."""
    if load.column("type")[position] not in _REVENUE:
        return None
    amount = load.column("amount")[position]
    return None if amount is None else amount.quantize(Decimal("0.01"), ROUND_HALF_UP)


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    return value.isoformat() if isinstance(value, dt.date) else value
