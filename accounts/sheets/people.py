"""People on the clients' side.

Every list that holds their names, addresses or numbers goes through :func:`exportable`: whoever is
not to be given out is left out there, and nowhere else.
"""

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from accounts.models import Contact
from accounts.selectors import ledger
from accounts.selectors.blocks import free
from accounts.services import erasure
from accounts.views.clients import _found
from kam.exports.registry import Sheet, day, exported, moment, text, whole
from kam.lib.periods import today


def exportable(contacts: QuerySet[Contact]) -> QuerySet[Contact]:
    """Of these people those who may stand in a file that leaves the product: not the blocked."""
    return free(contacts)


@exported("contacts", title=gettext_lazy("People at a client"), route="client_people")
def contacts(query, of):
    client = _found(of)
    entities = ledger.legal_entities(client, today())
    rows = exportable(Contact.objects.filter(client__in=entities)).select_related(
        "client", "counterpart", "reports_to"
    )
    columns = [
        text(_("Name")), text(_("Company")), text(_("Position")), text(_("Role")),
        text(_("Influence")), text(_("Attitude to us")), text(_("E-mail")), text(_("Phone")),
        text(_("Reports to")), text(_("Our counterpart")), day(_("Left the company on")),
        text(_("Where to")),
    ]  # fmt: skip

    def lines():
        for row in rows.order_by("left_on", "name", "pk").iterator(chunk_size=2_000):
            yield (
                row.name, row.client.name, row.position,
                row.get_role_display() if row.role else None,
                row.get_influence_display() if row.influence else None,
                row.get_attitude_display() if row.attitude else None, row.email, row.phone,
                row.reports_to.name if row.reports_to else None,
                str(row.counterpart) if row.counterpart else None, row.left_on, row.left_to,
            )  # fmt: skip

    return Sheet(columns, lines(), rows.count())


@exported("destructions", title=gettext_lazy("Acts of destruction"), route="destruction_list")
def destructions(query, of):
    columns = [
        whole(_("Number")), moment(_("When")), text(pgettext("law", "Basis")), text(_("Who")), text(_("Note")),
        whole(_("Rows")), whole(_("To be looked at")), day(_("Kept until")),
    ]  # fmt: skip
    rows = (
        (
            row.number, row.at, row.get_basis_display(), row.by_name, row.note,
            sum(row.what.values()), len(row.left), row.keep_until,
        )
        for row in erasure.acts(query.get("run", "")).iterator(chunk_size=1_000)
    )  # fmt: skip
    return Sheet(columns, rows)
