"""Weighing and what-if in a real browser."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from kam.jobs.execution import run as run_job
from kam.jobs.models import Job
from kam.lib.scoping import acting_as, acting_system
from scoring.models import Matrix
from scoring.selectors.weighings import own_weighing
from scoring.services.weighings import ask, submit

from .looks import looks
from .test_look import faults, sideways
from .test_scoring import workspace  # noqa: F401 - a fixture


@pytest.mark.parametrize("language", ["ru", "en"])
def test_the_workbench_in_every_look(new_tab, make_person, workspace, language):  # noqa: F811
    matrix = workspace(language)
    person = make_person("administrator", language=language)
    address = reverse("matrix_workbench", args=[matrix.pk])
    weights = "w.profit=20&w.average_invoice=20&w.tenure=60&was=percent&method="
    pairs = "&pair.profit.average_invoice=3&pair.average_invoice.tenure=3&pair.profit.tenure=1/5"
    best = "&best=profit&worst=tenure&bo.average_invoice=2&bo.tenure=8&ow.average_invoice=4"
    pages = {
        "begin": address,
        "moved": f"{address}?{weights}percent",
        "points": f"{address}?{weights}points",
        "pairs": f"{address}?{weights}pairs{pairs}",
        "best": f"{address}?{weights}best_worst{best}",
    }
    for width, theme in looks(language):
        person.theme = theme
        person.save()
        tab = new_tab(width, language)
        tab.sign_in(person)
        for name, page_address in pages.items():
            page = tab.open(page_address)
            tab.shoot(f"workbench-{name}-{width}-{theme}-{language}")
            assert sideways(page) == 0, (name, width)
            assert tab.complaints == [], name
    for width, theme in looks(language):
        person.theme = theme
        person.save()
        tab = new_tab(width, language)
        tab.sign_in(person)
        found = {name: faults(tab.open(address)) for name, address in pages.items()}
        assert {name: those for name, those in found.items() if those} == {}, (width, theme)


def test_weights_by_keyboard_to_a_version_in_use(new_tab, make_person, workspace):  # noqa: F811
    matrix = workspace("en")
    person = make_person("administrator", language="en")
    tab = new_tab()
    tab.sign_in(person)
    page = tab.open(reverse("matrix_workbench", args=[matrix.pk]))
    expect(page.locator(".wb-answer")).to_have_text("The list stays as it is")
    fields = page.locator("[data-weight] input[type=number]")
    before = [float(value) for value in fields.evaluate_all("all => all.map(x => x.value)")]
    top = page.locator(".wb-cards").bounding_box()
    slider = page.locator("[data-weight] input[type=range]").last
    slider.focus()
    for _press in range(4):
        page.keyboard.press("PageUp")
    expect(page.locator(".wb-answer")).to_contain_text("come on the list")
    after = [float(value) for value in fields.evaluate_all("all => all.map(x => x.value)")]
    assert sum(after) == pytest.approx(100)
    assert after[-1] > before[-1]
    entrants = page.locator("tr[data-turn=in]")
    expect(entrants.first).to_be_visible()
    assert page.locator(".wb-cards").bounding_box() == top, "what the hand holds has moved"
    assert slider.evaluate("each => document.activeElement === each")
    # A locked weight stays while others move.
    page.locator("label.wb-lock").first.click()
    locked = fields.first.input_value()
    slider.focus()
    page.keyboard.press("ArrowDown")
    assert fields.first.input_value() == locked
    assert Matrix.objects.get(pk=matrix.pk).versions.filter(status="draft").count() == 0

    page.get_by_role("button", name="Save the draft").click()
    expect(page.locator(".page-sub")).to_contain_text("Draft of version")
    saved = page.locator(".wb-answer").inner_text()
    assert "come on the list" in saved
    page.get_by_role("button", name="Put to use").first.click()
    page.locator("#activate textarea").fill("Tenure matters more this year.")
    page.locator("#activate button.primary").click()
    expect(page.locator("main")).to_contain_text("Tenure matters more this year.")
    job = Job.unscoped.filter(kind="scoring.rank").order_by("-pk").first()
    run_job(job.pk)
    page = tab.open(reverse("matrix_workbench", args=[matrix.pk]))
    expect(page.locator(".wb-answer")).to_have_text("The list stays as it is")
    assert tab.complaints == []


def test_a_proposed_judgement_is_taken_with_one_click(new_tab, make_person, workspace):  # noqa: F811
    matrix = workspace("en")
    person = make_person("administrator", language="en")
    tab = new_tab()
    tab.sign_in(person)
    page = tab.open(reverse("matrix_workbench", args=[matrix.pk]))
    page.get_by_role("button", name="Pairs").click()
    answers = page.locator(".wb-pairs select")
    expect(answers).to_have_count(3)
    answers.nth(0).select_option("3")
    answers.nth(1).select_option("1/2")
    answers.nth(2).select_option("3")
    expect(page.locator("[data-part=judgement]")).to_contain_text("contradict each other")
    form = page.locator("form[data-workbench]")
    for _answer in range(8):
        expect(form).not_to_have_attribute("aria-busy", "true")
        button = page.locator("[data-accept]")
        if not button.count():
            break
        button.click()
    expect(page.locator("[data-part=judgement]")).to_contain_text("agree well enough")
    page.get_by_role("button", name="Per cent").click()
    fields = page.locator("[data-weight] input[type=number]")
    expect(fields).to_have_count(3)
    assert sum(
        float(value) for value in fields.evaluate_all("all => all.map(x => x.value)")
    ) == pytest.approx(100)
    assert tab.complaints == []


@pytest.mark.parametrize("language", ["ru", "en"])
def test_weighing_together_in_every_look(new_tab, make_person, workspace, language):  # noqa: F811
    matrix = workspace(language)
    with acting_system("test"):
        version = matrix.versions.get(status="active")
        keys = [row.criterion.key for row in version.criteria.select_related("criterion")]
        names = ("Анна Ковалёва", "Пётр Ильин") if language == "ru" else ("Ann Cole", "Peter Reed")
        manager = make_person("manager", name=names[0], language=language)
        kam = make_person("kam", name=names[1], language=language)
        asked = ask(matrix, [manager, kam], manager)
    with acting_as(kam):
        submit(own_weighing(asked, kam), "points", dict(zip(keys, (5, 3, 1), strict=False)), {})
    address = reverse("matrix_weighing", args=[matrix.pk])
    for answered in (False, True):
        if answered:
            with acting_as(manager):
                shares = dict(zip(keys, (20, 30, 50), strict=False))
                submit(own_weighing(asked, manager), "percent", shares, {})
        for width, theme in looks(language):
            manager.theme = theme
            manager.save()
            tab = new_tab(width, language)
            tab.sign_in(manager)
            page = tab.open(address)
            tab.shoot(f"weighing-{'after' if answered else 'before'}-{width}-{theme}-{language}")
            assert sideways(page) == 0
            assert tab.complaints == []
            assert faults(page) == []


def test_one_answers_by_pairs_and_takes_the_weights(new_tab, make_person, workspace):  # noqa: F811
    matrix = workspace("en")
    person = make_person("manager", language="en")
    tab = new_tab()
    tab.sign_in(person)
    page = tab.open(reverse("matrix_weighing", args=[matrix.pk]))
    page.get_by_role("button", name="Ask people").first.click()
    page.get_by_role("checkbox", name=str(person)).check()
    page.get_by_role("button", name="Ask", exact=True).click()
    page.get_by_role("button", name="Pairs").click()
    answers = page.locator(".wb-pairs select")
    expect(answers).to_have_count(3)
    for number in range(3):
        answers.nth(number).select_option("3" if number < 2 else "1")
    expect(page.locator("[data-part=judgement]")).to_contain_text("agree well enough")
    page.get_by_role("button", name="Give the answer").click()
    expect(page.locator("table")).to_contain_text("60.0")
    page.get_by_role("button", name="Take into the draft").click()
    expect(page.locator(".page-sub")).to_contain_text("Draft of version")
    fields = page.locator("[data-weight] input[type=number]")
    assert fields.evaluate_all("all => all.map(x => x.value)") == ["60", "20", "20"]
    assert tab.complaints == []
