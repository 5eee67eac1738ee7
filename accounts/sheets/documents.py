"""What happened with one client: documents, and everything by date."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Contact, Document
from accounts.selectors import documents as found
from accounts.selectors import ledger
from accounts.selectors import timeline as happened
from accounts.views.clients import _found, timeline_filters
from kam.exports.registry import Sheet, day, exported, money, text
from kam.lib.periods import today

from .people import exportable

STATES = {
    "paid": gettext_lazy("paid"),
    "late": gettext_lazy("paid late"),
    "overdue": gettext_lazy("overdue"),
    "part": gettext_lazy("paid in part"),
    "open": gettext_lazy("to be paid"),
}


@exported("documents", title=gettext_lazy("Documents of a client"), route="client_documents")
def documents(query, of):
    client, as_of = _found(of), today()
    kind = query.get("type", "")
    kind = kind if kind in (*Document.Type.values, "unpaid") else ""
    rows = found.listed(ledger.legal_entities(client, as_of), as_of, kind)
    columns = [
        text(_("Type")), text(_("Number")), day(_("Date")), text(_("Company")),
        money(_("Net of VAT")), money(_("VAT")), money(_("With VAT")), money(_("Paid")),
        day(_("Due")), day(_("Paid in full on")), text(_("Payment")),
        text(_("Currency of the document")), text(_("Manager")), text(_("Agreement")),
    ]  # fmt: skip

    def lines():
        for row in rows.iterator(chunk_size=2_000):
            state = found.state(row, as_of)
            yield (
                row.get_type_display(), row.number, row.date, row.client.name, row.net, row.vat,
                row.gross, row.paid, row.due, row.settled_on, str(STATES.get(state, "")),
                row.currency, row.manager, row.agreement,
            )  # fmt: skip

    return Sheet(columns, lines(), rows.count())


@exported("timeline", title=gettext_lazy("What happened with a client"), route="client_timeline")
def timeline(query, of):
    client, as_of = _found(of), today()
    filters = timeline_filters(query)
    entities = ledger.legal_entities(client, as_of)
    sources = {
        happened.INTERACTIONS: _("Talk"),
        happened.DOCUMENTS: _("Document"),
        happened.PAYMENTS: _("Payment"),
        happened.PROMISES: _("Promise"),
        happened.TASKS: _("Task"),
        happened.PROBLEMS: _("Problem"),
        happened.PLANS: _("Signed plan"),
        happened.STANDINGS: _("Decision on standing"),
        happened.FILES: _("File"),
        happened.PAPERS: _("File"),
    }
    people = exportable(Contact.objects.filter(client__in=entities))
    names = set(people.values_list("name", flat=True))
    columns = [
        day(_("Date")), text(_("What")), text(_("Kind")), text(_("Title")), text(_("Text")),
        text(_("With whom")), money(_("Amount with VAT")),
    ]  # fmt: skip

    def rows():
        after: str | None = ""
        while after is not None:
            part = happened.timeline(entities, as_of, filters=filters, after=after, size=1_000)
            for each in part.entries:
                yield (
                    each.date, sources[each.source], each.kind_label, each.title, each.text,
                    each.who if each.who in names else None, each.amount,
                )  # fmt: skip
            after = part.after

    return Sheet(columns, rows())
