"""How fast a caller may ask: so many requests a minute for a key, a person or an address.

Counted before the request's transaction begins, in one statement that holds no lock after it.
Where the count cannot be told the request passes: a limit must not take the API down.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import logging

from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _

from .models import Pace

log = logging.getLogger(__name__)
SECONDS = 60
# Pages that are opened without signing in, by a link.
PUBLIC = "/answer/"


class LimitPace:
    """Middleware: 429 with ``Retry-After`` above ``API_RATE_LIMIT``; every answer tells the rest."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if request.path.startswith(PUBLIC):
            return too_many_for_all(request) or self.get_response(request)
        limit = settings.API_RATE_LIMIT
        if not limit or not request.path.startswith("/api/v1/"):
            return self.get_response(request)
        now = timezone.now()
        count = _count(caller(request), now)
        if count is None:
            return self.get_response(request)
        left = SECONDS - int(now.timestamp()) % SECONDS
        if count > limit:
            message = _("Too many requests. Ask again in %(seconds)s seconds.") % {"seconds": left}
            said = {"code": "throttled", "message": message, "fields": {}}
            response = JsonResponse({"error": said}, status=429, headers={"Retry-After": left})
        else:
            response = self.get_response(request)
        response.headers["RateLimit-Limit"] = limit
        response.headers["RateLimit-Remaining"] = max(limit - count, 0)
        response.headers["RateLimit-Reset"] = left
        return response


def too_many_for_all(request) -> HttpResponse | None:
    """429 for a page that needs no sign-in: one link is opened ``SURVEY_RATE_LIMIT`` times a minute
    at most, and ten times as often from one address (a proxy may stand before a whole office)."""
    limit, now = settings.SURVEY_RATE_LIMIT, timezone.now()
    if not limit:
        return None
    link = "link:" + hashlib.sha256(request.path.encode()).hexdigest()[:48]
    address = "open:" + request.META.get("REMOTE_ADDR", "")[:50]
    counts = [(_count(link, now), limit), (_count(address, now), 10 * limit)]
    if not any(count is not None and count > most for count, most in counts):
        return None
    left = SECONDS - int(now.timestamp()) % SECONDS
    text = render_to_string("429.html", {"seconds": left})
    return HttpResponse(text, status=429, headers={"Retry-After": left})


def caller(request) -> str:
    """Who asks.  A key is counted by all of it, so that nobody uses up another's by its prefix."""
    if key := request.headers.get("Authorization"):
        return "key:" + hashlib.sha256(key.encode("latin-1", "replace")).hexdigest()[:48]
    if request.user.is_authenticated:
        return f"person:{request.user.pk}"
    return f"address:{request.META.get('REMOTE_ADDR', '')}"[:64]


def _count(who: str, now: dt.datetime) -> int | None:
    """The number of this request among those of the minute; None where it cannot be told."""
    minute = now.replace(second=0, microsecond=0)
    try:
        with connection.cursor() as cursor:
            cursor.execute(
                """
                INSERT INTO lib_pace AS p (caller, minute, requests) VALUES (%s, %s, 1)
                ON CONFLICT (caller) DO UPDATE
                   SET requests = CASE WHEN p.minute = excluded.minute THEN p.requests + 1
                                       ELSE 1 END,
                       minute = excluded.minute
                RETURNING requests
                """,
                [who, minute],
            )
            return cursor.fetchone()[0]
    except DatabaseError:
        log.warning("requests cannot be counted", exc_info=True)
        return None


def forget() -> int:
    """Drop callers that have been still for an hour; how many."""
    old = timezone.now() - dt.timedelta(hours=1)
    return Pace.objects.filter(minute__lt=old).delete()[0]
