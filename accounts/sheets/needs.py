"""Needs: all one may see, of a client, of a theme; and the themes with their money."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from accounts.models import Theme
from accounts.selectors import ledger
from accounts.selectors import needs as found
from accounts.services import outlook
from accounts.views.clients import _found
from accounts.views.needs import filters_of
from kam.exports.registry import Sheet, day, exported, money, number, text, whole
from kam.lib.periods import today
from kam.lib.views import find


@exported("needs", title=gettext_lazy("Needs"), route="need_list")
def needs(query, of):
    return _sheet(found.filtered(filters_of(query)))


@exported("client_needs", title=gettext_lazy("Needs of a client"), route="client_needs")
def client_needs(query, of):
    return _sheet(found.in_order(found.needs_of(ledger.legal_entities(_found(of), today()))))


@exported("theme_needs", title=gettext_lazy("Needs of a theme"), route="theme_detail")
def theme_needs(query, of):
    return _sheet(found.in_order(found.rows().filter(theme=find(Theme, pk=of))))


def _sheet(rows) -> Sheet:
    columns = [
        text(_("Client")), text(_("KAM")), text(_("What they will want")),
        text(pgettext("need", "What for")), text(_("Theme")), text(pgettext("need", "State")),
        day(_("In this state since")), text(_("Why")), day(_("Wanted by")),
        money(_("May bring a year, from")), money(_("May bring a year, to")),
        whole(_("Likelihood, %")), text(_("Where we know it from")), text(_("Who said it")),
        text(_("Product family")), text(_("Product")),
    ]  # fmt: skip
    cells = (
        (
            row.client.name, row.client.owner.name if row.client.owner else None, row.what,
            row.purpose, row.theme.name if row.theme else None, row.get_state_display(), row.since,
            row.reason, row.by_when, row.low, row.high, row.likelihood, row.get_source_display(),
            row.contact.name if row.contact and not row.contact.is_blocked else None, row.family.name if row.family else None,
            str(row.product) if row.product else None,
        )
        for row in rows.iterator(chunk_size=2_000)
    )  # fmt: skip
    return Sheet(columns, cells)


@exported("themes", title=gettext_lazy("Themes of needs"), route="theme_list")
def themes(query, of):
    columns = [
        text(_("Theme")), text(pgettext("theme", "What it is about")), whole(_("Clients")), whole(_("Open needs")),
        money(_("May bring a year, from")), money(_("May bring a year, to")),
        money(_("Expected, by likelihood")), whole(pgettext("needs", "Won")),
        whole(pgettext("needs", "Lost")),
    ]  # fmt: skip
    cells = (
        (
            theme.name, theme.description, sums.clients, sums.needs,
            sums.low if sums.priced else None, sums.high if sums.priced else None,
            sums.expected if sums.weighed else None, sums.won, sums.lost,
        )
        for theme, sums in found.themes_with_money()
    )  # fmt: skip
    return Sheet(columns, cells)


@exported("next_orders", title=gettext_lazy("Next orders"), route="next_order_list")
def next_orders(query, of):
    columns = [
        text(_("Client")), text(_("KAM")), whole(_("Days of orders")), day(_("Last order")),
        number(_("Median gap, days"), 1), number(_("Lower quartile, days"), 1),
        number(_("Upper quartile, days"), 1), day(_("From")), day(_("Expected")), day(_("Until")),
    ]  # fmt: skip

    def rows():
        for line in outlook.next_orders(today(), query.get("owner", "")[:20]):
            window = line.window
            told = [None] * 7 if window is None else [
                window.last, window.median, window.lower, window.upper, window.earliest,
                window.expected, window.latest,
            ]  # fmt: skip
            owner = line.client.owner
            yield [line.client.name, owner.name if owner else None, line.orders, *told]

    return Sheet(columns, rows())
