"""A KAM's Monday, a meeting from its agenda to its minutes, a manager's review, a handover."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, override, pgettext
from playwright.sync_api import expect

from accounts.models import Client, Handover, Meeting, MinutesVersion, Promise, Task, Team
from accounts.services import meetings, promises, tasks
from kam.lib.periods import today
from kam.lib.scoping import acting_as, acting_system
from tests.factories import make_client, make_contact, make_document

from .test_look import faults, sideways

WEEK = dt.timedelta(days=7)


@pytest.fixture
def north(make_person):
    """``north(language, theme)`` -> KAM, manager and another KAM of one team, and a client."""

    def make(language, theme):
        team = Team.objects.create(name="N")
        look = {"language": language, "theme": theme, "team": team}
        kam = make_person("kam", name="Анна Орлова", **look)
        lead = make_person("manager", name="Илья Громов", **look)
        other = make_person("kam", name="Денис Титов", email="denis@example.test", **look)
        shop = make_client("Столовая «Липа»", owner=kam, team=team, lifecycle="active")
        make_contact(shop, "Татьяна Фомина", role="decides")
        day = today()
        make_document(shop, day - 9 * WEEK, 500, due=day - 5 * WEEK)
        with acting_as(kam):
            tasks.give({"what": "Позвонить", "due": day, "client": shop}, kam)
            promises.make(
                shop, {"what": "Прислать каталог", "due": day - WEEK, "side": "ours"}, kam
            )
            meetings.plan(
                shop, {"title": "Весна", "starts_at": timezone.now() + dt.timedelta(hours=3)}, kam
            )
        return kam, lead, other, shop

    return make


def press(page, language: str, name: str, context: str = "") -> None:
    with override(language):
        said = pgettext(context, name) if context else gettext(name)
    page.get_by_role("button", name=said, exact=True).click()


LOOKS = [("wide", "ru", "light"), ("narrow", "en", "dark")]


@pytest.mark.parametrize(("width", "language", "theme"), LOOKS)
def test_a_kams_monday(new_tab, north, width, language, theme):
    kam, _lead, _other, shop = north(language, theme)
    tab = new_tab(width, language)
    tab.sign_in(kam)
    page = tab.open("/")
    # What is to be done is there at once; the rest comes by itself.
    expect(page.get_by_text("Позвонить").first).to_be_visible()
    expect(page.get_by_text("Прислать каталог").first).to_be_visible()
    expect(page.locator("#home-clients tbody tr")).to_have_count(1)
    expect(page.locator("#changes-title")).to_be_visible()
    expect(page.locator("#coming-title")).to_be_visible()
    tab.shoot(f"monday-{width}-{language}")
    assert sideways(page) <= 0
    # A slip of the pen on the way to a client, by keyboard alone.
    page.keyboard.press("/")
    page.keyboard.type("столвая")
    expect(page.locator("#found a")).to_have_count(1)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{reverse('client_detail', args=[shop.pk])}")
    # A promise from where one stands.
    page.keyboard.press("c")
    expect(page.locator("#create-menu")).to_be_visible()
    tab.shoot(f"create-{width}-{language}", whole=False)
    page.locator(f"#create-menu a[href='{reverse('promise_create', args=[shop.pk])}']").click()
    page.locator("[name=what]").fill("Назвать день поставки")
    page.locator("[name=due]").fill((today() + WEEK).isoformat())
    press(page, language, "Save")
    page.wait_for_url("**/promises/**")
    assert Promise.unscoped.filter(what="Назвать день поставки", owner=kam).count() == 1
    assert tab.complaints == []
    for address in ("/", "/search/?q=столовая", "/create/?what=promise_create"):
        assert faults(tab.open(address)) == [], address
    # Who switched single keys off types in peace.
    kam.shortcuts = False
    kam.save()
    page = tab.open("/")
    page.keyboard.press("c")
    expect(page.locator("#create-menu")).to_be_hidden()


@pytest.mark.parametrize(("width", "language", "theme"), LOOKS)
def test_a_meeting_from_the_agenda_to_the_minutes(new_tab, north, width, language, theme):
    kam, _lead, _other, _shop = north(language, theme)
    meeting = Meeting.unscoped.get()
    tab = new_tab(width, language)
    tab.sign_in(kam)
    page = tab.open("/")
    address = reverse("meeting_detail", args=[meeting.pk])
    page.locator(f"a[href='{address}']").first.click()
    page.wait_for_url(f"**{address}")
    expect(page.get_by_text("Прислать каталог").first).to_be_visible()
    page.locator("#id_text").fill("Новые объекты")
    press(page, language, "Add to the agenda")
    expect(page.get_by_text("Новые объекты").first).to_be_visible()
    tab.shoot(f"meeting-{width}-{language}")
    assert sideways(page) <= 0
    page = tab.open(reverse("meeting_sheet", args=[meeting.pk]))
    expect(page.get_by_text("Новые объекты").first).to_be_visible()
    assert sideways(page) <= 0
    tab.shoot(f"sheet-{width}-{language}")
    page = tab.open(reverse("meeting_minutes", args=[meeting.pk]))
    page.locator("[name=notes]").fill("Договорились о пробе")
    page.locator("[name=r-0-kind]").select_option("theirs")
    page.locator("[name=r-0-what]").fill("Назвать объекты")
    page.locator("[name=r-0-due]").fill((today() + WEEK).isoformat())
    page.locator("[name=r-1-kind]").select_option("task")
    page.locator("[name=r-1-what]").fill("Подготовить пробу")
    page.locator("[name=r-1-due]").fill((today() + WEEK).isoformat())
    tab.shoot(f"minutes-{width}-{language}")
    assert sideways(page) <= 0
    press(page, language, "Save the minutes")
    page.wait_for_url(f"**{address}")
    press(page, language, "Approve the minutes")
    expect(
        page.locator(f"a[href^='{reverse('minutes_version', args=[1])[:9]}']").first
    ).to_be_visible()
    assert MinutesVersion.unscoped.get().content["notes"] == "Договорились о пробе"
    assert Promise.unscoped.filter(what="Назвать объекты", side="theirs").exists()
    assert Task.unscoped.filter(what="Подготовить пробу", owner=kam).exists()
    assert tab.complaints == []
    for found in (address, reverse("meeting_sheet", args=[meeting.pk]), reverse("meeting_list")):
        assert faults(tab.open(found)) == [], found


@pytest.mark.parametrize(("width", "language", "theme"), LOOKS)
def test_a_managers_review_and_a_handover(new_tab, north, width, language, theme):
    kam, lead, other, shop = north(language, theme)
    tab = new_tab(width, language)
    tab.sign_in(lead)
    # The day of a KAM, and a review of their clients whose agenda has what is late.
    page = tab.open(f"/?for={kam.pk}")
    expect(page.get_by_text("Прислать каталог").first).to_be_visible()
    page = tab.open(reverse("review_create") + f"?about={kam.pk}")
    page.locator("[name=title]").fill("Обзор")
    page.locator("[name=starts_at]").fill(f"{today().isoformat()}T16:00")
    press(page, language, "Save")
    page.wait_for_url("**/meetings/*/")
    expect(page.get_by_text("Прислать каталог").first).to_be_visible()
    tab.shoot(f"review-{width}-{language}")
    # The client goes to another KAM today.
    page = tab.open(reverse("handover_create") + f"?client={shop.pk}")
    assert sideways(page) <= 0
    assert page.locator("[name=clients]").is_checked()
    page.locator("[name=taker]").select_option(str(other.pk))
    page.locator("[name=note]").fill("Сначала цифры")
    tab.shoot(f"handing-over-{width}-{language}")
    press(page, language, "Plan the handover")
    page.wait_for_url("**/handovers/*/")
    made = Handover.unscoped.get()
    with acting_system("test"):
        assert (made.state, Client.objects.get(pk=shop.pk).owner) == ("done", other)
    tab.shoot(f"handover-{width}-{language}")
    assert sideways(page) <= 0
    page.locator("button[value^='tick:']").first.click()
    expect(page.locator("button[value^='untick:']")).to_have_count(1)
    tab.sign_in(other)
    page = tab.open("/")
    expect(page.get_by_text(shop.name).first).to_be_visible()
    page = tab.open(reverse("handover_pack", args=[made.pk]))
    expect(page.get_by_text("Сначала цифры")).to_be_visible()
    expect(page.get_by_text("Татьяна Фомина").first).to_be_visible()
    assert sideways(page) <= 0
    tab.shoot(f"pack-{width}-{language}")
    assert tab.complaints == []
    for address in (
        reverse("handover_pack", args=[made.pk]), reverse("handover_detail", args=[made.pk]),
        reverse("handover_list"), reverse("handover_create"), reverse("substitution_create"),
        reverse("profile"),
    ):  # fmt: skip
        assert faults(tab.open(address)) == [], address
