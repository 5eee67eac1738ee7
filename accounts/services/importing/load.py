"""One file on its way into the database: what every kind of loader shares."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from typing import Any

from accounts.importing import Issue, Table
from accounts.models import User
from kam.lib.periods import start_of_day

from .report import Report
from .resolution import Ambiguous, Clients, Reference

CENT = Decimal("0.01")
# numeric(18,2) and numeric(20,6) of the ledger hold less than this.
LARGEST_AMOUNT = Decimal(10) ** 16
LARGEST_QUANTITY = Decimal(10) ** 14
_midnight = cache(start_of_day)


def numbered(columns: Iterable[Sequence[Any]]) -> tuple[list[tuple], list[int]]:
    """The different rows of some columns in the order they appear, and which one each row is."""
    index: dict[tuple, int] = {}
    used = [index.setdefault(row, len(index)) for row in zip(*columns, strict=True)]
    return list(index), used


@dataclass
class Load:
    """A table that was read, the rules for writing it, and what came of it.

    touched: clients whose documents or payments changed. now: the time of the import. waiting:
    positions of rows that name no client we know.
    """

    table: Table
    source: str
    history: bool
    now: dt.datetime
    batch_id: int
    report: Report
    asked_by: User | None = None
    touched: set[int] = field(default_factory=set)
    waiting: set[int] = field(default_factory=set)
    # Clients that rows mean without naming them, or that people gave them, by position.
    clients_given: dict[int, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._absent: list[Any] = [None] * len(self)
        self._headers = {name: header for header, name in self.table.meta.columns.items()}

    def __len__(self) -> int:
        return len(self.table.rows)

    def column(self, name: str) -> list[Any]:
        """Values of a field, one per row; all None where the file has no such column."""
        values = self.table.frame.get(name)
        return self._absent if values is None else values

    def has(self, name: str) -> bool:
        return name in self.table.frame

    def error(self, position: int, column: str | None, code: str, **params: str | int) -> None:
        self.report.errors.append(self._issue(position, column, code, params))

    def warn(self, position: int, column: str | None, code: str, **params: str | int) -> None:
        self.report.warnings.append(self._issue(position, column, code, params))

    def _issue(self, position: int, column: str | None, code: str, params: dict) -> Issue:
        header = self._headers.get(column, column) if column else None
        return Issue(self.table.rows[position], header, code, params)

    def known_from(self, date: dt.date, recorded: dt.date | None) -> dt.datetime:
        """Since when we know a new fact: its recording date if the file gives one, else its own
        date when loaded as history, else now (ARCHITECTURE, decision 3)."""
        if recorded is not None:
            return _midnight(recorded)
        return _midnight(date) if self.history else self.now

    def changed_from(self, recorded: dt.date | None) -> dt.datetime:
        """Since when we know that a fact changed: no file but `recorded` tells the past."""
        return self.now if recorded is None else _midnight(recorded)

    def references(self) -> tuple[list[Reference], list[int]]:
        """The different ways in which rows name a client, and which of them each row uses."""
        names = ("client", "inn", "kpp", "client_name")
        different, used = numbered(map(self.column, names))
        return list(map(Reference._make, different)), used

    def known_clients(self) -> list[int | None]:
        """The client of each row, none made; rows that fit several become errors.

        None where the row is refused, or where no client is known: such rows are quarantined.
        """
        references, used = self.references()
        clients = Clients(self.source, references)
        resolved: list[int | None] = [None] * len(references)
        ambiguous: set[int] = set()
        for number, reference in enumerate(references):
            try:
                resolved[number] = clients.find(reference)
            except Ambiguous:
                ambiguous.add(number)
        found: list[int | None] = []
        for position, number in enumerate(used):
            client = self.clients_given.get(position) or resolved[number]
            found.append(client)
            if number in ambiguous:
                words = references[number].words()
                self.error(position, None, "client.ambiguous", reference=words)
            elif client is None:
                self.waiting.add(position)
        return found

    def fit(self, position: int, column: str, longest: int, value: str | None) -> str:
        """Text as long as the database holds, with a warning where it was longer."""
        if value is None:
            return ""
        if len(value) > longest:
            self.warn(position, column, "text.cut", longest=longest)
        return value[:longest]
