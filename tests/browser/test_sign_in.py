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
    session.send("WebAuthn.addVirtualAuthenticator", {"options": options})


@pytest.mark.django_db(transaction=True)
def test_a_passkey_is_added_and_lets_in(new_tab, make_person):
    person = make_person("administrator", language="en")
    tab = new_tab(language="en")
    page = tab.page
    device_of(page)

    def begin():
        page.context.clear_cookies(name="sessionid")
        tab.open("/sign-in/?next=/me/second-step/")

    def by_password():
        begin()
        page.locator("input[name=login]").fill(person.email)
        page.locator("input[name=password]").fill(PASSWORD)
        page.get_by_role("button", name="Sign in", exact=True).click()

    by_password()
    page.get_by_label("Name of the new passkey").fill("Laptop")
    page.get_by_role("button", name="Add a passkey").click()
    page.get_by_role("heading", name="The second step is set up").wait_for()
    assert page.locator(".codes li").count() == 10
    begin()
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.get_by_role("heading", name="Second step of signing in").wait_for()
    assert page.locator("#passkeys input[name=name]").first.input_value() == "Laptop"
    by_password()
    page.get_by_role("button", name="Use the passkey").click()
    page.get_by_role("heading", name="Second step of signing in").wait_for()
    # Beside what the browser says of sessions that have ended.
    said = [each for each in tab.complaints if "Failed to load resource" not in each]
    assert said == []

    assert faults(page) == []
    by_password()
    page.get_by_role("button", name="Use the passkey").wait_for()
    assert faults(page) == []
    User.objects.filter(pk=person.pk).update(is_active=False)
    begin()
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.get_by_role("heading", name="You may not sign in at present").wait_for()
