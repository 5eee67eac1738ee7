"""Closing a year: results stay as they were, the next year opens, and it can be undone in time."""

import datetime as dt
from decimal import Decimal

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.urls import reverse

from accounts.models import (
    FrozenSale,
    Goal,
    GoalReading,
    Line,
    Notice,
    PlannedSale,
    Product,
    ProductFamily,
    Team,
    YearClose,
)
from accounts.selectors import year_closes as found
from accounts.services import sales_plans, year_closing
from kam.audit.models import Event
from kam.lib.scoping import acting_as, acting_system
from tests.factories import make_client, make_document, make_user

pytestmark = pytest.mark.django_db
DAY = dt.date(2026, 1, 20)
YEAR = 2025


@pytest.fixture(autouse=True)
def on_the_day():
    with time_machine.travel("2026-01-20T09:00:00Z", tick=False):
        yield


@pytest.fixture
def manager():
    team = Team.objects.create(name="North")
    return make_user("manager", language="en", team=team, name="Max")


@pytest.fixture
def boxes():
    return ProductFamily.objects.create(name="Boxes")


@pytest.fixture
def shop(manager):
    return make_client("Shop", team=manager.team, lifecycle="active")


def sell(client, net, day, family=None):
    document = make_document(client, net=net, date=day)
    with acting_system("test"):
        product, _made = Product.objects.get_or_create(
            code=f"p{family and family.pk}", defaults={"name": "Box", "family": family}
        )
        Line.objects.create(
            document=document, client=client, date=day, position=1, product=product, quantity=1,
            net=net, gross=net,
        )  # fmt: skip


def plan(client, cells, author, year=YEAR):
    with acting_as(author):
        sales_plans.save(client, year, cells, author)


def goal_of(client, **values):
    with acting_system("test"):
        asked = dict.fromkeys(("why", "what_for", "how", "own_measure", "unit"), "x")
        fields = {"start": 1, "target": 10, "due": dt.date(YEAR, 12, 31)} | asked | values
        return Goal.objects.create(client=client, **fields)


def close(manager, growth="10", **how):
    with acting_as(manager):
        return year_closing.close(YEAR, growth and Decimal(growth), manager, **how)


def test_results_are_frozen_and_later_corrections_show_beside_them(manager, shop, boxes):
    plan(shop, {(boxes.pk, 3): Decimal(100), (boxes.pk, 4): Decimal(50)}, manager)
    sell(shop, Decimal(90), dt.date(YEAR, 3, 5), boxes)
    sell(shop, Decimal(7), dt.date(YEAR, 5, 5))
    row = close(manager)
    with acting_as(manager):
        kept = FrozenSale.objects.order_by("month").values_list("family", "planned", "sold")
        assert list(kept) == [(boxes.pk, 100, 90), (boxes.pk, 50, 0), (None, None, 7)]
        sell(shop, Decimal(15), dt.date(YEAR, 3, 6), boxes)
        plan(shop, {(boxes.pk, 3): Decimal(120)}, manager)
        (line,) = found.compared(row, DAY)
        assert (line.planned, line.sold, line.moved, line.plan_moved) == (150, 97, 15, 20)
        assert found.total_of([line]).sold_now == 112
    assert Event.unscoped.get(action="year.close").details["sold"] == "97.00"


def test_the_next_plan_grows_and_what_is_planned_already_stays(manager, shop, boxes):
    plan(shop, {(boxes.pk, 3): Decimal(100), (0, 4): Decimal("33.33")}, manager)
    plan(shop, {(boxes.pk, 3): Decimal(5)}, manager, YEAR + 1)
    lost = make_client("Lost", team=manager.team, lifecycle="lost")
    plan(lost, {(0, 1): Decimal(9)}, manager)
    with acting_as(manager):
        seen = year_closing.preview(YEAR, Decimal(10))
        assert (len(seen.clients), len(seen.planned), seen.kept) == (2, 1, 1)
        assert (seen.plan, seen.sold, seen.next_plan) == (Decimal("142.33"), 0, Decimal("36.66"))
        assert not YearClose.objects.exists(), "looking changes nothing"
    close(manager)
    with acting_as(manager):
        assert sales_plans.plan_of([shop.pk], YEAR + 1) == {
            (boxes.pk, 3): 5, (0, 4): Decimal("36.66")
        }  # fmt: skip
        assert sales_plans.plan_of([lost.pk], YEAR + 1) == {}


def test_without_growth_no_plan_is_copied(manager, shop):
    plan(shop, {(0, 1): Decimal(9)}, manager)
    assert close(manager, growth=None).planned_cells == 0


def test_goals_go_on_from_where_they_stand(manager, shop):
    plan(shop, {(0, 1): Decimal(9)}, manager)
    goal, other = goal_of(shop), goal_of(shop, due=dt.date(YEAR + 1, 3, 1))
    with acting_system("test"):
        GoalReading.objects.create(goal=goal, day=DAY, value=4)
    close(manager)
    with acting_as(manager):
        goal.refresh_from_db()
        copy = goal.carried_to.goal
        assert (goal.status, copy.status, copy.due) == ("missed", "open", dt.date(2026, 12, 31))
        assert (copy.start, copy.target, copy.what_for) == (4, 10, "x")
        other.refresh_from_db()
        assert other.status == "open"


def test_those_who_lead_are_asked_to_look_at_the_matrix(manager, shop):
    make_user("kam", team=manager.team)
    plan(shop, {(0, 1): Decimal(9)}, manager)
    close(manager)
    assert list(Notice.unscoped.values_list("person__name", "kind")) == [("Max", "matrix_review")]


def test_a_year_is_closed_once_and_only_when_it_is_over(manager, shop):
    plan(shop, {(0, 1): Decimal(9)}, manager)
    close(manager)
    for year in (YEAR, YEAR + 1, YEAR - 3):
        with acting_as(manager), pytest.raises(ValidationError) as refused:
            year_closing.close(year, None, manager)
        assert set(refused.value.message_dict) == {"year"}


def test_each_closes_for_the_clients_they_answer_for(manager, shop):
    other = make_user("manager", team=Team.objects.create(name="South"))
    theirs = make_client("Theirs", team=other.team)
    plan(shop, {(0, 1): Decimal(9)}, manager)
    plan(theirs, {(0, 1): Decimal(9)}, other)
    row = close(manager)
    with acting_as(other):
        assert year_closing.hindrances(row) == [
            year_closing._("Some of its clients are not yours to change. Ask whoever closed it.")
        ]
        assert [c.name for c in year_closing.preview(YEAR, None).clients] == ["Theirs"]
        assert year_closing.close(YEAR, None, other).clients == 1
    kam = make_user("kam", team=other.team)
    with acting_as(kam):
        assert found.compared(row, DAY) == [], "a KAM sees the team's clients alone"


def test_a_closing_is_undone_as_if_it_had_not_been(manager, shop):
    plan(shop, {(0, 1): Decimal(9)}, manager)
    goal = goal_of(shop)
    row = close(manager)
    with acting_as(manager):
        assert year_closing.hindrances(row) == []
        year_closing.undo(row, manager)
        goal.refresh_from_db()
        assert (goal.status, Goal.objects.count(), FrozenSale.objects.count()) == ("open", 1, 0)
        assert not PlannedSale.objects.filter(month__year=YEAR + 1).exists()
        assert row.is_undone
        with pytest.raises(ValidationError):
            year_closing.undo(row, manager)
        assert year_closing.close(YEAR, None, manager).pk != row.pk


@pytest.mark.parametrize("touch", ["plan", "check-in", "words", "later"])
def test_it_is_undone_no_more_once_somebody_has_worked_on_it(manager, shop, touch):
    plan(shop, {(0, 1): Decimal(9)}, manager)
    goal = goal_of(shop)
    row = close(manager)
    with acting_as(manager):
        copy = Goal.objects.get(carried_from__origin=goal)
        if touch == "plan":
            sales_plans.save(shop, YEAR + 1, {(0, 1): Decimal(11)}, manager)
        elif touch == "check-in":
            GoalReading.objects.create(goal=copy, day=DAY, value=3, person=manager)
        elif touch == "words":
            Goal.objects.filter(pk=copy.pk).update(version=2)
        else:
            YearClose.objects.create(year=YEAR + 1)
        assert len(year_closing.hindrances(row)) == 1
        with pytest.raises(ValidationError):
            year_closing.undo(row, manager)
        assert FrozenSale.objects.exists()


def test_pages_of_closing(client, manager, shop):
    plan(shop, {(0, 1): Decimal(900)}, manager)
    goal_of(shop, what_for="Second branch")
    client.force_login(manager)
    assert "Close 2025" in client.get(reverse("year_close_list")).content.decode()
    create = reverse("year_close_create")
    page = client.get(create).content.decode()
    assert "What closing 2025 would do" in page
    assert "Second branch" in page
    assert client.get(create, {"year": "2025", "growth": "x"}).status_code == 200
    assert client.post(create, {"year": "2019", "growth": "1"}).status_code == 422
    answer = client.post(create, {"year": "2025", "growth": "5", "goals": "on"})
    assert answer.status_code == 302
    page = client.get(answer["Location"]).content.decode()
    assert "Shop" in page
    assert "No look at the matrix was asked for" in page
    assert client.post(create, {"year": "2025", "growth": "5"}).status_code == 422
    with acting_as(manager):
        undo = reverse("year_close_undo", args=[YearClose.objects.get().pk])
    assert "Undo the closing" in client.get(undo).content.decode()
    assert client.post(undo).status_code == 302
    assert client.post(undo).status_code == 422
    client.force_login(make_user("kam", team=manager.team, language="en"))
    assert client.get(reverse("year_close_list")).status_code == 200
    assert client.get(create).status_code == 403


def test_closing_over_rest(client, manager, shop):
    plan(shop, {(0, 1): Decimal(900)}, manager)
    client.force_login(manager)
    address = reverse("api:year-close-list")
    refused = client.post(address, {"year": 2026}, "application/json")
    assert "year" in refused.json()["error"]["fields"]
    made = client.post(address, {"year": 2025, "growth": "5.0"}, "application/json")
    assert (made.status_code, made.json()["planned_cells"]) == (201, 1)
    one = client.get(reverse("api:year-close-detail", args=[made.json()["id"]])).json()
    assert one["rows"][0]["planned"] == "900.00"
    undo = reverse("api:year-close-undo", args=[made.json()["id"]])
    assert client.post(undo).json()["undone_by"] == manager.pk
    assert client.post(undo).status_code == 400
