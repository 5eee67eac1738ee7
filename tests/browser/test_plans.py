"""Account plans in a browser: every look in both languages, and the way from the draft to the
signature and a colleague's word that they have read it."""

import datetime as dt

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from accounts.models import Goal, PlanAction, PlanParticipant, PlanVersion, Standing, Team
from accounts.selectors import plans as found
from accounts.services import plan_signing, plan_work, plans
from kam.lib.periods import today
from kam.lib.scoping import acting_as, acting_system
from tests.factories import make_client

from .test_look import faults, sideways
from .test_scoring import LOOKS


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
    for width, theme in LOOKS:
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


def test_from_the_draft_to_the_signature_and_the_word_of_a_colleague(new_tab, people):
    kam, manager, helper = people("en")
    client = candidate(kam)
    tab = new_tab()
    tab.sign_in(kam)
    page = tab.open(reverse("client_plans", args=[client.pk]))
    page.get_by_role("link", name="Begin a plan").first.click()
    page.get_by_label("Title").fill("Plan for the year")
    page.get_by_role("button", name="Begin the plan").click()
    expect(page.get_by_text("Before the plan can be submitted:")).to_be_visible()
    for name in ("The client’s business", "The client’s customers", "Competitors"):
        page.get_by_role("link", name=f"Write: {name}").click()
        sheet = page.get_by_role("dialog")
        sheet.get_by_label(name, exact=False).first.fill(f"What we know about {name}.")
        sheet.get_by_label("They recommend us").check()
        sheet.get_by_role("button", name="Save").click()
        expect(page.get_by_text(f"What we know about {name}.")).to_be_visible()
    page.get_by_role("link", name="Add an action: Actions").click()
    sheet = page.get_by_role("dialog")
    sheet.get_by_label("What is done").fill("Second delivery day")
    sheet.get_by_label("Who does it").select_option(label=helper.name)
    sheet.get_by_label("By when").fill((today() + dt.timedelta(days=5)).isoformat())
    sheet.get_by_role("button", name="Save").click()
    page.get_by_role("button", name="Submit for signature").click()
    expect(page.get_by_text("Waits for signature", exact=True)).to_be_visible()

    tab = new_tab()
    tab.sign_in(manager)
    page = tab.open(reverse("home"))
    page.get_by_role("link", name="waits for your signature").click()
    page.get_by_role("button", name="Sign the plan").click()
    expect(page.get_by_text("has not read it yet")).to_be_visible()

    tab = new_tab()
    tab.sign_in(helper)
    page = tab.open(reverse("home"))
    page.get_by_role("link", name="Plan for the year").first.click()
    plan = page.url.removeprefix(tab.address)
    page.get_by_role("button", name="I have read it and this is my part").click()
    expect(page.get_by_text("acknowledged", exact=True)).to_be_visible()
    page.get_by_role("link", name="Second delivery day").click()
    page.get_by_label("What came of it").fill("Thursdays from now on")
    page.get_by_role("button", name="Finish the action").click()
    expect(page.get_by_text("Thursdays from now on")).to_be_visible()
    with acting_system("test"):
        assert PlanAction.objects.get().state == "done"
        assert PlanParticipant.objects.get().acknowledged == 1
    assert tab.complaints == []
    # The search for faults styles the page itself, of which the browser complains: another tab.
    searched = new_tab()
    searched.sign_in(helper)
    for address in (reverse("home"), plan):
        assert faults(searched.open(address)) == [], address
