"""Goals measure themselves every night, are checked in by people, and roll up."""

import datetime as dt
from decimal import Decimal as D

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.urls import reverse

from accounts.measures.compute import compute
from accounts.models import Goal, GoalReading, Notice, ProgrammeGoal, Team
from accounts.services import goal_tracking as found
from accounts.services import goals, promises
from kam.lib.scoping import acting_as, acting_system
from tests.factories import make_client, make_document, make_interaction, make_user

pytestmark = pytest.mark.django_db
DAY = dt.date(2026, 7, 2)


@pytest.fixture(autouse=True)
def on_the_day():
    with time_machine.travel("2026-07-02T09:00:00Z", tick=False):
        yield


@pytest.fixture
def kam():
    return make_user("kam", name="Kay", language="en", team=Team.objects.create(name="North"))


@pytest.fixture
def shop(kam):
    return make_client("Shop", owner=kam, team=kam.team)


def make_goal(client, kam, begun=dt.date(2026, 1, 1), **values):
    answers = {
        "why": "they grow", "what_for": "be first", "how": "together", "measure": "revenue",
        "unit": "RUB", "start": 100, "target": 200, "due": dt.date(2026, 12, 31), "owner": kam,
    }  # fmt: skip
    with acting_system("test"):
        goal = Goal.objects.create(client=client, **answers | values)
        at = dt.datetime.combine(begun, dt.time(9), dt.UTC)
        Goal.objects.filter(pk=goal.pk).update(created_at=at)
        goal.refresh_from_db()
    return goal


def standing(goal):
    (tracked,) = found.tracked([goal], DAY)
    return tracked.progress


def test_the_night_reads_measures_once_a_day(shop, kam):
    make_document(shop, "2026-05-01", net=160)
    goal = make_goal(shop, kam)
    own = make_goal(shop, kam, measure="", own_measure="orders by phone")
    unfinished = make_goal(shop, kam, why="")
    with acting_system("test"):
        assert goals.read(DAY) == 1
        assert goals.read(DAY) == 1, "again on the same day it replaces"
        reading = GoalReading.objects.get()
        assert (reading.goal, reading.value, reading.computed) == (goal, D("160.00"), True)
        assert standing(goal).done == D("0.6000")
        assert standing(own).state == "unknown"
        assert standing(unfinished) is None


def test_who_answers_is_told_once_a_month_that_a_goal_is_off(shop, kam):
    make_document(shop, "2026-05-01", net=90)
    goal = make_goal(shop, kam)
    with acting_system("test"):
        goals.read(DAY)
        goals.read(DAY + dt.timedelta(days=1))
        notice = Notice.objects.get(person=kam)
        assert (notice.kind, notice.facts["goal"]) == ("goal_off", goal.pk)


def test_people_check_in_and_only_on_goals_that_can_be_measured(shop, kam):
    goal = make_goal(shop, kam, measure="", own_measure="visits")
    with acting_as(kam):
        goals.check_in(goal, D(150), "two more branches", kam)
        assert standing(goal).state == "on_track"
        with pytest.raises(ValidationError):
            goals.check_in(goal, D(1), "", kam, DAY + dt.timedelta(days=1))
        with pytest.raises(ValidationError):
            goals.check_in(make_goal(shop, kam, target=None), D(1), "", kam)
        with pytest.raises(ValidationError):
            goals.check_in(make_goal(shop, kam, status="reached"), D(1), "", kam)
        assert GoalReading.objects.count() == 1


def test_they_roll_up_by_who_answers_and_together(shop, kam):
    other = make_user("kam", name="Olaf", team=kam.team)
    with acting_as(kam):
        for owner, value in ((kam, 150), (kam, 100), (other, 130)):
            goal = make_goal(shop, owner, measure="", own_measure="x")
            goals.check_in(goal, D(value), "", kam)
        make_goal(shop, other)
        rolls = found.rolled_up(found.tracked(found.filtered(found.Filters()), DAY))
    assert [(roll.name, roll.counts) for roll in rolls] == [
        ("Kay", [1, 0, 0, 1, 0]),
        ("Olaf", [0, 1, 1, 0, 0]),
        ("", [1, 1, 1, 1, 0]),
    ]


def test_loyalty_is_half_what_they_say_and_half_what_they_do(shop, kam):
    def loyalty():
        with acting_system("test"):
            columns = compute(["loyalty"], DAY)
            at = columns.ids.tolist().index(shop.pk)
            value = float(columns.values["loyalty"][at])
        return None if value != value else value

    assert loyalty() is None
    for day, said in (("2026-06-01", 9), ("2026-03-01", 7), ("2025-06-01", 1)):
        make_interaction(shop, day, satisfaction=said)
    assert loyalty() is None, "two answers within the year are too few"
    with acting_as(kam):
        promise = promises.make(shop, {"what": "x", "due": DAY}, kam)
        promises.settle(promise, "kept", "mail", kam, satisfaction=8)
    assert loyalty() == 4.0, "eight said, nothing bought"
    # Quarters that end on 2 July: from 3 April, 3 January, 3 October, 3 July.
    for day in ("2026-07-01", "2026-05-01", "2026-01-03", "2025-12-31"):
        make_document(shop, day, net=1)
    assert loyalty() == (8 + 7.5) / 2
    make_document(shop, "2025-07-03", net=1)
    assert loyalty() == 9.0


def test_the_programme_has_one_goal_a_year(client):
    boss = make_user("administrator", language="en")
    client.force_login(boss)
    address = reverse("goal_programme", args=[2026])
    values = {"why": "profit hangs on few", "what_for": "half of it is theirs", "how": "plans"}
    assert client.post(address, values | {"why": ""}).status_code == 422
    assert client.post(address, values).status_code == 302
    page = client.get(reverse("goal_list")).content.decode()
    assert "half of it is theirs" in page
    stale = client.post(address, values | {"how": "more", "version": "7"})
    assert stale.status_code == 409
    with acting_as(boss):
        row = ProgrammeGoal.objects.get()
        with pytest.raises(ValidationError):
            goals.save_programme_goal(None, values | {"year": 2026}, boss)
        assert row.how == "plans"


def test_pages_and_rest_tell_the_same(client, shop, kam):
    client.force_login(kam)
    goal = make_goal(shop, kam, measure="", own_measure="visits", unit="visits")
    address = reverse("goal_detail", args=[goal.pk])
    assert client.post(address, {"value": "x"}).status_code == 422
    assert client.post(address, {"value": "130", "note": "a new branch"}).status_code == 302
    page = client.get(address).content.decode()
    assert "a new branch" in page
    assert "at risk" in page
    told = client.get(reverse("api:goal-progress", args=[goal.pk])).json()
    assert (told["state"], told["value"], told["done"]) == ("at_risk", "130.00", "0.3000")
    readings = client.get(reverse("api:goal-readings", args=[goal.pk])).json()
    assert [(row["value"], row["note"]) for row in readings] == [("130.00", "a new branch")]
    assert "at risk" in client.get(reverse("goal_list")).content.decode()
    (roll,) = client.get(reverse("api:goal-rolls")).json()
    assert (roll["name"], roll["states"]) == ("Kay", {"at_risk": 1})
    unfinished = make_goal(shop, kam, how="")
    assert client.get(reverse("api:goal-progress", args=[unfinished.pk])).status_code == 204
    empty = client.get(reverse("goal_list") + "?state=reached").content.decode()
    assert "No such goals" in empty
