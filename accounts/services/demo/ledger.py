"""Documents, lines and payments as arrays, and the pile in which they gather before they are in
order.

Pure NumPy.  Money is int64 in cents, days are int64 from 1970-01-01; −1 stands for no day.
Every total of a header is the sum of its lines.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from .calendar import years

INVOICE, CREDIT_NOTE, ORDER, PAYMENT_REQUEST = range(4)
TYPES = ("invoice", "credit_note", "order", "payment_request")
NONE = -1


@dataclass(frozen=True)
class Documents:
    """m documents, by date.  ``number`` counts within type and year; versions share it."""

    type: np.ndarray
    client: np.ndarray
    number: np.ndarray
    year: np.ndarray
    day: np.ndarray
    due: np.ndarray
    promised: np.ndarray
    shipped: np.ndarray
    net: np.ndarray
    vat: np.ndarray
    gross: np.ndarray
    discount: np.ndarray
    cost: np.ndarray
    costed_net: np.ndarray
    version: np.ndarray
    known_from: np.ndarray
    known_to: np.ndarray

    def __len__(self) -> int:
        return len(self.type)


@dataclass(frozen=True)
class Lines:
    """Lines of the documents, in their order.  ``shipped`` is −1 where nothing tells."""

    document: np.ndarray
    position: np.ndarray
    product: np.ndarray
    quantity: np.ndarray
    shipped: np.ndarray
    shipped_known: np.ndarray  # bool
    unit_price: np.ndarray
    discount: np.ndarray  # thousandths
    net: np.ndarray
    vat: np.ndarray
    gross: np.ndarray
    cost: np.ndarray
    cost_known: np.ndarray  # bool

    def __len__(self) -> int:
        return len(self.document)


@dataclass(frozen=True)
class Payments:
    client: np.ndarray
    day: np.ndarray
    amount: np.ndarray
    invoice: np.ndarray  # number of the invoice that the payer names, −1 none
    invoice_year: np.ndarray

    def __len__(self) -> int:
        return len(self.client)


class Pile:
    """Groups of documents with their lines, collected before they are put in order."""

    def __init__(self) -> None:
        self._documents: list[dict[str, np.ndarray]] = []
        self._lines: list[dict[str, np.ndarray]] = []
        self._count = 0

    def add(
        self, type_: int, owner: np.ndarray, lines: dict[str, np.ndarray], **columns: np.ndarray
    ) -> None:
        """Documents of one type; ``owner`` says which of them each line belongs to."""
        m = len(columns["client"])
        none = np.full(m, NONE)
        document = {
            "type": np.full(m, type_),
            "due": none,
            "promised": none,
            "shipped": none,
            "version": np.ones(m, dtype=np.int64),
            "known_from": columns["day"],
            "known_to": none,
            **columns,
        }
        if lines:
            costed = np.where(lines["cost_known"], lines["net"], 0)
            cost = np.where(lines["cost_known"], lines["cost"], 0)
            listed = np.sign(lines["quantity"]) * (
                (np.abs(lines["quantity"]) * lines["unit_price"]) - np.abs(lines["net"])
            )
            for name, values in (
                ("net", lines["net"]),
                ("vat", lines["vat"]),
                ("gross", lines["gross"]),
                ("discount", listed),
                ("cost", cost),
                ("costed_net", costed),
            ):
                document[name] = np.bincount(owner, values, minlength=m).astype(np.int64)
            shipped = lines.get("shipped", np.zeros(len(owner), dtype=np.int64))
            self._lines.append(
                {
                    **lines,
                    "document": owner + self._count,
                    "shipped": shipped,
                    "shipped_known": lines.get("shipped_known", np.zeros(len(owner), dtype=bool)),
                }
            )
        else:
            for name in ("discount", "cost", "costed_net"):
                document[name] = np.zeros(m, dtype=np.int64)
        self._documents.append(document)
        self._count += m

    def sorted(self) -> tuple[Documents, Lines]:
        documents = {
            field.name: np.concatenate([part[field.name] for part in self._documents])
            for field in fields(Documents)
        }
        order = np.lexsort((documents["version"], documents["type"], documents["day"]))
        place = np.empty(len(order), dtype=np.int64)
        place[order] = np.arange(len(order))
        names = [field.name for field in fields(Lines) if field.name != "position"]
        lines = {name: np.concatenate([part[name] for part in self._lines]) for name in names}
        lines["document"] = place[lines["document"]]
        by_document = np.argsort(lines["document"], kind="stable")
        lines = {name: values[by_document] for name, values in lines.items()}
        first = np.searchsorted(lines["document"], lines["document"], side="left")
        lines["position"] = np.arange(len(first)) - first + 1
        return Documents(**{name: values[order] for name, values in documents.items()}), Lines(
            **lines
        )


class Numbers:
    """Numbers of documents by type and year, running on from block to block."""

    def __init__(self) -> None:
        self._last: dict[tuple[int, int], int] = {}

    def take(self, type_: int, day: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Numbers and years for documents of these days, by date within each year."""
        year, number = years(day), np.empty(len(day), dtype=np.int64)
        for value in np.unique(year):
            chosen = np.flatnonzero(year == value)
            last = self._last.get((type_, int(value)), 0)
            by_day = chosen[np.argsort(day[chosen], kind="stable")]
            number[by_day] = last + 1 + np.arange(len(by_day))
            self._last[type_, int(value)] = last + len(by_day)
        return number, year


def selected(lines: dict[str, np.ndarray], chosen: np.ndarray) -> dict[str, np.ndarray]:
    return {name: values[chosen] for name, values in lines.items()}


def renumbered(owner: np.ndarray, keep: np.ndarray) -> np.ndarray:
    """Owners among the kept ones only."""
    return (np.cumsum(keep) - 1)[owner]
