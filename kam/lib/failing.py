"""The answer where something broke: 500 with the id of the event, 503 where the database is away,
507 where a disk is full."""

from __future__ import annotations

import errno
import sys

from django.db import InterfaceError, OperationalError
from django.http import HttpResponse, JsonResponse
from django.template import loader
from django.utils.translation import gettext as _

RETRY_SECONDS = 5


def server_error(request) -> HttpResponse:
    """Stands on nothing but a template: no session, no person, no database."""
    error = sys.exc_info()[1]
    away = isinstance(error, (OperationalError, InterfaceError))
    full = isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT)
    status = 503 if away else 507 if full else 500
    event = getattr(request, "id", "")
    if request.path.startswith("/api/v1/"):
        said = {
            "code": {503: "unavailable", 507: "full"}.get(status, "error"),
            "message": _said(status) % {"id": event},
            "fields": {},
        }
        response: HttpResponse = JsonResponse({"error": said}, status=status)
    else:
        text = loader.get_template(f"{status}.html").render({"event": event})
        response = HttpResponse(text, status=status)
    if away:
        response.headers["Retry-After"] = str(RETRY_SECONDS)
    return response


def _said(status: int) -> str:
    if status == 503:
        return _("The database does not answer just now. Nothing was saved; try again.")
    if status == 507:
        return _("There is no room left for files. Nothing was saved. Event %(id)s.")
    return _("Something went wrong on our side. Nothing was saved. Event %(id)s.")
