"""Two people save one contact: the second sees both, takes one and keeps the other."""

import pytest
from django.urls import reverse

from accounts.models import Contact
from accounts.services import clients
from kam.lib.scoping import acting_as, acting_system
from tests.factories import make_client

from .looks import looks
from .test_look import faults, sideways


@pytest.mark.parametrize("language", ["ru", "en"])
def test_the_second_sees_both_and_chooses(new_tab, make_person, language):
    person = make_person("kam", language=language)
    other = make_person("administrator", name="Вера Соколова", language=language)
    with acting_system("test"):
        shop = make_client("Ромашка", owner=person)
        contact = clients.create_contact(
            shop, {"name": "Пётр Ильин", "position": "закупки", "phone": "+7 911 000-00-00"}
        )
    address = reverse("contact_edit", args=[contact.pk])
    for width, theme in looks(language):
        person.theme = theme
        person.save()
        tab = new_tab(width, language)
        tab.sign_in(person)
        page = tab.open(address)
        with acting_as(other):
            row = Contact.objects.get(pk=contact.pk)
            clients.update(
                row,
                {"position": f"директор {theme} {width}", "phone": "+7 911 111-11-11",
                 "left_to": f"{theme}{width}"},
                row.version,
            )  # fmt: skip
        page.locator("[name=position]").fill(f"закупщик {theme} {width}")
        page.locator("[name=phone]").fill("+7 911 222-22-22")
        page.locator("main form .button.primary").click()
        page.wait_for_load_state("networkidle")
        assert page.locator(".theirs").count() == 2
        assert "Вера Соколова" in page.locator("#conflict").inner_text()
        assert page.locator("[name=left_to]").input_value() == f"{theme}{width}"
        page.locator("[name=taken-phone][value=theirs]").check()
        tab.shoot(f"two-editors-{width}-{theme}-{language}")
        assert sideways(page) == 0, (width, theme)
        page.evaluate("scrollTo(0, 0)")  # else a field may lie half under the bar at the bottom
        assert faults(page) == [], (width, theme)
        page.locator("main form .button.primary").click()
        page.wait_for_load_state("networkidle")
        with acting_system("test"):
            contact.refresh_from_db()
        assert contact.position == f"закупщик {theme} {width}"
        assert contact.phone == "+7 911 111-11-11"
