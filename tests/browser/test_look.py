"""The living page and the sign-in pages in a real browser: themes, languages, widths, keyboard."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

LOOKS = [
    (width, theme, language)
    for width in ("wide", "narrow")
    for theme in ("light", "dark")
    for language in ("en", "ru")
]
AXE = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}


def faults(page) -> list[str]:
    """What axe finds against WCAG 2.2 AA, one line each.  To be asked last: axe itself sets
    styles that the content security policy refuses, and the browser complains of them."""
    found = Axe().run(page, options=AXE).response["violations"]
    return [
        f"{fault['id']}: {node['target']} {node['failureSummary'][:300]}"
        for fault in found
        for node in fault["nodes"]
    ]


def sideways(page) -> int:
    """By how many pixels the page is wider than the window."""
    return page.evaluate(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )


@pytest.fixture
def gallery(new_tab, make_person):
    """``gallery(width, theme, language)`` -> Tab on the page of components, charts drawn."""

    def make(width="wide", theme="light", language="en", **fields):
        tab = new_tab(width, language)
        tab.sign_in(make_person(language=language, theme=theme, **fields))
        page = tab.open("/components/")
        page.wait_for_selector(".chart-plot .bars path")
        return tab

    return make


@pytest.mark.parametrize("width,theme,language", LOOKS)
def test_components(gallery, width, theme, language):
    tab = gallery(width, theme, language)
    tab.shoot(f"components-{width}-{theme}-{language}")
    assert tab.page.locator("html").get_attribute("lang") == language
    assert sideways(tab.page) == 0
    assert tab.complaints == []
    assert faults(tab.page) == []


@pytest.mark.parametrize("width,theme,language", [LOOKS[0], LOOKS[3], LOOKS[5], LOOKS[6]])
def test_sign_in(new_tab, make_person, width, theme, language):
    make_person()  # without anybody the page would make the administrator
    tab = new_tab(width, language, color_scheme=theme)
    page = tab.open("/sign-in/")
    tab.shoot(f"sign-in-{width}-{theme}-{language}", whole=False)
    assert page.locator("input[type=password]").count() == 1
    assert sideways(page) == 0
    assert tab.complaints == []
    assert faults(page) == []
    for path in ("/sign-in/password/", "/sign-in/password/sent/", "/nothing-here/"):
        tab.open(path)
        assert faults(page) == [], path


def test_the_language_of_the_sign_in_page_changes_without_a_person(new_tab, make_person):
    make_person()
    tab = new_tab(language="en")
    page = tab.open("/sign-in/")
    page.get_by_role("button", name="Русский").click()
    assert page.locator("html").get_attribute("lang") == "ru"
    assert page.url.endswith("/sign-in/")


def test_language_theme_and_density_are_kept_with_the_person(gallery):
    tab = gallery()
    page = tab.page
    root = page.locator("html")
    for button, attribute, value in (
        ("Dark", "data-theme", "dark"),
        ("Compact", "data-density", "compact"),
        ("Русский", "lang", "ru"),
    ):
        page.locator(".person-button").click()
        if button == "Dark":
            tab.shoot("person-menu", whole=False)
        page.locator("#person-menu").get_by_role("button", name=button, exact=True).click()
        page.wait_for_load_state()
        assert root.get_attribute(attribute) == value
    assert page.url.endswith("/components/")
    assert tab.complaints == []


def test_evidence_opens_in_a_sheet_and_escape_gives_the_focus_back(gallery):
    tab = gallery()
    page = tab.page
    figure = page.locator("#figures a.evidence").first
    figure.click()
    page.locator("#sheet dl.pairs").wait_for()
    tab.shoot("sheet", whole=False)
    assert page.locator("#sheet").get_attribute("aria-label") == "Average invoice"
    assert tab.complaints == []
    assert faults(page) == []
    page.keyboard.press("Escape")
    assert not page.locator("#sheet").is_visible()
    assert figure.evaluate("element => element === document.activeElement")


def test_a_sheet_that_cannot_be_loaded_says_so(gallery):
    page = gallery().page
    page.route("**/components/", lambda route: route.fulfill(status=500, body="no"))
    page.locator("#figures a.evidence").first.click()
    page.get_by_text("This could not be loaded").wait_for()


def test_a_dialog_closes_by_key_and_keeps_the_page_still(gallery):
    tab = gallery()
    page = tab.page
    page.get_by_role("button", name="Open a dialog").click()
    tab.shoot("dialog", whole=False)
    assert page.get_by_role("dialog", name="Approve the list").is_visible()
    page.keyboard.press("Escape")
    assert not page.locator("#example-dialog").is_visible()


def test_ratings_are_typed_with_the_keyboard_alone(gallery):
    tab = gallery()
    page = tab.page
    cells = page.locator("input.rating-input")
    posted = []
    page.on("request", lambda request: posted.append(request.post_data))
    cells.first.focus()
    page.keyboard.press("9")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("0")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Delete")
    expect(page.locator("[data-state=saving]")).to_have_count(0)
    values = [cells.nth(index).input_value() for index in range(6)]
    assert values == ["9", "10", "6", "8", "", "6"]
    assert cells.nth(4).get_attribute("aria-valuetext") == "not rated"
    assert [body for body in posted if body is not None] == ["rating=9", "rating=10", "rating="]
    assert tab.complaints == []


def test_a_rating_that_was_not_saved_goes_back_and_says_so(gallery):
    page = gallery().page
    page.route("**/echo/", lambda route: route.fulfill(status=403, body=""))
    cell = page.locator("input.rating-input").first
    cell.focus()
    page.keyboard.press("3")
    page.get_by_text("Not saved.").wait_for()
    assert cell.input_value() == "8"
    assert cell.get_attribute("data-state") == "failed"


def test_columns_that_are_switched_off_stay_off(gallery):
    page = gallery().page
    revenue = page.locator('th[data-column="revenue"]')
    page.get_by_text("Columns", exact=True).click()
    page.locator(".column-choice").get_by_label("Revenue").uncheck()
    assert not revenue.is_visible()
    assert not page.get_by_role("cell", name="18 412 300").is_visible()
    assert page.locator("tr.key-line").is_visible()
    page.reload()
    assert not revenue.is_visible()


def test_a_narrow_screen_leaves_out_what_can_wait(gallery):
    page = gallery("narrow").page
    months = page.locator('th[data-column="months"]')
    assert not months.is_visible()
    assert page.locator('th[data-column="score"]').is_visible()
    page.get_by_text("Columns", exact=True).click()
    page.locator(".column-choice").get_by_label("24 months").check()
    assert months.is_visible()
    page.set_viewport_size({"width": 1440, "height": 900})
    expect(page.locator('th[data-column="owner"]')).to_be_visible()


def test_a_row_opens_by_a_click_anywhere_in_it(gallery):
    page = gallery().page
    page.evaluate("document.querySelector('tr[data-href]').dataset.href = '/components/?row=1'")
    page.locator("tr[data-href] td.number").first.click()
    page.wait_for_url("**/components/?row=1")


def test_a_chart_gives_its_numbers_and_its_picture(gallery):
    page = gallery(language="ru").page
    with page.expect_download() as numbers:
        page.locator("[data-chart-csv]").click()
    text = numbers.value.path().read_text(encoding="utf-8-sig")
    assert text.splitlines()[0] == '"Месяц";"Выручка, млн"'
    assert text.splitlines()[1] == '"2025-01-01";8,0'
    with page.expect_download() as picture:
        page.locator("[data-chart-png]").click()
    assert picture.value.path().read_bytes().startswith(b"\x89PNG")


def test_the_chart_follows_the_theme(gallery):
    page = gallery(theme="system").page
    bar = page.locator(".chart-plot .bars path").first
    light = bar.evaluate("element => getComputedStyle(element).fill")
    page.emulate_media(color_scheme="dark")
    expect(bar).not_to_have_css("fill", light)


def test_keys_of_the_whole_product(gallery):
    page = gallery().page
    page.keyboard.press("?")
    assert page.get_by_role("dialog", name="Keyboard").is_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "page"
