"""The ranking: who stands where, why, and where the list is cut."""

from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_GET

from accounts.models import Standing
from accounts.selectors.clients import choices
from kam.lib import drawing, formatting
from kam.lib.views import wants_part
from scoring.models import RankingRun
from scoring.selectors.matrices import asked_run, main_matrix, version_criteria
from scoring.selectors.ranking import Filters, kams, ranking_slice
from scoring.services.explanation import parts_of_rows


def filters_of(parameters) -> Filters:
    """Filters from a query string; what is not known is left out."""
    text = {name: parameters.get(name, "")[:120] for name in ("q", "owner", "segment", "sort")}
    choices = {
        "coverage": ("full", "part"),
        "selected": ("yes", "no"),
        "part": ("ranked", "unrated"),
    }
    for name, allowed in choices.items():
        value = parameters.get(name, "")
        text[name] = value if value in allowed else ""
    text["part"] = text["part"] or "ranked"
    return Filters(**text)


@require_GET
def ranking(request):
    run = asked_run(request.GET.get("run", ""))
    if run is None:
        return render(request, "scoring/ranking_empty.html", {"matrix": main_matrix()})
    filters = filters_of(request.GET)
    criteria = version_criteria(run.version)
    page = ranking_slice(
        run,
        filters,
        after=request.GET.get("after", ""),
        before=request.GET.get("before", ""),
        criteria=len(criteria),
    )
    parts = parts_of_rows(page.rows, criteria)
    sure = bool(page.rows) and page.rows[0].confidence_id is not None
    context = {
        "run": run,
        "criteria": criteria,
        "filters": filters,
        "slice": page,
        "sort": page.sort,
        "lines": lines(run, page, parts),
        "sure": sure,
        "columns": 5 + bool(run.previous_id) + (sure and filters.part == "ranked"),
        "unrated": run.clients - run.rated,
        "past": run.version.matrix.current_run_id != run.pk,
        "other": not run.version.matrix.is_main,
    }
    if wants_part(request):
        return render(request, "scoring/_ranking.html", context)
    context |= {"segments": choices(request.user).segments, "kams": kams(request.user)}
    return render(request, "scoring/ranking.html", context)


def bar(row, parts) -> drawing.ScoreBar:
    """The parts of the points; what is missing is drawn as the interval it leaves open."""
    open_ended = row.coverage < 1
    return drawing.score_bar(
        [(part["label"], part["points"], part["colour"]) for part in parts] if row.rank else [],
        low=row.low if open_ended else None,
        high=row.high if open_ended else None,
    )


def lines(run: RankingRun, page, parts) -> list[dict]:
    """What the table shows: rows with their parts, and the key line where the places cross it."""
    shown: list[dict] = []
    drawn = run.line is None or page.sort != "place" or page.filters.part != "ranked"
    cut = run.selected
    first = page.rows[0].place if page.rows else 0
    drawn = drawn or first > cut + 1 or (first == cut + 1 and bool(page.before))
    for row, its_parts in zip(page.rows, parts, strict=True):
        if not drawn and row.place > cut:
            shown.append({"key_line": True})
            drawn = True
        change = row.previous_rank - row.rank if row.previous_rank and row.rank else None
        shown.append(
            {
                "row": row,
                "standing": Standing(value=row.standing) if row.standing else None,
                "bar": bar(row, its_parts),
                "change": change,
                "moved": formatting.number(change, language=get_language(), signed=True),
                "could_be_selected": not row.rank and run.line is not None and row.high >= run.line,
            }
        )
    if not drawn and shown and page.rows[-1].place == cut:
        shown.append({"key_line": True})
    return shown
