"""Receivables: ages, days of sales, when money may come, stops of shipments, promised payments."""

import datetime as dt
from decimal import Decimal

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import DatabaseError, transaction
from django.urls import reverse

from accounts.measures.receivables import (
    AGES,
    Owed,
    age_of,
    ageing,
    calendar,
    days_of_sales,
    due_between,
    expected_on,
)
from accounts.models import Agreement, Promise, ShipmentStop, Team
from accounts.selectors import ledger
from accounts.services import debts as found
from accounts.services import receivables
from kam.audit.models import Event
from kam.lib.scoping import acting_as, acting_system
from kam.webhooks.models import Message
from tests.factories import make_client, make_document, make_group, make_user
from tests.kam.webhooks.conftest import make_endpoint

DAY = dt.date(2026, 3, 16)  # a Monday
D = Decimal


def ago(days: int) -> dt.date:
    return DAY - dt.timedelta(days=days)


@pytest.mark.parametrize(
    "past, name",
    [
        (-5, "not_due"), (0, "not_due"), (1, "to_30"), (30, "to_30"), (31, "to_60"),
        (60, "to_60"), (61, "to_90"), (90, "to_90"), (91, "over_90"), (4000, "over_90"),
    ],
)  # fmt: skip
def test_an_age_begins_the_day_after_the_due_day(past, name):
    assert age_of(ago(past), DAY) == name
    first, last = due_between(name, DAY)
    assert first is None or first <= ago(past)
    assert last is None or ago(past) <= last
    for other in set(AGES) - {name}:
        first, last = due_between(other, DAY)
        assert (first and ago(past) < first) or (last and ago(past) > last)


def test_ages_sum_up_and_what_has_no_day_is_not_overdue():
    found_ = ageing(
        [Owed(ago(-3), D(10)), Owed(None, D(5)), Owed(ago(1), D(20)), Owed(ago(95), D("7.50"))], DAY
    )
    assert found_.by_age == {
        "not_due": D(15), "to_30": D(20), "to_60": D(0), "to_90": D(0), "over_90": D("7.50")
    }  # fmt: skip
    assert (found_.total, found_.overdue, found_.oldest) == (D("42.50"), D("27.50"), 95)
    nothing = ageing([], DAY)
    assert (nothing.total, nothing.overdue, nothing.oldest) == (0, 0, 0)


def test_days_of_sales_as_a_textbook_counts_them():
    # 1 500 000 owed, 4 500 000 sold in 90 days: a third of the quarter.
    assert days_of_sales(D(1_500_000), D(4_500_000)) == D("30.0")
    assert days_of_sales(D(1), D(0)) is None
    assert days_of_sales(D(1), D(-5)) is None
    assert days_of_sales(D(0), D(100)) == 0
    assert days_of_sales(D(75_000), D(900_000), 365) == D("30.4")  # 30.41666…


@pytest.mark.django_db
def test_lateness_is_weighed_by_amount_and_early_counts_nothing():
    # (100×10 + 300×0 (early) + 100×5) ÷ 500 = 3
    one, other = make_client(), make_client()
    for due, settled, gross in ((20, 10, 100), (20, 25, 300), (20, 15, 100)):
        make_document(one, ago(40), gross, due=ago(due), settled_on=ago(settled))
    make_document(other, ago(40), 50, due=ago(20))
    with acting_system("test"):
        assert found.usual_lateness(DAY) == {one.pk: D("3.0")}
        assert found.usual_lateness(DAY, [other.pk]) == {}


def test_the_calendar_puts_money_into_weeks_by_due_day_and_by_habit():
    rows = [
        (ago(10), D(4), D(100)),  # past due; by habit long overdue, so today
        (DAY, None, D(10)),
        (ago(-6), D(1), D(20)),  # Sunday of this week; a day late: next Monday
        (ago(-7), D("7.4"), D(40)),  # next Monday; a week late
        (ago(-400), None, D(1)),
        (None, D(3), D(2)),
    ]
    got = calendar(rows, [(ago(3), D(5)), (ago(-8), D(6)), (ago(-400), D(9))], DAY, 3)
    assert [week.start for week in got.weeks] == [DAY, ago(-7), ago(-14)]
    assert [week.by_due for week in got.weeks] == [30, 40, 0]
    assert [week.by_habit for week in got.weeks] == [110, 20, 40]
    assert [week.promised for week in got.weeks] == [5, 6, 0]
    assert (got.overdue, got.later, got.undated) == (100, 1, 2)
    assert expected_on(ago(10), D(3), DAY) == DAY


# --- With a ledger ------------------------------------------------------------------------------

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def on_the_day():
    with time_machine.travel("2026-03-16T09:00:00Z", tick=False):
        yield


@pytest.fixture
def kam():
    return make_user("kam", language="en", team=Team.objects.create(name="North"))


@pytest.fixture
def shop(kam):
    return make_client("Shop", owner=kam, team=kam.team)


def test_a_list_by_client_counts_a_group_once_and_leaves_out_what_is_paid(kam, shop):
    shop_b = make_client("Branch", owner=kam, team=kam.team)
    group = make_group("Chain", [shop, shop_b], owner=kam, team=kam.team)
    make_document(shop, ago(50), 100, vat=20, due=ago(40))
    make_document(shop_b, ago(9), 50, due=ago(-1), paid=20)
    make_document(shop, ago(200), 70, due=ago(190), paid=70, settled_on=ago(170))
    make_document(make_client("Foreign"), ago(50), 999, due=ago(40))
    with acting_as(kam):
        (line,) = found.page(found.Filters(), DAY).lines
        assert line.client == group
        assert (line.total, line.overdue, line.oldest) == (150, 120, 40)
        assert line.by_age["to_60"] == 120
        assert line.by_age["not_due"] == 30
        (of_owner,) = found.by_owner(found.Filters(), DAY)
        assert (of_owner.owner, of_owner.total) == (kam, 150)
        account = found.account(group, ledger.legal_entities(group, DAY), DAY)
        assert account.ageing.by_age == line.by_age
        # 150 owed × 90 ÷ 170 sold with VAT in 90 days
        assert account.dso == D("79.4")
        assert account.late == 20
        assert found.page(found.Filters(only="stopped"), DAY).lines == []


def test_a_stop_by_hand_and_its_lifting(kam, shop):
    with acting_system("test"):
        make_endpoint("https://93.184.215.14/kam", ["shipment.stopped", "shipment.released"])
    with acting_as(kam):
        with pytest.raises(ValidationError):
            receivables.stop(shop, " ", kam)
        with pytest.raises(ValidationError):
            receivables.stop(shop, "late", kam, until=ago(1))
        stop = receivables.stop(shop, "late", kam, until=ago(-3))
        assert found.stop_on(shop) == stop
        assert stop.rule == "hand"
        with pytest.raises(ValidationError):
            receivables.stop(shop, "again", kam)
        with pytest.raises(ValidationError):
            receivables.release(stop, "", kam)
        receivables.release(stop, "paid", kam)
        assert found.stop_on(shop) is None
        assert stop.rest_until is None
        with pytest.raises(ValidationError):
            receivables.release(stop, "paid", kam)
    with acting_system("test"):
        told = [m.type for m in Message.objects.order_by("pk")]
        assert told == ["shipment.stopped", "shipment.released"]
        assert {"shipment.stop", "shipment.release"} <= set(
            Event.objects.values_list("action", flat=True)
        )
        with pytest.raises(DatabaseError), transaction.atomic():
            ShipmentStop.objects.filter(pk=stop.pk).update(release_reason="")


def test_rules_stop_lift_and_leave_alone_whom_a_person_has_let_go(kam, shop, settings):
    settings.SHIPMENT_STOP_DAYS, settings.SHIPMENT_STOP_OVER_LIMIT = 30, True
    late = make_document(shop, ago(50), 100, due=ago(31))
    near = make_client("Near", owner=kam)
    in_time = make_document(near, ago(50), 100, due=ago(30))
    rich = make_client("Over the limit", owner=kam)
    make_document(rich, ago(5), 101, due=ago(-5))
    with acting_system("test"):
        Agreement.objects.create(client=rich, number="1", starts=ago(90), credit_limit=100)
        assert receivables.apply_rules(DAY) == 2
        stops = {row.client: row.rule for row in found.stops_on()}
        assert stops == {shop: "overdue", rich: "limit"}
        assert receivables.apply_rules(DAY) == 0
        both = type(late).objects.filter(pk__in=[late.pk, in_time.pk])
        both.update(paid=100, settled_on=DAY)
        assert receivables.apply_rules(DAY) == 1
        assert found.stop_on(shop) is None
    with acting_as(kam):
        receivables.release(found.stop_on(rich), "trusted", kam)
    with acting_system("test"):
        assert receivables.apply_rules(DAY) == 0
        assert receivables.apply_rules(ago(-14)) == 0
        assert receivables.apply_rules(ago(-15)) == 1
        settings.SHIPMENT_STOP_DAYS, settings.SHIPMENT_STOP_OVER_LIMIT = 0, False
        assert receivables.apply_rules(ago(-15)) == 1
        assert not found.stops_on().exists()


def test_a_stop_for_a_time_ends_after_its_last_day(kam, shop):
    with acting_as(kam):
        receivables.stop(shop, "inventory", kam, until=ago(-2))
    with acting_system("test"):
        assert receivables.apply_rules(ago(-2)) == 0
        assert receivables.apply_rules(ago(-3)) == 1


def test_a_promised_payment_is_a_promise_of_theirs(kam, shop, client):
    make_document(shop, ago(50), 100, due=ago(40))
    client.force_login(kam)
    address = reverse("payment_promise_create", args=[shop.pk])
    assert client.get(address).status_code == 200
    assert client.post(address, {"amount": "0", "due": "2026-03-20"}).status_code == 422
    assert client.post(address, {"amount": "80", "due": "2026-03-20"}).status_code == 302
    with acting_as(kam):
        promise = Promise.objects.get()
        assert (promise.side, promise.due, promise.owner) == ("theirs", dt.date(2026, 3, 20), kam)
        account = found.account(shop, [shop.pk], DAY)
        assert account.calendar.weeks[0].promised == 80
    page = client.get(reverse("client_receivables", args=[shop.pk])).content.decode()
    assert "They promise to pay" in page
    assert "31–60 days" in page


def test_pages_show_the_stop_in_red_and_it_is_lifted_with_a_reason(kam, shop, client):
    make_document(shop, ago(50), 100, due=ago(40))
    client.force_login(kam)
    address = reverse("stop_create", args=[shop.pk])
    assert client.post(address, {"reason": ""}).status_code == 422
    assert client.post(address, {"reason": "three invoices open"}).status_code == 302
    page = client.get(reverse("client_detail", args=[shop.pk])).content.decode()
    assert "three invoices open" in page
    assert 'data-tone="bad"' in page
    listed = client.get(reverse("receivable_list")).content.decode()
    assert "Shop" in listed
    assert "stopped" in listed
    assert client.get(reverse("receivable_calendar")).status_code == 200
    with acting_as(kam):
        stop = found.stop_on(shop)
    address = reverse("stop_release", args=[stop.pk])
    assert client.post(address, {"reason": "paid"}).status_code == 302
    assert (
        "three invoices open"
        not in client.get(reverse("client_detail", args=[shop.pk])).content.decode()
    )


def test_the_same_over_rest(kam, shop, client):
    make_document(shop, ago(50), 100, due=ago(40))
    client.force_login(kam)
    api = "/api/v1"
    (row,) = client.get(f"{api}/receivables/").json()
    assert (row["client"], row["total"], row["to_60"]) == (shop.pk, "100.00", "100.00")
    told = client.get(f"{api}/clients/{shop.pk}/receivables/").json()
    assert (told["overdue"], told["oldest"], told["dso"]) == ("100.00", 40, "90.0")
    made = client.post(
        f"{api}/shipment-stops/", {"client": shop.pk, "reason": "late"}, "application/json"
    )
    assert made.status_code == 201, made.content
    lifted = client.post(
        f"{api}/shipment-stops/{made.json()['id']}/release/", {"reason": "paid"}, "application/json"
    )
    assert lifted.json()["released_on"] == "2026-03-16"
    promised = client.post(
        f"{api}/clients/{shop.pk}/promised-payments/",
        {"amount": "50", "due": "2026-03-20"},
        "application/json",
    )
    assert promised.status_code == 201, promised.content
