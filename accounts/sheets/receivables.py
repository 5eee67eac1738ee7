"""Debts: by client, week by week, and of one client."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from accounts.selectors import ledger
from accounts.services import debts as found
from accounts.views.clients import _found
from accounts.views.receivables import AGE_LABELS, filters_of
from kam.exports.registry import Sheet, day, exported, money, text, whole
from kam.lib.periods import today


@exported("receivables", title=gettext_lazy("Receivables"), route="receivable_list")
def receivables(query, of):
    columns = [
        text(_("Client")), text(_("KAM")),
        *(money(str(label)) for label in AGE_LABELS.values()),
        money(pgettext("debt", "Total")), money(pgettext("debt", "Overdue")),
        whole(_("Days overdue")), money(_("Credit limit")), text(_("Shipments stopped")),
        day(_("Payment promised by")),
    ]  # fmt: skip
    now = today()
    rows = list(found.by_client(filters_of(query), now))
    cells = (
        (
            line.client.name, line.owner.name if line.owner else None, *line.by_age.values(),
            line.total, line.overdue, line.oldest, line.limit,
            line.stop.reason if line.stop else None,
            line.promised.promise.due if line.promised else None,
        )
        for line in found.told(rows, now)
    )  # fmt: skip
    return Sheet(columns, cells)


@exported(
    "receivable_calendar", title=gettext_lazy("Expected payments"), route="receivable_calendar"
)
def weeks(query, of):
    return _weeks(found.calendar_of(filters_of(query), today()))


@exported(
    "client_receivables",
    title=gettext_lazy("Expected payments of a client"),
    route="client_receivables",
)
def client_weeks(query, of):
    client, now = _found(of), today()
    return _weeks(found.account(client, ledger.legal_entities(client, now), now).calendar)


def _weeks(calendar) -> Sheet:
    columns = [
        day(_("Week from")), money(_("By due day")), money(_("By their habit")),
        money(_("As they promise")),
    ]  # fmt: skip
    return Sheet(columns, ((w.start, w.by_due, w.by_habit, w.promised) for w in calendar.weeks))
