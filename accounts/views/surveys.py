"""Surveys: the questionnaires with what they came to, asking people, and talking with the
discontent."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpResponseBadRequest
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts.forms.surveys import FollowUpForm, InviteForm, SurveyForm
from accounts.measures.nps import FEWEST as FEWEST_FOR_NPS
from accounts.models import Client, Survey, SurveyInvitation
from accounts.selectors import surveys as found
from accounts.services import survey_answers, survey_mail, surveys
from accounts.services.clients import Conflict, may_edit
from kam.lib import outgoing
from kam.lib.navigation import may
from kam.lib.periods import today
from kam.lib.views import find, find_editable, following, wants_part

from .clients import conflicting

form_page = require_http_methods(["GET", "POST"])
PAGE = 50
CANDIDATES = 100


@require_GET
def survey_list(request):
    page = Paginator(found.surveys(), PAGE).get_page(request.GET.get("page"))
    counts = found.counts_of([survey.pk for survey in page])
    rows = [
        (survey, surveys.result_of(survey, counts.get(survey.pk, found.Counts())))
        for survey in page
    ]
    context = {
        "page": page,
        "rows": rows,
        "waiting": found.waiting_of()[:20],
        "today": today(),
        "fewest": FEWEST_FOR_NPS,
    }
    return render(request, "accounts/surveys/list.html", context)


@require_GET
def survey_detail(request, pk):
    """What the survey came to among the clients that one may see, and who was asked."""
    survey = find(Survey, queryset=found.surveys(), pk=pk)
    filters = filters_of(request.GET)
    page = Paginator(found.filtered(survey, filters), PAGE).get_page(request.GET.get("page"))
    counts = found.counts_of([pk]).get(pk, found.Counts())
    scores = found.scores_of(survey)
    most = max([*scores.values(), 1])
    context = {
        "survey": survey,
        "page": page,
        "filters": filters,
        "result": surveys.result_of(survey, counts),
        "scores": [(score, many, 100 - round(100 * many / most)) for score, many in scores.items()],
        "today": today(),
        "fewest": FEWEST_FOR_NPS,
        "editable": may(request.user, "survey_edit", "POST"),
        "questions": survey_answers.asked_questions(survey, get_language() or "en"),
    }
    part = "_invitations" if wants_part(request) else "detail"
    return render(request, f"accounts/surveys/{part}.html", context)


def filters_of(parameters) -> found.Filters:
    return found.Filters(state=parameters.get("state", "")[:20])


@form_page
def survey_create(request):
    form = SurveyForm(request.POST if request.method == "POST" else None)
    return _kept(request, form, None)


@form_page
def survey_edit(request, pk):
    survey = find(Survey, pk=pk)
    find_editable(Survey, pk=pk)
    fast = surveys.has_answers(survey)
    posted = request.POST if request.method == "POST" else None
    return _kept(request, SurveyForm(posted, instance=find(Survey, pk=pk), fast=fast), survey)


def _kept(request, form: SurveyForm, survey: Survey | None):
    context = {"form": form, "survey": survey}
    template = "accounts/surveys/form.html"
    if request.method == "POST" and form.is_valid():
        version = form.cleaned_data["version"] or 0
        try:
            saved = surveys.save(survey, form.values(), request.user, version)
        except ValidationError as error:
            form.add_error(None, error)
        except Conflict as conflict:
            return conflicting(request, template, context, conflict.present)
        else:
            messages.success(request, _("Saved."))
            return redirect("survey_detail", pk=saved.pk)
    return render(request, template, context, status=422 if form.is_bound else 200)


@form_page
def survey_invitation_create(request):
    """Whom to ask: people of key clients, of one client (``client``), or of those named (``q``)."""
    asked = request.GET
    client = None
    if "client" in asked:
        if not asked["client"].isdecimal():
            return HttpResponseBadRequest()
        client = find(Client, pk=int(asked["client"][:18]))
    everybody = asked.get("who") == "all"
    people = found.candidates(client, asked.get("q", ""), only_key=not everybody)
    # Whoever stands on the page may be chosen; the rest of the list is found by the search.
    page = Paginator(people, CANDIDATES).get_page(asked.get("page"))
    first = {"language": get_language(), "survey": asked.get("survey", "")[:18], "mail": True}
    form = InviteForm(
        request.POST if request.method == "POST" else None, people=people, initial=first
    )
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            done = surveys.invite(
                data["survey"], data["contact"], data["language"], request.user,
                mail=data.get("mail", False),
            )  # fmt: skip
        except ValidationError as error:
            form.add_error(None, error)
        else:
            _tell(request, done)
            there = reverse("survey_detail", args=[data["survey"].pk]) + "?state=silent"
            if client is not None:
                there = reverse("client_feedback", args=[client.pk])
            return redirect(following(request) or there)
    chosen = None
    if str(form["survey"].value() or "").isdecimal():
        chosen = form.fields["survey"].queryset.filter(pk=form["survey"].value()).first()
    against = surveys.reasons_against(chosen, list(page))
    context = {
        "form": form,
        "client": client,
        "page": page,
        "rows": [(each, surveys.REASONS.get(against.get(each.pk, ""), "")) for each in page],
        "picked": set(map(str, form["contact"].value() or [])),
        "everybody": everybody,
        "q": asked.get("q", ""),
        "any_survey": form.fields["survey"].queryset.exists(),
        "may_make": may(request.user, "survey_create", "POST"),
        "mail": outgoing.is_set_up(),
    }
    status = 422 if form.is_bound else 200
    return render(request, "accounts/surveys/invite.html", context, status=status)


def _tell(request, done: surveys.Asked) -> None:
    many = len(done.invitations)
    if many:
        text = ngettext("%(n)s link is made.", "%(n)s links are made.", many)
        messages.success(request, text % {"n": many})
    for contact, reason in done.left_out[:5]:
        text = _("%(name)s is left out: %(reason)s.")
        messages.warning(request, text % {"name": contact.name, "reason": surveys.REASONS[reason]})
    if (more := len(done.left_out) - 5) > 0:
        text = ngettext("%(n)s more is left out.", "%(n)s more are left out.", more)
        messages.warning(request, text % {"n": more})


@form_page
def survey_invitation(request, pk):
    """One person asked: the link, what they answered; a post does what ``act`` says."""
    invitation = find(SurveyInvitation, queryset=found.invitations(), pk=pk)
    act = request.POST.get("act", "") if request.method == "POST" else ""
    answer = getattr(invitation, "answer", None)
    form = FollowUpForm(request.POST if act == "follow_up" else None)
    if request.method == "POST":
        find_editable(SurveyInvitation, pk=pk)
        try:
            if _done(request, act, invitation, answer, form):
                return redirect("survey_invitation", pk=pk)
        except ValidationError as error:
            messages.warning(request, " ".join(error.messages))
    language = get_language() or "en"
    questions = survey_answers.asked_questions(invitation.survey, language)
    contact = invitation.contact
    context = {
        "invitation": invitation,
        "answer": answer,
        "form": form,
        "editable": may_edit(invitation),
        "link": surveys.link_of(invitation),
        "open": surveys.is_open(invitation),
        "replies": [
            (each["words"], answer.replies[each["key"]])
            for each in questions
            if answer and each["key"] in answer.replies
        ],
        "may_mail": outgoing.is_set_up() and contact is not None and contact.email,
        "refused": contact is not None
        and surveys.reasons_against(None, [contact]).get(contact.pk) == "declined",
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "accounts/surveys/invitation.html", context, status=status)


def _done(request, act: str, invitation: SurveyInvitation, answer, form) -> bool:
    if act == "follow_up" and answer is not None and form.is_valid():
        survey_answers.follow_up(answer, form.cleaned_data["follow_up"], request.user)
    elif act == "mail" and surveys.is_open(invitation):
        survey_mail.post(invitation, request.user)
    elif act == "withdraw":
        surveys.withdraw(invitation)
    elif act == "allow" and invitation.contact is not None:
        surveys.allow_again(invitation.contact, request.user)
    else:
        return False
    messages.success(request, _("Saved."))
    return True
