"""A survey answered by its link, in both languages and on a phone, and what the KAM sees of it."""

import datetime as dt

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from accounts.models import SurveyAnswer
from accounts.services import surveys
from kam.lib.periods import today
from kam.lib.scoping import acting_as, acting_system
from tests.factories import make_client, make_contact

from .test_look import faults, sideways

QUESTIONS = [
    {"kind": "scale", "ru": "Насколько вам удобно заказывать?", "en": "How easy is it to order?"},
    {"kind": "text", "ru": "Чего вам не хватает?", "en": "What do you miss?"},
]


@pytest.mark.parametrize("language", ["ru", "en"])
def test_a_client_answers_on_a_phone_and_the_kam_hears_of_it(new_tab, make_person, language):
    person = make_person("kam", language=language)
    with acting_system("test"):
        shop = make_client("Ромашка", owner=person)
        anna = make_contact(shop, "Петрова Анна Сергеевна", position="Закупки")
        values = {
            "name": "Весна", "scale": "recommend", "questions": QUESTIONS,
            "closes_on": today() + dt.timedelta(days=9),
        }  # fmt: skip
        survey = surveys.save(None, values, person)
    with acting_as(person):
        (asked,) = surveys.invite(survey, [anna], language, person, mail=False).invitations
    address = reverse("survey_answer", args=[asked.token()])
    for width in ("narrow", "wide"):
        tab = new_tab(width, language)
        page = tab.open(address)
        page.wait_for_load_state("networkidle")
        assert sideways(page) == 0, width
        assert tab.complaints == [], width
        tab.shoot(f"survey-{width}-{language}")
        assert faults(page) == [], width
    tab = new_tab("narrow", language)
    page = tab.open(address)
    # The other language and back: nothing but the words changes.
    other = "en" if language == "ru" else "ru"
    page.locator(f"footer a[lang={other}]").click()
    expect(page.locator("html")).to_have_attribute("lang", other)
    page.locator(f"footer a[lang={language}]").click()
    page.locator("[name=score][value='4']").check(force=True)
    page.locator("[name=reply_0][value='7']").check(force=True)
    page.locator("[name=comment]").fill("Дважды опоздали")
    tab.shoot(f"survey-filled-{language}")
    page.locator("form .button.primary").click()
    expect(page.locator("h1")).to_contain_text("Анна Сергеевна")
    tab.shoot(f"survey-thanks-{language}")
    page.locator("main a.button").click()
    expect(page.locator("[name=score][value='4']")).to_be_checked()
    page.locator("#decline button").click()
    expect(page.locator("main a.button")).to_have_count(0)
    assert tab.complaints == []
    assert faults(page) == []
    page = tab.open(address + "?done=answer")
    assert faults(page) == []
    with acting_system("test"):
        assert SurveyAnswer.objects.get().replies == {"0": 7}
    for name, path in (
        ("surveys", reverse("survey_list")),
        ("survey-detail", reverse("survey_detail", args=[survey.pk])),
        ("survey-ask", reverse("survey_invitation_create") + "?who=all"),
        ("survey-invitation", reverse("survey_invitation", args=[asked.pk])),
        ("feedback", reverse("client_feedback", args=[shop.pk])),
    ):
        for width in ("wide", "narrow"):
            # A tab for each: what looks for faults makes the browser complain afterwards.
            own = new_tab(width, language)
            own.sign_in(person)
            looked = own.open(path)
            looked.wait_for_load_state("networkidle")
            assert sideways(looked) == 0, (name, width)
            assert own.complaints == [], (name, width)
            own.shoot(f"{name}-{width}-{language}")
            assert faults(looked) == [], (name, width)
    page = own.open(reverse("survey_invitation", args=[asked.pk]))
    page.locator("[name=follow_up]").fill("Позвонили")
    page.locator("[value=follow_up]").click()
    expect(page.locator("[name=follow_up]")).to_have_count(0)
