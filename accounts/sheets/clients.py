"""Clients as they stand in the list."""

from functools import partial

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Client, OwnField
from accounts.selectors import clients as lists
from accounts.selectors import own_fields
from accounts.selectors.standings import present_of
from accounts.views.clients import filters_of
from kam.exports.registry import Sheet, day, exported, in_batches, money, number, text, whole
from kam.lib.periods import today

# Beside what the page shows, what a person needs to know the client by elsewhere.
_MORE = ("legal_name", "kpp", "turnover", "employees", "team__name", "sales_manager__name", "own")
# What a column of an own field holds, by the field's kind.
_COLUMNS = {OwnField.Kind.NUMBER: partial(number, decimals=None), OwnField.Kind.DAY: day}


@exported("clients", title=gettext_lazy("Clients"), route="client_list")
def clients(query, of):
    """The filtered clients in the order of the page, with their sales of twelve months."""
    filters = filters_of(query)
    columns = [
        text(_("Client")), text(_("Kind")), text(_("Group")), text(_("Legal name")),
        text(_("INN")), text(_("KPP")), text(_("Segment"), "segment"), text(_("Country")),
        text(_("Region")), text(_("City"), "city"), text(_("KAM"), "kam"), text(_("Team")),
        text(_("Lifecycle"), "lifecycle"), text(_("Standing")), whole(_("Place"), "place"),
        number(_("Points"), 4), money(_("Revenue, 12 months"), "revenue"),
        day(_("Last purchase"), "last"), money(_("Overdue")), whole(_("Employees")),
        money(_("Turnover per year")), text(_("Sales manager")), text(_("Tags")),
    ]  # fmt: skip
    fields = list(own_fields.asked())
    columns += [_COLUMNS.get(each.kind, text)(each.name) for each in fields]
    return Sheet(columns, _rows(filters, fields), lists.filtered(filters).count())


def _answer(field, value):
    """As a cell of the field's kind."""
    if field.kind == OwnField.Kind.NUMBER:
        return value
    if field.kind == OwnField.Kind.DAY:
        return own_fields.as_day(value)
    return own_fields.shown(field, value) or None


def _rows(filters, fields):
    as_of = today()
    ids = lists.in_order(filters).values_list("pk", flat=True).iterator(chunk_size=2_000)
    for batch in in_batches(ids):
        more = {
            row.pop("pk"): row
            for row in Client.objects.filter(pk__in=batch).order_by().values("pk", *_MORE)
        }
        found = lists.shown(batch)
        sales, standings = lists.sales(found, as_of), present_of(batch)
        for client in found:
            told, sold, standing = more[client.pk], sales[client.pk], standings.get(client.pk)
            place = getattr(client, "place", None)
            yield (
                client.name, client.get_kind_display(),
                client.group.name if client.group else None, told["legal_name"], client.inn,
                told["kpp"], client.segment, client.country, client.region, client.city,
                str(client.owner) if client.owner else None, told["team__name"],
                client.get_lifecycle_display(),
                standing.get_value_display() if standing else None,
                place.rank if place else None, place.score if place else None,
                sold.revenue if sold.last else None, sold.last, sold.overdue or None,
                told["employees"], told["turnover"], told["sales_manager__name"],
                ", ".join(client.tags) or None,
                *(_answer(each, told["own"].get(each.key)) for each in fields),
            )  # fmt: skip
