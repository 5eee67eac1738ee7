"""The day in a browser: a note on the phone, words that become a promise, tasks done in place."""

import pytest
from django.utils.translation import gettext, override, pgettext
from playwright.sync_api import expect

from accounts.models import Interaction, Promise, Task, Team
from accounts.services import talks, tasks
from kam.lib.periods import today
from kam.lib.scoping import acting_as
from tests.factories import make_client

from .test_look import faults, sideways


@pytest.fixture
def ann(make_person):
    def make(language, theme="light"):
        team = Team.objects.create(name="N")
        person = make_person("kam", language=language, theme=theme, team=team)
        return person, make_client("Ромашка", owner=person, team=team)

    return make


@pytest.mark.parametrize(("language", "theme"), [("ru", "dark"), ("en", "light")])
def test_a_note_on_the_phone_survives_a_lost_line(new_tab, ann, language, theme):
    person, shop = ann(language, theme)
    tab = new_tab("narrow", language)
    tab.sign_in(person)
    page = tab.open("/note/")
    assert sideways(page) <= 0
    tab.shoot(f"note-{language}-{theme}")
    page.get_by_role("button", name=shop.name).click()
    page.locator("textarea[name=text]").fill("They liked the samples")
    page.context.set_offline(True)
    with override(language):
        save = page.get_by_role("button", name=gettext("Save"), exact=True)
    save.click()
    expect(page.locator("[data-note-told]")).to_be_visible()
    page.context.set_offline(False)
    page.reload()
    expect(page.locator("textarea[name=text]")).to_have_value("They liked the samples")
    expect(page.locator("input[name=client]")).to_have_value(shop.name)
    save.click()
    page.wait_for_url("**/talk/**")
    assert Interaction.unscoped.get().client == shop
    assert page.evaluate("Object.keys(localStorage).filter(k => k.startsWith('kam-note-'))") == []
    tab.shoot(f"talk-{language}-{theme}")
    assert sideways(page) <= 0
    page.goto(f"{tab.address}/note/")
    assert faults(page) == []


def test_marked_words_become_a_promise(new_tab, ann):
    person, shop = ann("ru")
    with acting_as(person):
        values = {"kind": "call", "date": today(), "subject": "Цены", "text": "Пришлём цены в мае."}
        talk = talks.note(shop, values, person)
    tab = new_tab("wide", "ru")
    tab.sign_in(person)
    page = tab.open(f"/interactions/{talk.pk}/talk/")
    page.locator(".talk-text p").first.select_text()
    expect(page.locator("#piece-quote")).to_have_value("Пришлём цены в мае.")
    tab.shoot("piece-bar")
    with override("ru"):
        page.get_by_role("button", name=pgettext("piece", "Promise")).click()
    expect(page.locator("textarea[name=what]")).to_have_value("Пришлём цены в мае.")
    page.locator("input[name=due]").fill(today().isoformat())
    with override("ru"):
        page.get_by_role("button", name=gettext("Save"), exact=True).click()
    page.wait_for_url("**/talk/**")
    promise = Promise.unscoped.get()
    expect(page.locator(f"a[href='/promises/{promise.pk}/']")).to_be_visible()
    assert tab.complaints == []
    assert faults(page) == []


@pytest.mark.parametrize(
    ("width", "language", "theme"), [("wide", "ru", "light"), ("narrow", "ru", "dark")]
)
def test_a_task_is_done_where_it_stands(new_tab, ann, width, language, theme):
    person, shop = ann(language, theme)
    with acting_as(person):
        values = {"what": "Позвонить", "due": today(), "client": shop}
        task = tasks.give(values | {"rule": "FREQ=WEEKLY"}, person)
        tasks.give({"what": "Спланировать неделю", "due": today()}, person)
    tab = new_tab(width, language)
    tab.sign_in(person)
    page = tab.open("/tasks/")
    tab.shoot(f"tasks-{width}-{theme}")
    assert sideways(page) <= 0
    row = page.locator(f"#task-{task.pk}")
    row.locator("button.task-tick").click()
    expect(row).to_have_attribute("data-state", "done")
    row.locator("button.task-tick").click()
    expect(row).to_have_attribute("data-state", "open")
    assert Task.unscoped.filter(settled_on__isnull=True).count() == 2
    page.locator("#quick-what").fill("Новая задача")
    page.locator("#quick-what").press("Enter")
    expect(page.locator("#added .task")).to_have_count(1)
    expect(page.locator("#quick-what")).to_have_value("")
    assert tab.complaints == []
    assert faults(page) == []
