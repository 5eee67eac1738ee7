"""Hours, costs of clients and of the programme."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from accounts.selectors import efforts as found
from accounts.selectors import ledger
from accounts.services import efforts
from accounts.views.clients import _found
from accounts.views.efforts import week_of
from kam.exports.registry import Sheet, day, exported, number, text
from kam.lib.periods import today
from kam.lib.scoping import current


@exported("effort_week", title=gettext_lazy("Hours of the week"), route="effort_week")
def effort_week(query, of):
    columns = [text(_("Client")), number(_("By the rules, h")), number(_("It took, h"))]
    rows = efforts.rows_of(current(), week_of(query))
    return Sheet(columns, ((row.client.name, row.estimated, row.hours) for row in rows))


@exported(
    "programme_costs", title=gettext_lazy("Costs of the programme"), route="programme_cost_list"
)
def programme_costs(query, of):
    return _sheet(found.programme_costs())


@exported("client_costs", title=gettext_lazy("Costs of a client"), route="client_costs")
def client_costs(query, of):
    return _sheet(found.service_costs(ledger.legal_entities(_found(of), today())))


def _sheet(rows) -> Sheet:
    columns = [
        text(pgettext("cost", "What for")), text(pgettext("cost", "Kind")), day(_("Date")),
        number(pgettext("cost", "Sum")),
    ]  # fmt: skip
    return Sheet(
        columns, ((row.what, row.get_kind_display(), row.date, row.amount) for row in rows)
    )
