"""Where a person is signed in: listed, ended one by one, all others, or all by an administrator.

The key of a session never leaves the server: pages name it by a digest.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session
from django.utils import timezone

from accounts.models import User
from kam.audit.services import record

# What a session remembers of its beginning.
OPENED = "opened"
_BROWSERS = (
    ("Edg", "Edge"), ("YaBrowser", "Yandex"), ("OPR", "Opera"), ("Firefox", "Firefox"),
    ("Chrome", "Chrome"), ("Safari", "Safari"),
)  # fmt: skip
_SYSTEMS = (
    ("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"),
    ("Mac OS", "macOS"), ("Linux", "Linux"),
)  # fmt: skip


@dataclass(frozen=True)
class Opened:
    """One session.  ``ref`` names it; ``device`` in words, empty where nothing is known."""

    ref: str
    at: dt.datetime | None
    until: dt.datetime
    address: str
    device: str
    here: bool


def remember(request) -> None:
    """Keep in the session when and from where it was opened."""
    request.session[OPENED] = {
        "at": timezone.now().isoformat(),
        "address": request.META.get("REMOTE_ADDR", ""),
        "device": device_of(request.META.get("HTTP_USER_AGENT", "")),
    }


def device_of(agent: str) -> str:
    """ "Firefox, Windows" from what a browser says of itself; what is not known is left out."""
    browser = next((name for sign, name in _BROWSERS if sign in agent), "")
    system = next((name for sign, name in _SYSTEMS if sign in agent), "")
    return ", ".join(filter(None, (browser, system)))


def ref_of(key: str) -> str:
    return hashlib.sha256(f"session {key}".encode()).hexdigest()[:16]


def _of(user: User) -> Iterator[tuple[Session, dict]]:
    """Sessions hold whose they are inside: all that have not run out are opened."""
    for session in Session.objects.filter(expire_date__gt=timezone.now()).iterator():
        held = session.get_decoded()
        if held.get(SESSION_KEY) == str(user.pk):
            yield session, held


def opened(user: User, present: str | None) -> list[Opened]:
    """The person's sessions, the present one first, then the latest."""
    found = []
    for session, held in _of(user):
        said = held.get(OPENED) or {}
        at = dt.datetime.fromisoformat(said["at"]) if "at" in said else None
        found.append(
            Opened(
                ref_of(session.session_key), at, session.expire_date, said.get("address", ""),
                said.get("device", ""), session.session_key == present,
            )
        )  # fmt: skip
    oldest = dt.datetime.min.replace(tzinfo=dt.UTC)
    return sorted(found, key=lambda each: (each.here, each.at or oldest), reverse=True)


def end(user: User, *, ref: str = "", but: str | None = None) -> int:
    """End the session that ``ref`` names, or all of the person's ``but`` one; how many ended."""
    ended = 0
    for session, _held in _of(user):
        named = not ref or ref_of(session.session_key) == ref
        if named and session.session_key != but:
            session.delete()
            ended += 1
    if ended:
        record("session.end", object=user, details={"ended": ended})
    return ended
