"""A contact goes into the bin and comes back, with what hung on it."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from accounts.models import Contact, Interaction
from accounts.services import clients
from kam.lib.periods import today
from kam.lib.scoping import acting_as, acting_system
from tests.factories import make_client, make_document

from .looks import looks
from .test_look import faults, sideways


@pytest.mark.parametrize("language", ["ru", "en"])
def test_from_removal_to_return(new_tab, make_person, language):
    person = make_person("kam", language=language)
    with acting_system("test"):
        shop = make_client("Ромашка", owner=person)
        make_document(shop, "2026-01-10", net=1)
    with acting_as(person):
        contact = clients.create_contact(shop, {"name": "Пётр Ильин", "phone": "+7 911 000-00-00"})
        clients.update(contact, {"phone": "+7 911 111-11-11"}, 1)
        clients.create_interaction(
            shop, {"date": today(), "kind": "call", "subject": "Цены", "contact": contact}, person
        )
    for width, theme in looks(language):
        person.theme = theme
        person.save()
        tab = new_tab(width, language)
        tab.sign_in(person)
        # The search for faults styles the page itself, of which the browser complains: another tab.
        searched = new_tab(width, language)
        searched.sign_in(person)
        for name, address in (
            ("stays", reverse("client_removal", args=[shop.pk])),
            ("removal", reverse("contact_edit", args=[contact.pk])),
        ):
            page = tab.open(address)
            if name == "removal":
                page.locator(
                    f"main a[href='{reverse('contact_removal', args=[contact.pk])}']"
                ).click()
                page.wait_for_url("**/removal/")
            page.wait_for_load_state("networkidle")
            tab.shoot(f"{name}-{width}-{theme}-{language}")
            assert sideways(page) == 0, (name, width, theme)
            address = page.url.removeprefix(tab.address)
            assert faults(searched.open(address)) == [], (name, width, theme)
        page.locator("main .button.danger").click()
        page.wait_for_load_state("networkidle")
        with acting_system("test"):
            assert not Contact.objects.exists()
        page = tab.open(reverse("removal_list"))
        page.wait_for_load_state("networkidle")
        tab.shoot(f"removed-{width}-{theme}-{language}")
        assert sideways(page) == 0, (width, theme)
        assert faults(searched.open(reverse("removal_list"))) == [], (width, theme)
        page.locator("form[action$='/restoration/'] button").click()
        page.wait_for_url("**/contacts/**")
        expect(page.locator("[name=phone]")).to_have_value("+7 911 111-11-11")
        with acting_system("test"):
            assert Interaction.objects.get().contact_id == contact.pk
        assert tab.complaints == []
