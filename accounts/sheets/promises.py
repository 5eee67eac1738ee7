"""Promises: of a client, and all that one may see."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from accounts.selectors import ledger
from accounts.selectors import promises as found
from accounts.views.clients import _found
from accounts.views.promises import filters_of
from kam.exports.registry import Sheet, day, exported, text, whole
from kam.lib.periods import today


@exported("promises", title=gettext_lazy("Promises"), route="promise_list")
def promises(query, of):
    return _sheet(found.filtered(filters_of(query), today()))


@exported("client_promises", title=gettext_lazy("Promises of a client"), route="client_promises")
def client_promises(query, of):
    rows = found.promises_of(ledger.legal_entities(_found(of), today()))
    return _sheet(rows.order_by("due", "pk"))


def _sheet(rows) -> Sheet:
    columns = [
        text(_("Client")), text(_("Whose")), text(_("What is promised")), day(_("By when")),
        day(_("First due")), text(_("Who answers")), text(_("Product or service")),
        text(_("How we make sure of it")), text(pgettext("promise", "State")),
        day(pgettext("promise", "Settled")), text(_("What shows it")), whole(_("Content, 1–10")),
    ]  # fmt: skip
    cells = (
        (
            row.client.name, row.get_side_display(), row.what, row.due, row.first_due,
            row.owner.name if row.owner else None, row.about, row.assured, row.get_state_display(),
            row.settled_on, row.evidence, row.satisfaction,
        )
        for row in rows.iterator(chunk_size=2_000)
    )  # fmt: skip
    return Sheet(columns, cells)
