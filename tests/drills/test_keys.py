"""F16: the key of the product is changed while people and programs are at work."""

import time

import pytest
from django.conf import settings
from django.test import Client as Browser
from django.test import override_settings

from accounts.models import ApiToken, User
from kam import processes
from tests.factories import make_user

from .house import Answer
from .proxies import Proxy
from .test_web import Load

pytestmark = [pytest.mark.drill, pytest.mark.full]
OLD, NEW = "o" * 50, "n" * 50


def test_another_key_signs_nobody_out_and_fails_no_request(house, told):
    told.fault(
        "F16", "SECRET_KEY changed, the former one in SECRET_KEY_FALLBACKS, while 2 people and 2 programs work",
        "0 requests fail, nobody is signed out; later the former key may go",
    )  # fmt: skip
    proxy = Proxy(house)
    containers = proxy.containers
    containers.said["SECRET_KEY"] = OLD
    with override_settings(SECRET_KEY=OLD):
        person = make_user(User.Role.ADMINISTRATOR)
        key = ApiToken.issue(user=person, name="drill", can_write=True)[1]
        browser = Browser()
        browser.force_login(person)
    session = browser.cookies[settings.SESSION_COOKIE_NAME].value
    signed_in = {"Cookie": f"__Host-sessionid={session}"}
    program = {"Authorization": f"Bearer {key}"}

    def ask(name: str) -> Answer:
        """Numbers 0 and 1 are people, with one session in two windows."""
        if name[0] in "01":
            return proxy.ask("GET", "/me/", headers=signed_in)
        return proxy.ask("GET", "/api/v1/clients/", headers=program)

    containers.start("web")
    house.wait_for("web")
    proxy.start()
    with Load(house, ask) as load:
        house.until(lambda: len(load.answers) > 20)
        processes.stop(house.running["web"])
        before = len(load.answers)
        containers.said["SECRET_KEY"] = NEW
        containers.others["SECRET_KEY_FALLBACKS"] = OLD
        containers.start("web")
        house.until(lambda: len(load.answers) > before + 20)
        time.sleep(1)
    processes.stop(house.running["web"])
    containers.others.clear()
    containers.start("web")
    house.wait_for("web")
    alone = proxy.ask("GET", "/api/v1/clients/", headers=program)
    longest = max(answer.seconds for answer in load.answers)
    told.saw(
        f"{len(load.answers)} requests, {dict(load.statuses())}, longest {longest:.1f} s; "
        f"with the new key alone {alone.status}"
    )
    assert set(load.statuses()) == {200}
    assert alone.status == 200
