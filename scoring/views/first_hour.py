"""The first hour on one page: what is done, what comes next, and where to go for it."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from kam.lib.company import company
from kam.lib.views import wants_part
from scoring.services import first_hour as steps


@require_GET
def first_hour(request):
    found = steps.progress()
    if request.htmx and request.htmx.target == "first-hour-strip":
        # On the page of the day it shows only while something is left to do.
        hidden = company().first_hour_over or found.is_over
        template = "scoring/_first_hour_none.html" if hidden else "scoring/_first_hour_strip.html"
        return render(request, template, {"found": found})
    context = {
        "found": found,
        "proposed": steps.proposal(found.facts) if found.data and not found.criteria else [],
        "selected": steps.selected(found.facts.clients),
        "few": steps.FEW_CLIENTS,
        "is_few": 0 < found.facts.clients < steps.FEW_CLIENTS,
    }
    part = "_first_hour_job" if wants_part(request) else "first_hour"
    return render(request, f"scoring/{part}.html", context)


@require_POST
def first_hour_criteria(request):
    """Rank by the three proposed criteria."""
    try:
        steps.adopt(request.user)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("The ranking is being computed."))
    return redirect("first_hour")


@require_POST
def first_hour_end(request):
    """Lead nobody by the hand any more."""
    steps.end()
    return redirect("home")
