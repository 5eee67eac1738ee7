"""Measures at past dates against a plain recomputation from what was known on each of them.

One of the dates lies in a month with a late posting, a late payment and a changed document.
"""

import datetime as dt
import random
from decimal import Decimal
from itertools import pairwise
from statistics import mean, median, pstdev

import numpy as np
import pytest

from accounts.measures.catalogue import MEASURES
from accounts.measures.compute import compute
from accounts.measures.monthly import by_month, totals_by_month
from accounts.measures.reading import Moment
from accounts.measures.settlement import changed_since
from accounts.models import Client, Document, Line, Membership, Payment
from accounts.services.allocation import allocate
from kam.lib.periods import add_months, end_of_day
from kam.lib.scoping import acting_as, acting_system
from tests.accounts import plain_allocation
from tests.factories import (
    change_document,
    make_client,
    make_document,
    make_group,
    make_membership,
    make_payment,
    make_product,
    make_user,
)

pytestmark = pytest.mark.django_db
DATES = (dt.date(2024, 2, 29), dt.date(2024, 3, 15), dt.date(2024, 6, 30))
AFTER_ALL = dt.date(2024, 12, 31)  # nothing was paid or learnt later: the headers tell
START = dt.date(2021, 1, 1)
# Those that look at other clients, too, are in test_potential.py.
KEYS = [
    key
    for key in MEASURES
    if MEASURES[key].group not in ("delivery", "people", "potential", "rebates") and key != "clv"
]


@pytest.fixture
def ledger():
    """Twelve legal entities, two groups, three years and a half of documents and payments."""
    dice = random.Random(7)
    clients = [make_client() for _ in range(12)]
    make_group(members=clients[:2])
    late_group = make_group(members=clients[2:3])
    make_membership(clients[3], late_group, "2024-03-10")
    products = [make_product(family=f"Family {number % 4}") for number in range(8)]
    for client in clients[:-1]:  # the last one has never bought
        day = START + dt.timedelta(days=dice.randrange(600))
        while day < dt.date(2024, 7, 31):
            net = Decimal(dice.randrange(1000, 900000)) / 100
            late = dice.choice([0] * 8 + [3, 20])
            document = make_document(
                client,
                day,
                net if dice.random() < 0.9 else -net / 4,
                vat=dice.choice([0, 10]),
                cost=dice.choice([None, 5, 100]),
                due=day + dt.timedelta(days=30) if dice.random() < 0.8 else None,
                known=day + dt.timedelta(days=late),
                lines=[{"product": dice.choice(products)}],
            )
            if dice.random() < 0.1:
                known = day + dt.timedelta(days=late + dice.randrange(1, 40))
                document = change_document(document, known, net=document.net * 2)
            if document.gross > 0 and dice.random() < 0.8:
                paid = day + dt.timedelta(days=dice.randrange(70))
                make_payment(
                    client,
                    paid,
                    document.gross,
                    document=document if dice.random() < 0.5 else "",
                    known=paid + dt.timedelta(days=dice.choice([0, 0, 0, 9])),
                )
            day += dt.timedelta(days=dice.randrange(5, 75))
    # The month of the second date: a posting of February learnt late, a change learnt in between.
    make_document(clients[0], "2024-02-20", 5000, known=dt.date(2024, 3, 12))
    change_document(
        make_document(clients[1], "2024-03-05", 777, cost=7), dt.date(2024, 3, 20), net=333
    )
    make_payment(clients[0], "2024-02-25", 5000, known=dt.date(2024, 3, 18))
    with acting_system("test"):
        allocate(history=True)


def known(row, as_of):
    end = end_of_day(as_of)
    return row.known_from < end and (row.known_to is None or row.known_to >= end)


def start(as_of, months):
    return add_months(as_of + dt.timedelta(days=1), -months)


def plain(key, documents, pairs, lines, as_of):
    """One measure of one served client, from lists of facts: None where it is missing.

    ``lines`` gives the family by document; the new version of a changed document has none here.
    """
    invoices = [d for d in documents if d.type == "invoice"]
    year = [d for d in documents if d.date >= start(as_of, 12)]
    before = [d for d in documents if start(as_of, 24) <= d.date < start(as_of, 12)]
    year_invoices = [d for d in year if d.type == "invoice"]
    first = min((d.date for d in invoices), default=None)
    revenue = sum(d.net for d in year)
    costed = [d for d in year if d.costed_net or d.cost]
    profit = None if year and not costed else sum(d.costed_net - d.cost for d in year)

    def window(far, near):
        return [d for d in year if start(as_of, far) <= d.date < start(as_of, near)]

    match key:
        case "revenue":
            return revenue
        case "profit":
            return profit
        case "profit_cost_share":
            return 100 * sum(d.costed_net for d in year) / revenue if revenue > 0 else None
        case "regular_profit":
            quarters = sum(
                any(d.type == "invoice" for d in window(far, far - 3)) for far in (3, 6, 9, 12)
            )
            return profit if quarters >= 3 else 0
        case "average_invoice":
            return mean(d.net for d in year_invoices) if year_invoices else None
        case "tenure":
            return (as_of - first).days / 30.4375 if first else None
        case "invoices":
            return len(year_invoices)
        case "growth":
            old = sum(d.net for d in before)
            whole = first and first <= start(as_of, 21)
            return 100 * (revenue - old) / old if old > 0 and whole else None
        case "breadth":
            families = {lines[d.pk] for d in year_invoices if d.pk in lines}
            return len(families) if families or not year_invoices else None
        case "volatility":
            if not first or first > start(as_of, 12) or revenue <= 0:
                return None
            months = [float(sum(d.net for d in window(n + 1, n))) for n in range(12)]
            return pstdev(months) / mean(months)
        case "recency":
            return (as_of - max(d.date for d in invoices)).days if first else None
        case "rhythm":
            days = sorted({d.date for d in invoices})
            gaps = [(b - a).days for a, b in pairwise(days)]
            return median(gaps) if len(gaps) >= 4 else None
    paid = [(d, *plain_allocation.settled(d, pairs)) for d in documents if d.gross > 0 and d.due]
    overdue = [(d, d.gross - money) for d, money, on in paid if not on and d.due < as_of]
    if key == "overdue_share":
        open_ = sum(d.gross - money for d, money, on in paid if not on)
        if open_:
            return 100 * sum(amount for _, amount in overdue) / open_
        return 0 if any(d.date >= start(as_of, 12) for d, *_ in paid) else None
    assert key == "payment_delay"
    settled = [(d, on) for d, _, on in paid if on and on >= start(as_of, 12)]
    weight = sum(d.gross for d, _ in settled) + sum(amount for _, amount in overdue)
    late = sum(d.gross * max((on - d.due).days, 0) for d, on in settled)
    late += sum(amount * (as_of - d.due).days for d, amount in overdue)
    return late / weight if weight else None


def facts(as_of):
    """{served client: its legal entities} and the facts as of the date, by legal entity."""
    groups = {
        m.member_id: m.group_id
        for m in Membership.objects.all()
        if known(m, as_of) and m.since <= as_of
    }
    served = {pk: [pk] for pk in Client.objects.values_list("pk", flat=True) if pk not in groups}
    for member, group in groups.items():
        served[group].append(member)
    documents, payments = {}, {}
    for model, found in ((Document, documents), (Payment, payments)):
        for row in model.objects.all():
            if row.date <= as_of and known(row, as_of):
                found.setdefault(row.client_id, []).append(row)
    return served, documents, payments


@pytest.mark.parametrize("as_of", (*DATES, AFTER_ALL))
def test_measures_equal_a_plain_recomputation(ledger, as_of):
    with acting_system("test"):
        assert changed_since(Moment(as_of)) == (as_of != AFTER_ALL)
        columns = compute(KEYS, as_of)
        served, documents, payments = facts(as_of)
        lines = {
            line.document_id: line.product.family_id
            for line in Line.objects.select_related("product")
        }
    assert columns.ids.tolist() == sorted(served)
    compared = 0
    for at, pk in enumerate(columns.ids.tolist()):
        own = [d for entity in served[pk] for d in documents.get(entity, [])]
        pairs = [
            pair
            for entity in served[pk]
            for pair in plain_allocation.allocate(
                documents.get(entity, []), payments.get(entity, [])
            )
        ]
        for key in KEYS:
            expected = plain(key, own, pairs, lines, as_of)
            found = columns.values[key][at]
            if expected is None:
                assert np.isnan(found), (key, pk)
            else:
                assert found == pytest.approx(float(expected), abs=1e-7), (key, pk)
                compared += 1
    assert compared > 100


@pytest.mark.parametrize("as_of", DATES)
def test_months_equal_a_plain_recomputation(ledger, as_of):
    with acting_system("test"):
        months, ids, revenue, profit = by_month(as_of, 8)
        totals = totals_by_month(as_of, 8)
        served, documents, _ = facts(as_of)
        some = by_month(as_of, 8, client_ids=ids[::3].tolist())
    assert months[-1] == as_of.replace(day=1)
    assert ids.tolist() == sorted(served)
    company = dict.fromkeys(months, Decimal(0))
    for row, pk in enumerate(ids.tolist()):
        own = [d for entity in served[pk] for d in documents.get(entity, [])]
        for column, month in enumerate(months):
            of_month = [d for d in own if d.date.replace(day=1) == month]
            net = sum(d.net for d in of_month)
            company[month] += net
            assert revenue[row, column] == pytest.approx(float(net))
            assert profit[row, column] == pytest.approx(
                float(sum(d.costed_net - d.cost for d in of_month))
            )
    assert [(month, total) for month, total, *_ in totals] == list(company.items())
    assert some[1].tolist() == ids[::3].tolist()
    np.testing.assert_allclose(some[2], revenue[::3])
    np.testing.assert_allclose(some[3], profit[::3])


def test_a_person_gets_the_months_of_the_clients_they_see():
    person = make_user(role="kam")
    own, foreign = make_client(owner=person), make_client()
    for client in (own, foreign):
        make_document(client, "2024-06-01", 100)
    with acting_as(person):
        assert by_month(DATES[-1], 1)[1].tolist() == [own.pk]
        assert by_month(DATES[-1], 1, client_ids=[foreign.pk])[1].tolist() == []
