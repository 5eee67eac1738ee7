"""Signing in with the account of one's company: OpenID Connect, authorization code with PKCE.

Who may come in stays the product's affair: an account opens the door to the active person here with
the same, proven e-mail address, and to nobody else.  Nothing of the account is kept.
"""

from __future__ import annotations

import logging
from typing import Any

import requests
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.django_client import OAuth
from django.conf import settings
from django.utils.translation import gettext as _
from joserfc.errors import JoseError

from accounts.models import User

log = logging.getLogger(__name__)
NAME = "company"
SCOPE = "openid email profile"
# A provider that does not answer must not hold a web process.
TIMEOUT_SECONDS = 5
# Signatures with a key that the provider alone has; whatever else it offers is not taken.
SIGNED_BY = "id_token_signing_alg_values_supported"
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512",
              "EdDSA", "Ed25519")  # fmt: skip
WELL_KNOWN = "/.well-known/openid-configuration"


class Refused(Exception):
    """The account opens nothing here; says why, in words for the person."""


def is_set_up() -> bool:
    return bool(settings.OIDC_ISSUER and settings.OIDC_CLIENT_ID)


def _provider() -> Any:
    """The provider as it describes itself.  Raises Refused where it is another than was asked."""
    known = OAuth()
    found = known.register(
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
    told = found.load_server_metadata()
    if str(told.get("issuer")).rstrip("/") != settings.OIDC_ISSUER.rstrip("/"):
        log.error(
            "OIDC_ISSUER calls itself %r, so its answers are not believed", told.get("issuer")
        )
        raise Refused(_not_confirmed())
    offered = told.get(SIGNED_BY) or ALGORITHMS
    told[SIGNED_BY] = [each for each in offered if each in ALGORITHMS] or ["RS256"]
    return found


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
        raise Refused(_not_confirmed()) from error
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


def _not_confirmed() -> str:
    return _("The account was not confirmed. Try again, or use your password.")


def _away() -> str:
    return _("Your company's sign-in does not answer. Try again later, or use your password.")
