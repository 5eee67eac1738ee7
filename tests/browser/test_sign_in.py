"""A passkey is added in a browser, and lets in by itself and as the second step."""

import pytest

from accounts.models import User

from .conftest import PASSWORD
from .test_look import faults


def device_of(page):
    """A device that looks who is there, as browsers know it for tests."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2", "transport": "internal", "hasResidentKey": True,
        "hasUserVerification": True, "isUserVerified": True, "automaticPresenceSimulation": True,
    }  # fmt: skip
    return session, session.send("WebAuthn.addVirtualAuthenticator", {"options": options})


@pytest.mark.django_db(transaction=True)
def test_a_passkey_is_added_and_lets_in(new_tab, make_person):
    person = make_person("administrator", language="en")
    tab = new_tab(language="en")
    page = tab.open("/sign-in/")
    device_of(page)
    page.locator("input[name=login]").fill(person.email)
    page.locator("input[name=password]").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    tab.open("/me/second-step/")
    page.get_by_label("Name of the new passkey").fill("Laptop")
    assert faults(page) == []
    page.get_by_role("button", name="Add a passkey").click()
    page.get_by_role("heading", name="The second step is set up").wait_for()
    codes = page.locator(".codes li").all_inner_texts()
    assert len(codes) == 10
    tab.open("/me/second-step/")
    assert page.locator("#passkeys input[name=name]").first.input_value() == "Laptop"
    assert faults(page) == []

    def leave():
        page.context.clear_cookies(name="sessionid")
        tab.open("/sign-in/?next=/me/")

    leave()
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.wait_for_url("**/me/")
    leave()
    page.locator("input[name=login]").fill(person.email)
    page.locator("input[name=password]").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    assert faults(page) == []
    page.get_by_role("button", name="Use the passkey").click()
    page.wait_for_url("**/me/")
    User.objects.filter(pk=person.pk).update(is_active=False)
    leave()
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.get_by_role("heading", name="You may not sign in at present").wait_for()
    assert [each for each in tab.complaints if "Failed to load resource" not in each] == []
