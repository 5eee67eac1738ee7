"""Payments against documents: the rule by hand, and against the plain rule on random ledgers."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from accounts.models import Allocation, Document, Payment
from accounts.selectors.facts import allocations_as_of, documents_as_of, payments_as_of
from accounts.services.allocation import allocate
from kam.lib.scoping import ScopeMissing, acting_as, acting_system
from tests.accounts import plain_allocation
from tests.factories import (
    change_document,
    make_client,
    make_document,
    make_payment,
    make_user,
)

pytestmark = pytest.mark.django_db
DAY = dt.date(2024, 1, 1)


def run(**options):
    with acting_system("test"):
        return allocate(**options)


def rows(queryset=None):
    """{(document, giver, day of the month, amount, rule)} of the current allocations."""
    with acting_system("test"):
        queryset = Allocation.objects.filter(known_to=None) if queryset is None else queryset
        return {
            (
                a.document.number,
                a.payment.key if a.payment else a.credit_note.number,
                a.date,
                a.amount,
                a.rule,
            )
            for a in queryset.select_related("document", "payment", "credit_note")
        }


def header(document):
    with acting_system("test"):
        found = Document.objects.get(pk=document.pk)
    return found.paid, found.settled_on


def test_oldest_first_and_the_rest_stays_open():
    client = make_client()
    first = make_document(client, "2024-01-01", 100, vat=20)
    second = make_document(client, "2024-01-10", 100)
    make_payment(client, "2024-01-05", 50)
    make_payment(client, "2024-01-20", 100)
    assert run().added == 3
    assert header(first) == (120, dt.date(2024, 1, 20))
    assert header(second) == (30, None)


def test_the_payer_names_the_document():
    client, other = make_client(), make_client()
    old, named = make_document(client, "2024-01-01"), make_document(client, "2024-01-02")
    same_number = make_document(other, "2024-01-02", number=named.number, source="other")
    make_payment(client, "2024-01-05", 130, document=named)
    run()
    assert header(named) == (100, dt.date(2024, 1, 5))
    assert header(old) == (30, None)
    assert header(same_number) == (0, None)


def test_of_several_of_one_number_the_latest_before_the_payment():
    client = make_client()
    documents = [make_document(client, f"{year}-03-01", number="15") for year in (2022, 2023, 2024)]
    make_payment(client, "2023-04-01", 100, document="15")
    run()
    assert [header(document)[0] for document in documents] == [0, 100, 0]


def test_an_advance_pays_on_the_day_of_the_document():
    client = make_client()
    make_payment(client, "2024-01-05", 100)
    document = make_document(client, "2024-01-20", 80)
    run()
    assert header(document) == (80, dt.date(2024, 1, 20))


def test_a_credit_note_pays_the_oldest_from_its_date_on():
    client = make_client()
    first, second = make_document(client, "2024-01-01"), make_document(client, "2024-01-02")
    make_document(client, "2024-01-08", -150)
    run()
    assert header(first) == (100, dt.date(2024, 1, 8))
    assert header(second) == (50, None)


def test_money_given_back_is_not_there_to_pay_later_documents():
    client = make_client()
    make_payment(client, "2024-01-01", 100)
    make_payment(client, "2024-01-02", -60)
    document = make_document(client, "2024-01-03")
    run()
    assert header(document) == (40, None)


def test_orders_and_payment_requests_are_never_paid():
    client = make_client()
    order = make_document(client, "2024-01-01", type="order")
    make_payment(client, "2024-01-05", 100, document=order)
    run()
    assert header(order) == (0, None)
    assert rows() == set()


def test_a_second_run_changes_nothing():
    client = make_client()
    make_document(client, "2024-01-01", 70)
    make_payment(client, "2024-01-05", 100)
    run()
    again = run()
    assert (again.added, again.displaced, again.documents) == (0, 0, 0)
    again = run(history=True)
    assert again.added == again.displaced == 1
    assert again.documents == 0


def test_only_the_clients_asked_for():
    one, two = make_client(), make_client()
    for client in (one, two):
        make_document(client, "2024-01-01")
        make_payment(client, "2024-01-05")
    assert run(client_ids=[one.pk]).added == 1
    assert run(client_ids=[]).added == 0
    assert run().added == 1


def test_what_a_late_payment_displaces_is_kept():
    client = make_client()
    first, second = make_document(client, "2024-01-01"), make_document(client, "2024-01-02")
    make_payment(client, "2024-01-10", 100, key="on time")
    run()
    make_payment(client, "2024-01-05", 100, key="late", known=dt.date(2024, 1, 20))
    at = dt.datetime(2024, 1, 20, 12, tzinfo=dt.UTC)
    changes = run(at=at)
    assert (changes.added, changes.displaced, changes.documents) == (2, 1, 2)
    assert header(first) == (100, dt.date(2024, 1, 5))
    assert header(second) == (100, dt.date(2024, 1, 10))
    with acting_system("test"):
        before = rows(allocations_as_of(dt.date(2024, 1, 19)))
    assert {(row[0], row[1]) for row in before} == {(first.number, "on time")}
    live = {
        (a.document_id, a.payment_id, a.known_from, a.known_to) for a in Allocation.unscoped.all()
    }
    run(history=True)  # noon in the company's zone, when the payment became known
    told = {(a.document_id, a.payment_id) for a in Allocation.unscoped.all()}
    assert told == {row[:2] for row in live}
    with acting_system("test"):
        assert rows(allocations_as_of(dt.date(2024, 1, 19))) == before


def test_a_person_may_not_allocate():
    with acting_as(make_user(role="administrator")), pytest.raises(ScopeMissing):
        allocate()


# --- Random ledgers ---------------------------------------------------------------------------

days = st.integers(0, 12).map(lambda number: DAY + dt.timedelta(days=number))
lateness = st.one_of(st.just(0), st.just(0), st.integers(0, 6))
amounts = st.integers(1, 30).map(lambda tens: Decimal(tens) * Decimal("10.01"))
document_facts = st.tuples(
    days,
    st.one_of(amounts, amounts, amounts.map(lambda amount: -amount)),
    st.sampled_from(["1", "2", "3", ""]),
    lateness,
    st.one_of(st.none(), st.none(), st.tuples(st.integers(1, 8), amounts)),
)
payment_facts = st.tuples(
    days,
    st.one_of(amounts, amounts, amounts, amounts.map(lambda amount: -amount)),
    st.sampled_from(["", "", "1", "2", "3", "nothing"]),
    lateness,
)
ledgers = st.lists(
    st.tuples(st.lists(document_facts, max_size=6), st.lists(payment_facts, max_size=6)),
    min_size=1,
    max_size=3,
)


def write(ledger):
    for documents, payments in ledger:
        client = make_client()
        for serial, (date, gross, number, late, change) in enumerate(documents):
            known = date + dt.timedelta(days=late)
            document = make_document(
                client,
                date,
                gross,
                number=f"{number or 'x'}",
                source=f"{client.pk}/{serial}",
                known=known,
            )
            if change:
                change_document(document, known + dt.timedelta(days=change[0]), net=change[1])
        for date, amount, number, late in payments:
            make_payment(
                client, date, amount, document=number, known=date + dt.timedelta(days=late)
            )


def plain(as_of):
    """The rule applied to the facts as of a date: {(document, giver, date, amount, rule)}."""
    documents, payments = {}, {}
    for document in documents_as_of(as_of):
        documents.setdefault(document.client_id, []).append(document)
    for payment in payments_as_of(as_of):
        payments.setdefault(payment.client_id, []).append(payment)
    return [
        pair
        for client_id in documents
        for pair in plain_allocation.allocate(documents[client_id], payments.get(client_id, []))
    ]


def identity(pairs):
    return {
        (d.pk, giver.pk, isinstance(giver, Payment), date, amount, rule)
        for d, giver, date, amount, rule in pairs
    }


def stored(queryset):
    return {
        (
            a.document_id,
            a.payment_id or a.credit_note_id,
            bool(a.payment_id),
            a.date,
            a.amount,
            a.rule,
        )
        for a in queryset
    }


@settings(
    max_examples=25,
    deadline=None,
    phases=(Phase.explicit, Phase.generate),  # shrinking would take minutes in the database
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(ledger=ledgers)
def test_allocations_as_of_any_day_are_the_rule_on_the_facts_as_of_that_day(ledger, db):
    with acting_system("test"), transaction.atomic():
        write(ledger)
        allocate(history=True)
        for number in range(0, 34, 3):
            as_of = DAY + dt.timedelta(days=number)
            assert stored(allocations_as_of(as_of)) == identity(plain(as_of)), as_of
        final = plain(dt.date(2030, 1, 1))
        assert stored(Allocation.objects.filter(known_to=None)) == identity(final)
        for document in Document.objects.filter(known_to=None, gross__gt=0):
            assert (document.paid, document.settled_on) == plain_allocation.settled(document, final)
        transaction.set_rollback(True)
