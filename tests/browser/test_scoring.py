"""The ranking, the matrix, the grid and the reasons in a real browser."""

import io

import pytest
from django.core.management import call_command
from django.urls import reverse
from playwright.sync_api import expect

from kam.jobs.execution import run as run_job
from kam.jobs.models import Job
from kam.lib.scoping import acting_system
from scoring.models import Matrix, RankingRow, Rating
from scoring.services.versions import draft_of

from .looks import looks
from .test_look import faults, sideways


@pytest.fixture
def workspace(transactional_db):
    """A small demo workspace that has been ranked; call with the language."""

    def make(language: str) -> Matrix:
        call_command("demo_data", clients=120, months=26, lang=language, stdout=io.StringIO())
        for job in Job.unscoped.filter(kind="scoring.rank").order_by("pk"):
            run_job(job.pk)
        return Matrix.objects.get(is_main=True)

    return make


@pytest.mark.parametrize("language", ["ru", "en"])
def test_every_page_in_every_look(new_tab, make_person, workspace, language):
    matrix = workspace(language)
    person = make_person("administrator", language=language)
    with acting_system("test"):
        draft_of(matrix, person)
        best = RankingRow.objects.get(run_id=matrix.current_run_id, place=1).client_id
    pages = {
        "ranking": reverse("ranking"),
        "unrated": reverse("ranking") + "?part=unrated",
        "matrix": reverse("matrix_detail", args=[matrix.pk]),
        "draft": reverse("matrix_draft", args=[matrix.pk]),
        "grid": reverse("matrix_ratings", args=[matrix.pk]),
        "reasons": reverse("client_score", args=[best]),
        "evidence": reverse("client_score_criterion", args=[best, "potential"]),
        "opinions": reverse("client_ratings", args=[best, "values"]),
    }
    for width, theme in looks(language):
        person.theme = theme
        person.save()
        tab = new_tab(width, language)
        tab.sign_in(person)
        for name, address in pages.items():
            page = tab.open(address)
            tab.shoot(f"scoring-{name}-{width}-{theme}-{language}")
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


def test_typing_ratings_and_opening_reasons(new_tab, make_person, workspace):
    matrix = workspace("en")
    person = make_person("administrator", language="en")
    tab = new_tab()
    tab.sign_in(person)
    page = tab.open(reverse("matrix_ratings", args=[matrix.pk]))
    first = page.locator("input.rating-input").first
    first.focus()
    with page.expect_response(lambda answer: "/ratings/" in answer.url) as posted:
        page.keyboard.press("9")
    assert posted.value.status == 204
    assert Rating.unscoped.get(rater=person).value == 9
    page.keyboard.press("ArrowDown")
    with page.expect_response(lambda answer: "/ratings/" in answer.url):
        page.keyboard.press("0")
    assert sorted(r.value for r in Rating.unscoped.filter(rater=person)) == [9, 10]

    page = tab.open(reverse("ranking"))
    page.locator("a.evidence").first.click()
    sheet = page.locator("#sheet")
    expect(sheet).to_contain_text("Place 1 of")
    tab.shoot("scoring-sheet", whole=False)
    sheet.locator("table.reasons a.evidence").first.click()
    expect(sheet).to_contain_text("How it is rated")
    page.keyboard.press("Escape")
    page.locator("#f-q").fill("zzzz")
    expect(page.locator("#ranking")).to_contain_text("No client matches")
    assert tab.complaints == []
