"""Planned changes, and the clients that one of them touches."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from accounts.models import PlannedChange
from accounts.selectors import planned_changes as found
from kam.exports.registry import Sheet, day, exported, money, text, whole
from kam.lib.views import find


@exported("planned_changes", title=gettext_lazy("Planned changes"), route="planned_change_list")
def planned_changes(query, of):
    columns = [
        text(pgettext("planned change", "What changes")), text(_("Kind")), day(_("From what day")),
        text(_("Who answers")), text(pgettext("planned change", "State")),
        whole(_("Clients it touches")), whole(_("Not told yet")), whole(_("Accept")),
        whole(_("Object or leave")), money(_("Bought in twelve months")), money(_("At stake")),
    ]  # fmt: skip
    rows = list(found.filtered(query.get("state", "")[:20]))
    told = found.told([row.pk for row in rows])

    def cells():
        for row in rows:
            said = told.get(row.pk, found.Told())
            yield (
                row.name, row.get_kind_display(), row.on, row.owner.name if row.owner else None,
                row.get_state_display(), said.touched, said.untold, said.accepts,
                said.objects + said.leaves, said.bought, said.at_stake,
            )  # fmt: skip

    return Sheet(columns, cells())


@exported(
    "touched_clients", title=gettext_lazy("Clients a change touches"), route="planned_change_detail"
)
def touched_clients(query, of):
    columns = [
        text(_("Client")), text(_("KAM")), money(_("Bought in twelve months")),
        text(_("Who tells them")), text(_("Who is told")), day(pgettext("touched client", "Told on")), text(_("Answer")),
        text(_("In their words")),
    ]  # fmt: skip
    rows = found.touched().filter(change=find(PlannedChange, pk=of))
    cells = (
        (
            row.client.name, row.client.owner.name if row.client.owner else None, row.bought,
            row.informer.name if row.informer else None, row.contact.name if row.contact else None,
            row.told_on, row.get_state_display(), row.words,
        )
        for row in rows.iterator(chunk_size=2_000)
    )  # fmt: skip
    return Sheet(columns, cells)
