"""How sure each seat of the list is, what it hangs on, and which ratings would settle it."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from accounts.models import Client
from kam.lib.navigation import address, may
from kam.lib.views import wants_part
from scoring.forms.confidence import AskForm, ConfidenceForm
from scoring.models import Matrix
from scoring.selectors.confidence import confidence_of, seats_of, waiting_for, wanted_ratings
from scoring.services.confidence import has_seats, request_confidence
from scoring.services.confidence_words import Answer
from scoring.services.explanation import measure_label
from scoring.services.seats import seats_within, tolerance_of
from scoring.services.wanted import AskedFor, ask_for

NEXT = 8  # of the ratings that would settle seats, on the page of confidence
REVERSALS = 20
WANTED = 200


def _matrix(pk: int) -> Matrix:
    return get_object_or_404(
        Matrix.objects.select_related("current_run__version__matrix", "current_run__previous"),
        pk=pk,
    )


@require_http_methods(["GET", "POST"])
def matrix_confidence(request, pk):
    matrix = _matrix(pk)
    run = matrix.current_run
    form = ConfidenceForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid() and run is not None:
        try:
            request_confidence(run, request.user, form.asked())
        except ValidationError as error:
            form.add_error(None, error)
        else:
            return redirect("matrix_confidence", pk=pk)
    context = {"matrix": matrix, "run": run}
    if run is None or not has_seats(run):
        return render(request, "scoring/confidence_none.html", context)
    row = confidence_of(run)
    context |= _within(run, row, request.GET.get("tolerance", ""))
    if wants_part(request) and request.htmx.target == "seats":
        return render(request, "scoring/_confidence_seats.html", context)
    context |= {
        "form": form,
        "waiting": waiting_for(run),
        "answer": Answer(row) if row else None,
        "may_ask": may(request.user, "matrix_confidence", "POST"),
    }
    if wants_part(request):
        answer = render(request, "scoring/_confidence_waiting.html", context)
        if context["waiting"] is None:
            answer["HX-Refresh"] = "true"  # what waited for the job asks for the whole page now
        return answer
    if row is not None:
        context |= {
            "next": with_sources(wanted_ratings(row)[:NEXT]),
            "turned": _turned(row),
            "charts": address("confidence_charts", row.pk),
        }
    status = 422 if form.is_bound else 200
    return render(request, "scoring/matrix_confidence.html", context, status=status)


def _within(run, row, asked: str) -> dict:
    """Whose seat holds within a tolerance, with names and chances."""
    seats = seats_within(run, tolerance_of(asked))
    ids = [each.client_id for each in seats.hanging]
    names = Client.objects.select_related("owner").in_bulk(
        {seats.last, *ids, *(pk for group in seats.equal for pk in group)}
    )
    chances = seats_of(row, ids)
    lines = [
        {"seat": each, "client": names.get(each.client_id), "chance": chances.get(each.client_id)}
        for each in seats.hanging
    ]
    return {
        "seats": seats,
        "percent": round(seats.tolerance * 100),
        "lines": lines,
        "cut": next((i for i, each in enumerate(lines) if not each["seat"].selected), len(lines)),
        "equal": [[names[pk] for pk in group if pk in names] for group in seats.equal],
        "last": names.get(seats.last),
        "level": seats.level,
        "more": seats.contested - len(lines),
    }


def _turned(row) -> list[dict]:
    """Removals that change the list, with names; None of them where nothing depends on others."""
    found = (row.reversals or [])[:REVERSALS]
    ids = {pk for each in found for pk in (each["removed"], *each["entered"], *each["left"])}
    names = Client.objects.in_bulk(ids)
    return [
        {
            "removed": names.get(each["removed"]),
            "entered": [names[pk] for pk in each["entered"] if pk in names],
            "left": [names[pk] for pk in each["left"] if pk in names],
        }
        for each in found
    ]


def with_sources(rows, chosen=frozenset()) -> list[dict]:
    """Wanted ratings with where each comes from: a person, or the measure that has no value."""
    return [
        {
            "row": row,
            "chosen": str(row.pk) in chosen,
            "by_people": row.criterion.rated_by_people or not row.criterion.measure,
            "measure": measure_label(row.criterion) if row.criterion.measure else "",
            "above": row.needed > 10,
        }
        for row in rows
    ]


@require_http_methods(["GET", "POST"])
def matrix_wanted(request, pk):
    """The ratings that are worth most: of all clients, or of those the person may see; a post asks
    people for the chosen ones."""
    matrix = _matrix(pk)
    run = matrix.current_run
    row = confidence_of(run)
    form = AskForm(request.POST if request.method == "POST" else None, confidence=row)
    if request.method == "POST" and form.is_valid():
        chosen = form.cleaned_data
        try:
            found = ask_for(request.user, list(chosen["wanted"]), chosen["person"], chosen["due"])
        except ValidationError as error:
            form.add_error(None, error)
        else:
            _tell(request, found)
            return redirect("matrix_wanted", pk=pk)
    rows = list(wanted_ratings(row)[:WANTED]) if row else []
    context = {
        "matrix": matrix, "run": run, "row": row, "form": form, "wanted": with_sources(rows, request.POST.getlist("wanted")),
        "may_ask": bool(rows) and may(request.user, "matrix_wanted", "POST"),
    }  # fmt: skip
    status = 422 if form.is_bound else 200
    return render(request, "scoring/matrix_wanted.html", context, status=status)


def _tell(request, found: AskedFor) -> None:
    text = ngettext("%(n)s question is asked.", "%(n)s questions are asked.", found.requests)
    messages.success(request, text % {"n": found.requests})
    if found.without:
        text = ngettext(
            "%(n)s client has no KAM; ask somebody else about it.",
            "%(n)s clients have no KAM; ask somebody else about them.",
            found.without,
        )
        messages.warning(request, text % {"n": found.without})
