"""What was loaded, and the rows that wait for a client."""

from decimal import Decimal

from django.db.models import Count, Q, QuerySet, Sum

from accounts.models import ImportBatch, QuarantinedRow


def batches() -> QuerySet[ImportBatch]:
    """Imports, the latest first."""
    return ImportBatch.objects.select_related("asked_by").order_by("-at", "-pk")


def waiting_rows(search: str = "") -> QuerySet[QuarantinedRow]:
    """Rows in quarantine, the latest import first; ``search`` looks into what they say."""
    rows = QuarantinedRow.objects.select_related("batch").order_by("-batch__at", "-batch", "row")
    if search:
        rows = rows.filter(Q(data__icontains=search) | Q(source__iexact=search))
    return rows


def waiting_totals() -> dict[str, int | Decimal]:
    """How many rows wait and for how much: {"rows", "amount"}."""
    totals = QuarantinedRow.objects.aggregate(rows=Count("pk"), amount=Sum("amount"))
    return {"rows": totals["rows"], "amount": totals["amount"] or Decimal("0.00")}
