"""Whoever owes a second step can go nowhere else until it is there."""

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from accounts.services import second_step

# What stays open: the pages on which a step is added, the language, leaving.
OPEN = frozenset(
    {
        "own_second_step", "second_step_app", "second_step_codes", "second_step_removal",
        "passkey_add", "passkey_name", "passkey_options", "preferences", "account_logout",
    }
)  # fmt: skip


class Gate:
    """Middleware.  The REST API asks in a permission, after a token has been read
    (:mod:`accounts.api.second_step`)."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        name = request.resolver_match.view_name or ""
        if name in OPEN or name.startswith(("api:", "health_")):
            return None
        if not request.user.is_authenticated or not second_step.owes(request.user):
            return None
        if request.headers.get("HX-Request"):
            return HttpResponse(status=403, headers={"HX-Redirect": reverse("own_second_step")})
        return redirect("own_second_step")
