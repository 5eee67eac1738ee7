"""What happens in the product is told, each thing by its own event."""

import datetime as dt

import pytest

from accounts.models import Agreement, Goal
from accounts.services import agreements, standings
from accounts.services.importing import run
from accounts.services.standings import Move
from kam.lib.periods import today
from kam.lib.scoping import acting_system
from kam.webhooks.catalogue import EVENTS
from kam.webhooks.models import Message
from scoring.models import Matrix
from tests.factories import make_client, make_user
from tests.scoring.conftest import DAY, make_buyers, put_to_use, rank_now

from .conftest import make_endpoint

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def curious(monkeypatch):
    monkeypatch.setattr("kam.webhooks.services.check", lambda url, rules: None)
    return make_endpoint("https://hooks.example/kam", list(EVENTS))


def told(prefix: str = "") -> list[tuple[str, dict]]:
    rows = Message.unscoped.filter(type__startswith=prefix).order_by("pk")
    return list(rows.values_list("type", "data"))


def with_goal(client):
    goal = dict.fromkeys(("why", "what_for", "how", "own_measure", "unit"), "x")
    owner = make_user()
    Goal.objects.create(client=client, owner=owner, start=1, target=2, due=today(), **goal)
    return client


def test_the_key_list_changes_by_decisions():
    with acting_system("test"):
        client = with_goal(make_client())

        def move(to, **more):
            standings.change([Move(client.pk, to, "why")], author=None, **more)

        move("candidate")
        assert told() == []
        move("trial")
        move("key")
        move("former")
    day = today().isoformat()
    assert told() == [
        ("client.entered_key_list",
         {"client": client.pk, "standing": "trial", "before": "candidate", "since": day}),
        ("client.left_key_list",
         {"client": client.pk, "standing": "former", "before": "key", "since": day}),
    ]  # fmt: skip


def test_history_that_is_loaded_is_no_news():
    with acting_system("test"):
        client = with_goal(make_client())
        past = today() - dt.timedelta(days=100)
        standings.change([Move(client.pk, "candidate", "why")], author=None, on=past)
        standings.change([Move(client.pk, "trial", "why")], author=None, on=past)
    assert told() == []


def test_a_ranking_tells_who_crossed_the_key_line():
    matrix = Matrix.objects.get(is_main=True)
    one, two, _three = make_buyers(3)
    put_to_use(matrix, {"profit": 60, "average_invoice": 40}, selection_value=2)
    first = rank_now(matrix)
    (published,) = [data for _name, data in told("ranking.published")]
    assert (published["ranking"], published["main"], published["rose"]) == (first.pk, True, 2)
    rose = [(data["client"], data["rank"]) for _name, data in told("client.rose")]
    assert rose == [(one.pk, 1), (two.pk, 2)]
    Message.unscoped.all().delete()
    rank_now(matrix)
    assert told() == [], "nothing new, nothing told"
    put_to_use(matrix, {"profit": 60, "average_invoice": 40}, selection_value=1)
    second = rank_now(matrix, DAY + dt.timedelta(days=1))
    fell = [data for _name, data in told("client.fell")]
    assert [(data["client"], data["rank"]) for data in fell] == [(two.pk, 2)]
    (published,) = [data for _name, data in told("ranking.published")]
    assert (published["ranking"], published["rose"], published["fell"]) == (second.pk, 0, 1)


def test_an_import_tells_how_it_ended_and_a_check_does_not(tmp_path):
    file = tmp_path / "clients.csv"
    file.write_text("name;external_id\nOne;1\n;2\n", "utf-8")
    run(file, "clients", source="1c", dry_run=True)
    assert told() == []
    report = run(file, "clients", source="1c")
    run(file, "clients", source="1c", on_error="reject")
    run(tmp_path / "none.csv", "clients", source="1c")
    assert [
        (data["import"], data["accepted"], data["rows"], data["refused"])
        for _name, data in told("import.finished")
    ] == [
        (report.batch_id, "partial", 2, 1),
        (None, "reject", 2, 1),
        (None, "reject", 0, 0),
    ]


def test_an_agreement_that_ends_soon_is_told_once_a_step():
    with acting_system("test"):
        client = make_client(owner=make_user("kam"))
        ends = today() + dt.timedelta(days=60)
        row = Agreement.objects.create(
            client=client, number="A-1", starts=today() - dt.timedelta(days=300), ends=ends
        )
        for _ in range(2):
            agreements.remind(today())
    assert told() == [
        ("agreement.ending",
         {"agreement": row.pk, "client": client.pk, "ends": ends.isoformat(), "days": 60}),
    ]  # fmt: skip


def test_bulk_rows_are_told_as_an_import():
    from accounts.services import bulk

    with acting_system("test"):
        bulk.take_in(None, "clients", "crm", [{"name": "One", "external_id": "1"}])
    ((_name, data),) = told("import.finished")
    assert (data["source"], data["accepted"], data["rows"]) == ("crm", "all", 1)
