"""Exact sums of what the accepted documents of a file say."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from accounts.models import Document

from .headers import Header

REVENUE = (Document.Type.INVOICE.value, Document.Type.CREDIT_NOTE.value)
_NOTHING = Decimal("0.00")


def totals(rows: list[Header]) -> dict[str, Any]:
    """Documents by type, gross (invoices), credits (positive), net of both, VAT, net with VAT."""
    invoice, credit_note = REVENUE
    types = Counter(row.type for row in rows)
    revenue = [row for row in rows if row.type in REVENUE]
    gross = _sum(row.net for row in revenue if row.type == invoice)
    credits = -_sum(row.net for row in revenue if row.type == credit_note)
    return {
        "documents": len(rows),
        "invoices": types[invoice],
        "credit_notes": types[credit_note],
        "orders": types[Document.Type.ORDER.value],
        "payment_requests": types[Document.Type.PAYMENT_REQUEST.value],
        "gross": gross,
        "credits": credits,
        "net": gross - credits,
        "vat": _sum(row.vat for row in revenue),
        "with_vat": _sum(row.gross for row in revenue),
    }


def _sum(amounts: Iterable[Decimal]) -> Decimal:
    return sum(amounts, _NOTHING)
