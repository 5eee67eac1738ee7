"""Account plans in a browser: every look in both languages, and the way from the draft to the
signature and a colleague's word that they have read it."""

import datetime as dt
from functools import partial

import pytest
from django.urls import reverse
from django.utils.translation import gettext, override, pgettext
from playwright.sync_api import expect

from accounts.models import (
    AccountPlan,
    Goal,
    PlanAction,
    PlanParticipant,
    PlanVersion,
    Standing,
    Team,
)
from accounts.selectors import plans as found
from accounts.services import plan_signing, plan_work, plans
from kam.lib.periods import today
from kam.lib.scoping import acting_as, acting_system
from tests.factories import make_client

from .looks import looks
from .test_look import faults, sideways


def candidate(owner, name="Ромашка"):
    client = make_client(name, owner=owner, team=owner.team)
    with acting_system("test"):
        Standing.objects.create(client=client, value="candidate", since=today())
        Goal.objects.create(
            client=client, owner=owner, why="They look around", what_for="They recommend us",
            how="Keep promises", measure="loyalty", unit="points", start=6, target=8,
            due=today() + dt.timedelta(days=200),
        )  # fmt: skip
    return client


def planned(owner, manager, helper, name="Ромашка"):
    """A signed plan in which the helper has an overdue action."""
    client = candidate(owner, name)
    year = {"title": "Plan", "starts": today(), "ends": today() + dt.timedelta(days=300)}
    with acting_as(owner):
        plan = plans.begin(client, year, owner)
        goals = list(Goal.objects.filter(client=client))
        for section in found.sections_of(plan):
            if section.kind == "text":
                plans.write(section, "What we know.", goals, section.version)
            elif section.kind == "actions":
                due = today() - dt.timedelta(days=2)
                values = {"what": "Second delivery day", "owner": helper, "due": due}
                plan_work.add_action(section, values, owner)
        plan_signing.submit(plan, owner, "Ready")
    with acting_as(manager):
        plan_signing.sign(plan, manager, "Good")
    return client, plan


@pytest.fixture
def people(make_person):
    def make(language):
        team, _made = Team.objects.get_or_create(name="North")
        roles = ("kam", "manager", "colleague")
        return [
            make_person(role, language=language, team=team, name=f"{role.title()} One")
            for role in roles
        ]

    return make


def said(language: str, text: str, context: str = "") -> str:
    """The words of a page in a language."""
    with override(language):
        return pgettext(context, text) if context else gettext(text)


@pytest.mark.parametrize("language", ["ru", "en"])
def test_plans_in_every_look(new_tab, people, language):
    kam, manager, helper = people(language)
    client, plan = planned(kam, manager, helper)
    draft = candidate(kam, "Лютик")
    with acting_as(kam):
        begun = plans.begin(
            draft,
            {"title": "Draft", "starts": today(), "ends": today() + dt.timedelta(days=99)},
            kam,
        )
        section = found.sections_of(begun)[0]
    with acting_system("test"):
        action, version = PlanAction.objects.get(), PlanVersion.objects.get()
    pages = {
        "plans": reverse("plan_list"),
        "client-plans": reverse("client_plans", args=[client.pk]),
        "plan-new": reverse("plan_create", args=[client.pk]),
        "plan-signed": reverse("plan_detail", args=[plan.pk]),
        "plan-draft": reverse("plan_detail", args=[begun.pk]),
        "plan-section": reverse("plan_section_edit", args=[section.pk]),
        "plan-action": reverse("plan_action", args=[action.pk]),
        "plan-version": reverse("plan_version", args=[version.pk]),
        "plan-templates": reverse("plan_template_list"),
        "plan-template": reverse("plan_template_create"),
    }
    for width, theme in looks(language):
        manager.theme = theme
        manager.save()
        tab = new_tab(width, language)
        tab.sign_in(manager)
        for name, address in pages.items():
            page = tab.open(address)
            page.wait_for_load_state("networkidle")
            assert sideways(page) == 0, (name, width)
            assert tab.complaints == [], name
            tab.shoot(f"{name}-{width}-{theme}-{language}")
    for width in ("wide", "narrow"):
        tab = new_tab(width, language)
        tab.sign_in(manager)
        seen = {name: faults(tab.open(address)) for name, address in pages.items()}
        assert {name: those for name, those in seen.items() if those} == {}, width


@pytest.mark.parametrize("language,width", [("ru", "wide"), ("en", "narrow")])
def test_from_a_candidate_to_the_signed_plan_and_a_colleagues_word(
    new_tab, people, language, width
):
    kam, manager, helper = people(language)
    client = make_client("Ромашка", owner=kam, team=kam.team)
    say = partial(said, language)
    tab = new_tab(width, language)
    tab.sign_in(kam)

    page = tab.open(reverse("client_standing", args=[client.pk]))
    page.get_by_text(say("Propose for the key list")).click()
    page.get_by_label(say("Why?")).fill("They open three shops in spring.")
    page.get_by_role("button", name=say("Propose"), exact=True).click()
    expect(page.get_by_text(say("Proposed as a candidate."))).to_be_visible()

    page = tab.open(reverse("client_standing", args=[client.pk]))
    page.get_by_role("link", name=say("Add a goal")).click()
    sheet = page.locator("#sheet")
    sheet.locator("[name=why]").fill("They look around.")
    sheet.locator("[name=what_for]").fill("They recommend us")
    sheet.locator("[name=how]").fill("Keep promises.")
    sheet.locator("[name=measure]").select_option("loyalty")
    sheet.locator("[name=start]").fill("6")
    sheet.locator("[name=target]").fill("8")
    sheet.locator("[name=due]").fill((today() + dt.timedelta(days=200)).isoformat())
    sheet.get_by_role("button", name=say("Save")).click()
    page.wait_for_url(f"**{reverse('client_detail', args=[client.pk])}")

    page = tab.open(reverse("client_plans", args=[client.pk]))
    page.get_by_role("link", name=say("Begin a plan")).first.click()
    page.locator("[name=title]").fill("Plan for the year")
    page.get_by_role("button", name=say("Begin the plan")).click()
    expect(page.get_by_text(say("Before the plan can be submitted:"))).to_be_visible()
    with acting_system("test"):
        plan = AccountPlan.objects.get()
        sections = found.sections_of(plan)
    for section in sections:
        if section.kind == "text":
            page.locator(
                f"main a[href='{reverse('plan_section_edit', args=[section.pk])}']"
            ).first.click()
            sheet = page.get_by_role("dialog")
            sheet.locator("[name=text]").fill(f"What we know about it, {section.pk}.")
            sheet.get_by_label("They recommend us").check()
            sheet.get_by_role("button", name=say("Save")).click()
            expect(page.get_by_text(f"What we know about it, {section.pk}.")).to_be_visible()
        elif section.kind == "actions":
            actions = section
    page.locator(f"main a[href='{reverse('plan_action_create', args=[actions.pk])}']").first.click()
    sheet = page.get_by_role("dialog")
    sheet.locator("[name=what]").fill("Second delivery day")
    sheet.locator("[name=owner]").select_option(label=helper.name)
    sheet.locator("[name=due]").fill((today() + dt.timedelta(days=5)).isoformat())
    sheet.get_by_role("button", name=say("Save")).click()
    page.get_by_role("button", name=say("Submit for signature")).click()
    expect(page.get_by_text(say("Waits for signature", "plan"), exact=True)).to_be_visible()
    assert sideways(page) == 0
    seen = {kam: [reverse("client_standing", args=[client.pk]), page.url]}
    assert tab.complaints == []

    tab = new_tab(width, language)
    tab.sign_in(manager)
    page = tab.open(reverse("home"))
    page.locator(f"main a[href='{reverse('plan_detail', args=[plan.pk])}']").first.click()
    page.get_by_role("button", name=say("Sign the plan")).click()
    expect(page.get_by_text(say("has not read it yet"))).to_be_visible()
    assert tab.complaints == []

    tab = new_tab(width, language)
    tab.sign_in(helper)
    page = tab.open(reverse("home"))
    page.get_by_role("link", name="Plan for the year").first.click()
    page.get_by_role("button", name=say("I have read it and this is my part")).click()
    expect(page.get_by_text(say("acknowledged", "plan"), exact=True)).to_be_visible()
    assert page.locator("#promised-title").count() == 0  # the plan, no more
    page.get_by_role("link", name="Second delivery day").click()
    page.get_by_label(say("What came of it")).fill("Thursdays from now on")
    page.get_by_role("button", name=say("Finish the action")).click()
    expect(page.get_by_text("Thursdays from now on")).to_be_visible()
    with acting_system("test"):
        assert PlanAction.objects.get().state == "done"
        assert PlanParticipant.objects.get().acknowledged == 1
    assert tab.complaints == []
    seen[helper] = [reverse("home"), reverse("plan_detail", args=[plan.pk])]
    # The search for faults styles the page itself, of which the browser complains: another tab.
    for person, addresses in seen.items():
        searched = new_tab(width, language)
        searched.sign_in(person)
        for address in addresses:
            path = address.removeprefix(tab.address)
            assert faults(searched.open(path)) == [], path
