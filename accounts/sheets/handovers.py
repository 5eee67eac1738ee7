"""Handovers that one may see."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from accounts.selectors import handovers as found
from kam.exports.registry import Sheet, day, exported, text
from kam.lib.periods import today


@exported("handovers", title=gettext_lazy("Handovers"), route="handover_list")
def handovers(query, of):
    columns = [
        text(_("Client")), text(pgettext("person", "From")), text(pgettext("person", "To")),
        day(_("From which day")), day(_("Both until")), text(pgettext("column", "State")),
    ]  # fmt: skip
    rows = found.listed(query.get("when", "")[:10], today())
    cells = (
        (row.client.name, row.giver.name, row.taker.name, row.on, row.overlap_until,
         row.get_state_display())
        for row in rows.iterator(chunk_size=2_000)
    )  # fmt: skip
    return Sheet(columns, cells)
