"""Comparing two clients, and what changed and would lift one, in a real browser."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from kam.lib.scoping import acting_system
from scoring.models import RankingRow

from .looks import looks
from .test_look import faults, sideways
from .test_scoring import workspace  # noqa: F401 - a fixture


def at(matrix, place: int) -> RankingRow:
    with acting_system("test"):
        rows = RankingRow.objects.select_related("client")
        return rows.get(run_id=matrix.current_run_id, place=place)


@pytest.mark.parametrize("language", ["ru", "en"])
def test_comparison_and_reasons_in_every_look(new_tab, make_person, workspace, language):  # noqa: F811
    matrix = workspace(language)
    person = make_person("administrator", language=language)
    first, second, below = at(matrix, 3), at(matrix, 9), at(matrix, 34)
    comparison = reverse("ranking_comparison")
    pages = {
        "begin": comparison,
        "two": f"{comparison}?a={first.client_id}&b={second.client_id}",
        "line": f"{comparison}?a={below.client_id}",
        "unknown": f"{comparison}?a=Nobody&b=",
        "reasons": reverse("client_score", args=[below.client_id]),
    }
    for width, theme in looks(language):
        person.theme = theme
        person.save()
        tab = new_tab(width, language)
        tab.sign_in(person)
        for name, address in pages.items():
            page = tab.open(address)
            tab.shoot(f"comparison-{name}-{width}-{theme}-{language}")
            assert page.locator("h1").count() == 1, name
            assert sideways(page) == 0, (name, width)
            if name != "unknown":  # a refused form answers 422, which the browser logs
                assert tab.complaints == [], name
            tab.complaints.clear()
    for width, theme in looks(language):
        person.theme = theme
        person.save()
        tab = new_tab(width, language)
        tab.sign_in(person)
        found = {name: faults(tab.open(address)) for name, address in pages.items()}
        assert {name: those for name, those in found.items() if those} == {}, (width, theme)


def test_two_clients_are_named_and_compared(new_tab, make_person, workspace):  # noqa: F811
    matrix = workspace("en")
    first, second = at(matrix, 2), at(matrix, 12)
    tab = new_tab()
    tab.sign_in(make_person("manager", language="en"))
    page = tab.open(reverse("ranking_comparison"))
    page.locator("[name=a]").press_sequentially(second.client.name[:5], delay=30)
    expect(page.locator("#names-a option").first).to_be_attached()
    page.locator("[name=a]").fill(second.client.name)
    page.locator("[name=b]").fill(first.client.name)
    page.get_by_role("button", name="Compare").click()
    expect(page.locator(".lead")).to_contain_text(
        f"{first.client.name} stands above {second.client.name}"
    )
    page.get_by_role("link", name=f"Points of {second.client.name}").click()
    expect(page.locator("#sheet")).to_contain_text("What has changed")
    assert tab.complaints == []
