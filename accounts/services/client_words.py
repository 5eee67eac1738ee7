"""What the fields of a client's card are called, and their values in words."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.models import Client

LABELS = {
    "name": _("Name"),
    "legal_name": _("Legal name"),
    "inn": _("INN"),
    "lifecycle": _("Lifecycle"),
    "owner": _("KAM"),
    "team": _("Team"),
    "sales_manager": _("Sales manager"),
    "segment": _("Segment"),
    "country": _("Country"),
    "region": _("Region"),
    "city": _("City"),
    "employees": _("Employees"),
    "turnover": _("Turnover per year"),
    "tags": _("Tags"),
}


def words(name: str, value: Any) -> str:
    """A value of that field; a dash where there is none."""
    if name == "lifecycle":
        return str(dict(Client.Lifecycle.choices).get(value, value))
    if name == "tags":
        return ", ".join(value) or "—"
    return "—" if value in (None, "") else str(value)
