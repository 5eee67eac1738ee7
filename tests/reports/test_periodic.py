"""Periodic reports: who gets which, with whose rights, once a period, and never changed."""

import datetime as dt
import io
import json
import re
import smtplib
import socket
from contextlib import contextmanager
from urllib.parse import urlsplit

import pytest
import time_machine
from aiosmtpd.controller import Controller
from django.db import DatabaseError, transaction
from django.urls import reverse
from django.utils.translation import override
from python_calamine import CalamineWorkbook

from accounts.models import Problem, Promise, Task, User
from kam.jobs.models import Job
from kam.lib.editing import Conflict
from kam.lib.scoping import acting_as, acting_system
from reports.dashboards.kept import changes, changes_of, delta_of, shown_figures
from reports.figures.calendar import Period
from reports.files import FILES, pdf
from reports.models import Report, Schedule
from reports.services import content, finishing, mail, making, schedules
from tests.factories import make_user

from .conftest import DAY

pytestmark = pytest.mark.django_db
JUNE = Period(dt.date(2024, 6, 1), DAY)
FEBRUARY = Period(dt.date(2024, 2, 1), dt.date(2024, 2, 29))
NOW = "2024-07-02T09:00:00Z"


@pytest.fixture(autouse=True)
def early_july():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def ann(ranked):
    return User.objects.get(name="Ann")


def values(**given) -> dict:
    return {
        "kind": "kam", "rhythm": "month", "day": 1, "hour": 7, "audience": "owner",
        "mailed": True, "attached": True, "is_active": True,
    } | given  # fmt: skip


def order(person, **given) -> Schedule:
    with acting_as(person):
        return schedules.create(values(**given), person)


def due_on(moment: str) -> int:
    with acting_system("test"):
        return schedules.ask_for_due(dt.datetime.fromisoformat(moment))


# --- Schedules


def test_a_period_is_asked_for_once_and_only_the_last_one_after_a_pause(ann):
    schedule = order(ann)
    assert due_on("2024-07-02T09:00:00+00:00") == 0  # June was over when it was ordered
    assert due_on("2024-08-01T03:00:00+00:00") == 0  # six in Moscow: an hour too early
    assert due_on("2024-08-01T04:00:00+00:00") == 1
    assert due_on("2024-08-01T04:10:00+00:00") == 0
    assert due_on("2024-12-20T09:00:00+00:00") == 1  # off for months: November, once
    with acting_system("test"):
        payloads = [job.payload for job in Job.objects.filter(kind=schedules.MAKE).order_by("pk")]
        schedule.refresh_from_db()
    assert [each["ends"] for each in payloads] == ["2024-07-31", "2024-11-30"]
    assert schedule.told_until == dt.date(2024, 11, 30)


def test_one_that_is_switched_off_asks_for_nothing_and_not_afterwards_either(ann):
    schedule = order(ann, is_active=False)
    assert due_on("2024-08-02T09:00:00+00:00") == 0
    with acting_as(ann), time_machine.travel("2024-09-15T09:00:00Z"):
        schedules.change(schedule, values(is_active=True), schedule.version)
    assert due_on("2024-09-16T09:00:00+00:00") == 0
    assert due_on("2024-10-01T09:00:00+00:00") == 1


def test_who_gets_it_and_who_may_order_it_for_whom(ann):
    lead = make_user("manager", team=ann.team, language="en")
    admin = make_user("administrator", language="en")
    asleep = make_user("kam", name="Gone", team=ann.team)
    User.objects.filter(pk=asleep.pk).update(is_active=False)
    with acting_system("test"):
        assert schedules.readers(order(lead, audience="kams")) == [ann]
        everybody = schedules.readers(order(admin, audience="kams"))
        assert {each.name for each in everybody} == {"Ann", "Bob"}
        leaders = schedules.readers(order(admin, kind="company", audience="leaders"))
        assert {each.role for each in leaders} == {"manager", "administrator"}
    for person, given in (
        (ann, {"audience": "kams"}),
        (ann, {"kind": "company"}),
        (lead, {"audience": "leaders"}),
    ):
        with pytest.raises(Exception, match=r"audience|kind"):
            order(person, **given)


def test_the_second_to_save_an_order_is_told(ann):
    schedule = order(ann)
    with acting_as(ann):
        schedules.change(schedule, values(hour=8), 1)
        with pytest.raises(Conflict):
            schedules.change(schedule, values(hour=9), 1)


def test_next_comes_after_what_is_due(ann):
    moment = dt.datetime.fromisoformat("2024-07-02T09:00:00+00:00")
    zone = dt.timezone(dt.timedelta(hours=3))
    expected = {
        ("week", 1): dt.datetime(2024, 7, 8, 7, tzinfo=zone),
        ("month", 1): dt.datetime(2024, 8, 1, 7, tzinfo=zone),
        ("month", 5): dt.datetime(2024, 7, 5, 7, tzinfo=zone),
        ("quarter", 1): dt.datetime(2024, 10, 1, 7, tzinfo=zone),
    }
    for (rhythm, day), due in expected.items():
        schedule = Schedule(owner=ann, **values(rhythm=rhythm, day=day))
        assert schedules.next_due(schedule, moment) == due, rhythm


# --- What stands in a report


def test_it_is_made_with_the_rights_of_who_reads_it(ann):
    bob = User.objects.get(name="Bob")
    told = json.dumps(making.make(ann, "kam", "month", JUNE).content, ensure_ascii=False)
    assert "Big" in told
    for name in ("Steady", "Lost", "Bad"):  # clients of Bob's team
        assert name not in told
    with acting_as(bob):
        assert not Report.objects.exists()
    lead = make_user("manager", team=ann.team)
    with acting_as(lead):
        assert Report.objects.count() == 1
    with acting_as(make_user("colleague")):
        assert not Report.objects.exists()


def test_every_figure_is_told_again_by_the_api(ann, client):
    with acting_as(ann):
        for state, settled in (
            ("kept", "2024-06-10"),
            ("kept", "2024-05-10"),
            ("broken", "2024-06-30"),
        ):
            Promise.objects.create(
                client=_own(ann),
                what="w", due=DAY, first_due=DAY, side="ours",
                state=state, settled_on=dt.date.fromisoformat(settled), evidence="seen", owner=ann,
            )  # fmt: skip
    for person, kind in ((ann, "kam"), (make_user("manager", team=ann.team), "team"),
                         (make_user("administrator"), "company")):  # fmt: skip
        report = making.make(person, kind, "month", JUNE)
        client.force_login(person)
        seen = 0
        for figure in report.content["figures"]:
            answer = client.get(figure["source"])
            assert answer.status_code == 200, figure["source"]
            value = answer.json()
            for part in figure["path"].split("."):
                value = value[part]
            assert value == (
                pytest.approx(figure["value"]) if figure["value"] is not None else None
            ), figure["key"]
            seen += figure["value"] is not None
        assert seen >= 8
    by_key = {each["key"]: each["value"] for each in report.content["figures"]}
    assert (by_key["promises_kept"], by_key["promises_broken"]) == (1, 1)


def test_problems_stand_in_it_as_they_stood_and_what_has_no_room_is_counted(ann, monkeypatch):
    with acting_system("test"):
        own = _own(ann)
        for what, raised, closed, outcome in (
            ("Late again", "2024-06-05", None, ""), ("Solved", "2024-05-05", "2024-06-20", "solved"),
            ("Solved later", "2024-06-05", "2024-07-01", "solved"),
            ("Long ago", "2024-01-05", "2024-05-31", "solved"), ("Too new", "2024-07-01", None, ""),
        ):  # fmt: skip
            days = [each and dt.date.fromisoformat(each) for each in (raised, closed)]
            Problem.objects.create(
                client=own, what=what, owner=ann, raised_on=days[0], closed_on=days[1],
                state="closed" if closed else "open", outcome=outcome, came_of_it=outcome,
            )  # fmt: skip
    report = making.make(ann, "kam", "month", JUNE)
    (table,) = (each for each in report.content["tables"] if each["key"] == "problems")
    assert {row[0]: row[-1] for row in table["rows"]} == {
        "Late again": "Open", "Solved": "Solved", "Solved later": "Open",
    }  # fmt: skip
    monkeypatch.setattr(content, "MOST_ROWS", 1)
    with acting_as(ann), override("en"):
        told = content.build("kam", ann, JUNE)
    titles = {each["key"]: each["title"] for each in told["tables"]}
    assert titles["problems"].endswith(": the first 1 of 3")
    assert titles["clients"].endswith(": the first 1 of 2")
    # Which of many come and go says nothing; how those stand does.
    before = json.loads(json.dumps(told))
    (then,) = (each for each in before["tables"] if each["key"] == "problems")
    then["rows"][0][-1] = "Being solved"
    with override("en"):
        moved = [line for line in changes(told, before) if "Being solved" in line]
    assert len(moved) == 1


def _own(person):
    from accounts.models import Client

    return Client.objects.filter(owner=person).first()


def test_what_changed_since_the_report_before(ann):
    before = making.make(ann, "kam", "month", FEBRUARY)
    report = making.make(ann, "kam", "month", JUNE)
    assert report.previous == before
    now = {each["key"]: each["value"] for each in report.content["figures"]}
    then = {each["key"]: each["value"] for each in before.content["figures"]}
    shown = {each.key: each for each in shown_figures(report)}
    assert shown["revenue"].delta == pytest.approx(now["revenue"] / then["revenue"] - 1)
    assert shown["promises_kept"].delta == 0
    assert changes_of(before) == []
    said = changes_of(report)
    for figure in report.content["figures"]:
        if None not in (value := figure["value"], was := then[figure["key"]]):
            begins = f"{figure['label']}: was " if value != was else "Unchanged: "
            assert any(s.startswith(begins) and figure["label"] in s for s in said), figure["key"]
    assert len(said) > 1


@pytest.mark.parametrize("now,before,kind,delta", [
    (110.0, 100.0, "money", pytest.approx(0.1)), (5.0, 0.0, "money", None),
    (5.0, -2.0, "money", None), (None, 2.0, "money", None), (0.4, 0.5, "percent", pytest.approx(-0.1)),
    (3, 5, "number", -2), (3, None, "number", None),
])  # fmt: skip
def test_deltas(now, before, kind, delta):
    assert delta_of(now, before, kind) == delta


def test_a_report_never_changes(ann):
    report = making.make(ann, "kam", "month", JUNE)
    assert report.digest == finishing.digest_of(report.content)
    for change in ({"content": {}}, {"ends": dt.date(2024, 7, 1)}, {"digest": "x"}):
        with pytest.raises(DatabaseError), transaction.atomic(), acting_as(ann):
            Report.objects.filter(pk=report.pk).update(**change)
    with acting_as(ann):
        assert Report.objects.filter(pk=report.pk).update(mail="sent") == 1


def test_a_job_that_runs_twice_makes_one_report_and_one_mail(ann):
    schedule = order(ann)
    for _run in range(2):
        made = making.make(ann, "kam", "month", JUNE, schedule_id=schedule.pk, mailed=True)
    with acting_system("test"):
        assert list(Report.objects.all()) == [made]
        assert Job.objects.filter(kind=mail.JOB).count() == 1


def test_a_kam_is_told_the_next_five_acts_and_where_help_is_asked_for(ann):
    other = make_user("kam", name="Bob", team=ann.team)
    with acting_system("test"):
        own = _own(ann)
        for number in range(7):
            due = JUNE.ends + dt.timedelta(days=5 * number)
            Task.objects.create(owner=ann, giver=ann, what=f"Act {number}", client=own, due=due)
        for state, word in (("asked", ""), ("returned", "no time"), ("open", "")):
            Task.objects.create(
                owner=other, giver=ann, what=f"Help, {state}", due=JUNE.ends, state=state, word=word
            )
        Task.objects.create(
            owner=other, giver=ann, what="Helped", due=JUNE.ends, state="done", settled_on=JUNE.ends
        )
        Task.objects.create(owner=other, giver=other, what="Not of Ann", due=JUNE.ends)
    report = making.make(ann, "kam", "month", JUNE)
    tables = {each["key"]: each for each in report.content["tables"]}
    acts, asked = tables["acts"], tables["help"]
    assert [row[0] for row in acts["rows"]] == [f"Act {n}" for n in range(5)]
    assert acts["title"].endswith(": the first 5 of 7")
    assert acts["rows"][0][1] == own.name
    assert {tuple(row[:1] + row[2:4]) for row in asked["rows"]} == {
        ("Help, asked", "Bob", "Asked for"), ("Help, open", "Bob", "To do"),
        ("Help, returned", "Bob", "Returned: no time"),
    }  # fmt: skip
    lead = make_user("manager", language="en", team=ann.team)
    of_team = making.make(lead, "team", "month", JUNE)
    assert not {"acts", "help"} & {each["key"] for each in of_team.content["tables"]}


def test_an_empty_portfolio_says_what_is_missing(db):
    nobody = make_user("kam", language="en")
    report = making.make(nobody, "kam", "month", JUNE)
    figures = {each["key"]: each["value"] for each in report.content["figures"]}
    assert figures["growth_selected"] is None
    assert all(chart["missing"] or chart["figure"] for chart in report.content["charts"])
    assert [table["rows"] for table in report.content["tables"]] == [[]] * 6
    assert pdf.write(report)[:5] == b"%PDF-"


# --- Pages and files


def test_the_dashboard_and_the_files_tell_the_same(ann, client):
    report = making.make(ann, "kam", "month", JUNE)
    client.force_login(ann)
    page = client.get(reverse("report_detail", args=[report.pk])).content.decode()
    assert page.count("data-chart=") == sum(bool(c["figure"]) for c in report.content["charts"])
    assert "Big" in page
    answer = client.get(reverse("report_file", args=[report.pk, "xlsx"]))
    book = CalamineWorkbook.from_filelike(io.BytesIO(answer.content))
    rows = {row[0]: row[1] for row in book.get_sheet_by_index(0).to_python()[4:]}
    for figure in report.content["figures"]:
        value = figure["value"]
        assert rows[figure["label"]] == ("" if value is None else pytest.approx(value))
    answer = client.get(reverse("report_file", args=[report.pk, "pdf"]))
    assert answer.content[:5] == b"%PDF-"
    assert client.get(reverse("report_file", args=[report.pk, "exe"])).status_code == 404
    before = client.get(reverse("report_list")).content.decode()
    assert reverse("report_detail", args=[report.pk]) in before


@pytest.mark.parametrize("ending", FILES)
def test_the_same_report_is_the_same_file_whenever_it_is_asked_for(ann, ending):
    report = making.make(ann, "kam", "month", JUNE)
    write, _kind = FILES[ending]
    with acting_as(ann):
        first = write(report)
        with time_machine.travel("2025-01-02T03:04:05Z", tick=False):
            assert write(report) == first


def test_an_order_from_the_form_to_the_report(ann, client):
    client.force_login(ann)
    answer = client.post(reverse("schedule_create"), values(rhythm="week", day=9))
    assert answer.status_code == 422
    assert "A week has days 1 to 7." in answer.content.decode()
    answer = client.post(reverse("schedule_create"), values(rhythm="week", kind="company"))
    assert answer.status_code == 422
    assert client.post(reverse("schedule_create"), values(rhythm="week")).status_code == 302
    with acting_as(ann):
        schedule = Schedule.objects.get()
    client.post(reverse("schedule_run", args=[schedule.pk]))
    with acting_system("test"):
        job = Job.objects.get(kind=schedules.MAKE)
    assert (job.payload["ends"], job.payload["mailed"]) == ("2024-06-30", False)
    assert job.actor_id == ann.pk


# --- Mail, by a real server


class Server:
    """Keeps what it is given; ``answer`` says how it answers DATA."""

    def __init__(self, answer="250 OK"):
        self.got, self.answer = [], answer

    async def handle_DATA(self, server, session, envelope):
        if self.answer == "drop":
            self.got.append(envelope)
            server.transport.close()
            return "250 OK"
        if self.answer.startswith("250"):
            self.got.append(envelope)
        return self.answer


@contextmanager
def serving(settings, answer="250 OK"):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = Server(answer)
    with time_machine.travel(NOW, tick=True):
        controller = Controller(server, hostname="127.0.0.1", port=port)
        controller.start()
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
        settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
        settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
        try:
            yield server
        finally:
            controller.stop()


def waiting(ann) -> Report:
    return making.make(ann, "kam", "month", JUNE, schedule_id=order(ann).pk, mailed=True)


def send(report: Report) -> str:
    with acting_system("test"):
        return mail.send(Report.objects.select_related("person", "schedule").get(pk=report.pk))


def test_it_arrives_once_with_the_figures_and_the_pdf(ann, settings):
    report = waiting(ann)
    with serving(settings) as server:
        assert [send(report), send(report), send(report)] == ["sent"] * 3
    (envelope,) = server.got
    text = envelope.content.decode(errors="replace")
    assert envelope.rcpt_tos == [ann.email]
    assert mail.message_id(report) in text
    assert "application/pdf" in text
    with acting_as(ann):
        assert Report.objects.get().mailed_at is not None


@pytest.mark.parametrize("answer,state", [
    ("550 no", "refused"), ("drop", "unsure"),
])  # fmt: skip
def test_what_the_server_does_is_kept_and_nothing_is_sent_twice(ann, settings, answer, state):
    report = waiting(ann)
    with serving(settings, answer) as server:
        assert send(report) == state
        assert send(report) == state
    assert len(server.got) <= 1


def test_who_ordered_it_is_told_of_mails_to_others_that_failed(ann, client):
    """A manager does not see reports of those who lead other teams, but that one did not arrive."""
    lead = make_user("manager", team=ann.team, language="en")
    other = make_user("manager", language="en")
    with acting_as(lead):
        schedule = schedules.create(values(kind="company", audience="named"), lead, [other])
    report = making.make(other, "company", "month", JUNE, schedule_id=schedule.pk, mailed=True)
    client.force_login(lead)
    page = reverse("report_list")
    assert "did not arrive" not in client.get(page).content.decode()
    with acting_system("test"):
        Report.objects.filter(pk=report.pk).update(mail="refused")
        Schedule.objects.filter(pk=schedule.pk).update(told_until=JUNE.ends)
    told = client.get(page).content.decode()
    assert "1 mail did not arrive" in told
    assert reverse("report_detail", args=[report.pk]) not in told


def test_a_server_that_cannot_take_it_now_is_asked_again_later(ann, settings):
    report = waiting(ann)
    with serving(settings, "451 later"), pytest.raises(smtplib.SMTPDataError):
        send(report)
    with serving(settings) as server:
        assert send(report) == "sent"
    assert len(server.got) == 1


def test_a_server_that_is_not_there_is_asked_again_later(ann, settings):
    report = waiting(ann)
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        settings.EMAIL_HOST, settings.EMAIL_PORT = held.getsockname()
        with pytest.raises(OSError):
            send(report)
    with acting_as(ann):
        assert Report.objects.get().mail == "waiting"
    with serving(settings) as server:
        assert send(report) == "sent"
    assert len(server.got) == 1


def test_a_worker_lost_in_the_middle_leaves_it_open(ann, settings):
    report = waiting(ann)
    with acting_as(ann):
        Report.objects.update(mail="sending")
    with serving(settings) as server:
        assert send(report) == "unsure"
    assert server.got == []


def test_the_link_in_the_mail_opens_the_report(ann, settings, client):
    settings.SITE_URL = "https://kam.example"
    report = waiting(ann)
    text = mail.message(report).body
    link = urlsplit(re.search(r"https://kam\.example\S+", text).group())
    client.force_login(ann)
    assert client.get(link.path).status_code == 200
    assert report.content["schema"] == content.SCHEMA
