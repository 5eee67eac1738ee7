"""The door: the password, the second step, and waiting after too many failures."""

from __future__ import annotations

from allauth.account import views as allauth
from allauth.account.forms import LoginForm
from allauth.account.models import Login
from allauth.account.utils import get_next_redirect_url
from allauth.mfa.base import views as allauth_mfa
from allauth.mfa.webauthn.forms import LoginWebAuthnForm
from allauth.mfa.webauthn.internal import auth as webauthn
from allauth.mfa.webauthn.internal.flows import perform_passwordless_login
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.http import JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.selectors import people as directory
from accounts.services import second_step as steps
from accounts.services import sign_in_waits as waits

COOKIE = "__Host-kam-known" if settings.SECURE else "kam-known"


class Tries:
    """The counts that a try at the door falls under.  Of a known browser only its own counts."""

    def __init__(self, request, email: str):
        self.address = ""
        known = waits.known_browser_key(email, request.COOKIES.get(COOKIE, ""))
        if known:
            self.account = known
        else:
            self.account = waits.account_key(email)
            self.address = waits.address_key(request.META.get("REMOTE_ADDR", ""))

    def take(self) -> int:
        """Count this one; how many seconds it has to wait, or 0."""
        if self.address and (wait := waits.take(self.address, waits.ADDRESS)):
            return wait
        return waits.take(self.account)

    def succeeded(self) -> None:
        waits.forgive(self.account)
        if self.address:
            waits.take_back(self.address)


# A count must hold whatever becomes of the request, and lock no row while a password is hashed.
@transaction.non_atomic_requests
@login_not_required
def sign_in_or_setup(request):
    """The sign-in page; on an empty installation it leads to the first administrator."""
    if directory.is_empty_installation():
        return redirect("setup")
    tries = None
    if request.method == "POST" and not request.user.is_authenticated:
        email = request.POST.get("login", "")
        tries = Tries(request, email)
        if wait := tries.take():
            return _asked_to_wait(request, email, wait)
    with transaction.atomic():
        response = allauth.login(request)
    if tries and response.status_code == 302:
        tries.succeeded()
    return remember_browser(request, response)


def _asked_to_wait(request, email: str, seconds: int):
    form = LoginForm(request=request, initial={"login": email})
    context = {"form": form, "wait": waits.told(seconds)}
    response = render(request, "account/login.html", context, status=429)
    response.headers["Retry-After"] = str(seconds)
    return response


class _SecondStep(allauth_mfa.AuthenticateView):
    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        found = steps.factors(self.stage.login.user)
        context |= {"has_passkeys": bool(found.passkeys), "has_app": found.app is not None}
        return context


_ask_second_step = _SecondStep.as_view()


@login_not_required
def second_step(request):
    """A code or a passkey, after the right password."""
    return remember_browser(request, _ask_second_step(request))


@login_not_required
@require_POST
def passkey_sign_in_options(request):
    """What the device is asked; it knows by itself whose passkeys there are."""
    address = waits.address_key(request.META.get("REMOTE_ADDR", ""))
    if wait := waits.take(f"{address[:50]}.passkey", waits.PASSKEYS):
        return JsonResponse({"message": waits.told(wait)}, status=429)
    return JsonResponse(webauthn.begin_authentication())


@login_not_required
@require_POST
def passkey_sign_in(request):
    """Who has a passkey needs no password: the device has looked who is there."""
    if request.user.is_authenticated:
        return redirect("home")
    form = LoginWebAuthnForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("This passkey is not known here."))
        return redirect("account_login")
    authenticator = form.cleaned_data["credential"]
    login = Login(user=authenticator.user, redirect_url=get_next_redirect_url(request))
    response = perform_passwordless_login(request, authenticator, login)
    return remember_browser(request, response)


def remember_browser(request, response):
    """Whoever is signed in now is known here from now on: strangers' guesses do not hinder them."""
    if not request.user.is_authenticated or request.method != "POST":
        return response
    email, held = request.user.email, request.COOKIES.get(COOKIE, "")
    response.set_cookie(
        COOKIE,
        held if waits.known_browser_key(email, held) else waits.token_of_browser(email),
        max_age=waits.KNOWN_SECONDS, secure=settings.SECURE, httponly=True, samesite="Lax",
    )  # fmt: skip
    return response
