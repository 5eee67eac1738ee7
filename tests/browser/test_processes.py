"""A process of a client from the standard to its last step, in every look."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from accounts.models import ProcessRun
from accounts.services import processes
from kam.lib.scoping import acting_system
from tests.factories import make_client

from .looks import looks
from .test_look import faults, sideways


def step(name: str, days: int) -> dict:
    return {"name": name, "details": "", "function": "delivery", "days": days, "check_by": "seen"}


@pytest.mark.parametrize("language", ["ru", "en"])
def test_from_the_standard_to_the_last_step(new_tab, make_person, language):
    person = make_person("kam", language=language)
    with acting_system("test"):
        shop = make_client("Ромашка", owner=person)
        processes.save_template(
            None,
            {"name": "An order", "serves": "on time"},
            [step("Pack", 1), step("Drive", 2)],
            None,
        )
    address = reverse("client_processes", args=[shop.pk])
    tab = new_tab(language=language)
    tab.sign_in(person)
    page = tab.open(address)
    page.locator("#from-template + button").click()
    page.locator("[name=steps-2-name]").fill("Call before")
    expect(page.locator("[name=next_on]")).to_be_hidden()
    page.locator("[name=starts]").select_option("date")
    expect(page.locator("[name=next_on]")).to_be_visible()
    page.locator("[name=starts]").select_option("hand")
    assert tab.complaints == []
    tab.shoot(f"process-form-{language}")
    assert faults(page) == []
    page.locator("main form .button.primary").click()
    expect(page.locator(".process-steps .badge")).to_have_count(1)
    page.locator("form[action*='/processes/'][action$='/runs/'] button").click()
    expect(page.locator(".run-steps > li")).to_have_count(3)
    page.locator(".run-steps > li").nth(0).locator("[value=skipped]").click()
    expect(page.locator(".run-steps > li[data-state=open]")).to_have_count(3)
    for width, theme in looks(language):
        person.theme = theme
        person.save()
        other = new_tab(width, language)
        other.sign_in(person)
        looked = other.open(address)
        looked.wait_for_load_state("networkidle")
        assert sideways(looked) == 0, (width, theme)
        assert other.complaints == [], (width, theme)
        other.shoot(f"processes-{width}-{theme}-{language}")
        assert faults(looked) == [], (width, theme)
    page = tab.open(address)
    for _number in range(3):
        line = page.locator(".run-steps > li[data-state=open]").first
        line.locator("[name=note]").fill("photo")
        line.locator("[value=done]").click()
    expect(page.locator(".run-steps")).to_have_count(0)
    with acting_system("test"):
        assert ProcessRun.objects.get().outcome == "done"
