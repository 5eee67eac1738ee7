"""What has changed around a plan since somebody was there, and the company's own sections."""

import datetime as dt

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import translation

from accounts.models import (
    Goal,
    GoalReading,
    PlanTemplate,
    PlanTemplateSection,
    PlanVisit,
    Promise,
    Standing,
)
from accounts.selectors import plans as found
from accounts.services import plan_work, plans
from accounts.services.clients import Conflict
from accounts.services.plan_changes import changes, visit
from accounts.services.plan_sections import built_in, save_template
from kam.lib.scoping import acting_as, acting_system
from tests.factories import make_document, make_user

from .test_plans import DAY, helper, kam, key_client, manager, shop, signed, team

pytestmark = pytest.mark.django_db
__all__ = ["helper", "kam", "manager", "shop", "team"]


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


def on(day: dt.date, hour: int = 9):
    moment = dt.datetime(day.year, day.month, day.day, hour, tzinfo=dt.UTC)
    return time_machine.travel(moment, tick=False)


LATER = DAY + dt.timedelta(days=20)


def test_since_the_last_visit_on_an_earlier_day_else_since_the_signature(shop, kam, manager):
    with on(DAY):
        plan = signed(shop, kam, manager)
    with on(LATER), acting_as(kam):
        told = changes(plan, kam)
        assert (told.opened, told.since.date()) == (False, DAY)
        visit(plan, kam)
        assert not changes(plan, kam).opened, "today's visit does not hide what it shows"
        visit(plan, kam)
    with on(LATER + dt.timedelta(days=3)), acting_as(kam):
        told = changes(plan, kam)
        assert (told.opened, told.since.date(), told.rows) == (True, LATER, [])
        visit(plan, kam)
        assert changes(plan, kam).since.date() == LATER
        assert PlanVisit.objects.count() == 1


def test_nothing_is_told_where_nobody_was_there_and_nothing_is_signed(shop, kam):
    with on(DAY), acting_as(kam):
        year = {"title": "P", "starts": DAY, "ends": DAY + dt.timedelta(days=90)}
        plan = plans.begin(shop, year, kam)
        assert changes(plan, kam).since is None


def test_what_was_bought_measured_done_kept_and_decided(shop, kam, manager, helper):
    with on(DAY):
        plan = signed(shop, kam, manager, helper)
        make_document(shop, DAY, 1000)
    make_document(shop, LATER, 500)
    with on(LATER):
        with acting_as(kam):
            (action,) = found.actions_of(plan)
            plan_work.settle_action(action, "done", "Thursdays", kam)
        with acting_system("test"):
            goal = Goal.objects.get()
            GoalReading.objects.create(goal=goal, day=DAY, value=6, computed=True)
            GoalReading.objects.create(goal=goal, day=LATER, value=7, computed=True)
            for state in ("kept", "broken"):
                Promise.objects.create(
                    client=shop, what="x", due=LATER, first_due=DAY, owner=kam, state=state,
                    settled_on=LATER, evidence="mail",
                )  # fmt: skip
            Standing.objects.update(until=LATER)
            Standing.objects.create(client=shop, value="trial", since=LATER, taken_over=True)
        with acting_as(kam):
            rows = {row.kind: row for row in changes(plan, kam).rows}
            assert (rows["revenue"].before, rows["revenue"].after) == (1000, 1500)
            assert (rows["goal"].before, rows["goal"].after, rows["goal"].difference) == (6, 7, 1)
            assert "Thursdays" in rows["action"].text
            assert "broken" in rows["promise"].text
            assert "Trial" in rows["standing"].text
        with acting_as(helper):
            kinds = {row.kind for row in changes(plan, helper).rows}
            assert kinds == {"goal", "action"}, "nothing of the client beside the plan"


def test_its_page_and_endpoint_and_the_visit_that_the_page_notes(client, shop, kam, manager):
    with on(DAY):
        plan = signed(shop, kam, manager)
    with on(LATER):
        client.force_login(kam)
        page = client.get(reverse("plan_detail", args=[plan.pk])).content.decode()
        assert reverse("plan_changes", args=[plan.pk]) in page
        address = reverse("plan_changes", args=[plan.pk])
        assert "Now overdue: Second delivery day" in client.get(address).content.decode()
        assert client.post(reverse("plan_visit"), {"plan": plan.pk}).status_code == 204
        assert client.post(reverse("plan_visit"), {"plan": "x"}).status_code == 422
        stranger = make_user("kam")
        client.force_login(stranger)
        assert client.post(reverse("plan_visit"), {"plan": plan.pk}).status_code == 404
        client.force_login(kam)
        answer = client.get(reverse("api:plan-changes", args=[plan.pk])).json()
        assert answer["opened"] is False
        assert [each["about"] for each in answer["changes"]] == ["action"]


def test_plans_begin_with_the_sections_of_the_company(kam, manager):
    sections = [{"name": "Risks", "kind": "text", "question": "What could go wrong?"}]
    with on(DAY):
        shop = key_client(kam, "Own")
        with acting_as(manager):
            with pytest.raises(ValidationError):
                save_template(None, {"name": "Empty"}, [], manager)
            template = save_template(None, {"name": "Ours"}, sections, manager)
            save_template(template, {"name": "Ours"}, sections * 2, manager, 1)
            with pytest.raises(Conflict):
                save_template(template, {"name": "Ours"}, sections, manager, 1)
            assert PlanTemplateSection.objects.count() == 2
        with acting_as(kam):
            year = {"title": "P", "starts": DAY, "ends": DAY + dt.timedelta(days=90)}
            plan = plans.begin(shop, year, kam, template=template)
            assert [each.name for each in found.sections_of(plan)] == ["Risks", "Risks"]


def test_templates_by_their_pages_and_over_rest(client, kam, manager):
    client.force_login(manager)
    page = client.get(reverse("plan_template_create")).content.decode()
    assert built_in()[0].name in page, "a new one begins with the built-in sections"
    form = {
        "name": "Ours", "sections-TOTAL_FORMS": "3", "sections-INITIAL_FORMS": "0",
        "sections-0-name": "Last", "sections-0-kind": "actions", "sections-0-order": "9",
        "sections-1-name": "First", "sections-1-kind": "text", "sections-1-order": "1",
        "sections-2-question": "", "sections-2-name": "",
    }  # fmt: skip
    create = reverse("plan_template_create")
    assert client.post(create, {**form, "more": "1"}).status_code == 200
    assert client.post(create, {**form, "sections-2-question": "Why?"}).status_code == 422
    assert client.post(create, form).status_code == 302
    template = PlanTemplate.unscoped.get()
    names = PlanTemplateSection.unscoped.values_list("name", flat=True)
    assert list(names) == ["First", "Last"]
    edit = reverse("plan_template_edit", args=[template.pk])
    assert client.post(edit, {**form, "version": "7"}).status_code == 409
    assert "First" in client.get(reverse("plan_template_list")).content.decode()
    detail = reverse("api:plan-template-detail", args=[template.pk])
    row = client.get(detail).json()
    data = {**row, "sections": [{"name": "Only", "question": "What?"}]}
    assert client.put(detail, data, "application/json").status_code == 200
    assert client.put(detail, data, "application/json").status_code == 409
    answer = client.post(
        reverse("api:plan-template-list"), {"name": "X", "sections": []}, "application/json"
    )
    assert answer.status_code == 400
    client.force_login(kam)
    assert client.get(reverse("plan_template_list")).status_code == 200
    assert client.get(create).status_code == 403
