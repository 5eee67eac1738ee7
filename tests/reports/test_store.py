"""What is kept of the ledger never outlives the ledger, is never somebody's draft, and comes to the
same as adding up the documents one by one."""

import datetime as dt
import random
from collections import defaultdict
from decimal import Decimal

import numpy as np
import pytest
from django.db import connection, transaction

from accounts.measures.reading import EPOCH
from accounts.models import Document, ImportBatch
from accounts.selectors.facts import revenue_documents
from kam.lib import kept_arrays
from kam.lib.scoping import ScopeMissing, acting_as, acting_system
from reports import store
from reports.inputs import kept
from reports.services import ledger
from tests.factories import make_client, make_document, make_user

DAY = dt.date(2024, 6, 30)


@pytest.fixture
def reads(monkeypatch, settings, tmp_path):
    """How often the documents were read; nothing is kept from before."""
    asked = []
    settings.HOME = tmp_path
    monkeypatch.setattr(kept, "_kept", kept.Kept())
    monkeypatch.setattr(kept, "read", lambda day: asked.append(day) or store.read(day))
    return asked


def revenue() -> float:
    with acting_system("test"), transaction.atomic():
        return float(kept.facts_by_client(DAY).revenue.sum())


def counted():
    """The server tells of what this connection has changed; by itself it takes some seconds."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_force_next_flush()")


def another_process(monkeypatch):
    monkeypatch.setattr(kept, "_kept", kept.Kept())


@pytest.mark.django_db(transaction=True)
def test_a_second_look_reads_nothing_until_something_comes(reads):
    client = make_client()
    make_document(client, "2024-05-01", 100)
    counted()
    assert [revenue(), revenue()] == [100, 100]
    assert len(reads) == 1
    make_document(client, "2024-06-01", 20)
    counted()
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
    counted()
    monkeypatch.setattr(kept, "KEPT_ROWS", 0)
    revenue()
    revenue()
    assert len(reads) == 2
    monkeypatch.setattr(kept, "KEPT_ROWS", 10)
    monkeypatch.setattr(kept, "KEPT_SECONDS", -1.0)
    revenue()
    revenue()
    assert len(reads) == 4


@pytest.mark.django_db(transaction=True)
def test_another_process_reads_the_file_and_whatever_changes_makes_it_worthless(
    reads, monkeypatch, tmp_path
):
    client = make_client()
    make_document(client, "2024-05-01", 100)
    make_document(client, "2024-06-01", 20)
    counted()
    assert revenue() == 120
    another_process(monkeypatch)
    assert revenue() == 120
    assert len(reads) == 1
    (file,) = (tmp_path / "kept").iterdir()
    assert file.stat().st_mode & 0o077 == 0
    # No document and no import has come: only the server's own count tells of these.
    with acting_system("test"):
        Document.objects.filter(net=20).update(net=30)
    counted()
    assert revenue() == 130
    with acting_system("test"):
        Document.objects.filter(net=100).delete()
    counted()
    another_process(monkeypatch)
    assert revenue() == 30
    assert len(reads) == 3
    assert len(list((tmp_path / "kept").iterdir())) <= kept.FILES
    for file in (tmp_path / "kept").iterdir():
        file.write_bytes(file.read_bytes()[:100])
    another_process(monkeypatch)
    assert revenue() == 30
    assert len(reads) == 4


@pytest.mark.django_db(transaction=True)
def test_a_job_reads_ahead_of_people_and_once(reads, monkeypatch):
    make_document(make_client(), dt.date.today() - dt.timedelta(days=3), 100)
    counted()
    with acting_system("test"):
        assert [ledger.read_ahead(), ledger.read_ahead()] == [1, 0]
        day = reads[0]
        assert float(kept.facts_by_client(day).revenue.sum()) == 100
    assert len(reads) == 1
    monkeypatch.setattr(kept_arrays, "_FOLDER", "nowhere/deep")
    another_process(monkeypatch)
    with acting_system("test"):
        assert float(kept.facts_by_client(day).revenue.sum()) == 100


@pytest.mark.django_db
def test_sums_are_those_of_the_documents_one_by_one():
    chance = random.Random(5)
    clients = [make_client() for _ in range(4)]
    for _ in range(120):
        day = DAY - dt.timedelta(days=chance.randrange(-40, 2_400))
        net = Decimal(chance.randrange(-50_000, 9_000_000)) / 100
        kind = "credit_note" if net < 0 else chance.choice(("invoice", "invoice", "order"))
        row = make_document(chance.choice(clients), day, net, cost=net / 3, type=kind)
        if chance.random() < 0.15:
            Document.unscoped.filter(pk=row.pk).update(known_to=row.known_from)
    with acting_system("test"):
        found = store.read(DAY)
        rows = list(revenue_documents(DAY).values_list(
            "client_id", "date", "type", "net", "costed_net", "cost"
        ))  # fmt: skip
    edges = store.month_edges(DAY, store.LONG_MONTHS)
    long, short, first = defaultdict(Decimal), defaultdict(lambda: [Decimal(0)] * 2 + [False]), {}
    older = set()
    for client, day, kind, net, costed, cost in rows:
        month = sum(edge <= day for edge in edges) - 1
        if month < 0:
            older |= {client} if kind == "invoice" else set()
            continue
        if kind == "invoice":
            first[client] = min(day, first.get(client, day))
        long[client, month] += net
        if month >= store.LONG_MONTHS - store.MONTHS:
            cell = short[client, month - store.LONG_MONTHS + store.MONTHS]
            cell[0], cell[1], cell[2] = (
                cell[0] + net,
                cell[1] + costed - cost,
                cell[2] or kind == "invoice",
            )
    assert len(short) >= 20
    assert len(older) > 1
    one, five = found.short, found.long
    assert list(zip(five.client_ids.tolist(), five.months.tolist(), strict=True)) == sorted(long)
    assert five.revenue.tolist() == [float(long[cell]) for cell in sorted(long)]
    assert list(zip(one.client_ids.tolist(), one.months.tolist(), strict=True)) == sorted(short)
    assert one.revenue.tolist() == [float(short[cell][0]) for cell in sorted(short)]
    assert one.profit.tolist() == [float(short[cell][1]) for cell in sorted(short)]
    assert one.bought.tolist() == [short[cell][2] for cell in sorted(short)]
    days = [(first[client] - EPOCH).days for client in sorted(first)]
    assert (five.entity_ids.tolist(), five.first_days.tolist()) == (sorted(first), days)
    assert set(five.older.tolist()) == older


@pytest.mark.django_db
def test_sums_are_by_entity_and_month_in_order(reads):
    first, second = make_client(), make_client()
    for day, net in (("2024-06-30", 5), ("2024-06-01", 7), ("2024-05-31", 1), ("2022-07-01", 3)):
        make_document(second, day, net, cost=1)
    make_document(first, "2024-06-10", -4)
    make_document(first, "2022-06-30", 900)
    with acting_system("test"):
        facts = store.read(DAY).short
    assert facts.client_ids.tolist() == [first.pk, second.pk, second.pk, second.pk]
    assert facts.months.tolist() == [23, 0, 22, 23]
    assert facts.revenue.tolist() == [-4, 3, 1, 12]
    assert facts.profit.tolist() == [0, 2, 0, 10]
    assert facts.bought.tolist() == [False, True, True, True]
    assert np.diff(facts.client_ids).min() >= 0


@pytest.mark.django_db
def test_a_person_does_not_get_the_sums_of_everybody():
    with acting_as(make_user("manager")), pytest.raises(ScopeMissing):
        kept.facts_by_client(DAY)
