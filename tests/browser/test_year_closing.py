"""A year that is looked at, closed and opened again, in every look."""

from decimal import Decimal

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from accounts.models import YearClose
from accounts.services import sales_plans
from kam.lib.periods import today
from kam.lib.scoping import acting_as, acting_system
from tests.factories import make_client

from .looks import looks
from .test_look import faults, sideways


def look(new_tab, person, language: str, address: str, name: str) -> None:
    """The page in every width and theme: nothing sideways, no complaint, no fault of axe."""
    for width, theme in looks(language):
        person.theme = theme
        person.save()
        tab = new_tab(width, language)
        tab.sign_in(person)
        page = tab.open(address)
        page.wait_for_load_state("networkidle")
        assert sideways(page) == 0, (width, theme)
        assert tab.complaints == [], (width, theme)
        tab.shoot(f"{name}-{width}-{theme}-{language}")
        assert faults(page) == [], (width, theme)


@pytest.mark.parametrize("language", ["ru", "en"])
def test_a_year_is_looked_at_closed_and_undone(new_tab, make_person, language):
    manager = make_person("administrator", language=language)
    year = today().year - 1
    with acting_system("test"):
        shop = make_client("Ромашка", lifecycle="active")
    with acting_as(manager):
        sales_plans.save(shop, year, {(0, 3): Decimal(90_000)}, manager)
    tab = new_tab(language=language)
    tab.sign_in(manager)
    page = tab.open(reverse("year_close_create"))
    page.locator("[name=growth]").first.fill("5")
    page.locator("main form[method=get] button").click()
    expect(page.locator(".closing-steps > li")).to_have_count(4)
    look(new_tab, manager, language, reverse("year_close_create"), "year-close")
    page.locator("main form[method=post] .button.primary").click()
    expect(page.locator("tbody tr")).to_have_count(1)
    with acting_system("test"):
        close = YearClose.objects.get()
        assert close.growth == Decimal("5.0")
        assert sales_plans.plan_of([shop.pk], year + 1) == {(0, 3): Decimal(94_500)}
    look(new_tab, manager, language, reverse("year_close_detail", args=[close.pk]), "year-closed")
    page = tab.open(reverse("year_close_undo", args=[close.pk]))
    page.locator("main form .button.primary").click()
    expect(page.locator("tbody .badge")).to_have_count(1)
    with acting_system("test"):
        assert sales_plans.plan_of([shop.pk], year + 1) == {}
    assert tab.complaints == []
