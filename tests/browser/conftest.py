"""A browser on a live server: who is signed in, how wide, which theme and language."""

import os
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from django.conf import settings

from tests.conftest import CHROMIUM_FLAGS

PASSWORD = "correct horse battery"  # of made-up people in a database made for the test
WIDTHS = {"wide": (1440, 900), "narrow": (390, 844)}


@pytest.fixture(scope="session")
def chromium_process(chromium):
    """One Chromium for the run.  Its library runs a loop of its own, which Django would take
    for asynchronous code."""
    from playwright.sync_api import sync_playwright

    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as library:
        browser = library.chromium.launch(executable_path=chromium, args=list(CHROMIUM_FLAGS))
        yield browser
        browser.close()


@dataclass
class Tab:
    """A page of the browser, what it complained of, and the ways a person uses it."""

    page: object
    address: str
    complaints: list[str] = field(default_factory=list)

    def open(self, path: str):
        self.page.goto(self.address + path)
        return self.page

    def sign_in(self, user) -> None:
        """Sets the session as the sign-in page would, without typing."""
        from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
        from django.contrib.sessions.backends.db import SessionStore

        session = SessionStore()
        session[SESSION_KEY] = str(user.pk)
        session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
        session[HASH_SESSION_KEY] = user.get_session_auth_hash()
        session.save()
        self.page.context.add_cookies(
            [
                {
                    "name": settings.SESSION_COOKIE_NAME,
                    "value": session.session_key,
                    "url": self.address,
                }
            ]
        )

    def shoot(self, name: str, *, whole: bool = True) -> None:
        """Saves a picture where ``KAM_SCREENSHOTS`` names a directory; otherwise does nothing."""
        directory = os.environ.get("KAM_SCREENSHOTS")
        if directory:
            path = Path(directory) / f"{name}.png"
            self.page.screenshot(path=str(path), full_page=whole)


@pytest.fixture
def make_person(transactional_db):
    """``make_person(role="manager", language="ru", theme="dark")`` -> User."""
    from accounts.models import User

    def make(role="manager", name="Анна Ковалёва", email="", **fields):
        email = email or f"{role}@example.test"
        return User.objects.create_user(email, PASSWORD, name=name, role=role, **fields)

    return make


@pytest.fixture
def new_tab(chromium_process, live_server):
    """``new_tab(width="narrow", language="ru")`` -> Tab; what the browser complains of (script
    errors, refusals of the content security policy) is collected in ``tab.complaints``."""
    contexts = []

    def make(width="wide", language="en", **options) -> Tab:
        across, down = WIDTHS[width]
        context = chromium_process.new_context(
            viewport={"width": across, "height": down},
            locale=language,
            reduced_motion="reduce",
            **options,
        )
        contexts.append(context)
        tab = Tab(context.new_page(), live_server.url)
        tab.page.on("pageerror", lambda error: tab.complaints.append(str(error)))
        tab.page.on(
            "console",
            lambda message: (
                tab.complaints.append(message.text) if message.type == "error" else None
            ),
        )
        return tab

    yield make
    for context in contexts:
        context.close()
