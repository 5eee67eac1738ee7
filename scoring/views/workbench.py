"""The workbench: criteria and weights, and at once what they do to the list."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Prefetch
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.models import Client
from kam.lib import drawing, formatting
from kam.lib.navigation import may
from kam.lib.views import wants_part
from scoring.engine.ratings import rule_from_dict
from scoring.forms.matrices import ActivationForm
from scoring.forms.workbench import METHODS, Workbench, read_workbench
from scoring.models import Criterion, Matrix, MatrixVersion
from scoring.selectors.matrices import working_version
from scoring.services.explanation import measure_label
from scoring.services.versions import draft_of, save_draft
from scoring.services.weighing import SCALE, ratio_text
from scoring.services.whatif import Line, Move, WhatIf, what_if

NAMED = 5  # entrants and leavers that are told by name


@require_http_methods(["GET", "POST"])
def matrix_workbench(request, pk):
    """Criteria left, clients in the middle, consequences right; nothing is stored but by POST."""
    matrix = get_object_or_404(
        Matrix.objects.select_related("current_run__version__matrix").prefetch_related(
            Prefetch("versions", MatrixVersion.objects.order_by("-number"))
        ),
        pk=pk,
    )
    base = working_version(matrix)
    bench = read_workbench(
        base,
        list(base.criteria.select_related("criterion").order_by("position")),
        list(Criterion.objects.order_by("position", "pk")),
        request.POST if request.method == "POST" else request.GET,
    )
    if request.method == "POST":
        return _save(request, matrix, bench)
    context = _context(request, matrix, bench)
    if not wants_part(request):
        return render(request, "scoring/matrix_workbench.html", context)
    part = "_workbench" if request.htmx.target == "workbench" else "_workbench_parts"
    return render(request, f"scoring/{part}.html", context)


def _save(request, matrix: Matrix, bench: Workbench):
    try:
        with transaction.atomic():  # what is refused begins no draft either
            save_draft(draft_of(matrix, request.user), bench.choices(), **bench.settings)
    except ValidationError as error:
        context = _context(request, matrix, bench) | {"errors": error.messages}
        return render(request, "scoring/matrix_workbench.html", context, status=422)
    messages.success(request, _("The draft is saved."))
    return redirect("matrix_workbench", pk=matrix.pk)


def workbench_address(route: str, matrix: Matrix) -> str:
    return reverse(route, args=[matrix.pk])


def _context(request, matrix: Matrix, bench: Workbench) -> dict:
    found = None
    if matrix.current_run is not None and bench.total:
        found = what_if(matrix.current_run, bench.rows, **bench.cut, from_top="top" in request.GET)
    draft = bench.base if bench.base.status == MatrixVersion.Status.DRAFT else None
    labels = {row.criterion.key: row.criterion.label for row in bench.rows}
    return {
        "matrix": matrix,
        "where": workbench_address("matrix_workbench", matrix),
        "bench": bench,
        "run": matrix.current_run,
        "draft": draft,
        "from_top": "top" in request.GET,
        "cards": cards(bench),
        "methods": METHODS,
        "labels": labels,
        "notices": [notice_words(notice, bench) for notice in found.notices] if found else [],
        "found": found,
        "may_edit": may(request.user, "matrix_workbench", "POST"),
        "activation": ActivationForm(),
        **judgement_context(bench, labels),
        **(consequences(found, bench) if found else {}),
    }


def cards(bench: Workbench) -> list[dict]:
    return [
        {
            "row": row,
            "key": row.criterion.key,
            "label": row.criterion.label,
            "description": row.criterion.description,
            "colour": row.position,
            "share": bench.share(row),
            "weight": f"{row.weight:f}".rstrip("0").rstrip(".")
            if row.weight % 1
            else int(row.weight),
            "locked": row.criterion.key in bench.locked,
            "relative": rule_from_dict(row.rule).relative if row.measure else False,
            "source": measure_label(row) if row.measure else "",
        }
        for row in bench.rows
    ]


def judgement_context(bench: Workbench, labels: dict[str, str]) -> dict:
    judgement = bench.judgement
    if judgement is None:
        return {}
    worst = None
    if judgement.worst:
        first, second, proposed = judgement.worst
        worst = {
            "first": labels[first],
            "second": labels.get(second, ""),
            "accept": f"{first}~{second}~{ratio_text(proposed)}",
            "proposed": scale_words(proposed, labels[first], labels[second]) if second else "",
        }
    given = judgement.given
    return {
        "judgement": judgement,
        "worst": worst,
        "pairs": [
            {
                "name": f"pair.{a}.{b}",
                "first": labels[a],
                "second": labels[b],
                "value": ratio_text(value),
                "options": scale_options(labels[a], labels[b]),
            }
            for a, b, value in judgement.pairs
        ],
        "unlinked": [[labels[key] for key in part] for part in judgement.parts],
        "best": given.get("best", ""),
        "worst_key": given.get("worst", ""),
        "best_label": labels.get(given.get("best", ""), ""),
        "worst_label": labels.get(given.get("worst", ""), ""),
        "against": [
            {
                "key": key,
                "label": labels[key],
                "best": given.get("best_to_others", {}).get(key),
                "worst": given.get("others_to_worst", {}).get(key),
                "is_best": key == given.get("best"),
                "is_worst": key == given.get("worst"),
            }
            for key in judgement.keys
        ],
        "steps": [(step, step_words(step)) for step in range(1, 10)],
    }


def step_words(step: int) -> str:
    """Saaty's scale in words; even numbers lie between."""
    return {
        1: _("equal"),
        2: _("barely more"),
        3: _("somewhat more"),
        4: _("noticeably more"),
        5: _("clearly more"),
        6: _("much more"),
        7: _("very much more"),
        8: _("almost beyond compare"),
        9: _("beyond compare"),
    }[step]


def scale_words(value: float, first: str, second: str) -> str:
    step = round(value if value >= 1 else 1 / value)
    if step == 1:
        return _("both matter equally")
    return _("%(criterion)s matters %(words)s (%(step)s)") % {
        "criterion": first if value > 1 else second,
        "words": step_words(step),
        "step": step,
    }


def scale_options(first: str, second: str) -> list[tuple[str, str]]:
    """What can be said of two criteria, from all for the first to all for the second."""
    values = [*map(float, SCALE), 1.0, *(1 / step for step in reversed(SCALE))]
    return [(ratio_text(value), scale_words(value, first, second)) for value in values]


def notice_words(notice, bench: Workbench) -> str:
    taken = [row for row in bench.rows if row.weight > 0]
    names = [taken[j].criterion.label for j in notice.criteria]
    language = get_language()
    if notice.code == "too_few_criteria":
        return _(
            "One criterion alone decides everything; the method asks for two or three main ones."
        )
    if notice.code == "too_many_criteria":
        return _(
            "%(count)s criteria blur the picture: each one weighs little. "
            "The method asks for two or three main ones."
        ) % {"count": formatting.number(notice.value, language=language)}
    if notice.code == "dominant_weight":
        return _("%(criterion)s has %(share)s of the weight, so it decides nearly alone.") % {
            "criterion": names[0],
            "share": formatting.percent(notice.value, 0, language=language),
        }
    if notice.code == "indiscriminate":
        return _(
            "%(criterion)s gives %(share)s of the clients the same rating, "
            "so it hardly tells them apart."
        ) % {
            "criterion": names[0],
            "share": formatting.percent(notice.value, 0, language=language),
        }
    return _(
        "%(first)s and %(second)s say nearly the same (correlation %(value)s): it counts twice."
    ) % {
        "first": names[0],
        "second": names[1],
        "value": formatting.number(notice.value, 2, language=language),
    }


def consequences(found: WhatIf, bench: Workbench) -> dict:
    """The rows of the list, and who comes, goes and moves, with names."""
    told = [*found.entrants[:NAMED], *found.leavers[:NAMED], *found.moves]
    ids = {row.client_id for row in found.rows} | {move.client_id for move in told}
    names = dict(Client.objects.filter(pk__in=ids).order_by().values_list("pk", "name"))
    taken = [row for row in bench.rows if row.weight > 0]
    shown: list[dict] = []
    for row in found.rows:
        if found.line is not None and row.place == found.size + 1:
            shown.append({"key_line": True})
        shown.append(_row(row, names, taken))
    if found.line is not None and found.rows and found.rows[-1].place == found.size:
        shown.append({"key_line": True})
    return {
        "lines": shown,
        "entrants": [_move(move, names) for move in found.entrants[:NAMED]],
        "leavers": [_move(move, names) for move in found.leavers[:NAMED]],
        "more_entrants": max(0, len(found.entrants) - NAMED),
        "more_leavers": max(0, len(found.leavers) - NAMED),
        "moves": [_move(move, names) for move in found.moves],
        "share_change": None
        if found.share is None or found.share_before is None
        else found.share - found.share_before,
    }


def _move(move: Move, names: dict[int, str]) -> dict:
    change = move.change
    return {
        "client": move.client_id,
        "name": names.get(move.client_id, ""),
        "before": move.before,
        "after": move.after,
        "change": change,
        "moved": formatting.number(change, language=get_language(), signed=True) if change else "",
    }


def _row(row: Line, names: dict[int, str], taken: list) -> dict:
    parts = [
        (each.criterion.label, points, each.position)
        for each, points in zip(taken, row.parts, strict=True)
    ]
    open_ended = row.coverage < 1 - 1e-9
    bar = drawing.score_bar(
        parts, low=row.low if open_ended else None, high=row.high if open_ended else None
    )
    return {**_move(row, names), "row": row, "bar": bar}
