"""Secrets that must be read again: sealed with the key of the installation.

``CREDENTIALS_KEY`` seals, or ``SECRET_KEY`` where there is none; the earlier ones of their
``_FALLBACKS`` still open.  What is sealed is sealed for a purpose: text of one purpose never
opens as that of another.
"""

import base64
import hashlib

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings


class Lost(RuntimeError):
    """No key that is known opens this secret: it has to be given anew."""


def _keys() -> list[str]:
    own = (settings.CREDENTIALS_KEY, *settings.CREDENTIALS_KEY_FALLBACKS)
    return [key for key in (*own, settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS) if key]


def _box(purpose: str) -> MultiFernet:
    # The keys of settings are long and random already: a digest spreads them, nothing more.
    digests = [hashlib.sha256(f"kam {purpose} {key}".encode()).digest() for key in _keys()]
    return MultiFernet([Fernet(base64.urlsafe_b64encode(digest)) for digest in digests])


def seal(text: str, purpose: str) -> str:
    return _box(purpose).encrypt(text.encode()).decode()


def unseal(sealed: str, purpose: str) -> str:
    """Raises Lost."""
    try:
        return _box(purpose).decrypt(sealed.encode()).decode()
    except InvalidToken as error:
        raise Lost from error


def sealed_anew(sealed: str, purpose: str) -> str:
    """The same secret under the present key.  Raises Lost."""
    try:
        return _box(purpose).rotate(sealed.encode()).decode()
    except InvalidToken as error:
        raise Lost from error
