"""The rows of a file as documents: which rows make one, and what is refused or waits."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from functools import cached_property
from operator import attrgetter
from typing import Any

from accounts.services.importing.load import Load
from accounts.services.importing.rates import ONE
from kam.lib.company import company

ZERO = Decimal(0)


class Documents:
    """The documents of one file, numbered from 0 in the order they appear.

    document_of: number of the document of each row. first: position of each document's first
    row. The other lists hold what a document says once, one value per document; ``client`` is
    None until buyers are found, ``rate`` one until currencies are checked.
    refused: documents with an error. waiting: sound ones that name no client.
    """

    def __init__(self, load: Load):
        self.load = load
        index: dict[tuple, int] = {}
        dates = load.column("date")
        # The key: type, own organisation, number and calendar year; the source is the file's.
        keys = zip(
            load.column("type"),
            load.column("organisation"),
            load.column("number"),
            map(attrgetter("year"), dates),
            strict=True,
        )
        self.document_of = [index.setdefault(key, len(index)) for key in keys]
        self.first: list[int] = []
        for position, document in enumerate(self.document_of):
            if document == len(self.first):
                self.first.append(position)
        self.type: list[str] = [key[0] for key in index]
        self.organisation: list[str | None] = [key[1] for key in index]
        self.number: list[str] = [key[2] for key in index]
        self.date: list[dt.date] = self.heads(dates)
        self.recorded: list[dt.date | None] = self.heads(load.column("recorded"))
        self.currency: list[str] = self.heads(self.currencies)
        self.rate: list[Decimal] = [ONE] * len(self)
        self.client: list[int | None] = [None] * len(self)
        self.refused: set[int] = set()
        self.waiting: set[int] = set()

    def __len__(self) -> int:
        return len(self.first)

    @cached_property
    def currencies(self) -> list[str]:
        """The currency of each row."""
        own = company().currency
        return [currency or own for currency in self.load.column("currency")]

    @cached_property
    def sound(self) -> list[int]:
        """The documents to be written; asked for only when all checks are done."""
        left_out = self.refused | self.waiting
        return [number for number in range(len(self)) if number not in left_out]

    def heads(self, values: Sequence[Any]) -> list[Any]:
        """What the first row of each document says."""
        return [values[position] for position in self.first]

    def spread(self, values: Sequence[Any]) -> list[Any]:
        """What the document of each row says."""
        return list(map(values.__getitem__, self.document_of))

    def refuse(self, document: int, position: int, column: str | None, code: str, **params) -> None:
        """Refuse a document for what one row of it says; its first error is told."""
        if document not in self.refused:
            self.refused.add(document)
            self.load.error(position, column, code, **params)

    def agree(self, column: str, values: Sequence[Any], heads: Sequence[Any], code: str) -> None:
        """Refuse documents whose rows differ in what a document says once."""
        expected = self.spread(heads)
        if values == expected:
            return
        for position, (value, head) in enumerate(zip(values, expected, strict=True)):
            if value != head:
                document = self.document_of[position]
                self.refuse(document, position, column, code, number=self.number[document])

    def once(self, name: str, choose: Callable | None = None) -> list[Any]:
        """A header field: the first row that has it, or ``choose`` between two that differ."""
        found: list[Any] = [None] * len(self)
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

    def sums(self, values: Iterable[Decimal | None]) -> list[Decimal]:
        """Exact sums of what the rows of each document say; None counts as nothing."""
        sums = [ZERO] * len(self)
        for document, value in zip(self.document_of, values, strict=True):
            if value is not None:
                sums[document] += value
        return sums
