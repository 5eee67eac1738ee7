"""What was loaded, and the rows that wait for a client."""

from decimal import Decimal

from django.db.models import Count, Q, QuerySet, Sum

from accounts.models import ImportBatch, ImportFile, QuarantinedRow


def batches() -> QuerySet[ImportBatch]:
    """Imports, the latest first."""
    return ImportBatch.objects.select_related("asked_by", "original").order_by("-at", "-pk")


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


def import_files() -> QuerySet[ImportFile]:
    """Files on their way in, the latest first."""
    return (
        ImportFile.objects.select_related("brought_by", "job")
        .exclude(status__in=[ImportFile.Status.LOADED, ImportFile.Status.PUT_ASIDE])
        .order_by("-at", "-pk")
    )


def sources() -> list[str]:
    """Systems that files have come from, for completing their names."""
    found = ImportBatch.objects.order_by("source").values_list("source", flat=True).distinct()
    return [source for source in found[:50] if source != "default"]
