"""The second step of signing in: what one has, adding, removing, codes for emergencies."""

from __future__ import annotations

import base64
import time
from functools import wraps

from allauth.account.internal.flows.login import get_authentication_records
from allauth.account.internal.flows.reauthentication import reauthenticate_by_password
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.internal import auth as webauthn
from django.contrib import messages
from django.http import JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.forms.sign_in import AppForm, ConfirmForm, PasskeyForm, PasskeyNameForm
from accounts.models import User
from accounts.services import second_step

# For so long nobody is asked again for the password that was just given.
SURE_SECONDS = 600


def is_sure(request) -> bool:
    """Whether the person has proven a few minutes ago that it is them."""
    records = get_authentication_records(request, request.user)
    since = time.time() - SURE_SECONDS
    return any(
        each["method"] in ("password", "mfa", "oidc") and each["at"] > since for each in records
    )


def sure(view):
    """Lets nobody on who has not proven lately that it is them."""

    @wraps(view)
    def asked(request, *args, **kwargs):
        if is_sure(request):
            return view(request, *args, **kwargs)
        return redirect("own_second_step")  # where the password is asked for

    return asked


def sure_or_409(view):
    """The same for scripts: they are told in JSON."""

    @wraps(view)
    def asked(request, *args, **kwargs):
        if is_sure(request):
            return view(request, *args, **kwargs)
        said = _("Reload the page and enter your password first.")
        return JsonResponse({"message": said}, status=409)

    return asked


def _page(request, name: str, context: dict, status: int = 200):
    """The page, alone where the person may go nowhere else."""
    owes = second_step.owes(request.user)
    frame = "accounts/second_step/alone.html" if owes else "base.html"
    context |= {"frame": frame, "owes": owes}
    return render(request, f"accounts/second_step/{name}.html", context, status=status)


@require_http_methods(["GET", "POST"])
def own_second_step(request):
    """What one has; a post proves who sits there, and the acts appear."""
    posted = request.POST if request.method == "POST" else None
    form = ConfirmForm(posted, person=request.user)
    if posted is not None and form.is_valid():
        reauthenticate_by_password(request)
        return redirect("own_second_step")
    context = {
        "form": form,
        "sure": is_sure(request),
        "factors": second_step.factors(request.user),
        "begins": second_step.begins_later(request.user),
    }
    status = 422 if posted is not None else 200
    return _page(request, "own", context, status)


@require_http_methods(["GET", "POST"])
@sure
def second_step_app(request):
    """Shows a new secret; a post with its first code keeps it."""
    if request.method == "GET":
        secret, signed = second_step.new_app(request.user)
        return _app_page(request, AppForm(initial={"signed": signed}), secret)
    form = AppForm(request.POST)
    secret = second_step.secret_of(request.user, request.POST.get("signed", "")[:300])
    if not secret:
        messages.info(request, _("That took too long: scan the new picture, please."))
        return redirect("second_step_app")
    if form.is_valid():
        codes = second_step.add_app(request.user, secret, form.cleaned_data["code"])
        if codes is not None:
            return _added(request, codes)
        form.add_error("code", _("This code is not right. Is the clock of the device right?"))
    return _app_page(request, form, secret, status=422)


def _app_page(request, form, secret: str, status: int = 200):
    adapter = get_adapter()
    address = adapter.build_totp_url(request.user, secret)
    picture = base64.b64encode(adapter.build_totp_svg(address).encode()).decode()
    context = {
        "form": form,
        "secret": " ".join(secret[at : at + 4] for at in range(0, len(secret), 4)),
        "picture": f"data:image/svg+xml;base64,{picture}",
    }
    return _page(request, "app", context, status)


def _added(request, codes: list[str]):
    """The codes are shown on the page that answers, and never again."""
    if codes:
        return _page(request, "codes", {"codes": codes, "first": True})
    messages.success(request, _("Saved."))
    return redirect("own_second_step")


@require_POST
@sure_or_409
def passkey_options(request):
    """What the device is asked for a new passkey."""
    return JsonResponse(webauthn.begin_registration(request.user, True))


@require_POST
@sure
def passkey_add(request):
    form = PasskeyForm(request.POST, user=request.user)
    if form.is_valid():
        said = form.cleaned_data
        codes = second_step.add_passkey(request.user, said["name"], said["credential"])
        return _added(request, codes)
    messages.error(request, _("The passkey could not be added. Try again, please."))
    return redirect("own_second_step")


@require_POST
@sure
def passkey_name(request):
    row = _own_step(request)
    form = PasskeyNameForm(request.POST)
    if row is not None and row.type == Authenticator.Type.WEBAUTHN and form.is_valid():
        second_step.name_passkey(row, form.cleaned_data["name"])
        messages.success(request, _("Saved."))
    return redirect("own_second_step")


@require_POST
@sure
def second_step_codes(request):
    if not second_step.has_one(request.user):
        return redirect("own_second_step")
    return _page(request, "codes", {"codes": second_step.renew_codes(request.user), "first": False})


@require_POST
@sure
def second_step_removal(request):
    """Takes away the app or the passkey that ``step`` names."""
    row = _own_step(request)
    if row is None:
        return redirect("own_second_step")
    if second_step.is_required(request.user) and second_step.factors(request.user).is_last:
        messages.error(request, _("Your role needs a second step: add another one first."))
    else:
        second_step.remove(request.user, row)
        messages.success(request, _("It no longer lets you in."))
    return redirect("own_second_step")


def _own_step(request) -> Authenticator | None:
    asked = request.POST.get("step", "")
    rows = Authenticator.objects.filter(user=request.user, type__in=second_step.STEPS)
    return rows.filter(pk=int(asked)).first() if asked.isdecimal() and len(asked) < 18 else None


@require_POST
def person_second_step_removal(request, pk):
    """For somebody who has lost phone and codes: the next sign-in asks for the password alone."""
    person = get_object_or_404(User, pk=pk)
    if second_step.remove_all(person):
        messages.success(request, _("The password alone lets them in now, until they add a step."))
    else:
        messages.info(request, _("There was no second step."))
    return redirect("person_edit", pk=pk)
