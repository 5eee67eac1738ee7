"""A person is invited, comes by a link that works once, and the link can be replaced or withdrawn."""

import datetime as dt
import re
from urllib.parse import urlsplit

import pytest
import time_machine
from django.core import mail
from django.test import Client as Browser

from accounts.models import PersonInvitation, Team, User
from accounts.services import person_invitations as services
from kam.audit.models import Event
from kam.jobs.models import Job
from kam.lib.scoping import acting_as, acting_system
from tests.factories import make_user

pytestmark = pytest.mark.django_db
NEW = "/people/invitations/new/"
WORDS = "amber window seven"


@pytest.fixture(autouse=True)
def quick_hashes(settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def boss():
    return make_user("administrator", language="en")


@pytest.fixture
def browser(boss):
    browser = Browser()
    browser.force_login(boss)
    return browser


def sent(browser, boss, **fields) -> str:
    """Invites through the page, mails it as the worker would; the path of the link."""
    said = {"name": "Rita Berg", "email": "Rita@Example.com", "role": "kam", "language": "en"}
    assert browser.post(NEW, said | fields)["Location"] == "/people/invitations/"
    return mailed(boss)


def mailed(boss) -> str:
    job = Job.unscoped.filter(kind=services.JOB).order_by("-pk")[0]
    with acting_as(boss):
        row = PersonInvitation.objects.get(pk=job.payload["invitation_id"])
        assert services.send(row) == "sent"
        assert services.send(row) == "sent", "once"
    letter = mail.outbox[-1]
    assert letter.to == [row.email]
    return urlsplit(re.search(r"http\S+/sign-in/invitation/\S+", letter.body)[0]).path


def join(path: str, password: str = WORDS):
    visitor = Browser()
    return visitor, visitor.post(path, {"name": "Rita Berg", "password": password})


def test_whoever_is_invited_chooses_a_password_and_is_in(browser, boss):
    team = Team.objects.create(name="North")
    path = sent(browser, boss, team=team.pk)
    assert len(mail.outbox) == 1
    stranger = Browser()
    assert stranger.get(path).status_code == 200
    assert stranger.get(path.replace(":", "x:", 1)).status_code == 404
    assert not User.objects.filter(email="rita@example.com").exists(), "nobody before the answer"
    assert join(path, "short")[1].status_code == 422
    visitor, answer = join(path)
    assert answer["Location"] == "/"
    assert visitor.get("/me/").status_code == 200
    rita = User.objects.get(email="rita@example.com")
    assert (rita.role, rita.team, rita.language) == ("kam", team, "en")
    assert rita.check_password(WORDS)
    _again, answer = join(path, "another window seven")
    assert answer.status_code == 404, "it works once"
    assert "Has come" in browser.get("/people/invitations/").content.decode()
    for twin in ("RITA@example.com", boss.email):
        refused = browser.post(
            NEW, {"name": "x", "email": twin, "role": "administrator", "language": "en"}
        )
        assert refused.status_code == 422
    actions = set(Event.unscoped.values_list("action", flat=True))
    assert {"person.invite", "person.join"} <= actions


def test_a_link_is_replaced_withdrawn_and_runs_out(browser, boss):
    with time_machine.travel("2026-03-20T12:00:00Z", tick=False) as clock:
        first = sent(browser, boss)
        pk = PersonInvitation.unscoped.get().pk
        browser.post(f"/people/invitations/{pk}/sending/")
        second = mailed(boss)
        assert Browser().get(first).status_code == 404
        assert Browser().get(second).status_code == 200
        clock.shift(dt.timedelta(days=services.DAYS, seconds=1))
        assert join(second)[1].status_code == 404
        assert "The link has run out" in browser.get("/people/invitations/").content.decode()
        browser.post(f"/people/invitations/{pk}/sending/")
        third = mailed(boss)
        User.objects.filter(pk=boss.pk).update(role="kam")
        assert Browser().get(third).status_code == 404, "who invited administers no more"
        User.objects.filter(pk=boss.pk).update(role="administrator")
        browser.post(f"/people/invitations/{pk}/withdrawal/")
        assert join(third)[1].status_code == 404
        browser.post(f"/people/invitations/{pk}/sending/")
        assert PersonInvitation.unscoped.get().withdrawn_at, "what was withdrawn stays so"
        with acting_system("test"):
            assert services.forget() == 0
            clock.shift(dt.timedelta(days=services.DAYS + services.KEPT_DAYS + 1))
            assert services.forget() == 1
    assert User.objects.count() == 1


def test_without_mail_the_link_is_shown_once(browser, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
    said = {"name": "Rita Berg", "email": "rita@example.com", "role": "auditor", "language": "en"}
    page = browser.post(NEW, said).content.decode()
    path = urlsplit(re.search(r"http\S+/sign-in/invitation/[^<\s]+", page)[0]).path
    assert not Job.unscoped.filter(kind=services.JOB).exists()
    assert "/sign-in/invitation/" not in browser.get("/people/invitations/").content.decode()
    assert join(path)[1]["Location"] == "/"
