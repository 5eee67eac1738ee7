"""What all tests share: the databases, the browser, and the option for the long ones."""

import os
import shutil
from unittest import mock

import pytest

CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome")
CHROMIUM_FLAGS = (
    "--headless",
    "--no-sandbox",  # Chromium refuses to run as root without it
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def pytest_addoption(parser):
    parser.addoption("--full", action="store_true", help="also run full corpora and long drills")


def pytest_configure(config):
    """Modules of tests name days while they are collected, when no database may be asked."""
    from kam.lib import company

    company.keep(None)


def pytest_collection_modifyitems(config, items):
    if config.getoption("--full"):
        os.environ["KAM_TESTS_FULL"] = "1"
        return
    for item in items:
        if item.get_closest_marker("full"):
            item.add_marker(pytest.mark.skip(reason="full corpus or long drill: needs --full"))


@pytest.fixture(scope="session")
def django_db_setup(request, django_test_environment, django_db_blocker):
    from django.test import TransactionTestCase

    from tests.databases import Databases

    databases = Databases(getattr(request.config, "workerinput", {}).get("workerid", "main"))
    with django_db_blocker.unblock():
        databases.set_up()
    with mock.patch.object(
        TransactionTestCase, "_fixture_teardown", side_effect=databases.put_back
    ):
        yield databases
    with django_db_blocker.unblock():
        databases.tear_down()


def browser_path() -> str | None:
    """The Chromium to test with: ``CHROMIUM``, or the first known name on the path."""
    names = (os.environ.get("CHROMIUM") or "", *CHROMIUM_NAMES)
    return next((found for name in names if name and (found := shutil.which(name))), None)


@pytest.fixture(scope="session")
def chromium() -> str:
    """Path of Chromium; skips where there is none, fails where ``KAM_REQUIRE_BROWSER`` is 1."""
    path = browser_path()
    if path is None:
        reason = "no Chromium found; install it, or set CHROMIUM to its path"
        if os.environ.get("KAM_REQUIRE_BROWSER") == "1":
            pytest.fail(reason)
        pytest.skip(reason)
    return path


@pytest.fixture(autouse=True)
def no_company(monkeypatch):
    """Each test begins with the company of the settings, and is not read while requests are
    counted."""
    from kam.lib import company

    monkeypatch.setattr(company, "MOST_SECONDS", float("inf"))
    company.keep(None)


@pytest.fixture(scope="session", autouse=True)
def file_store(tmp_path_factory):
    """Files that tests keep lie beside their other temporary files."""
    from django.conf import settings
    from django.test import override_settings

    place = {"OPTIONS": {"location": tmp_path_factory.mktemp("files")}}
    store = settings.STORAGES | {"default": settings.STORAGES["default"] | place}
    # Tests ask faster than people do; those of the limit set one.
    with override_settings(STORAGES=store, API_RATE_LIMIT=0):
        yield
