"""Questions to the portfolio: a few on a page, and the rows behind each."""

from django.http import Http404
from django.shortcuts import render
from django.utils.translation import get_language, gettext_lazy
from django.views.decorators.http import require_GET

from kam.lib import formatting
from kam.lib.views import wants_part
from reports.dashboards.asking import asked_of
from reports.dashboards.boards import BOARDS, QUESTIONS, Behind, Board
from scoring.selectors.matrices import main_run

from .following import filters_follow
from .portfolio import chosen

TITLES = {
    "retention": gettext_lazy("Do we keep what we have?"),
    "dependence": gettext_lazy("What hangs on whom?"),
    "work": gettext_lazy("What does our work bring?"),
    "openings": gettext_lazy("Where is there room to grow?"),
}


@require_GET
@filters_follow
def retention_board(request):
    return _board(request, "retention")


@require_GET
@filters_follow
def dependence_board(request):
    return _board(request, "dependence")


@require_GET
@filters_follow
def work_board(request):
    return _board(request, "work")


@require_GET
@filters_follow
def openings_board(request):
    return _board(request, "openings")


def _board(request, name: str):
    run = main_run()
    asked = asked_of(request.GET, run)
    board = Board(asked, run)
    answers = [ask(board) for ask in BOARDS[name].values()]
    context = {
        "asked": asked,
        "name": name,
        "answers": answers,
        # A table of few people says at once what a chart of it cannot.
        "tables": [
            {"rows": each.behind, "page": shown_rows(each.behind, 1)}
            for each in answers
            if each.of_people
        ],
    }
    if wants_part(request):
        return render(request, "reports/_board.html", context)
    context |= chosen(request, asked, run) | {"title": TITLES[name]}
    return render(request, "reports/board.html", context)


@require_GET
def question_rows(request, question):
    """The clients behind a chart as a table."""
    if question not in QUESTIONS:
        raise Http404
    asked = asked_of(request.GET, main_run())
    answer = QUESTIONS[question](Board(asked, main_run()))
    rows, text = answer.behind, request.GET.get("page", "")
    number = min(max(int(text[:9]), 1), rows.pages) if text.isdecimal() else 1
    context = {
        "asked": asked,
        "question": question,
        "chart": answer.chart,
        "board": next(name for name, asks in BOARDS.items() if question in asks),
        "rows": rows,
        "page": shown_rows(rows, number),
        "number": number,
        "previous": number - 1 if number > 1 else None,
        "next": number + 1 if number < rows.pages else None,
    }
    return render(request, "reports/question_rows.html", context)


def shown_rows(rows: Behind, number: int) -> list[dict]:
    """The rows of a page with their values as the table shows them."""
    return [{"row": row, "cells": cells(row.values, rows.columns)} for row in rows.page(number)]


def cells(values, columns) -> list[dict]:
    """Values as the table shows them; the unit stands in its head."""
    language = get_language()

    def shown(value, unit: str) -> str:
        if value is None:
            return formatting.MISSING
        if unit == "text":
            return value
        scale, decimals = {"percent": (100, 1), "number": (1, 1), "count": (1, 0)}.get(unit, (1, 0))
        return formatting.number(scale * value, decimals, language=language)

    return [
        {"unit": column.unit, "text": shown(value, column.unit)}
        for value, column in zip(values, columns, strict=True)
    ]
