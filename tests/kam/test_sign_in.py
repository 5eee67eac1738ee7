"""The door: the second step, waiting after failures, and what an administrator can undo."""

import datetime as dt
import io
import re
import time

import pytest
import time_machine
from allauth.account.signals import password_reset
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.core.management import call_command
from django.test import Client as Browser
from django.urls import reverse
from django.utils.translation import override

from accounts.models import ApiToken, SignInWait
from accounts.services import second_step, sign_in_waits
from kam.audit.models import Event
from kam.lib import company
from kam.lib.periods import today
from tests.factories import PASSWORD, make_user

pytestmark = pytest.mark.django_db
DOOR, SECOND, OWN = "/sign-in/", "/sign-in/second/", "/me/second-step/"


@pytest.fixture(autouse=True)
def quick_hashes(settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


def at_the_door(browser: Browser, person, password: str = PASSWORD):
    return browser.post(DOOR, {"login": person.email, "password": password})


def is_in(browser: Browser) -> bool:
    return browser.get("/me/").status_code == 200


def code_of(secret: str, later: int = 0) -> str:
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + later))


def said(action: str) -> list[dict]:
    return list(
        Event.unscoped.filter(action=action).order_by("pk").values_list("details", flat=True)
    )


def told(command: str, *words: str) -> str:
    """What a command of the operator says."""
    out = io.StringIO()
    call_command(command, *words, stdout=out)
    return out.getvalue().strip()


def set_up(browser: Browser) -> tuple[str, list[str]]:
    """Sets up an app through the pages; its secret and the codes that were shown."""
    page = browser.get(OWN + "app/").content.decode()
    signed = re.search(r'name="signed" value="([^"]+)"', page)[1]
    secret = re.search(r'class="secret">([A-Z2-7 ]+)<', page)[1].replace(" ", "")
    wrong = browser.post(OWN + "app/", {"signed": signed, "code": "000000"})
    assert wrong.status_code == 422
    assert not Authenticator.objects.exists()
    shown = browser.post(OWN + "app/", {"signed": signed, "code": code_of(secret)})
    codes = re.findall(r"<li>(\d{4}) (\d{4})</li>", shown.content.decode())
    return secret, [first + second for first, second in codes]


def test_an_app_is_set_up_and_asked_for_at_the_door():
    person = make_user("administrator", language="en")
    browser = Browser()
    with time_machine.travel("2026-03-20T12:00:00Z", tick=False) as clock:
        at_the_door(browser, person)
        secret, codes = set_up(browser)
        assert len(set(codes)) == 10
        kept = str(list(Authenticator.objects.values_list("data", flat=True)))
        assert secret not in kept, "sealed"
        assert codes[0] not in browser.get(OWN).content.decode(), "shown once"

        there = Browser()
        assert at_the_door(there, person)["Location"] == SECOND
        assert not is_in(there), "the password alone is not enough"
        used = there.post(SECOND, {"code": code_of(secret)})
        assert used.status_code == 200, "the code with which it was set up is used up"
        clock.shift(30)
        there.post(SECOND, {"code": code_of(secret)})
        assert is_in(there)
        # Neither the same code again, nor an earlier one that the clock would still allow.
        for again in (code_of(secret), code_of(secret, -1)):
            other = Browser()
            at_the_door(other, person)
            other.post(SECOND, {"code": again})
            assert not is_in(other)
        for place, lets_in in ((codes[0], True), (codes[0], False), (codes[1], True)):
            other = Browser()
            at_the_door(other, person)
            other.post(SECOND, {"code": f"{place[:4]} {place[4:]}"})
            assert is_in(other) is lets_in
        assert "8 codes are left" in browser.get(OWN).content.decode()
    kinds = [each["kind"] for each in said("second_step.use")]
    assert kinds == ["totp", "recovery_codes", "recovery_codes"]
    assert len(said("second_step.failed")) == 4
    assert said("second_step.add") == [{"kind": "totp"}]


def test_changing_the_second_step_asks_for_the_password_again():
    person = make_user("kam", language="en")
    browser = Browser()
    with time_machine.travel("2026-03-20T12:00:00Z", tick=False) as clock:
        at_the_door(browser, person)
        _secret, codes = set_up(browser)
        clock.shift(3600)
        step = {"step": Authenticator.objects.get(type="totp").pk}
        for path, sent in (("removal/", step), ("codes/", {}), ("app/", {})):
            assert browser.post(OWN + path, sent)["Location"] == OWN
        assert second_step.has_one(person)
        assert browser.post(OWN, {"present": "wrong"}).status_code == 422
        browser.post(OWN, {"present": PASSWORD})
        page = browser.post(OWN + "codes/").content.decode()
        new = ["".join(two) for two in re.findall(r"<li>(\d{4}) (\d{4})</li>", page)]
        assert len(new) == 10
        assert second_step.used(person, codes[0]) is None, "the earlier ones are void"
        other = make_user("kam")
        stranger = Browser()
        at_the_door(stranger, other)
        stranger.post(OWN + "removal/", step)
        assert second_step.has_one(person), "another's step cannot be named"
        browser.post(OWN + "removal/", step)
    assert not Authenticator.objects.exists(), "with the last step the codes go"
    assert said("second_step.remove") == [{"kind": "totp"}]


def test_codes_are_not_guessed():
    person = make_user("kam", language="en")
    second_step.add_app(person, secret := "A" * 32, code_of("A" * 32))
    browser = Browser(HTTP_ACCEPT_LANGUAGE="en")
    at_the_door(browser, person)
    for _number in range(sign_in_waits.ACCOUNT.free):
        browser.post(SECOND, {"code": "000000"})
    told = browser.post(SECOND, {"code": code_of(secret, 1)})
    assert "Try again in 30 seconds" in told.content.decode()
    assert not is_in(browser)


def test_a_link_by_mail_changes_the_password_once_and_opens_no_door(mailoutbox):
    person = make_user("kam", language="en")
    new, secret = "amber window seven", "A" * 32
    with time_machine.travel("2026-03-20T12:00:00Z", tick=False) as clock:
        second_step.add_app(person, secret, code_of(secret))
        clock.shift(30)
        inside = Browser()
        at_the_door(inside, person)
        inside.post(SECOND, {"code": code_of(secret)})
        assert is_in(inside)
        links = []
        for _turn in range(2):
            Browser().post("/sign-in/password/", {"email": person.email})
            links.append(
                re.search(r"https?://[^/]+(/sign-in/password/\S+)", mailoutbox[-1].body)[1]
            )
            clock.shift(1)
        browser = Browser()
        form = browser.get(links[0], follow=True).redirect_chain[-1][0]
        browser.post(form, {"password1": new, "password2": new})
        person.refresh_from_db()
        assert person.check_password(new)
        assert not is_in(browser), "whoever reads the mail is not let in by it"
        assert not is_in(inside), "sessions from before are over"
        assert at_the_door(there := Browser(), person, new)["Location"] == SECOND
        assert not is_in(there)
        used = Browser().get(links[0], follow=True)
        assert 'name="password1"' not in used.content.decode()
        Browser().post("/sign-in/password/", {"email": person.email})
        late = re.search(r"https?://[^/]+(/sign-in/password/\S+)", mailoutbox[-1].body)[1]
        clock.shift(3601)
        assert 'name="password1"' not in Browser().get(late, follow=True).content.decode()


def test_whoever_lost_the_device_is_let_in_by_an_administrator():
    boss, person = make_user("administrator", language="en"), make_user("kam")
    second_step.add_app(person, "A" * 32, code_of("A" * 32))
    browser = Browser()
    browser.force_login(boss)
    assert "Take the second step away" in browser.get(f"/people/{person.pk}/").content.decode()
    browser.post(f"/people/{person.pk}/second-step/removal/")
    there = Browser()
    at_the_door(there, person)
    assert is_in(there)
    second_step.add_app(boss, "B" * 32, code_of("B" * 32))
    with override("ru"):
        assert told("remove_second_step", boss.email) == "Снят 1 второй шаг."
        assert told("remove_second_step", boss.email) == "Второго шага не было."
    assert not second_step.has_one(boss)
    assert len(said("second_step.reset")) == 2


def test_guessing_waits_longer_and_longer_and_nobody_is_kept_out():
    person = make_user("administrator", language="en")
    home, stranger = Browser(), Browser(REMOTE_ADDR="203.0.113.9")
    with time_machine.travel("2026-03-20T12:00:00Z", tick=False) as clock:
        at_the_door(home, person)
        home.post(reverse("account_logout"))
        waits = []
        for _number in range(12):
            answer = at_the_door(stranger, person, "a wrong guess")
            while answer.status_code == 429:
                waits.append(int(answer["Retry-After"]))
                clock.shift(waits[-1] + 1)
                answer = at_the_door(stranger, person, "a wrong guess")
        assert waits == [30, 60, 120, 240, 480, 900, 900]
        # The right password waits, too: nothing shows which it is; tries do not prolong it.
        refused = at_the_door(stranger, person)
        assert refused.status_code == 429
        assert not is_in(stranger)
        at_the_door(home, person)
        assert is_in(home), "a browser in which they have signed in before"
        with override("ru"):
            assert told("unlock", person.email.upper()).startswith("С этим адресом можно входить")
        at_the_door(stranger, person)
        assert is_in(stranger)
        other = Browser(REMOTE_ADDR="203.0.113.12")
        for _number in range(sign_in_waits.ACCOUNT.free):
            at_the_door(other, person, "a wrong guess")
        assert at_the_door(other, person).status_code == 429
        password_reset.send(sender=type(person), request=None, user=person)
        at_the_door(other, person)
        assert is_in(other), "who has set a new password by the link does not wait"
        clock.shift(2 * 86_400)
        sign_in_waits.forget()
    assert not SignInWait.objects.exists()


def test_one_address_that_tries_many_names_waits_and_unknown_names_look_the_same():
    person = make_user("kam", language="en")
    spray = Browser(REMOTE_ADDR="203.0.113.10")
    for number in range(sign_in_waits.ADDRESS.free):
        name = f"nobody{number}@example.com"
        assert spray.post(DOOR, {"login": name, "password": "x"}).status_code == 200
    assert at_the_door(spray, person).status_code == 429
    elsewhere = Browser(REMOTE_ADDR="203.0.113.11")
    answers = []
    for name in (person.email, "absent@example.com"):
        for _number in range(sign_in_waits.ACCOUNT.free + 1):
            answer = elsewhere.post(DOOR, {"login": name, "password": "x"})
        page = re.sub(r'value="[^"]*"|csrftoken[^}]*', "", answer.content.decode())
        answers.append((answer.status_code, re.sub(r"in \d+ sec", "", page)))
    assert answers[0][0] == 429
    assert answers[0] == answers[1]


def test_a_role_that_needs_a_second_step_goes_nowhere_without(settings):
    boss, person = make_user("administrator", language="en"), make_user("kam")
    _row, secret = ApiToken.issue(user=boss, name="program", can_write=True)
    browser, other = Browser(), Browser()
    at_the_door(browser, boss)
    at_the_door(other, person)
    sent = {"second_step_roles": ["administrator"], "currency": "RUB", "name": "Oak",
            "time_zone": "Europe/Moscow", "version": 0}  # fmt: skip
    tomorrow = today() + dt.timedelta(days=1)
    browser.post("/company/", {**sent, "second_step_from": tomorrow.isoformat()})
    company.refresh()
    assert is_in(browser), "not yet"
    assert "your role needs a second step" in browser.get(OWN).content.decode()
    with time_machine.travel(dt.datetime.combine(tomorrow, dt.time(12), dt.UTC), tick=False):
        at_the_door(browser := Browser(), boss)
        for path in ("/", "/me/", "/people/", "/no-such-page/"):
            answer = browser.get(path)
            assert answer.status_code == 404 or answer["Location"] == OWN
        fragment = browser.get("/jobs/badge/", HTTP_HX_REQUEST="true")
        assert (fragment.status_code, fragment["HX-Redirect"]) == (403, OWN)
        told = browser.get("/api/v1/clients/")
        assert (told.status_code, told.json()["error"]["code"]) == (403, "second_step_required")
        # A header that no key is in does not pass for one.
        odd = browser.get("/api/v1/clients/", HTTP_AUTHORIZATION="Basic eDp5")
        assert odd.status_code in (401, 403)
        program = Browser(headers={"authorization": f"Bearer {secret}"})
        assert program.get("/api/v1/clients/").status_code == 200
        at_the_door(other := Browser(), person)
        assert is_in(other), "another role"

        set_up(browser)
        assert is_in(browser)
        step = {"step": Authenticator.objects.get(type="totp").pk}
        browser.post(OWN + "removal/", step)
        assert second_step.has_one(boss), "the last one stays while the role needs it"
        call_command("remove_second_step", boss.email)
        assert browser.get("/me/")["Location"] == OWN
        at_the_door(lost := Browser(), boss)
        assert lost.get(OWN).status_code == 200, "the password leads to a new one"
