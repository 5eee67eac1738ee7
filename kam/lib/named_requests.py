"""``Idempotency-Key``: a POST that is sent twice is done once and answered alike.

The answer is kept in the transaction of the effect.  While the first is at work, a lock of the
same transaction tells the second so at once.  Refusals are not kept: corrected, the same key
serves again.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterable
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework import status
from rest_framework.exceptions import APIException, ValidationError
from rest_framework.renderers import JSONRenderer

from .locks import try_lock
from .models import NamedAnswer

KEPT = dt.timedelta(hours=24)


class AtWork(APIException):
    """409: the same request is being worked on at this moment."""

    status_code = status.HTTP_409_CONFLICT
    default_code = "in_progress"


class AnotherRequest(APIException):
    """422: the key has been used for another request."""

    status_code = status.HTTP_422_UNPROCESSABLE_ENTITY
    default_code = "key_reused"


def asked_key(request) -> str:
    """The key of a request, or nothing; raises ValidationError for one that cannot be kept."""
    key = request.headers.get("Idempotency-Key", "")
    if len(key) > 255 or not key.isprintable() or not key.isascii():
        raise ValidationError(
            {"Idempotency-Key": [_("A key has up to 255 printable ASCII characters.")]}
        )
    return key


def earlier(request, key: str) -> NamedAnswer | None:
    """The answer that this key has had; None where the request is to be done now."""
    if not try_lock(f"request {request.user.pk} {key}"):
        raise AtWork(_("This request is being worked on. Ask again in a moment."))
    # Unscoped: keys are one's own, also where a role reads those of others.
    found = NamedAnswer.unscoped.filter(user=request.user, key=key).first()
    if found is not None and (found.route, found.digest) != (request.path, digest(request.data)):
        raise AnotherRequest(_("This key was used for another request. Take a new one."))
    return found


def keep(request, key: str, response, secrets: Iterable[str] = ()) -> None:
    """Keep the answer; fields that are told once (``secrets``) are null when it is told again."""
    answer = None
    if response.data is not None:
        answer = json.loads(JSONRenderer().render(response.data))
        if isinstance(answer, dict):
            answer |= dict.fromkeys(answer.keys() & set(secrets))
    NamedAnswer.unscoped.create(
        user=request.user,
        key=key,
        route=request.path[:255],
        digest=digest(request.data),
        status=response.status_code,
        answer=answer,
    )


def digest(data: Any) -> str:
    """A digest of what was sent: JSON, or a form with files."""
    said = hashlib.sha256()
    if hasattr(data, "lists"):
        for name, values in sorted(data.lists()):
            for value in values:
                said.update(f"\0{name}\0".encode())
                for piece in value.chunks() if hasattr(value, "chunks") else [str(value).encode()]:
                    said.update(piece)
                if hasattr(value, "seek"):
                    value.seek(0)
    else:
        said.update(json.dumps(data, sort_keys=True, default=str).encode("utf-8", "replace"))
    return said.hexdigest()


def forget() -> int:
    """Drop answers whose time is over; how many."""
    return NamedAnswer.unscoped.filter(at__lt=timezone.now() - KEPT).delete()[0]
