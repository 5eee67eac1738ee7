"""Breaches, and whose data one of them may have shown."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from accounts.models import Incident
from accounts.selectors import incidents as found
from accounts.services import incidents
from kam.exports.registry import Sheet, day, exported, moment, text, whole
from kam.lib.views import find


@exported("incidents", title=gettext_lazy("Breaches"), route="incident_list")
def breaches(query, of):
    columns = [
        text(_("What happened")), moment(_("Noticed")), day(_("From")), day(_("Until")),
        *(moment(duty.title) for duty in incidents.DUTIES),
    ]  # fmt: skip
    rows = Incident.objects.all()
    lines = (
        (row.title, row.noticed_at, row.since, row.until,
         *(getattr(row, duty.field) for duty in incidents.DUTIES))
        for row in rows.iterator(chunk_size=1_000)
    )  # fmt: skip
    return Sheet(columns, lines, rows.count())


@exported("incident_contacts", title=gettext_lazy("Whose data"), route="incident_detail")
def concerned(query, of):
    rows = found.exposure(find(Incident, pk=of))
    columns = [
        whole(_("Contact, id")), text(_("Contact")), whole(_("Client, id")), text(_("Client")),
        text(pgettext("breach", "What of it")), text(pgettext("access", "How")), text(_("Who looked")),
        day(_("From")), day(_("Until")),
    ]  # fmt: skip

    def lines():
        for each in rows:
            ways = [*each.told_ways, *([_("stands in the original file")] if each.in_file else [])]
            name = each.name if each.contact else _("names of people there")
            yield (
                each.contact or None, name or None, each.client or None, each.client_name or None,
                ", ".join(map(str, each.told_fields)), ", ".join(map(str, ways)),
                each.who or None, each.first, each.last,
            )  # fmt: skip

    return Sheet(columns, lines(), len(rows))
