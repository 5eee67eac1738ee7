"""What a process keeps of the ledger never outlives the ledger, and is never somebody's draft."""

import datetime as dt

import numpy as np
import pytest
from django.db import transaction

from accounts.models import ImportBatch
from kam.lib.scoping import ScopeMissing, acting_as, acting_system
from reports import store
from tests.factories import make_client, make_document, make_user

DAY = dt.date(2024, 6, 30)


@pytest.fixture
def reads(monkeypatch):
    """How often the documents were read; nothing is kept from before."""
    asked = []
    read = store._read
    monkeypatch.setattr(store, "_kept", store.Kept())
    monkeypatch.setattr(store, "_read", lambda day: asked.append(day) or read(day))
    return asked


def revenue() -> float:
    with acting_system("test"), transaction.atomic():
        return float(store.facts_by_client(DAY).revenue.sum())


@pytest.mark.django_db(transaction=True)
def test_a_second_look_reads_nothing_until_something_comes(reads):
    client = make_client()
    make_document(client, "2024-05-01", 100)
    assert [revenue(), revenue()] == [100, 100]
    assert len(reads) == 1
    make_document(client, "2024-06-01", 20)
    assert revenue() == 120
    assert len(reads) == 2
    with acting_system("test"):
        ImportBatch.objects.create(kind="documents", filename="more.csv")
    revenue()
    assert len(reads) == 3


@pytest.mark.django_db(transaction=True)
def test_what_a_transaction_has_written_itself_is_not_kept(reads):
    client = make_client()
    make_document(client, "2024-05-01", 100)
    revenue()
    with transaction.atomic():
        make_document(client, "2024-06-01", 20)
        assert revenue() == 120
        transaction.set_rollback(True)
    assert revenue() == 100


@pytest.mark.django_db(transaction=True)
def test_no_more_is_kept_than_allowed(reads, monkeypatch):
    make_document(make_client(), "2024-05-01", 100)
    monkeypatch.setattr(store, "KEPT_ROWS", 0)
    revenue()
    revenue()
    assert len(reads) == 2
    monkeypatch.setattr(store, "KEPT_ROWS", 10)
    monkeypatch.setattr(store, "KEPT_SECONDS", -1.0)
    revenue()
    revenue()
    assert len(reads) == 4


@pytest.mark.django_db
def test_sums_are_by_entity_and_month_in_order(reads):
    first, second = make_client(), make_client()
    for day, net in (("2024-06-30", 5), ("2024-06-01", 7), ("2024-05-31", 1), ("2022-07-01", 3)):
        make_document(second, day, net, cost=1)
    make_document(first, "2024-06-10", -4)
    make_document(first, "2022-06-30", 900)
    with acting_system("test"):
        facts = store.facts_by_client(DAY)
    assert facts.client_ids.tolist() == [first.pk, second.pk, second.pk, second.pk]
    assert facts.months.tolist() == [23, 0, 22, 23]
    assert facts.revenue.tolist() == [-4, 3, 1, 12]
    assert facts.profit.tolist() == [0, 2, 0, 10]
    assert facts.bought.tolist() == [False, True, True, True]
    assert np.diff(facts.client_ids).min() >= 0


@pytest.mark.django_db
def test_a_person_does_not_get_the_sums_of_everybody():
    with acting_as(make_user("manager")), pytest.raises(ScopeMissing):
        store.facts_by_client(DAY)
