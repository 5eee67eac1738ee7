"""The growth of a client since it was selected: every figure against one told without the code."""

import datetime as dt

import numpy as np
import pytest
import time_machine
from django.urls import reverse
from django.utils.translation import override

from accounts.models import Document, Line, Potential, Standing
from kam.lib.periods import add_months
from kam.lib.scoping import acting_as, acting_system
from reports.dashboards.client_growth import client_growth, criteria_of, growth_charts
from scoring.models import Matrix, RankingRow
from tests.factories import make_client, make_document, make_product, make_user
from tests.scoring.conftest import put_to_use, rank_now

pytestmark = pytest.mark.django_db
DAY = dt.date(2024, 7, 10)  # whole months up to June
SINCE = dt.date(2023, 7, 1)
MONTHS = [add_months(dt.date(2022, 7, 1), at) for at in range(24)]  # a year before, and since


def selling(name, before, after, cost=0.5, **fields):
    """A client that buys so much in each month before and since."""
    client = make_client(name, segment="Shops", **fields)
    with acting_system("test"):
        for month in MONTHS:
            net = before if month < SINCE else after
            make_document(client, month.replace(day=15), net, cost=net * cost)
        Potential.objects.create(
            client=client, as_of=DAY, peers=0, revenue=max(before, 1) * 12, reasons=[]
        )
    return client


@pytest.fixture
def shop(db):
    """Grows by half; five look-alikes by 0, 10, 20, 30 and 40 %; not counted: one of another kind,
    one five times as large, one that is key, one that was."""
    shop = selling("Shop", 1000, 1500)
    for number in range(5):
        selling(f"Like {number}", 900 + 50 * number, (900 + 50 * number) * (1 + number / 10))
    selling("Huge", 5000, 50_000)
    others = [selling("Key", 1000, 9000), selling("Former", 1000, 10)]
    other_kind = selling("Inn", 1000, 10)
    with acting_system("test"):
        type(other_kind).objects.filter(pk=other_kind.pk).update(segment="Inns")
        for client, value in ((shop, "watch"), (others[0], "watch"), (others[1], "former")):
            Standing.objects.create(client=client, value=value, since=SINCE)
    return shop


def told_of(client, day=DAY):
    with acting_as(make_user("manager", language="en")):
        return client_growth(client, day)


def test_against_the_year_before_and_look_alikes(shop, client):
    told = told_of(shop)
    assert (told.since, told.as_of, told.peers) == (SINCE, dt.date(2024, 6, 30), 5)
    revenue, profit, invoice = told.changes
    for each, before, now in ((revenue, 1000, 1500), (profit, 500, 750), (invoice, 1000, 1500)):
        assert (each.before, each.now, each.ratio) == pytest.approx((before, now, 0.5)), each.key
        assert (each.low, each.middle, each.high) == pytest.approx((0.1, 0.2, 0.3)), each.key
    assert [float(each[-1]) for each in told.band] == pytest.approx([1.1, 1.2, 1.3])
    assert told.own_index[-1] == pytest.approx(1.5)
    assert told.ahead.middle.shape == (1, 6)
    with acting_as(make_user("manager", language="en")):
        keys = [chart.key for chart in growth_charts(told)]
    assert keys == ["growth-against", "growth-split", "growth-ahead"]
    # One look-alike fewer, and nothing is set beside it.
    with acting_system("test"):
        Standing.objects.create(
            client=type(shop).objects.get(name="Like 0"), value="former", since=DAY
        )
    alone = told_of(shop)
    assert alone.peers == 0
    assert {each.middle for each in alone.changes} == {None}
    assert alone.own_index is None
    manager = make_user("manager", language="en")
    client.force_login(manager)
    answer = client.get(reverse("api:client-growth", args=[shop.pk]), {"as_of": DAY}).json()
    assert (answer["look_alikes"], len(answer["months"]), len(answer["forecast"])) == (0, 48, 6)
    assert answer["measures"][0]["ratio"] == pytest.approx(0.5)
    assert sum(each["revenue"] for each in answer["months"]) == 12 * 2500


def test_the_split_sums_to_what_the_documents_say(shop):
    """Lines with products, lines without, a document of no lines, and a sum beyond the lines."""
    boxes, cups = make_product(), make_product()
    with acting_system("test"):
        documents = list(Document.objects.filter(client=shop).order_by("date"))
        for at, document in enumerate(documents[:-1]):
            late = document.date >= SINCE
            rows = [(boxes, 10, 600 if late else 500)] + ([(cups, 3, 300)] if late else [])
            rows += [(None, None, 100)] if at % 2 else []
            for place, (product, quantity, net) in enumerate(rows):
                Line.objects.create(
                    document=document, client=shop, date=document.date, position=place,
                    product=product, quantity=quantity, net=net, gross=net,
                )  # fmt: skip
    found = told_of(shop).split
    assert (found.before, found.now) == (12_000, 18_000)
    # 11 of the 12 documents since have lines: 110 boxes at 60 against 120 at 50, cups are new.
    assert found.price == pytest.approx(110 * 10)
    assert found.volume == pytest.approx(6000 * (110 / 120 - 1))
    assert found.assortment == pytest.approx(0)
    assert (found.new, found.lost) == (3300, 0)
    parts = (found.price, found.volume, found.assortment, found.new, found.lost, found.rest)
    assert sum(parts) == pytest.approx(6000)


def test_from_nothing_or_a_loss_the_change_is_told_in_money(db, client):
    begun = selling("Begun", 0, 400)
    losing = selling("Losing", 100, 200, cost=1.5)
    blind = make_client("Blind", segment="Shops")
    for month in MONTHS:
        make_document(blind, month, 100)  # at a cost that nobody knows
    with acting_system("test"):
        Document.objects.filter(client=begun, net=0).delete()
        for each in (begun, losing, blind):
            Standing.objects.create(client=each, value="watch", since=SINCE)
    revenue = told_of(begun).changes[0]
    assert (revenue.ratio, revenue.difference) == (None, 400)
    with override("en"):
        charts = {each.key: each for each in growth_charts(told_of(begun))}
    assert "18 months" in charts["growth-ahead"].missing
    assert "12." in charts["growth-ahead"].missing
    profit = told_of(losing).changes[1]
    assert (profit.ratio, profit.difference) == (None, pytest.approx(-50))
    assert (told_of(blind).changes[1].before, told_of(blind).changes[1].now) == (None, None)
    client.force_login(make_user("manager", language="en"))
    page = client.get(reverse("client_growth", args=[losing.pk])).content.decode()
    assert page.count("<tr>") >= 4
    with time_machine.travel(dt.datetime(2024, 7, 10, 9, tzinfo=dt.UTC), tick=False):
        client.force_login(make_user("manager", language="en"))
        young = client.get(reverse("client_growth", args=[begun.pk])).content.decode()
    assert "A forecast needs 18 months" in young


def test_who_left_counts_from_its_first_day_and_who_never_was_from_the_year_before(shop):
    with acting_system("test"):
        Standing.objects.filter(client=shop).update(until=dt.date(2024, 2, 1))
        Standing.objects.create(client=shop, value="former", since=dt.date(2024, 2, 1))
    assert told_of(shop).since == SINCE
    with acting_as(make_user("manager")):
        never = type(shop).objects.get(name="Like 3")
        told = client_growth(never, DAY)
    assert (told.since, told.selected) == (None, False)
    assert told.changes[0].ratio == pytest.approx(0.3)
    assert np.isfinite(told.ahead.middle).all()
    assert told.split.now == pytest.approx(12 * 1050 * 1.3)


def test_criteria_are_those_of_the_ranking_before_selection_or_of_the_first(company, client):
    matrix = Matrix.objects.get(is_main=True)
    put_to_use(matrix, {"profit": 50, "average_invoice": 50}, selection_value=2)
    first, last, now = (
        rank_now(matrix, day)
        for day in (dt.date(2023, 6, 30), dt.date(2023, 12, 31), dt.date(2024, 6, 30))
    )
    with acting_system("test"):
        Standing.objects.create(client=company["big"], value="watch", since=dt.date(2024, 1, 10))
    with acting_system("test"):
        rated = {
            (row.run_id, row.client_id): (row.r1 / 100, row.r2 / 100)
            for row in RankingRow.objects.all()
        }
    for name, before, selected in (("big", last, True), ("steady", first, False)):
        pk = company[name].pk
        with acting_as(company["ann"] if selected else company["bob"]):
            told = criteria_of(company[name], dt.date(2024, 7, 10))
        assert [(each.before, each.now) for each in told] == list(
            zip(rated[before.pk, pk], rated[now.pk, pk], strict=True)
        )
        assert {(each.day, each.at_selection, each.weight) for each in told} == {
            (before.as_of, selected, 0.5)
        }
    client.force_login(company["bob"])
    page = client.get(reverse("client_growth_criteria", args=[company["steady"].pk])).content
    assert "Criteria of the ranking" in page.decode()
    assert "30 Jun 2023, 1–10" in page.decode()
    client.force_login(company["ann"])
    page = client.get(reverse("client_growth_criteria", args=[company["big"].pk])).content
    assert "At selection, 1–10" in page.decode()
