"""Problems in a browser: from a signal with its evidence to a problem that is solved, and every page
in every look."""

import datetime as dt
from functools import partial

import pytest
from django.urls import reverse
from django.utils.translation import gettext, override, pgettext
from playwright.sync_api import expect

from accounts.models import HealthWeek, Problem, Signal, Team
from accounts.services import radar
from kam.lib.periods import today
from kam.lib.scoping import acting_as, acting_system
from tests.factories import make_client, make_document

from .test_look import faults, sideways


def said(language: str, text: str, context: str = "") -> str:
    with override(language):
        return pgettext(context, text) if context else gettext(text)


@pytest.mark.parametrize(
    "language,width,theme", [("ru", "wide", "light"), ("en", "narrow", "dark")]
)
def test_from_a_signal_to_a_solved_problem(new_tab, make_person, language, width, theme):
    team, _made = Team.objects.get_or_create(name="North")
    kam = make_person("kam", language=language, team=team, name="Kam One", theme=theme)
    client = make_client("Ромашка", owner=kam, team=team, lifecycle="active")
    for back in range(40):
        make_document(client, today() - dt.timedelta(days=40 + 10 * back), net=1000 + back)
    with acting_system("test"):
        radar.search(today())
        signal = Signal.objects.get(kind="late_order")
        assert HealthWeek.objects.count() == 1
    say = partial(said, language)
    tab = new_tab(width, language)
    tab.sign_in(kam)

    page = tab.open(reverse("signal_list"))
    page.get_by_role("link", name=say("Late order")).first.click()
    expect(page.get_by_role("link", name=say("Documents")).first).to_be_visible()
    expect(page.get_by_text("40", exact=False).first).to_be_visible()
    page.get_by_role("button", name=say("Make a problem of it")).click()
    expect(page.get_by_text(say("It is a problem now. What is the first step?"))).to_be_visible()
    with acting_as(kam):
        problem = Problem.objects.get()

    page.locator("[name=what]").fill("Call the purchasing")
    page.locator("[name=due]").fill((today() + dt.timedelta(days=3)).isoformat())
    page.get_by_role("button", name=say("Add the step")).click()
    expect(page.get_by_text("Call the purchasing")).to_be_visible()
    page.get_by_role("button", name=say("Done", "step")).click()
    expect(page.locator(".step-due")).not_to_have_class("overdue")
    page.get_by_label(say("Solved", "problem"), exact=True).check()
    page.locator("[name=came_of_it]").fill("They order again on Mondays.")
    page.get_by_role("button", name=say("Close the problem")).click()
    expect(page.get_by_text("They order again on Mondays.")).to_be_visible()
    assert tab.complaints == []
    with acting_as(kam):
        problem.refresh_from_db()
        assert (problem.state, problem.outcome) == ("closed", "solved")
        assert problem.steps.get().done_on == today()

    addresses = [
        reverse("problem_list") + "?state=closed",
        reverse("problem_detail", args=[problem.pk]),
        reverse("signal_list") + "?state=taken",
        reverse("signal_detail", args=[signal.pk]),
        reverse("client_problems", args=[client.pk]),
        reverse("client_health", args=[client.pk]),
        reverse("data_quality"),
        reverse("problem_create", args=[client.pk]),
    ]
    for address in addresses:
        page = tab.open(address)
        page.wait_for_load_state("networkidle")
        assert sideways(page) == 0, address
    assert tab.complaints == []
    # The search for faults styles the page itself, of which the browser complains: another tab.
    searched = new_tab(width, language)
    searched.sign_in(kam)
    for address in addresses:
        assert faults(searched.open(address)) == [], address
