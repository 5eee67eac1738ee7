"""Meetings: all that one may see, and those of a client."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from accounts.selectors import ledger
from accounts.selectors import meetings as found
from accounts.views.clients import _found
from accounts.views.meetings import filters_of
from kam.exports.registry import Sheet, exported, moment, text, whole
from kam.lib.periods import today


@exported("meetings", title=gettext_lazy("Meetings"), route="meeting_list")
def meetings(query, of):
    return _sheet(found.filtered(filters_of(query)))


@exported("client_meetings", title=gettext_lazy("Meetings of a client"), route="client_meetings")
def client_meetings(query, of):
    return _sheet(found.meetings_of(ledger.legal_entities(_found(of), today())))


def _sheet(rows) -> Sheet:
    columns = [
        moment(_("When")), text(pgettext("meeting", "What it is about")), text(_("Client")),
        text(_("Kind")), text(_("Who leads it")), text(pgettext("meeting", "State")),
        whole(_("Times approved")),
    ]  # fmt: skip
    cells = (
        (
            row.starts_at, row.title, row.client.name if row.client else None,
            row.get_kind_display(), row.owner.name if row.owner else None,
            row.get_state_display(), row.number,
        )
        for row in rows.iterator(chunk_size=2_000)
    )  # fmt: skip
    return Sheet(columns, cells)
