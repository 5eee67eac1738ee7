"""Surveys with their results, and who was asked and what they said."""

from django.http import Http404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from accounts.models import Survey
from accounts.selectors import ledger
from accounts.selectors import surveys as found
from accounts.services.surveys import Result, result_of
from accounts.views.clients import _found
from accounts.views.surveys import filters_of
from kam.exports.registry import Sheet, day, exported, number, share, text, whole
from kam.lib.periods import today


@exported("surveys", title=gettext_lazy("Surveys"), route="survey_list")
def surveys(query, of):
    rows = list(found.surveys())
    counts = found.counts_of([row.pk for row in rows])
    columns = [
        text(_("Survey")), text(_("main question")), day(pgettext("survey", "Until")),
        whole(pgettext("survey", "Asked")), whole(pgettext("survey", "Answered")),
        share(pgettext("survey", "Share")), number("NPS", 0), number(_("NPS, from"), 0),
        number(_("NPS, to"), 0), number(_("Mean"), 1), whole(_("Wait for a talk")),
    ]  # fmt: skip
    cells = (_line(row, result_of(row, counts.get(row.pk, found.Counts()))) for row in rows)
    return Sheet(columns, cells, len(rows))


def _line(survey: Survey, result: Result):
    nps = result.nps
    return (
        survey.name, survey.get_scale_display(), survey.closes_on, result.counts.invited,
        result.counts.answered, result.rate, nps and nps.score, nps and nps.low, nps and nps.high,
        result.mean, result.counts.waiting,
    )  # fmt: skip


@exported("survey_answers", title=gettext_lazy("Answers to a survey"), route="survey_detail")
def survey_answers(query, of):
    survey = Survey.objects.filter(pk=of).first()
    if survey is None:
        raise Http404
    return _sheet(found.filtered(survey, filters_of(query)))


@exported("client_surveys", title=gettext_lazy("Surveys of a client"), route="client_feedback")
def client_surveys(query, of):
    return _sheet(found.of_clients(ledger.legal_entities(_found(of), today())))


def _sheet(rows) -> Sheet:
    columns = [
        text(_("Survey")), text(_("Client")), text(_("Who")), day(pgettext("survey", "Asked on")),
        whole(pgettext("survey", "Score")), text(_("What they say")), text(_("Own questions")),
        day(pgettext("survey", "Answered")), day(_("Talked with")), text(_("What was done")),
    ]  # fmt: skip
    return Sheet(columns, (_cells(row) for row in rows.iterator(chunk_size=2_000)))


def _cells(row):
    answer, who = getattr(row, "answer", None), row.contact.name if row.contact else None
    asked = (row.survey.name, row.client.name, who, row.created_at.date())
    if answer is None:
        return (*asked, None, None, None, None, None, None)
    done = answer.followed_up_at
    replies = "; ".join(str(answer.replies[key]) for key in sorted(answer.replies))
    return (
        *asked, answer.score, answer.comment, replies, answer.answered_at.date(),
        done.date() if done else None, answer.follow_up,
    )  # fmt: skip
