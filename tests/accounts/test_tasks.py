"""Tasks: set, asked of another, accepted or returned, done, and made anew."""

import datetime as dt

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import DatabaseError, transaction
from django.urls import reverse

from accounts.measures import recurrence
from accounts.models import Notice, Task, Team, User
from accounts.selectors import tasks as found
from accounts.services import task_mail, tasks
from accounts.services.clients import Conflict
from accounts.services.demo import tasks as demo
from kam.jobs.models import Job
from kam.lib.scoping import acting_as, acting_system
from tests.factories import make_client, make_user

pytestmark = pytest.mark.django_db
DAY = dt.date(2026, 3, 16)  # a Monday


@pytest.fixture(autouse=True)
def on_the_day():
    with time_machine.travel("2026-03-16T09:00:00Z", tick=False):
        yield


@pytest.fixture
def team():
    return Team.objects.create(name="North")


@pytest.fixture
def kam(team):
    return make_user("kam", name="Ann Orlova", language="en", team=team)


@pytest.fixture
def helper():
    return make_user("colleague", name="Dan Helper", language="en")


def give(giver, what="Send the price list", due=DAY, **values):
    with acting_as(giver):
        return tasks.give({"what": what, "due": due, **values}, giver)


def visible_to(person):
    with acting_as(person):
        return set(Task.objects.values_list("what", flat=True))


# -- the days of a rule: examples of RFC 5545, section 3.8.5.3, and their edges ---------------------


@pytest.mark.parametrize(
    ("rule", "due", "after", "following"),
    [
        ("FREQ=DAILY;INTERVAL=10", "1997-09-02", "1997-09-02", "1997-09-12"),
        ("FREQ=WEEKLY", "1997-09-02", "1997-09-02", "1997-09-09"),
        ("FREQ=WEEKLY;INTERVAL=2", "1997-09-02", "1997-09-02", "1997-09-16"),
        ("FREQ=WEEKLY;BYDAY=TU,TH", "1997-09-02", "1997-09-02", "1997-09-04"),
        ("FREQ=WEEKLY;BYDAY=TU,TH", "1997-09-04", "1997-09-04", "1997-09-09"),
        ("FREQ=MONTHLY;BYMONTHDAY=15", "1997-09-02", "1997-09-02", "1997-09-15"),
        ("FREQ=MONTHLY;INTERVAL=18;BYMONTHDAY=10", "1997-09-10", "1997-09-10", "1999-03-10"),
        ("FREQ=YEARLY", "1997-06-10", "1997-06-10", "1998-06-10"),
        # Done late: the next one lies ahead, on the same rhythm.
        ("FREQ=WEEKLY;BYDAY=MO", "2026-03-02", "2026-03-11", "2026-03-16"),
        ("FREQ=WEEKLY;INTERVAL=2;BYDAY=MO", "2026-03-02", "2026-03-11", "2026-03-16"),
        ("FREQ=WEEKLY;INTERVAL=2;BYDAY=MO", "2026-03-02", "2026-03-16", "2026-03-30"),
        # Done early: not the same one again.
        ("FREQ=WEEKLY;BYDAY=MO", "2026-03-16", "2026-03-13", "2026-03-23"),
        # Only working days.
        ("FREQ=DAILY;BYDAY=MO,TU,WE,TH,FR", "2026-03-13", "2026-03-13", "2026-03-16"),
        # Months without the day: their last one, and the day comes back.
        ("FREQ=MONTHLY;BYMONTHDAY=31", "2026-01-31", "2026-01-31", "2026-02-28"),
        ("FREQ=MONTHLY;BYMONTHDAY=31", "2026-02-28", "2026-02-28", "2026-03-31"),
        ("FREQ=MONTHLY;BYMONTHDAY=30", "2028-01-30", "2028-01-30", "2028-02-29"),
        ("FREQ=YEARLY", "2028-02-29", "2028-02-29", "2029-02-28"),
        ("FREQ=MONTHLY;INTERVAL=3;BYMONTHDAY=5", "2026-01-05", "2026-07-20", "2026-10-05"),
        ("FREQ=DAILY;UNTIL=20260317", "2026-03-16", "2026-03-16", "2026-03-17"),
        ("FREQ=DAILY;UNTIL=20260317", "2026-03-17", "2026-03-17", None),
    ],
)
def test_the_next_day_of_a_rule(rule, due, after, following):
    expected = dt.date.fromisoformat(following) if following else None
    parsed = recurrence.parse(rule)
    assert (
        recurrence.next_after(parsed, dt.date.fromisoformat(due), dt.date.fromisoformat(after))
        == expected
    )
    assert recurrence.parse(str(parsed)) == parsed


def test_far_behind_is_found_without_walking_through_every_day():
    parsed = recurrence.parse("FREQ=MONTHLY")
    assert recurrence.next_after(parsed, dt.date(1900, 1, 31), dt.date(2026, 2, 1)) == dt.date(
        2026, 2, 28
    )
    assert recurrence.next_after(recurrence.parse("FREQ=YEARLY;INTERVAL=99"),
                                 dt.date(9980, 1, 1), dt.date(9980, 1, 1)) is None  # fmt: skip


@pytest.mark.parametrize(
    "text",
    ["", "daily", "FREQ=HOURLY", "FREQ=WEEKLY;BYDAY=XX", "FREQ=WEEKLY;INTERVAL=0",
     "FREQ=MONTHLY;BYMONTHDAY=32", "FREQ=WEEKLY;BYMONTHDAY=5", "FREQ=MONTHLY;BYDAY=MO",
     "FREQ=DAILY;COUNT=3", "FREQ=DAILY;UNTIL=tomorrow", "FREQ=DAILY;FREQ=DAILY",
     "FREQ=DAILY;INTERVAL=²"],
)  # fmt: skip
def test_what_is_no_rule_is_refused(text):
    with pytest.raises(ValueError):
        recurrence.parse(text)


# -- whose it is ----------------------------------------------------------------------------------


def test_a_task_for_oneself_is_to_do_at_once(kam):
    task = give(kam)
    assert (task.owner, task.giver, task.state, task.is_asked_of_another) == (
        kam, kam, "open", False
    )  # fmt: skip
    assert Notice.unscoped.count() == 0


def test_without_a_client_it_is_seen_by_both_and_by_who_leads(kam, team, helper):
    give(kam, owner=helper)
    leader = make_user("manager", team=team)
    other = make_user("manager", team=Team.objects.create(name="South"))
    mate = make_user("kam", team=team)
    assert visible_to(kam) == visible_to(helper) == {"Send the price list"}
    assert visible_to(mate) == visible_to(other) == visible_to(leader) == set()
    give(kam, "Own errand")
    assert visible_to(leader) == {"Own errand"}
    assert visible_to(make_user("administrator")) == {"Own errand", "Send the price list"}
    assert visible_to(helper) == {"Send the price list"}


def test_with_a_client_it_is_seen_by_whoever_sees_the_client(kam, team, helper):
    shop = make_client("Shop", owner=kam, team=team)
    give(kam, client=shop)
    other = make_user("manager", team=Team.objects.create(name="South"))
    mate = make_user("kam", team=team)
    assert visible_to(mate) == visible_to(other) == {"Send the price list"}
    assert visible_to(helper) == set()
    with acting_as(mate):  # reads the team's, writes own
        assert not Task.objects.editable_by(mate).exists()


def test_what_is_asked_is_accepted_by_whoever_was_asked(kam, helper):
    task = give(kam, owner=helper)
    assert task.state == "asked"
    assert Notice.unscoped.get().person == helper
    with acting_as(kam), pytest.raises(ValidationError):
        tasks.accept(task, kam)
    with acting_as(helper):
        assert tasks.accept(task, helper).state == "open"
        with pytest.raises(ValidationError):
            tasks.accept(task, helper)


def test_it_is_returned_with_a_word_and_given_anew(kam, helper):
    task = give(kam, owner=helper)
    with acting_as(helper):
        with pytest.raises(ValidationError):
            tasks.hand_back(task, "  ", helper)
        tasks.hand_back(task, "On leave", helper)
        assert (task.state, task.word) == ("returned", "On leave")
        assert found.tasks_of(helper, DAY, 5) == []
    assert Notice.unscoped.filter(person=kam, facts__step="returned").exists()
    with acting_as(kam):
        assert found.day_of(kam, DAY).returned == [task]
        later = DAY + dt.timedelta(days=14)
        tasks.change(task, {"due": later}, task.version, kam)
        assert (task.state, task.word, task.owner) == ("asked", "", helper)
    with acting_as(helper):
        tasks.hand_back(task, "Still on leave", helper)
    with acting_as(kam):
        tasks.take_over(task, kam)
        assert (task.owner, task.state, task.is_asked_of_another) == (kam, "open", False)
        with pytest.raises(ValidationError):
            tasks.hand_back(task, "x", kam)


# -- done -----------------------------------------------------------------------------------------


def test_the_next_one_is_made_when_one_is_done_and_goes_when_it_is_opened_again(kam):
    task = give(kam, rule="FREQ=WEEKLY;BYDAY=MO")
    with acting_as(kam):
        following = tasks.settle(task, "done", kam)
        assert (following.due, following.previous, following.state) == (
            DAY + dt.timedelta(days=7), task, "open"
        )  # fmt: skip
        with pytest.raises(ValidationError):
            tasks.settle(task, "done", kam)
        tasks.reopen(task, kam)
        assert list(Task.objects.all()) == [task]
        following = tasks.settle(task, "done", kam)
        tasks.change(following, {"note": "begun"}, 1, kam)
        with pytest.raises(ValidationError):
            tasks.reopen(task, kam)


def test_a_dropped_task_does_not_come_again(kam):
    task = give(kam, rule="FREQ=DAILY")
    with acting_as(kam):
        assert tasks.settle(task, "dropped", kam) is None
        assert Task.objects.count() == 1


def test_who_asked_is_told_that_it_is_done(kam, helper):
    task = give(kam, owner=helper)
    with acting_as(helper):
        tasks.settle(task, "done", helper)
    assert Notice.unscoped.filter(person=kam, facts__step="done").count() == 1


def test_the_database_keeps_what_a_state_means(kam):
    task = give(kam)
    for fields in ({"state": "done"}, {"state": "asked"}, {"state": "returned"},
                   {"settled_on": DAY}):  # fmt: skip
        with acting_system("test"), pytest.raises(DatabaseError), transaction.atomic():
            Task.objects.filter(pk=task.pk).update(**fields)


def test_whoever_is_slower_is_told(kam):
    task = give(kam)
    with acting_as(kam):
        assert tasks.change(task, {"note": "x"}, 1, kam) == ["note"]
        with pytest.raises(Conflict):
            tasks.change(task, {"note": "y"}, 1, kam)
        with pytest.raises(ValidationError):
            tasks.change(task, {"rule": "FREQ=HOURLY"}, 2, kam)


def test_the_day_is_sorted_by_when_things_are_due(kam, helper):
    offsets = {"late": -3, "now": 0, "week": 6, "later": 7}
    for name, days in offsets.items():
        give(kam, name, DAY + dt.timedelta(days=days))
    give(helper, "asked", owner=kam)
    give(kam, "given", owner=helper)
    with acting_as(kam):
        day = found.day_of(kam, DAY)
        got = {name: [task.what for task in rows] for name, rows in vars(day).items()}
        assert got == {
            "overdue": ["late"], "today": ["now"], "week": ["week"], "later": ["later"],
            "asked": ["asked"], "returned": [],
        }  # fmt: skip
        assert [task.what for task in found.given_by(kam)] == ["given"]
        assert [task.what for task in found.tasks_of(kam, DAY, 2)] == ["late", "now"]
        (load, *_rest) = found.loads(DAY, kam.team_id)
        assert (load.overdue, load.today, load.week, load.all, load.waiting) == (1, 2, 1, 5, 1)


# -- pages ----------------------------------------------------------------------------------------


@pytest.fixture
def page(client, kam):
    client.force_login(kam)
    return client


HTMX = {"HX-Request": "true"}


def test_a_task_is_done_and_opened_again_where_it_stands(page, kam):
    task = give(kam, rule="FREQ=WEEKLY;BYDAY=MO")
    address = reverse("task_act", args=[task.pk])
    body = page.post(address, {"act": "done"}, headers=HTMX).content.decode()
    assert 'data-state="done"' in body
    assert "The next one is due on" in body
    assert "<html" not in body
    assert (
        'data-state="open"' in page.post(address, {"act": "reopen"}, headers=HTMX).content.decode()
    )
    page.post(address, {"act": "done", "next": "/tasks/"})
    assert Task.unscoped.filter(state="open").get().previous == task


def test_the_form_says_how_a_task_repeats_from_its_day(page, kam):
    make_client("Shop", owner=kam, team=kam.team)
    values = {"what": "Report", "due": "2026-03-31", "repeats": "monthly", "client": "Shop"}
    assert page.post(reverse("task_create"), values).status_code == 302
    task = Task.unscoped.get()
    assert (task.rule, task.client.name, task.owner) == ("FREQ=MONTHLY;BYMONTHDAY=31", "Shop", kam)
    # Another field changes: the rhythm stays, though this month is shorter.
    Task.unscoped.filter(pk=task.pk).update(due="2026-04-30")
    edit = reverse("task_edit", args=[task.pk])
    values |= {"due": "2026-04-30", "note": "x", "version": "1", "owner": kam.pk}
    assert page.post(edit, values).status_code == 302
    task.refresh_from_db()
    assert (task.rule, task.note) == ("FREQ=MONTHLY;BYMONTHDAY=31", "x")
    # Another day: the rhythm follows it.
    assert page.post(edit, values | {"due": "2026-04-05", "version": "2"}).status_code == 302
    task.refresh_from_db()
    assert task.rule == "FREQ=MONTHLY;BYMONTHDAY=5"


def test_a_rule_that_a_program_wrote_stays_as_it_is(page, kam):
    task = give(kam, rule="FREQ=WEEKLY;BYDAY=MO,TH")
    edit = reverse("task_edit", args=[task.pk])
    assert "every week: monday, thursday" in page.get(edit).content.decode()
    values = {"what": "New words", "due": "2026-03-19", "repeats": "kept", "version": "1"}
    assert page.post(edit, values).status_code == 302
    task.refresh_from_db()
    assert (task.rule, task.what) == ("FREQ=WEEKLY;BYDAY=MO,TH", "New words")


def test_a_task_is_added_in_place_and_errors_are_said(page, kam):
    values = {"what": "Call them", "due": "2026-03-16", "in_place": "1"}
    body = page.post(reverse("task_create"), values, headers=HTMX).content.decode()
    assert "Call them" in body
    assert "<html" not in body
    assert page.post(reverse("task_create"), {"what": ""}).status_code == 422
    assert page.post(reverse("task_create"), values | {"client": "None such"}).status_code == 422


def test_the_team_is_what_a_manager_leads(client, kam, team):
    give(kam, "Own errand")
    give(make_user("kam", team=Team.objects.create(name="South")), "Foreign errand")
    client.force_login(make_user("manager", team=team, language="en"))
    body = client.get(reverse("task_team")).content.decode()
    assert "Own errand" in body
    assert "Foreign errand" not in body
    client.force_login(kam)
    assert client.get(reverse("task_team")).status_code == 403


def test_the_page_of_the_day_in_russian(client, kam):
    User.objects.filter(pk=kam.pk).update(language="ru")
    give(kam, rule="FREQ=WEEKLY;BYDAY=WE", due=dt.date(2026, 3, 11))
    client.force_login(User.objects.get(pk=kam.pk))
    body = client.get(reverse("task_list")).content.decode()
    assert "Просрочено" in body
    assert "каждую среду" in body


# -- REST -----------------------------------------------------------------------------------------


def test_programs_set_change_and_settle_tasks(page, kam, helper):
    values = {"what": "Report", "due": "2026-03-20", "rule": "freq=monthly;bymonthday=20"}
    made = page.post("/api/v1/tasks/", values, "application/json").json()
    assert (made["rule"], made["owner"], made["repeats"]) == (
        "FREQ=MONTHLY;BYMONTHDAY=20", kam.pk, "every month, on day 20"
    )  # fmt: skip
    one = f"/api/v1/tasks/{made['id']}/"
    changed = page.patch(one, {"note": "x", "version": 1}, "application/json")
    assert (changed.status_code, changed.json()["version"]) == (200, 2)
    assert page.patch(one, {"note": "y", "version": 1}, "application/json").status_code == 409
    assert page.patch(one, {"rule": "x", "version": 2}, "application/json").status_code == 400
    # A KAM asks within the own team only.
    asked = page.patch(one, {"owner": helper.pk, "version": 2}, "application/json")
    assert asked.status_code == 400
    done = page.post(f"{one}settlement/", {"outcome": "done"}, "application/json")
    assert done.json()["state"] == "done"
    rows = page.get("/api/v1/tasks/?state=open&due_from=2026-04-01").json()["results"]
    assert [row["previous"] for row in rows] == [made["id"]]
    assert page.post(f"{one}reopening/").json()["state"] == "open"
    assert page.post(f"{one}acceptance/").status_code == 400
    assert page.post(f"{one}return/", {"word": "x"}, "application/json").status_code == 400


# -- the mail in the morning ----------------------------------------------------------------------


@pytest.fixture
def posting(settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"


def test_one_mail_a_day_with_what_is_due(kam, helper, posting, mailoutbox):
    give(kam, "Late thing", DAY - dt.timedelta(days=2))
    give(kam, "Thing of today")
    give(kam, "Thing of tomorrow", DAY + dt.timedelta(days=1))
    quiet = make_user("kam", task_mail=False)
    give(quiet, "Quiet thing")
    with acting_system("test"):
        assert task_mail.request(DAY) == 1
        assert task_mail.request(DAY) == 1  # one that waits already
    job = Job.unscoped.get(kind=task_mail.JOB)
    assert (job.actor, job.payload["person_id"]) == (kam, kam.pk)
    with acting_as(kam):
        assert task_mail.send(kam.pk, DAY) == 2
        assert task_mail.send(kam.pk, DAY) == 0
    (mail,) = mailoutbox
    assert mail.to == [kam.email]
    assert "Late thing" in mail.body
    assert "Thing of today" in mail.body
    assert "tomorrow" not in mail.body
    assert mail.subject == "2 tasks for today"
    assert mail.extra_headers["Message-ID"] == task_mail.message_id(kam, DAY)
    with acting_system("test"):
        assert task_mail.request(DAY) == 0


def test_a_server_that_does_not_answer_is_tried_again(kam, settings, mailoutbox):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    give(kam)
    with acting_as(kam), pytest.raises(OSError):
        task_mail.send(kam.pk, DAY)
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    with acting_as(kam):
        assert task_mail.send(kam.pk, DAY) == 1


def test_without_mail_nothing_is_asked(kam, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
    give(kam)
    with acting_system("test"):
        assert task_mail.request(DAY) == 0


def test_the_demo_has_tasks_of_every_kind_for_its_day(kam, helper, team):
    User.objects.filter(pk=helper.pk).update(function="delivery")
    people = [kam, User.objects.get(pk=helper.pk), make_user("manager", team=team)]
    shops = [make_client(f"Shop {n}", owner=kam, team=team) for n in range(12)]
    with acting_system("test"):
        assert demo.fill(shops, "ru", DAY, people, 1) == Task.objects.count()
        states = set(Task.objects.values_list("state", flat=True))
        assert states == {"asked", "open", "returned", "done"}
        assert Task.objects.filter(client__isnull=True, rule="FREQ=WEEKLY;BYDAY=MO").count() == 2
        assert not Task.objects.filter(settled_on__gt=DAY).exists()
        demo.clear()
        assert not Task.objects.exists()
