"""Built reports that come by themselves: the builder's figures, each reader's own, while they see it."""

import datetime as dt
import io
import re

import pytest
import time_machine
from django.http import QueryDict
from django.urls import reverse
from django.utils import translation
from python_calamine import CalamineWorkbook

from accounts.models import Notice, Team
from accounts.services.notices import unseen_of
from kam.jobs.execution import Refused
from kam.jobs.models import Job
from kam.lib.scoping import acting_as, acting_system
from reports.dashboards.built import built
from reports.figures.built_choices import Definition
from reports.figures.built_days import days_of
from reports.figures.calendar import Period
from reports.files import FILES, drawing
from reports.forms.built_reports import choices
from reports.models import BuiltReport, Report, Schedule
from reports.services import built_reports, schedules
from reports.tasks import make_report
from tests.factories import make_user

from .conftest import DAY
from .test_periodic import due_on, order, values
from .test_report_files import shown

pytestmark = pytest.mark.django_db
JUNE = Period(dt.date(2024, 6, 1), DAY)
JULY = Period(dt.date(2024, 7, 1), dt.date(2024, 7, 31))
# Over the midnight in Moscow, and half past nine there.
NOW = "2024-07-01T06:30:00Z"
CLIENTS = Definition(("revenue", "margin"), "client", chart="bars")
SPLIT = Definition(("revenue",), "client", "month", chart="stacked")


@pytest.fixture(autouse=True)
def early_july():
    with time_machine.travel(NOW, tick=False), translation.override("en"):
        yield


@pytest.fixture
def people(company) -> dict:
    lead = make_user("manager", name="Lead", team=company["ann"].team, language="en")
    return {**company, "lead": lead}


def keep(owner, asked=CLIENTS, shared="nobody", name="Mine") -> BuiltReport:
    with acting_as(owner):
        return built_reports.save(owner, asked, {"name": name, "shared": shared})


def made(person, report, period=JUNE, schedule=None) -> Report:
    """As the job makes it."""
    with acting_as(person):
        told = make_report(
            None, kind="built", rhythm="month", starts=period.starts.isoformat(),
            ends=period.ends.isoformat(), mailed=False, built_id=report.pk,
            schedule_id=(schedule or order(person, kind="built", built=report)).pk,
        )  # fmt: skip
        return Report.objects.get(pk=told["report"])


def notices(person) -> list[str]:
    with acting_as(person):
        return [each.text for each in unseen_of(person)]


def test_periods_are_as_of_the_end_of_the_time_that_is_over():
    def days(day, period):
        return days_of(Definition(period=period), dt.date.fromisoformat(day), over=True)

    year = dt.date(2024, 1, 1)
    assert days("2024-06-30", "last_12") == (dt.date(2023, 7, 1), dt.date(2024, 6, 30))
    assert days("2024-06-29", "last_12") == (dt.date(2023, 6, 1), dt.date(2024, 5, 31))
    assert days("2024-12-31", "last_12") == (year, dt.date(2024, 12, 31))
    assert days("2024-06-30", "this_year") == (year, dt.date(2024, 6, 30))
    assert days("2024-06-30", "this_month") == (dt.date(2024, 6, 1), dt.date(2024, 6, 30))
    assert days("2024-03-10", "month_before") == (dt.date(2024, 2, 1), dt.date(2024, 2, 29))
    assert days("2024-06-30", "quarter_before") == (year, dt.date(2024, 3, 31))


@pytest.mark.parametrize("asked", [CLIENTS, SPLIT])
def test_it_says_what_the_page_shows_that_morning_and_leads_to_what_is_behind(
    people, client, asked
):
    ann = people["ann"]
    report = keep(ann, asked)
    kept = made(ann, report)
    with acting_as(ann):
        page = built(asked)
        (table,) = kept.content["tables"]
        assert (page.since, page.until) == (dt.date(2023, 7, 1), DAY)
        assert table["rows"] == [
            [row.name, *(None if v is None else float(v) for v in row.values)] for row in page.page
        ]
        assert {"Big", "Once"} == {row[0] for row in table["rows"]}
        assert table["total"][1:] == [None if v is None else float(v) for v in page.total]
    client.force_login(ann)
    for each in kept.content["figures"]:
        answer = client.get(each["source"]).json()
        name, place = each["path"].split(".")
        assert answer[name][int(place)] == pytest.approx(each["value"])
    told = client.get(reverse("report_detail", args=[kept.pk])).content.decode()
    assert reverse("client_detail", args=[people["big"].pk]) in told
    assert reverse("report_built_detail", args=[report.pk]) in told
    assert "<tfoot>" in told
    assert ">Mine<" in client.get(reverse("report_list")).content.decode()
    for ending, (write, _kind) in FILES.items():
        with acting_as(ann):
            packed = write(kept)
            with time_machine.travel("2025-01-02T03:04:05Z", tick=False):
                assert write(kept) == packed, ending
        if ending == "xlsx":
            book = CalamineWorkbook.from_filelike(io.BytesIO(packed))
            rows = {
                row[0]: row[1:] for row in book.get_sheet_by_name(book.sheet_names[-1]).to_python()
            }
            assert rows["Total"][0] == pytest.approx(table["total"][1] or 0)
        if ending == "pptx":
            _texts, cells, series = shown(packed)
            assert any(row[0] == "Total" for row in cells)
            parts = sum(row[0] == "Client" for row in cells)
            assert parts == (2 if asked is SPLIT else 1)  # thirteen columns do not fit
            assert len(series) == (5 if asked is SPLIT else 2)  # months in which something was sold


def test_a_row_leads_to_the_same_days_later(people):
    lead = people["lead"]
    kept = made(lead, keep(lead, Definition(("revenue",), "kam", "quarter", period="this_year")))
    (table,) = kept.content["tables"]
    with time_machine.travel("2025-02-02T03:04:05Z"), acting_as(lead):
        for row, link in zip(table["rows"], table["links"], strict=True):
            form = choices(QueryDict(link.partition("?")[2]))
            assert form.is_valid(), form.errors
            assert float(built(form.definition).total[0]) == row[-1]


def test_what_changed_since_the_one_before_unless_other_choices_were_made(people):
    ann = people["ann"]
    report = keep(ann, Definition(("revenue",), "client", period="this_month"))
    schedule = order(ann, kind="built", built=report)
    may = Period(dt.date(2024, 5, 1), dt.date(2024, 5, 31))
    first = made(ann, report, may, schedule)
    second = made(ann, report, JUNE, schedule)
    assert second.previous == first
    assert second.content["before"]["figures"] == {"revenue": first.content["figures"][0]["value"]}
    assert any("no longer there — “Big”" in line for line in second.content["changes"])
    with acting_as(ann):
        built_reports.change(report, {"definition": CLIENTS.told()}, report.version)
    third = made(ann, report, JULY, schedule)
    assert third.previous == second
    assert third.content["before"] is None
    assert third.content["changes"] == [
        "The choices have changed since the report before: the two are not compared."
    ]


def test_each_gets_their_own_figures_and_only_while_the_report_is_shared_with_them(people):
    ann, lead = people["ann"], people["lead"]
    other = make_user("kam", name="Gil", team=ann.team, language="en")
    report = keep(lead, shared="team")
    with acting_as(lead):
        schedule = schedules.create(
            values(kind="built", built=report, audience="named"), lead, [ann, lead]
        )
    assert due_on("2024-08-01T04:00:00+00:00") == 2
    assert made(ann, report, JULY, schedule).content["tables"][0]["rows"][0][0] == "Big"
    assert made(lead, report, JULY, schedule).name == "Mine"
    with acting_as(lead):
        built_reports.change(report, {"shared": "nobody", "name": "Secret"}, report.version)
    # Between the asking and the making.
    with pytest.raises(Refused):
        made(ann, report, JUNE, schedule)
    for moment in ("2024-09-01T04:00:00+00:00", "2024-10-01T04:00:00+00:00"):
        assert due_on(moment) == 1  # the owner alone
    (lost,) = notices(ann)
    assert "“Mine” comes to you no more" in lost  # the later name is not theirs to read
    (unread,) = notices(lead)
    assert unread == "“Secret” did not go to everybody you chose: it is not shared with Ann."
    assert notices(other) == []
    # Ann's own order of it rests, and goes on when it is shared again.
    with acting_as(lead):
        built_reports.change(report, {"shared": "company"}, report.version)
    own = order(ann, kind="built", built=report)
    with acting_as(lead):
        built_reports.change(report, {"shared": "nobody"}, report.version)
    assert due_on("2024-11-01T04:00:00+00:00") == 1
    assert any("what you ordered of it rests" in text for text in notices(ann))
    with acting_as(lead):
        built_reports.change(report, {"shared": "team"}, report.version)
    assert due_on("2024-12-01T04:00:00+00:00") == 3
    with acting_system("test"):
        assert {job.actor.name for job in Job.objects.filter(payload__schedule_id=own.pk)} == {
            "Ann"
        }


def test_letting_it_go_ends_the_orders_tells_who_made_them_and_keeps_what_was_sent(people, client):
    ann, lead = people["ann"], people["lead"]
    report = keep(lead, shared="company")
    own = order(ann, kind="built", built=report)
    kept = made(ann, report, JUNE, own)
    order(lead, kind="built", built=report)
    keep(ann, name="Another")
    client.force_login(lead)
    edit = client.get(reverse("report_built_edit", args=[report.pk])).content.decode()
    assert "sent by 2 orders" in edit
    answer = client.post(reverse("report_built_removal", args=[report.pk]), follow=True)
    assert "2 orders of it ended" in answer.content.decode()
    with acting_system("test"):
        assert not Schedule.objects.exists()
        assert Notice.objects.get().person == ann
    assert "“Mine” was let go" in notices(ann)[0]
    client.force_login(ann)
    page = client.get(reverse("report_detail", args=[kept.pk])).content.decode()
    assert "Big" in page
    assert "As it is now" not in page


def test_on_paper_parts_stand_on_one_another_and_are_named():
    figure = {
        "layout": {"barmode": "relative", "showlegend": True, "yaxis": {"tickvals": [0], "ticktext": ["Ann"]}},
        "data": [
            {"type": "bar", "orientation": "h", "x": [value], "y": [0], "name": name}
            for name, value in (("Q1 <", 30), ("Q2", 10), ("Q3", -5))
        ],
    }  # fmt: skip
    drawn = drawing.svg(figure)
    bars = re.findall(r'<rect x="([\d.]+)" y="[\d.]+" width="([\d.]+)" height="15', drawn)
    (first, wide), (second, narrow), (third, below) = [(float(x), float(w)) for x, w in bars]
    assert second == pytest.approx(first + wide, abs=0.2)
    assert wide == pytest.approx(3 * narrow, abs=0.3)
    assert third + below == pytest.approx(first, abs=0.2)
    assert "Q1 &lt;" in drawn
    assert ">40<" in drawn  # the sum at its end, not each part
    assert ">30<" not in drawn
    figure["layout"]["barmode"] = "group"
    heights = re.findall(r'y="([\d.]+)" width="[\d.]+" height="15', drawing.svg(figure))
    assert len(set(heights)) == 3


def test_who_may_order_it_for_whom(people):
    ann, bob, lead = people["ann"], people["bob"], people["lead"]
    private = keep(ann)
    refused = [
        (bob, private, {}, [], "not shared with who orders"),
        (ann, private, {"audience": "kams"}, [], "Only those who lead"),
        (lead, keep(lead, name="Own"), {"audience": "kams"}, [], "Nobody of them sees"),
        (lead, keep(lead, name="Two"), {"audience": "named"}, [ann, lead], "them: Ann"),
    ]
    for person, report, given, chosen, why in refused:
        with acting_as(person), pytest.raises(Exception, match=why):
            schedules.create(values(kind="built", built=report, **given), person, chosen)
    admin = make_user("administrator", language="en")
    with acting_as(admin):  # who sees every built report
        assert schedules.create(values(kind="built", built=private), admin)
    far = make_user("manager", team=Team.objects.create(name="Far"), language="en")
    with acting_as(far), pytest.raises(Exception, match="not shared"):
        schedules.create(values(kind="built", built=private), far)


def test_from_the_page_of_the_report_to_the_order_and_over_rest(people, client):
    ann, bob = people["ann"], people["bob"]
    report = keep(ann)
    client.force_login(ann)
    address = f"{reverse('schedule_create')}?built={report.pk}"
    page = reverse("report_built_detail", args=[report.pk])
    assert address in client.get(page).content.decode()
    sheet = client.get(address).content.decode()
    assert 'name="kind"' not in sheet
    assert "Mine" in sheet
    form = {"rhythm": "quarter", "day": 2, "hour": 8, "audience": "owner", "is_active": "on"}
    assert client.post(address, form).url == page
    assert "comes every quarter to me" in client.get(page).content.decode()
    with acting_as(ann):
        schedule = Schedule.objects.get()
    assert (schedule.kind, schedule.built) == ("built", report)
    edit = reverse("schedule_edit", args=[schedule.pk])
    assert client.post(edit, form | {"hour": 9, "version": 1}).status_code == 302
    assert client.post(reverse("schedule_run", args=[schedule.pk])).status_code == 302
    with acting_system("test"):
        assert Job.objects.get(kind=schedules.MAKE).payload["built_id"] == report.pk
    assert 'value="built"' not in client.get(reverse("schedule_create")).content.decode()

    listed = reverse("api:schedule-list")
    body = {"kind": "built", "built": report.pk, "rhythm": "week", "day": 1, "hour": 7}
    answer = client.post(listed, body, content_type="application/json")
    assert answer.status_code == 201, answer.content
    assert answer.json()["built"] == report.pk
    one = reverse("api:schedule-detail", args=[answer.json()["id"]])
    for wrong in ({"kind": "kam"}, {"built": keep(ann, name="Other").pk}):
        refused = client.patch(one, wrong | {"version": 1}, content_type="application/json")
        assert refused.status_code == 400, wrong
    for wrong in ({"built": None}, {"kind": "kam"}, {"built": 999_999}):
        refused = client.post(listed, body | wrong, content_type="application/json")
        assert refused.status_code == 400, wrong
    figures = reverse("api:built-report-figures", args=[report.pk])
    assert client.get(figures, {"as_of": "2024-06-30"}).json()["until"] == "2024-06-30"
    assert client.get(figures, {"as_of": "2030-06-30"}).status_code == 400

    client.force_login(bob)
    assert client.get(address).status_code == 404
    assert client.post(listed, body, content_type="application/json").status_code == 400
