"""Signing in with the account of one's company: OpenID Connect, authorization code with PKCE.

Who may come in stays the product's affair: an account opens the door to the active person here with
the same, proven e-mail address, and to nobody else.  Nothing of the account is kept.
"""

from __future__ import annotations

from typing import Any

import requests
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.django_client import OAuth
from django.conf import settings
from django.utils.translation import gettext as _
from joserfc.errors import JoseError

from accounts.models import User

NAME = "company"
SCOPE = "openid email profile"
# A provider that does not answer must not hold a web process.
TIMEOUT_SECONDS = 5
WELL_KNOWN = "/.well-known/openid-configuration"


class Refused(Exception):
    """The account opens nothing here; says why, in words for the person."""


def is_set_up() -> bool:
    return bool(settings.OIDC_ISSUER and settings.OIDC_CLIENT_ID)


def _provider() -> Any:
    known = OAuth()
    return known.register(
        NAME,
        client_id=settings.OIDC_CLIENT_ID,
        client_secret=settings.OIDC_CLIENT_SECRET or None,
        server_metadata_url=settings.OIDC_ISSUER.rstrip("/") + WELL_KNOWN,
        client_kwargs={
            "scope": SCOPE,
            "code_challenge_method": "S256",
            "default_timeout": TIMEOUT_SECONDS,
        },
    )


def ask(request, back: str):
    """The redirect to the provider, which sends the person to ``back``.  Raises Refused."""
    try:
        return _provider().authorize_redirect(request, back)
    except (requests.RequestException, AuthlibBaseError, ValueError) as error:
        raise Refused(_away()) from error


def person_of(request) -> User:
    """Whose account the provider has sent back with this request.  Raises Refused."""
    try:
        token = _provider().authorize_access_token(request)
    except (requests.RequestException, ValueError) as error:
        raise Refused(_away()) from error
    except (AuthlibBaseError, JoseError) as error:
        told = _("The account was not confirmed. Try again, or use your password.")
        raise Refused(told) from error
    claims = token.get("userinfo") or {}
    email = str(claims.get("email") or "").strip()
    proven = claims.get("email_verified") in (True, "true") or settings.OIDC_EMAIL_IS_PROVEN
    if not email or not proven:
        raise Refused(_("Your company's account does not say for certain which e-mail is yours."))
    person = User.objects.filter(email__iexact=email, is_active=True).first()
    if person is None:
        told = _("Nobody signs in here as %(email)s. Ask an administrator to invite you.")
        raise Refused(told % {"email": email})
    return person


def _away() -> str:
    return _("Your company's sign-in does not answer. Try again later, or use your password.")
