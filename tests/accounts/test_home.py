"""Today: what changed since the last visit, what comes, the clients with plan and next step."""

import datetime as dt
from decimal import Decimal

import pytest
import time_machine
from django.urls import reverse

from accounts.models import (
    Goal,
    HealthWeek,
    Meeting,
    PlannedSale,
    Problem,
    Promise,
    Standing,
    Task,
    Team,
)
from accounts.selectors import changes, coming
from accounts.services.sales_plans import against_plan
from accounts.views.home_parts import alerts, lines_of
from kam.audit.models import DataAccess
from kam.lib.scoping import acting_as, acting_system
from tests.factories import (
    make_client,
    make_document,
    make_group,
    make_interaction,
    make_user,
)

pytestmark = pytest.mark.django_db
TODAY = dt.date(2026, 3, 16)
NOW = dt.datetime(2026, 3, 12, 9, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def on_the_day():
    with time_machine.travel("2026-03-16T09:00:00Z", tick=False):
        yield


@pytest.fixture
def kam():
    return make_user("kam", language="en", team=Team.objects.create(name="North"))


@pytest.fixture
def shop(kam):
    return make_client("Shop", owner=kam, team=kam.team, lifecycle="active")


def promise(client, what, due, **values):
    with acting_system("test"):
        return Promise.objects.create(client=client, what=what, due=due, first_due=due, **values)


def test_plan_against_actual_of_complete_months_of_a_group(kam, shop):
    """By hand: planned 100 + 200 in January and February, 300 in March, which is not over; sold
    90 by the group's own entity and 120 by a member: 210 of 300."""
    group = make_group("Group", [shop], owner=kam)
    bare = make_client("Bare", owner=kam)
    with acting_system("test"):
        for month, amount in ((1, 100), (2, 200), (3, 300)):
            PlannedSale.objects.create(client=group, month=dt.date(2026, month, 1), amount=amount)
    make_document(group, "2026-01-20", 90)
    make_document(shop, "2026-02-20", 120)
    make_document(shop, "2026-03-02", 1000)
    make_document(shop, "2025-12-31", 1000)
    counts_for = {group.pk: group.pk, shop.pk: group.pk, bare.pk: bare.pk}
    with acting_as(kam):
        assert against_plan(counts_for, TODAY) == {group.pk: (Decimal(300), Decimal(210))}
        assert against_plan(counts_for, dt.date(2026, 1, 15)) == {}  # no month is over
        assert against_plan({}, TODAY) == {}


def test_the_next_step_is_what_is_overdue_first(kam, shop):
    promise(shop, "Theirs", dt.date(2026, 3, 1), side="theirs")
    promise(shop, "Ours", dt.date(2026, 3, 20), owner=kam)
    with acting_system("test"):
        Task.objects.create(client=shop, what="Late", due="2026-03-10", owner=kam, giver=kam)
        Task.objects.create(
            client=shop, what="Done", due="2026-03-01", owner=kam, giver=kam, state="done",
            settled_on=TODAY,
        )  # fmt: skip
    with acting_as(kam):
        step = coming.next_steps([shop.pk], TODAY)[shop.pk]
        assert (step.noun, step.text) == ("task", "Late")
        (line,) = lines_of([shop], TODAY)
        assert (line["step"].text, line["promises"], line["late"]) == ("Late", 2, 1)


def test_alerts_give_each_kind_its_place(kam):
    clients = [make_client(f"C{n}", owner=kam, lifecycle="active") for n in range(4)]
    for each in clients:
        make_document(each, "2026-01-05", 100, due="2026-02-01")
        with acting_system("test"):
            PlannedSale.objects.create(client=each, month=dt.date(2026, 1, 1), amount=1000)
        make_interaction(each, "2025-11-01", kind="call")
    with acting_as(kam):
        found = alerts(lines_of(clients, TODAY), TODAY)
    assert [each["kind"] for each in found] == ["overdue"] * 2 + ["plan"] * 2 + ["silence"]


def test_what_others_did_since_the_last_visit_and_nothing_of_ones_own(client, kam, shop):
    boss = make_user("administrator")
    other = make_client("Other", owner=make_user("kam"))
    with acting_system("test"):
        DataAccess.objects.create(
            actor=kam,
            day=dt.date(2026, 3, 12),
            client_ref=shop.pk,
            ways=["page"],
            first_at=NOW,
            last_at=NOW,
        )
        DataAccess.objects.create(
            actor=kam, day=TODAY, client_ref=shop.pk, ways=["page"], first_at=NOW, last_at=NOW
        )
        Problem.objects.create(client=shop, what="Raised", raised_on=TODAY, author=boss)
        Problem.objects.create(client=shop, what="Own", raised_on=TODAY, author=kam)
        Problem.objects.create(client=other, what="Foreign", raised_on=TODAY, author=boss)
        Problem.objects.create(client=shop, what="Old", raised_on="2026-03-01", author=boss)
        Standing.objects.create(client=shop, value="candidate", since=TODAY, author=boss)
        for week, score in (("2026-03-09", 70), ("2026-03-16", 55)):
            HealthWeek.objects.create(client=shop, week=week, score=score, coverage=1)
    settled = {"settled_on": TODAY, "evidence": "letter", "state": "broken"}
    promise(shop, "Drawing", TODAY, settled_by=boss, **settled)
    promise(shop, "Mine", TODAY, settled_by=kam, **settled)
    make_interaction(shop, "2026-03-16", subject="By boss", author=boss, known=TODAY)
    with acting_as(kam):
        assert changes.last_visit(kam, TODAY) == dt.date(2026, 3, 12)
        assert changes.last_visit(boss, TODAY) == dt.date(2026, 3, 9)
        found = changes.since([shop.pk], dt.date(2026, 3, 12), TODAY, kam)
    assert {(each.noun, each.text) for each in found} == {
        ("raised", "Raised"), ("standing", ""), ("health", "down"), ("promise", "Drawing"),
        ("note", "By boss"),
    }  # fmt: skip
    client.force_login(kam)
    page = client.get(reverse("home_changes")).content.decode()
    assert "70 → 55" in page
    assert "Foreign" not in page


def test_what_comes_within_ninety_days(client, kam, shop):
    with acting_system("test"):
        for what, due in (("Soon", "2026-06-14"), ("Later", "2026-06-15"), ("Past", "2026-03-01")):
            Goal.objects.create(client=shop, what_for=what, due=due, owner=kam, start=1, target=2)
        Meeting.objects.create(
            client=shop,
            title="Quarter",
            owner=kam,
            starts_at=dt.datetime(2026, 4, 1, tzinfo=dt.UTC),
        )
    client.force_login(kam)
    page = client.get(reverse("home_coming")).content.decode()
    assert "Soon" in page
    assert "Quarter" in page
    assert "Later" not in page
    assert "Past" not in page
