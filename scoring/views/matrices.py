"""Matrices: what each version says, the draft, and putting it to use."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kam.lib.navigation import may
from scoring.engine.weights import notices
from scoring.forms.matrices import ActivationForm, MatrixForm, VersionForm, choice_forms, choices_of
from scoring.models import Matrix, MatrixVersion
from scoring.selectors.matrices import matrices, runs_of, version_changes, version_criteria
from scoring.selectors.weighings import weighing_wanted
from scoring.services.explanation import measure_label, rule_words
from scoring.services.versions import (
    activate,
    create_matrix,
    discard,
    draft_of,
    restore,
    save_draft,
)

Status = MatrixVersion.Status


@require_http_methods(["GET", "POST"])
def matrix_list(request):
    form = MatrixForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            matrix = create_matrix(form.cleaned_data["name"], request.user)
        except ValidationError as error:
            form.add_error("name", error)
        else:
            return redirect("matrix_draft", pk=matrix.pk)
    found = list(matrices())
    if len(found) == 1 and request.method == "GET" and "all" not in request.GET:
        return redirect("matrix_detail", pk=found[0].pk)
    return render(request, "scoring/matrix_list.html", {"matrices": found, "form": form})


@require_GET
def matrix_detail(request, pk):
    matrix = get_object_or_404(matrices(), pk=pk)
    versions = list(matrix.versions.all())
    asked = request.GET.get("version", "")
    in_use = next((v for v in versions if v.status == Status.ACTIVE), None)
    version = next((v for v in versions if str(v.number) == asked), in_use or versions[0])
    criteria = version_criteria(version)
    frozen = _frozen(matrix, version, len(criteria))
    cards = [
        {
            "row": row,
            "criterion": row.criterion,
            "colour": row.position,
            "anchors": anchors(row.criterion),
            "measure": measure_label(row) if row.measure else "",
            "rule": rule_words(row, fit.get("fitted")),
            "warnings": fit.get("warnings", []),
            "people_share": float(row.people_share),
        }
        for row, fit in zip(criteria, frozen, strict=True)
    ]
    older = {v.number: v for v in versions}
    context = {
        "matrix": matrix,
        "version": version,
        "draft": next((v for v in versions if v.status == Status.DRAFT), None),
        "cards": cards,
        "notices": notices([float(row.weight) for row in criteria]) if criteria else (),
        "versions": [
            {"version": v, "changes": version_changes(older.get(v.number - 1), v)} for v in versions
        ],
        "runs": runs_of(matrix),
        "weighing_wanted": weighing_wanted(matrix, request.user),
        "may_edit": may(request.user, "matrix_draft", "POST"),
    }
    return render(request, "scoring/matrix_detail.html", context)


def _frozen(matrix: Matrix, version: MatrixVersion, count: int) -> list[dict]:
    """What the current run learnt for each criterion, where it is a run of this version."""
    run = matrix.current_run
    if run is not None and run.version_id == version.pk:
        return run.fitted
    return [{}] * count


def anchors(criterion) -> list[tuple[str, str]]:
    """What 1, 5 and 10 mean, in the reader's language where it is said in it."""
    said = criterion.anchors
    words = said.get(get_language()) or said.get("ru") or said.get("en") or {}
    return [(rating, words[rating]) for rating in ("1", "5", "10") if words.get(rating)]


@require_http_methods(["GET", "POST"])
def matrix_draft(request, pk):
    """The draft of a matrix: criteria, weights, rules, where the list is cut."""
    matrix = get_object_or_404(Matrix, pk=pk)
    version = matrix.versions.filter(status=Status.DRAFT).first()
    if version is None:
        return redirect("matrix_detail", pk=pk)
    posted = request.POST if request.method == "POST" else None
    form = VersionForm(posted, initial=VersionForm.of(version))
    choices = choice_forms(version, posted)
    errors: list[str] = []
    if posted is not None and form.is_valid():
        taken = choices_of(choices, whole=not form.cleaned_data["fractions"])
        if taken is not None:
            try:
                save_draft(version, taken, **form.settings())
            except ValidationError as error:
                errors = error.messages
            else:
                messages.success(request, _("The draft is saved."))
                return redirect("matrix_draft", pk=pk)
    context = {
        "matrix": matrix,
        "version": version,
        "form": form,
        "choices": choices,
        "errors": errors,
        "shares": {row.criterion_id: row.share for row in version_criteria(version)},
        "activation": ActivationForm(),
        "invalid": posted is not None,
    }
    for choice in choices:
        choice.share = context["shares"].get(choice.criterion.pk)
    return render(request, "scoring/matrix_draft.html", context, status=422 if posted else 200)


@require_POST
def matrix_drafting(request, pk):
    """Begin a draft as the version in use is, or go on with the one that is there."""
    matrix = get_object_or_404(Matrix, pk=pk)
    draft_of(matrix, request.user)
    return redirect("matrix_draft", pk=pk)


@require_POST
def matrix_activation(request, pk):
    matrix = get_object_or_404(Matrix, pk=pk)
    version = matrix.versions.filter(status=Status.DRAFT).first()
    if version is None:
        return _no_draft(request, matrix)
    form = ActivationForm(request.POST)
    try:
        if not form.is_valid():
            raise ValidationError(_("Say in a few words why: it stays with the version."))
        activate(version, form.cleaned_data["reason"], request.user)
    except ValidationError as error:
        for text in error.messages:
            messages.error(request, text)
        return redirect("matrix_draft", pk=pk)
    messages.success(
        request,
        _("Version %(number)s is in use; the ranking follows.") % {"number": version.number},
    )
    return redirect("matrix_detail", pk=pk)


@require_POST
def matrix_discard(request, pk):
    matrix = get_object_or_404(Matrix, pk=pk)
    version = matrix.versions.filter(status=Status.DRAFT).first()
    if version is None:
        return _no_draft(request, matrix)
    if matrix.versions.count() == 1:
        messages.error(request, _("The only version of a matrix stays."))
    else:
        discard(version)
        messages.success(request, _("The draft is gone."))
    return redirect("matrix_detail", pk=pk)


@require_POST
def matrix_restoration(request, pk):
    """Begin a draft as an earlier version was."""
    matrix = get_object_or_404(Matrix, pk=pk)
    number = request.POST.get("version", "")
    version = matrix.versions.filter(number=int(number[:9])).first() if number.isdecimal() else None
    if version is None:
        messages.error(request, _("This matrix has no such version."))
        return redirect("matrix_detail", pk=pk)
    try:
        restore(version, request.user)
    except ValidationError as error:
        for text in error.messages:
            messages.error(request, text)
        return redirect("matrix_detail", pk=pk)
    messages.success(
        request,
        _("The draft begins as version %(number)s was.") % {"number": version.number},
    )
    return redirect("matrix_workbench", pk=pk)


def _no_draft(request, matrix):
    """Somebody else has put the draft to use or thrown it away in the meantime."""
    messages.error(request, _("This matrix has no draft. Write one first."))
    return redirect("matrix_detail", pk=matrix.pk)
