"""The ranking and the grid of ratings as they stand on their pages."""

import math

from django.http import Http404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Standing
from kam.exports.registry import Column, Sheet, exported, in_batches, number, share, text, whole
from kam.lib.scoping import current
from scoring.models import Matrix
from scoring.selectors.clients import served_clients
from scoring.selectors.matrices import asked_run, main_run, rated_version, version_criteria
from scoring.selectors.ranking import Filters, in_order, ranking_rows
from scoring.services.explanation import parts_of_rows
from scoring.views.ranking import filters_of
from scoring.views.ratings import grid


@exported("ranking", title=gettext_lazy("Ranking"), route="ranking")
def ranking(query, of):
    """The rows of the run that the page shows, each with its ratings and points by criterion."""
    run = asked_run(query.get("run", ""))
    if run is None:
        return Sheet([text(_("Client"), "name")], [])
    filters, criteria = filters_of(query), version_criteria(run.version)
    columns = [
        whole(_("Place"), "place"), whole(_("Place before"), "change"), text(_("Client"), "name"),
        text(_("Segment")), text(_("KAM"), "kam"), text(_("On the list")), text(_("Standing")),
        number(_("Points"), 4, "points"), number(_("Points at least"), 4),
        number(_("Points at most"), 4), share(_("Coverage"), "coverage"), share(_("Sure"), "sure"),
        *(number(row.criterion.label) for row in criteria),
        *(number(_("%(criterion)s, points") % {"criterion": row.criterion.label}, 4)
          for row in criteria),
    ]  # fmt: skip

    def rows():
        found = in_order(run, filters, len(criteria)).iterator(chunk_size=2_000)
        for batch in in_batches(found):
            for row, parts in zip(batch, parts_of_rows(batch, criteria), strict=True):
                yield _line(row, parts)

    return Sheet(columns, rows(), ranking_rows(run, filters).count())


def _line(row, parts) -> tuple:
    sure = row.seat or {"p_key": 0.0} if row.rank and row.confidence_id is not None else None
    return (
        row.rank or None, row.previous_rank or None, row.client.name, row.client.segment,
        str(row.client.owner) if row.client.owner else None,
        _("yes") if row.selected else None,
        str(Standing.Value(row.standing).label) if row.standing else None,
        None if math.isnan(row.score) else row.score, row.low, row.high, row.coverage,
        sure["p_key"] if sure else None,
        *(part["rating"] for part in parts),
        *(part["points"] if row.rank else None for part in parts),
    )  # fmt: skip


@exported("ratings", title=gettext_lazy("Ratings"), route="matrix_ratings")
def ratings(query, of):
    """One's own ratings beside those of others and what the ranking took, by criterion."""
    matrix = Matrix.objects.select_related("current_run").filter(pk=of).first()
    if matrix is None:
        raise Http404
    version = rated_version(matrix)
    criteria = version_criteria(version)
    columns = [whole(_("Place")), text(_("Client")), number(_("Points"), 4)]
    for row in criteria:
        columns += _columns_of(row)

    def rows():
        for batch in in_batches(_clients(query), 500):
            for line in grid(current(), matrix, version, criteria, batch):
                place = line["row"]
                ranked = place is not None and place.rank
                cells = [
                    value
                    for cell in line["cells"]
                    for value in (
                        (cell["own"], cell["mean"], cell["others"] or None, cell["ranked"])
                        if cell["criterion"].rated_by_people
                        else (cell["ranked"],)
                    )
                ]
                yield (
                    place.rank if ranked else None, line["client"].name,
                    place.score if ranked else None, *cells,
                )  # fmt: skip

    return Sheet(columns, rows())


def _columns_of(row) -> list[Column]:
    label = {"criterion": row.criterion.label}
    if not row.rated_by_people:
        return [number(row.criterion.label)]
    return [
        number(_("%(criterion)s: my rating") % label),
        number(_("%(criterion)s: others, mean") % label),
        whole(_("%(criterion)s: others, how many") % label),
        number(_("%(criterion)s: in the ranking") % label),
    ]


def _clients(query):
    """The clients of the grid in its order."""
    run = main_run()
    if run is None:
        yield from served_clients().order_by("sort_name", "pk").iterator(chunk_size=1_000)
        return
    filters = Filters(q=query.get("q", "")[:120], owner=query.get("owner", "")[:20], part="all")
    for row in in_order(run, filters).iterator(chunk_size=1_000):
        yield row.client
