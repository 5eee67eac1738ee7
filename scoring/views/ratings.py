"""The grid where people rate clients by keyboard, and the one cell it posts."""

from decimal import Decimal, InvalidOperation

from django.core.exceptions import ValidationError
from django.http import HttpResponse, HttpResponseBadRequest
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.models import Client
from kam.lib.navigation import may
from kam.lib.scoping import current
from kam.lib.views import find, find_editable, wants_part
from scoring.forms.rating_requests import RequestForm
from scoring.models import Criterion, Matrix, RankingRow
from scoring.selectors.clients import rating_history, ratings_in_force, served_clients
from scoring.selectors.matrices import main_run, rated_version, version_criteria
from scoring.selectors.ranking import Filters, kams, ranking_slice
from scoring.selectors.rating_requests import open_requests, own_requests, spread_of
from scoring.services.rating_requests import people_to_ask
from scoring.services.ratings import rate

from .matrices import anchors

PAGE = 40


@require_GET
def matrix_ratings(request, pk):
    """Clients down, criteria across: what people rate is typed, what is computed is shown."""
    matrix = get_object_or_404(Matrix.objects.select_related("current_run"), pk=pk)
    version = rated_version(matrix)
    criteria = version_criteria(version)
    clients, page = grid_clients(request)
    context = {
        "matrix": matrix,
        "version": version,
        "criteria": [{"row": row, "anchors": anchors(row.criterion)} for row in criteria],
        "page": page,
        "lines": grid(request.user, matrix, version, criteria, clients),
        "q": request.GET.get("q", "")[:120],
        "owner": request.GET.get("owner", "")[:20],
        "asked": own_requests(request.user).count(),
        "may_paste": may(request.user, "matrix_paste", "POST"),
    }
    if wants_part(request):
        return render(request, "scoring/_grid.html", context)
    context["kams"] = kams(request.user)
    return render(request, "scoring/matrix_ratings.html", context)


def grid_clients(request):
    """A page of clients in the order of the main ranking; by name while there is none yet."""
    q, owner = request.GET.get("q", "")[:120], request.GET.get("owner", "")[:20]
    filters = Filters(q=q, owner=owner, part="all")
    run = main_run()
    if run is None:
        return list(served_clients().order_by("sort_name", "pk")[:PAGE]), None
    after, before = request.GET.get("after", ""), request.GET.get("before", "")
    page = ranking_slice(run, filters, after=after, before=before, size=PAGE)
    return [row.client for row in page.rows], page


def grid(person, matrix, version, criteria, clients) -> list[dict]:
    """A line for each client with a cell for each criterion.

    A typed cell holds the person's own rating; others' opinions are counted beside it.
    """
    ids = [client.pk for client in clients]
    people = [row.criterion_id for row in criteria if row.rated_by_people]
    editable = set()
    if may(person, "client_rating", "POST"):
        mine = Client.objects.filter(pk__in=ids).editable_by(current())
        editable = set(mine.values_list("pk", flat=True))
    own, others = {}, {}
    for rating in ratings_in_force(ids, people):
        place = rating.client_id, rating.criterion_id
        if rating.rater_id == person.pk and not rating.rater_name:
            own[place] = rating
        elif rating.value is not None:
            others.setdefault(place, []).append(float(rating.value))
    run = matrix.current_run if matrix.current_run_id else None
    rows = {}
    if run is not None and run.version_id == version.pk:
        rows = {
            row.client_id: row
            for row in RankingRow.objects.filter(run_id=run.pk, client_id__in=ids)
        }
    lines = []
    for client in clients:
        row = rows.get(client.pk)
        cells = []
        for criterion in criteria:
            place = client.pk, criterion.criterion_id
            stored = getattr(row, f"r{criterion.position}") if row else 0
            mine = own.get(place)
            heard = others.get(place, [])
            cells.append(
                {
                    "criterion": criterion,
                    "label": f"{client.name}: {criterion.criterion.label}",
                    "typed": criterion.rated_by_people and client.pk in editable,
                    "own": mine.value if mine else None,
                    "ranked": stored / 100 if stored > 0 else None,
                    "not_applicable": stored == -1,
                    "others": len(heard),
                    "mean": sum(heard) / len(heard) if heard else None,
                    "decimals": 0 if sum(heard) % max(len(heard), 1) == 0 else 1,
                }
            )
        lines.append({"client": client, "row": row, "cells": cells})
    return lines


@require_POST
def client_rating(request, pk, key):
    """One person's rating of one client on one criterion; an empty one takes it back."""
    client = find_editable(Client, pk=pk)
    criterion = get_object_or_404(Criterion, key=key)
    text = request.POST.get("rating", "").strip()
    try:
        value = Decimal(text) if text else None
        rate(
            client,
            criterion,
            value,
            rater=request.user,
            not_applicable=request.POST.get("not_applicable") == "1",
            reason=request.POST.get("reason", "").strip()[:2000],
        )
    except InvalidOperation:
        return HttpResponseBadRequest(_("A rating is a number from 1 to 10."))
    except ValidationError as error:
        return HttpResponseBadRequest(" ".join(error.messages))
    if wants_part(request) and request.POST.get("sheet"):
        return client_ratings(request, pk, key)
    return HttpResponse(status=204)


def client_ratings(request, pk, key):
    """All opinions on one client and criterion with their history, in a sheet."""
    client = find(Client, pk=pk)
    criterion = get_object_or_404(Criterion, key=key)
    context = {
        "client": client,
        "criterion": criterion,
        "anchors": anchors(criterion),
        "history": rating_history(client.pk, criterion.pk),
        "spread": spread_of(client, criterion),
        "asked": own_requests(request.user).filter(client=client, criterion=criterion).first(),
        "own": ratings_in_force([client.pk], [criterion.pk], request.user).first(),
        "may_rate": may(request.user, "client_rating", "POST")
        and Client.objects.filter(pk=client.pk).editable_by(current()).exists(),
    }
    if may(request.user, "rating_request_create", "POST") and context["may_rate"]:
        context["ask"] = RequestForm(people=people_to_ask(client))
        context["waiting"] = open_requests().filter(client=client, criterion=criterion)
    template = "_ratings" if wants_part(request) else "ratings"
    return render(request, f"scoring/{template}.html", context)
