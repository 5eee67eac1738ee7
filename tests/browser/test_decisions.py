"""From the proposal over the goal gate to the decided list, and how sure it is, in a browser."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from accounts.models import Client, Goal, Standing
from accounts.selectors.standings import standing_of
from kam.jobs.execution import run as run_job
from kam.jobs.models import Job
from kam.lib.scoping import acting_system
from scoring.models import Decision, Matrix, RankingRow
from scoring.services import decisions

from .looks import looks
from .test_look import faults, sideways
from .test_scoring import workspace  # noqa: F401 - a fixture


def work_out(matrix: Matrix) -> None:
    job = Job.unscoped.get(kind="scoring.confidence", payload__matrix_id=matrix.pk)
    run_job(job.pk)
    assert Job.unscoped.get(pk=job.pk).status == "done", job.error


def stranger_to_the_list(matrix: Matrix) -> Client:
    """The best client that stands nowhere and has no goal."""
    with acting_system("test"):
        known = Standing.objects.values("client_id").union(Goal.objects.values("client_id"))
        rows = RankingRow.objects.filter(run_id=matrix.current_run_id, rank__gt=0)
        return rows.exclude(client_id__in=known).order_by("place").first().client


@pytest.mark.parametrize("language", ["ru", "en"])
def test_confidence_and_decision_in_every_look(new_tab, make_person, workspace, language):  # noqa: F811
    matrix = workspace(language)
    work_out(matrix)
    person = make_person("administrator", language=language)
    with acting_system("test"):
        Decision.objects.filter(status="open").delete()
        opened = decisions.prepare(matrix.current_run, person)
    pages = {
        "confidence": reverse("matrix_confidence", args=[matrix.pk]),
        "wanted": reverse("matrix_wanted", args=[matrix.pk]),
        "decisions": reverse("matrix_decisions", args=[matrix.pk]),
        "decision": reverse("decision_detail", args=[opened.pk]),
    }
    for width, theme in looks(language):
        person.theme = theme
        person.save()
        tab = new_tab(width, language)
        tab.sign_in(person)
        for name, address in pages.items():
            page = tab.open(address)
            page.wait_for_load_state("networkidle")
            tab.shoot(f"{name}-{width}-{theme}-{language}")
            assert page.locator("h1").count() == 1, name
            assert sideways(page) == 0, (name, width)
            assert tab.complaints == [], name
    for width, theme in looks(language):
        person.theme = theme
        person.save()
        tab = new_tab(width, language)
        tab.sign_in(person)
        found = {name: faults(tab.open(address)) for name, address in pages.items()}
        assert {name: those for name, those in found.items() if those} == {}, (width, theme)


def test_the_slider_of_tolerance_by_keyboard(new_tab, make_person, workspace):  # noqa: F811
    matrix = workspace("en")
    work_out(matrix)
    tab = new_tab()
    tab.sign_in(make_person("manager", language="en"))
    page = tab.open(reverse("matrix_confidence", args=[matrix.pk]))
    slider = page.get_by_label("Each weight may be wrong by up to")
    before = page.locator("#seats .lead").inner_text()
    slider.focus()
    page.keyboard.press("End")
    expect(page.locator("output[for=tolerance]")).to_have_text("±60 %")
    expect(page.locator("#seats .lead")).to_contain_text("within ±60 %")
    assert page.locator("#seats .lead").inner_text() != before
    assert slider.evaluate("each => document.activeElement === each")
    page.keyboard.press("Home")
    expect(page.locator("#seats .lead")).to_contain_text("within ±0 %")
    assert tab.complaints == []


def test_nobody_enters_without_a_goal_and_with_one_the_list_is_decided(
    new_tab,
    make_person,
    workspace,  # noqa: F811
):
    matrix = workspace("en")
    person = make_person("administrator", language="en")
    newcomer = stranger_to_the_list(matrix)
    with acting_system("test"):
        Decision.objects.filter(status="open").delete()
    tab = new_tab()
    tab.sign_in(person)
    page = tab.open(reverse("matrix_decisions", args=[matrix.pk]))
    page.get_by_role("button", name="Add").click()
    dialog = page.locator("#override")
    dialog.locator("[name=client]").fill(newcomer.name)
    dialog.locator("[name=kind]").select_option("must")
    dialog.locator("[name=reason]").fill("A market of its own.")
    dialog.get_by_role("button", name="Save").click()
    expect(page.locator("main")).to_contain_text("A market of its own.")

    page.get_by_role("button", name="Prepare the decision").click()
    line = page.locator("tbody tr", has=page.get_by_role("link", name=newcomer.name, exact=True))
    expect(line).to_contain_text("Trial")
    page.get_by_label("What does this decision rest on?").fill("The board of November.")
    page.get_by_role("button", name="Confirm the list").click()
    expect(line).to_contain_text("There is no goal yet")
    with acting_system("test"):
        assert standing_of(newcomer.pk) is None
        assert Decision.objects.get(status="open")

    line.get_by_role("link", name="Write the goal").click()
    sheet = page.locator("#sheet")
    sheet.locator("[name=why]").fill("They open three shops in spring.")
    sheet.locator("[name=what_for]").fill("To be their first supplier.")
    sheet.locator("[name=how]").fill("A joint plan of deliveries.")
    sheet.locator("[name=measure]").select_option("revenue")
    sheet.locator("[name=start]").fill("100")
    sheet.locator("[name=target]").fill("200000")
    sheet.locator("[name=due]").fill("2030-12-31")
    sheet.locator("[name=owner]").select_option(index=1)
    sheet.get_by_role("button", name="Save").click()
    expect(page.locator("main")).to_contain_text("Decide on the list")
    assert page.url.endswith(
        reverse("decision_detail", args=[Decision.unscoped.get(status="open").pk])
    )
    expect(page.get_by_label("What does this decision rest on?")).to_have_value(
        "The board of November."
    )
    others = page.locator("tbody tr", has_text="There is no goal yet")
    for at in range(others.count()):
        others.nth(at).locator("select").select_option("")
        others.nth(at).locator("input").fill("Not this year.")
    page.get_by_role("button", name="Confirm the list").click()
    expect(page.locator("main")).to_contain_text("The board of November.")
    with acting_system("test"):
        assert standing_of(newcomer.pk).value == "trial"
    assert tab.complaints == []
