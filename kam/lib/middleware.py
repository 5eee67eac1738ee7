"""What happens to every request: bad bytes refused, person and language set, route allowed."""

from django.core.checks.urls import check_url_config
from django.http import HttpResponse, HttpResponseBadRequest, JsonResponse
from django.utils import timezone, translation
from django.utils.cache import patch_vary_headers

from . import policy
from .company import company, refresh_now_and_then
from .scoping import acting_late


def _bad_request(request):
    if not request.path.startswith("/api/v1/"):
        return HttpResponseBadRequest("Bad request")
    said = {"code": "invalid", "message": "NUL cannot stand in an address.", "fields": {}}
    return JsonResponse({"error": said}, status=400)


class RefuseBadBytes:
    """PostgreSQL cannot store NUL: answer 400 before any view meets one in a path or query."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        query = request.META.get("QUERY_STRING", "")
        if "\0" in request.path or "%00" in query or "\0" in query:
            return _bad_request(request)
        return self.get_response(request)


class Person:
    """Sets the actor, the language and the company's time zone for the request.

    The actor is looked up at each query, because the REST API signs in inside the view.
    """

    def __init__(self, get_response):
        self.get_response = get_response
        # Views, forms and serializers are loaded now, while nobody acts: a queryset that one of
        # them makes on loading must not be that of whoever happens to ask first.
        check_url_config(None)

    def __call__(self, request):
        refresh_now_and_then()
        user = request.user
        language = getattr(user, "language", "") or translation.get_language_from_request(request)
        with (
            acting_late(lambda: request.user),
            translation.override(language),
            timezone.override(company().time_zone),
        ):
            request.LANGUAGE_CODE = translation.get_language()
            response = self.get_response(request)
            response.headers.setdefault("Content-Language", translation.get_language())
            return response


class Access:
    """Asks the policy table before a page's view runs (the REST API asks in its permission)."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        match = request.resolver_match
        if match.view_name and match.view_name.startswith("api:"):
            return None  # kam.lib.api.PolicyPermission, after the token has been read
        policy.check(match.view_name or "", request.user, request.method)
        return None


class Fragments:
    """Pages for people are never cached by others, and a fragment never shows a sign-in form."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        patch_vary_headers(response, ["HX-Request"])
        response.headers.setdefault("Cache-Control", "no-store, private")
        location = response.headers.get("Location", "")
        if request.htmx and response.status_code == 302 and "next=" in location:
            return HttpResponse(status=401, headers={"HX-Redirect": location.split("?")[0]})
        return response
