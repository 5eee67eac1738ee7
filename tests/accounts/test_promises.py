"""Promises: made, moved with a reason, settled with evidence, and never lost."""

import datetime as dt

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import DatabaseError, transaction
from django.urls import reverse

from accounts.models import Notice, Promise, PromiseMove, Team
from accounts.selectors import promises as found
from accounts.services import promises
from accounts.services.clients import Conflict
from kam.audit.models import Event
from kam.lib.scoping import acting_as, acting_system
from kam.webhooks.models import Message
from tests.factories import make_client, make_user
from tests.kam.webhooks.conftest import make_endpoint

pytestmark = pytest.mark.django_db
DAY = dt.date(2026, 3, 16)


@pytest.fixture(autouse=True)
def on_the_day():
    with time_machine.travel("2026-03-16T09:00:00Z", tick=False):
        yield


@pytest.fixture
def kam():
    return make_user("kam", language="en", team=Team.objects.create(name="North"))


@pytest.fixture
def shop(kam):
    return make_client("Shop", owner=kam, team=kam.team)


def make(client, kam, due=DAY, what="Price list", **values):
    with acting_as(kam):
        return promises.make(client, {"what": what, "due": due, **values}, kam)


def test_the_kam_answers_where_nobody_is_named(shop, kam):
    promise = make(shop, kam)
    assert (promise.owner, promise.side, promise.first_due, promise.state) == (
        kam, "ours", DAY, "open"
    )  # fmt: skip
    with pytest.raises(ValidationError), acting_system("test"):
        promises.make(make_client("Nobody's"), {"what": "x", "due": DAY}, None)


def test_another_day_or_wording_needs_a_reason_and_stays_in_the_history(shop, kam):
    promise = make(shop, kam)
    later = DAY + dt.timedelta(days=7)
    with acting_as(kam):
        with pytest.raises(ValidationError):
            promises.change(promise, {"due": later}, 1, kam)
        assert promises.change(promise, {"assured": "reserved"}, 1, kam) == ["assured"]
        assert promises.change(promise, {"due": later}, 2, kam, "they asked") == ["due"]
        assert (promise.due, promise.first_due, promise.version) == (later, DAY, 3)
        (move,) = found.moves_of(promise)
        assert (move.due, move.what, move.reason, move.person) == (
            DAY, "Price list", "they asked", kam
        )  # fmt: skip
        with pytest.raises(Conflict):
            promises.change(promise, {"about": "x"}, 2, kam)
        assert promises.change(promise, {"about": ""}, 3, kam) == []


@pytest.mark.parametrize(
    "outcome, on, state",
    [
        ("kept", DAY, "kept"),
        ("kept", DAY - dt.timedelta(days=3), "kept"),
        ("broken", DAY, "broken"),
        ("withdrawn", DAY, "withdrawn"),
    ],
)
def test_it_ends_with_evidence(shop, kam, outcome, on, state):
    promise = make(shop, kam)
    with acting_as(kam):
        with pytest.raises(ValidationError):
            promises.settle(promise, outcome, "  ", kam)
        promises.settle(promise, outcome, "mail of Monday", kam, on=on)
        assert (promise.state, promise.settled_on, promise.settled_by) == (state, on, kam)
        with pytest.raises(ValidationError):
            promises.settle(promise, "kept", "again", kam)
        with pytest.raises(ValidationError):
            promises.change(promise, {"due": DAY}, promise.version, kam, "why")
    assert Event.unscoped.get(action="promise.settle").details["outcome"] == state


def test_a_broken_promise_is_told_to_other_systems(shop, kam):
    make_endpoint("https://93.184.215.14/kam", ["promise.broken"])
    promise, kept = make(shop, kam), make(shop, kam)
    with acting_as(kam):
        promises.settle(kept, "kept", "x", kam)
        promises.settle(promise, "broken", "x", kam)
    with acting_system("test"):
        (event,) = Message.objects.values_list("data", flat=True)
    assert event == {
        "promise": promise.pk, "client": shop.pk, "side": "ours", "due": "2026-03-16"
    }  # fmt: skip


def test_kept_after_its_day_is_kept_late_and_no_day_lies_ahead(shop, kam):
    promise = make(shop, kam, due=DAY - dt.timedelta(days=1))
    with acting_as(kam):
        with pytest.raises(ValidationError) as refused:
            promises.settle(promise, "kept", "x", kam, on=DAY + dt.timedelta(days=1))
        assert set(refused.value.message_dict) == {"on"}
        promises.settle(promise, "kept", "x", kam)
    assert promise.state == "late"


def test_satisfaction_is_asked_of_kept_ones_only(shop, kam):
    promise = make(shop, kam)
    with acting_as(kam):
        with pytest.raises(ValidationError):
            promises.note_satisfaction(promise, 9)
        with pytest.raises(ValidationError):
            promises.settle(promise, "broken", "x", kam, satisfaction=3)
        promises.settle(promise, "kept", "x", kam)
        assert promises.note_satisfaction(promise, 9).satisfaction == 9
        promises.reopen(promise, "they sent it back", kam)
        assert (promise.state, promise.settled_on, promise.satisfaction) == ("open", None, None)
        assert [each.state for each in found.moves_of(promise)] == ["kept"]


def test_nothing_promised_can_vanish(shop, kam):
    promise = make(shop, kam)
    with acting_system("test"):
        for remove in (promise.delete, Promise.objects.all().delete):
            with pytest.raises(DatabaseError, match="cannot be removed"), transaction.atomic():
                remove()
        with pytest.raises(DatabaseError), transaction.atomic():
            Promise.objects.update(state="kept")  # without a day and evidence
        assert Promise.objects.count() == 1


def test_how_they_are_kept_by_side_and_by_person(shop, kam):
    other = make_user("kam", name="Zoe", team=kam.team)
    for outcome, many in (("kept", 3), ("broken", 1), ("withdrawn", 2)):
        for _ in range(many):
            with acting_as(kam):
                promises.settle(make(shop, kam), outcome, "x", kam)
    late = make(shop, kam, due=DAY - dt.timedelta(days=2))
    with acting_as(kam):
        promises.settle(late, "kept", "x", kam)
    make(shop, kam, due=DAY - dt.timedelta(days=1), owner=other)
    make(shop, kam, side="theirs")
    with acting_as(kam):
        kept = found.kept_by_side([shop.pk], DAY)
        ours = kept["ours"]
        assert (ours.kept, ours.late, ours.broken, ours.open, ours.overdue) == (3, 1, 1, 1, 1)
        assert ours.rate == 3 / 5
        assert (kept["theirs"].open, kept["theirs"].rate) == (1, None), "too few to tell"
        assert [(name, each.settled) for name, each in found.kept_by_owner(DAY)] == [
            (kam.name, 5), ("Zoe", 0)
        ]  # fmt: skip
        assert found.kept_by_side([], DAY)["ours"] == found.Kept()


def test_whoever_answers_sees_and_settles_it_and_nothing_else_of_the_client(client, shop, kam):
    helper = make_user("colleague", language="en")
    promise = make(shop, kam, owner=helper, what="Second delivery day")
    make(shop, kam, what="Something else")
    client.force_login(helper)
    home = client.get(reverse("home")).content.decode()
    assert "Second delivery day" in home
    assert "Something else" not in home
    address = reverse("promise_detail", args=[promise.pk])
    page = client.get(address).content.decode()
    assert "Settle the promise" in page
    assert reverse("promise_edit", args=[promise.pk]) not in page, "terms are the KAM's"
    for route in ("client_promises", "client_detail"):
        assert client.get(reverse(route, args=[shop.pk])).status_code == 403
    answer = client.post(address, {"act": "settle", "outcome": "kept", "evidence": ""})
    assert answer.status_code == 422
    answer = client.post(
        address, {"act": "settle", "outcome": "kept", "evidence": "note", "satisfaction": "8"}
    )
    assert answer.status_code == 302
    promise.refresh_from_db()
    assert (promise.state, promise.satisfaction, promise.settled_by) == ("kept", 8, helper)
    # Somebody else's is not there.
    with acting_system("test"):
        foreign = Promise.objects.get(what="Something else")
    assert client.get(reverse("promise_detail", args=[foreign.pk])).status_code == 404


def test_written_changed_and_settled_by_its_pages(client, shop, kam):
    client.force_login(kam)
    create = reverse("promise_create", args=[shop.pk])
    assert client.post(create, {"what": "", "side": "ours"}).status_code == 422
    values = {"what": "Samples", "side": "ours", "due": "2026-03-20", "about": "new system"}
    assert client.post(create, values).status_code == 302
    with acting_as(kam):
        promise = Promise.objects.get()
    page = client.get(reverse("client_promises", args=[shop.pk])).content.decode()
    assert "Samples" in page
    edit = reverse("promise_edit", args=[promise.pk])
    moved = values | {"due": "2026-03-27", "version": "1", "owner": str(kam.pk)}
    assert "Say why" in client.post(edit, moved).content.decode()
    assert client.post(edit, moved | {"reason": "supplier"}).status_code == 302
    page = client.get(reverse("promise_detail", args=[promise.pk])).content.decode()
    assert "supplier" in page
    answer = client.post(edit, moved | {"due": "2026-04-01", "reason": "again"})
    assert answer.status_code == 409
    with acting_as(kam):
        promise.refresh_from_db()
        assert promise.due == dt.date(2026, 3, 27), "who comes second loses nothing of the first"
        assert PromiseMove.objects.count() == 1


def test_over_rest(client, shop, kam):
    client.force_login(kam)
    answer = client.post(
        reverse("api:promise-list"),
        {"client": shop.pk, "what": "Samples", "due": "2026-03-20"},
        "application/json",
    )
    assert answer.status_code == 201, answer.content
    pk = answer.json()["id"]
    detail = reverse("api:promise-detail", args=[pk])
    assert client.patch(detail, {"due": "2026-03-21"}, "application/json").status_code == 428
    refused = client.patch(detail, {"due": "2026-03-21", "version": 1}, "application/json")
    assert refused.status_code == 400
    assert "reason" in refused.content.decode()
    moved = client.patch(
        detail, {"due": "2026-03-21", "version": 1, "reason": "asked"}, "application/json"
    )
    assert (moved.status_code, moved.json()["due"]) == (200, "2026-03-21")
    stale = client.patch(detail, {"about": "x", "version": 1}, "application/json")
    assert stale.status_code == 409
    settled = client.post(
        reverse("api:promise-settlement", args=[pk]),
        {"outcome": "kept", "evidence": "mail"},
        "application/json",
    )
    assert settled.json()["state"] == "kept"
    assert client.get(detail).json()["moves"][0]["reason"] == "asked"
    kept = client.get(reverse("api:client-promises-kept", args=[shop.pk])).json()
    assert [(row["side"], row["kept"]) for row in kept] == [("ours", 1), ("theirs", 0)]


def test_whoever_answers_is_told_the_day_before_and_the_day_after_once(shop, kam):
    make(shop, kam, due=DAY + dt.timedelta(days=1))
    make(shop, kam, due=DAY - dt.timedelta(days=1))
    make(shop, kam, due=DAY + dt.timedelta(days=9))
    with acting_system("test"):
        assert promises.remind(DAY) == 2
        assert promises.remind(DAY) == 0
        assert Notice.objects.filter(person=kam, kind="promise").count() == 2
