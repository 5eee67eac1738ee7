"""The living page and the sign-in page in a real browser: both themes, languages and widths."""

import pytest

LOOKS = [
    (width, theme, language)
    for width in ("wide", "narrow")
    for theme in ("light", "dark")
    for language in ("en", "ru")
]


@pytest.mark.parametrize("width,theme,language", LOOKS)
def test_all_components_draw_without_complaint(new_tab, make_person, width, theme, language):
    tab = new_tab(width, language)
    tab.sign_in(make_person(language=language, theme=theme))
    page = tab.open("/components/")
    page.wait_for_timeout(800)
    assert page.locator("h1").is_visible()
    tab.shoot(f"components-{width}-{theme}-{language}")
    assert tab.complaints == []


@pytest.mark.parametrize("width,theme,language", LOOKS[::3])
def test_sign_in(new_tab, make_person, width, theme, language):
    tab = new_tab(width, language, color_scheme=theme)
    tab.open("/sign-in/")
    tab.shoot(f"sign-in-{width}-{theme}-{language}", whole=False)
    assert tab.complaints == []
