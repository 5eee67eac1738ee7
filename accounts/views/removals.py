"""Removing a record: what hangs on it first; and the bin, from which it comes back."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.models import Removal
from accounts.selectors.removals import removals
from accounts.services import removals as service
from accounts.services.clients import may_edit
from kam.lib.editing import Conflict
from kam.lib.navigation import may
from kam.lib.views import find, find_editable

PAGE = 50
# Where the record is listed.
BACK = {
    "contact": "client_people",
    "interaction": "client_timeline",
    "relation": "client_people",
    "goal": "client_detail",
    "need": "client_needs",
    "agreement": "client_agreements",
    "process": "client_processes",
    "offer": "client_offers",
    "template": "process_template_list",
    "client": "client_list",
}
# The beginning of the address of what can be removed.
PLACES = {
    "contact": "contacts",
    "interaction": "interactions",
    "relation": "relations",
    "goal": "goals",
    "need": "needs",
    "agreement": "agreements",
    "process": "processes",
    "offer": "offers",
    "template": "process-templates",
    "client": "clients",
}


def page_of(noun: str) -> str:
    """How routes of a noun begin."""
    return "process_template" if noun == "template" else noun


def _edit(noun: str, pk: int) -> str:
    return reverse(f"{page_of(noun)}_edit", args=[pk])


def _back(noun: str, row) -> str:
    client_id = getattr(row, "client_id", None)
    return reverse(BACK[noun], args=[client_id] if client_id else [])


@require_http_methods(["GET", "POST"])
def removal(request, pk, noun):
    """What removing a record would do; a post does it."""
    model = service.NOUNS[noun].model
    row = find(model, pk=pk)
    if request.method == "GET" and not may_edit(row):
        return redirect(_back(noun, row))
    find_editable(model, pk=pk)
    status = 200
    if request.method == "POST":
        try:
            service.remove(noun, row, _version(request), request.user)
        except Conflict:
            messages.warning(
                request, _("Somebody changed it meanwhile. Look at it before you remove it.")
            )
            status = 409
        except service.Kept:
            status = 409  # the page says why
        else:
            messages.success(request, _("Removed. You find it under “Removed”."))
            return redirect(_back(noun, row))
    context = {
        "ahead": service.prospect(noun, find(model, pk=pk)),
        "row": row,
        "noun": noun,
        "back": _edit(noun, pk),
        "days": service.settings.REMOVED_DAYS,
    }
    return render(request, "accounts/removal.html", context, status=status)


def _version(request) -> int | None:
    text = request.POST.get("version", "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else None


@require_GET
def removal_list(request):
    noun = request.GET.get("noun", "")
    noun = noun if noun in service.NOUNS else ""
    page = Paginator(removals(noun), PAGE).get_page(request.GET.get("page"))
    for row in page:
        row.label = service.NOUNS[row.noun].label
        row.days = service.days_left(row)
        row.along = service.along_of(row)
    context = {
        "page": page,
        "noun": noun,
        "nouns": [(each.key, each.label) for each in service.NOUNS.values()],
        "days": service.settings.REMOVED_DAYS,
        "may_destroy": may(request.user, "removal_destruction", "POST"),
    }
    return render(request, "accounts/removals.html", context)


@require_POST
def removal_restoration(request, pk):
    row = find_editable(Removal, pk=pk)
    try:
        restored = service.restore(row, request.user)
    except service.Kept as kept:
        messages.error(request, str(kept))
        return redirect("removal_list")
    messages.success(request, _("It is back where it was."))
    return redirect(_edit(row.noun, restored.pk))


@require_POST
def removal_destruction(request, pk):
    service.destroy(find_editable(Removal, pk=pk), request.user)
    messages.success(request, _("It is gone for good."))
    return redirect("removal_list")
