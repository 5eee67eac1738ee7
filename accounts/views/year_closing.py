"""Closing a year: what it would do, what was frozen beside what is told today, and undoing it."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts.forms.year_closing import ClosingForm
from accounts.models import YearClose
from accounts.selectors import year_closes as found
from accounts.services import year_closing
from kam.lib.navigation import address, may
from kam.lib.periods import today
from kam.lib.views import find, find_editable

form_page = require_http_methods(["GET", "POST"])
YEARS_BACK = 4
GOALS_SHOWN = 12


@require_GET
def year_close_list(request):
    context = {
        "closings": found.closings(),
        "may_close": may(request.user, "year_close_create", "POST"),
        "last": today().year - 1,
    }
    return render(request, "accounts/years/list.html", context)


@form_page
def year_close_create(request):
    """What closing would do, by what stands in the address; a post closes the year."""
    last = today().year - 1
    years = list(range(last, last - YEARS_BACK, -1))
    start = {"year": last, "growth": 0, "goals": "on", "review": "on"}
    given = request.POST if request.method == "POST" else request.GET
    form = ClosingForm(given if given.get("year") or request.method == "POST" else start,
                       years=years)  # fmt: skip
    preview = None
    if form.is_valid():
        data = form.cleaned_data
        if request.method == "POST":
            try:
                row = year_closing.close(
                    data["year"], data["growth"], request.user, goals=data["goals"],
                    review=data["review"],
                )  # fmt: skip
            except ValidationError as error:
                form.add_error(None, error.messages)
            else:
                messages.success(request, _("The year is closed."))
                return redirect("year_close_detail", pk=row.pk)
        preview = year_closing.preview(data["year"], data["growth"])
    context = {
        "form": form,
        "preview": preview,
        "goals": preview.goals[:GOALS_SHOWN] if preview else [],
        "more_goals": max(len(preview.goals) - GOALS_SHOWN, 0) if preview else 0,
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "accounts/years/close.html", context, status=status)


@require_GET
def year_close_detail(request, pk):
    """What was frozen, client by client, beside what corrections have made of it."""
    row = find(YearClose, queryset=found.closings(), pk=pk)
    lines = found.compared(row, today())
    context = {
        "row": row,
        "lines": lines,
        "total": found.total_of(lines),
        "hidden": row.clients - len(lines) if not row.is_undone else 0,
        "may_undo": not row.is_undone and may(request.user, "year_close_undo", "POST"),
        "matrix": address("matrix_list"),
    }
    return render(request, "accounts/years/detail.html", context)


@form_page
def year_close_undo(request, pk):
    """What hinders undoing, or what it would take back; a post does it."""
    row = find(YearClose, queryset=found.closings(), pk=pk)
    if request.method == "POST":
        find_editable(YearClose, pk=pk)
        try:
            year_closing.undo(row, request.user)
        except ValidationError as error:
            context = {"row": row, "hindrances": error.messages}
            return render(request, "accounts/years/undo.html", context, status=422)
        messages.success(request, _("The year is open again."))
        return redirect("year_close_list")
    context = {"row": row, "hindrances": year_closing.hindrances(row)}
    return render(request, "accounts/years/undo.html", context)
