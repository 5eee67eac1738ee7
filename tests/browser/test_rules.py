"""Rating rules in a real browser: a cut point by keyboard and by mouse, a block from a sheet."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from accounts.models import Client
from kam.lib.scoping import acting_system
from scoring.models import Criterion, Rating, VersionCriterion
from scoring.services.rating_requests import ask
from tests.scoring.conftest import put_to_use

from .looks import looks
from .test_look import faults, sideways
from .test_scoring import workspace  # noqa: F401 - a fixture

CUTS = "?kind=threshold&direction=benefit&propose=even"


@pytest.mark.parametrize("language", ["ru", "en"])
def test_a_rule_in_every_look(new_tab, make_person, workspace, language):  # noqa: F811
    matrix = workspace(language)
    person = make_person("administrator", language=language)
    with acting_system("test"):
        some = Client.objects.filter(owner__isnull=False)[:2]
        criterion = Criterion.objects.get(key="values")
        pairs = [(client.pk, criterion.pk) for client in some]
        ask(person, pairs, [person], None, "Before the committee")
    address = reverse("matrix_rule", args=[matrix.pk, "profit"])
    pages = {
        "begin": address,
        "cuts": address + CUTS,
        "points": address + "?kind=piecewise",
        "tenths": address + "?kind=decile_band&within=segment",
        "requests": reverse("rating_request_list"),
        "criteria": reverse("criterion_list"),
        "criterion": reverse("criterion_create"),
        "paste": reverse("matrix_paste", args=[matrix.pk]),
    }
    for width, theme in looks(language):
        person.theme = theme
        person.save()
        tab = new_tab(width, language)
        tab.sign_in(person)
        for name, page_address in pages.items():
            page = tab.open(page_address)
            tab.shoot(f"rule-{name}-{width}-{theme}-{language}")
            assert sideways(page) == 0, (name, width)
            assert tab.complaints == [], name
    for width, theme in looks(language):
        person.theme = theme
        person.save()
        tab = new_tab(width, language)
        tab.sign_in(person)
        found = {name: faults(tab.open(where)) for name, where in pages.items()}
        assert {name: those for name, those in found.items() if those} == {}, (width, theme)


def number_in(field) -> float:
    return float(field.input_value().replace("\u202f", "").replace(",", "."))


def test_a_cut_point_by_keyboard_and_mouse(new_tab, make_person, workspace):  # noqa: F811
    matrix = workspace("en")
    tab = new_tab()
    tab.sign_in(make_person("administrator", language="en"))
    page = tab.open(reverse("matrix_rule", args=[matrix.pk, "profit"]) + CUTS)
    handle, field = page.locator(".rule-handle[data-name=c10]"), page.locator("#c10")
    best = page.locator("tr[data-rating='10'] td.number").first
    before, value = int(best.inner_text()), number_in(field)
    place = handle.get_attribute("x")
    handle.focus()
    for _press in range(3):
        page.keyboard.press("PageUp")
    expect(best).not_to_have_text(str(before))
    assert int(best.inner_text()) < before
    assert number_in(field) > value
    assert handle.get_attribute("x") != place
    assert handle.evaluate("each => document.activeElement === each")
    # By mouse back to the left, but not beyond its neighbour.
    box, plot = handle.locator("circle").bounding_box(), page.locator(".rule-plot").bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(plot["x"] + 2, box["y"], steps=5)
    page.mouse.up()
    assert number_in(field) == number_in(page.locator("#c9"))
    typed = page.locator("#c2")
    typed.fill("1")
    page.get_by_role("button", name="Save the rule").click()
    expect(page.get_by_text("The rule is in the draft.")).to_be_visible()
    expect(page.locator("#c2")).to_have_value("1")
    with acting_system("test"):
        row = VersionCriterion.objects.get(
            version__matrix=matrix, version__status="draft", criterion__key="profit"
        )
    assert row.rule["cuts"][0] == 1
    assert row.rule["cuts"][-1] == row.rule["cuts"][-2]
    assert tab.complaints == []


def test_a_block_pasted_on_a_cell(new_tab, make_person, workspace):  # noqa: F811
    matrix = workspace("en")
    with acting_system("test"):
        put_to_use(matrix, {"profit": 60, "values": 20, "procurement": 20})
    person = make_person("administrator", language="en")
    tab = new_tab()
    tab.sign_in(person)
    page = tab.open(reverse("matrix_ratings", args=[matrix.pk]))
    cells = page.locator("input.rating-input")
    names = page.locator("tr[data-client] th").all_inner_texts()
    cells.first.focus()
    page.evaluate(
        """() => { const data = new DataTransfer(); data.setData("text/plain", "7\\t8\\n9\\tx\\n");
        document.activeElement.dispatchEvent(new ClipboardEvent("paste",
          { clipboardData: data, bubbles: true, cancelable: true })); }"""
    )
    sheet = page.locator("#sheet")
    expect(sheet).to_contain_text("3 ratings change")
    expect(sheet).to_contain_text("Line 2, column 2")
    for name in names[:2]:
        expect(sheet).to_contain_text(name)
    page.keyboard.press("Tab")
    sheet.get_by_role("button", name="Save 3 ratings").press("Enter")
    expect(page.locator("input.rating-input").first).to_have_value("7")
    expect(page.locator("input.rating-input").nth(2)).to_have_value("9")
    with acting_system("test"):
        found = Rating.objects.filter(rater=person).values_list("value", flat=True)
        assert sorted(found) == [7, 8, 9]
    assert tab.complaints == []
