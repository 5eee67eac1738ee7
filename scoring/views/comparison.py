"""Two clients side by side: why one stands above the other, and what would turn it round."""

from django.shortcuts import render
from django.views.decorators.http import require_GET

from kam.lib import drawing
from scoring.forms.comparison import ComparisonForm
from scoring.models import RankingRow, RankingRun
from scoring.selectors.matrices import asked_run, main_matrix
from scoring.services.comparison import compare, sentences


@require_GET
def ranking_comparison(request):
    run = asked_run(request.GET.get("run", ""))
    if run is None:
        return render(request, "scoring/ranking_empty.html", {"matrix": main_matrix()})
    form = ComparisonForm(request.GET) if "a" in request.GET else ComparisonForm()
    context = {"run": run, "form": form, "other": not run.version.matrix.is_main}
    if form.is_bound and form.is_valid():
        context |= _compared(run, form)
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "scoring/comparison.html", context, status=status)


def _compared(run: RankingRun, form: ComparisonForm) -> dict:
    """The comparison, or why there is none; the fields then show names rather than ids."""
    one, other = form.cleaned_data["a"], form.cleaned_data["b"]
    if one is None:
        return {}
    first = _row(run, one.pk)
    across = other is None
    second = _across_the_line(run, first) if across else _row(run, other.pk)
    names = {"a": one.name, "b": second.client.name if second else other.name if other else ""}
    context = {"form": ComparisonForm(initial=names), "across": across}
    if first is None or not first.rank or second is None or not second.rank:
        return context | {
            "missing": one if first is None or not first.rank else other,
            "nobody": second is None and across,
        }
    if first.client_id == second.client_id:
        return context | {"same": one}
    found = compare(run, first, second)
    most = max((abs(part.points) for part in found.parts), default=0.0)
    return context | {
        "found": found,
        "sentences": sentences(found),
        "parts": [(part, drawing.balance(part.points, most)) for part in found.parts],
    }


def _row(run: RankingRun, client_id: int) -> RankingRow | None:
    rows = RankingRow.objects.filter(run_id=run.pk, client_id=client_id)
    return rows.select_related("client").first()


def _across_the_line(run: RankingRun, row: RankingRow | None) -> RankingRow | None:
    """The nearest client on the other side of the key line, of those the person may see."""
    if row is None or not row.rank:
        return None
    rows = RankingRow.objects.filter(run_id=run.pk, rank__gt=0).select_related("client")
    if row.selected:
        return rows.filter(selected=0).order_by("place").first()
    return rows.filter(selected=1).order_by("-place").first()
