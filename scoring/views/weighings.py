"""Weighing with others: one's own answer first, then what all say together."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import User
from kam.lib.navigation import may
from kam.lib.views import wants_part
from scoring.forms.workbench import METHODS, Workbench, read_workbench
from scoring.models import Criterion, Matrix, VersionCriterion, WeighingRound
from scoring.selectors.matrices import working_version
from scoring.selectors.weighings import all_weighings, open_round, own_weighing
from scoring.services.weighings import (
    adopt,
    ask,
    may_know,
    people_who_weigh,
    submit,
    together,
)

from .workbench import cards, judgement_context, workbench_address


@require_http_methods(["GET", "POST"])
def matrix_weighing(request, pk):
    """One's own answer while it is wanted; what others said to whom may know it."""
    matrix = get_object_or_404(Matrix, pk=pk)
    asked = open_round(matrix)
    own = own_weighing(asked, request.user)
    wanted = own is not None and own.submitted_at is None
    data = request.POST if request.method == "POST" else request.GET
    bench = bench_of(asked, data) if wanted else None
    if request.method == "POST":
        return _submit(request, matrix, own, bench)
    context = {
        "matrix": matrix,
        "round": asked,
        "own": own,
        "wanted": wanted,
        "may_ask": may(request.user, "matrix_weighing_round", "POST"),
    }
    if bench is not None:
        labels = {row.criterion.key: row.criterion.label for row in bench.rows}
        context |= {
            "bench": bench,
            "where": workbench_address("matrix_weighing", matrix),
            "alone": True,
            "may_edit": True,
            "cards": cards(bench),
            "methods": METHODS,
            **judgement_context(bench, labels),
        }
        if wants_part(request):
            whole = request.htmx.target == "workbench"
            part = "_workbench" if whole else "_workbench_parts"
            return render(request, f"scoring/{part}.html", context)
    context |= answers(asked, request.user)
    if context["may_ask"]:
        context["people"] = people_who_weigh()
    return render(request, "scoring/matrix_weighing.html", context)


def bench_of(asked: WeighingRound, data) -> Workbench:
    """The criteria of a question, all alike: what the matrix says must not lead the hand."""
    by_key = Criterion.objects.in_bulk(asked.criteria, field_name="key")
    library = [by_key[key] for key in asked.criteria if key in by_key]
    rows = [VersionCriterion(criterion=criterion, weight=1) for criterion in library]
    kept = {name: value for name, value in data.items() if name not in ("add", "remove")}
    if not any(name.startswith("w.") for name in kept):
        kept = {"method": "percent", "was": "points", **kept}
    return read_workbench(working_version(asked.matrix), rows, library, kept)


def _submit(request, matrix: Matrix, own, bench: Workbench | None):
    if own is None or bench is None:
        messages.error(request, _("No answer of yours is wanted here now."))
        return redirect("matrix_weighing", pk=matrix.pk)
    judgement = bench.judgement
    try:
        if judgement is not None and judgement.weights is None:
            raise ValidationError(_("Compare a little more: the weights do not follow yet."))
        submit(
            own,
            bench.method,
            {row.criterion.key: float(row.weight) for row in bench.rows},
            judgement.given if judgement else {},
        )
    except ValidationError as error:
        for text in error.messages:
            messages.error(request, text)
    else:
        messages.success(request, _("Thank you. Now you see what the others said."))
    return redirect("matrix_weighing", pk=matrix.pk)


def answers(asked: WeighingRound | None, person) -> dict:
    """Who has answered and what they say together; only numbers for who may not know yet."""
    if asked is None:
        return {}
    rows = all_weighings(asked)
    context = {"asked": len(rows), "given": sum(row.submitted_at is not None for row in rows)}
    if not may_know(asked, person):
        return context
    found = together(asked)
    by_key = Criterion.objects.in_bulk(asked.criteria, field_name="key")
    context |= {"weighings": rows, "found": found}
    if found is not None:
        context["table"] = [
            {
                "criterion": by_key[key],
                "colour": number,
                "share": found.weights[number - 1],
                "spread": found.spread[number - 1],
                "cells": [row[number - 1] for row in found.individual],
            }
            for number, key in enumerate(found.keys, start=1)
            if key in by_key
        ]
        widest = max(range(len(found.keys)), key=lambda j: found.spread[j])
        context["widest"] = by_key.get(found.keys[widest]) if len(found.weighings) > 1 else None
    return context


@require_POST
def matrix_weighing_round(request, pk):
    """Ask people to weigh."""
    matrix = get_object_or_404(Matrix, pk=pk)
    ids = [int(text[:18]) for text in request.POST.getlist("person") if text.isdecimal()]
    try:
        ask(matrix, list(User.objects.filter(pk__in=ids)), request.user)
    except ValidationError as error:
        for text in error.messages:
            messages.error(request, text)
    else:
        messages.success(request, _("The question waits for them on this page."))
    return redirect("matrix_weighing", pk=pk)


@require_POST
def matrix_weighing_adoption(request, pk):
    """Take what people say together into the draft."""
    matrix = get_object_or_404(Matrix, pk=pk)
    asked = open_round(matrix)
    try:
        if asked is None:
            raise ValidationError(_("Nobody has been asked yet."))
        if not may_know(asked, request.user):
            raise ValidationError(_("Give your own answer first."))
        adopt(asked, request.user)
    except ValidationError as error:
        for text in error.messages:
            messages.error(request, text)
        return redirect("matrix_weighing", pk=pk)
    messages.success(request, _("The weights are in the draft; here is what they change."))
    return redirect("matrix_workbench", pk=pk)
