"""Signals with their evidence, how relationships fare, and what is not written down of clients."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts.forms.problems import DismissForm, RulesForm, SnoozeForm
from accounts.measures.data_quality import CHECKS
from accounts.measures.health import PARTS, tone
from accounts.models import Client, Problem, Signal
from accounts.selectors import health as fare
from accounts.selectors import people as directory
from accounts.selectors import problems as found
from accounts.services import problems, radar
from accounts.services.clients import Conflict, may_edit
from accounts.services.radar_facts import watched
from accounts.services.radar_words import CHECKS as CHECK_WORDS
from accounts.services.radar_words import PARTS as PART_WORDS
from accounts.services.radar_words import chance_of, evidence_of, part_words
from kam.audit.conflicts import conflicting
from kam.lib.navigation import may
from kam.lib.periods import today
from kam.lib.views import find, find_editable, following, wants_part

from .clients import _found, head

form_page = require_http_methods(["GET", "POST"])
PAGE = 50


def filters_of(parameters) -> found.SignalFilters:
    names = ("state", "kind", "owner")
    return found.SignalFilters(**{name: parameters.get(name, "")[:20] for name in names})


@require_GET
def signal_list(request):
    """Signals that wait for somebody to look, and those that are held back."""
    filters, day = filters_of(request.GET), today()
    page = Paginator(found.filtered_signals(filters, day), PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "lines": [(each, evidence_of(each)[:1]) for each in page],
        "filters": filters,
        "held": found.held(day).count(),
    }
    if wants_part(request):
        return render(request, "accounts/_signals.html", context)
    context |= {
        "owners": directory.kams_beside(request.user),
        "kinds": [(kind.value, kind.label) for kind in Problem.FOUND],
        "budget": radar.settings_row().budget,
    }
    return render(request, "accounts/signals.html", context)


@form_page
def signal_detail(request, pk):
    """One signal with its evidence; a post makes a problem of it, dismisses it or puts it off."""
    signal = find(Signal, queryset=found.signals(), pk=pk)
    act = request.POST.get("act", "") if request.method == "POST" else ""
    forms = {
        "dismiss": DismissForm(request.POST if act == "dismiss" else None),
        "snooze": SnoozeForm(request.POST if act == "snooze" else None),
    }
    refused = []
    if request.method == "POST":
        find_editable(Signal, pk=pk)
        try:
            if act == "take":
                problem = problems.take(signal, request.user)
                messages.success(request, _("It is a problem now. What is the first step?"))
                return redirect("problem_detail", pk=problem.pk)
            if _done(signal, act, forms, request.user):
                messages.success(request, _("Saved."))
                return redirect(following(request) or reverse("signal_detail", args=[pk]))
        except ValidationError as error:
            refused = error.messages
    context = {
        "signal": signal,
        "evidence": evidence_of(signal),
        "chance": chance_of(signal),
        "forms": forms,
        "refused": refused,
        "editable": may_edit(signal),
        "before": Problem.objects.filter(client=signal.client_id, kind=signal.kind).exclude(
            pk=signal.problem_id
        )[:5],
        "today": today(),
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "accounts/signal.html", context, status=status)


def _done(signal: Signal, act: str, forms, person) -> bool:
    form = forms.get(act)
    if form is None or not form.is_valid():
        return False
    data = form.cleaned_data
    if act == "dismiss":
        problems.dismiss(signal, data["reason"], person)
    else:
        problems.snooze(signal, data["until"], data["reason"], person)
    return True


def parts_of(row) -> list[dict]:
    """The parts of a week's health as the page shows them, those that are known first."""
    known = sum(
        part.get("weight", 0) for part in row.parts.values() if part.get("value") is not None
    )
    lines = []
    for key in PARTS:
        part = row.parts.get(key)
        if part is None:
            continue
        value, weight = part.get("value"), part.get("weight", 0)
        share = weight / known if value is not None and known else 0
        lines.append(
            {
                "key": key, "name": PART_WORDS[key], "value": value, "weight": weight,
                "tone": tone(value), "share": share, "points": share * (value or 0),
                "said": part_words(key, part, row.client_id),
            }
        )  # fmt: skip
    return lines


@require_GET
def client_health(request, pk):
    """How the relationship fares, part by part, over twelve weeks; and how well it is known."""
    client, day = _found(pk), today()
    weeks = fare.weeks_of(client.pk, day)
    row = weeks[-1] if weeks else None
    known = fare.written_down(Client.objects.filter(pk=client.pk), day, CHECKS).first()
    scores = [each.score for each in weeks]
    context = {
        "row": row,
        "lines": parts_of(row) if row else [],
        "missing": [
            PART_WORDS[key] for key in PARTS if row and row.parts.get(key, {}).get("value") is None
        ],
        "weeks": weeks,
        "scores": [score for score in scores if score is not None],
        "fares": fare.health_of([client.pk], day).get(client.pk),
        "tone": tone(row.score) if row else "",
        "quality": known.quality,
        "wanted": wanted_of(known),
    }
    return render(request, "accounts/clients/health.html", context | head(client))


def wanted_of(client) -> list[tuple]:
    """What is not written down of a client, the heaviest first: (key, name, route of the form)."""
    missing = [key for key in CHECKS if not getattr(client, f"has_{key}")]
    return [(key, *CHECK_WORDS[key]) for key in sorted(missing, key=lambda k: -CHECKS[k])]


def quality_rows(parameters, person):
    """Clients that are watched, the worst written down first."""
    clients = Client.objects.filter(watched())
    owner, missing = parameters.get("owner", "")[:20], parameters.get("missing", "")[:20]
    if owner.isdecimal():
        clients = clients.filter(owner_id=int(owner[:18]))
    rows = fare.written_down(clients, today(), CHECKS)
    if missing in CHECKS:
        rows = rows.filter(**{f"has_{missing}": False})
    return rows


@require_GET
def data_quality(request):
    """What is not written down of clients, each with the form that fills it."""
    page = Paginator(quality_rows(request.GET, request.user), PAGE).get_page(
        request.GET.get("page")
    )
    context = {
        "page": page,
        "lines": [(each, wanted_of(each)) for each in page],
        "owner": request.GET.get("owner", ""),
        "missing": request.GET.get("missing", ""),
        "fills": may(request.user, "client_edit", "POST"),
    }
    if wants_part(request):
        return render(request, "accounts/_data_quality.html", context)
    context |= {
        "owners": directory.kams_beside(request.user),
        "checks": [(key, CHECK_WORDS[key][0]) for key in CHECKS],
    }
    return render(request, "accounts/data_quality.html", context)


@form_page
def radar_settings(request):
    """How many signals a KAM sees in a week, and what the parts of health weigh."""
    row = radar.settings_row()
    form = RulesForm(request.POST if request.method == "POST" else None, instance=row)
    context = {"form": form}
    template = "accounts/radar_settings.html"
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            radar.settle_rules(data["budget"], form.weights(), data["version"] or 0)
        except ValidationError as error:
            form.add_error(None, error.messages)
        except Conflict as conflict:
            return conflicting(request, template, context, conflict.present)
        else:
            messages.success(request, _("Saved. It holds from the next search on."))
            return redirect("radar_settings")
    status = 422 if form.is_bound else 200
    return render(request, template, context, status=status)
