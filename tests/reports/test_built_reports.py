"""Reports that people build: sums against independent ones, whose they are, what is refused."""

import datetime as dt
from collections import defaultdict
from decimal import Decimal
from itertools import product

import pytest
from django.db.models import Q
from django.http import QueryDict
from django.urls import reverse
from django.utils import translation
from django.utils.html import escape

from accounts.models import Client as Card
from accounts.models import Document, Line
from kam.audit.models import Event
from kam.lib.scoping import acting_as, acting_system
from reports.dashboards.built import built, examples
from reports.dashboards.built_behind import query_of
from reports.figures.built import MOST_ROWS, REST, figures
from reports.figures.built_choices import DIMENSIONS, MOST_COLUMNS, Definition, faults
from reports.figures.built_days import days_of
from reports.forms.built_reports import choices
from reports.models import BuiltReport
from reports.sheets.built import rows as sheet
from tests.factories import (
    change_document,
    make_client,
    make_document,
    make_group,
    make_interaction,
    make_payment,
    make_product,
    make_user,
)

from .conftest import sell

SINCE, UNTIL = dt.date(2023, 1, 1), dt.date(2024, 5, 31)
SPAN = {"period": "between", "since": SINCE, "until": UNTIL}
PART = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def in_english():
    with translation.override("en"):
        yield


@pytest.fixture
def told(company):
    """The small company with a group, a credit note, a corrected document, lines, and one document
    whose cost nobody knows."""
    member = make_client("Member", segment="Odd", owner=company["ann"])
    group = make_group("Group", [member], owner=company["ann"], segment="Shops", region="Tver")
    sell(member, 3, 70, 30)
    make_document(member, dt.date(2024, 4, 2), -20, type="credit_note", cost=-10)
    make_document(company["once"], dt.date(2024, 1, 31), 40)
    wrong = make_document(company["bad"], dt.date(2024, 2, 1), 999, cost=1)
    change_document(wrong, dt.date(2024, 2, 5), net=Decimal(9), costed_net=Decimal(9))
    make_document(company["big"], dt.date(2024, 3, 3), 5000, type="order")
    boxes, cups = make_product(family="Boxes"), make_product(family="Cups")
    with acting_system("test"):
        document = Document.objects.filter(client=company["big"], type="invoice").first()
        for place, (of, net, cost) in enumerate(
            ((boxes, 600, 300), (cups, 300, None), (None, 100, 50))
        ):
            Line.objects.create(
                document=document, client=company["big"], date=document.date, position=place,
                product=of, net=net, gross=net, cost=cost,
            )  # fmt: skip
    make_payment(company["big"], dt.date(2024, 1, 10), 120)
    make_interaction(company["new"], dt.date(2024, 1, 10), kind="call")
    make_interaction(company["new"], dt.date(2024, 1, 11), kind="note")
    return {**company, "member": member, "group": group, "boxes": boxes.family}


def figures_of(person, **chosen):
    with acting_as(person):
        found = built(Definition(**{**SPAN, **chosen}))
        _page = found.page, found.columns  # read while somebody is asking
        return found


def independent(kind, document):
    """Row or column of a document, told without the code."""
    card = document.client.group or document.client
    day = document.date
    return {
        "client": card.pk, "kam": card.owner_id, "team": card.team_id, "segment": card.segment,
        "region": card.region, "month": day.replace(day=1), "year": dt.date(day.year, 1, 1),
        "quarter": dt.date(day.year, {0: 1, 1: 4, 2: 7, 3: 10}[(day.month - 1) // 3], 1),
        "": "",
    }[kind]  # fmt: skip


def test_every_row_and_split_sums_up_to_the_documents(told):
    manager = make_user("manager", language="en")
    with acting_system("test"):
        documents = [
            each
            for each in Document.objects.select_related("client__group")
            if SINCE <= each.date <= UNTIL and each.type in ("invoice", "credit_note")
            and each.known_to is None
        ]  # fmt: skip
    kinds = [each for each in DIMENSIONS if each != "family"]
    pairs = [
        (rows, split)
        for rows, split in product(kinds, ["", *kinds])
        if not faults(Definition(rows=rows, split=split, **SPAN))
    ]
    assert len(pairs) > 30
    whole = sum(each.net for each in documents)
    for rows, split in pairs:
        expected = defaultdict(Decimal)
        for each in documents:
            expected[independent(rows, each), independent(split, each)] += each.net
        found = figures_of(manager, rows=rows, split=split).figures
        columns = found.columns if split else [""]
        cells = {
            (line.key, column): value
            for line in found.lines
            for column, value in zip(columns, line.values, strict=True)
            if value is not None
        }
        assert cells == expected, (rows, split)
        assert (found.total.whole if split else found.total.values[0]) == whole
        if split:
            assert sum(line.whole or 0 for line in found.lines) == whole


def test_every_cell_leads_to_rows_that_sum_up_to_it(told):
    manager = make_user("manager", language="en")
    led = 0
    for rows, split in (
        ("kam", "quarter"),
        ("month", "segment"),
        ("team", "region"),
        ("client", "year"),
    ):
        found = figures_of(manager, rows=rows, split=split)
        lines = [(row.values, row.addresses) for row in found.page]
        for values, addresses in [*lines, (found.total, found.total_addresses)]:
            for value, address in zip(values, addresses, strict=True):
                path, _sign, query = address.partition("?")
                asked = QueryDict(query)
                if path == reverse("report_built_new"):
                    with acting_as(manager):
                        form = choices(asked)
                        assert form.is_valid(), (query, form.errors)
                        assert built(form.definition).total == [value]
                    led += 1
                elif path:
                    client, since, until = path.split("/")[2], asked["since"], asked["until"]
                    with acting_system("test"):
                        documents = Document.objects.filter(
                            Q(client=client) | Q(client__group=client), date__range=(since, until),
                            known_to=None, type__in=("invoice", "credit_note"),
                        )  # fmt: skip
                        assert sum(each.net for each in documents) == value
                    led += 1
                else:
                    assert (
                        value is None
                        or rows == split == "client"
                        or "segment" in (rows, split)
                        or "region" in (rows, split)
                    )
    assert led > 40


def test_shares_averages_and_what_is_missing(told):
    manager = make_user("manager", language="en")
    chosen = ("profit", "margin", "invoices", "average_invoice")
    found = figures_of(manager, measures=chosen, rows="client")
    by_name = {row.name: row.values for row in found.page}
    # 500 at a cost of 300, twice 250 at 150 before, and 40 whose cost nobody knows.
    assert by_name["Once"] == [400, Decimal(400) / 1000, 4, Decimal(1040) / 4]
    # The credit note takes from revenue and profit, and is no invoice.
    assert by_name["Group"] == [30, Decimal(30) / 50, 1, 70]
    assert "Member" not in by_name
    months = figures_of(manager, measures=("revenue", "received", "talks"), rows="month")
    told_of = {row.name: row.values for row in months.page}
    assert told_of["Jan 2024"] == [40, 120, 1]
    assert told_of["Jun 2023"][1:] == [None, None]
    assert len(months.page) == 17
    lines = figures_of(manager, measures=("revenue", "profit"), rows="family")
    assert {row.name: row.values for row in lines.page} == {
        "Boxes": [600, 300], "Cups": [300, None], "No product family": [100, 50],
    }  # fmt: skip
    assert lines.total == [1000, 350]
    assert "lines of documents" in lines.note
    one = figures_of(manager, rows="client", family=str(told["boxes"].pk))
    assert [row.values for row in one.page] == [[600]]


def test_limits_and_whose_figures_they_are(told):
    ann, manager = told["ann"], make_user("manager", language="en")
    own = figures_of(ann, rows="kam")
    assert [row.name for row in own.page] == ["Ann"]
    assert own.total == figures_of(manager, rows="client", owner=str(ann.pk)).total
    segment = figures_of(manager, rows="client", segment="Shops")
    assert {"Group", "Big", "Once"} == {row.name for row in segment.page}
    assert figures_of(manager, rows="client", key_only=True).page == []
    # Whoever sees the member and not its group counts the member by itself.
    with acting_system("test"):
        Card.objects.filter(pk=told["member"].pk).update(owner=told["bob"], team=told["bob"].team)
    assert {"Member", "Steady"} <= {row.name for row in figures_of(told["bob"], rows="client").page}
    nobody = figures_of(make_user("kam", language="en"), rows="client")
    assert nobody.page == []
    assert nobody.chart is None


def test_parts_of_a_period_that_are_not_whole_are_named(db):
    cut = {"period": "between", "since": dt.date(2025, 2, 1), "until": dt.date(2025, 9, 30)}
    with acting_system("test"), translation.override("en"):
        by_quarter = built(Definition(rows="quarter", **cut)).note
        by_month = built(Definition(rows="month", **cut)).note
    assert by_quarter == "Q1 2025: only the days within the period."
    assert by_month == ""


def test_what_does_not_fit_is_summed_up_and_said():
    cells = {
        (row, column): {"revenue": row + column}
        for row in range(1, MOST_ROWS + 31)
        for column in range(1, MOST_COLUMNS + 5)
    }
    asked = Definition(rows="segment", split="region")
    found = figures(asked, cells, SINCE, UNTIL)
    shown = found.shown()
    assert len(found.columns) == MOST_COLUMNS
    assert found.columns[-1] == REST
    assert len(shown) == MOST_ROWS + 1
    assert shown[-1].key == REST
    whole = sum(parts["revenue"] for parts in cells.values())
    assert sum(line.whole for line in shown) == found.total.whole == whole
    for at in range(MOST_COLUMNS):
        assert sum(line.values[at] for line in shown) == found.total.values[at]


def test_periods_and_refusals():
    today = dt.date(2024, 2, 29)
    assert [days_of(Definition(period=each), today) for each in (
        "last_12", "this_year", "year_before", "this_quarter", "quarter_before",
    )] == [
        (dt.date(2023, 2, 1), dt.date(2024, 1, 31)), (dt.date(2024, 1, 1), today),
        (dt.date(2023, 1, 1), dt.date(2023, 12, 31)), (dt.date(2024, 1, 1), today),
        (dt.date(2023, 10, 1), dt.date(2023, 12, 31)),
    ]  # fmt: skip
    refused = {
        "measures": [
            {"measures": ["revenue", "profit"], "split": "kam"},
            {"measures": ["invoices"], "rows": "family"},
            {"measures": ["revenue", "profit", "margin", "invoices", "talks"]},
            {"measures": ["wages"]},
        ],
        "split": [{"split": "client", "rows": "kam"}, {"split": "year", "rows": "month"}],
        "rows": [{"rows": "password"}],
        "since": [{"period": "between", "until": "2024-01-01"}],
        "until": [{"period": "between", "since": "2024-01-02", "until": "2024-01-01"}],
        "chart": [
            {"chart": "lines"}, {"chart": "stacked"},
            {"measures": ["margin"], "rows": "kam", "split": "year", "chart": "stacked"},
        ],
        "owner": [{"owner": "1 or 1"}],
    }  # fmt: skip
    for field, asked in ((name, each) for name, many in refused.items() for each in many):
        form = choices({"measures": ["revenue"], "rows": "client", **asked})
        assert not form.is_valid()
        assert set(form.errors) == {field}, asked
    for _name, asked in examples():
        assert faults(asked) == []
        assert Definition.of(asked.told()) == asked
        assert choices({}, asked).is_valid()


def test_a_report_is_kept_shared_and_opened_by_another_with_their_own_figures(client, told):
    ann, bob = told["ann"], told["bob"]
    client.force_login(ann)
    query = query_of(Definition(measures=("revenue",), rows="client", **SPAN))
    address = reverse("report_built_new")
    part = client.get(f"{address}?{query}", headers=PART).content.decode()
    assert "Big" in part
    assert "Steady" not in part
    assert "<html" not in part
    # The file is asked for with the choices that one sees, also after they have changed.
    assert f'name="query" value="{escape(query)}"' in part
    bad = client.get(address, {"rows": "client", "measures": "revenue", "chart": "lines"})
    assert "A line runs along time" in bad.content.decode()
    assert (
        client.post(address, {"query": "rows=x", "name": "A", "shared": "nobody"}).status_code
        == 422
    )
    answer = client.post(address, {"query": query, "name": " By  client ", "shared": "company"})
    report = BuiltReport.unscoped.get()
    assert answer.url == reverse("report_built_detail", args=[report.pk])
    assert (report.name, report.shared) == ("By client", "company")
    assert Event.unscoped.filter(action="built_report.share").count() == 1
    client.post(
        address, {"query": query + "&key_only=on", "name": "By client", "shared": "company"}
    )
    report.refresh_from_db()
    assert report.definition["key_only"] is True
    assert report.version == 2
    client.post(address, {"query": query, "name": "By client", "shared": "company"})

    client.force_login(bob)
    page = client.get(answer.url).content.decode()
    assert "Steady" in page
    assert ">Big<" not in page
    assert "another team" in page
    assert "By client" in client.get(reverse("report_built")).content.decode()
    assert client.post(reverse("report_built_removal", args=[report.pk])).status_code == 403
    with acting_as(bob):
        made = sheet({}, report.pk)
        assert {row[0] for row in made.rows} == {"Steady", "New", "Lost", "Bad"}

    client.force_login(ann)
    edit = reverse("report_built_edit", args=[report.pk])
    form = {"name": "Mine", "shared": "nobody", "version": 3}
    assert client.post(edit, form).status_code == 302
    assert client.post(edit, form | {"name": "Again"}).status_code == 409
    client.force_login(bob)
    assert client.get(answer.url).status_code == 404
    client.force_login(ann)
    client.post(reverse("report_built_removal", args=[report.pk]))
    assert not BuiltReport.unscoped.exists()


def test_over_rest(client, told):
    client.force_login(told["ann"])
    listed = reverse("api:built-report-list")
    body = {"name": "Months", "definition": {"measures": ["revenue"], "rows": "month", "chart": "lines",
            "period": "between", "since": "2023-01-01", "until": "2024-05-31"}}  # fmt: skip
    made = client.post(listed, body, content_type="application/json")
    assert made.status_code == 201, made.content
    wrong = {**body, "definition": {**body["definition"], "rows": "kam"}}
    refused = client.post(listed, wrong, content_type="application/json")
    assert refused.status_code == 400
    assert b"A line runs along time" in refused.content
    one = reverse("api:built-report-detail", args=[made.json()["id"]])
    changed = client.patch(
        one, {"definition": {"measures": ["revenue"], "rows": "quarter"}, "version": 1},
        content_type="application/json",
    )  # fmt: skip
    assert changed.json()["definition"]["rows"] == "quarter", changed.content
    told_of = client.get(reverse("api:built-report-figures", args=[made.json()["id"]])).json()
    own = figures_of(told["ann"], rows="quarter")
    assert told_of["total"] == [float(own.total[0])]
    assert told_of["count"] == 6
    assert client.get(listed).json()["results"][0]["name"] == "Months"
    assert client.delete(one).status_code == 204
