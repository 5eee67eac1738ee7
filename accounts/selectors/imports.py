"""What was loaded, and the rows that wait for a client."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, Max, Min, Q, QuerySet, Sum, TextField, Value
from django.db.models.fields.json import KT
from django.db.models.functions import Coalesce

from accounts.models import ImportBatch, ImportFile, QuarantinedRow


def batches() -> QuerySet[ImportBatch]:
    """Imports, the latest first."""
    rows = ImportBatch.objects.select_related(
        "asked_by", "original", "undo_job", "undone_by", "connection"
    )
    return rows.order_by("-at", "-pk")


def waiting_rows(search: str = "") -> QuerySet[QuarantinedRow]:
    """Rows in quarantine, the latest import first; ``search`` looks into what they say."""
    rows = QuarantinedRow.objects.select_related("batch").order_by("-batch__at", "-batch", "row")
    if search:
        rows = rows.filter(Q(data__icontains=search) | Q(source__iexact=search))
    return rows


@dataclass(frozen=True)
class Stranger:
    """Whom rows in quarantine name, in one source: ``first`` is the id of one of the rows."""

    first: int
    source: str
    client: str
    client_name: str
    inn: str
    kpp: str
    rows: int
    amount: Decimal | None
    since: dt.date | None
    until: dt.date | None

    @property
    def words(self) -> str:
        parts = (self.client_name, self.client, self.inn, self.kpp)
        return " · ".join(dict.fromkeys(part for part in parts if part))


NAMING = ("client", "client_name", "inn", "kpp")


def strangers(search: str = "") -> QuerySet:
    """Those whom the waiting rows name, the most rows first, as dicts of :class:`Stranger`."""
    return (
        waiting_rows(search)
        .order_by()
        .values("source", **{name: _said(name) for name in NAMING})
        .annotate(
            first=Min("pk"),
            rows=Count("pk"),
            amount=Sum("amount"),
            since=Min("date"),
            until=Max("date"),
        )
        .order_by("-rows", "first")
    )


def stranger_of(row: QuarantinedRow) -> Stranger:
    """Whom a row names, with all rows of its source that name the same."""
    return Stranger(**strangers_like(row).get())


def strangers_like(row: QuarantinedRow) -> QuerySet:
    return strangers().filter(source=row.source, **_naming(row))


def rows_like(row: QuarantinedRow) -> QuerySet[QuarantinedRow]:
    """The rows of the same source that name the same as this one, oldest first."""
    return (
        QuarantinedRow.objects.alias(**{name: _said(name) for name in NAMING})
        .filter(source=row.source, **_naming(row))
        .select_related("batch")
        .order_by("date", "pk")
    )


def _said(name: str) -> Coalesce:
    return Coalesce(KT(f"data__{name}"), Value(""), output_field=TextField())


def _naming(row: QuarantinedRow) -> dict[str, str]:
    return {name: str(row.data.get(name) or "") for name in NAMING}


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
