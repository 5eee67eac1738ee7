"""Every measure on a case small enough to check by hand."""

import datetime as dt
from decimal import Decimal

import numpy as np
import pytest

from accounts.measures.catalogue import MEASURES
from accounts.measures.compute import compute
from accounts.models import Document
from kam.lib.scoping import ScopeMissing, acting_as, acting_system
from tests.factories import (
    change_document,
    make_client,
    make_contact,
    make_document,
    make_group,
    make_interaction,
    make_membership,
    make_product,
    make_user,
)

pytestmark = pytest.mark.django_db
T = dt.date(2024, 6, 30)


def value(key, client, as_of=T):
    """The measure of one client; None where it is missing."""
    with acting_system("test"):
        columns = compute([key], as_of)
    at = list(columns.ids).index(client.pk)
    number = columns.values[key][at]
    return None if np.isnan(number) else float(number)


def test_all_keys_at_once_are_aligned_to_ascending_ids():
    buyer, prospect = make_client(), make_client()
    make_document(buyer, "2024-05-01", 100, cost=60)
    with acting_system("test"):
        columns = compute(MEASURES, T)
    assert list(columns.ids) == [buyer.pk, prospect.pk]
    assert list(columns.values) == list(MEASURES)
    assert all(
        column.dtype == np.float64 and column.shape == (2,) for column in columns.values.values()
    )
    assert columns.applicable["tenure"].tolist() == [True, False]


def test_nobody_is_nobody():
    with acting_system("test"):
        columns = compute(MEASURES, T)
    assert len(columns.ids) == 0
    assert all(len(column) == 0 for column in columns.values.values())


def test_only_the_product_itself_computes_over_everybody():
    person = make_user(role="administrator")
    with acting_as(person), pytest.raises(ScopeMissing):
        compute(["revenue"], T)


def test_unknown_key():
    with acting_system("test"), pytest.raises(KeyError):
        compute(["luck"], T)


def test_revenue_counts_invoices_less_credit_notes_of_twelve_months():
    client = make_client()
    make_document(client, "2023-06-30", 1000)  # one day too old
    make_document(client, "2023-07-01", 10)  # the first day of the window
    make_document(client, "2024-06-30", 20, vat=4)  # the last one; VAT is not revenue
    make_document(client, "2024-07-01", 1000)  # tomorrow
    make_document(client, "2024-02-01", -5)
    make_document(client, "2024-02-01", 500, type=Document.Type.ORDER)
    make_document(client, "2024-02-01", 500, type=Document.Type.PAYMENT_REQUEST)
    assert value("revenue", client) == 25
    assert value("invoices", client) == 2
    assert value("average_invoice", client) == 15


def test_a_year_that_ends_with_a_month_is_twelve_whole_months():
    client = make_client()
    make_document(client, "2024-02-29", 7)
    make_document(client, "2025-02-27", 1)
    assert value("revenue", client, dt.date(2025, 2, 27)) == 8
    assert value("revenue", client, dt.date(2025, 2, 28)) == 1
    assert value("revenue", client, dt.date(2024, 2, 29)) == 7


def test_profit_rests_on_known_cost():
    known, half, unknown, idle = (make_client() for _ in range(4))
    make_document(known, "2024-05-01", 100, cost=60)
    make_document(half, "2024-05-01", 100, cost=60)
    make_document(half, "2024-05-02", 300)
    make_document(unknown, "2024-05-01", 100)
    assert value("profit", known) == value("profit", half) == 40
    assert value("profit", unknown) is None
    assert value("profit", idle) == 0
    assert value("profit_cost_share", half) == 25
    assert value("profit_cost_share", unknown) == 0
    assert value("profit_cost_share", idle) is None


def test_regular_profit_needs_three_quarters_of_four():
    regular, seldom = make_client(), make_client()
    for month in (7, 8, 9):
        make_document(seldom, dt.date(2023, month, 5), 100, cost=50)
    make_document(seldom, "2024-06-05", 100, cost=50)
    for day in ("2023-07-01", "2024-01-01", "2024-04-01"):
        make_document(regular, day, 100, cost=50)
    assert value("regular_profit", regular) == 150
    assert value("regular_profit", seldom) == 0
    assert value("profit", seldom) == 200


def test_tenure_and_recency():
    client, prospect = make_client(), make_client()
    make_document(client, "2023-06-30")
    make_document(client, "2024-06-20")
    make_document(prospect, "2024-06-20", type=Document.Type.ORDER)
    assert value("tenure", client) == pytest.approx(366 / 30.4375)
    assert value("recency", client) == 10
    assert value("tenure", prospect) is None
    assert value("recency", prospect) is None


def test_growth_compares_two_whole_years():
    old, young, returned = make_client(), make_client(), make_client()
    make_document(old, "2022-07-15", 200)
    make_document(old, "2024-01-15", 250)
    make_document(young, "2022-10-02", 200)
    make_document(young, "2024-01-15", 250)
    make_document(returned, "2022-07-15", 200)
    make_document(returned, "2022-08-15", -200)
    assert value("growth", old) == 25
    assert value("growth", young) is None
    assert value("growth", returned) is None


def test_volatility_is_the_coefficient_of_variation_of_months():
    steady, jumpy, young = make_client(), make_client(), make_client()
    for client in (steady, jumpy):
        make_document(client, "2020-01-01")
    for month in range(12):
        make_document(steady, dt.date(2023 + (month > 5), (month + 6) % 12 + 1, 10), 50)
    make_document(jumpy, "2024-01-10", 600)
    make_document(young, "2023-07-02", 50)
    assert value("volatility", steady) == 0
    assert value("volatility", jumpy) == pytest.approx(np.std([600] + [0] * 11) / 50)
    assert value("volatility", young) is None


def test_rhythm_is_the_median_gap_between_days_with_an_invoice():
    client, seldom = make_client(), make_client()
    for day in ("2024-01-01", "2024-01-01", "2024-01-11", "2024-01-31", "2024-02-05", "2024-03-05"):
        make_document(client, day)
        if day < "2024-03":
            make_document(seldom, day)
    make_document(client, "2024-02-20", type=Document.Type.ORDER)
    assert value("rhythm", client) == 15  # gaps 10 20 5 29
    assert value("rhythm", seldom) is None  # three gaps only


def test_breadth_counts_families_and_lone_products():
    client, mute, idle = make_client(), make_client(), make_client()
    bolt, nut, saw = make_product(family="Metal"), make_product(family="Metal"), make_product()
    make_document(client, "2024-05-01", lines=[{"product": bolt}, {"product": nut}])
    make_document(client, "2024-05-02", lines=[{"product": saw}, {"product": None}])
    make_document(client, "2020-05-02", lines=[{"product": make_product(family="Old")}])
    make_document(
        client, "2024-05-02", type="order", lines=[{"product": make_product(family="Ordered")}]
    )
    make_document(mute, "2024-05-02")
    assert value("breadth", client) == 2
    assert value("breadth", mute) is None
    assert value("breadth", idle) == 0


def test_on_time_in_full():
    client = make_client()

    def order(promised, shipped, *lines, **fields):
        make_document(
            client,
            "2024-01-01",
            type="order",
            promised=promised,
            shipped=shipped,
            lines=[{"quantity": asked, "shipped_quantity": sent} for asked, sent in lines],
            **fields,
        )

    order("2024-02-01", "2024-02-01", (5, 5))
    order("2024-02-01", "2024-01-20", (5, None))
    order("2024-02-01", "2024-02-02", (5, 5))  # late
    order("2024-02-01", "2024-02-01", (5, 5), (3, 2))  # short
    order("2024-02-01", None, (5, 5))  # not shipped
    order("2024-07-01", "2024-06-01", (5, 5))  # promised for later
    order(None, "2024-06-01", (5, 5))
    assert value("on_time_in_full", client) == 40
    assert value("on_time_in_full", make_client()) is None


def test_contacts_reached_and_related_organisations():
    one, two, alone = make_client(), make_client(), make_client()
    group = make_group(members=[one, two])
    anna, boris = make_contact(one), make_contact(two)
    for client, contact, day in (
        (one, anna, "2024-06-01"),
        (one, anna, "2024-06-02"),
        (two, boris, "2024-06-03"),
        (two, make_contact(two), "2023-06-01"),
        (group, anna, "2024-06-04"),
        (group, None, "2024-06-05"),
    ):
        make_interaction(client, day, contact=contact)
    assert value("contacts_reached", group) == 2
    assert value("related_organisations", group) == 1
    assert value("contacts_reached", alone) == value("related_organisations", alone) == 0


def test_documents_of_members_count_for_the_group_of_that_date():
    early, late, outsider = make_client(), make_client(), make_client()
    group = make_group(members=[early])
    make_membership(late, group, "2024-06-15")
    for client in (early, late, outsider):
        make_document(client, "2024-06-01", 10, cost=4)
    with acting_system("test"):
        before = compute(["revenue", "tenure", "rhythm"], dt.date(2024, 6, 14))
        after = compute(["revenue", "tenure", "rhythm"], T)
    assert dict(zip(before.ids, before.values["revenue"], strict=True)) == {
        late.pk: 10,
        outsider.pk: 10,
        group.pk: 10,
    }
    assert dict(zip(after.ids, after.values["revenue"], strict=True)) == {
        outsider.pk: 10,
        group.pk: 20,
    }


def test_a_changed_document_counts_as_it_was_known():
    client = make_client()
    first = make_document(client, "2024-06-10", 100)
    change_document(first, dt.date(2024, 6, 20), net=70)
    make_document(client, "2024-06-11", 5, known=dt.date(2024, 6, 25))
    days = {10: 100, 19: 100, 20: 70, 24: 70, 25: 75}
    assert {day: value("revenue", client, dt.date(2024, 6, day)) for day in days} == days


def test_sums_are_exact_to_the_cent_where_plain_floats_are_not():
    """0.1 + 0.2 and its like: as whole cents the sum is the nearest number to the exact one."""
    client = make_client("Cents")
    for _ in range(300):
        make_document(client, "2024-05-01", Decimal("0.10"), cost=Decimal("0.07"))
    make_document(client, "2024-05-02", Decimal("40000000000000.01"), cost=0)
    with acting_system("test"):
        columns = compute(["revenue", "profit"], dt.date(2024, 6, 30))
    assert columns.values["revenue"].tolist() == [40000000000030.01]
    assert columns.values["profit"].tolist() == [40000000000009.01]
