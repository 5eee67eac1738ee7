"""What people are asked, where they differ, and which ratings would settle seats."""

from django.http import Http404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Client
from kam.exports.registry import Sheet, day, exported, number, share, text, whole
from kam.lib.navigation import may
from kam.lib.scoping import current
from scoring.models import Matrix
from scoring.selectors.confidence import confidence_of, seats_of, wanted_ratings
from scoring.selectors.rating_requests import open_requests, own_requests
from scoring.services.confidence import has_seats
from scoring.services.seats import seats_within, tolerance_of


@exported("rating_requests", title=gettext_lazy("Ratings asked for"), route="rating_request_list")
def requests(query, of):
    """One's own; for those who ask, also what is asked of others."""
    person = current()
    asked = own_requests(person)
    if may(person, "rating_request_create", "POST"):
        asked = open_requests()
    columns = [
        text(_("Client")), text(_("Criterion")), text(_("Who is asked")), text(_("Asked by")),
        day(_("By when")), text(_("Why")),
    ]  # fmt: skip
    rows = (
        (
            row.client.name, row.criterion.label, str(row.person),
            str(row.asked_by) if row.asked_by else None, row.due, row.reason,
        )
        for row in asked
    )  # fmt: skip
    return Sheet(columns, rows)


def _run(of: int):
    matrix = Matrix.objects.select_related("current_run__version__matrix").filter(pk=of).first()
    if matrix is None:
        raise Http404
    return matrix.current_run


@exported("wanted_ratings", title=gettext_lazy("Rate these next"), route="matrix_wanted")
def wanted(query, of):
    row = confidence_of(_run(of))
    columns = [
        text(_("Client")), text(_("KAM")), text(_("Criterion")), text(_("Why")),
        share(_("Settles the seat")), number(_("On the list from"), 1),
    ]  # fmt: skip
    rows = (
        (
            each.client.name, str(each.client.owner) if each.client.owner else None,
            each.criterion.label, _("rated over a year ago") if each.old else _("not rated"),
            each.value, each.needed if 1 <= each.needed <= 10 else None,
        )
        for each in (wanted_ratings(row) if row else ())
    )  # fmt: skip
    return Sheet(columns, rows)


@exported("seats", title=gettext_lazy("Seats that hang on the weights"), route="matrix_confidence")
def seats(query, of):
    run = _run(of)
    columns = [
        whole(_("Place")), text(_("Client")), text(_("KAM")), text(_("On the list")),
        number(_("Points")), number(_("Points at least")), number(_("Points at most")),
        share(_("Sure")), whole(_("Place at best")), whole(_("Place at worst")),
    ]  # fmt: skip
    if run is None or not has_seats(run):
        return Sheet(columns, [])
    row = confidence_of(run)
    found = seats_within(run, tolerance_of(query.get("tolerance", "")))
    ids = [each.client_id for each in found.hanging]
    names = Client.objects.select_related("owner").in_bulk(ids)
    chances = seats_of(row, ids)

    def lines():
        for each in found.hanging:
            client, chance = names.get(each.client_id), chances.get(each.client_id)
            if client is None:
                continue
            yield (
                each.rank, client.name, str(client.owner) if client.owner else None,
                _("yes") if each.selected else None, each.score, each.low, each.high,
                chance.p_key if chance else 0.0 if row else None,
                chance.rank_low if chance else None, chance.rank_high if chance else None,
            )  # fmt: skip

    return Sheet(columns, lines(), len(found.hanging))
