"""REST sign-in by token: ``Authorization: Bearer kam_<prefix>_<secret>``."""

import datetime as dt

from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed

from accounts.models import ApiToken

# "Last used" is for people: one write a minute is enough.
TOUCH_EVERY = dt.timedelta(minutes=1)


class TokenAuthentication(BaseAuthentication):
    def authenticate(self, request):
        scheme, _space, value = get_authorization_header(request).decode("latin-1").partition(" ")
        if scheme.lower() != "bearer":
            return None
        token = self.find(value.strip())
        if token is None:
            raise AuthenticationFailed(_("This token is not valid."))
        now = timezone.now()
        # Hashed with the present key from now on, so that a former one may go some day.
        digest = ApiToken.hash(value.strip().split("_", 2)[2])
        if (
            token.digest != digest
            or token.last_used_at is None
            or now - token.last_used_at > TOUCH_EVERY
        ):
            # The row stays locked as long as this request: one beside it does not wait for it.
            mine = ApiToken.unscoped.filter(pk=token.pk)
            free = mine.select_for_update(skip_locked=True).values("pk")
            mine.filter(pk__in=free).update(last_used_at=now, digest=digest)
        token.user.token = token
        return token.user, token

    def authenticate_header(self, request):
        return "Bearer"

    @staticmethod
    def find(value: str) -> ApiToken | None:
        parts = value.split("_", 2)
        if len(parts) != 3 or parts[0] != "kam":
            return None
        token = ApiToken.unscoped.select_related("user").filter(prefix=parts[1]).first()
        # The hash is computed for an unknown prefix too, so that timing tells nothing.
        if not (token or ApiToken(digest="")).fits(parts[2]) or token is None:
            return None
        expired = token.expires_at is not None and token.expires_at <= timezone.now()
        return None if expired or not token.user.is_active else token


class TokenScheme(OpenApiAuthenticationExtension):
    """How the description tells of keys."""

    target_class = TokenAuthentication
    name = "key"

    def get_security_definition(self, auto_schema):
        return {"type": "http", "scheme": "bearer", "description": "`kam_…`, from My profile."}
