"""ABC and XYZ as a ready view: nine fields, and the clients of the one that is opened."""

from django.shortcuts import render
from django.views.decorators.http import require_GET

from accounts.models import Client
from accounts.selectors.clients import choices
from accounts.selectors.people import teams
from kam.lib.policy import KAM
from kam.lib.views import wants_part
from reports.dashboards.abc_xyz import AMOUNTS, PAGE, AbcXyz, abc_xyz
from reports.dashboards.asking import date_of
from reports.figures.abc_xyz import A_SHARE, B_SHARE, NONE, X_VARIATION, Y_VARIATION
from scoring.selectors.matrices import main_run
from scoring.selectors.ranking import kams

from .following import filters_follow
from .portfolio_map import filters_of

EVENNESS = ("X", "Y", "Z", NONE)
CELLS = tuple(letter + evenness for letter in "ABC" for evenness in EVENNESS)


def asked_of(parameters, run) -> tuple:
    """(date, amount, filters, field) out of a query string."""
    amount = parameters.get("amount", "")
    cell = parameters.get("cell", "")
    return (
        date_of(parameters, run),
        amount if amount in AMOUNTS else AMOUNTS[0],
        filters_of(parameters),
        cell if cell in CELLS else "",
    )


@require_GET
@filters_follow
def abc_xyz_page(request):
    run = main_run()
    as_of, amount, filters, cell = asked_of(request.GET, run)
    found = abc_xyz(as_of, amount, filters)
    grid = found.grid
    text = request.GET.get("page", "")
    places = found.clients(cell)
    pages = max(1, -(-len(places) // PAGE))
    number = min(max(int(text[:9]), 1), pages) if text.isdecimal() else 1
    context = {
        "found": found,
        "filters": filters,
        "cell": cell,
        "grid": [
            {
                "letter": letter,
                "fields": [
                    {
                        "key": letter + evenness,
                        "evenness": evenness,
                        "cell": grid[letter + evenness],
                    }
                    for evenness in EVENNESS
                ],
            }
            for letter in "ABC"
        ],
        "rows": rows(found, places[(number - 1) * PAGE : number * PAGE]),
        "count": len(places),
        "classed": int(sum(each.clients for each in grid.values())),
        "first": sum(each.clients for key, each in grid.items() if key[0] == "A"),
        "number": number,
        "pages": pages,
        "previous": number - 1 if number > 1 else None,
        "next": number + 1 if number < pages else None,
        "a_share": A_SHARE,
        "b_share": B_SHARE,
        "x_variation": X_VARIATION,
        "y_variation": Y_VARIATION,
    }
    if wants_part(request):
        return render(request, "reports/_abc_xyz.html", context)
    offered = choices(request.user)
    context |= {
        "kams": kams(request.user),
        "segments": offered.segments,
        "regions": offered.regions,
        "teams": [] if request.user.role == KAM else teams(),
    }
    return render(request, "reports/abc_xyz.html", context)


def rows(found: AbcXyz, places) -> list[dict]:
    """The clients at some places, with what put them there."""
    ids = found.ledger.ids[places].tolist()
    clients = Client.objects.select_related("owner").in_bulk(ids)
    return [
        {
            "client": clients[pk],
            "field": str(found.letters[at]) + str(found.evenness[at]),
            "amount": float(found.amounts[at]),
            "variation": None
            if found.variation[at] != found.variation[at]
            else found.variation[at],
        }
        for pk, at in zip(ids, places.tolist(), strict=True)
        if pk in clients
    ]
