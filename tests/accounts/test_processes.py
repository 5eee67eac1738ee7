"""Processes of clients: how they begin, depart from the standard, and are gone through."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from accounts.models import (
    Interaction,
    Process,
    ProcessRun,
    ProcessStep,
    ProcessTemplate,
    RunStep,
    TemplateStep,
)
from accounts.selectors.processes import steps_of_person
from accounts.services import processes
from accounts.services.clients import Conflict
from accounts.services.processes import settle, start, start_due
from kam.audit.models import Event
from kam.lib.periods import today
from kam.lib.scoping import acting_as, acting_system
from tests.factories import make_client, make_document, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def kam():
    return make_user("kam", language="en")


@pytest.fixture
def shop(kam):
    return make_client("Shop", owner=kam)


def step(name: str, days: int = 1, **more) -> dict:
    return {
        "name": name, "details": "", "function": "", "days": days, "check_by": "", **more
    }  # fmt: skip


def standard() -> ProcessTemplate:
    values = {"name": "An order", "serves": "in full and on time"}
    return processes.save_template(
        None, values, [step("Confirm"), step("Pack", 2), step("Deliver", 3)], None
    )


def process_of(client, *steps, **values) -> Process:
    values = {"name": "Thursday truck", "expectation": "always on Thursday", **values}
    return processes.save_process(None, client, values, steps or [step("Call")], None)


def test_a_process_shows_where_it_departs_from_the_standard(shop, kam):
    with acting_as(make_user("administrator")):
        template = standard()
        rows = processes.begun_from(template, shop)
        del rows[1]
        rows[1]["days"] = 1
        rows.append(step("Photograph the pallet"))
        process = processes.save_process(
            None, shop, {"name": "Theirs", "expectation": "x"}, rows, None, template=template
        )
        found = processes.differences(process.steps.all(), template.steps.all())
        assert [(each.kind, each.step.name, each.fields) for each in found] == [
            ("left_out", "Pack", ()),
            ("changed", "Deliver", ("days",)),
            ("added", "Photograph the pallet", ()),
        ]
        same = processes.save_process(
            None, shop, {"name": "Same", "expectation": "x"}, processes.begun_from(template, shop),
            None, template=template,
        )  # fmt: skip
        assert processes.differences(same.steps.all(), template.steps.all()) == []


def test_a_step_that_leaves_the_standard_stays_with_the_client(shop):
    with acting_system("test"):
        template = standard()
        rows = processes.begun_from(template, shop)
        process = processes.save_process(
            None, shop, {"name": "n", "expectation": "x"}, rows, None, template=template
        )
        kept = list(TemplateStep.objects.filter(template=template))[:2]
        processes.save_template(
            template,
            {"name": template.name},
            [step(each.name, each.days, pk=each.pk) for each in kept],
            None,
            template.version,
        )
        assert list(process.steps.values_list("name", flat=True)) == ["Confirm", "Pack", "Deliver"]
        found = processes.differences(process.steps.all(), template.steps.all())
        assert [(each.kind, each.step.name) for each in found] == [("added", "Deliver")]


def test_a_run_keeps_its_steps_and_ends_with_the_last_one(shop, kam):
    other = make_user("colleague")
    with acting_as(kam):
        process = process_of(shop, step("Call", 1), step("Pack", 3, responsible=other))
        run = start(process, author=kam, on=dt.date(2026, 3, 2))
        first, second = run.steps.all()
        assert (first.due, first.responsible) == (dt.date(2026, 3, 3), kam), "the KAM by default"
        assert (second.due, second.responsible) == (dt.date(2026, 3, 5), other)
        processes.save_process(
            process, shop, {"name": "changed"}, [step("Else")], kam, process.version
        )
        assert [each.name for each in run.steps.all()] == ["Call", "Pack"]
        settle(first, "done", "spoke with Ann", kam)
        run.refresh_from_db()
        assert run.ended_on is None
        with pytest.raises(ValidationError):
            settle(second, "skipped", "  ", kam)
        settle(second, "skipped", "no goods this week", kam)
        run.refresh_from_db()
        assert (run.ended_on, run.outcome) == (today(), "done")
        settle(second, "open", "", kam)
        run.refresh_from_db()
        assert (run.ended_on, run.outcome) == (None, "")


def test_breaking_off_needs_a_reason_and_closes_the_steps(shop, kam):
    with acting_as(kam):
        run = start(process_of(shop), author=kam)
        with pytest.raises(ValidationError):
            processes.break_off(run, " ")
        processes.break_off(run, "the client shut down")
        with pytest.raises(ValidationError):
            settle(run.steps.get(), "done", "", kam)
        assert list(steps_of_person(kam, today() + dt.timedelta(days=9), 9)) == []


def runs(process: Process) -> list[str]:
    return list(
        ProcessRun.objects.filter(process=process)
        .order_by("pk")
        .values_list("cause_text", flat=True)
    )


def test_a_new_order_starts_it_once_and_old_ones_never(shop):
    with acting_system("test"):
        make_document(shop, today() - dt.timedelta(days=9), 100, number="OLD")
        process = process_of(shop, starts="order")
        assert start_due() == 0
        make_document(shop, today(), 100, number="NEW")
        assert (start_due(), start_due()) == (1, 0)
        assert [text.split()[-1] for text in runs(process)] == ["NEW"]
        make_document(shop, today(), 100, number="ORD", type="order")
        assert start_due() == 1, "orders count where the company loads them"
        make_document(shop, today(), 100, number="INV-2")
        assert start_due() == 0


def test_a_late_payment_starts_it_the_day_after(shop):
    with acting_system("test"):
        process = process_of(shop, starts="late_payment")
        due = today() + dt.timedelta(days=3)
        make_document(shop, today(), 100, number="A", due=due)
        make_document(shop, today(), 100, number="B", due=due, settled_on=today())
        assert start_due(due) == 0
        assert start_due(due + dt.timedelta(days=1)) == 1
        assert [text.split()[-1] for text in runs(process)] == ["A"]


def test_a_complaint_starts_it_whatever_becomes_of_its_text(shop):
    with acting_system("test"):
        process = process_of(shop, starts="complaint")
        row = {"client": shop, "date": today(), "source": "manual", "key": "c1"}
        Interaction.objects.create(kind="call", subject="all fine", **row | {"key": "c0"})
        Interaction.objects.create(kind="complaint", subject="late again", **row)
        assert start_due() == 1
        assert runs(process) == ["late again"]
        assert start_due() == 0


def test_by_date_it_goes_on_and_missed_ones_are_not_caught_up(shop):
    with acting_system("test"):
        day = dt.date(2026, 1, 31)
        process = process_of(shop, starts="date", next_on=day, every_months=1)
        assert start_due(dt.date(2026, 1, 30)) == 0
        assert start_due(dt.date(2026, 4, 10)) == 1
        process.refresh_from_db()
        assert process.next_on == dt.date(2026, 4, 30)
        once = process_of(shop, starts="date", next_on=day)
        assert start_due(day) == 1
        once.refresh_from_db()
        assert once.next_on is None
        assert start_due(day) == 0


def test_stopped_it_starts_no_more_and_resumed_only_by_what_comes_then(shop):
    with acting_system("test"):
        process = process_of(shop, starts="order")
        Process.objects.filter(pk=process.pk).update(watched_from=today() - dt.timedelta(days=9))
        processes.stop(process)
        make_document(shop, today() - dt.timedelta(days=1), 100, number="MISSED")
        assert start_due() == 0
        processes.resume(process)
        assert start_due() == 0


def test_two_people_editing_one_process(shop, kam):
    with acting_as(kam):
        process = process_of(shop)
        processes.save_process(process, shop, {"name": "first"}, [step("a")], kam, 1)
        with pytest.raises(Conflict):
            processes.save_process(process, shop, {"name": "second"}, [step("b")], kam, 1)
        assert Process.objects.get(pk=process.pk).name == "first"
        assert [row.name for row in ProcessStep.objects.filter(process=process)] == ["a"]


def rows_of(page) -> dict:
    """What the table of steps would send as it stands."""
    form = page.context["steps"]
    data = {
        f"{form.prefix}-TOTAL_FORMS": len(form.forms),
        f"{form.prefix}-INITIAL_FORMS": form.initial_form_count(),
    }
    for each in form.forms:
        for name in each.fields:
            value = each[name].value()
            data[each.add_prefix(name)] = "" if value is None else value
    return data


def test_a_process_is_written_changed_and_gone_through_on_pages(client, shop, kam):
    with acting_system("test"):
        template = standard()
    client.force_login(kam)
    address = reverse("process_create", args=[shop.pk])
    page = client.get(address, {"template": template.pk})
    data = rows_of(page) | {
        "name": "Theirs", "expectation": "On Thursdays", "starts": "hand", "version": "",
    }  # fmt: skip
    data["steps-1-name"] = ""
    data["steps-3-name"], data["steps-3-order"] = "Call first", "1"
    data["steps-0-order"] = "2"
    assert client.post(f"{address}?template={template.pk}", data).status_code == 302
    with acting_as(kam):
        process = Process.objects.get(client=shop)
        names = list(process.steps.values_list("name", flat=True))
    assert names == ["Call first", "Confirm", "Deliver"]
    page = client.get(reverse("client_processes", args=[shop.pk])).content.decode()
    assert "departs from “An order” in 2 places" in page
    assert "Left out of the standard: Pack." in page
    more = client.post(
        reverse("process_edit", args=[process.pk]),
        rows_of(client.get(reverse("process_edit", args=[process.pk]))) | {"more": "1"},
    )
    assert more.status_code == 200
    assert len(more.context["steps"].forms) == 7
    assert [each["name"].value() for each in more.context["steps"].forms][:3] == names
    client.post(reverse("process_run_create", args=[process.pk]), {"text": "by phone"})
    with acting_as(kam):
        steps = list(RunStep.objects.filter(run__process=process))
    assert "Call first" in client.get(reverse("home")).content.decode()
    for each in steps:
        client.post(reverse("run_step_settle", args=[each.pk]), {"state": "done", "note": "ok"})
    page = client.get(reverse("client_processes", args=[shop.pk])).content.decode()
    assert "Past runs" in page
    assert "by phone" in page


def test_a_colleague_settles_their_own_step_and_sees_no_other(client, shop, kam):
    """Their step does not end the run while others are open that they cannot see."""
    helper = make_user("colleague", language="en")
    with acting_as(kam):
        process = process_of(shop, step("Call"), step("Deliver", 3))
        run = start(process, author=kam, text="by phone")
        own, *others = RunStep.objects.filter(run=run)
        RunStep.objects.filter(pk=own.pk).update(responsible=helper, due=today())
    assert others
    client.force_login(helper)
    page = client.get(reverse("home")).content.decode()
    assert own.name in page
    assert reverse("client_processes", args=[shop.pk]) not in page
    with acting_as(helper):
        assert list(RunStep.objects.all()) == [own]
    answer = client.post(reverse("run_step_settle", args=[own.pk]), {"state": "done", "note": "ok"})
    assert answer.status_code == 302
    assert answer["Location"] == reverse("home")
    foreign = reverse("run_step_settle", args=[others[0].pk])
    assert client.post(foreign, {"state": "done"}).status_code == 404
    with acting_as(kam):
        own.refresh_from_db()
        run.refresh_from_db()
        assert (own.state, own.settled_by) == ("done", helper)
        assert run.ended_on is None
        event = Event.unscoped.filter(action="process.step").latest("pk")
        assert event.actor_id == helper.pk


def test_whoever_saves_second_sees_the_steps_of_the_first(client, shop, kam):
    client.force_login(kam)
    with acting_as(kam):
        process = process_of(shop)
    address = reverse("process_edit", args=[process.pk])
    typed = rows_of(client.get(address)) | {
        "name": "mine", "expectation": "x", "starts": "hand", "version": process.version,
    }  # fmt: skip
    with acting_as(kam):
        processes.save_process(
            process, shop, {"name": "theirs"}, [step("Their own step", 4)], kam, process.version
        )
    answer = client.post(address, typed | {"steps-0-name": "My step"})
    assert answer.status_code == 409
    page = answer.content.decode()
    assert "Their own step" in page
    assert "theirs" in page
    assert 'value="My step"' in page


def test_a_process_without_steps_or_name_of_a_step_is_refused_in_words(client, shop, kam):
    client.force_login(kam)
    address = reverse("process_create", args=[shop.pk])
    data = rows_of(client.get(address)) | {
        "name": "n", "expectation": "x", "starts": "date", "version": "",
    }  # fmt: skip
    answer = client.post(address, data)
    assert answer.status_code == 422
    assert "Say on which day it starts next." in answer.content.decode()
    answer = client.post(address, data | {"starts": "hand"})
    assert "A process has at least one step." in answer.content.decode()
    answer = client.post(address, data | {"starts": "hand", "steps-0-details": "somehow"})
    assert "Name the step." in answer.content.decode()
    answer = client.post(address, data | {"steps-TOTAL_FORMS": "x"})
    assert answer.status_code == 422


def test_over_rest(client, shop, kam):
    client.force_login(kam)
    made = client.post(
        reverse("api:process-list"),
        {
            "client": shop.pk, "name": "n", "expectation": "x", "starts": "hand",
            "steps": [{"name": "a", "days": 1}, {"name": "b", "days": 2}],
        },
        content_type="application/json",
    )  # fmt: skip
    assert made.status_code == 201, made.json()
    row = made.json()
    address = reverse("api:process-detail", args=[row["id"]])
    row["steps"] = [row["steps"][1], {"name": "c", "days": 5}]
    changed = client.put(address, row, content_type="application/json")
    assert [each["name"] for each in changed.json()["steps"]] == ["b", "c"]
    assert changed.json()["steps"][0]["id"] == row["steps"][0]["id"]
    assert client.put(address, row, content_type="application/json").status_code == 409
    begun = client.post(
        reverse("api:process-run-list"), {"process": row["id"]}, content_type="application/json"
    ).json()
    for each in begun["steps"]:
        answer = client.patch(
            reverse("api:run-step-detail", args=[each["id"]]),
            {"state": "done"},
            content_type="application/json",
        )
        assert answer.json()["state"] == "done"
    runs = client.get(reverse("api:process-run-list"), {"client": shop.pk}).json()["results"]
    assert runs[0]["outcome"] == "done"
    answer = client.post(
        reverse("api:process-list"),
        {"client": shop.pk, "name": "n", "expectation": "x", "steps": []},
        content_type="application/json",
    )
    assert answer.status_code == 400
