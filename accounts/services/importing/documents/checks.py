"""What rows of one document must agree in, and numbers that the ledger can hold."""

from __future__ import annotations

from accounts.services.importing.load import LARGEST_AMOUNT, LARGEST_QUANTITY
from accounts.services.importing.rates import Rates
from kam.lib.company import company

from .grouping import Documents

_LARGEST = {
    "amount": LARGEST_AMOUNT,
    "gross": LARGEST_AMOUNT,
    "cost": LARGEST_AMOUNT,
    "quantity": LARGEST_QUANTITY,
    "unit_price": LARGEST_QUANTITY,
}


def check_headers(documents: Documents) -> None:
    """One date, currency and recording date per document, and a rate for its currency."""
    load = documents.load
    documents.agree("date", load.column("date"), documents.date, "document.dates_differ")
    if load.has("currency"):
        documents.agree(
            "currency", documents.currencies, documents.currency, "document.currencies_differ"
        )
    if load.has("recorded"):
        documents.agree(
            "recorded", load.column("recorded"), documents.recorded, "document.recorded_differ"
        )
    _find_rates(documents)


def _find_rates(documents: Documents) -> None:
    foreign = set(documents.currency) - {company().currency}
    if not foreign:
        return
    rates = Rates(foreign)
    for document, (currency, date) in enumerate(
        zip(documents.currency, documents.date, strict=True)
    ):
        rate = rates.at(currency, date)
        if rate is not None:
            documents.rate[document] = rate
            continue
        day, position = date.isoformat(), documents.first[document]
        documents.refuse(
            document, position, "currency", "currency.no_rate", currency=currency, date=day
        )


def check_amounts(documents: Documents) -> None:
    """Refuse documents whose numbers the columns of the ledger cannot hold."""
    for name, limit in _LARGEST.items():
        values = documents.load.table.frame.get(name, [])
        # A hundredth of the limit leaves room for the sum of a document and for its rate.
        bound = limit / 100
        if all(value is None or -bound < value < bound for value in values):
            continue
        for position, value in enumerate(values):
            if value is not None and not -bound < value < bound:
                document = documents.document_of[position]
                documents.refuse(document, position, name, "number.too_large")
