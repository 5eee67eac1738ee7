"""Where a person is signed in, ending it, and what a sign-out leaves behind."""

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from accounts.services import sessions
from kam.audit.models import Event
from kam.lib.scoping import acting_system
from tests.factories import PASSWORD, make_user

pytestmark = pytest.mark.django_db
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:132.0) Gecko/20100101 Firefox/132.0"
PHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605 Version/18 Safari/604"
)
EDGE = "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537 Chrome/130.0 Safari/537.36 Edg/130.0"


def signed_in(person, agent: str) -> Client:
    browser = Client(HTTP_USER_AGENT=agent, REMOTE_ADDR="192.0.2.7")
    answer = browser.post(reverse("account_login"), {"login": person.email, "password": PASSWORD})
    assert answer.status_code == 302
    return browser


def is_in(browser: Client) -> bool:
    return browser.get(reverse("profile")).status_code == 200


@pytest.mark.parametrize(
    ("agent", "device"),
    [(FIREFOX, "Firefox, Windows"), (PHONE, "Safari, iPhone"), (EDGE, "Edge, Windows"),
     ("curl/8", ""), ("", "")],
)  # fmt: skip
def test_a_device_in_words(agent, device):
    assert sessions.device_of(agent) == device


def test_one_of_ones_sessions_is_ended_by_who_knows_the_password():
    cache.clear()
    person = make_user("kam", language="en")
    here, phone, other = (signed_in(person, agent) for agent in (FIREFOX, PHONE, EDGE))
    page = here.get(reverse("own_sessions")).content.decode()
    assert "Safari, iPhone" in page
    assert "192.0.2.7" in page
    for browser in (here, phone, other):
        assert browser.session.session_key not in page  # what is shown opens nothing
    ref = sessions.ref_of(phone.session.session_key)
    refused = here.post(reverse("own_sessions"), {"end": ref, "present": "wrong"})
    assert refused.status_code == 422
    assert is_in(phone)
    here.post(reverse("own_sessions"), {"end": ref, "present": PASSWORD})
    assert (is_in(here), is_in(phone), is_in(other)) == (True, False, True)
    here.post(reverse("own_sessions"), {"end": "others", "present": PASSWORD})
    assert (is_in(here), is_in(other)) == (True, False)
    with acting_system("test"):
        assert Event.objects.filter(action="session.end").count() == 2


def test_sessions_of_others_cannot_be_named():
    cache.clear()
    mine, theirs = make_user("kam"), make_user("kam")
    here, there = signed_in(mine, FIREFOX), signed_in(theirs, PHONE)
    ref = sessions.ref_of(there.session.session_key)
    here.post(reverse("own_sessions"), {"end": ref, "present": PASSWORD})
    assert is_in(there)


def test_an_administrator_signs_somebody_out_everywhere_and_nobody_else_can():
    cache.clear()
    boss, person = make_user("administrator"), make_user("kam")
    here, there = signed_in(boss, FIREFOX), signed_in(person, PHONE)
    address = reverse("person_sessions_end", args=[person.pk])
    assert there.post(address).status_code == 403
    here.post(address)
    assert (is_in(here), is_in(there)) == (True, False)
    here.post(reverse("person_sessions_end", args=[boss.pk]))
    assert is_in(here)


def test_guessing_is_slowed_down_and_an_open_session_goes_on():
    """Waits themselves: tests/kam/test_sign_in.py."""
    person = make_user("administrator", language="en")
    here = signed_in(person, FIREFOX)
    guesser = Client()
    sent = {"login": person.email, "password": "a wrong guess"}
    codes = [guesser.post(reverse("account_login"), sent).status_code for _number in range(6)]
    assert codes == [200, 200, 200, 200, 200, 429]
    cache.clear()  # what is counted does not stand in the cache
    told = guesser.post(reverse("account_login"), {**sent, "password": PASSWORD})
    assert told.status_code == 429
    assert "Retry-After" in told
    assert not is_in(guesser)
    assert is_in(here)


def test_a_sign_out_clears_what_pages_left():
    cache.clear()
    browser = signed_in(make_user("kam"), FIREFOX)
    assert "Clear-Site-Data" not in browser.get(reverse("profile"))
    answer = browser.post(reverse("account_logout"))
    assert answer["Clear-Site-Data"] == '"cache", "storage"'
    assert not is_in(browser)
