"""Exact sums of what the accepted documents of a file say."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from typing import Any

from accounts.models import Document

from .headers import Headers

REVENUE = (Document.Type.INVOICE.value, Document.Type.CREDIT_NOTE.value)
_NOTHING = Decimal("0.00")


def totals(rows: Headers) -> dict[str, Any]:
    """Documents by type, gross (invoices), credits (positive), net of both, VAT, net with VAT."""
    invoice, credit_note = REVENUE
    types: Counter[str] = Counter()
    net = dict.fromkeys(REVENUE, _NOTHING)
    vat = with_vat = _NOTHING
    for row in rows:
        types[row.type] += 1
        if row.type in REVENUE:
            net[row.type] += row.net
            vat += row.vat
            with_vat += row.gross
    return {
        "documents": len(rows),
        "invoices": types[invoice],
        "credit_notes": types[credit_note],
        "orders": types[Document.Type.ORDER.value],
        "payment_requests": types[Document.Type.PAYMENT_REQUEST.value],
        "gross": net[invoice],
        "credits": -net[credit_note],
        "net": net[invoice] + net[credit_note],
        "vat": vat,
        "with_vat": with_vat,
    }
