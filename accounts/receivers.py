"""Sign-ins and sign-outs go into the trail; estimates follow the facts."""

from allauth.account.signals import password_reset
from allauth.mfa.signals import authentication_failed, authenticator_used
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.db import transaction
from django.dispatch import receiver

from kam.audit.services import record
from kam.webhooks.signals import endpoint_stopped

from .models import User
from .services import sessions, sign_in_waits
from .services.notices import tell
from .services.potential import request_refresh
from .services.radar import request_search
from .signals import portfolio_changed


@receiver(user_logged_in)
def signed_in(sender, request, user, **kwargs):
    record("sign_in", object=user, actor=user)
    if request is not None:
        sessions.remember(request)


@receiver(user_logged_out)
def signed_out(sender, request, user, **kwargs):
    if user is not None:
        record("sign_out", object=user, actor=user)


@receiver(user_login_failed)
def failed(sender, credentials, **kwargs):
    # The address that was tried is not kept: people type passwords into that field, too.
    record("sign_in.failed", actor="nobody")


@receiver(password_reset)
def password_set_anew(sender, user, **kwargs):
    """Whoever opened the link has the mail of the person: they need not wait for others' guesses."""
    record("password.reset", object=user, actor=user)
    sign_in_waits.unlock(user.email)


@receiver(authenticator_used)
def second_step_made(sender, user, authenticator, **kwargs):
    record("second_step.use", object=user, actor=user, details={"kind": authenticator.type})


@receiver(authentication_failed)
def second_step_failed(sender, user, **kwargs):
    # The password was right: this is worth a look.
    record("second_step.failed", object=user, actor="nobody")


@receiver(portfolio_changed, dispatch_uid="accounts estimate the room to grow")
def estimate_again(sender, **kwargs):
    with transaction.atomic():
        request_refresh()


@receiver(portfolio_changed, dispatch_uid="accounts search for problems")
def search_again(sender, **kwargs):
    with transaction.atomic():
        request_search()


@receiver(endpoint_stopped, dispatch_uid="accounts tell administrators of addresses that stopped")
def webhook_stopped(sender, endpoint, **kwargs):
    people = User.objects.filter(role=User.Role.ADMINISTRATOR, is_active=True)
    tell(
        people,
        "webhook_stopped",
        f"webhook:{endpoint.pk}:{endpoint.stopped_at:%Y-%m-%dT%H:%M:%S}",
        facts={"endpoint": endpoint.pk, "host": endpoint.host, "why": endpoint.stopped},
    )
