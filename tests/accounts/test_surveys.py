"""Surveys: who is asked, what they answer by their link, and who hears of it."""

import datetime as dt
import re
import smtplib
from unittest import mock

import pytest
import time_machine
from django.core import mail
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import translation

from accounts.models import (
    Consent,
    Contact,
    Interaction,
    Notice,
    Purpose,
    Survey,
    SurveyAnswer,
    SurveyInvitation,
    SurveyRefusal,
    Team,
)
from accounts.selectors import surveys as found
from accounts.services import survey_answers, survey_mail, surveys
from accounts.services.clients import Conflict
from accounts.services.notices import unseen_of
from kam.audit.models import Event
from kam.jobs.models import Job
from kam.lib.scoping import acting_as, acting_system
from tests.factories import make_client, make_user

pytestmark = pytest.mark.django_db
DAY = dt.date(2026, 3, 16)


@pytest.fixture(autouse=True)
def on_the_day():
    with time_machine.travel("2026-03-16T09:00:00Z", tick=False):
        yield


@pytest.fixture
def kam():
    return make_user("kam", language="en", team=Team.objects.create(name="North"))


@pytest.fixture
def boss(kam):
    return make_user("manager", language="en", team=kam.team)


@pytest.fixture
def shop(kam):
    return make_client("Shop", owner=kam, team=kam.team)


@pytest.fixture
def anna(shop):
    return make_contact(shop, "Петрова Анна Сергеевна")


def make_contact(client, name, **fields):
    with acting_system("test"):
        fields.setdefault("email", "anna@shop.example")
        return Contact.objects.create(client=client, name=name, **fields)


def make_survey(boss, **values):
    values = {"name": "Spring", "scale": "recommend", "closes_on": DAY, "questions": []} | values
    with acting_as(boss):
        return surveys.save(None, values, boss)


def ask(kam, survey, *people, language="ru", mail=False):
    with acting_as(kam):
        return surveys.invite(survey, people, language, kam, mail=mail)


def say(invitation, score, comment="", **replies):
    with acting_system("test"):
        row = found.invitations().get(pk=invitation.pk)
        return survey_answers.answer(
            row, {"score": score, "comment": comment, "replies": replies}, "ru"
        )


def path_of(invitation) -> str:
    return reverse("survey_answer", args=[invitation.token()])


# --- Asking ---------------------------------------------------------------------------------------


def test_the_link_is_signed_and_only_its_digest_is_kept(boss, kam, anna, settings):
    (asked,) = ask(kam, make_survey(boss), anna).invitations
    token = asked.token()
    assert len(token) >= 43
    assert token not in str(SurveyInvitation.unscoped.values().get(pk=asked.pk))
    with acting_as(kam):
        row = found.invitations().get(pk=asked.pk)
        assert surveys.link_of(row) == settings.SITE_URL + path_of(asked)
        # Another key: the old one still tells it, or it is lost; the link itself goes on.
        settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "another"
        assert row.token() == token
        settings.SECRET_KEY_FALLBACKS = []
        assert row.token() == surveys.link_of(row) == ""
    with acting_system("test"):
        assert survey_answers.invitation_of(token) == asked


def test_nobody_is_asked_twice_or_against_their_will(boss, kam, shop, anna):
    first, second = make_survey(boss), make_survey(boss, name="Other")
    left = make_contact(shop, "Left", left_on=DAY)
    blocked = make_contact(shop, "Blocked", blocked_since=DAY)
    declined = make_contact(shop, "Declined")
    with acting_system("test"):
        SurveyRefusal.objects.create(contact=declined)
    done = ask(kam, first, anna, left, blocked, declined)
    assert [row.contact for row in done.invitations] == [anna]
    assert {who.name: why for who, why in done.left_out} == {
        "Left": "left", "Blocked": "blocked", "Declined": "declined"
    }  # fmt: skip
    assert [why for _who, why in ask(kam, first, anna).left_out] == ["asked"]
    assert [why for _who, why in ask(kam, second, anna).left_out] == ["recent"]
    with time_machine.travel("2026-06-20T09:00:00Z", tick=False):
        later = make_survey(boss, name="Summer", closes_on=dt.date(2026, 7, 1))
        assert len(ask(kam, later, anna).invitations) == 1


def test_a_withdrawn_link_lets_them_be_asked_again(boss, kam, anna, client):
    (asked,) = ask(kam, make_survey(boss), anna).invitations
    with acting_as(kam):
        surveys.withdraw(asked)
        with pytest.raises(ValidationError):
            surveys.withdraw(asked)
    assert client.get(path_of(asked)).status_code == 410
    assert len(ask(kam, make_survey(boss, name="Other"), anna).invitations) == 1


def test_a_closed_survey_asks_nobody(boss, kam, anna):
    survey = make_survey(boss)
    with time_machine.travel("2026-03-17T09:00:00Z", tick=False), pytest.raises(ValidationError):
        ask(kam, survey, anna)
    with pytest.raises(ValidationError):
        make_survey(boss, closes_on=DAY - dt.timedelta(days=1))


def test_questions_stand_fast_under_answers(boss, kam, anna):
    survey = make_survey(boss)
    (asked,) = ask(kam, survey, anna).invitations
    questions = [{"kind": "text", "ru": "Чего не хватает?", "en": ""}]
    with acting_as(boss):
        survey = surveys.save(survey, {"questions": questions}, boss, 1)
        with pytest.raises(Conflict):
            surveys.save(survey, {"name": "x"}, boss, 1)
    say(asked, 9)
    with acting_as(boss):
        with pytest.raises(ValidationError):
            surveys.save(survey, {"questions": []}, boss, 2)
        assert surveys.save(survey, {"name": "Renamed"}, boss, 2).version == 3
    assert survey_answers.asked_questions(survey, "en")[0]["words"] == "Чего не хватает?"


# --- Answering ------------------------------------------------------------------------------------


def test_an_answer_is_said_in_the_shared_scale_and_changed_as_a_new_version(boss, kam, anna):
    (asked,) = ask(kam, make_survey(boss), anna).invitations
    say(asked, 0, "Bad")
    with acting_system("test"):
        (note,) = Interaction.objects.all()
        assert (note.kind, note.satisfaction, note.text, note.contact) == ("survey", 1, "Bad", anna)
    say(asked, 8, "Better")
    say(asked, 8, "Better")
    with acting_system("test"):
        old, new = Interaction.objects.order_by("pk")
        assert (old.known_to is None, new.known_to is None, new.satisfaction) == (False, True, 8)
        answer = SurveyAnswer.objects.get()
        assert (answer.score, answer.comment) == (8, "Better")
        assert answer.changed_at is not None
    with pytest.raises(ValidationError):
        say(asked, 11)
    late = time_machine.travel("2026-03-17T09:00:00Z", tick=False)
    with late, pytest.raises(survey_answers.Closed):
        say(asked, 9)


def test_a_low_answer_is_told_at_once_and_waits_for_a_talk(boss, kam, shop, anna):
    (asked,) = ask(kam, make_survey(boss), anna).invitations
    say(asked, 6, "Late again")
    with acting_as(kam), translation.override("en"):
        (told,) = unseen_of(kam)
        assert told.text == "Shop: a survey was answered with 6 of 10. Talk with them."
        assert told.url == reverse("survey_invitation", args=[asked.pk])
        assert [row.pk for row in found.waiting_of([shop.pk])] == [asked.pk]
        answer = SurveyAnswer.objects.get()
        with pytest.raises(ValidationError):
            survey_answers.follow_up(answer, " ", kam)
        survey_answers.follow_up(answer, "Called them", kam)
        assert not found.waiting_of()
    say(asked, 5, "Late again")
    assert Notice.unscoped.count() == 1


def test_where_nobody_answers_for_the_client_the_leader_is_told(boss, kam):
    shop = make_client("Nobody's", team=boss.team)
    person = make_contact(shop, "Ann Lee")
    (asked,) = ask(boss, make_survey(boss), person).invitations
    say(asked, 3)
    with acting_as(boss):
        assert len(unseen_of(boss)) == 1


@pytest.mark.parametrize(
    "name, spoken",
    [
        ("Петрова Анна Сергеевна", "Анна Сергеевна"),
        ("Ann Smith", "Ann"),
        ("Иванов И. И.", ""),
        ("Бухгалтерия", ""),
        ("", ""),
    ],
)
def test_how_people_are_spoken_to(name, spoken):
    assert survey_mail.first_name(name) == spoken


# --- The open page --------------------------------------------------------------------------------


def test_the_page_tells_nothing_of_the_client_but_the_first_name(boss, kam, anna, client):
    (asked,) = ask(kam, make_survey(boss, name="Secret plan"), anna).invitations
    page = client.get(path_of(asked))
    text = page.content.decode()
    assert "Анна Сергеевна" in text
    for hidden in ("Shop", "Петрова", "anna@shop.example", "Secret plan", kam.name, "Spring"):
        assert hidden not in text
    assert page["X-Robots-Tag"] == "noindex, nofollow"
    assert page["Content-Language"] == "ru"
    assert "no-store" in page["Cache-Control"]
    english = client.get(path_of(asked) + "?language=en")
    assert 'lang="en"' in english.content.decode()
    assert "How likely is it" in english.content.decode()
    assert client.get("/answer/nobody/").status_code == 404


def test_it_is_answered_changed_and_declined(boss, kam, anna, client):
    questions = [
        {"kind": "scale", "ru": "Удобно?", "en": "Easy?"},
        {"kind": "text", "ru": "Чего нет?", "en": "What is missing?"},
    ]
    (asked,) = ask(kam, make_survey(boss, questions=questions), anna).invitations
    path = path_of(asked)
    assert client.post(path, {"comment": "x"}).status_code == 422
    assert client.post(path, {"score": "11"}).status_code == 422
    said = {"score": "0", "comment": " Плохо ", "reply_0": "3", "reply_1": "Бумаги"}
    thanks = client.post(path, said, follow=True)
    assert thanks.status_code == 200
    assert "Спасибо, Анна Сергеевна" in thanks.content.decode()
    with acting_system("test"):
        answer = SurveyAnswer.objects.get()
        assert (answer.score, answer.comment) == (0, "Плохо")
        assert answer.replies == {"0": 3, "1": "Бумаги"}
    again = client.get(path).content.decode()
    assert re.search(r'name="score" value="0"[^>]* checked', again)
    client.post(path, said | {"score": "9"})
    client.post(path, {"act": "decline"})
    client.post(path, {"act": "decline"})
    with acting_system("test"):
        assert SurveyAnswer.objects.get().score == 9
        assert SurveyRefusal.objects.get().contact == anna
    with acting_as(kam):
        surveys.allow_again(anna)
        with pytest.raises(ValidationError):
            surveys.allow_again(anna)
    actions = set(Event.unscoped.values_list("action", flat=True))
    assert {"survey.answer", "survey.answer_change", "survey.decline", "survey.allow"} <= actions


def test_whoever_is_signed_in_only_looks(boss, kam, anna, client):
    (asked,) = ask(kam, make_survey(boss), anna).invitations
    client.force_login(kam)
    assert "Вы видите то же" in client.get(path_of(asked)).content.decode()
    assert client.post(path_of(asked), {"score": "10"}).status_code == 403
    assert client.post(path_of(asked), {"act": "decline"}).status_code == 403
    with acting_system("test"):
        assert not SurveyAnswer.objects.exists()
        assert not SurveyRefusal.objects.exists()


def test_the_open_page_is_not_opened_endlessly(boss, kam, anna, client, settings):
    settings.SURVEY_RATE_LIMIT = 2
    (asked,) = ask(kam, make_survey(boss), anna).invitations
    codes = [client.get(path_of(asked)).status_code for _ in range(3)]
    assert codes == [200, 200, 429]
    assert client.get("/answer/another/").status_code == 404
    codes = [client.get(f"/answer/guess-{n}/").status_code for n in range(20)]
    assert codes[-1] == 429


def test_an_erased_person_has_no_open_link(boss, kam, anna, client):
    (asked,) = ask(kam, make_survey(boss), anna).invitations
    with acting_system("test"):
        Contact.objects.filter(pk=anna.pk).update(anonymised_at="2026-03-16T09:00:00Z")
    assert client.get(path_of(asked)).status_code == 410


def test_what_people_said_to_the_purpose_holds(boss, kam, shop, anna, client):
    purpose = Purpose.objects.get(key="surveys")
    (asked,) = ask(kam, make_survey(boss), anna).invitations
    client.post(path_of(asked), {"act": "decline"})
    with acting_as(kam):
        said = Consent.objects.get(contact=anna, purpose=purpose)
        assert (said.answer, said.channel, said.withdrawn_on) == ("refuses", "web", None)
        assert surveys.reasons_against(None, [anna]) == {anna.pk: "declined"}
        surveys.allow_again(anna, kam)
        assert surveys.reasons_against(None, [anna]) == {anna.pk: "recent"}
        other = make_contact(shop, "Other")
        Purpose.objects.filter(pk=purpose.pk).update(basis="consent")
        assert surveys.reasons_against(None, [other]) == {other.pk: "consent"}
        Purpose.objects.filter(pk=purpose.pk).update(is_active=False)
        assert surveys.reasons_against(None, [other]) == {other.pk: "unused"}


# --- Mail -----------------------------------------------------------------------------------------


def run_mail(asked, person):
    with acting_as(person):
        row = SurveyInvitation.objects.select_related(
            "survey", "client__owner", "contact", "author"
        ).get(pk=asked.pk)
        return survey_mail.send(row, surveys.link_of(row))


def test_a_link_is_mailed_once(boss, kam, anna):
    (asked,) = ask(kam, make_survey(boss), anna, mail=True).invitations
    assert Job.unscoped.get(kind=survey_mail.JOB).payload == {"invitation_id": asked.pk}
    assert run_mail(asked, kam) == "sent"
    assert run_mail(asked, kam) == "sent"
    (letter,) = mail.outbox
    assert letter.to == ["anna@shop.example"]
    assert letter.extra_headers["Message-ID"] == survey_mail.message_id(asked)
    assert path_of(asked) in letter.body
    assert "Здравствуйте, Анна Сергеевна!" in letter.body
    assert "Shop" not in letter.body + letter.subject
    assert letter.reply_to == [kam.email]
    with acting_as(kam), pytest.raises(ValidationError):
        survey_mail.post(asked, kam)


def test_what_surely_was_not_sent_is_tried_again_and_what_perhaps_was_is_not(boss, kam, anna):
    (asked,) = ask(kam, make_survey(boss), anna, mail=True).invitations
    backend = "django.core.mail.backends.locmem.EmailBackend"
    down = mock.patch(f"{backend}.open", create=True, side_effect=ConnectionRefusedError)
    with down, pytest.raises(ConnectionRefusedError):
        run_mail(asked, kam)
    broken = mock.patch(f"{backend}.send_messages", side_effect=smtplib.SMTPServerDisconnected)
    with broken as sending:
        assert run_mail(asked, kam) == "unsure"
        assert run_mail(asked, kam) == "unsure"
        assert sending.call_count == 1
    refused = smtplib.SMTPRecipientsRefused({})
    with acting_as(kam):
        survey_mail.post(asked, kam)
    with mock.patch(f"{backend}.send_messages", side_effect=refused):
        assert run_mail(asked, kam) == "refused"
    assert mail.outbox == []


def test_a_worker_lost_in_the_middle_leaves_it_to_people(boss, kam, anna):
    (asked,) = ask(kam, make_survey(boss), anna, mail=True).invitations
    with acting_system("test"):
        SurveyInvitation.objects.filter(pk=asked.pk).update(mail="sending")
    assert run_mail(asked, kam) == "unsure"
    assert mail.outbox == []


def test_whoever_declines_meanwhile_gets_no_letter(boss, kam, anna):
    (asked,) = ask(kam, make_survey(boss), anna, mail=True).invitations
    with acting_system("test"):
        SurveyRefusal.objects.create(contact=anna)
    assert run_mail(asked, kam) == "held"
    assert mail.outbox == []


def test_without_mail_the_link_is_copied(boss, kam, anna, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
    (asked,) = ask(kam, make_survey(boss), anna).invitations
    with acting_as(kam), pytest.raises(ValidationError):
        survey_mail.post(asked, kam)


# --- What it came to ------------------------------------------------------------------------------


def test_what_it_came_to_is_told_from_enough_answers_on(boss, kam, shop):
    survey = make_survey(boss)
    people = [make_contact(shop, f"Person {n}") for n in range(12)]
    rows = ask(kam, survey, *people).invitations
    for row in rows[:9]:
        say(row, 10)
    with acting_as(kam):
        result = surveys.result_of(survey, found.counts_of([survey.pk])[survey.pk])
        assert (result.nps, result.lacking, result.mean, result.rate) == (None, 1, 10, 0.75)
    say(rows[9], 2)
    with acting_as(kam):
        result = surveys.result_of(survey, found.counts_of([survey.pk])[survey.pk])
        assert result.nps.score == 80
        assert found.scores_of(survey)[10] == 9
        surveys.withdraw(rows[10])
        assert found.counts_of([survey.pk])[survey.pk].invited == 11
    stranger = make_user("kam", team=Team.objects.create(name="South"))
    with acting_as(stranger):
        assert found.counts_of([survey.pk]) == {}


# --- Pages and REST -------------------------------------------------------------------------------


def test_pages_from_the_questionnaire_to_the_talk(client, boss, kam, shop, anna):
    client.force_login(boss)
    form = {
        "name": "Spring", "scale": "recommend", "closes_on": "2026-04-01", "version": "",
        "q0_ru": "Удобно?", "q0_en": "", "q0_kind": "scale",
    }  # fmt: skip
    client.post(reverse("survey_create"), form)
    survey = Survey.unscoped.get()
    assert survey.questions == [{"kind": "scale", "ru": "Удобно?", "en": ""}]
    client.force_login(kam)
    here = reverse("survey_invitation_create") + f"?client={shop.pk}"
    assert "Петрова Анна" in client.get(here).content.decode()
    assert client.post(here, {"survey": survey.pk, "language": "ru"}).status_code == 422
    posted = {"survey": survey.pk, "language": "ru", "contact": [anna.pk]}
    assert client.post(here, posted)["Location"] == reverse("client_feedback", args=[shop.pk])
    asked = SurveyInvitation.unscoped.get()
    page = reverse("survey_invitation", args=[asked.pk])
    assert asked.token() in client.get(page).content.decode()
    say(asked, 4, "Опять опоздали")
    assert "Опять опоздали" in client.get(reverse("survey_list")).content.decode()
    assert (
        "Опять опоздали" in client.get(reverse("client_feedback", args=[shop.pk])).content.decode()
    )
    assert client.post(page, {"act": "follow_up", "follow_up": ""}).status_code == 422
    assert client.post(page, {"act": "follow_up", "follow_up": "Позвонили"}).status_code == 302
    assert "Позвонили" in client.get(page).content.decode()
    detail = reverse("survey_detail", args=[survey.pk])
    assert "Опять опоздали" in client.get(detail + "?state=answered").content.decode()
    assert "Опять опоздали" not in client.get(detail + "?state=silent").content.decode()


def test_whoever_only_reads_is_not_told_the_link(client, boss, kam, anna):
    (asked,) = ask(kam, make_survey(boss), anna).invitations
    auditor = make_user("auditor")
    client.force_login(auditor)
    page = client.get(reverse("survey_invitation", args=[asked.pk]))
    assert page.status_code == 200
    assert asked.token() not in page.content.decode()


def test_over_rest(client, boss, kam, shop, anna):
    survey = make_survey(boss)
    client.force_login(kam)
    url = reverse("api:survey-invitation-list")
    body = {"survey": survey.pk, "contacts": [anna.pk], "language": "en"}
    made = client.post(url, body, content_type="application/json")
    assert made.status_code == 201, made.content
    (row,) = made.json()["invitations"]
    assert row["link"].endswith(path_of(SurveyInvitation.unscoped.get()))
    again = client.post(url, body, content_type="application/json")
    assert again.json()["left_out"] == [{"contact": anna.pk, "reason": "asked"}]
    foreign = make_contact(make_client("Foreign"), "Foreign")
    body["contacts"] = [foreign.pk]
    assert client.post(url, body, content_type="application/json").status_code == 400
    assert "link" not in client.get(url).json()["results"][0]
    say(SurveyInvitation.unscoped.get(), 3, "Bad")
    result = client.get(reverse("api:survey-result", args=[survey.pk])).json()
    assert (result["answered"], result["detractors"], result["nps"]) == (1, 1, None)
    follow = reverse("api:survey-invitation-follow-up", args=[row["id"]])
    done = client.post(follow, {"follow_up": "Called"}, content_type="application/json")
    assert done.json()["answer"]["follow_up"] == "Called"
    client.force_login(boss)
    detail = reverse("api:survey-detail", args=[survey.pk])
    patched = client.patch(detail, {"name": "New", "version": 1}, content_type="application/json")
    assert (patched.status_code, patched.json()["name"]) == (200, "New")
    stale = client.patch(detail, {"name": "Late", "version": 1}, content_type="application/json")
    assert stale.status_code == 409
