"""Two built reports of the demo: one that the manager shares with everybody, and the KAM's own."""

from collections.abc import Sequence

from accounts.models import User
from reports.figures.built_choices import Definition
from reports.models import BuiltReport

from . import built_reports

TEXTS = {
    "en": ("Revenue by KAM and quarter", "My clients: revenue, margin, invoices"),
    "ru": ("Выручка по КАМам и кварталам", "Мои клиенты: выручка, рентабельность, реализации"),
}


def fill(people: Sequence[User]) -> BuiltReport | None:
    """``people``: of the demo; the first manager and the first KAM keep one each.  Returns the
    manager's."""
    Shared = BuiltReport.Shared
    lead = next((each for each in people if each.role == User.Role.MANAGER), None)
    kam = next((each for each in people if each.role == User.Role.KAM), None)
    shared = None
    quarters = Definition(("revenue",), "kam", "quarter", chart="stacked")
    if lead is not None:
        name = TEXTS.get(lead.language, TEXTS["en"])[0]
        shared = built_reports.save(lead, quarters, {"name": name, "shared": Shared.COMPANY})
    if kam is not None:
        name = TEXTS.get(kam.language, TEXTS["en"])[1]
        own = Definition(("revenue", "margin", "invoices"), "client", owner=str(kam.pk))
        built_reports.save(kam, own, {"name": name, "shared": Shared.NOBODY})
    return shared
