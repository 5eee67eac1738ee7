"""The portfolio page, and the clients behind each of its charts."""

import csv
from collections.abc import Iterator

from django.http import Http404, StreamingHttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_GET

from accounts.selectors.clients import choices
from accounts.selectors.people import teams
from kam.audit.services import record
from kam.lib import formatting
from kam.lib.policy import KAM
from kam.lib.views import wants_part
from reports.dashboards.asking import asked_of
from reports.dashboards.portfolio import (
    PARETO_SHARE,
    PERIODS,
    SHARE_LIMIT,
    portfolio,
)
from reports.dashboards.portfolio_charts import CHARTS, portfolio_charts, why_moved
from reports.dashboards.portfolio_rows import Rows
from reports.store import YEAR
from scoring.selectors.matrices import main_run
from scoring.selectors.ranking import kams

from .following import filters_follow

# One client above this share of revenue is a dependence.
DEPENDENCE = 0.2


def chosen(request, asked, run) -> dict:
    """What the filters offer and have."""
    offered = choices(request.user)
    return {
        "asked": asked,
        "run": run,
        "periods": PERIODS,
        "kams": kams(request.user),
        "segments": offered.segments,
        "regions": offered.regions,
        "teams": [] if request.user.role == KAM else teams(),
    }


@require_GET
@filters_follow
def portfolio_page(request):
    run = main_run()
    asked = asked_of(request.GET, run)
    figures = portfolio(asked, run)
    context = {
        "asked": asked,
        "run": run,
        "figures": figures,
        "charts": portfolio_charts(figures) if figures.buyers or figures.ledger.clients else [],
        "largest": figures.names.get(figures.largest),
        "largest_id": None if figures.largest is None else int(figures.ledger.ids[figures.largest]),
        "selected_count": int(figures.selected.sum()),
        "key_count": int(figures.key.sum()),
        "share_limit": SHARE_LIMIT,
        "pareto_share": PARETO_SHARE,
        "dependence": DEPENDENCE,
        "movers": movers(figures),
        "is_year": asked.months == YEAR,
    }
    if wants_part(request):
        return render(request, "reports/_portfolio.html", context)
    return render(request, "reports/portfolio.html", context | chosen(request, asked, run))


def movers(figures) -> list[dict]:
    """The clients of the movers' chart as links, in its order."""
    if not figures.comparable:
        return []
    found = figures.movers
    return [
        {
            "client": int(figures.ledger.ids[place]),
            "name": figures.names[place],
            "change": float(found.change[place]),
            "why": why_moved(figures, place),
        }
        for place in [*found.up.tolist(), *found.down[::-1].tolist()]
    ]


@require_GET
def portfolio_rows(request, chart):
    """The clients behind a chart as a table, or as a file with ``?file=csv``."""
    if chart not in CHARTS:
        raise Http404
    run = main_run()
    asked = asked_of(request.GET, run)
    figures = portfolio(asked, run)
    rows = Rows(figures, chart)
    if request.GET.get("file") == "csv":
        record("portfolio.exported", details={"chart": chart, "rows": len(rows)})
        return csv_file(rows, f"{chart}-{asked.as_of}.csv")
    text = request.GET.get("page", "")
    number = min(max(int(text[:9]), 1), rows.pages) if text.isdecimal() else 1
    context = {
        "asked": asked,
        "key": chart,
        "chart": CHARTS[chart](figures),
        "rows": rows,
        "page": [
            {**vars(row), "cells": cells(row.values, rows.columns)} for row in rows.page(number)
        ],
        "number": number,
        "previous": number - 1 if number > 1 else None,
        "next": number + 1 if number < rows.pages else None,
    }
    return render(request, "reports/portfolio_rows.html", context)


def cells(values, columns) -> list[dict]:
    """Values as the table shows them; the unit stands in its head."""
    language = get_language()
    shown = []
    for value, column in zip(values, columns, strict=True):
        if column.unit == "percent":
            value = None if value is None else formatting.number(100 * value, 1, language=language)
        elif column.unit == "money":
            value = formatting.number(value, language=language)
        shown.append({"unit": column.unit, "text": formatting.MISSING if value is None else value})
    return shown


# --- CSV ----------------------------------------------------------------------------------------

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\0")


class Echo:
    """A file that hands back what is written to it: rows leave as they are made."""

    def write(self, text: str) -> str:
        return text


def safe(text: str) -> str:
    """Text that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(FORMULA) else text


def csv_file(rows: Rows, name: str) -> StreamingHttpResponse:
    response = StreamingHttpResponse(list(csv_lines(rows)), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def csv_lines(rows: Rows) -> Iterator[str]:
    """The table for a spreadsheet of the reader's language: its separator and decimal mark."""
    russian = get_language() == "ru"
    writer = csv.writer(Echo(), delimiter=";" if russian else ",")

    def written(value: float | str | None, unit: str) -> str:
        if value is None:
            return ""
        if isinstance(value, str):
            return safe(value)
        text = f"{value:.6f}" if unit == "percent" else f"{value:.2f}"
        return text.replace(".", ",") if russian else text

    yield "\ufeff" + writer.writerow(
        ["id", "client", "kam", "segment", "selected", *(column.key for column in rows.columns)]
    )
    for row in rows.all():
        yield writer.writerow(
            [
                row.client,
                safe(row.name),
                safe(row.kam),
                safe(row.segment),
                int(row.selected),
                *(
                    written(value, column.unit)
                    for value, column in zip(row.values, rows.columns, strict=True)
                ),
            ]
        )
