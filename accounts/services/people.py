"""Changes to people that have more than one effect: sessions end, the trail is written."""

from collections.abc import Sequence

from django.contrib.sessions.models import Session
from django.db import connection, transaction
from django.utils import timezone

from accounts.models import ApiToken, User
from kam.audit.services import record

# Any number, as long as nothing else locks it: two first administrators must not be made at once.
SETUP_LOCK = 5_210_001


class AlreadySetUp(Exception):
    """There is an administrator already."""


@transaction.atomic
def create_first_administrator(*, name, email, password, language) -> User:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [SETUP_LOCK])
    if User.objects.exists():
        raise AlreadySetUp
    user = User.objects.create_user(
        email, password, name=name, language=language, role=User.Role.ADMINISTRATOR
    )
    record("setup", object=user, actor=user)
    return user


def end_sessions(user: User) -> int:
    """Sign the person out everywhere; returns how many sessions ended."""
    ended = 0
    for session in Session.objects.filter(expire_date__gt=timezone.now()):
        if session.get_decoded().get("_auth_user_id") == str(user.pk):
            session.delete()
            ended += 1
    return ended


@transaction.atomic
def save_person(user: User, *, password: str = "", created: bool, changed: list[str]) -> User:
    """Save what the administrator changed; losing the right to sign in works at once."""
    if password:
        user.set_password(password)
    user.save()
    if not created and ({"is_active", "role"} & set(changed) or password):
        end_sessions(user)
    record(
        "person.create" if created else "person.change",
        object=user,
        details={"fields": changed, "role": user.role, "active": user.is_active},
    )
    return user


@transaction.atomic
def issue_token(
    *, user: User, name: str, scopes: Sequence[str], expires_at
) -> tuple[ApiToken, str]:
    token, secret = ApiToken.issue(user=user, name=name, scopes=scopes, expires_at=expires_at)
    record("token.issue", object=token, details={"prefix": token.prefix, "scopes": token.scopes})
    return token, secret


@transaction.atomic
def revoke_token(token: ApiToken) -> None:
    record("token.revoke", object=token, details={"prefix": token.prefix})
    token.delete()
