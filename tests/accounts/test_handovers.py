"""Handovers and substitutions: rights of given days, all open work, nothing twice."""

import datetime as dt

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse

from accounts.models import (
    Client,
    Goal,
    Handover,
    HandoverStep,
    Meeting,
    Notice,
    Problem,
    Promise,
    Substitution,
    Task,
    Team,
    User,
)
from accounts.services import handovers, substitutions
from kam.lib.editing import Conflict
from kam.lib.scoping import acting_as, acting_system
from tests.factories import make_client, make_contact, make_user

pytestmark = pytest.mark.django_db
TODAY = dt.date(2026, 3, 16)


def on(day: str):
    return time_machine.travel(f"{day}T09:00:00Z", tick=False)


@pytest.fixture(autouse=True)
def on_the_day():
    with on("2026-03-16"):
        yield


@pytest.fixture
def north():
    return Team.objects.create(name="North")


@pytest.fixture
def south():
    return Team.objects.create(name="South")


@pytest.fixture
def ann(north):
    return make_user("kam", name="Ann", language="en", team=north)


@pytest.fixture
def bob(south):
    return make_user("kam", name="Bob", language="en", team=south)


@pytest.fixture
def boss():
    return make_user("administrator", language="en")


@pytest.fixture
def shop(ann):
    return make_client("Shop", owner=ann, team=ann.team)


def fresh(person: User) -> User:
    """As a request would load them: rights for a time are kept with the object."""
    return User.objects.get(pk=person.pk)


def rights(person: User, client: Client) -> str:
    """ "": none; "r": reads; "rw": writes too."""
    with acting_as(fresh(person)):
        mine = Client.objects.filter(pk=client.pk)
        writes = mine.editable_by(fresh(person)).exists()
        return ("r" if mine.exists() else "") + ("w" if writes else "")


def plan(shop, taker, author, **values):
    with acting_as(author):
        asked = {"taker": taker, "on": TODAY + dt.timedelta(days=4), **values}
        (made,) = handovers.plan([shop], asked, author)
    return made


def test_rights_follow_the_days_of_a_handover(shop, ann, bob, boss):
    assert (rights(ann, shop), rights(bob, shop)) == ("rw", "")
    plan(shop, bob, boss)
    assert (rights(ann, shop), rights(bob, shop)) == ("rw", "r")
    with on("2026-03-19"), acting_system("night"):
        assert handovers.carry_out_due() == 0
    with on("2026-03-20"), acting_system("night"):
        assert handovers.carry_out_due() == 1
        assert handovers.carry_out_due() == 0
    with on("2026-04-19"):  # the last of the thirty days
        assert (rights(ann, shop), rights(bob, shop)) == ("rw", "rw")
    with on("2026-04-20"):
        assert (rights(ann, shop), rights(bob, shop)) == ("", "rw")


def test_open_work_goes_along_and_what_is_done_or_anothers_stays(shop, ann, bob, boss):
    carl = make_user("kam", name="Carl", team=ann.team)
    with acting_system("test"):
        person = make_contact(shop, "Eve", counterpart=ann)
        dated = {"client": shop, "due": TODAY, "first_due": TODAY, "side": "ours"}
        mine = Promise.objects.create(what="Mine", owner=ann, **dated)
        kept = Promise.objects.create(
            what="Kept", owner=ann, state="kept", settled_on=TODAY, evidence="letter", **dated
        )
        his = Promise.objects.create(what="His", owner=carl, **dated)
        task = Task.objects.create(client=shop, what="Call", due=TODAY, owner=ann, giver=ann)
        asked = Task.objects.create(
            client=shop, what="Asked", due=TODAY, owner=ann, giver=bob, state="asked"
        )
        elsewhere = Task.objects.create(what="Tax", due=TODAY, owner=ann, giver=ann)
        goal = Goal.objects.create(client=shop, owner=ann, start=1, target=2)
        problem = Problem.objects.create(client=shop, what="Late", owner=ann, raised_on=TODAY)
        meeting = Meeting.objects.create(
            client=shop, title="Spring", owner=ann, starts_at=dt.datetime(2026, 4, 1, tzinfo=dt.UTC)
        )
    made = plan(shop, bob, boss, on=TODAY)
    assert made.state == Handover.State.DONE
    assert made.moved == {
        "clients": 1, "promises": 1, "tasks": 2, "problems": 1, "goals": 1, "meetings": 1,
        "contacts": 1,
    }  # fmt: skip
    with acting_system("test"):
        for row in (mine, task, asked, goal, problem, meeting):
            before = row.version
            row.refresh_from_db()
            assert (row.owner, row.version) == (bob, before + 1), row
        for row in (kept, elsewhere):
            row.refresh_from_db()
            assert row.owner == ann
        his.refresh_from_db()
        assert his.owner == carl
        person.refresh_from_db()
        assert person.counterpart == bob
        asked.refresh_from_db()
        assert asked.state == Task.State.OPEN  # nobody accepts what they asked for themselves
        shop.refresh_from_db()
        assert (shop.owner, shop.team) == (bob, bob.team)
        told = Notice.objects.filter(kind="handover").values_list("person", "facts__what")
        assert set(told) == {(bob.pk, "taken"), (ann.pk, "given")}


def test_a_group_takes_the_members_of_the_same_kam_along(ann, bob, boss, shop):
    group = make_client("Group", kind="group", owner=ann, team=ann.team)
    other = make_client("Other", owner=bob, team=bob.team, group=group)
    with acting_system("test"):
        Client.objects.filter(pk=shop.pk).update(group=group)
    third = make_client("Third", owner=make_user("kam"), group=group)
    plan(group, bob, boss)
    assert rights(bob, third) == ""  # of a third KAM: it does not pass
    assert (rights(bob, shop), rights(bob, other)) == ("r", "rw")
    with on("2026-03-20"), acting_system("night"):
        handovers.carry_out_due()
        shop.refresh_from_db()
        assert (shop.owner, group.handovers.get().moved["clients"]) == (bob, 2)
        assert rights(ann, shop) == "rw"  # the overlap
        assert rights(ann, third) == ""


def test_what_cannot_be_planned_says_why_and_leaves_nothing(shop, ann, bob, boss):
    loose = make_client("Loose")
    cases = (
        ({"taker": ann}, "taker"),
        ({"taker": make_user("colleague")}, "taker"),
        ({"on": TODAY - dt.timedelta(days=1)}, "on"),
        ({"overlap_until": TODAY}, "overlap_until"),
    )
    for values, field in cases:
        with pytest.raises(ValidationError) as caught:
            plan(shop, values.pop("taker", bob), boss, **values)
        assert field in caught.value.message_dict
    with acting_as(boss), pytest.raises(ValidationError) as caught:
        handovers.plan([shop, loose], {"taker": bob, "on": TODAY}, boss)
    assert "Loose" in str(caught.value)
    with acting_as(bob), pytest.raises(PermissionDenied):
        handovers.plan([shop], {"taker": bob, "on": TODAY}, bob)
    plan(shop, bob, boss)
    with pytest.raises(ValidationError, match="Shop"):
        plan(shop, bob, boss)
    with acting_system("test"):
        assert Handover.objects.count() == 1
        shop.refresh_from_db()
        assert shop.owner == ann


def test_cancelled_or_overtaken_it_changes_nothing(shop, ann, bob, boss):
    made = plan(shop, bob, boss)
    with acting_as(boss):
        handovers.cancel(made)
    assert rights(bob, shop) == ""
    made = plan(shop, bob, boss)
    carl = make_user("kam", name="Carl", team=ann.team)
    with acting_system("test"):
        Client.objects.filter(pk=shop.pk).update(owner=carl)
    with on("2026-03-20"), acting_system("night"):
        assert handovers.carry_out_due() == 0
        made.refresh_from_db()
        assert made.state == Handover.State.CANCELLED
        assert Notice.objects.filter(person=ann, facts__what="void").exists()
        shop.refresh_from_db()
        assert shop.owner == carl


def test_a_later_day_and_another_taker_move_the_rights(shop, ann, bob, boss):
    carl = make_user("kam", name="Carl", team=bob.team)
    made = plan(shop, bob, boss)
    with acting_as(boss):
        with pytest.raises(Conflict):
            handovers.change(made, {"note": "x"}, made.version + 1)
        handovers.change(made, {"taker": carl, "on": TODAY}, made.version)
    assert made.state == Handover.State.DONE
    assert (rights(bob, shop), rights(carl, shop)) == ("r" if bob.team == carl.team else "", "rw")
    with acting_as(boss):
        handovers.change(made, {"overlap_until": TODAY}, made.version)
    with on("2026-03-17"):
        assert rights(ann, shop) == ""


def test_a_substitute_has_the_rights_on_these_days_and_no_longer(shop, ann, bob):
    with acting_system("test"):
        promise = Promise.objects.create(
            client=make_client("Theirs", owner=make_user("kam"), team=None), what="Send",
            due=TODAY, first_due=TODAY, owner=ann,
        )  # fmt: skip
        task = Task.objects.create(what="Tax", due=TODAY, owner=ann, giver=ann)
    asked = {"substitute": bob, "since": dt.date(2026, 3, 18), "until": dt.date(2026, 3, 20)}
    with acting_as(ann):
        row = substitutions.begin(ann, asked, ann)

    def seen() -> tuple[str, bool, bool]:
        with acting_as(fresh(bob)):
            return (
                rights(bob, shop),
                Promise.objects.filter(pk=promise.pk).editable_by(fresh(bob)).exists(),
                Task.objects.filter(pk=task.pk).editable_by(fresh(bob)).exists(),
            )

    assert seen() == ("", False, False)
    for day in ("2026-03-18", "2026-03-20"):
        with on(day):
            assert seen() == ("rw", True, True)
    with on("2026-03-21"):
        assert seen() == ("", False, False)
    with on("2026-03-19"), acting_as(fresh(ann)):
        substitutions.end(Substitution.objects.get(pk=row.pk))
        assert seen() == ("", False, False)
    with acting_system("test"):  # nothing changed hands
        shop.refresh_from_db()
        assert (shop.owner, Notice.objects.get(person=bob).kind) == (ann, "substitution")


def test_rights_end_with_those_they_were_lent_from(shop, ann, bob):
    with acting_as(ann):
        substitutions.begin(ann, {"substitute": bob, "since": TODAY, "until": TODAY}, ann)
    assert rights(bob, shop) == "rw"
    with acting_system("test"):
        User.objects.filter(pk=ann.pk).update(is_active=False)
    assert rights(bob, shop) == ""


def test_who_may_stand_in_for_whom(ann, bob, north):
    lead = make_user("manager", team=north, language="en")
    days = {"since": TODAY, "until": TODAY}
    refused = (
        (ann, ann, "substitute"), (ann, make_user("auditor"), "substitute"),
        (lead, ann, "substitute"), (make_user("colleague"), ann, "person"),
    )  # fmt: skip
    for person, substitute, field in refused:
        with acting_system("test"), pytest.raises(ValidationError) as caught:
            substitutions.begin(person, {"substitute": substitute, **days}, person)
        assert field in caught.value.message_dict
    with acting_as(bob), pytest.raises(PermissionDenied):
        substitutions.begin(ann, {"substitute": bob, **days}, bob)
    with acting_as(lead):
        substitutions.begin(ann, {"substitute": bob, **days}, lead)
    with acting_system("test"):
        assert Substitution.objects.count() == 1


def test_pages_from_the_plan_to_the_sheet(client, shop, ann, bob, boss):
    with acting_system("test"):
        Promise.objects.create(
            client=shop, what="Send the drawing", due=TODAY, first_due=TODAY, owner=ann
        )
    client.force_login(boss)
    address = reverse("handover_create") + f"?client={shop.pk}"
    assert "Shop" in client.get(address).content.decode()
    sent = {"clients": [shop.pk], "taker": bob.pk, "on": "2026-03-20", "note": "Hates calls"}
    found = client.post(address, sent | {"on": "yesterday"})
    assert found.status_code == 422
    found = client.post(address, sent, follow=True)
    assert "Hates calls" in found.content.decode()
    with acting_system("test"):
        made = Handover.objects.get()
        step = HandoverStep.objects.filter(handover=made).first()
    client.force_login(ann)
    client.post(reverse("handover_detail", args=[made.pk]), {"act": f"tick:{step.pk}"})
    client.post(reverse("handover_detail", args=[made.pk]), {"act": "add", "what": "Keys"})
    with acting_system("test"):
        step.refresh_from_db()
        assert (step.done_by, made.steps.count()) == (ann, len(handovers.STEPS) + 1)
    client.force_login(bob)
    sheet = client.get(reverse("handover_pack", args=[made.pk])).content.decode()
    assert "Send the drawing" in sheet
    assert "Shop" in client.get(reverse("home")).content.decode()
    assert (
        client.post(reverse("handover_detail", args=[made.pk]), {"act": "cancel"}).status_code
        == 403
    )


def test_the_day_of_whom_one_stands_in_for(client, shop, ann, bob):
    with acting_as(ann):
        Task.objects.create(client=shop, what="Ring the bell", due=TODAY, owner=ann, giver=ann)
        substitutions.begin(
            ann, {"substitute": bob, "since": TODAY, "until": TODAY, "note": "Be kind"}, ann
        )
    client.force_login(bob)
    own = client.get(reverse("home")).content.decode()
    assert "Be kind" in own
    assert "Ring the bell" not in own
    assert "Ring the bell" in client.get(reverse("home"), {"for": ann.pk}).content.decode()
    with on("2026-03-17"):
        client.force_login(fresh(bob))
        assert "Ring the bell" not in client.get(reverse("home"), {"for": ann.pk}).content.decode()


def test_over_rest(client, shop, ann, bob, boss):
    client.force_login(boss)
    send = {"content_type": "application/json"}
    made = client.post(
        "/api/v1/handovers/", {"clients": [shop.pk], "taker": bob.pk, "on": "2026-03-20"}, **send
    )
    assert made.status_code == 201, made.content
    pk = made.json()[0]["id"]
    whole = client.get(f"/api/v1/handovers/{pk}/").json()
    assert len(whole["steps"]) == len(handovers.STEPS)
    ticked = client.patch(
        f"/api/v1/handover-steps/{whole['steps'][0]['id']}/", {"done": True}, **send
    )
    assert ticked.json()["done_by"] == boss.pk
    assert client.post(f"/api/v1/handovers/{pk}/cancellation/").json()["state"] == "cancelled"
    client.force_login(ann)
    made = client.post(
        "/api/v1/substitutions/",
        {"substitute": bob.pk, "since": "2026-03-20", "until": "2026-03-27"},
        **send,
    )
    assert made.status_code == 201, made.content
    assert client.delete(f"/api/v1/substitutions/{made.json()['id']}/").status_code == 204
    assert client.get("/api/v1/substitutions/").json()["results"] == []
