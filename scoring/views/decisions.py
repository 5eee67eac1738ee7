"""The list of key clients: what the run proposes, what people decide, and the record of it."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.selectors.standings import taken_over_without_goal
from accounts.services import standings
from kam.lib.navigation import may
from kam.lib.periods import today
from kam.lib.views import find, find_editable
from scoring.forms.decisions import OverrideForm, TakeOverForm
from scoring.models import Decision, ListOverride, Matrix
from scoring.selectors.decisions import (
    decisions_of,
    items_of,
    open_decision,
    overrides_of,
    votes_of,
)
from scoring.services import decision_record, decisions, proposal
from scoring.services.words import ground_words, outcome_words

PAST = 50
SHOWN = 200
FILES = {
    "csv": ("text/csv; charset=utf-8", decision_record.as_csv),
    "xlsx": (
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        decision_record.as_xlsx,
    ),
}


def _matrix(pk) -> Matrix:
    found = Matrix.objects.select_related("current_run__version__matrix")
    return get_object_or_404(found, pk=pk)


@require_GET
def matrix_decisions(request, pk):
    """The proposal of the current run beside the list as it is, and the decisions so far."""
    matrix = _matrix(pk)
    run = matrix.current_run
    proposed = proposal.propose(run) if run else None
    context = {
        "matrix": matrix,
        "run": run,
        "proposal": proposed,
        "lines": [
            {
                "line": line,
                "says": outcome_words(line.outcome),
                "ground": ground_words(line.ground),
                "proposed": decision_record.standing_words(line.proposed),
            }
            for line in (proposed.lines[:SHOWN] if proposed else ())
        ],
        "changing": sum(line.changes for line in proposed.lines) if proposed else 0,
        "flicker": proposal.flicker(run) if run else None,
        "open": open_decision(matrix.pk),
        "past": list(decisions_of(matrix.pk)[:PAST]),
        "overrides": overrides_of(matrix.pk),
        "today": today(),
        "waiting": taken_over_without_goal(),
        "form": OverrideForm(),
        "may_decide": may(request.user, "decision_preparation", "POST"),
    }
    return render(request, "scoring/decisions.html", context)


@require_POST
def decision_preparation(request, pk):
    matrix = _matrix(pk)
    if matrix.current_run is None:
        messages.error(request, _("There is no ranking yet to decide on."))
        return redirect("matrix_decisions", pk=pk)
    try:
        decision = decisions.prepare(matrix.current_run, request.user)
    except decisions.AlreadyOpen as there:
        messages.warning(request, _("This decision is being prepared already."))
        decision = there.decision
    return redirect("decision_detail", pk=decision.pk)


def _decision(pk) -> Decision:
    found = Decision.objects.select_related("matrix__current_run", "run__version", "author",
                                            "closed_by")  # fmt: skip
    return find(Decision, queryset=found, pk=pk)


@require_http_methods(["GET", "POST"])
def decision_detail(request, pk):
    """The lines of a decision; a post saves what was chosen on them."""
    decision = _decision(pk)
    if request.method == "POST":
        find_editable(Decision, pk=pk)
        _save(request, decision)
        return redirect("decision_detail", pk=pk)
    refusals = decisions.obstacles(decision) if decision.is_open else {}
    context = {
        "decision": decision,
        "matrix": decision.matrix,
        "facts": decision_record.facts(decision),
        "items": [
            {
                "item": item,
                "says": outcome_words(item.outcome),
                "ground": ground_words(item.ground),
                "before": decision_record.standing_words(item.before),
                "proposed": decision_record.standing_words(item.proposed),
                "chosen": decision_record.standing_words(item.chosen),
                "ways": _ways(item.before),
                "refusal": refusals.get(item.client_id),
            }
            for item in items_of(decision)
        ],
        "refused": len(refusals),
        "votes": votes_of(decision),
        "why": request.session.get(_draft(decision), ""),
        "newer": decision.is_open and decision.matrix.current_run_id != decision.run_id,
        "may_decide": may(request.user, "decision_confirmation", "POST"),
    }
    return render(request, "scoring/decision.html", context)


def _draft(decision: Decision) -> str:
    """Where the session keeps the words that were typed before the list could be confirmed."""
    return f"decision-{decision.pk}-why"


def _ways(before: str) -> list[tuple[str, str]]:
    """Standings that a line may end in: staying where it is, and every step from there."""
    values = dict.fromkeys((before, *standings.TRANSITIONS[before]))
    return [(value, decision_record.standing_words(value)) for value in values]


def _save(request, decision: Decision) -> bool:
    request.session[_draft(decision)] = request.POST.get("why", "").strip()[:2000]
    choices = {
        int(name[7:]): (value, request.POST.get(f"reason-{name[7:]}", ""))
        for name, value in request.POST.items()
        if name.startswith("chosen-") and name[7:].isdecimal()
    }
    try:
        changed = decisions.choose(decision, choices)
    except decisions.Closed:
        messages.error(request, _("This decision is closed."))
    except ValidationError as error:
        for text in error.messages:
            messages.error(request, text)
    else:
        if changed:
            text = ngettext("%(n)s line is saved.", "%(n)s lines are saved.", changed)
            messages.success(request, text % {"n": changed})
        return True
    return False


@require_POST
def decision_confirmation(request, pk):
    """Save what is chosen, and make it true; what stands in the way is told line by line."""
    find_editable(Decision, pk=pk)
    decision = _decision(pk)
    if not _save(request, decision):
        return redirect("decision_detail", pk=pk)
    try:
        decision = decisions.confirm(decision, request.user, request.POST.get("why", ""))
    except decisions.Closed:
        messages.error(request, _("This decision is closed."))
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    except standings.Refused as refused:
        count = len(refused.refusals)
        text = ngettext(
            "Nothing is changed: %(n)s line cannot be confirmed yet. See what it lacks below.",
            "Nothing is changed: %(n)s lines cannot be confirmed yet. See what they lack below.",
            count,
        )
        messages.error(request, text % {"n": count})
    else:
        request.session.pop(_draft(decision), None)
        if decision.is_open:
            messages.success(
                request, _("Your lines are confirmed; the others wait for their managers.")
            )
        else:
            messages.success(request, _("The list is decided."))
    return redirect("decision_detail", pk=pk)


@require_POST
def decision_vote(request, pk):
    find_editable(Decision, pk=pk)
    agrees = request.POST.get("agrees") == "yes"
    try:
        decisions.vote(_decision(pk), request.user, agrees, request.POST.get("comment", ""))
    except decisions.Closed:
        messages.error(request, _("This decision is closed."))
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("Your vote is counted."))
    return redirect("decision_detail", pk=pk)


@require_POST
def decision_withdrawal(request, pk):
    find_editable(Decision, pk=pk)
    decision = _decision(pk)
    try:
        decisions.withdraw(decision, request.user, request.POST.get("why", ""))
    except decisions.Closed:
        messages.error(request, _("This decision is closed."))
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("Put aside; the list stays as it was."))
        return redirect("matrix_decisions", pk=decision.matrix_id)
    return redirect("decision_detail", pk=pk)


@require_GET
def decision_file(request, pk):
    """The record as a file: ``?format=csv`` or ``xlsx``."""
    decision = _decision(pk)
    name = request.GET.get("format", "xlsx")
    if name not in FILES:
        raise Http404
    kind, make = FILES[name]
    answer = HttpResponse(make(decision), content_type=kind)
    answer["Content-Disposition"] = (
        f'attachment; filename="decision-{decision.pk}-{decision.created_at:%Y-%m-%d}.{name}"'
    )
    return answer


@require_POST
def override_create(request, pk):
    matrix = _matrix(pk)
    form = OverrideForm(request.POST)
    if form.is_valid():
        decisions.override(matrix, author=request.user, **form.cleaned_data)
        messages.success(request, _("Saved; the proposal takes it into account."))
    else:
        for errors in form.errors.values():
            for text in errors:
                messages.error(request, text)
    return redirect("matrix_decisions", pk=pk)


@require_POST
def override_end(request, pk):
    row = find_editable(ListOverride, pk=pk)
    decisions.end_override(row)
    messages.success(request, _("Ended; from now on the points count again."))
    return redirect("matrix_decisions", pk=row.matrix_id)


@require_http_methods(["GET", "POST"])
def list_takeover(request, pk):
    """The company's present list of key clients, taken over as trial with goals due."""
    matrix = _matrix(pk)
    form = TakeOverForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        clients = form.cleaned_data["names"]
        taken = standings.take_over(
            clients, reason=form.cleaned_data["reason"], author=request.user
        )
        text = ngettext(
            "%(n)s client is on trial now. Its goal is due in %(days)s days.",
            "%(n)s clients are on trial now. Their goals are due in %(days)s days.",
            len(taken),
        )
        messages.success(request, text % {"n": len(taken), "days": standings.DAYS_FOR_GOALS})
        return redirect("matrix_decisions", pk=pk)
    context = {"matrix": matrix, "form": form, "days": standings.DAYS_FOR_GOALS}
    status = 422 if form.is_bound else 200
    return render(request, "scoring/takeover.html", context, status=status)
