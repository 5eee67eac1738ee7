"""One id for everything that a request leaves behind: its answer, its log lines, its error page."""

from __future__ import annotations

import re
import uuid
from contextvars import ContextVar

HEADER = "X-Request-ID"
# What a proxy in front may have given; anything else is not taken into the logs.
_GIVEN = re.compile(r"[A-Za-z0-9_-]{8,64}")
_present: ContextVar[str] = ContextVar("request_id", default="")


def present() -> str:
    """The id of the request or job at work; empty outside of any."""
    return _present.get()


def set_present(value: str):
    """Returns what ``reset`` takes."""
    return _present.set(value)


def reset(token) -> None:
    _present.reset(token)


class RequestIds:
    """Takes the id that the proxy gave, or makes one; the answer carries it.  Stands first."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        given = request.headers.get(HEADER, "")
        request.id = given if _GIVEN.fullmatch(given) else uuid.uuid4().hex
        token = set_present(request.id)
        try:
            response = self.get_response(request)
        finally:
            reset(token)
        response.headers[HEADER] = request.id
        return response
