"""The door for the account of one's company (OpenID Connect)."""

from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.models import Login
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from accounts.services import company_account
from kam.lib.views import following

from .sign_in import remember_browser

METHOD = "oidc"
NEXT = "company_account_next"


@login_not_required
@require_POST
def company_sign_in(request):
    """To the provider, and back to :func:`company_sign_in_answer`."""
    if not company_account.is_set_up():
        raise Http404
    request.session[NEXT] = following(request)
    back = request.build_absolute_uri(reverse("company_sign_in_answer"))
    try:
        return company_account.ask(request, back)
    except company_account.Refused as refused:
        return _back(request, refused)


@login_not_required
@require_GET
def company_sign_in_answer(request):
    """The provider sends the person back; a second step is asked for as after a password."""
    if not company_account.is_set_up():
        raise Http404
    if request.user.is_authenticated:
        return redirect("home")
    to = request.session.pop(NEXT, "")
    try:
        person = company_account.person_of(request)
    except company_account.Refused as refused:
        return _back(request, refused)
    record_authentication(request, person, METHOD)
    login = Login(user=person, redirect_url=to or reverse("home"))
    return remember_browser(request, perform_login(request, login))


def _back(request, refused: company_account.Refused):
    messages.error(request, str(refused))
    return redirect("account_login")
