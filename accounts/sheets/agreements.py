"""Agreements of a client, its sales plan, and the plans of all."""

from babel.dates import get_month_names
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from accounts.models import AgreedPrice
from accounts.selectors import ledger
from accounts.services import agreement_state, sales_plans
from accounts.views.clients import _found
from accounts.views.sales_plans import asked, year_asked
from kam.exports.registry import Sheet, day, exported, money, number, share, text, whole
from kam.lib.periods import today

PHASES = {
    "future": gettext_lazy("not begun"),
    "holds": gettext_lazy("in force"),
    "ending": gettext_lazy("ends soon"),
    "ended": gettext_lazy("ended"),
}


@exported("agreements", title=gettext_lazy("Agreements of a client"), route="client_agreements")
def agreements(query, of):
    """A row for each commitment of an agreement, or one where it has none."""
    as_of = today()
    states = agreement_state.states_of(ledger.legal_entities(_found(of), as_of), as_of)
    columns = [
        text(_("Agreement")), text(_("Subject")), day(_("From")), day(_("Until")), text(_("State")),
        whole(_("Days to pay")), money(_("Credit limit")), text(_("Rebate")),
        text(_("Who answers for it")), day(_("Committed from")), day(_("Committed until")),
        text(_("Product family")), money(_("Committed")), money(_("Taken")),
        money(_("Expected by today")), money(_("Leads to")), text(_("Note")),
    ]  # fmt: skip

    def rows():
        for state in states:
            row = state.agreement
            head = (
                row.number, row.subject, row.starts, row.last_day, str(PHASES[state.phase]),
                row.payment_days, row.credit_limit,
                row.get_rebate_period_display() if row.rebate_period else None,
                str(row.owner) if row.owner else None,
            )  # fmt: skip
            for each in state.commitments:
                of_it = each.commitment
                family = str(of_it.family) if of_it.family else _("everything")
                yield (
                    *head, of_it.starts, of_it.ends, family, of_it.amount, each.taken,
                    each.expected, each.forecast, row.note,
                )  # fmt: skip
            if not state.commitments:
                yield (*head, None, None, None, None, None, None, None, row.note)

    return Sheet(columns, rows())


@exported("agreed_prices", title=gettext_lazy("Agreed prices"), route="client_agreements")
def agreed_prices(query, of):
    entities = ledger.legal_entities(_found(of), today())
    found = AgreedPrice.objects.filter(agreement__client__in=entities)
    rows = found.select_related("agreement", "product").order_by("-agreement__starts", "pk")
    columns = [
        text(_("Agreement")), day(_("From")), day(_("Until")), text(_("Code")), text(_("Product")),
        number(_("Price"), None),
    ]  # fmt: skip

    def lines():
        for row in rows.iterator(chunk_size=2_000):
            agreement = row.agreement
            yield (
                agreement.number, agreement.starts, agreement.last_day, row.product.code,
                row.product.name, row.price,
            )  # fmt: skip

    return Sheet(columns, lines(), rows.count())


@exported("sales_plan", title=gettext_lazy("Sales plan of a client"), route="client_sales_plan")
def sales_plan(query, of):
    """Two rows a family: the plan, and the actual sales."""
    client, as_of = _found(of), today()
    year = sales_plans.year_of(
        client, ledger.legal_entities(client, as_of), year_asked(query), as_of
    )
    months = get_month_names("abbreviated", "stand-alone", locale=get_language() or "en")
    columns = [
        text(_("Product family")), text(_("What")), *(money(months[at]) for at in range(1, 13)),
        money(_("Year")), money(_("Forecast")),
    ]  # fmt: skip

    def rows():
        for row in (*year.rows, year.total):
            planned = row.planned if row.has_plan else None
            yield (row.name, _("plan"), *row.plan, planned, row.forecast)
            yield (row.name, _("actual"), *row.actual, row.sold, None)

    return Sheet(columns, rows())


@exported("sales_plans", title=gettext_lazy("Plan against actual"), route="sales_plan_list")
def plans(query, of):
    year, by = asked(query)
    found = sales_plans.roll_up(by, year, today())
    columns = [
        text(_("KAM") if by == "kam" else _("Product family")), money(_("Planned by now")),
        money(_("Sold by now")), share(_("Of the plan")), money(_("Planned, year")),
        money(_("Forecast, year")),
    ]  # fmt: skip
    rows = (
        (row.name, row.due, row.done, row.share, row.planned, row.forecast)
        for row in (*found.rows, found.total)
    )
    return Sheet(columns, rows)
