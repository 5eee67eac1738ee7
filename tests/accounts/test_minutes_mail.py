"""Minutes on their way to the client: the part for them, once, to who may get it."""

import datetime as dt

import pytest
import time_machine
from django.core import mail
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse

from accounts.models import MinutesMail, Team
from accounts.services import meetings, minutes_mail
from kam.jobs.execution import run as run_job
from kam.jobs.models import Job
from kam.lib import outgoing
from kam.lib.scoping import acting_as, acting_system
from tests.factories import make_client, make_contact, make_user

pytestmark = pytest.mark.django_db
AT = dt.datetime(2026, 3, 13, 9, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def on_the_day(monkeypatch):
    monkeypatch.setattr(outgoing, "is_set_up", lambda: True)
    with time_machine.travel("2026-03-16T09:00:00Z", tick=False):
        yield


@pytest.fixture
def kam():
    return make_user("kam", name="Ann Kam", language="en", team=Team.objects.create(name="N"))


@pytest.fixture
def shop(kam):
    return make_client("Shop", owner=kam, team=kam.team)


@pytest.fixture
def bob(shop):
    return make_contact(shop, "Bob Stone", email="bob@shop.example")


def approved(kam, shop, *people):
    """Minutes with something for each side and something for ourselves only."""
    results = [
        {"kind": "ours", "what": "Send prices", "due": dt.date(2026, 3, 20)},
        {"kind": "theirs", "what": "Name the sites", "due": dt.date(2026, 3, 25)},
        {"kind": "decision", "what": "No more discount", "internal": True},
        {"kind": "task", "what": "Ask the boss", "due": dt.date(2026, 3, 18)},
    ]
    with acting_as(kam):
        meeting = meetings.plan(shop, {"title": "Spring", "starts_at": AT}, kam, people)
        meetings.write_minutes(
            meeting, "They liked it", "They bluff", results, kam, meeting.version
        )
        meetings.approve(meeting, kam)
    return meeting


def post(meeting, contacts, kam, language="en"):
    with acting_as(kam):
        version = meeting.versions.select_related("meeting__client").first()
        return minutes_mail.post(version, contacts, language, kam)


def work() -> None:
    with acting_system("test"):
        jobs = list(Job.objects.filter(kind=minutes_mail.JOB, status="waiting").order_by("pk"))
    for job in jobs:
        run_job(job.pk)


def test_the_client_gets_its_part_once(kam, shop, bob):
    meeting = approved(kam, shop, bob)
    (row,) = post(meeting, [bob], kam)
    work()
    work()
    (sent,) = mail.outbox
    assert (sent.to, sent.reply_to) == (["bob@shop.example"], [kam.email])
    assert sent.subject == "Minutes of our meeting: Spring"
    assert sent.extra_headers["Message-ID"].startswith(f"<minutes-{row.version_id}-{bob.pk}@")
    for said in ("Hello, Bob.", "They liked it", "We promise: Send prices (by 20 Mar 2026)",
                 "They promise: Name the sites", "Ann Kam"):  # fmt: skip
        assert said in sent.body
    for hidden in ("They bluff", "No more discount", "Ask the boss"):
        assert hidden not in sent.body
    with acting_system("test"):
        row.refresh_from_db()
    assert (row.state, row.sent_at is not None) == ("sent", True)
    with pytest.raises(ValidationError, match="Bob Stone"):
        post(meeting, [bob], kam)


def test_a_correction_is_another_version_and_goes_in_another_language(kam, shop, bob):
    meeting = approved(kam, shop, bob)
    post(meeting, [bob], kam)
    with acting_as(kam):
        meeting.refresh_from_db()
        meetings.write_minutes(meeting, "They loved it", "", [], kam, meeting.version)
        meetings.approve(meeting, kam, "a word")
    post(meeting, [bob], kam, "ru")
    work()
    first, second = mail.outbox
    assert "Это исправленный протокол" in second.body
    assert first.extra_headers["Message-ID"] != second.extra_headers["Message-ID"]


def test_who_may_not_be_written_to_gets_nothing(kam, shop, bob):
    silent = make_contact(shop, "No Mail")
    gone = make_contact(shop, "Gone", email="gone@shop.example", left_on="2026-01-01")
    absent = make_contact(shop, "Absent", email="absent@shop.example")
    meeting = approved(kam, shop, bob, silent, gone)
    with acting_as(kam):
        assert minutes_mail.recipients(meeting) == [bob]
    for person in (silent, gone, absent):
        with pytest.raises(ValidationError):
            post(meeting, [person], kam)
    with pytest.raises(ValidationError):
        post(meeting, [], kam)
    with pytest.raises(PermissionDenied):
        post(meeting, [bob], make_user("manager"))
    (row,) = post(meeting, [bob], kam)
    with acting_system("test"):
        bob.blocked_since = "2026-03-01"
        bob.save()
    work()
    with acting_system("test"):
        row.refresh_from_db()
    assert (mail.outbox, row.state) == ([], "held")


def test_what_the_server_does_is_kept_and_nothing_is_sent_twice(kam, shop, bob, monkeypatch):
    meeting = approved(kam, shop, bob)
    (row,) = post(meeting, [bob], kam)
    with acting_as(kam):
        row = MinutesMail.objects.select_related(
            "version__meeting__client", "contact", "author"
        ).get(pk=row.pk)

        def away(*_):
            raise OSError("nobody there")

        monkeypatch.setattr(outgoing, "hand_over", away)
        with pytest.raises(OSError):
            minutes_mail.send(row)
        row.refresh_from_db()
        assert row.state == "waiting"  # it is tried again
        monkeypatch.setattr(outgoing, "hand_over", lambda *_: outgoing.REFUSED)
        assert minutes_mail.send(row) == "refused"
        MinutesMail.objects.filter(pk=row.pk).update(state="sending")  # a worker was lost
        assert minutes_mail.send(row) == "unsure"
        assert minutes_mail.send(row) == "unsure"


def test_from_the_page_and_over_rest(client, kam, shop, bob):
    eve = make_contact(shop, "Eve", email="eve@shop.example")
    meeting = approved(kam, shop, bob, eve)
    client.force_login(kam)
    address = reverse("meeting_detail", args=[meeting.pk])
    assert "bob" in client.get(address).content.decode().lower()
    client.post(address, {"act": "mail", "contacts": [bob.pk], "language": "en"})
    page = client.get(address).content.decode()
    assert "Waits" in page
    told = client.get(f"/api/v1/meetings/{meeting.pk}/mail/").json()
    assert [(each["contact"], each["state"]) for each in told] == [(bob.pk, "waiting")]
    send = {"content_type": "application/json"}
    made = client.post(
        f"/api/v1/meetings/{meeting.pk}/mail/", {"contacts": [eve.pk], "language": "ru"}, **send
    )
    assert made.status_code == 201, made.content
    again = client.post(
        f"/api/v1/meetings/{meeting.pk}/mail/", {"contacts": [eve.pk], "language": "ru"}, **send
    )
    assert again.status_code == 400
