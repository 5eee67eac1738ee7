"""People, teams and one's own profile; the first administrator of an empty installation."""

from django.contrib import messages
from django.contrib.auth import login, update_session_auth_hash
from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.forms.people import (
    PasswordForm,
    PersonForm,
    ProfileForm,
    SetupForm,
    TeamForm,
    TokenForm,
)
from accounts.models import ApiToken, Team, User
from accounts.selectors import people as directory
from accounts.services import people as services
from accounts.services import second_step
from accounts.services.calendar_feed import address_of
from kam.audit.conflicts import conflicting
from kam.audit.services import record
from kam.lib.navigation import address
from kam.lib.views import find_editable, following

form_page = require_http_methods(["GET", "POST"])


@login_not_required
@form_page
def setup(request):
    """Creates the first administrator; there is no such page once there is one."""
    if not directory.is_empty_installation():
        raise Http404
    form = SetupForm(request.POST or None, initial={"language": request.LANGUAGE_CODE})
    if form.is_valid():
        try:
            user = services.create_first_administrator(**form.values())
        except services.AlreadySetUp as error:
            raise Http404 from error
        login(request, user, backend="allauth.account.auth_backends.AuthenticationBackend")
        return redirect(address("first_hour") or "home")
    return render(request, "accounts/setup.html", {"form": form})


@require_GET
def person_list(request):
    return render(request, "accounts/people.html", {"people": directory.people()})


@form_page
def person_create(request):
    return _person_page(request, User(role=User.Role.KAM, language=request.user.language))


@form_page
def person_edit(request, pk):
    with transaction.atomic():
        return _person_page(request, get_object_or_404(_taking_turns(request, User), pk=pk))


def _person_page(request, person):
    created = person.pk is None
    form = PersonForm(request.POST or None, instance=person)
    if form.is_valid():
        if person == request.user and (not person.is_active or "role" in form.changed_data):
            form.add_error(
                None, _("You cannot take your own rights away: ask another administrator.")
            )
        elif form.is_stale():
            context = {"form": form, "created": created, "tokens": []}
            present = User.objects.get(pk=person.pk)
            return conflicting(request, "accounts/person_form.html", context, present)
        else:
            changed = [name for name in form.changed_data if name in form.Meta.fields]
            services.save_person(
                form.instance,
                password=form.cleaned_data["password"],
                created=created,
                changed=changed,
            )
            messages.success(request, _("Saved."))
            return redirect("person_list")
    tokens = [] if created else ApiToken.objects.filter(user=person)
    return render(
        request,
        "accounts/person_form.html",
        {
            "form": form,
            "created": created,
            "tokens": tokens,
            "has_second_step": not created and second_step.has_one(person),
        },
    )


@form_page
def team_list(request):
    form = TeamForm(request.POST or None)
    if form.is_valid():
        team = form.save()
        record("team.create", object=team)
        return redirect("team_list")
    return render(request, "accounts/teams.html", {"teams": directory.teams(), "form": form})


@form_page
def team_edit(request, pk):
    with transaction.atomic():
        return _team_page(request, get_object_or_404(_taking_turns(request, Team), pk=pk))


def _taking_turns(request, model):
    """Rows without a version are written one after the other: each sees what was before."""
    return model.objects.select_for_update() if request.method == "POST" else model.objects


def _team_page(request, team):
    form = TeamForm(request.POST or None, instance=team)
    context = {"form": form, "team": team}
    if form.is_valid():
        if form.is_stale():
            present = Team.objects.get(pk=team.pk)
            return conflicting(request, "accounts/team_form.html", context, present)
        form.save()
        record("team.change", object=team)
        return redirect("team_list")
    return render(request, "accounts/team_form.html", context)


@form_page
def profile(request):
    form = ProfileForm(request.POST or None, instance=User.objects.get(pk=request.user.pk))
    if form.is_valid():
        form.save()
        messages.success(request, _("Saved."))
        return redirect("profile")
    tokens = ApiToken.objects.filter(user=request.user)
    return render(
        request,
        "accounts/profile.html",
        {
            "form": form,
            "tokens": tokens,
            "token_form": TokenForm(),
            "calendar": address_of(request.user),
        },
    )


@form_page
def own_password(request):
    form = PasswordForm(request.POST or None, person=request.user)
    if form.is_valid():
        person = User.objects.get(pk=request.user.pk)
        person.set_password(form.cleaned_data["password"])
        person.save(update_fields=["password"])
        record("password.change", object=person)
        update_session_auth_hash(request, person)
        messages.success(
            request, _("Your password has been changed; other devices are signed out.")
        )
        return redirect("profile")
    return render(request, "accounts/password.html", {"form": form})


@require_POST
def token_create(request):
    """Shows the new key once, on the page that answers; it cannot be read again."""
    form = TokenForm(request.POST)
    if not form.is_valid():
        return render(request, "accounts/token_form.html", {"form": form})
    token, secret = services.issue_token(user=request.user, **form.cleaned_data)
    return render(request, "accounts/token_created.html", {"token": token, "secret": secret})


@require_POST
def token_revocation(request, pk):
    services.revoke_token(find_editable(ApiToken, pk=pk))
    messages.success(request, _("The key no longer works."))
    return redirect(following(request) or "profile")
