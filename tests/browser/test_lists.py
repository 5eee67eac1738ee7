"""What people make of a list of clients: a view of it, one change to several, two cards joined."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from accounts.models import Client, OwnField, SavedView, Team
from kam.lib.scoping import acting_system
from tests.factories import make_client

from .test_look import faults, sideways
from .test_monday import LOOKS, press


@pytest.mark.parametrize(("width", "language", "theme"), LOOKS)
def test_a_list_is_kept_changed_and_cleared_of_duplicates(
    new_tab, make_person, width, language, theme
):
    team = Team.objects.create(name="N")
    person = make_person("manager", name="Илья Громов", language=language, theme=theme, team=team)
    with acting_system("test"):
        OwnField.objects.create(name="Окно доставки", kind="choice", options=["утро", "вечер"])
    told = {"team": team, "lifecycle": "active", "kind": "organisation"}
    first = make_client("Столовая «Липа»", segment="Кафе", inn="7707083893", **told)
    make_client("ООО «Столовая Липа»", segment="Кафе", inn="7707083893", **told)
    make_client("Отель «Вяз»", segment="Гостиницы", **told)
    tab = new_tab(width, language)
    tab.sign_in(person)
    page = tab.open(reverse("client_list"))
    # Own fields come with the page; a choice narrows the list, and the address keeps it.
    expect(page.locator("select[name=own]")).to_have_count(1)
    page.locator("#f-segment").select_option("Кафе")
    expect(page.locator("table.clients tbody tr")).to_have_count(2)
    page.locator(".views-choice summary").click()
    page.locator("#views-menu input[name=name]").fill("Наши кафе")
    tab.shoot(f"views-{width}-{language}")
    assert sideways(page) == 0
    box = page.locator("#views-menu").bounding_box()
    assert box["x"] >= 0, "the menu lies beside the window"
    page.locator("#views-menu form button").click()
    expect(page.locator("#views-menu [role=status]")).to_be_visible()
    assert SavedView.unscoped.get().query == "segment=%D0%9A%D0%B0%D1%84%D0%B5"

    page = tab.open(reverse("saved_view_list"))
    page.get_by_role("link", name="Наши кафе").first.click()
    expect(page.locator("table.clients tbody tr")).to_have_count(2)
    page.locator("a[href*='/clients/several/']").click()
    page.locator("input[name=add]").fill("весна")
    tab.shoot(f"several-{width}-{language}")
    assert sideways(page) == 0
    press(page, language, "Look at it first")
    expect(page.locator("table tbody tr")).to_have_count(2)
    tab.shoot(f"several-ahead-{width}-{language}")
    assert sideways(page) == 0
    page.locator("button[name=make]").click()
    expect(page.locator("table.clients")).to_contain_text("весна")
    assert Client.unscoped.filter(tags=["весна"]).count() == 2

    page = tab.open(reverse("twin_list"))
    expect(page.locator(".twins > li")).to_have_count(1)
    page.locator(".twins a.button").click()
    expect(page.locator("form.join")).to_be_visible()
    tab.shoot(f"join-{width}-{language}")
    assert sideways(page) == 0
    press(page, language, "Join them")
    expect(page.locator("h1")).to_contain_text("Столовая «Липа»")
    page = tab.open(reverse("twin_list"))
    with page.expect_navigation():
        press(page, language, "Take back")
    assert Client.unscoped.count() == 3
    assert Client.unscoped.filter(pk=first.pk).exists()
    assert tab.complaints == []
    for address in ("twin_list", "own_field_list", "client_several", "saved_view_list"):
        assert faults(tab.open(reverse(address))) == [], address
