"""One rating rule beside the data that it rates."""

from __future__ import annotations

import numpy as np
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Prefetch
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.measures.catalogue import MEASURES, MONEY
from accounts.models import Client
from kam.lib import formatting
from kam.lib.company import company
from kam.lib.drawing import length
from kam.lib.navigation import may
from kam.lib.views import wants_part
from scoring.engine.distribution import RATINGS, Axis
from scoring.engine.reference import quantile
from scoring.forms.matrices import read_number
from scoring.forms.rules import KINDS, MOST_KNOTS, SCALES, RuleSheet, read_sheet
from scoring.inputs import ATTRIBUTES
from scoring.models import Matrix, MatrixVersion, VersionCriterion
from scoring.selectors.matrices import rule_row, working_version
from scoring.services.explanation import attribute_labels, measure_label, value_words
from scoring.services.rules import Population, Trial, population, save_rule, try_rule

from .matrices import anchors

HEIGHT = 180  # px of the highest bar
NAMED = 8  # clients without a rating that are told by name


@require_http_methods(["GET", "POST"])
def matrix_rule(request, pk, key):
    """A criterion's rule in the draft, or in the version in use while there is no draft; nothing
    is stored but by POST."""
    matrix = get_object_or_404(
        Matrix.objects.select_related("current_run__version__matrix").prefetch_related(
            Prefetch("versions", MatrixVersion.objects.order_by("-number"))
        ),
        pk=pk,
    )
    base = working_version(matrix)
    row = rule_row(base, key)
    context = {
        "matrix": matrix,
        "base": base,
        "draft": base.status == MatrixVersion.Status.DRAFT,
        "row": row,
        "criterion": row.criterion,
        "anchors": anchors(row.criterion),
        "source": measure_label(row) if row.measure else "",
        "taken": row.pk is not None,
        "may_edit": may(request.user, "matrix_rule", "POST"),
    }
    if not row.measure:
        return render(request, "scoring/matrix_rule_people.html", context)
    people = population(matrix, row)
    sheet = read_sheet(row, people, request.POST if request.method == "POST" else request.GET)
    errors = sheet.errors
    if request.method == "POST" and sheet.rule is not None:
        try:
            save_rule(matrix, row, sheet.rule, request.user)
        except ValidationError as error:
            errors = error.messages
        else:
            messages.success(request, _("The rule is in the draft."))
            return redirect("matrix_rule", pk=pk, key=key)
    context |= {"errors": errors, **_context(row, people, sheet)}
    if request.method == "POST":
        return render(request, "scoring/matrix_rule.html", context, status=422)
    if not wants_part(request):
        return render(request, "scoring/matrix_rule.html", context)
    part = "_rule" if request.htmx.target == "rule-editor" else "_rule_parts"
    return render(request, f"scoring/{part}.html", context | {"answer": part == "_rule_parts"})


def _context(row: VersionCriterion, people: Population, sheet: RuleSheet) -> dict:
    trial = try_rule(sheet.rule, people) if sheet.rule is not None else None
    axis = people.axis
    labels = attribute_labels()
    return {
        "sheet": sheet,
        "people": people,
        "trial": trial,
        "kinds": KINDS,
        "scale": sheet.kind in SCALES,
        "groups": [(name, labels[name]) for name in ATTRIBUTES],
        "within": labels.get(sheet.within, "") if sheet.may_compare else "",
        "small": ", ".join(trial.small[:6]) if trial else "",
        "more_small": max(0, len(trial.small) - 6) if trial else 0,
        "relative": trial.rule.relative if trial else False,
        "unit": _unit(row.measure),
        "cut_fields": [(rating, sheet.cuts.get(rating, "")) for rating in reversed(RATINGS)],
        "knot_fields": [
            (at + 1, *(sheet.knots[at] if at < len(sheet.knots) else ("", "")))
            for at in range(max(MOST_KNOTS, len(sheet.knots)))
        ],
        "axis": axis,
        "answer_line": _middle(row, people),
        **(_chart(row, people, sheet, trial, axis) if axis else {}),
        **(_shares(people, trial) if trial else {}),
    }


def _unit(measure: str) -> str:
    known = MEASURES.get(measure)
    if known is None:
        return ""
    if known.unit == MONEY:
        return formatting.currency_sign(company().currency, language=get_language())
    return str(known.unit_label)


def _middle(row: VersionCriterion, people: Population) -> str:
    """Where the middle half of the clients lies, in words."""
    values = np.sort(people.values[np.isfinite(people.values)])
    if not len(values):
        return _("No client has a value yet")
    low, high = (axis_words(row.measure, quantile(values, part, 4)) for part in (1, 3))
    if low == high:
        return _("At least half of the clients have %(value)s") % {"value": low}
    return _("Half of the clients lie between %(low)s and %(high)s") % {"low": low, "high": high}


def axis_words(measure: str, value: float) -> str:
    """A value at a glance: money in thousands and millions."""
    if measure in MEASURES and MEASURES[measure].unit == MONEY:
        return formatting.money_short(value, company().currency, language=get_language())
    return value_words(measure, value, short=True)


def _percent(place: float) -> str:
    """A place along the axis for an SVG attribute."""
    return length(float(place) * 100) + "%"


def _chart(
    row: VersionCriterion, people: Population, sheet: RuleSheet, trial: Trial | None, axis: Axis
) -> dict:
    """Geometry of the histogram in per cent across and pixels up, so that text keeps its size."""
    bars = people.bars
    assert bars is not None
    places = np.linspace(0, 1, len(bars.edges))
    middles = axis.value((places[:-1] + places[1:]) / 2)
    levels = trial.levels(middles) if trial else np.full(len(middles), np.nan)
    most = max(float(bars.counts.max()), 1.0)
    width = 100 / len(bars.counts)
    drawn = []
    for at, (count, level) in enumerate(zip(bars.counts, levels, strict=True)):
        if not count:
            continue
        high = max(count / most * HEIGHT, 1.5)
        drawn.append(
            {
                "x": length(at * width + width * 0.06) + "%",
                "width": length(width * 0.88) + "%",
                "y": length(HEIGHT - high),
                "height": length(high),
                "level": "" if np.isnan(level) else int(np.floor(level + 0.5)),
                "count": int(count),
                "low": axis_words(row.measure, bars.edges[at]),
                "high": axis_words(row.measure, bars.edges[at + 1]),
            }
        )
    handles = _handles(row, sheet, trial, axis)
    ticks, last = [], -1.0
    for tick in axis.ticks():
        place = float(axis.place([tick])[0])
        if place - last < 0.13 and ticks:
            continue
        last = place
        anchor = "start" if place < 0.04 else "end" if place > 0.96 else "middle"
        ticks.append(
            {"x": _percent(place), "label": axis_words(row.measure, tick), "anchor": anchor}
        )
    return {
        "bars": drawn,
        "ticks": ticks,
        "most": int(most),
        # Its label stands where the highest bar does not.
        "most_at": "end" if bars.counts.argmax() < len(bars.counts) / 2 else "start",
        "handles": [handle for handle in handles if not handle["beyond"]],
        "beyond": [handle for handle in handles if handle["beyond"]],
        "learnt": _learnt(row, trial, axis),
    }


def _handles(
    row: VersionCriterion, sheet: RuleSheet, trial: Trial | None, axis: Axis
) -> list[dict]:
    """What can be dragged: a handle for each typed value, by the name of its field."""
    if trial is None:
        return []
    named: list[tuple[str, str, float]] = []
    if sheet.kind == "threshold":
        named = [(f"c{r}", str(r), read_number(t)) for r, t in sheet.cuts.items() if t]
    elif sheet.kind == "piecewise":
        named = [
            (f"kv{at}", rating, read_number(value))
            for at, (value, rating) in enumerate(sheet.knots, start=1)
            if value
        ]
    elif sheet.kind in SCALES:
        ends = {"lo": "1", "hi": "10"} if sheet.direction == "benefit" else {"lo": "10", "hi": "1"}
        named = [(n, ends[n], read_number(text)) for n, text in sheet.bounds.items() if text]
    return [
        {
            "name": name,
            "rating": rating,
            "beyond": not axis.low <= value <= axis.high,
            "value": value,
            "x": _percent(float(axis.place([value])[0])),
            "words": axis_words(row.measure, value),
        }
        for name, rating, value in sorted(named, key=lambda each: each[2])
    ]


def _learnt(row: VersionCriterion, trial: Trial | None, axis: Axis) -> list[dict]:
    """Marks at what a relative rule has learnt from everybody."""
    if trial is None or not trial.rule.relative:
        return []
    fitted = trial.rated.fitted
    data = trial.rule.to_dict()
    found: list[tuple[float, str]] = []
    up = data["direction"] == "benefit"
    if "cuts" in fitted:
        found = [
            (cut, str(at if up else 12 - at)) for at, cut in enumerate(fitted["cuts"], start=2)
        ]
    elif data["kind"] == "min_max" and "lo" in fitted:
        ends = ("1", "10") if up else ("10", "1")
        found = [
            (fitted[name], rating)
            for name, rating in zip(("lo", "hi"), ends, strict=True)
            if data[name] is None
        ]
    return [
        {"x": _percent(float(axis.place([value])[0])), "rating": rating,
         "words": axis_words(row.measure, value)}
        for value, rating in found
    ]  # fmt: skip


def _shares(people: Population, trial: Trial) -> dict:
    """How many clients get each rating, and who stays without one."""
    most = max(*trial.counts, 1)
    named = [int(people.ids[at]) for at in trial.unrated[:NAMED]]
    names = dict(Client.objects.filter(pk__in=named).order_by().values_list("pk", "name"))
    return {
        "shares": [
            {
                "rating": rating,
                "count": count,
                "share": count / trial.total if trial.total else 0.0,
                "width": length(count / most * 100),
            }
            for rating, count in reversed(list(enumerate(trial.counts, start=1)))
        ],
        "unrated": [{"pk": pk, "name": names.get(pk, "")} for pk in named],
        "more_unrated": max(0, len(trial.unrated) - NAMED),
        "clients": len(people.ids),
    }
