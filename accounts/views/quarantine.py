"""Rows that name no client we know: gathered by whom they name, given a client or put away."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.db import transaction
from django.shortcuts import redirect, render
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts.forms.quarantine import DiscardForm, GiveForm
from accounts.models import QuarantinedRow
from accounts.selectors.imports import (
    NAMING,
    Stranger,
    rows_like,
    stranger_of,
    strangers,
    waiting_totals,
)
from accounts.services import clients, quarantine
from accounts.services.importing.field_words import LABELS
from kam.lib.navigation import may
from kam.lib.views import find

PAGE = 50
ROWS = 30
REASONS = 5


@require_GET
def quarantine_list(request):
    search = request.GET.get("q", "")[:120]
    page = Paginator(strangers(search), PAGE).get_page(request.GET.get("page"))
    page.object_list = [Stranger(**each) for each in page.object_list]
    context = {"page": page, "search": search, "waiting": waiting_totals()}
    return render(request, "accounts/imports_quarantine.html", context)


@require_http_methods(["GET", "POST"])
def quarantine_detail(request, pk):
    """Whom the row names, with all rows that name the same."""
    row = find(QuarantinedRow, queryset=QuarantinedRow.objects.select_related("batch"), pk=pk)
    rows = rows_like(row)
    act = request.POST.get("act", "")
    forms = {
        "give": GiveForm(request.POST if act == "give" else None),
        "discard": DiscardForm(request.POST if act == "discard" else None),
    }
    if request.method == "POST" and _done(request, row, rows, act, forms):
        return redirect("quarantine_list")
    context = {
        "row": row,
        "stranger": stranger_of(row),
        "rows": [_told(each) for each in rows[:ROWS]],
        "proposed": quarantine.make_client(row),
        "forms": forms,
        "may_write": may(request.user, "quarantine_detail", "POST"),
        "most": quarantine.MOST,
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "accounts/quarantine_detail.html", context, status=status)


def _told(row: QuarantinedRow) -> QuarantinedRow:
    """The row with what it says beyond its client, day and amount: labels and values."""
    labels = LABELS[row.kind]
    row.told = [
        (labels.get(name, name), value)
        for name, value in row.data.items()
        if name not in (*NAMING, "date", "amount")
    ]
    return row


def _done(request, row, rows, act: str, forms: dict) -> bool:
    """Do what was asked; whether it is done."""
    ids = list(rows.values_list("pk", flat=True)[: quarantine.MOST])
    form = forms.get(act)
    if form is not None and not form.is_valid():
        return False
    try:
        if act == "discard":
            count = quarantine.discard(ids, form.cleaned_data["reason"])
            messages.success(
                request,
                ngettext("%(n)s row is put away.", "%(n)s rows are put away.", count)
                % {"n": count},
            )
        elif act == "give":
            _tell(request, quarantine.give(ids, form.cleaned_data["client"], request.user))
        elif act == "make":
            with transaction.atomic():
                values = quarantine.make_client(row) | {"team_id": request.user.team_id}
                client = clients.create_client(values)
                _tell(request, quarantine.give(ids, client, request.user))
        else:
            return False
    except ValidationError as error:
        if form is None:
            messages.error(request, " ".join(error.messages))
        else:
            form.add_error(None, error)
        return False
    except PermissionDenied:
        messages.error(request, _("You may not make this client: it would be in no team of yours."))
        return False
    return True


def _tell(request, given: quarantine.Given) -> None:
    if given.loaded:
        told = ngettext("%(n)s row is loaded.", "%(n)s rows are loaded.", given.loaded) % {
            "n": given.loaded
        }
        if given.remembered:
            told += " " + _("The next file of this source finds the client by itself.")
        messages.success(request, told)
    for refused in given.refused[:REASONS]:
        messages.error(request, refused.words(get_language() or ""))
    if len(given.refused) > REASONS:
        count = len(given.refused) - REASONS
        messages.error(
            request, ngettext("And %(n)s row more.", "And %(n)s rows more.", count) % {"n": count}
        )
