"""Questions to the portfolio in a real browser: drawn, readable, filtered, leading to their rows."""

from django.urls import reverse
from playwright.sync_api import expect

from reports.dashboards.boards import BOARDS

from .test_look import faults, sideways
from .test_scoring import workspace  # noqa: F401  # a fixture


def test_questions_in_both_looks(new_tab, make_person, workspace):  # noqa: F811
    workspace("ru")
    person = make_person("manager")
    rows = reverse("portfolio_question", args=["departure"])
    for width, theme, language in (("wide", "light", "ru"), ("narrow", "dark", "en")):
        person.theme, person.language = theme, language
        person.save()
        tab = new_tab(width, language)
        tab.sign_in(person)
        for board, questions in BOARDS.items():
            page = tab.open(reverse(f"portfolio_{board}"))
            charts = page.locator("[data-chart]").count()
            assert charts + page.locator(".portfolio-missing").count() == len(questions), board
            assert charts, board
            expect(page.locator(".chart-plot.js-plotly-plot")).to_have_count(charts)
            tab.shoot(f"boards-{board}-{width}-{theme}-{language}")
            assert sideways(page) == 0, (board, width)
            assert tab.complaints == [], board
        page.goto(page.url.replace("openings", "dependence"))
        page.locator("#f-months").select_option("3")
        expect(page.locator("#departure p.quiet")).to_contain_text(
            "3 м" if language == "ru" else "3 m"
        )
        page.locator("#departure .portfolio-rows a").click()
        expect(page.locator("tbody a.row-link").first).to_be_visible()
        assert "months=3" in page.url
        assert tab.complaints == []
        addresses = [*(reverse(f"portfolio_{board}") for board in BOARDS), rows]
        found = {address: faults(tab.open(address)) for address in addresses}
        assert {name: those for name, those in found.items() if those} == {}, (width, theme)
