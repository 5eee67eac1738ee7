"""Rows that name no client we know: kept once, shown, and let go when their client is known."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Iterator
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Any

from accounts.models import QuarantinedRow

from .staging import run, stage

if TYPE_CHECKING:
    from .load import Load

_REVENUE = (None, "invoice", "credit_note")


class Quarantine:
    """The rows of one file that wait, by position in its table."""

    def __init__(self, load: Load):
        self._load = load
        self._waiting: set[int] = set()

    @property
    def waiting(self) -> set[int]:
        """Places of the rows that wait."""
        return set(self._waiting)

    def add(self, position: int) -> None:
        self._waiting.add(position)

    def extend(self, positions: Iterable[int]) -> None:
        self._waiting.update(positions)

    def discard(self, positions: Iterable[int]) -> None:
        """These rows do not wait after all."""
        self._waiting.difference_update(positions)

    def write(self) -> None:
        """Keep the rows that wait, drop those that waited and now have their client."""
        load = self._load
        waits_already = QuarantinedRow.objects.filter(
            source=load.source, kind=load.table.kind
        ).exists()
        if not self._waiting and not waits_already:
            return
        kept = []
        for position, fingerprint, data in self._fingerprints():
            amount = self._amount(position)
            if position in self._waiting:
                load.report.quarantined_rows += 1
                load.report.waiting.append(load.table.rows[position])
                load.report.quarantined_amount += amount or 0
            date = load.column("date")[position]
            known = load.now
            if date is not None:
                known = load.known_from(date, load.column("recorded")[position])
            row = load.table.rows[position]
            waiting = position in self._waiting
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

    def _fingerprints(self) -> Iterator[tuple[int, str, str]]:
        """Position, fingerprint and JSON of each row; equal rows differ by their number."""
        frame = self._load.table.frame
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

    def _amount(self, position: int) -> Decimal | None:
        """The amount that is missing from revenue or payments while the row waits."""
        load = self._load
        if load.column("type")[position] not in _REVENUE:
            return None
        amount = load.column("amount")[position]
        return None if amount is None else amount.quantize(Decimal("0.01"), ROUND_HALF_UP)


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    return value.isoformat() if isinstance(value, dt.date) else value
