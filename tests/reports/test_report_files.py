"""Files of reports: slides whose charts are live, workbooks that compute, and readers by name."""

import datetime as dt
import io
import json
import re
import zipfile
from email import message_from_bytes, policy

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override
from pptx import Presentation
from python_calamine import CalamineWorkbook

from accounts.models import User
from kam.jobs import execution
from kam.jobs.models import Job
from kam.jobs.services import enqueue
from kam.lib.scoping import acting_as, acting_system
from reports.dashboards import kept
from reports.figures.calendar import Period, due_period, last_whole
from reports.files import FILES, drawing, native_charts, slides, xlsx
from reports.models import Report
from reports.services import making, schedules
from tests.factories import make_user

from .conftest import DAY
from .test_periodic import FEBRUARY, JUNE, NOW, order, serving, values

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def early_july():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def ann(ranked):
    return User.objects.get(name="Ann")


def shown(packed: bytes):
    """Texts, cells of tables, and numbers of charts of some slides."""
    texts, cells, series = [], [], []
    for slide in Presentation(io.BytesIO(packed)).slides:
        for shape in slide.shapes:
            if shape.has_text_frame:
                texts.append(shape.text_frame.text)
            if getattr(shape, "has_table", False) and shape.has_table:
                cells += [[cell.text for cell in row.cells] for row in shape.table.rows]
            if getattr(shape, "has_chart", False) and shape.has_chart:
                series += [list(each.values) for plot in shape.chart.plots for each in plot.series]
    return texts, cells, series


def drawn(report) -> list[list[float]]:
    """What the page's charts draw."""
    return [
        sorted(float(v) for v in trace["x" if trace.get("orientation") == "h" else "y"] if v is not None)
        for chart in report.content["charts"] if chart["figure"]
        for trace in chart["figure"]["data"]
        if isinstance(trace.get("x"), list) and isinstance(trace.get("y"), list) and trace["y"]
    ]  # fmt: skip


def test_slides_hold_the_figures_tables_and_charts_of_the_snapshot(ann):
    making.make(ann, "kam", "month", FEBRUARY)
    report = making.make(ann, "kam", "month", JUNE)
    packed = slides.write(report)
    texts, cells, series = shown(packed)
    rows = {row[0]: row for row in cells}
    with override("en"):
        figures = kept.shown_figures(report)
    for each, told in zip(figures, report.content["figures"], strict=True):
        assert rows[told["label"]][1] == each.exact
    assert all(any(line in text for text in texts) for line in kept.changes_of(report))
    clients = report.content["tables"][0]
    assert [row[0] for row in cells if row[0] in {r[0] for r in clients["rows"]}]
    charts = [chart for chart in report.content["charts"] if chart["figure"]]
    assert charts
    assert {chart["title"] for chart in charts} <= set(texts)
    numbers = [sorted(float(v) for v in each if v is not None) for each in series]
    for expected in drawn(report):
        assert any(each == pytest.approx(expected) for each in numbers)
    # Every chart carries a workbook, so that its numbers can be edited.
    with zipfile.ZipFile(io.BytesIO(packed)) as inside:
        books = [name for name in inside.namelist() if name.endswith(".xlsx")]
        assert len(books) == len(charts)
        assert CalamineWorkbook.from_filelike(io.BytesIO(inside.read(books[0]))).sheet_names


def formulas(packed: bytes, sheet: int) -> dict[str, tuple[str, float]]:
    """Cell -> its formula and the value beside it, as the file itself holds them."""
    with zipfile.ZipFile(io.BytesIO(packed)) as inside:
        text = inside.read(f"xl/worksheets/sheet{sheet}.xml").decode()
    found = re.findall(r'<c r="([A-Z]+\d+)"[^>]*><f>([^<]*)</f><v>([^<]*)</v></c>', text)
    return {cell: (formula, float(value)) for cell, formula, value in found}


def test_the_workbook_computes_totals_shares_and_changes_and_shows_their_values(ann):
    making.make(ann, "kam", "month", FEBRUARY)
    report = making.make(ann, "kam", "month", JUNE)
    packed = xlsx.write(report)
    told = formulas(packed, 1)
    for row, each in enumerate(kept.shown_figures(report), start=5):
        if each.delta is not None:
            formula, value = told[f"D{row}"]
            assert f"B{row}" in formula
            assert f"C{row}" in formula
            assert value == pytest.approx(each.delta)
    assert len(told) > 3
    table = report.content["tables"][0]
    revenue = [row[3] for row in table["rows"]]
    last = len(revenue) + 1
    sheet = 3 if kept.changes_of(report) else 2
    told = formulas(packed, sheet)
    assert told[f"D{last + 1}"] == (f"SUM(D2:D{last})", pytest.approx(sum(revenue)))
    for number, amount in enumerate(revenue, start=2):
        formula, value = told[f"I{number}"]
        assert formula == f"IF(D${last + 1}=0,0,D{number}/D${last + 1})"
        assert value == pytest.approx(amount / sum(revenue))


def test_a_file_stays_when_the_report_before_goes_and_the_company_is_renamed(ann, settings):
    before = making.make(ann, "kam", "month", FEBRUARY)
    report = making.make(ann, "kam", "month", JUNE)
    with acting_as(ann):
        rows = Report.objects.select_related("person", "previous")
        first = {ending: write(rows.get(pk=report.pk)) for ending, (write, _k) in FILES.items()}
        Report.objects.filter(pk=before.pk).delete()
        User.objects.filter(pk=ann.pk).update(name="Anna")
        report = rows.get(pk=report.pk)
        assert report.previous is None
        assert {ending: write(report) for ending, (write, _k) in FILES.items()} == first


@pytest.mark.parametrize("ending", FILES)
def test_the_api_hands_out_files_by_name_and_kind(ann, client, ending):
    report = making.make(ann, "kam", "month", JUNE)
    client.force_login(ann)
    answer = client.get(reverse("api:report-file", args=[report.pk, ending]))
    assert answer["Content-Type"] == FILES[ending][1]
    assert answer["Content-Disposition"] == f'attachment; filename="kam-kam-2024-06-30.{ending}"'


# --- A year, and what the programme brought -----------------------------------------------------


def test_a_year_is_a_period():
    year = Period(dt.date(2023, 1, 1), dt.date(2023, 12, 31))
    assert last_whole("year", dt.date(2024, 7, 2)) == year
    assert last_whole("year", dt.date(2023, 12, 31)).ends == dt.date(2022, 12, 31)
    assert due_period("year", 10, dt.date(2024, 1, 9), True).ends == dt.date(2022, 12, 31)
    assert due_period("year", 10, dt.date(2024, 1, 10), True) == year


def test_the_return_of_the_programme_says_when_it_is_too_early(ranked, client, monkeypatch):
    admin = make_user("administrator", language="en")
    ann = User.objects.get(name="Ann")
    year = last_whole("year", DAY)
    report = making.make(admin, "programme", "year", year)
    assert report.content["headline"].startswith("There are no key clients yet")
    assert [each["key"] for each in report.content["figures"]] == ["key_clients"]
    with pytest.raises(Exception, match="kind"):
        order(ann, kind="programme", rhythm="year")

    from reports.dashboards import programme as page
    from reports.figures import programme_effect as effects

    def told(verdict, **given):
        return lambda day=None: page.Programme(year.ends, year.starts, 6, 0, verdict, **given)

    from reports.services import programme_content

    monkeypatch.setattr(programme_content, "programme", told(effects.Verdict(effects.TOO_EARLY)))
    report = making.make(admin, "programme", "year", year)
    assert report.content["headline"].startswith("Too early to say")
    texts, _cells, _series = shown(slides.write(report))
    assert report.content["headline"] in texts
    found = effects.Verdict(effects.PAYS, effects.Effect(0.2, 0.1, 0.3, 900.0, 6))
    monkeypatch.setattr(
        programme_content, "programme",
        told(found, spent=[("hours", 100.0), ("rebates", 50.0)],
             lines=[page.Line(1, "Big", year.starts, 10.0, 0.3, 0.1, 900.0)]),
    )  # fmt: skip
    report = making.make(admin, "programme", "year", year)
    by_key = {each["key"]: each["value"] for each in report.content["figures"]}
    assert (by_key["gained"], by_key["cost"], by_key["return"]) == (900.0, 150.0, 5.0)
    client.force_login(admin)
    page_ = client.get(reverse("report_detail", args=[report.pk])).content.decode()
    assert report.content["headline"] in page_
    answer = client.get(f"/api/v1/programme/?as_of={year.ends}").json()
    assert (answer["as_of"], answer["gained"], answer["key_clients"]) == ("2023-12-31", None, 0)


# --- Readers by name ----------------------------------------------------------------------------


def test_people_chosen_by_name_get_it_each_with_their_own_rights(ann, client):
    bob = User.objects.get(name="Bob")
    lead = make_user("manager", name="Lead", team=ann.team, language="en")
    admin = make_user("administrator", language="en")
    client.force_login(lead)
    page = client.get(reverse("schedule_create")).content.decode()
    assert re.search(rf'type="checkbox"[^>]*value="{ann.pk}"', page)
    assert not re.search(rf'type="checkbox"[^>]*value="{bob.pk}"', page)
    given = values(audience="named", kind="kam")
    answer = client.post(reverse("schedule_create"), given)
    assert "Choose who gets the report." in answer.content.decode()
    answer = client.post(reverse("schedule_create"), given | {"people": [bob.pk]})
    assert answer.status_code == 422  # of another team
    answer = client.post(reverse("schedule_create"), given | {"people": [ann.pk, lead.pk]})
    assert answer.status_code == 302
    with acting_system("test"):
        (schedule,) = lead.report_schedules.all()
        assert schedules.readers(schedule) == [ann, lead]
        schedules.ask(schedule, JUNE, schedules.readers(schedule))
        assert {job.actor_id for job in Job.objects.filter(kind=schedules.MAKE)} == {
            ann.pk,
            lead.pk,
        }
    # A KAM gets no report on all clients, and who changes the team gets none any more.
    given = values(audience="named", kind="company")
    with pytest.raises(Exception, match="people"), acting_as(admin):
        schedules.create(given, admin, [ann])
    User.objects.filter(pk=ann.pk).update(team=bob.team)
    with acting_system("test"):
        assert schedules.readers(schedule) == [lead]

    url = reverse("api:schedule-detail", args=[schedule.pk])
    assert client.get(url).json()["people"] == [ann.pk, lead.pk]
    answer = client.patch(url, {"people": [lead.pk], "version": 1}, "application/json")
    assert (answer.status_code, answer.json()["people"]) == (200, [lead.pk])
    answer = client.patch(url, {"people": [987654], "version": 2}, "application/json")
    assert answer.status_code == 400


# --- From the schedule to the mailbox, by a real server -----------------------------------------


def work_off() -> list[str]:
    """Run whatever waits and is due, as workers do, until nothing is left; the kinds in order."""
    done = []
    while True:
        with acting_system("test"):
            waiting = Job.objects.filter(status="waiting", run_after__lte=timezone.now())
            job = waiting.filter(kind__startswith="reports.").order_by("pk").first()
        if job is None:
            return done
        execution.run(job.pk)
        done.append(job.kind)


def test_a_schedule_that_is_due_ends_in_the_mailboxes_of_those_chosen_once(ann, settings):
    lead = make_user("manager", name="Lead", team=ann.team, language="ru")
    with acting_as(lead):
        given = values(audience="named", rhythm="quarter")
        schedule = schedules.create(given, lead, [ann, lead])
    with serving(settings) as server:
        for moment in ("2024-10-01T03:59:00Z", "2024-10-01T04:00:00Z", "2024-10-01T04:10:00Z"):
            with time_machine.travel(moment, tick=False):
                enqueue(schedules.DUE)
                done = work_off()
                early = moment < "2024-10-01T04"
                assert done.count(schedules.MAKE) == (2 if moment.endswith("04:00:00Z") else 0)
                assert len(server.got) == (0 if early else 2)
    mails = {envelope.rcpt_tos[0]: envelope for envelope in server.got}
    assert set(mails) == {ann.email, lead.email}
    with acting_system("test"):
        reports = {each.person_id: each for each in Report.objects.filter(schedule=schedule)}
    for person in (ann, lead):
        report = reports[person.pk]
        assert (report.mail, report.language) == ("sent", person.language)
        assert (report.starts, report.ends) == (dt.date(2024, 7, 1), dt.date(2024, 9, 30))
        parsed = message_from_bytes(mails[person.email].content, policy=policy.default)
        assert report.content["title"] in parsed["Subject"]
        (pdf,) = parsed.iter_attachments()
        with acting_as(person):
            mine = Report.objects.select_related("person", "previous").get(pk=report.pk)
            assert pdf.get_content() == FILES["pdf"][0](mine)
    told = json.dumps(reports[ann.pk].content, ensure_ascii=False)
    assert "Big" in told
    assert "Steady" not in told  # of the other team


MONEY = {"data": [
    {"type": "bar", "x": ["2026-01-01", "2026-02-01"], "y": [31_000_000.0, 42_500_000.0], "name": "a year ago"},
    {"type": "bar", "x": ["2026-01-01", "2026-02-01"], "y": [30_000_000.0, 44_000_000.0], "name": "now"},
], "layout": {}}  # fmt: skip
CURVE = {"data": [
    {"type": "scatter", "mode": "lines", "x": [0.0, 0.5, 1.0], "y": [0.0, 0.8, 1.0]},
    {"type": "scatter", "mode": "markers", "x": [0.2], "y": [0.5]},
], "layout": {"xaxis": {"tickformat": ".0%"}, "yaxis": {"tickformat": ".0%"}}}  # fmt: skip
MOVERS = {"data": [{"type": "bar", "orientation": "h", "x": [3_700_000.0], "y": [0]}], "layout": {
    "yaxis": {"tickvals": [0], "ticktext": ["Торговый дом «Очень длинное название фирмы»"]},
}}  # fmt: skip


def paper(figure: dict, language: str) -> str:
    with override(language):
        return drawing.svg(figure)


def test_axes_of_slides_are_read_in_words_and_end_where_the_whole_ends():
    money, curve = (native_charts.data_of(each, "ru") for each in (MONEY, CURVE))
    assert (money.value.shape, money.told) == ('#,##0,," млн"', True)
    assert native_charts.data_of(MONEY, "en").value.shape == '#,##0,,"M"'
    for axis in (curve.value, curve.along):
        assert (axis.shape, axis.high) == ("0%", 1.0)
    assert not curve.told, "numbers are no names"


def test_paper_writes_amounts_in_the_language_and_cuts_no_name():
    drawn = paper(MONEY, "ru")
    assert "40 млн" in drawn
    assert "a year ago" in drawn, "two bars beside each other are told apart"
    assert "20M" in paper(MONEY, "en")
    assert "100" in paper(CURVE, "ru")
    lying = paper(MOVERS, "ru")
    assert "3,7 млн" in lying
    name, place = re.search(r'x="([\d.]+)"[^>]*text-anchor="end"[^>]*>([^<]+)<', lying).groups()
    assert float(name) > 5.5 * len(place), "the name begins on the paper"


def test_what_changed_tells_whose_it_is():
    def content(state: str, *rows: str) -> dict:
        table = {
            "key": "goals", "title": "Goals", "columns": [{"kind": "text"}] * 3, "state": 2, "whose": 1,
            "rows": [["Recommend us.", client, state] for client in rows], "links": [f"/{c}" for c in rows],
        }  # fmt: skip
        return {"figures": [], "tables": [table], "currency": "RUB"}

    with override("en"):
        told = kept.changes(content("off", "Lux", "Pax"), content("at risk", "Lux", "Rex"))
    assert told == [
        "Goals: new — “Recommend us” (Pax).",
        "Goals: no longer there — “Recommend us” (Rex).",
        "“Recommend us” (Lux): was at risk, is off.",
    ]
