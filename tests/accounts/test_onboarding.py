"""Bringing a new KAM into the work: steps with their weeks, done, late, and templates."""

import datetime as dt

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse

from accounts.models import Kam, Notice, Onboarding, OnboardingStep, OnboardingTemplate, Team
from accounts.selectors import onboarding as found
from accounts.selectors import onboarding_library as library
from accounts.services import onboarding
from accounts.services.clients import Conflict
from accounts.services.notices import unseen_of
from kam.lib.scoping import acting_as, acting_system
from tests.factories import make_user

pytestmark = pytest.mark.django_db
DAY = dt.date(2026, 3, 16)
STEPS = [
    {"week": 2, "name": "Visits", "details": "", "helper": "Max"},
    {"week": 0, "name": "Access", "details": "", "helper": ""},
]


@pytest.fixture(autouse=True)
def on_the_day():
    with time_machine.travel("2026-03-16T09:00:00Z", tick=False):
        yield


@pytest.fixture
def kam():
    team = Team.objects.create(name="North")
    return make_user("kam", language="en", team=team, name="Ann")


@pytest.fixture
def manager(kam):
    return make_user("manager", language="en", team=kam.team, name="Max")


def person(user) -> Kam:
    with acting_system("test"):
        return Kam.objects.get(pk=user.pk)


def begin(kam, manager, begun=DAY, steps=STEPS):
    with acting_as(manager):
        template = None
        if steps:
            template = onboarding.save_template(None, {"name": f"Weeks {begun}"}, steps, manager)
        return onboarding.start(person(kam), begun, template, manager)


def test_the_built_in_plan_goes_by_weeks(kam, manager):
    plan = begin(kam, manager, steps=None)
    with acting_as(kam):
        steps = list(found.steps_of(plan))
        assert len(steps) == len(library.STEPS)
        assert (steps[0].due, steps[-1].due) == (DAY, DAY + dt.timedelta(weeks=12))
        assert found.longest_weeks() == 12
        (told,) = unseen_of(kam)
        assert told.url == reverse("onboarding_detail", args=[plan.pk])


def test_a_plan_under_way_stays_as_its_template_was(kam, manager):
    plan = begin(kam, manager)
    with acting_as(manager):
        template = OnboardingTemplate.objects.get()
        onboarding.save_template(template, {"name": "Other"}, STEPS[:1], manager, 1)
        assert [step.name for step in found.steps_of(plan)] == ["Access", "Visits"]
        assert found.longest_weeks() == 2
        with pytest.raises(Conflict):
            onboarding.save_template(template, {"name": "Mine"}, STEPS, manager, 1)
        with pytest.raises(ValidationError):
            onboarding.save_template(None, {"name": "Empty"}, [], manager)


def test_who_may_start_one_and_when(kam, manager):
    begin(kam, manager)
    with acting_as(manager):
        with pytest.raises(ValidationError) as refused:
            onboarding.start(person(kam), DAY, None, manager)
        assert set(refused.value.message_dict) == {"person"}
        with pytest.raises(ValidationError) as refused:
            onboarding.start(person(kam), DAY + dt.timedelta(days=400), None, manager)
        assert set(refused.value.message_dict) == {"begun"}
    other = make_user("manager", team=Team.objects.create(name="South"))
    with acting_as(other), pytest.raises(PermissionDenied):
        onboarding.start(person(kam), DAY, None, other)


def test_steps_are_done_and_with_the_last_one_the_plan_ends(kam, manager):
    plan = begin(kam, manager)
    with acting_as(kam):
        first, last = found.steps_of(plan)
        assert onboarding.change_step(first, {"done_on": DAY, "note": "all set"}, 1, kam)
        with pytest.raises(Conflict):
            onboarding.change_step(first, {"note": "mine"}, 1, kam)
        with pytest.raises(ValidationError) as refused:
            onboarding.change_step(last, {"done_on": DAY + dt.timedelta(days=1)}, 1, kam)
        assert set(refused.value.message_dict) == {"done_on"}
        (row,) = found.with_progress(DAY)
        assert (row.done, row.steps, row.expected, row.late, row.share) == (1, 2, 1, 0, 0.5)
        onboarding.change_step(last, {"done_on": DAY}, 1, kam)
        plan.refresh_from_db()
        assert (plan.ended_on, plan.outcome) == (DAY, "done")
        onboarding.change_step(last, {"done_on": None}, 2, kam)
        plan.refresh_from_db()
        assert (plan.ended_on, plan.outcome, last.done_by) == (None, "", None)
    with acting_as(manager):
        assert ["gone through" in told.text or "пройден" in told.text
                for told in unseen_of(manager)] == [True]  # fmt: skip


def test_overdue_steps_are_told_to_both_once(kam, manager):
    begin(kam, manager, begun=DAY - dt.timedelta(days=3))
    with acting_system("test"):
        assert onboarding.remind(DAY) == 2
        assert onboarding.remind(DAY) == 0
        assert Notice.objects.filter(kind="onboarding_late").count() == 2
    with acting_as(manager):
        (row,) = found.with_progress(DAY)
        assert row.late == 1
        assert any("Access" in told.text for told in unseen_of(manager))


def test_a_plan_is_broken_off_with_a_reason_and_changes_no_more(kam, manager):
    plan = begin(kam, manager)
    with acting_as(manager):
        with pytest.raises(ValidationError):
            onboarding.break_off(plan, " ")
        onboarding.break_off(plan, "went to another team")
        with pytest.raises(ValidationError):
            onboarding.break_off(plan, "again")
        with pytest.raises(ValidationError):
            onboarding.change_step(found.steps_of(plan)[0], {"note": "x"}, 1, manager)
        assert onboarding.start(person(kam), DAY, None, manager).pk != plan.pk


def test_pages_of_onboarding(client, kam, manager):
    client.force_login(manager)
    assert "Ann" in client.get(reverse("onboarding_list")).content.decode()
    create = reverse("onboarding_create", args=[kam.pk])
    assert client.post(create, {"begun": ""}).status_code == 422
    assert client.post(create, {"begun": "2026-03-16"}).status_code == 302
    assert client.post(create, {"begun": "2026-03-16"}).status_code == 422
    with acting_as(manager):
        plan = Onboarding.objects.get()
        step = found.steps_of(plan).first()
    client.force_login(kam)
    page = client.get(reverse("onboarding_detail", args=[plan.pk])).content.decode()
    assert step.name in page or "First day" in page
    assert "Break the plan off" not in page
    form = reverse("onboarding_step", args=[step.pk])
    done = {"done_on": "2026-03-16", "due": "2026-03-16", "note": "ready", "version": "1"}
    assert client.post(form, done).status_code == 302
    assert client.post(form, done | {"note": "other"}).status_code == 409
    assert client.post(create, {"begun": "2026-03-16"}).status_code == 403
    client.force_login(make_user("kam", team=Team.objects.create(name="South")))
    assert client.get(form).status_code == 404
    client.force_login(manager)
    end = reverse("onboarding_detail", args=[plan.pk])
    assert client.post(end, {"reason": ""}).status_code == 422
    assert client.post(end, {"reason": "left us"}).status_code == 302


def test_templates_are_written_by_their_page(client, manager):
    client.force_login(manager)
    create = reverse("onboarding_template_create")
    assert client.get(create).content.decode().count("steps-") > 50
    rows = {"steps-TOTAL_FORMS": "3", "steps-INITIAL_FORMS": "0", "name": "Our weeks"}
    assert client.post(create, rows).status_code == 422
    rows |= {"steps-0-week": "3", "steps-0-name": "Visits", "steps-1-week": "1",
             "steps-1-name": "Plans", "steps-1-helper": "Max"}  # fmt: skip
    assert client.post(create, rows | {"steps-2-details": "words"}).status_code == 422
    assert client.post(create, rows).status_code == 302
    with acting_as(manager):
        template = OnboardingTemplate.objects.get()
        assert list(template.steps.values_list("week", "name")) == [(1, "Plans"), (3, "Visits")]
    edit = reverse("onboarding_template_edit", args=[template.pk])
    changed = rows | {"steps-0-name": "", "version": "1"}
    assert client.post(edit, changed).status_code == 302
    assert client.post(edit, changed).status_code == 409
    assert "Plans" in client.get(reverse("onboarding_template_list")).content.decode()


def test_onboarding_over_rest(client, kam, manager):
    client.force_login(manager)
    steps = [{"week": 1, "name": "Plans"}]
    made = client.post(
        reverse("api:onboarding-template-list"), {"name": "Ours", "steps": steps},
        "application/json",
    )  # fmt: skip
    assert made.status_code == 201, made.content
    one = reverse("api:onboarding-template-detail", args=[made.json()["id"]])
    body = {"name": "Ours", "steps": [*steps, {"week": 2, "name": "Visits"}]}
    assert client.put(one, body, "application/json").status_code == 428
    assert client.put(one, body | {"version": 1}, "application/json").status_code == 200
    asked = {"person": kam.pk, "begun": "2026-03-16", "template": made.json()["id"]}
    plan = client.post(reverse("api:onboarding-list"), asked, "application/json")
    assert plan.status_code == 201, plan.content
    again = client.post(reverse("api:onboarding-list"), asked, "application/json")
    assert "person" in again.json()["error"]["fields"]
    step = plan.json()["steps"][0]
    address = reverse("api:onboarding-step", args=[step["id"]])
    client.force_login(kam)
    assert client.patch(address, {"done_on": "2026-03-16"}, "application/json").status_code == 428
    done = client.patch(address, {"done_on": "2026-03-16", "version": 1}, "application/json")
    assert (done.status_code, done.json()["done_by"]) == (200, kam.pk)
    ending = reverse("api:onboarding-ending", args=[plan.json()["id"]])
    assert client.post(ending, {"reason": "x"}, "application/json").status_code == 403
    client.force_login(manager)
    ended = client.post(ending, {"reason": "left us"}, "application/json")
    assert ended.json()["outcome"] == "broken_off"
    with acting_system("test"):
        assert OnboardingStep.objects.filter(done_on__isnull=False).count() == 1
