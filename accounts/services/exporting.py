"""A list as a CSV file that spreadsheets open safely."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.importing.formulas import guarded
from accounts.models import Client
from accounts.selectors.clients import Filters, filtered
from kam.audit.services import record

MOST_ROWS = 100_000


def safe_cell(value: object) -> str:
    """A value as the text of a cell: numbers and dates as they are, texts never as formulas."""
    if value is None:
        return ""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, (int, float, Decimal)):
        return _number(value)
    return guarded(str(value))


def _number(value) -> str:
    text = f"{value:f}" if isinstance(value, Decimal) else str(value)
    return text.replace(".", ",") if get_language() == "ru" else text


def csv_bytes(head: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """CSV as the reader's spreadsheet expects it: UTF-8 with a mark, ``;`` and a decimal comma
    in Russian, a comma and a point in English."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";" if get_language() == "ru" else ",")
    writer.writerow(head)
    writer.writerows([safe_cell(cell) for cell in row] for row in rows)
    return text.getvalue().encode("utf-8-sig")


def clients_csv(filters: Filters) -> bytes:
    """The filtered clients as the actor may see them, by name, at most MOST_ROWS."""
    kinds, lifecycles = dict(Client.Kind.choices), dict(Client.Lifecycle.choices)
    head = [
        _("Name"), _("Kind"), _("Legal name"), _("INN"), _("KPP"), _("Segment"), _("Country"),
        _("Region"), _("City"), _("Lifecycle"), _("KAM"), _("Team"), _("Group"), _("Place"),
        _("Points"),
    ]  # fmt: skip
    rows = (
        filtered(filters)
        .order_by("sort_name", "pk")
        .values_list(
            "name", "kind", "legal_name", "inn", "kpp", "segment", "country", "region", "city",
            "lifecycle", "owner__name", "team__name", "group__name", "place__rank", "place__score",
        )[:MOST_ROWS]
    )  # fmt: skip
    table = [
        (row[0], kinds[row[1]], *row[2:9], lifecycles[row[9]], *row[10:14],
         None if row[14] is None else round(row[14], 4))
        for row in rows
    ]  # fmt: skip
    record("client.export", details={"rows": len(table)})
    return csv_bytes(head, table)
