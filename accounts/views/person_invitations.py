"""People who are invited: listed, invited, sent again, withdrawn; and the page behind the link."""

from allauth.account.internal.flows.login import record_authentication
from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.forms.person_invitations import JoinForm, PersonInvitationForm
from accounts.models import PersonInvitation
from accounts.services import person_invitations as services
from kam.lib import outgoing
from kam.lib.scoping import acting_system
from kam.lib.views import find_editable

from .sign_in import remember_browser

LONGEST_TOKEN = 200


@require_GET
def person_invitation_list(request):
    context = {"invitations": services.invitations()[:200], "mails": outgoing.is_set_up()}
    return render(request, "accounts/person_invitations/list.html", context)


@require_http_methods(["GET", "POST"])
def person_invite(request):
    first = {"language": request.user.language}
    form = PersonInvitationForm(request.POST or None, initial=first)
    if form.is_valid():
        try:
            row = services.invite(form.save(commit=False), request.user)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            return _sent(request, row)
    status = 422 if form.is_bound else 200
    context = {"form": form, "mails": outgoing.is_set_up()}
    return render(request, "accounts/person_invitations/form.html", context, status=status)


@require_POST
def person_invitation_sending(request, pk):
    try:
        row = services.send_again(find_editable(PersonInvitation, pk=pk), request.user)
    except ValidationError as error:
        messages.error(request, error.messages[0])
        return redirect("person_invitation_list")
    return _sent(request, row)


@require_POST
def person_invitation_withdrawal(request, pk):
    services.withdraw(find_editable(PersonInvitation, pk=pk))
    messages.success(request, _("The link no longer works."))
    return redirect("person_invitation_list")


def _sent(request, row: PersonInvitation):
    """Where no mail goes out the link is shown once, to be handed on by other means."""
    if row.mail:
        messages.success(request, _("The invitation is on its way."))
        return redirect("person_invitation_list")
    context = {"row": row, "link": services.link(row)}
    return render(request, "accounts/person_invitations/link.html", context)


@login_not_required
@require_http_methods(["GET", "POST"])
def person_invitation_answer(request, token):
    """404 where the link does not work (any more)."""
    if request.user.is_authenticated:
        return redirect("home")
    with acting_system("invitation"):
        row = services.found(token) if len(token) <= LONGEST_TOKEN else None
        if row is None:
            return render(request, "accounts/person_invitations/gone.html", status=404)
        with translation.override(row.language):
            response = _answer(request, row)
    response.headers["Referrer-Policy"] = "same-origin"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response


def _answer(request, row: PersonInvitation):
    form = JoinForm(request.POST or None, email=row.email, initial={"name": row.name})
    if form.is_valid():
        said = form.cleaned_data
        person = services.accept(row, name=said["name"], password=said["password"])
        if person is None:
            return render(request, "accounts/person_invitations/gone.html", status=404)
        record_authentication(request, person, "password", email=person.email)
        login(request, person, backend="allauth.account.auth_backends.AuthenticationBackend")
        return remember_browser(request, redirect("home"))
    context = {"form": form, "row": row}
    status = 422 if form.is_bound else 200
    return render(request, "accounts/person_invitations/answer.html", context, status=status)
