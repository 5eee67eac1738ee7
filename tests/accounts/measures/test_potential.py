"""Value, growth potential and share of wallet from facts, as of a date."""

import datetime as dt

import numpy as np
import pytest

from accounts.measures.compute import compute
from accounts.models import Wallet
from kam.lib.scoping import acting_system
from tests.factories import (
    change_document,
    make_client,
    make_document,
    make_group,
    make_product,
    moment,
)

pytestmark = pytest.mark.django_db
T = dt.date(2024, 6, 30)
KEYS = ("clv", "growth_potential", "share_of_wallet")


def columns(as_of=T):
    with acting_system("test"):
        return compute(KEYS, as_of)


def of(client, key, as_of=T):
    found = columns(as_of)
    number = found.values[key][found.ids.tolist().index(client.pk)]
    return None if np.isnan(number) else float(number)


def buys(client, amount, product, day="2024-03-01", **fields):
    return make_document(client, day, amount, lines=[{"product": product, "net": amount}], **fields)


def state(client, amount, day="2024-01-10", **fields):
    fields.setdefault("known_from", moment(None, dt.date.fromisoformat(day)))
    with acting_system("test"):
        return Wallet.objects.create(client=client, amount=amount, date=day, **fields)


@pytest.fixture
def shop():
    """Seven alike in size and kind: all buy oil for 100, six of them filters for 10, 20 … 60."""
    oil, filters = make_product(family="Oil"), make_product(family="Filters")
    clients = [make_client(segment="Mills", country="RU", employees=50) for _ in range(7)]
    for number, client in enumerate(clients):
        buys(client, 100, oil)
        if number:
            buys(client, 10 * number, filters)
    return clients


def test_what_look_alikes_buy_and_this_one_does_not(shop):
    """Median 35 of what six of six buy, by the chance (6 + 1) / (6 + 2)."""
    assert of(shop[0], "growth_potential") == pytest.approx(35 * 7 / 8)
    assert of(shop[6], "growth_potential") == 0, "it buys more than three in four"


def test_share_of_an_estimated_wallet(shop):
    """The quantile 0.8 of what the six others buy (110, 120 … 160) is 150."""
    assert of(shop[0], "share_of_wallet") == pytest.approx(100 * 100 / 150)
    assert of(shop[6], "share_of_wallet") == 100


def test_what_the_client_says_goes_before_and_bounds(shop):
    state(shop[0], 110)
    assert of(shop[0], "share_of_wallet") == pytest.approx(100 * 100 / 110)
    assert of(shop[0], "growth_potential") == pytest.approx(10)


def test_a_statement_counts_from_when_it_is_known(shop):
    state(shop[0], 110, "2024-01-10", known_from=moment(dt.date(2024, 7, 1)))
    assert of(shop[0], "share_of_wallet") == pytest.approx(100 * 100 / 150)
    assert of(shop[0], "share_of_wallet", dt.date(2024, 7, 1)) == pytest.approx(100 * 100 / 110)


def test_four_look_alikes_are_not_enough():
    oil = make_product(family="Oil")
    clients = [make_client(segment="Mills", employees=50) for _ in range(5)]
    for client in clients:
        buys(client, 100, oil)
    assert of(clients[0], "growth_potential") is None
    assert of(clients[0], "share_of_wallet") is None
    state(clients[0], 400)
    assert of(clients[0], "share_of_wallet") == 25


def test_prospects_have_neither(shop):
    prospect = make_client(segment="Mills", country="RU", employees=50)
    found = columns()
    at = found.ids.tolist().index(prospect.pk)
    for key in KEYS:
        assert not found.applicable[key][at]
        assert np.isnan(found.values[key][at])
    assert found.applicable["clv"].sum() == 7


def test_nobody_and_nothing_sold():
    assert all(len(values) == 0 for values in columns().values.values())
    client = make_client(employees=3)
    assert of(client, "clv") is None


def test_without_families_turnover_or_staff_nobody_is_alike():
    clients = [make_client() for _ in range(8)]
    for client in clients:
        make_document(client, "2024-03-01", 100, cost=50)
    assert of(clients[0], "growth_potential") is None


def test_without_families_all_purchases_are_compared_by_turnover():
    clients = [make_client(turnover=1000) for _ in range(8)]
    for number, client in enumerate(clients):
        make_document(client, "2024-03-01", 100 if number else 40)
    assert of(clients[0], "growth_potential") == pytest.approx(60)


def test_a_group_is_one_client(shop):
    oil = make_product(family="Oil")
    mills = [make_client(segment="Mills", country="RU", employees=25) for _ in range(2)]
    group = make_group(members=mills)
    for mill in mills:
        buys(mill, 50, oil)
        state(mill, 200)
    found = columns()
    assert mills[0].pk not in found.ids
    assert of(group, "growth_potential") == pytest.approx(35 * 7 / 9), "as large as two of 25"
    assert of(group, "share_of_wallet") == 25, "of what its members said together"


def test_a_fact_known_later_changes_nothing(shop):
    before = columns()
    filters = make_product(family="Filters")
    buys(shop[0], 500, filters, "2024-05-01", known=dt.date(2024, 7, 2), cost=1)
    change_document(buys(shop[1], 30, filters, "2024-07-03", cost=1), dt.date(2024, 7, 4), net=9000)
    state(shop[2], 1000, known_from=moment(dt.date(2024, 8, 1)))
    after = columns()
    for key in KEYS:
        np.testing.assert_array_equal(before.values[key], after.values[key])
    assert columns(dt.date(2024, 7, 2)).values["growth_potential"][0] == 0


def test_value_by_hand():
    """Two clients bought in each quarter of the year before; one stayed, one left: (1 + 2) / (2 + 3)
    stay.  The one who stayed earns 400 and grew by 10 %."""
    stays, left = make_client(), make_client()
    for day in ("2022-08-01", "2022-11-01", "2023-02-01", "2023-05-01"):
        for client in (stays, left):
            make_document(client, day, 1000, cost=900)
    for day in ("2023-08-01", "2023-11-01", "2024-02-01", "2024-05-01"):
        make_document(stays, day, 1100, cost=1000)
    rho, d = 3 / 5, 0.15
    expected = sum(400 * 1.1 ** (t - 1) * rho**t / (1 + d) ** t for t in (1, 2, 3))
    assert of(stays, "clv") == pytest.approx(expected)
    assert of(left, "clv") == 0
    assert of(stays, "clv", dt.date(2023, 6, 30)) == pytest.approx(
        sum(400 * (2 / 3) ** t / (1 + d) ** t for t in (1, 2, 3))
    ), "nobody could stay yet: two thirds, and no growth to compare with"


def test_value_is_missing_where_profit_is():
    client = make_client()
    make_document(client, "2024-03-01", 100)
    assert of(client, "clv") is None
