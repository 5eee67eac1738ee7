"""The portfolio's figures equal those done by hand, and those of the measures."""

import datetime as dt

import numpy as np
import pytest
from django.test import Client as HttpClient
from django.utils import translation

from accounts.measures.compute import compute
from accounts.models import Client, Document, Line, Standing
from kam.lib.scoping import acting_as, acting_system
from reports.dashboards.client_months import client_months, months_chart
from reports.dashboards.portfolio_charts import CHARTS, portfolio_charts
from reports.dashboards.portfolio_rows import Rows
from tests.factories import (
    change_document,
    make_client,
    make_document,
    make_group,
    make_product,
    make_user,
)

from .conftest import DAY, figures_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def in_english():
    with translation.override("en"):
        yield


@pytest.fixture
def manager(db):
    return make_user("manager", language="en")


def test_tiles_as_done_by_hand(ranked, manager):
    found = figures_of(manager)
    # 4000 + 1200 + 500 + 300 + 200 against 3200 + 1200.50 + 1000 + 800
    assert (found.revenue.now, found.revenue.before) == (6200, 6200.5)
    # 1600 + 480 + 200 + 120 - 120 against 1280 + 480.20 + 400 + 320
    assert (found.profit.now, found.profit.before) == pytest.approx((2280, 2480.2))
    assert found.cost_share == 1
    # regular: big 1600, steady 480, bad -120; once and new bought in too few quarters
    assert found.regular_profit.now == pytest.approx(1960)
    assert found.selected_share.now == pytest.approx(2080 / 1960)
    assert found.regular_profit.before == pytest.approx(2480.2)
    assert found.selected_share.before == pytest.approx(1760.2 / 2480.2)
    # 80 % of the positive 2400 is 1920: 1600 + 480
    assert found.pareto_clients.now == 2
    assert found.growth_selected == pytest.approx(5200 / 4400.5 - 1)
    assert found.growth_others == pytest.approx(1000 / 1800 - 1)
    assert found.names[found.largest] == "Big"
    assert found.largest_share.now == pytest.approx(4000 / 6200)
    assert (found.buyers, found.ledger.clients) == (5, 6)


def test_where_the_change_came_from(ranked, manager):
    found = figures_of(manager).split
    parts = {name: (getattr(found, name).clients, getattr(found, name).change) for name in
             ("new", "expanded", "level", "shrunk", "lost")}  # fmt: skip
    assert parts == {
        "new": (2, 500),
        "expanded": (1, 800),
        "level": (0, 0),
        "shrunk": (2, -500.5),
        "lost": (1, -800),
    }
    assert found.total == pytest.approx(-0.5)


def test_movers_and_concentration(ranked, manager):
    found = figures_of(manager)
    up = [found.names[place] for place in found.movers.up.tolist()]
    down = [found.names[place] for place in found.movers.down.tolist()]
    assert up == ["Big", "New", "Bad"]
    assert down == ["Lost", "Once", "Steady"]
    shares = np.array([4000, 1200, 500, 300, 200]) / 6200
    assert found.hhi == pytest.approx(1e4 * (shares**2).sum())
    assert found.effective_clients == pytest.approx(1 / (shares**2).sum())
    assert found.top_share(0.2) == pytest.approx(4000 / 6200)
    # G = 2 sum i x_i / (n sum x) - (n + 1) / n over 200, 300, 500, 1200, 4000
    assert found.gini == pytest.approx(2 * (200 + 600 + 1500 + 4800 + 20000) / (5 * 6200) - 6 / 5)


def test_why_they_moved(ranked, manager, company):
    """By the number of invoices, and by the family that moved them most, members with their group."""
    make_group("Group", [company["big"]], owner=company["ann"])
    boxes, cups = make_product(family="Boxes"), make_product(family="Cups")
    with acting_system("test"):
        for document in Document.objects.filter(client__in=[company["big"], company["lost"]]):
            now = document.date > dt.date(2023, 6, 30)
            for place, (product, net) in enumerate(((boxes, 900 if now else 100), (cups, 100))):
                Line.objects.create(
                    document=document, client=document.client, date=document.date, position=place,
                    product=product, net=net, gross=net,
                )  # fmt: skip
    client = HttpClient()
    client.force_login(manager)
    told = {each["name"]: each for each in client.get("/api/v1/portfolio/").json()["movers"]}
    group = told["Group"]
    assert (group["invoices"], group["invoices_before"]) == (4, 4)
    assert (group["family"], group["family_change"]) == ("Boxes", 3200)
    assert group["why"].startswith("4 invoices, 4 in the year before; most in Boxes: +")
    assert told["Lost"]["why"].startswith("bought nothing any more; most in Boxes: ")
    assert told["Lost"]["family_change"] == -400
    assert told["New"]["why"] == "new: nothing was bought in the year before"
    assert (told["Once"]["family"], told["Once"]["invoices"]) == ("", 1)
    page = client.get("/portfolio/").content.decode()
    assert page.count("most in Boxes") >= 4  # beside the names, and in the numbers of the chart


def test_share_by_month_ends_with_the_tile_and_begins_a_year_before(ranked, manager):
    found = figures_of(manager)
    assert len(found.share_by_month) == len(found.share_dates) == 13
    assert found.share_by_month[-1] == found.selected_share.now
    assert found.share_dates[0] == dt.date(2023, 6, 30)
    assert found.share_dates[-1] == DAY


def test_the_share_is_that_of_key_clients_as_known_on_the_day_once_there_are_some(
    ranked, manager, company
):
    june, may = dt.date(2024, 6, 1), dt.date(2024, 5, 1)
    with acting_system("test"):
        for name, since, until, told_on in (
            ("big", may, None, may), ("once", may, june, may), ("bad", june, None, dt.date(2024, 7, 9)),
        ):  # fmt: skip
            Standing.objects.create(
                client=company[name], value="watch", since=since, until=until,
                known_from=dt.datetime.combine(told_on, dt.time(9), dt.UTC),
            )  # fmt: skip
    found = figures_of(manager)
    # Big alone: Once left the list, Bad was not known to be on it; of 1960, and 2480.20 before.
    assert int(found.key.sum()) == 1
    assert found.key_share.now == pytest.approx(1600 / 1960)
    assert found.key_share.before == pytest.approx(1280 / 2480.2)
    assert found.selected_share.now == pytest.approx(2080 / 1960), "selected is another matter"
    with acting_as(manager):
        chart = CHARTS["share"](found)
        sides = {row.name: row.values[-1] for row in Rows(found, "share").all()}
    assert chart.title.startswith("1 key client brings 81")
    assert chart.table["rows"][-1] == [DAY, 81.63, 106.12]
    assert sides == {"Big": "key", "Steady": "rest", "Bad": "rest"}
    # Who sees none of the key clients is told of the selected ones.
    assert figures_of(company["bob"]).key_share.now is None
    client = HttpClient()
    client.force_login(manager)
    told = client.get(f"/api/v1/portfolio/?as_of={DAY}").json()
    assert (told["key_clients"], told["key_share"]["now"]) == (1, pytest.approx(1600 / 1960))
    assert "Key clients' share" in client.get("/portfolio/").content.decode()


def test_a_shorter_period_is_compared_with_the_same_months_a_year_before(ranked, manager):
    found = figures_of(manager, months=3)
    # months 0-2: big, steady and bad once each, once 500, new 100 and 100
    assert (found.revenue.now, found.revenue.before) == (1000 + 300 + 50 + 500 + 200, 1550)
    assert found.selected_share.now == pytest.approx(2080 / 1960), "regular profit needs a year"


def test_totals_equal_the_measures_on_any_day(ranked, manager):
    for as_of in (DAY, dt.date(2024, 6, 14), dt.date(2024, 2, 29), dt.date(2023, 12, 15)):
        with acting_system("test"):
            measured = compute(("revenue", "profit", "regular_profit"), as_of)
        found = figures_of(manager, as_of)
        sums = {key: np.nansum(column) for key, column in measured.values.items()}
        assert found.revenue.now == pytest.approx(sums["revenue"]), as_of
        assert found.profit_now.sum() == pytest.approx(sums["profit"]), as_of
        assert found.regular_profit.now == pytest.approx(sums["regular_profit"]), as_of


def test_what_is_known_later_does_not_change_the_past(ranked, manager, company):
    document = make_document(company["big"], "2024-05-01", 100, cost=10)
    before = figures_of(manager, dt.date(2024, 5, 31)).revenue.now
    change_document(document, dt.date(2024, 6, 10), net=700)
    assert figures_of(manager, dt.date(2024, 5, 31)).revenue.now == before
    assert figures_of(manager).revenue.now == 6200 + 700


def test_a_group_counts_as_one_client(ranked, manager, company):
    make_group("Group", [company["big"], company["once"]], owner=company["ann"])
    found = figures_of(manager)
    assert found.buyers == 4
    assert found.names[found.largest] == "Group"
    assert found.largest_share.now == pytest.approx(4500 / 6200)


# --- Whose figures ------------------------------------------------------------------------------


def test_a_kam_gets_figures_over_the_own_team_only(ranked, company):
    found = figures_of(company["ann"])
    assert found.ledger.ids.tolist() == sorted([company["big"].pk, company["once"].pk])
    assert found.revenue.now == 4500
    assert found.selected.sum() == 1
    assert found.selected_share.now == 1
    assert set(found.names.values()) <= {"Big", "Once"}


@pytest.mark.parametrize("filters, revenue", [
    ({"segment": "Inns"}, 1700), ({"segment": "none such"}, 0), ({"owner": "none"}, 0),
    ({"owner": "x"}, 0), ({"team": "9" * 40}, 0),
])  # fmt: skip
def test_filters(ranked, manager, filters, revenue):
    assert figures_of(manager, **filters).revenue.now == revenue


def test_filters_by_team_and_kam(ranked, manager, company):
    ann = company["ann"]
    assert figures_of(manager, owner=ann.pk).revenue.now == 4500
    assert figures_of(manager, team=ann.team_id).revenue.now == 4500
    assert figures_of(company["bob"], owner=ann.pk).revenue.now == 0, "nothing of another team"


# --- Too little to tell -------------------------------------------------------------------------


def missing(found) -> dict[str, str]:
    return {chart.key: chart.missing for chart in portfolio_charts(found) if chart.missing}


def test_every_chart_has_an_answer_where_there_is_enough(ranked, manager):
    with acting_as(manager):
        charts = portfolio_charts(figures_of(manager))
    assert [chart.key for chart in charts] == list(CHARTS)
    assert [chart.missing for chart in charts] == [""] * 6
    for chart in charts:
        assert chart.title, chart.key
        assert chart.table["rows"], chart.key
        assert "key client" not in f"{chart.title} {chart.subtitle} {chart.note}".lower()


def test_an_empty_company(manager):
    found = figures_of(manager)
    assert (found.revenue.now, found.revenue.before, found.profit.now) == (0, None, None)
    assert found.largest is None
    assert found.pareto_clients.now is None
    assert set(missing(found)) == set(CHARTS)


def test_one_client_says_what_is_missing(manager):
    client = make_client("Only")
    make_document(client, "2024-06-01", 100)
    found = figures_of(manager)
    assert found.largest_share.now == 1
    assert found.profit.now is None, "no cost is known"
    assert found.revenue.before is None, "there was no year before"
    assert set(missing(found)) == set(CHARTS)


def test_losses_alone_are_no_share(manager):
    for number in range(6):
        client = make_client(f"Loss {number}")
        for month in (1, 4, 7, 10):
            make_document(client, f"2024-{month % 6 + 1:02}-10", 100, cost=150)
            make_document(client, f"2023-{month:02}-10", 100, cost=150)
    found = figures_of(manager)
    assert found.profit.now < 0
    assert found.pareto_clients.now is None
    assert found.selected_share.now is None
    assert "pareto" in missing(found)
    assert "concentration" not in missing(found)


def test_without_a_ranking_nobody_is_selected(company, manager):
    found = figures_of(manager)
    assert found.selected_share.now is None
    assert "ranking" in missing(found)["share"]


# --- Rows ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("chart", CHARTS)
def test_rows_hold_every_client_behind_the_chart(ranked, manager, chart):
    with acting_as(manager):
        found = figures_of(manager)
        rows = Rows(found, chart)
        listed = list(rows.all())
    assert len(listed) == len(rows) == len({row.client for row in listed})
    expected = {
        "share": {"Big", "Steady", "Bad"},
        "pareto": {"Big", "Steady", "Once", "New", "Bad"},
        "growth": {"Big", "Steady", "Once", "New", "Bad", "Lost"},
        "movers": {"Big", "Steady", "Once", "New", "Bad", "Lost"},
        "concentration": {"Big", "Steady", "Once", "New", "Bad"},
        "bridge": {"Big", "Steady", "Once", "New", "Bad", "Lost"},
    }
    assert {row.name for row in listed} == expected[chart]
    assert {row.name for row in listed if row.selected} <= {"Big", "Steady"}


def test_rows_of_pareto_cumulate_in_order(ranked, manager):
    with acting_as(manager):
        listed = Rows(figures_of(manager), "pareto").page(1)
    assert [row.name for row in listed] == ["Big", "Steady", "Once", "New", "Bad"]
    assert [row.values[0] for row in listed] == [1600, 480, 200, 120, -120]
    assert [row.values[2] for row in listed] == pytest.approx(
        [1600 / 2280, 2080 / 2280, 1, 2400 / 2280, 1]
    )


# --- One client ---------------------------------------------------------------------------------


def test_months_of_a_client(company, manager):
    with acting_as(manager):
        found = client_months(company["big"], DAY)
        chart = months_chart(found)
    assert (found.revenue, found.profit, found.invoices) == (4000, 1600, 4)
    assert [month.revenue for month in found.months[-3:]] == [0, 1000, 0]
    assert (found.months[-1].start, found.months[-1].end) == (dt.date(2024, 6, 1), DAY)
    assert found.growth == found.profit_growth == 800 / 3200
    assert "25" in chart.title
    assert len(chart.table["rows"]) == 24


def test_months_of_a_group_and_of_its_member(company, manager):
    group = make_group("Group", [company["big"], company["once"]])
    with acting_as(manager):
        assert client_months(group, DAY).revenue == 4500
        assert client_months(company["once"], DAY).revenue == 500


def test_months_of_a_foreign_client_are_empty(company):
    with acting_as(company["bob"]):
        foreign = Client(pk=company["big"].pk, name="Big")
        assert not client_months(foreign, DAY).bought
