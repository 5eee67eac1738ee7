"""A person is found, what will happen is told, and what was kept is destroyed: in every look."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from accounts.models import Contact
from kam.lib.scoping import acting_system
from tests.factories import make_client, make_contact, make_interaction

from .looks import looks
from .test_look import faults, sideways


@pytest.mark.parametrize("language", ["ru", "en"])
def test_from_finding_to_the_act(new_tab, make_person, language):
    person = make_person("administrator", language=language)
    with acting_system("test"):
        client = make_client("Ромашка")
        contact = make_contact(
            client, "Тестов Субъект Данныхович", email="subject@example.ru", phone="+74955550099"
        )
        make_interaction(client, "2026-02-01", text="Писать на SUBJECT@example.ru, 8(495)5550099")
        make_interaction(client, "2026-02-02", text="Встреча с Тестовым С. Д.")
    card, erasure = (
        reverse(name, args=[contact.pk]) for name in ("subject_card", "subject_erasure")
    )
    for width, theme in looks(language):
        person.theme = theme
        person.save()
        for name, address in (("card", card), ("erasure", erasure)):
            other = new_tab(width, language)
            other.sign_in(person)
            looked = other.open(address)
            looked.wait_for_load_state("networkidle")
            assert sideways(looked) == 0, (width, theme, name)
            assert other.complaints == [], (width, theme, name)
            other.shoot(f"personal-data-{name}-{width}-{theme}-{language}")
            assert faults(looked) == [], (width, theme, name)
    tab = new_tab(language=language)
    tab.sign_in(person)
    page = tab.open(reverse("subject_find"))
    page.locator("#f-person").fill("8 (495) 555-00-99")
    page.locator("main form .button.primary").click()
    page.locator(f"a[href='{card}']").click()
    page.locator(f"a[href='{erasure}']").click()
    expect(page.locator("[name=redact]")).to_have_count(1)
    page.locator("[name=redact]").check()
    page.locator("#id_note").fill("17")
    page.locator("[data-dialog=erase-sure]").click()
    page.locator("#erase-sure .button.danger").click()
    expect(page.locator(".pairs .hash")).to_be_visible()
    assert tab.complaints == []
    assert "subject@example.ru" not in page.content()
    assert faults(page) == []
    with acting_system("test"):
        assert Contact.objects.get().email == ""
