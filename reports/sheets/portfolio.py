"""Clients behind the charts of the portfolio, its classes, and the map of a matrix."""

import math

import numpy as np
from django.http import Http404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kam.exports.registry import (
    Column,
    Sheet,
    exported,
    in_batches,
    money,
    number,
    share,
    text,
    whole,
)
from reports.dashboards.abc_xyz import abc_xyz
from reports.dashboards.boards import QUESTIONS, Board
from reports.dashboards.portfolio import portfolio
from reports.dashboards.portfolio_charts import CHARTS
from reports.dashboards.portfolio_map import portfolio_map, quadrant_words
from reports.dashboards.portfolio_rows import Rows
from reports.views import abc_xyz as classes_page
from reports.views import portfolio as portfolio_page
from reports.views.portfolio_map import filters_of
from scoring.models import Matrix
from scoring.selectors.matrices import main_run

# These stand in the address of the page; here they come beside what the page was asked for.
CHART, QUESTION = "chart", "question"


@exported("portfolio_rows", title=gettext_lazy("Portfolio"), route="portfolio_rows")
def behind_a_chart(query, of):
    chart = query.get(CHART, "")
    if chart not in CHARTS:
        raise Http404
    asked = portfolio_page.asked_of(query, main_run())
    found = Rows(portfolio(asked, main_run()), chart)
    columns = [
        text(_("Client"), "name"), text(_("On the list")),
        *(_column(each) for each in found.columns), text(_("KAM"), "kam"),
        text(_("Segment"), "segment"),
    ]  # fmt: skip
    rows = (
        (row.name, _("yes") if row.selected else None, *row.values, row.kam, row.segment)
        for row in found.all()
    )
    return Sheet(columns, rows, len(found))


def _column(each) -> Column:
    kinds = {"money": money, "percent": share, "number": number, "count": whole}
    return kinds.get(each.unit, text)(each.label, each.key)


@exported("portfolio_questions", title=gettext_lazy("Analysis"), route="portfolio_question")
def behind_a_question(query, of):
    key = query.get(QUESTION, "")
    if key not in QUESTIONS:
        raise Http404
    found = QUESTIONS[key](Board(portfolio_page.asked_of(query, main_run()), main_run())).behind
    head = [text(_("KAM"), "name")] if found.of_people else [text(_("Client"), "name")]
    tail = [] if found.of_people else [text(_("KAM"), "kam"), text(_("Segment"), "segment")]
    rows = (
        (row.name, *row.values, *(() if found.of_people else (row.kam, row.segment)))
        for row in found.all()
    )
    return Sheet([*head, *map(_column, found.columns), *tail], rows, len(found))


@exported("portfolio_classes", title="ABC/XYZ", route="portfolio_abc_xyz")
def classes(query, of):
    as_of, amount, filters, cell = classes_page.asked_of(query, main_run())
    found = abc_xyz(as_of, amount, filters)
    places = found.clients(cell)
    columns = [
        text(_("Client")), text(_("Field")), money(_("Profit") if amount == "profit" else _("Revenue")),
        number(_("Variation")), text(_("KAM")),
    ]  # fmt: skip

    def rows():
        for batch in in_batches(places.tolist()):
            for row in classes_page.rows(found, np.array(batch)):
                yield (
                    row["client"].name, row["field"], row["amount"], row["variation"],
                    str(row["client"].owner) if row["client"].owner else None,
                )  # fmt: skip

    return Sheet(columns, rows(), len(places))


@exported("map", title=gettext_lazy("Map of the portfolio"), route="matrix_map")
def points(query, of):
    matrix = Matrix.objects.select_related("current_run__version__matrix").filter(pk=of).first()
    if matrix is None:
        raise Http404
    words = quadrant_words()
    run = matrix.current_run
    found = portfolio_map(run, filters_of(query)).points if run else ()
    columns = [
        text(_("Client")), number(_("Attractiveness")), number(_("Our strength")),
        money(_("Revenue, 12 months")), text(_("What it asks for")), text(_("On the list")),
    ]  # fmt: skip
    rows = (
        (
            point.client.name, _known(point.attractiveness), _known(point.strength), point.revenue,
            str(words[point.quadrant]), _("yes") if point.selected else None,
        )
        for point in found
    )  # fmt: skip
    return Sheet(columns, rows, len(found))


def _known(value: float) -> float | None:
    return None if math.isnan(value) else value
