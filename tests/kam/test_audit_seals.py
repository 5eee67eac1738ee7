"""The trail is sealed, and whoever changes it as the owner of the database is found out."""

import datetime as dt
import os

import psycopg2
import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError, ProgrammingError, connection, transaction
from django.urls import reverse

from accounts.models import User
from kam.audit import sealing
from kam.audit.models import Event, Seal
from kam.audit.sealing import Fault, Verified
from kam.audit.services import record
from kam.jobs.execution import run as run_job
from kam.jobs.services import enqueue
from kam.lib import request_ids
from kam.lib.scoping import acting_as, acting_system
from tests.factories import make_user

committed = pytest.mark.django_db(transaction=True)


def as_owner(statement: str, *parameters) -> None:
    with psycopg2.connect(os.environ["DATABASE_OWNER_URL"]) as owner, owner.cursor() as cursor:
        cursor.execute(statement, parameters)
    owner.close()


def tell(*actions: str) -> list[int]:
    with acting_system("test"):
        return [record(action, details={"share": 0.1, "имя": "Ёлка"}).pk for action in actions]


def seal() -> int:
    with acting_system("test"):
        return sealing.seal()


def verify(kept: str = "") -> Verified:
    with acting_system("test"):
        return sealing.verify(kept)


def faults(kept: str = "") -> list[Fault]:
    return verify(kept).faults


def aged(days: int) -> None:
    """As if all that is there had been written and sealed so many days ago, seals anew."""
    as_owner("UPDATE audit_event SET at = at - make_interval(days => %s)", days)
    as_owner("DELETE FROM audit_seal")


@committed
def test_a_trail_that_nobody_touched_is_as_it_was():
    assert (verify().events, verify().head, faults()) == (0, "", [])
    tell("a", "b", "c")
    assert seal() == 3
    tell("d")
    assert (seal(), seal()) == (1, 0)
    found = verify()
    assert (found.seals, found.events, found.faults) == (2, 4, [])
    assert found.head == f"2:{Seal.objects.last().head}"


@committed
@pytest.mark.parametrize(
    "change",
    [
        "actor_name = 'somebody else'",
        "action = 'sign_in'",
        "details = '{}'",
        "at = at - interval '1 microsecond'",
        "client_ref = 7",
        "actor_id = 7",
        "object_id = 7",
        "object_type = 'accounts.client'",
    ],
)
def test_an_altered_event_shows(change):
    _first, altered, _last = tell("a", "b", "c")
    seal()
    as_owner(f"UPDATE audit_event SET {change} WHERE id = %s", altered)
    assert faults() == [Fault("altered", altered)]


@committed
def test_a_removed_event_shows():
    removed, *_rest = tell("a", "b", "c")
    seal()
    as_owner("DELETE FROM audit_event WHERE id = %s", removed)
    assert faults() == [Fault("removed", removed)]


@committed
def test_an_event_slipped_in_with_an_old_date_shows():
    first, *_rest = tell("a", "b", "c")
    as_owner("DELETE FROM audit_event WHERE id = %s", first)  # a number that was never used
    aged(5)
    seal()
    assert faults() == []
    as_owner(
        "INSERT INTO audit_event (id, at, actor_name, action, object_type, details)"
        " SELECT %s, at, actor_name, 'x', '', '{}' FROM audit_event WHERE id = %s",
        first, first + 1,
    )  # fmt: skip
    assert faults() == [Fault("slipped_in", first)]


@committed
def test_a_seal_that_was_altered_or_taken_out_shows():
    for action in "abc":
        tell(action)
        seal()
    head = verify().head
    as_owner("UPDATE audit_seal SET at = at + interval '1 second' WHERE number = 2")
    assert Fault("seal_altered", 2) in faults()
    as_owner("DELETE FROM audit_seal WHERE number = 2")
    assert Fault("seal_missing", 2) in faults()
    assert head == verify().head
    as_owner("DELETE FROM audit_seal WHERE number = 1")
    assert {Fault("seal_missing", 1), Fault("seal_missing", 2)} <= set(faults())


def test_a_head_covers_all_that_it_stands_for():
    at = dt.datetime(2026, 3, 16, tzinfo=dt.UTC)
    others = [(2, at, b"x", "a"), (1, at.replace(microsecond=1), b"x", "a")]
    others += [(1, at, b"y", "a"), (1, at, b"x", "b")]
    heads = {sealing.head_of(*each) for each in [(1, at, b"x", "a"), *others]}
    assert len(heads) == 5


@committed
def test_a_trail_cut_at_its_end_shows_by_the_head_that_was_noted():
    tell("a")
    seal()
    tell("b")
    seal()
    noted = verify().head
    assert faults(noted) == []
    as_owner("DELETE FROM audit_seal WHERE number = 2")
    as_owner("DELETE FROM audit_event WHERE action = 'b'")
    assert faults() == []
    assert faults(noted) == [Fault("other_head", 2)]
    tell("b")
    seal()
    assert faults(noted) == [Fault("other_head", 2)], "written anew, it is another one"


@committed
def test_an_event_of_a_transaction_that_ends_late_is_sealed_later():
    with psycopg2.connect(os.environ["DATABASE_URL"]) as slow, slow.cursor() as cursor:
        cursor.execute(
            "INSERT INTO audit_event (actor_name, action, object_type, details)"
            " VALUES ('slow', 'late', '', '{}') RETURNING id"
        )
        (late,) = cursor.fetchone()
        (after,) = tell("after")
        assert late < after
        assert seal() == 1
    slow.close()
    assert seal() == 1
    assert (verify().events, faults()) == (2, [])


@committed
def test_seals_are_cut_to_size_and_old_ones_are_not_read_again(monkeypatch):
    monkeypatch.setattr(sealing, "AT_ONCE", 2)
    tell(*"abcdef")
    assert seal() == 6
    assert list(Seal.objects.values_list("events", flat=True)) == [2, 2, 2]
    assert faults() == []
    monkeypatch.setattr(sealing, "LATEST", dt.timedelta(0))
    tell("g")
    assert seal() == 1
    assert faults() == []


@committed
def test_two_do_not_seal_at_once():
    tell("a")
    with psycopg2.connect(os.environ["DATABASE_URL"]) as other, other.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [sealing._LOCK])
        with connection.cursor() as own:
            own.execute("SET lock_timeout = '200ms'")
        with pytest.raises(OperationalError, match="lock timeout"):
            seal()
    other.close()
    assert seal() == 1


@pytest.mark.django_db
def test_the_application_may_add_seals_and_no_more():
    tell("a")
    seal()
    for statement in (
        "UPDATE audit_seal SET events = 0",
        "DELETE FROM audit_seal",
        "TRUNCATE audit_seal",
    ):
        with (
            pytest.raises(ProgrammingError, match="permission denied"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)


@committed
def test_the_command_says_what_is_wrong(capsys):
    (altered,) = tell("a")
    call_command("audit_verify", "--seal")
    assert verify().head in capsys.readouterr().out
    as_owner("UPDATE audit_event SET action = 'b'")
    with pytest.raises(CommandError):
        call_command("audit_verify")
    assert str(altered) in capsys.readouterr().err
    with pytest.raises(CommandError, match="64"):
        call_command("audit_verify", "--head", "1:zz")


@committed
def test_the_check_by_night_is_told_on_the_page(client):
    tell("a")
    seal()
    boss = make_user("administrator", language="en")
    client.force_login(boss)
    assert "held against its seals" not in client.get(reverse("event_list")).content.decode()
    for tampering, told in (
        ("", "nothing was altered"),
        ("UPDATE audit_event SET action = 'b' WHERE action = 'a'", "1 fault in the trail"),
    ):
        if tampering:
            as_owner(tampering)
        with acting_system("test"):
            job = enqueue("audit.verify", {})
        run_job(job.pk)
        assert told in client.get(reverse("event_list")).content.decode()


@pytest.mark.django_db
def test_the_trail_over_rest(client):
    tell("a", "b")
    with acting_system("test"):
        job = enqueue("audit.seal")
    run_job(job.pk)
    job.refresh_from_db()
    assert job.result == {"events": 2}
    client.force_login(make_user("auditor", name="Nadia"))
    rows = client.get(reverse("api:event-list"), {"action": "a"}).json()["results"]
    assert [row["action"] for row in rows] == ["a"]
    assert Event.unscoped.filter(action="a").get().pk == rows[0]["id"]
    seals = client.get(reverse("api:seal-list")).json()["results"]
    assert [(row["number"], row["events"]) for row in seals] == [(1, 2)]
    assert "leaves" not in seals[0]
    with acting_as(User.objects.get(name="Nadia")):
        record("c")
    rows = client.get(reverse("api:event-list"), {"person": "nadi"}).json()["results"]
    assert [row["action"] for row in rows] == ["c", "sign_in"], "what she did herself"


@committed
def test_an_event_names_its_request_and_an_altered_one_shows():
    token = request_ids.set_present("job-7")
    (pk,) = tell("a")
    request_ids.reset(token)
    (before,) = tell("b")  # of a command, as all events were that had no such field
    seal()
    with acting_system("test"):
        names = dict(Event.objects.values_list("pk", "request_id"))
    assert names == {pk: "job-7", before: ""}
    as_owner("ALTER TABLE audit_event DISABLE TRIGGER USER")
    as_owner("UPDATE audit_event SET request_id = 'job-8' WHERE id = %s", pk)
    as_owner("ALTER TABLE audit_event ENABLE TRIGGER USER")
    assert [fault.number for fault in faults()] == [pk]
