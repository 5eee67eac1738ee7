"""The answer where something broke: 500 with the id of the event, 503 where the database is away."""

from __future__ import annotations

import sys

from django.db import InterfaceError, OperationalError
from django.http import HttpResponse, JsonResponse
from django.template import loader
from django.utils.translation import gettext as _

RETRY_SECONDS = 5


def server_error(request) -> HttpResponse:
    """Stands on nothing but a template: no session, no person, no database."""
    away = isinstance(sys.exc_info()[1], (OperationalError, InterfaceError))
    status = 503 if away else 500
    event = getattr(request, "id", "")
    if request.path.startswith("/api/v1/"):
        said = {
            "code": "unavailable" if away else "error",
            "message": _("The database does not answer just now. Nothing was saved; try again.")
            if away
            else _("Something went wrong on our side. Nothing was saved. Event %(id)s.")
            % {"id": event},
            "fields": {},
        }
        response: HttpResponse = JsonResponse({"error": said}, status=status)
    else:
        text = loader.get_template(f"{status}.html").render({"event": event})
        response = HttpResponse(text, status=status)
    if away:
        response.headers["Retry-After"] = str(RETRY_SECONDS)
    return response
