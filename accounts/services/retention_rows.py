"""What would go, in words: one line for a row of any kind."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import ngettext

from accounts.models import BulkLoad, Contact, Edit, ImportFile, Interaction
from kam.audit import words as audit
from kam.audit.models import DataAccess
from kam.lib.navigation import address


@dataclass(frozen=True)
class Line:
    """``route``: of the page where the row can be looked at; who may not read it gets no link.
    ``since``: the day its time of keeping counts from; None where that is the silence of a
    client."""

    what: str
    client: str
    since: date | None
    route: str = ""
    url: str = ""


def line(row: Any) -> Line:
    if isinstance(row, Contact):
        return Line(row.name, row.client.name, row.left_on, *_page("subject_card", row.pk))
    if isinstance(row, Interaction):
        what = f"{row.get_kind_display()}: {row.subject or row.text[:80]}"
        page = _page("interaction_edit", row.pk) if row.known_to is None else ("", "")
        return Line(what, row.client.name, row.date, *page)
    if isinstance(row, DataAccess):
        ways = ", ".join(str(DataAccess.Way(each).label) for each in row.ways)
        return Line(ways, "", row.day)
    day = timezone.localtime(row.at).date()
    if isinstance(row, Edit):
        what = audit.what(row.relation.replace("_", ".", 1), row.object_id)
        return Line(f"{capfirst(what)}: {row.get_did_display()}", "", day)
    if isinstance(row, ImportFile):
        return Line(row.name, "", day, *_page("import_file", row.pk))
    assert isinstance(row, BulkLoad)
    count = ngettext("%(n)s row", "%(n)s rows", row.rows) % {"n": row.rows}
    return Line(f"{row.source}: {count}", "", day)


def _page(route: str, pk: int) -> tuple[str, str]:
    return route, address(route, pk)
