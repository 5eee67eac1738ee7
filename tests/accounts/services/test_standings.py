"""Standings move by decisions alone, and nobody passes the goal gate without a complete goal."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, transaction

from accounts.models import Goal, Standing
from accounts.selectors.standings import (
    history,
    key_clients,
    present_of,
    standing_of,
    taken_over_without_goal,
)
from accounts.services.standings import (
    Conflict,
    Move,
    Refused,
    change,
    change_goal,
    check,
    create_goal,
    take_over,
)
from kam.lib.periods import today
from kam.lib.scoping import acting_as, acting_system
from tests.factories import make_client, make_user

pytestmark = pytest.mark.django_db
WHOLE = {
    "why": "They grow faster than their market.",
    "what_for": "A second warehouse runs on our deliveries.",
    "how": "Monthly planning with their logistics.",
    "measure": "revenue",
    "unit": "RUB",
    "start": 100,
    "target": 150,
    "due": dt.date(2030, 1, 1),
}


@pytest.fixture
def as_system():
    with acting_system("test"):
        yield


def give_goal(client, owner=None, **changes):
    return create_goal(client, {**WHOLE, "owner": owner or make_user(), **changes}, None)


def move(client, to, reason="because", **more):
    return change([Move(client.pk, to, reason, **more)], author=None)


def test_the_gate_says_what_is_missing(as_system):
    client = make_client()
    with pytest.raises(Refused) as refused:
        move(client, "trial")
    assert refused.value.refusals[0].missing == ("goal",)
    goal = give_goal(client, how="", due=None)
    with pytest.raises(Refused) as refused:
        move(client, "key")
    assert refused.value.refusals[0].missing == ("how", "due")
    assert standing_of(client.pk) is None
    change_goal(goal, {"how": "Step by step", "due": dt.date(2030, 1, 1)}, goal.version)
    move(client, "key")
    assert standing_of(client.pk).is_key


@pytest.mark.parametrize("name", Goal.NEEDED)
def test_each_answer_is_needed(as_system, name):
    client = make_client()
    lacking = {"measured": {"measure": ""}, "owner": {}}.get(
        name, {name: None if name in ("start", "target", "due") else "  "}
    )
    goal = give_goal(client, **lacking)
    if name == "owner":
        Goal.objects.filter(pk=goal.pk).update(owner=None)
    assert [r.missing for r in check([Move(client.pk, "trial", "x")])] == [(name,)]
    with pytest.raises(DatabaseError, match="no complete goal"), transaction.atomic():
        Standing.objects.create(client=client, value="trial", since=today())


def test_a_goal_that_is_closed_opens_no_gate(as_system):
    client = make_client()
    goal = give_goal(client)
    change_goal(goal, {"status": "dropped"}, goal.version)
    with pytest.raises(Refused):
        move(client, "trial")


def test_all_or_nothing(as_system):
    first, second = make_client(), make_client()
    give_goal(first)
    moves = [Move(first.pk, "trial", "x"), Move(second.pk, "trial", "x")]
    with pytest.raises(Refused) as refused:
        change(moves, author=None)
    assert [r.client_id for r in refused.value.refusals] == [second.pk]
    assert present_of([first.pk, second.pk]) == {}


def test_the_way_is_kept_and_dated(as_system):
    client = make_client()
    give_goal(client)
    change([Move(client.pk, "candidate", "grows")], author=None, on=dt.date(2024, 1, 10))
    change([Move(client.pk, "trial", "goal is there")], author=None, on=dt.date(2024, 2, 1))
    change([Move(client.pk, "key", "kept its word")], author=None, on=dt.date(2024, 8, 1))
    change([Move(client.pk, "watch", "buys less")], author=None, on=dt.date(2025, 3, 1))
    change([Move(client.pk, "former", "left")], author=None, on=dt.date(2025, 9, 1))
    assert [(row.value, row.since, row.until) for row in reversed(history(client.pk))] == [
        ("candidate", dt.date(2024, 1, 10), dt.date(2024, 2, 1)),
        ("trial", dt.date(2024, 2, 1), dt.date(2024, 8, 1)),
        ("key", dt.date(2024, 8, 1), dt.date(2025, 3, 1)),
        ("watch", dt.date(2025, 3, 1), dt.date(2025, 9, 1)),
        ("former", dt.date(2025, 9, 1), None),
    ]
    for day, is_key in [("2024-07-31", False), ("2024-08-01", True), ("2025-08-31", True),
                        ("2025-09-01", False)]:  # fmt: skip
        assert key_clients(dt.date.fromisoformat(day)).exists() is is_key


def test_a_decision_made_now_changes_no_past_list(as_system):
    client = make_client()
    give_goal(client)
    change([Move(client.pk, "key", "x")], author=None, on=dt.date(2024, 1, 10))
    yesterday = today() - dt.timedelta(days=1)
    move(client, "former")
    assert key_clients(yesterday).exists()
    assert not key_clients(today()).exists()


@pytest.mark.parametrize(
    ("here", "to"), [("", "watch"), ("", "former"), ("candidate", "watch"), ("key", "trial")]
)
def test_some_steps_lead_nowhere(as_system, here, to):
    client = make_client()
    give_goal(client)
    if here:
        move(client, here)
    with pytest.raises(Refused) as refused:
        move(client, to)
    assert refused.value.refusals[0].code == "no_way"


def test_a_reason_is_needed_and_the_standing_must_be_the_one_decided_on(as_system):
    client = make_client()
    with pytest.raises(Refused) as refused:
        move(client, "candidate", " ")
    assert refused.value.refusals[0].code == "reason_missing"
    move(client, "candidate")
    with pytest.raises(Refused) as refused:
        move(client, "", before="")
    assert refused.value.refusals[0].code == "moved"


def test_only_who_may_change_the_client_moves_it():
    owner, stranger = make_user(), make_user()
    client = make_client(owner=owner)
    with acting_as(stranger), pytest.raises(PermissionDenied):
        move(client, "candidate")
    with acting_as(make_user("manager")), pytest.raises(PermissionDenied):
        move(client, "candidate")  # of no team: reads it, changes nothing
    with acting_as(owner):
        move(client, "candidate")


def test_the_present_list_is_taken_over_as_trial_with_goals_due(as_system):
    owner = make_user()
    old, new = make_client("Old", owner=owner), make_client("New", owner=owner)
    give_goal(old, owner)
    move(old, "key")
    taken = take_over([old, new], reason="our list of last year", author=owner)
    assert taken == [new]
    row = standing_of(new.pk)
    assert (row.value, row.taken_over) == ("trial", True)
    (waiting,) = taken_over_without_goal()
    assert waiting.client == new
    assert waiting.goal_due == today() + dt.timedelta(days=30)
    with pytest.raises(Refused):
        move(new, "key")  # the gate is still there on the way to key
    (goal,) = Goal.objects.filter(client=new)
    change_goal(goal, {**WHOLE, "owner": owner}, goal.version)
    assert taken_over_without_goal() == []
    move(new, "key")
    assert key_clients(today()).filter(pk=new.pk).exists()


def test_taken_over_is_no_way_into_key(as_system):
    client = make_client()
    with pytest.raises(DatabaseError), transaction.atomic():
        Standing.objects.create(client=client, value="key", since=today(), taken_over=True)


def test_two_editors_of_a_goal(as_system):
    goal = give_goal(make_client())
    change_goal(goal, {"target": 200}, 1)
    with pytest.raises(Conflict):
        change_goal(goal, {"target": 300}, 1)
    goal.refresh_from_db()
    assert goal.target == 200
