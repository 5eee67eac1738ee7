"""Closed years: the closings, and the frozen rows of one beside today's figures."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from accounts.models import FrozenSale, YearClose
from accounts.selectors import year_closes as found
from kam.exports.registry import Sheet, day, exported, moment, money, number, text, whole
from kam.lib.periods import today
from kam.lib.views import find


@exported("year_closes", title=gettext_lazy("Closed years"), route="year_close_list")
def year_closes(query, of):
    columns = [
        whole(_("Year")), moment(pgettext("year", "Closed")), text(_("By whom")), whole(_("Clients")),
        number(_("Growth of the plan") + ", %", 1), whole(_("Months planned")),
        whole(_("Goals carried")), moment(pgettext("year", "Undone")),
    ]  # fmt: skip
    rows = (
        (
            row.year, row.closed_at, row.author.name if row.author else None, row.clients,
            row.growth, row.planned_cells, row.carried_goals, row.undone_at,
        )
        for row in found.closings()
    )  # fmt: skip
    return Sheet(columns, rows)


@exported("frozen_sales", title=gettext_lazy("Results of a closed year"), route="year_close_detail")
def frozen_sales(query, of):
    close = find(YearClose, pk=of)
    rows = FrozenSale.objects.filter(close=close).select_related("client", "family")
    rows = list(rows.order_by("client__sort_name", "client", "month", "family"))
    now = found.sold_of({row.client_id for row in rows}, close.year, today())
    columns = [
        text(_("Client")), text(_("Product family")), day(_("Month")), money(_("Planned")),
        money(_("Sold when closed")), money(_("Sold by today’s documents")),
        money(pgettext("year", "Corrected since")),
    ]  # fmt: skip

    def cells():
        for row in rows:
            sold = now.get((row.client_id, row.family_id, row.month), found.NOTHING)
            yield (
                row.client.name, row.family.name if row.family else None, row.month, row.planned,
                row.sold, sold, sold - row.sold,
            )  # fmt: skip

    return Sheet(columns, cells())
