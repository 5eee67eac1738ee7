"""Ratings that one is asked for, and for leaders those asked of others and where opinions differ."""

from decimal import Decimal, InvalidOperation

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from accounts.models import Client
from kam.lib.navigation import may
from kam.lib.periods import today
from kam.lib.views import find, find_editable, wants_part
from scoring.forms.rating_requests import RequestForm
from scoring.models import Criterion, RatingRequest
from scoring.selectors.rating_requests import open_requests, own_requests, wide_spreads
from scoring.services.rating_requests import answer, ask, people_to_ask, withdraw

from .matrices import anchors
from .ratings import client_ratings

SHOWN = 100


@require_GET
def rating_request_list(request):
    """Everybody's own; others' answers stay unseen until one has given one's own.  As a part of
    another page only how many there are."""
    if wants_part(request):
        return render(request, "scoring/_asked.html", {"asked": own_requests(request.user).count()})
    leads = may(request.user, "rating_request_create", "POST")
    own = list(own_requests(request.user)[:SHOWN])
    context = {
        "own": [{"request": each, "anchors": anchors(each.criterion)} for each in own],
        "today": today(),
        "leads": leads,
    }
    if leads:
        others = open_requests().exclude(person_id=request.user.pk)
        context |= {"others": list(others[:SHOWN]), "spreads": wide_spreads()}
    return render(request, "scoring/rating_requests.html", context)


@require_POST
def rating_request_create(request, pk, key):
    """Ask people about one client and criterion."""
    client = find_editable(Client, pk=pk)
    criterion = get_object_or_404(Criterion, key=key)
    form = RequestForm(request.POST, people=people_to_ask(client))
    if form.is_valid():
        data = form.cleaned_data
        try:
            fresh = ask(
                request.user,
                [(client.pk, criterion.pk)],
                data["people"],
                data["due"],
                data["reason"],
            )
        except ValidationError as error:
            form.add_error(None, error)
        else:
            count = len(fresh)
            messages.success(
                request,
                ngettext("%(count)s person is asked.", "%(count)s people are asked.", count)
                % {"count": count},
            )
    if not form.is_valid():
        for text in [text for errors in form.errors.values() for text in errors]:
            messages.error(request, text)
    if wants_part(request):
        return client_ratings(request, pk, key)
    return redirect("client_ratings", pk=pk, key=key)


@require_POST
def rating_request_answer(request, pk):
    """The answer of the person who is asked; nobody else's."""
    row = find(
        RatingRequest,
        queryset=RatingRequest.objects.select_related("client", "criterion", "person"),
        pk=pk,
    )
    try:
        if row.person_id != request.user.pk:
            find_editable(RatingRequest, pk=pk)
            raise ValidationError(_("Only the person who is asked answers."))
        text = request.POST.get("rating", "").strip().replace(",", ".")
        answer(
            row,
            Decimal(text) if text else None,
            not_applicable=request.POST.get("not_applicable") == "1",
            reason=request.POST.get("reason", "").strip()[:2000],
        )
    except InvalidOperation:
        messages.error(request, _("A rating is a number from 1 to 10."))
    except ValidationError as error:
        for text in error.messages:
            messages.error(request, text)
    else:
        messages.success(
            request,
            _("Your rating of %(client)s is saved; now you see what others gave.")
            % {"client": row.client.name},
        )
    return redirect("rating_request_list")


@require_POST
def rating_request_withdrawal(request, pk):
    row = find_editable(RatingRequest, pk=pk)
    try:
        withdraw(row)
    except ValidationError as error:
        for text in error.messages:
            messages.error(request, text)
    else:
        messages.success(request, _("The request is withdrawn."))
    return redirect("rating_request_list")
