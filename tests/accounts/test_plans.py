"""Plans: each section ends in work or a number, signing keeps what was signed, and whoever takes
part reads the plan and nothing else."""

import datetime as dt

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse
from django.utils import translation

from accounts.models import (
    AccountPlan,
    Goal,
    Notice,
    PlanAction,
    PlanParticipant,
    PlanSection,
    PlanVersion,
    Standing,
    Team,
)
from accounts.selectors import plans as found
from accounts.services import plan_signing, plan_work, plans
from accounts.services.clients import Conflict
from accounts.services.plan_reading import read
from kam.audit.models import Event
from kam.lib.scoping import acting_as, acting_system
from kam.webhooks.models import Message
from tests.factories import make_client, make_user
from tests.kam.webhooks.conftest import make_endpoint

pytestmark = pytest.mark.django_db
DAY = dt.date(2026, 3, 16)
YEAR = {"title": "Plan 2026", "starts": dt.date(2026, 1, 1), "ends": dt.date(2026, 12, 31)}


@pytest.fixture(autouse=True)
def on_the_day():
    with time_machine.travel("2026-03-16T09:00:00Z", tick=False), translation.override("en"):
        yield


@pytest.fixture
def team():
    return Team.objects.create(name="North")


@pytest.fixture
def kam(team):
    return make_user("kam", name="Vera", language="en", team=team)


@pytest.fixture
def manager(team):
    return make_user("manager", name="Maria", language="en", team=team)


@pytest.fixture
def helper():
    return make_user("colleague", name="Pavel", language="en", function="delivery")


@pytest.fixture
def shop(kam):
    return key_client(kam)


def key_client(kam, name="Shop"):
    client = make_client(name, owner=kam, team=kam.team)
    with acting_system("test"):
        Standing.objects.create(client=client, value="candidate", since=DAY)
        Goal.objects.create(
            client=client, owner=kam, why="They look around", what_for="They recommend us",
            how="Keep promises", measure="loyalty", unit="points", start=6, target=8,
            due=dt.date(2026, 12, 1),
        )  # fmt: skip
    return client


def begin(client, kam, **more):
    with acting_as(kam):
        return plans.begin(client, YEAR, kam, **more)


def written(client, kam, helper=None):
    """A plan that can be submitted."""
    plan = begin(client, kam)
    with acting_as(kam):
        goals = list(Goal.objects.filter(client=client))
        for section in found.sections_of(plan):
            if section.kind == "text":
                plans.write(section, f"About {section.name}", goals[:1], section.version)
            elif section.kind == "actions":
                values = {"what": "Second delivery day", "owner": helper or kam, "due": DAY}
                plan_work.add_action(section, values, kam)
    return plan


def signed(client, kam, manager, helper=None):
    plan = written(client, kam, helper)
    with acting_as(kam):
        plan_signing.submit(plan, kam)
    with acting_as(manager):
        return plan_signing.sign(plan, manager)


def test_a_plan_begins_with_the_client_and_with_the_goals_that_are_open(shop, kam):
    plan = begin(shop, kam)
    with acting_as(kam):
        sections = found.sections_of(plan)
        assert [each.kind for each in sections] == ["text", "text", "text", "goals", "actions"]
        assert all(each.question for each in sections)
        (link,) = found.links_of(plan)
        assert (link.section_id, link.goal.measure) == (sections[3].pk, "loyalty")
        assert read(plan, DAY).has_loyalty


def test_plans_are_made_for_key_clients_and_candidates_one_for_a_period(shop, kam):
    with pytest.raises(ValidationError, match="key clients and candidates"):
        begin(make_client("Other", owner=kam, team=kam.team), kam)
    plan = begin(shop, kam)
    with pytest.raises(ValidationError, match="Plan 2026"):
        begin(shop, kam)
    with acting_as(kam), pytest.raises(ValidationError) as refused:
        plans.change(plan, {"ends": dt.date(2025, 1, 1)}, plan.version)
    assert set(refused.value.message_dict) == {"ends"}


def test_every_section_ends_in_a_dated_action_or_a_number(shop, kam):
    plan = begin(shop, kam)
    with acting_as(kam):
        lacks = {each.section.kind: each.codes for each in plan_signing.lacking(plan)}
        assert lacks == {"text": ("text", "end"), "actions": ("action",)}
        with pytest.raises(ValidationError) as refused:
            plan_signing.submit(plan, kam)
        assert len(refused.value.messages) == 4
        assert "Competitors: nothing is written" in " ".join(refused.value.messages)
        section = found.sections_of(plan)[0]
        plans.write(section, "They clean hospitals.", None, section.version)
        action = plan_work.add_action(section, {"what": "Visit", "due": DAY}, kam)
        assert action.owner == kam, "the KAM does what nobody else is named for"
        assert section not in [each.section for each in plan_signing.lacking(plan)]
        plan_work.settle_action(action, "dropped", "They moved", kam)
        assert next(each.codes for each in plan_signing.lacking(plan)) == ("end",)
        # A goal that is not complete is no number.
        Goal.objects.update(target=None)
        assert "goals" in [each.section.kind for each in plan_signing.lacking(plan)]


def test_from_draft_to_signature_and_back(shop, kam, manager):
    make_endpoint("https://93.184.215.14/kam", ["plan.submitted", "plan.signed"])
    plan = written(shop, kam)
    with acting_as(kam):
        plan_signing.submit(plan, kam, "ready")
        section = found.sections_of(plan)[0]
        with pytest.raises(ValidationError, match="waits for signature"):
            plans.write(section, "more", None, section.version)
        with pytest.raises(PermissionDenied):
            plan_signing.sign(plan, kam)
        plan_signing.withdraw(plan, kam)
        plan_signing.submit(plan, kam)
    with acting_as(manager):
        with pytest.raises(ValidationError, match="Say what is to change"):
            plan_signing.send_back(plan, manager, " ")
        plan_signing.send_back(plan, manager, "Who are the rivals?")
    assert plan.state == "returned"
    with acting_as(kam):
        plan_signing.submit(plan, kam)
    with acting_as(manager):
        plan_signing.sign(plan, manager)
    assert (plan.state, plan.number) == ("signed", 1)
    with acting_system("test"):
        told = [(n.person.name, n.facts["about"]) for n in Notice.objects.order_by("pk")]
        assert told.count(("Maria", "submitted")) == 3
        assert ("Vera", "returned") in told
        assert ("Vera", "signed") in told
        assert [m.type for m in Message.objects.order_by("pk")].count("plan.submitted") == 3
        assert Message.objects.filter(type="plan.signed").get().data["number"] == 1
    acts = Event.unscoped.filter(action__startswith="plan.").values_list("action", flat=True)
    assert {"plan.begin", "plan.submit", "plan.return", "plan.sign"} <= set(acts)


def test_a_signed_plan_changes_by_an_amendment_and_what_was_signed_stays(shop, kam, manager):
    plan = signed(shop, kam, manager)
    with acting_as(kam):
        section = found.sections_of(plan)[0]
        for forbidden in (
            lambda: plans.write(section, "new", None, section.version),
            lambda: plan_work.add_action(section, {"what": "x", "due": DAY}, kam),
            lambda: plans.discard(plan),
            lambda: plan_signing.amend(plan, kam, ""),
        ):
            with pytest.raises(ValidationError):
                forbidden()
        plan_signing.amend(plan, kam, "They bought a rival")
        plans.write(section, "They own a laundry now.", None, section.version)
        plan_signing.submit(plan, kam)
    with acting_as(manager):
        plan_signing.sign(plan, manager)
        second, first = PlanVersion.objects.filter(plan=plan)
        assert (first.number, second.number, second.reason) == (1, 2, "They bought a rival")
        assert first.content["sections"][0]["text"].startswith("About")
        assert second.content["sections"][0]["text"] == "They own a laundry now."


def test_two_editors_lose_nothing_of_each_other(shop, kam):
    plan = begin(shop, kam)
    with acting_as(kam):
        section = found.sections_of(plan)[0]
        plans.write(section, "first", None, 1)
        with pytest.raises(Conflict):
            plans.write(PlanSection.objects.get(pk=section.pk), "second", None, 1)
        with pytest.raises(Conflict):
            plans.change(plan, {"title": "x"}, 99)
        other = Goal.objects.get()
        other.client = make_client("Elsewhere", owner=kam)
        with pytest.raises(ValidationError, match="another client"):
            plans.write(section, "first", [other], 2)


def test_whoever_is_given_an_action_takes_part_and_is_asked_to_acknowledge(
    shop, kam, manager, helper
):
    plan = signed(shop, kam, manager, helper)
    with acting_as(helper):
        part = PlanParticipant.objects.get(plan=plan)
        assert (part.person, part.function, found.is_asked(part)) == (helper, "delivery", True)
        plan_work.acknowledge(part, helper)
        assert part.acknowledged == 1
    with acting_as(kam):
        with pytest.raises(ValidationError, match="Only the participant"):
            plan_work.acknowledge(part, kam)
        with pytest.raises(ValidationError, match="open actions"):
            plan_work.remove_participant(part)
        plan_signing.amend(plan, kam, "another day")
        plan_signing.submit(plan, kam)
    with acting_as(manager):
        plan_signing.sign(plan, manager)
    with acting_as(helper):
        assert found.is_asked(PlanParticipant.objects.select_related("plan").get(plan=plan))
        asked = Notice.objects.filter(person=helper, facts__about="acknowledge")
        assert asked.count() == 2
    with acting_as(kam):
        (action,) = found.actions_of(plan)
        plan_work.settle_action(action, "done", "Thursdays", helper)
        part.refresh_from_db()
        plan_work.remove_participant(part)
    with acting_as(helper):
        assert not AccountPlan.objects.exists()


def test_somebody_who_is_asked_in_later_is_told_at_once(shop, kam, manager, helper):
    plan = signed(shop, kam, manager)
    with acting_as(kam):
        row = plan_work.add_participant(plan, {"person": helper, "part": "Keeps the route free"})
        with pytest.raises(ValidationError):
            plan_work.add_participant(plan, {"person": helper})
        plan_work.change_participant(row, {"part": "Keeps two routes free"}, 1)
        with pytest.raises(Conflict):
            plan_work.change_participant(row, {"part": "x"}, 1)
    with acting_system("test"):
        assert Notice.objects.filter(person=helper, facts__about="acknowledge").count() == 2


def test_a_colleague_sees_the_plan_and_nothing_else_of_the_client(
    client, shop, kam, manager, helper
):
    plan = signed(shop, kam, manager, helper)
    other = signed(key_client(kam, "Elsewhere"), kam, manager)
    client.force_login(helper)
    home = client.get(reverse("home")).content.decode()
    assert "Second delivery day" in home
    assert "Elsewhere" not in home
    page = client.get(reverse("plan_detail", args=[plan.pk])).content.decode()
    assert "They recommend us" in page, "the goal they share"
    assert "I have read it and this is my part" in page
    assert "Change the signed plan" not in page
    assert reverse("goal_detail", args=[Goal.unscoped.filter(client=shop).get().pk]) not in page
    assert client.get(reverse("plan_detail", args=[other.pk])).status_code == 404
    for route in ("client_plans", "client_detail"):
        assert client.get(reverse(route, args=[shop.pk])).status_code == 403
    part = PlanParticipant.unscoped.get(plan=plan)
    client.post(reverse("plan_acknowledgement", args=[part.pk]))
    part.refresh_from_db()
    assert part.acknowledged == 1
    action = PlanAction.unscoped.get(plan=plan)
    address = reverse("plan_action", args=[action.pk])
    assert client.post(address, {"act": "settle", "outcome": "done"}).status_code == 422
    answer = client.post(address, {"act": "settle", "outcome": "done", "result": "Thursdays"})
    assert answer.status_code == 302
    action.refresh_from_db()
    assert (action.state, action.settled_by) == ("done", helper)
    assert (
        client.post(reverse("plan_decision", args=[plan.pk]), {"act": "amend"}).status_code == 403
    )


def test_a_kam_of_another_team_who_takes_part_changes_nothing_but_their_own(
    client, shop, kam, manager
):
    guest = make_user("kam", language="en", team=Team.objects.create(name="South"))
    plan = signed(shop, kam, manager, guest)
    client.force_login(guest)
    assert client.get(reverse("plan_detail", args=[plan.pk])).status_code == 200
    part = PlanParticipant.unscoped.get(plan=plan)
    action = PlanAction.unscoped.get(plan=plan)
    for route, pk in (("plan_participant_edit", part.pk), ("plan_action_edit", action.pk)):
        assert client.post(reverse(route, args=[pk]), {"part": "x"}).status_code == 403
    assert client.delete(reverse("api:plan-participant-detail", args=[part.pk])).status_code == 403
    assert client.post(reverse("plan_acknowledgement", args=[part.pk])).status_code == 302


def test_written_submitted_and_signed_by_its_pages(client, shop, kam, manager):
    client.force_login(kam)
    page = client.get(reverse("client_plans", args=[shop.pk])).content.decode()
    assert "Begin a plan" in page
    create = reverse("plan_create", args=[shop.pk])
    assert "Account plan 2026" in client.get(create).content.decode()
    assert client.post(create, {"title": ""}).status_code == 422
    values = {"title": "Plan 2026", "starts": "2026-01-01", "ends": "2026-12-31"}
    assert client.post(create, values).status_code == 302
    again = client.post(create, values)
    assert again.status_code == 422
    with acting_as(kam):
        plan = AccountPlan.objects.get()
        sections = found.sections_of(plan)
        goal = Goal.objects.get()
    detail = reverse("plan_detail", args=[plan.pk])
    assert "Before the plan can be submitted" in client.get(detail).content.decode()
    for section in sections[:3]:
        address = reverse("plan_section_edit", args=[section.pk])
        assert section.question in client.get(address).content.decode()
        answer = client.post(address, {"text": "Known", "goals": [goal.pk], "version": "1"})
        assert answer.status_code == 302
        assert client.post(address, {"text": "Late", "version": "1"}).status_code == 409
    address = reverse("plan_action_create", args=[sections[4].pk])
    assert client.post(address, {"what": "Visit"}).status_code == 422
    assert client.post(address, {"what": "Visit", "due": "2026-04-01"}).status_code == 302
    decision = reverse("plan_decision", args=[plan.pk])
    assert client.post(decision, {"act": ""}).status_code == 422
    assert client.post(decision, {"act": "submit"}).status_code == 302
    assert client.post(decision, {"act": "sign"}).status_code == 403
    client.force_login(manager)
    assert "Sign the plan" in client.get(detail).content.decode()
    refused = client.post(decision, {"act": "return", "words": ""})
    assert "Say what is to change" in refused.content.decode()
    assert client.post(decision, {"act": "sign"}).status_code == 302
    version = PlanVersion.unscoped.get()
    page = client.get(reverse("plan_version", args=[version.pk])).content.decode()
    assert "1 Apr 2026" in page
    page = client.get(reverse("plan_list")).content.decode()
    assert "Plan 2026" in page


def test_the_list_shows_who_lacks_a_plan_and_what_was_left_alone(shop, kam, manager):
    with acting_as(kam):
        (line,) = found.overview(found.Filters(), DAY)
        assert (line.client, line.plan) == (shop, None)
    fresh = key_client(kam, "Fresh")
    signed(fresh, kam, manager)
    old = signed(key_client(kam, "Old"), kam, manager, make_user("colleague"))
    AccountPlan.unscoped.filter(pk=old.pk).update(touched_at="2026-01-10T10:00:00Z")
    draft = key_client(kam, "Draft")
    begin(draft, kam)
    tomorrow = DAY + dt.timedelta(days=1)
    with acting_as(kam):
        lines = found.overview(found.Filters(), tomorrow)
        assert [line.client.name for line in lines] == ["Shop", "Old", "Draft", "Fresh"]
        assert (lines[1].untouched, lines[1].overdue, lines[1].waiting) == (66, 1, 1)

        def shown(state):
            found_lines = found.overview(found.Filters(state=state), tomorrow)
            return [line.client.name for line in found_lines]

        assert shown("lacking") == ["Shop"]
        assert shown("unsigned") == ["Draft"]
        assert shown("overdue") == ["Old", "Fresh"]
        assert shown("waiting") == ["Old"]
        past = dt.date(2027, 1, 5)
        assert len(found.overview(found.Filters(state="lacking"), past)) == 4


def test_carried_on_into_the_next_period_and_discarded(shop, kam, manager, helper):
    plan = signed(shop, kam, manager, helper)
    following = {"title": "Plan 2027", "starts": dt.date(2027, 1, 1), "ends": dt.date(2027, 12, 31)}
    with acting_as(kam):
        after = plans.begin(shop, following, kam, previous=plan)
        first = found.sections_of(after)[0]
        assert (first.text, first.carried) == ("About The client’s business", True)
        (old,), (new,) = found.actions_of(plan), found.actions_of(after)
        assert (old.state, new.state, new.carried, new.carried_from) == (
            "moved", "open", True, old
        )  # fmt: skip
        assert [part.person for part in found.participants_of(after)] == [helper]
        assert len(found.links_of(after)) == len(found.links_of(plan))
        plans.write(first, first.text, None, first.version)
        assert not found.sections_of(after)[0].carried, "looked at and saved: it holds"
        plan_work.change_action(new, {"due": dt.date(2027, 2, 1)}, new.version)
        assert not new.carried
        plans.discard(after)
        old.refresh_from_db()
        assert (old.state, old.settled_on) == ("open", None)


def test_whoever_has_an_action_is_told_the_day_before_and_the_day_after(shop, kam, manager, helper):
    signed(shop, kam, manager, helper)
    with acting_system("test"):
        assert plan_work.remind(DAY - dt.timedelta(days=1)) == 1
        assert plan_work.remind(DAY - dt.timedelta(days=1)) == 0
        assert plan_work.remind(DAY + dt.timedelta(days=1)) == 1


def test_over_rest(client, shop, kam, manager, helper):
    client.force_login(kam)

    def post(name, pk, data, expected=200):
        args = [pk] if pk else []
        answer = client.post(reverse(f"api:{name}", args=args), data, "application/json")
        assert answer.status_code == expected, answer.content
        return answer.json()

    values = {"client": shop.pk, "title": "Plan", "starts": "2026-01-01", "ends": "2026-12-31"}
    plan = post("plan-list", None, values, 201)
    post("plan-list", None, values, 400)
    detail = reverse("api:plan-detail", args=[plan["id"]])
    whole = client.get(detail).json()
    assert len(whole["sections"]) == 5
    assert {tuple(each["codes"]) for each in whole["lacking"]} == {("text", "end"), ("action",)}
    goal = whole["sections"][3]["goals"][0]
    for section in whole["sections"][:3]:
        address = reverse("api:plan-section-detail", args=[section["id"]])
        data = {"text": "Known", "goals": [goal]}
        assert client.patch(address, data, "application/json").status_code == 428
        answer = client.patch(address, data | {"version": 1}, "application/json")
        assert (answer.status_code, answer.json()["goals"]) == (200, [goal])
        assert client.patch(address, data | {"version": 1}, "application/json").status_code == 409
    actions = {"section": whole["sections"][4]["id"], "what": "Visit", "due": "2026-04-01"}
    action = post("plan-action-list", None, actions, 201)
    address = reverse("api:plan-action-detail", args=[action["id"]])
    moved = client.patch(address, {"due": "2026-04-02", "version": 1}, "application/json")
    assert moved.json()["due"] == "2026-04-02"
    part = post(
        "plan-participants", plan["id"], {"person": helper.pk, "part": "Keeps the route free"}, 201
    )
    assert post("plan-decision", plan["id"], {"act": "submit"})["state"] == "submitted"
    post("plan-decision", plan["id"], {"act": "sign"}, 403)
    client.force_login(manager)
    assert post("plan-decision", plan["id"], {"act": "sign"})["number"] == 1
    versions = client.get(reverse("api:plan-versions", args=[plan["id"]])).json()
    assert versions[0]["content"]["sections"][0]["text"] == "Known"
    client.force_login(helper)
    assert [row["id"] for row in client.get(reverse("api:plan-list")).json()["results"]] == [
        plan["id"]
    ]
    assert post("plan-acknowledgement", part["id"], {})["acknowledged"] == 1
    assert client.patch(detail, {"title": "x"}, "application/json").status_code == 403
    post("plan-action-settlement", action["id"], {"outcome": "done", "result": "x"}, 403)
