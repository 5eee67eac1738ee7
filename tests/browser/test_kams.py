"""A new KAM in the browser: their way into the work, their skills by both sides, their load."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from accounts.models import Onboarding, OnboardingStep, Team
from accounts.selectors import onboarding as found
from kam.lib.periods import today
from kam.lib.scoping import acting_system
from tests.factories import make_client

from .test_look import faults, sideways
from .test_plans import said


@pytest.mark.parametrize("language,width", [("ru", "wide"), ("en", "narrow")])
def test_a_new_kam_from_the_first_day_to_the_first_step(new_tab, make_person, language, width):
    team, _made = Team.objects.get_or_create(name="North")
    manager = make_person("manager", language=language, team=team, name="Lead One")
    newcomer = make_person("kam", language=language, team=team, name="New One")
    make_client("Ромашка", owner=newcomer, team=team)

    tab = new_tab(width, language)
    tab.sign_in(manager)
    page = tab.open(reverse("onboarding_create", args=[newcomer.pk]))
    page.locator("[name=begun]").fill(today().isoformat())
    page.get_by_role("button", name=said(language, "Start the plan")).click()
    expect(page.get_by_text(said(language, "The plan has begun."))).to_be_visible()
    with acting_system("test"):
        plan = Onboarding.objects.get(person=newcomer)
        first = found.steps_of(plan)[0]
    whole = reverse("onboarding_detail", args=[plan.pk])
    assert page.url.endswith(whole)
    assert tab.complaints == []

    tab = new_tab(width, language)
    tab.sign_in(newcomer)
    page = tab.open(whole)
    page.locator(f"main a[href='{reverse('onboarding_step', args=[first.pk])}']").first.click()
    sheet = page.get_by_role("dialog")
    sheet.locator("[name=done_on]").fill(today().isoformat())
    sheet.get_by_role("button", name=said(language, "Save")).click()
    page.wait_for_url(f"**{whole}")
    with acting_system("test"):
        assert OnboardingStep.objects.get(pk=first.pk).done_on == today()
    # The newcomer cannot break the plan off: that is the manager's.
    assert page.locator("[name=reason]").count() == 0

    addresses = [
        whole,
        reverse("kam_list"),
        reverse("kam_detail", args=[newcomer.pk]),
        reverse("kam_skills"),
        reverse("onboarding_list"),
    ]
    for address in addresses:
        page = tab.open(address)
        page.wait_for_load_state("networkidle")
        assert sideways(page) == 0, address
        tab.shoot(f"kams-{addresses.index(address)}-{width}-{language}")
    assert tab.complaints == []
    searched = new_tab(width, language)
    searched.sign_in(newcomer)
    assert {a: bad for a in addresses if (bad := faults(searched.open(a)))} == {}
