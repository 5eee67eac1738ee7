"""Two clients side by side: why one stands above the other, and what would turn it round."""

from django.shortcuts import render
from django.views.decorators.http import require_GET

from kam.lib import drawing
from scoring.forms.comparison import ComparisonForm
from scoring.models import RankingRun
from scoring.selectors.clients import across_the_line, named_row
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
    first = named_row(run, one.pk)
    across = other is None
    second = across_the_line(run, first) if across else named_row(run, other.pk)
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
