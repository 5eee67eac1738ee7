"""The page that a client opens by the link of a survey: nobody signs in, nothing of a client is
told but the person's own first name."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.shortcuts import redirect, render
from django.utils import translation
from django.views.decorators.http import require_http_methods

from accounts.forms.surveys import AnswerForm
from accounts.models import SurveyInvitation
from accounts.services import survey_answers, survey_mail, surveys
from kam.lib.company import company
from kam.lib.scoping import acting_system

CODES = [code for code, _name in settings.LANGUAGES]
LONGEST_TOKEN = 100


@login_not_required
@require_http_methods(["GET", "POST"])
def survey_answer(request, token):
    """404 without a survey, 410 where it takes no answer any more, 422 where a figure is missing.

    Whoever is signed in sees the page and cannot answer for the client.
    """
    with acting_system("survey answer"):
        invitation = survey_answers.invitation_of(token[:LONGEST_TOKEN])
        asked = request.GET.get("language", "")
        first = invitation.language if invitation else translation.get_language()
        language = asked if asked in CODES else first
        with translation.override(language):
            response = _page(request, token, invitation, language)
    response.headers["Content-Language"] = language
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response


def _page(request, token: str, invitation: SurveyInvitation | None, language: str):
    context = {"company": company().name, "state": "unknown", "language": language}
    if invitation is None:
        return _draw(request, context, 404)
    if not surveys.is_open(invitation):
        return _draw(request, context | {"state": "closed"}, 410)
    given = getattr(invitation, "answer", None)
    context |= {
        "survey": invitation.survey,
        "name": survey_mail.first_name(invitation.contact.name),
        "preview": request.user.is_authenticated,
        "given": given,
        "until": invitation.survey.closes_on,
    }
    posted = request.POST if request.method == "POST" else None
    if posted is not None and request.user.is_authenticated:
        return _draw(request, context | {"state": "preview"}, 403)
    if posted is not None and posted.get("act") == "decline":
        survey_answers.decline(invitation)
        return redirect(f"{request.path}?language={language}&done=decline")
    done = request.GET.get("done", "") if posted is None else ""
    if done == "decline" or (done == "answer" and given is not None):
        return _draw(request, context | {"state": done}, 200)
    form = AnswerForm(posted, survey=invitation.survey, language=language, initial=_initial(given))
    if form.is_bound and form.is_valid():
        try:
            survey_answers.answer(invitation, form.values(), language)
        except survey_answers.Closed:
            return _draw(request, context | {"state": "closed"}, 410)
        return redirect(f"{request.path}?language={language}&done=answer")
    context |= {"state": "form", "form": form}
    return _draw(request, context, 422 if form.is_bound else 200)


def _initial(given) -> dict:
    if given is None:
        return {}
    replies = {f"reply_{key}": value for key, value in given.replies.items()}
    return {"score": given.score, "comment": given.comment, **replies}


def _draw(request, context: dict, status: int):
    return render(request, "surveys/answer.html", context, status=status)
