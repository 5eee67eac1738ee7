"""What stands in the bin."""

from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from accounts.selectors.removals import removals as found
from accounts.services import removals as service
from kam.exports.registry import Sheet, exported, moment, text, whole


@exported("removals", title=pgettext_lazy("bin", "Removed"), route="removal_list")
def removals(query, of):
    noun = query.get("noun", "")
    columns = [
        text(_("What")), text(_("Name")), text(_("Client")), text(_("Removed by")),
        moment(_("When")), whole(_("Days left")),
    ]  # fmt: skip
    cells = (
        (
            str(service.NOUNS[row.noun].label), row.title, row.client.name if row.client else None,
            str(row.person) if row.person else None, row.at, service.days_left(row),
        )
        for row in found(noun if noun in service.NOUNS else "").iterator(chunk_size=2_000)
    )  # fmt: skip
    return Sheet(columns, cells)
