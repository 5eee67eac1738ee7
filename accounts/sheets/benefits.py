"""Benefits and references of clients, and who brought whom."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from accounts.selectors import benefits as found
from accounts.selectors import ledger
from accounts.views.clients import _found
from accounts.views.references import filters_of
from kam.exports.registry import Sheet, day, exported, money, text
from kam.lib.periods import today


@exported("client_benefits", title=gettext_lazy("Benefits of a client"), route="client_feedback")
def client_benefits(query, of):
    rows = found.benefits_of(ledger.legal_entities(_found(of), today()))
    columns = [
        text(_("Client")), text(_("What the client gains")), money(_("Sum per year")),
        text(_("How it is counted")), day(pgettext("benefit", "Since")),
        day(pgettext("benefit", "Until")), text(pgettext("benefit", "State")),
        text(_("Who says it")), day(_("On what day")), text(_("What shows it")),
    ]  # fmt: skip
    cells = (
        (
            row.client.name, row.what, row.amount, row.method, row.since, row.until,
            row.get_state_display(), row.contact.name if row.contact else None, row.settled_on,
            row.evidence,
        )
        for row in rows.iterator(chunk_size=2_000)
    )  # fmt: skip
    return Sheet(columns, cells)


@exported("references", title=gettext_lazy("References"), route="reference_list")
def references(query, of):
    rows = found.filtered(filters_of(query), today())
    columns = [
        text(_("Client")), text(pgettext("reference", "Kind")), text(pgettext("reference", "In short")),
        text(pgettext("reference", "Text")), text(_("Where it stands")), text(_("Whose words")),
        day(pgettext("reference", "From what day")), text(_("Permission to publish")),
        text(_("Who permitted it")), day(_("Permitted until")),
    ]  # fmt: skip
    cells = (
        (
            row.client.name, row.get_kind_display(), row.title, row.text, row.link,
            row.contact.name if row.contact else None, row.given_on, row.get_permission_display(),
            row.permitted_by.name if row.permitted_by else None, row.permitted_until,
        )
        for row in rows.iterator(chunk_size=2_000)
    )  # fmt: skip
    return Sheet(columns, cells)


@exported("referrals", title=gettext_lazy("Who brought whom"), route="reference_list")
def referrals(query, of):
    rows = found.referrals(today())
    columns = [
        text(_("Who recommended us")), text(_("Who came")), day(_("Recommended on")),
        money(_("Revenue since")),
    ]  # fmt: skip
    cells = (
        (
            row.referrer.name if row.referrer else row.name or None, row.relation.client.name,
            row.relation.since, row.revenue,
        )
        for row in rows
    )  # fmt: skip
    return Sheet(columns, cells, len(rows))
