"""The map of people in a browser: every look, both languages, keyboard and mouse."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from accounts.models import Contact, Relation
from kam.lib.scoping import acting_system
from tests.factories import make_client

from .looks import looks
from .test_look import faults, sideways


def net(owner):
    with acting_system("test"):
        row = make_client("Ромашка", owner=owner)
        chief = Contact.objects.create(
            client=row, name="Anna Serova", position="Director", role="decides", influence="high"
        )
        for number, attitude in enumerate(("sponsor", "supports", "neutral", "against", "")):
            Contact.objects.create(
                client=row, name=f"Person {number}", role="uses", influence="low",
                attitude=attitude, reports_to=chief, counterpart=owner,
            )  # fmt: skip
        Contact.objects.create(client=row, name="Gone", role="pays", left_on="2026-03-01")
        Relation.objects.create(client=row, kind="partner", name="Outside", note="plans kitchens")
        return row, chief


@pytest.mark.parametrize("language", ["ru", "en"])
def test_people_in_every_look(new_tab, make_person, language):
    person = make_person("kam", language=language)
    row, _chief = net(person)
    address = reverse("client_people", args=[row.pk])
    for width, theme in looks(language):
        person.theme = theme
        person.save()
        tab = new_tab(width, language)
        tab.sign_in(person)
        page = tab.open(address)
        page.wait_for_load_state("networkidle")
        assert sideways(page) == 0, (width, theme)
        assert tab.complaints == [], (width, theme)
        tab.shoot(f"people-{width}-{theme}-{language}")
        assert faults(page) == [], (width, theme)


def test_a_card_moves_by_keyboard_and_mouse_and_stays_there(new_tab, make_person):
    person = make_person("kam", language="en")
    row, chief = net(person)
    tab = new_tab()
    tab.sign_in(person)
    address = reverse("client_people", args=[row.pk])
    page = tab.open(address)
    card = page.locator(f"[data-person='{chief.pk}']")
    before = int(card.get_attribute("data-x"))
    line = page.locator("[data-chief]").first
    drawn = line.get_attribute("d")
    card.focus()
    with page.expect_response(lambda answer: answer.url.endswith("/position/")):
        page.keyboard.press("Shift+ArrowLeft")
        page.keyboard.press("ArrowLeft")
    assert int(card.get_attribute("data-x")) == before - 48
    assert line.get_attribute("d") != drawn
    page = tab.open(address)
    card = page.locator(f"[data-person='{chief.pk}']")
    assert int(card.get_attribute("data-x")) == before - 48
    box = card.bounding_box()
    page.mouse.move(box["x"] + 60, box["y"] + 20)
    page.mouse.down()
    page.mouse.move(box["x"] + 160, box["y"] + 80, steps=4)
    with page.expect_response(lambda answer: answer.url.endswith("/position/")):
        page.mouse.up()
    assert int(card.get_attribute("data-x")) > before - 48
    expect(page.locator("#sheet")).not_to_be_visible()  # moving is not opening
    card.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#sheet")).to_be_visible()
    page.locator("#sheet").get_by_label("Attitude to us").select_option("sponsor")
    page.locator("#sheet").get_by_role("button", name="Save").click()
    expect(page.get_by_text("Nobody stands up for us here.")).to_have_count(0)
    assert tab.complaints == []


def test_readers_see_the_map_and_move_nothing(new_tab, make_person):
    row, chief = net(make_person("kam", email="kam@example.test"))
    tab = new_tab()
    tab.sign_in(make_person("auditor", language="en"))
    page = tab.open(reverse("client_people", args=[row.pk]))
    assert page.locator(f"[data-person='{chief.pk}']").get_attribute("data-position") is None
    assert page.get_by_role("button", name="Arrange anew").count() == 0
    assert tab.complaints == []
