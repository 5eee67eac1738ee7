"""KAMs at work: what they carry, how well they master it, and when somebody is to be hired."""

import datetime as dt

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse

from accounts.measures import hiring
from accounts.models import (
    Interaction,
    Kam,
    Notice,
    OwnSkill,
    Promise,
    SkillRating,
    Standing,
    Team,
)
from accounts.selectors import skill_library as library
from accounts.selectors import skills as found
from accounts.services import load as carried
from accounts.services import skills
from accounts.services.clients import Conflict
from kam.audit.models import Event
from kam.lib.scoping import acting_as, acting_system
from tests.factories import make_client, make_user

pytestmark = pytest.mark.django_db
DAY = dt.date(2026, 3, 16)


@pytest.fixture(autouse=True)
def on_the_day():
    with time_machine.travel("2026-03-16T09:00:00Z", tick=False):
        yield


@pytest.fixture
def team():
    return Team.objects.create(name="North")


@pytest.fixture
def kam(team):
    return make_user("kam", language="en", team=team, name="Ann")


@pytest.fixture
def manager(team):
    return make_user("manager", language="en", team=team, name="Max")


def person(user) -> Kam:
    with acting_system("test"):
        return Kam.objects.get(pk=user.pk)


def key_client(name, owner, since=DAY, value="watch"):
    """Under watch is on the key list too, and needs no goal to get there."""
    client = make_client(name, owner=owner, team=owner.team, lifecycle="active")
    with acting_system("test"):
        Standing.objects.create(client=client, value=value, since=since)
    return client


def test_whose_work_one_may_look_at(kam, manager):
    mate = make_user("kam", team=kam.team, name="Bea")
    other = make_user("kam", team=Team.objects.create(name="South"), name="Cid")
    make_user("colleague", team=kam.team)
    seen = {}
    for actor in (kam, manager, make_user("administrator"), make_user("auditor"), other):
        with acting_as(actor):
            seen[actor.name] = [each.name for each in found.kams()]
    assert seen[kam.name] == ["Ann"]
    assert seen[manager.name] == ["Ann", mate.name]
    assert seen[other.name] == ["Cid"]
    assert sum(names == ["Ann", "Bea", "Cid"] for names in seen.values()) == 2


def test_both_sides_rate_and_nothing_said_is_overwritten(kam, manager):
    before = DAY - dt.timedelta(days=90)
    with acting_as(kam):
        skills.rate(person(kam), {"rapport": (8, ""), "product": (5, "new range")}, kam, before)
    with acting_as(manager):
        skills.rate(person(kam), {"rapport": (5, "lost tender")}, manager, before)
        skills.rate(person(kam), {"rapport": (6, "")}, manager)
        (line, *_rest) = found.profile_of(kam)
        assert (line.own.value, line.manager.value, line.gap, line.change) == (8, 6, 2, 1)
        assert line.is_wide
        assert [row.value for row in line.said["manager"]] == [5, 6]
        assert found.history_of(found.profile_of(kam), 9)[0][1] == str(line.skill.name)
    assert Notice.unscoped.filter(person=kam, kind="skills_rated").count() == 2
    assert Event.unscoped.filter(action="skills.rate").count() == 3


def test_the_same_said_twice_on_a_day_is_said_once_and_a_correction_counts(kam):
    with acting_as(kam):
        assert len(skills.rate(person(kam), {"rapport": (8, "")}, kam)) == 1
        assert skills.rate(person(kam), {"rapport": (8, "")}, kam) == []
        assert len(skills.rate(person(kam), {"rapport": (7, "")}, kam)) == 1
        assert found.profile_of(kam)[0].own.value == 7
        assert SkillRating.objects.count() == 2


def test_what_cannot_be_rated_is_refused(kam, manager):
    mate = make_user("kam", team=kam.team)
    with acting_as(mate), pytest.raises(PermissionDenied):
        skills.rate(person(kam), {"rapport": (8, "")}, mate)
    with acting_as(kam):
        for ratings, day, field in (
            ({"rapport": (8, "")}, DAY + dt.timedelta(days=1), "day"),
            ({"charm": (8, "")}, DAY, "skill"),
            ({"rapport": (11, "")}, DAY, "value"),
        ):
            with pytest.raises(ValidationError) as refused:
                skills.rate(person(kam), ratings, kam, day)
            assert set(refused.value.message_dict) == {field}
        assert not SkillRating.objects.exists()


def test_own_skills_are_put_away_and_go_on_to_mean_what_they_meant(kam, manager):
    with acting_as(manager):
        skill = skills.create_skill({"name": "Tenders", "at_six": "wins one of three"}, manager)
        skills.rate(person(kam), {skill.key: (6, "")}, manager)
        assert library.skills()[-1].told == [(6, "wins one of three")]
        assert skills.change_skill(skill, {"archived": True}, 1) == ["archived"]
        with pytest.raises(Conflict):
            skills.change_skill(skill, {"name": "Bids"}, 1)
        assert skill.key not in {each.key for each in library.skills()}
        assert found.profile_of(kam)[-1].manager.value == 6
        with pytest.raises(ValidationError):
            skills.rate(person(kam), {skill.key: (7, "")}, manager)
        assert "Tenders" not in [each.name for each in found.team_table([person(kam)]).skills]


def test_usefulness_is_what_clients_say_and_needs_enough_answers(kam):
    shop = make_client("Shop", owner=kam, team=kam.team)
    foreign = make_client("Else")
    with acting_system("test"):
        for client, date, said in (
            (shop, DAY, 6), (shop, DAY, 8), (shop, DAY - dt.timedelta(days=200), 7),
            (shop, DAY - dt.timedelta(days=400), 1), (foreign, DAY, 1),
        ):  # fmt: skip
            Interaction.objects.create(client=client, date=date, satisfaction=said)
        Interaction.objects.create(client=shop, date=DAY)

        def promise(satisfaction):
            Promise.objects.create(
                client=foreign, what="x", due=DAY, first_due=DAY, owner=kam, state="kept",
                settled_on=DAY, evidence="x", satisfaction=satisfaction,
            )  # fmt: skip

        promise(10)
        few = found.usefulness_of([kam], DAY)[kam.pk]
        assert (few.answers, few.mean, few.is_known) == (4, None, False)
        promise(9)
        known = found.usefulness_of([kam], DAY)[kam.pk]
    assert (known.answers, known.mean) == (5, 8.0)


def test_load_counts_clients_by_standing_and_open_work(kam, manager):
    key_client("One", kam)
    key_client("Two", kam, value="candidate")
    key_client("Gone", kam, value="former")
    make_client("Plain", owner=kam, team=kam.team, lifecycle="active")
    make_client("Lost", owner=kam, team=kam.team, lifecycle="lost")
    group = make_client("Group", owner=kam, team=kam.team, kind="group")
    member = make_client("Member", owner=kam, team=kam.team, group=group)
    with acting_system("test"):
        Interaction.objects.create(client=member, date=DAY - dt.timedelta(days=5))
        for due in (DAY, DAY - dt.timedelta(days=1)):
            Promise.objects.create(client=member, what="x", due=due, first_due=due, owner=kam)
    with acting_as(manager):
        (load,) = carried.loads([person(kam)], DAY)
        assert (load.keys, load.coming, load.others, load.points) == (1, 1, 3, 12 + 3 + 3)
        assert (load.promises, load.promises_late, load.talks, load.late_work) == (2, 1, 1, 1)
        assert (load.used, load.state) == (None, "unknown")
        carried.set_capacity(person(kam), {"key_slots": 1, "load_points": 15}, {})
        (load,) = carried.loads([person(kam)], DAY)
    assert (load.key_share, load.used, load.state) == (1.0, 18 / 15, "over")


def test_capacity_is_set_by_who_leads_and_nobody_loses_a_change(kam, manager):
    other = make_user("manager", team=Team.objects.create(name="South"))
    with acting_as(other), pytest.raises(PermissionDenied):
        carried.set_capacity(person(kam), {"key_slots": 9}, {})
    with acting_as(manager):
        seen = {"key_slots": None, "load_points": None}
        carried.set_capacity(person(kam), {"key_slots": 5, "load_points": None}, seen)
        with pytest.raises(Conflict):
            carried.set_capacity(person(kam), {"key_slots": 7, "load_points": None}, seen)
        carried.set_capacity(person(kam), {"key_slots": 5}, {})
    (event,) = Event.unscoped.filter(action="kam.capacity")
    assert event.details == {"before": {"key_slots": None}, "after": {"key_slots": 5}}


@pytest.mark.parametrize(
    "counts, low, high",
    [([3] * 13, 0, 0), (range(13), 1, 1), ([0, 2, 1, 3, 2, 4, 3], 0.3, 0.8)],
)
def test_growth_is_a_straight_line_with_its_error(counts, low, high):
    growth = hiring.growth(list(counts))
    assert growth.low >= low - 1e-9
    assert growth.high <= high + 1e-9
    assert growth.low <= growth.a_month <= growth.high
    assert hiring.growth([1, 2, 3, 4, 5, 6]) is None


def test_when_places_are_reached():
    assert hiring.reached_on(DAY, 5, 5, 0) == DAY
    assert hiring.reached_on(DAY, 3, 5, 0.5) == dt.date(2026, 7, 16)
    assert hiring.reached_on(DAY, 3, 5, 0.0) is None
    assert hiring.reached_on(DAY, 3, 50, 0.5) is None


def test_when_to_hire_says_what_is_missing_and_else_a_day(kam, manager):
    def state():
        with acting_as(manager):
            return carried.when_to_hire(list(found.kams()), manager, DAY)

    assert (state().state, state().unsaid) == ("unknown", ["Ann"])
    with acting_as(manager):
        carried.set_capacity(person(kam), {"key_slots": 5}, {})
    assert state().state == "young"
    key_client("Old", kam, since=DAY - dt.timedelta(days=500))
    assert state().state == "steady"
    for number, months in enumerate((9, 5)):
        key_client(f"New {number}", kam, since=DAY - dt.timedelta(days=30 * months))
    due = state()
    assert (due.state, due.keys, due.places, len(due.counts)) == ("due", 3, 5, 13)
    assert due.low <= due.full_on
    assert due.high is None or due.full_on <= due.high
    assert due.begin >= DAY
    for number in range(3):
        key_client(f"Newest {number}", kam)
    assert state().state == "over"
    other = make_user("manager", team=Team.objects.create(name="South"))
    with acting_as(other):
        assert carried.when_to_hire(list(found.kams()), other, DAY).keys == 0


def test_pages_of_a_kam_and_of_who_leads(client, kam, manager):
    key_client("One", kam)
    client.force_login(kam)
    page = client.get(reverse("kam_list")).content.decode()
    assert "Ann" in page
    assert "When to hire" not in page
    assert reverse("kam_capacity", args=[kam.pk]) not in page
    assert client.get(reverse("kam_capacity", args=[kam.pk])).status_code == 403
    assert "Rate myself" in client.get(reverse("kam_detail", args=[kam.pk])).content.decode()
    form = reverse("kam_rating", args=[kam.pk])
    assert client.post(form, {"day": "2026-03-16"}).status_code == 422
    noted = {"day": "2026-03-16", "note_rapport": "words alone"}
    assert "take the words out" in client.post(form, noted).content.decode()
    assert client.post(form, {"day": "2026-03-16", "value_rapport": "8"}).status_code == 302
    client.force_login(manager)
    assert "When to hire" in client.get(reverse("kam_list")).content.decode()
    answer = client.post(form, {"day": "2026-03-16", "value_rapport": "5", "note_rapport": "seen"})
    assert answer.status_code == 302
    page = client.get(reverse("kam_detail", args=[kam.pk])).content.decode()
    assert "see it differently" in page
    assert "<polyline" in page
    assert "seen" in client.get(reverse("kam_skills")).content.decode()
    capacity = reverse("kam_capacity", args=[kam.pk])
    sent = {"key_slots": "4", "load_points": ""}
    assert client.post(capacity, sent).status_code == 302
    assert client.post(capacity, sent | {"key_slots": "6"}).status_code == 409, "seen was empty"
    again = sent | {"key_slots": "6", "seen_key_slots": "4"}
    assert client.post(capacity, again).status_code == 302
    assert person(kam).key_slots == 6
    foreign = make_user("kam", team=Team.objects.create(name="South"))
    assert client.get(reverse("kam_detail", args=[foreign.pk])).status_code == 404


def test_own_skills_by_their_pages(client, manager):
    client.force_login(manager)
    create = reverse("skill_create")
    assert client.post(create, {"name": ""}).status_code == 422
    assert client.post(create, {"name": "Tenders", "at_three": "fills in forms"}).status_code == 302
    with acting_as(manager):
        skill = OwnSkill.objects.get()
    assert client.post(create, {"name": "Tenders"}).status_code == 422
    assert "fills in forms" in client.get(reverse("skill_list")).content.decode()
    edit = reverse("skill_edit", args=[skill.pk])
    assert client.post(edit, {"name": "Bids", "version": "1"}).status_code == 302
    assert client.post(edit, {"name": "Offers", "version": "1"}).status_code == 409


def test_over_rest(client, kam, manager):
    client.force_login(manager)
    address = reverse("api:kam-ratings", args=[kam.pk])
    body = {"ratings": [{"skill": "rapport", "value": 7, "note": "seen"}]}
    assert client.post(address, body, "application/json").status_code == 201
    unknown = {"ratings": [{"skill": "charm", "value": 7}]}
    refused = client.post(address, unknown, "application/json")
    assert refused.status_code == 400
    assert "skill" in refused.json()["error"]["fields"]
    assert [row["value"] for row in client.get(address).json()] == [7]
    profile = client.get(reverse("api:kam-detail", args=[kam.pk])).json()
    assert profile["usefulness"] is None
    assert (profile["skills"][0]["manager"], profile["skills"][0]["gap"]) == (7, None)
    capacity = reverse("api:kam-capacity", args=[kam.pk])
    stale = client.get(capacity)["ETag"]
    put = {"key_slots": 5, "load_points": None}
    assert client.put(capacity, put, "application/json").json() == put
    late = client.put(capacity, put, "application/json", headers={"If-Match": stale})
    assert late.status_code == 412
    assert client.get(reverse("api:kam-list")).json()[0]["key_slots"] == 5
    assert client.get(reverse("api:kam-hiring")).json()["state"] == "young"
    made = client.post(reverse("api:skill-list"), {"name": "Tenders"}, "application/json")
    assert made.status_code == 201
    one = reverse("api:skill-detail", args=[made.json()["id"]])
    assert client.patch(one, {"archived": True}, "application/json").status_code == 428
    changed = client.patch(one, {"archived": True, "version": 1}, "application/json")
    assert changed.json()["archived"] is True
    known = client.get(reverse("api:skill-list")).json()
    assert (known[0]["key"], known[-1]["archived"]) == ("rapport", True)
    client.force_login(kam)
    assert client.get(reverse("api:kam-hiring")).status_code == 403
    assert client.put(capacity, put, "application/json").status_code == 403


@pytest.fixture
def small_company():
    """The company allows one person in both roles."""
    from kam.lib import company
    from kam.lib.models import CompanyRecord

    def allow(answer: bool) -> None:
        values = {"name": "Small", "currency": "RUB", "time_zone": "Europe/Moscow"}
        CompanyRecord.objects.update_or_create(defaults=values | {"small_company": answer})
        company.refresh()

    yield allow
    company.keep(None)


def test_one_person_in_two_roles_warns_unless_the_company_is_small(
    client, kam, manager, small_company
):
    shop = make_client("Shop", owner=kam, team=kam.team, sales_manager=kam)
    make_client("Other", owner=kam, team=kam.team, sales_manager=manager)
    make_client("Nobody’s")
    client.force_login(manager)
    found_in = client.get(reverse("kam_list")).content.decode()
    assert "One person sells to these clients" in found_in
    assert "Shop" in found_in
    assert "KAM as well" in client.get(reverse("client_detail", args=[shop.pk])).content.decode()
    rows = client.get(reverse("api:kam-both-roles")).json()["results"]
    assert [row["name"] for row in rows] == ["Shop"]
    small_company(True)
    assert "One person sells" not in client.get(reverse("kam_list")).content.decode()
    page = client.get(reverse("client_detail", args=[shop.pk])).content.decode()
    assert "Sales manager" in page
    assert "KAM as well" not in page
    assert client.get(reverse("api:kam-both-roles")).json()["results"] == []


def test_the_sales_manager_is_named_with_the_client(client, kam, manager):
    shop = make_client("Shop", owner=kam, team=kam.team)
    seller = make_user("colleague", team=kam.team)
    client.force_login(kam)
    address = reverse("client_edit", args=[shop.pk])
    sent = {"name": "Shop", "kind": "organisation", "lifecycle": "active", "version": "1"}
    assert client.post(address, sent | {"sales_manager": str(seller.pk)}).status_code == 302
    with acting_as(kam):
        shop.refresh_from_db()
        assert shop.sales_manager == seller
    # One of another team, named by the administrator, is not lost when the KAM saves.
    foreign = make_user("colleague", team=Team.objects.create(name="South"))
    with acting_system("test"):
        type(shop).objects.filter(pk=shop.pk).update(sales_manager=foreign)
    again = sent | {"sales_manager": str(foreign.pk), "city": "Tver", "version": "2"}
    assert client.post(address, again).status_code == 302
