"""The score's slot on the client page, and the evidence behind each criterion."""

from django.http import Http404
from django.shortcuts import render
from django.views.decorators.http import require_GET

from accounts.models import Client
from kam.lib.views import find, wants_part
from scoring.selectors.clients import PastPlace, client_row, next_below, past_places
from scoring.selectors.confidence import confidence_of, seats_of
from scoring.selectors.matrices import asked_run
from scoring.services.explanation import (
    Explanation,
    explain,
    measure_definition,
    measure_label,
    rule_words,
    value_words,
)
from scoring.services.lifting import lifting, no_lift_words, to_line_words
from scoring.services.lifting import sentences as lift_sentences
from scoring.services.score_change import score_change
from scoring.services.score_change import sentences as change_sentences


def explanation_of(pk: int, asked: str = "") -> tuple[Client, Explanation | None]:
    """A client and the explanation of its place in the run that was asked for, or in the main
    ranking, if it has one.

    A member of a group is ranked as the group.
    """
    client = find(Client, queryset=Client.objects.select_related("group"), pk=pk)
    run = asked_run(asked)
    if run is None:
        return client, None
    row = client_row(run, client.pk)
    return client, explain(client, run, row) if row is not None else None


@require_GET
def client_score(request, pk):
    client, explanation = explanation_of(pk, request.GET.get("run", ""))
    context = {"client": client, "explanation": explanation}
    if explanation is not None:
        confidence = confidence_of(explanation.run)
        past = past_places(client.pk, explanation.run.version.matrix_id)
        context |= why(explanation, past, request.GET.get("since", ""))
        context |= {
            "confidence": confidence,
            "seat": seats_of(confidence, [explanation.row.client_id]).get(
                explanation.row.client_id
            ),
            "run": explanation.run,
            "row": explanation.row,
            "past": past,
        }
    template = "_client_score" if wants_part(request) else "client_score"
    return render(request, f"scoring/{template}.html", context)


def why(found: Explanation, past: list[PastPlace], since: str) -> dict:
    """What changed the points since an earlier ranking, and what would bring them over the line."""
    earlier = [
        each for each in past if each.run.as_of < found.run.as_of and each.run.pk != found.run.pk
    ]
    asked = next((each for each in earlier if str(each.run.pk) == since), None)
    usual = next((each for each in earlier if each.run.pk == found.run.previous_id), None)
    chosen = asked or usual or (earlier[-1] if earlier else None)
    change = chosen and score_change(chosen.run, chosen.row, found.run, found.row)
    lifts = lifting(found)
    return {
        "to_line": to_line_words(found),
        "earlier": earlier,
        "change": change,
        "change_words": change_sentences(change) if change else [],
        "lifting": lifts,
        "lift_words": lift_sentences(lifts) if lifts else no_lift_words(found),
        "next": next_below(found.run, found.row),
    }


@require_GET
def client_score_criterion(request, pk, key):
    client, explanation = explanation_of(pk, request.GET.get("run", ""))
    parts = explanation.parts if explanation else []
    part = next((p for p in parts if p.criterion.criterion.key == key), None)
    if part is None:
        raise Http404
    frozen = explanation.run.fitted[part.position - 1]
    context = {
        "client": client,
        "run": explanation.run,
        "part": part,
        "criterion": part.criterion,
        "measure_label": measure_label(part.criterion),
        "measure_definition": measure_definition(part.criterion),
        "value": value_words(part.criterion.measure, part.value),
        "rule": rule_words(part.criterion, frozen.get("fitted")),
        "warnings": frozen.get("warnings", []),
    }
    template = "_criterion_evidence" if wants_part(request) else "criterion_evidence"
    return render(request, f"scoring/{template}.html", context)
