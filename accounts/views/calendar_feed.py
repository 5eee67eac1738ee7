"""The calendar of one's meetings: what other programs read, and giving its address out."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.services import calendar_feed as feed
from kam.lib.scoping import acting_system


@login_not_required
@require_safe
def calendar_feed(request, person, secret):
    """404 for whatever is not an address that holds."""
    with acting_system("calendar feed"):
        whose = feed.person_of(person, secret[: feed.LENGTH + 1])
    if whose is None:
        raise Http404
    answer = HttpResponse(feed.calendar_of(whose), content_type="text/calendar; charset=utf-8")
    answer.headers["Cache-Control"] = "private, no-store"
    answer.headers["X-Robots-Tag"] = "noindex, nofollow"
    return answer


@require_POST
def calendar_renewal(request):
    if request.POST.get("act") == "withdraw":
        feed.withdraw(request.user)
        messages.success(request, _("The calendar address shows nothing any more."))
    else:
        feed.renew(request.user)
        messages.success(
            request, _("Here is your calendar address; one given out before has ended.")
        )
    return redirect(reverse("profile") + "#calendar")
