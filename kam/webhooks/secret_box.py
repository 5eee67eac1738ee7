"""Secrets of endpoints: sealed with the key of the installation, readable once.

They must be known to sign with, so a hash will not do.  ``SECRET_KEY`` seals; those of
``SECRET_KEY_FALLBACKS`` still open, and what they open is sealed anew every night.
"""

import base64
import hashlib

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings

PREFIX = "whsec_"


class Lost(RuntimeError):
    """No key that is known opens this secret: it has to be rotated."""


def _box() -> MultiFernet:
    keys = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    digests = [hashlib.sha256(f"kam.webhooks {key}".encode()).digest() for key in keys if key]
    return MultiFernet([Fernet(base64.urlsafe_b64encode(digest)) for digest in digests])


def seal(secret: bytes) -> str:
    return _box().encrypt(secret).decode()


def unseal(sealed: str) -> bytes:
    """Raises Lost."""
    try:
        return _box().decrypt(sealed.encode())
    except InvalidToken as error:
        raise Lost from error


def sealed_anew(sealed: str) -> str:
    """The same secret under the present key.  Raises Lost."""
    try:
        return _box().rotate(sealed.encode()).decode()
    except InvalidToken as error:
        raise Lost from error


def readable(secret: bytes) -> str:
    """As Standard Webhooks writes it: ``whsec_`` and base64."""
    return PREFIX + base64.b64encode(secret).decode()
