"""The portfolio and a client's months in a real browser: drawn, readable, leading somewhere."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from scoring.models import RankingRow

from .looks import looks
from .test_look import faults, sideways
from .test_scoring import workspace  # noqa: F401  # a fixture

CHARTS = 6


@pytest.mark.parametrize("language", ["ru", "en"])
def test_every_page_in_every_look(new_tab, make_person, workspace, language):  # noqa: F811
    matrix = workspace(language)
    person = make_person("manager", language=language)
    best = RankingRow.unscoped.get(run_id=matrix.current_run_id, place=1).client_id
    pages = {
        "portfolio": (reverse("portfolio"), CHARTS),
        "rows": (reverse("portfolio_rows", args=["bridge"]), 0),
        "months": (reverse("client_months", args=[best]), 1),
    }
    for width, theme in looks(language):
        person.theme = theme
        person.save()
        tab = new_tab(width, language)
        tab.sign_in(person)
        for name, (address, charts) in pages.items():
            page = tab.open(address)
            expect(page.locator(".chart-plot.js-plotly-plot")).to_have_count(charts)
            tab.shoot(f"reports-{name}-{width}-{theme}-{language}")
            assert sideways(page) == 0, (name, width)
            assert tab.complaints == [], name
    for width, theme in looks(language):
        person.theme = theme
        person.save()
        tab = new_tab(width, language)
        tab.sign_in(person)
        found = {name: faults(tab.open(address)) for name, (address, _) in pages.items()}
        assert {name: those for name, those in found.items() if those} == {}, (width, theme)


def test_a_filter_redraws_the_charts_and_stays_in_the_address(new_tab, make_person, workspace):  # noqa: F811
    workspace("en")
    tab = new_tab()
    tab.sign_in(make_person("manager", language="en"))
    page = tab.open(reverse("portfolio"))
    expect(page.locator(".chart-plot.js-plotly-plot")).to_have_count(CHARTS)
    page.locator("#f-months").select_option("3")
    expect(page.locator("#portfolio")).to_contain_text("Revenue, 3 months")
    expect(page.locator(".chart-plot.js-plotly-plot")).to_have_count(CHARTS)
    assert "months=3" in page.url
    page.locator("#movers .portfolio-rows a").click()
    expect(page.locator("h1")).to_contain_text("rose most")
    assert "months=3" in page.url
    assert tab.complaints == []
