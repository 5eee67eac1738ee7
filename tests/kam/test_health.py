"""Live, ready, the page and the numbers; ids of requests and what logs never hold."""

import datetime as dt
import errno
import json
import logging

import pytest
import time_machine
from django.db import OperationalError
from django.urls import reverse
from django.utils import timezone

from accounts.models import ApiToken, User
from kam import alive
from kam.audit.models import Event
from kam.audit.services import record
from kam.health import checks
from kam.jobs.models import Hold, Job
from kam.lib import logs, request_ids
from kam.lib.scoping import acting_system
from kam.webhooks.models import Endpoint
from tests.factories import make_user

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2026, 3, 16, 9, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def at_nine(settings, tmp_path):
    settings.BACKUP_FOLDER = None
    settings.FILES_DIR = settings.HOME = tmp_path
    with time_machine.travel(NOW, tick=False):
        yield


def ago(**time) -> dt.datetime:
    return NOW - dt.timedelta(**time)


def found() -> dict[str, checks.Check]:
    with acting_system("test"):
        return {
            check.key + (f":{check.of}" if check.key == "schedule_late" and check.of else ""): check
            for check in checks.all_checks(NOW)
        }


def job(**values) -> Job:
    with acting_system("test"):
        return Job.objects.create(kind="audit.seal", **values)


def test_nothing_at_work_is_well():
    states = {key: check.state for key, check in found().items()}
    assert states.pop("backup") == checks.WATCH  # nobody makes them
    states.pop("disk_free")
    assert set(states.values()) == {checks.GOOD}


@pytest.mark.parametrize(
    ("values", "key", "state"),
    [
        ({"run_after": ago(seconds=299)}, "jobs_due", "good"),
        ({"run_after": ago(seconds=301)}, "jobs_due", "bad"),
        ({"run_after": NOW + dt.timedelta(hours=1)}, "jobs_due", "good"),
        ({"status": "sent", "sent_at": ago(minutes=31)}, "jobs_queued", "watch"),
        ({"status": "running", "started_at": ago(minutes=31)}, "jobs_running", "watch"),
        ({"status": "failed", "finished_at": ago(hours=23)}, "jobs_failed", "watch"),
        ({"status": "failed", "finished_at": ago(hours=25)}, "jobs_failed", "good"),
        (
            {"status": "failed", "schedule": "hourly-audit-seal", "period": ago(minutes=31)},
            "schedule_late:hourly-audit-seal", "bad",
        ),
        (
            {"status": "done", "schedule": "hourly-audit-seal", "period": ago(minutes=31),
             "created_at": ago(minutes=21)},
            "schedules_made", "bad",
        ),
    ],
)  # fmt: skip
def test_what_is_late_shows(values, key, state):
    job(**values)
    assert found()[key].state == state


def test_a_later_good_run_of_a_schedule_makes_up_for_a_failed_one():
    job(status="failed", schedule="hourly-audit-seal", period=ago(hours=2))
    job(status="done", schedule="hourly-audit-seal", period=ago(hours=1))
    assert found()["schedule_late"].state == "good"


def test_a_schedule_that_came_due_while_we_run_and_made_no_job_is_red(monkeypatch, settings):
    settings.COMPANY_TIME_ZONE = "UTC"
    settings.JOB_SCHEDULES = {"early": ("audit.seal", "29 8 * * *", {})}
    assert found()["schedule_late"].state == "good"  # it may have been new only an hour ago
    monkeypatch.setattr(checks, "STARTED", ago(hours=2))
    assert found()["schedule_late:early"].state == "bad"
    job(status="done", schedule="early", period=ago(minutes=31))
    assert found()["schedule_late"].state == "good"


def test_what_is_held_back_is_not_late_and_says_so():
    job(run_after=ago(hours=1))
    with acting_system("test"):
        Hold.objects.create(reason="restored", since=ago(hours=1))
        Endpoint.objects.create(
            url="https://a.example", events=[], is_active=False, stopped="gone", secret="x"
        )
    states = found()
    assert (states["jobs_due"].state, states["held"].state) == ("good", "watch")
    assert states["webhooks_stopped"].state == "watch"


def test_an_unsealed_trail_is_late_after_three_hours():
    with acting_system("test"):
        record("setup", object=make_user())
        at = Event.objects.latest("pk").at
        for hours, state in ((2, "good"), (4, "bad")):
            (check,) = checks._trail(at + dt.timedelta(hours=hours))
            assert check.state == state


def test_live_and_ready_need_nobody_and_ready_needs_the_database(client, monkeypatch):
    assert client.get("/health/live").content == b"ok\n"
    assert client.get("/health/ready").status_code == 200

    class Gone:
        def ensure_connection(self):
            raise OperationalError("gone")

    monkeypatch.setattr("kam.health.views.connection", Gone())
    answer = client.get("/health/ready")
    assert (answer.status_code, answer["Retry-After"]) == (503, "5")
    assert client.get("/health/live").status_code == 200


def test_the_page_and_the_api_tell_the_same_to_those_who_may(client):
    job(run_after=ago(hours=1))
    client.force_login(make_user("auditor", language="en"))
    page = client.get(reverse("health_page")).content.decode()
    assert "Does the dispatcher run?" in page
    told = client.get("/api/v1/health/").json()
    assert told["state"] == "bad"
    assert told["checks"][0]["key"] == "jobs_due"
    client.force_login(make_user("manager"))
    assert client.get(reverse("health_page")).status_code == 403


def test_numbers_for_prometheus_by_the_token_alone(client, settings):
    job(run_after=ago(hours=1))
    assert client.get("/metrics").status_code == 404
    settings.METRICS_TOKEN = "long-enough-token"
    for given in ("", "Bearer wrong", "Bearer "):
        assert client.get("/metrics", headers={"Authorization": given}).status_code == 404
    answer = client.get("/metrics", headers={"Authorization": "Bearer long-enough-token"})
    text = answer.content.decode()
    assert 'kam_check_state{check="jobs_due",of=""} 2.0' in text
    assert 'kam_check_value{check="jobs_due",of="",unit="seconds"} 3600.0' in text
    assert 'kam_jobs{queue="light",status="waiting"} 1.0' in text


def test_an_answer_carries_the_id_of_its_request(client):
    made = client.get("/health/live")["X-Request-ID"]
    assert len(made) == 32
    given = client.get("/health/live", headers={"X-Request-ID": "abc-12345"})
    assert given["X-Request-ID"] == "abc-12345"
    for odd in ("a b", "x" * 65, "short", "a\nlevel=INFO"):
        assert client.get("/health/live", headers={"X-Request-ID": odd})["X-Request-ID"] != odd
    assert request_ids.present() == ""


def line(formatter, message, *args, exc_info=None) -> str:
    entry = logging.LogRecord("kam", logging.INFO, "f.py", 1, message, args, exc_info)
    logs.Context().filter(entry)
    return formatter.format(entry)


SECRETS = (
    "Authorization: Bearer kam_abcdef0123456789", "password=hunter2hunter2", "'token': 'abcdefghij'",
    "Cookie: sessionid=q1w2e3r4t5", "postgres://kam_app:s3cr3tpass@db:5432/kam",
    "GET /calendar/7-0123456789abcdef.ics", "api_key=zzzzzzzzzz&x=1",
)  # fmt: skip


@pytest.mark.parametrize("said", SECRETS)
def test_no_log_line_holds_a_secret(said):
    secrets = (
        "kam_abcdef0123456789", "hunter2", "abcdefghij", "q1w2e3r4t5", "s3cr3tpass",
        "0123456789abcdef", "zzzzzzzzzz",
    )  # fmt: skip
    for formatter in (logs.Plain("%(message)s"), logs.Json()):
        for written in (line(formatter, said), line(formatter, "%s", said)):
            assert logs.HIDDEN in written
            assert not any(secret in written for secret in secrets), written
        try:
            raise ValueError(said)
        except ValueError as error:
            thrown = line(formatter, "broke", exc_info=(type(error), error, error.__traceback__))
        assert not any(secret in thrown for secret in secrets)


def test_a_line_of_a_stranger_stays_one_line():
    forged = "x\n2026-01-01 INFO kam signed in"
    assert "\n" not in line(logs.Plain("%(message)s"), forged)
    told = json.loads(line(logs.Json(), forged))
    assert told["message"] == forged
    assert set(told) == {"level", "logger", "message", "request_id", "at"}
    assert line(logs.Plain("%(message)s"), "%s %s", "one")  # a wrong placeholder loses nothing


def test_signs_of_life(monkeypatch, tmp_path):
    monkeypatch.setenv("KAM_ALIVE", str(tmp_path))
    assert not alive.is_alive("beat")
    alive.sign("beat")
    at = (tmp_path / "kam-beat.alive").stat().st_mtime
    assert alive.is_alive("beat", at + 59)
    assert not alive.is_alive("beat", at + 61)
    monkeypatch.setenv("KAM_ALIVE", "/nowhere")
    alive.sign("beat")  # no place to write: the process goes on
    assert User.objects.count() == 0
    assert timezone.now() == NOW


@pytest.mark.parametrize(
    ("error", "status"),
    [(OperationalError("gone"), 503), (KeyError("x"), 500), (OSError(errno.ENOSPC, "gone"), 507)],
)
@pytest.mark.parametrize("path", ["/handovers/", "/api/v1/handovers/"])
def test_what_breaks_says_so_with_its_event_and_hides_why(client, monkeypatch, error, status, path):
    client.force_login(make_user("administrator", language="en"))
    client.raise_request_exception = False

    def break_(*_):
        raise error

    monkeypatch.setattr("accounts.models.handovers.Handover.objects.get_queryset", break_)
    answer = client.get(path, headers={"X-Request-ID": "event-0001"})
    text = answer.content.decode()
    assert answer.status_code == status
    assert ("event-0001" in text) or status == 503
    assert "gone" not in text
    assert "KeyError" not in text
    assert answer.get("Retry-After") == ("5" if status == 503 else None)
    if path.startswith("/api"):
        assert answer.json()["error"]["code"] in ("unavailable", "error", "full")


def test_another_secret_key_signs_nobody_out_and_breaks_no_key(client, settings):
    person = make_user("administrator")
    _token, secret = ApiToken.issue(user=person, name="ERP")
    client.force_login(person)
    old, settings.SECRET_KEY = settings.SECRET_KEY, "a new one, long enough to be a key of its own"
    settings.SECRET_KEY_FALLBACKS = [old]
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    assert client.get(reverse("profile")).status_code == 200
    # Parts of a page are asked for at once: none may end the session of the others.
    assert client.cookies[settings.SESSION_COOKIE_NAME].value == session
    key = {"Authorization": f"Bearer {secret}"}
    client.logout()
    assert client.get("/api/v1/health/", headers=key).status_code in (200, 403)
    assert client.get("/api/v1/clients/", headers=key).status_code == 200
    # Used once, it is hashed with the new key: the old one may go.
    settings.SECRET_KEY_FALLBACKS = []
    assert client.get("/api/v1/clients/", headers=key).status_code == 200
    _other, unused = ApiToken.issue(user=person, name="Other")
    settings.SECRET_KEY = "a third one, and nobody has kept the second"
    refused = client.get("/api/v1/clients/", headers={"Authorization": f"Bearer {unused}"})
    assert refused.status_code == 401


def test_lines_of_gunicorn_are_those_of_all_others(monkeypatch, capsys):
    from gunicorn.config import Config

    from kam.lib.gunicorn_log import Lines

    monkeypatch.setenv("LOG_FORMAT", "json")
    Lines(Config()).error("Worker %s, password=%s", 7, "hunter2hunter2")
    told = json.loads(capsys.readouterr().err.strip().splitlines()[-1])
    assert (told["level"], told["logger"]) == ("ERROR", "gunicorn.error")
    assert told["message"] == f"Worker 7, password={logs.HIDDEN}"
