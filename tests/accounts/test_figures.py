"""The figures of the ledger: by hand, and on real receivables against published truths."""

import csv
import datetime as dt
import gzip
import io
import json
from decimal import Decimal
from pathlib import Path

import pytest
from django.core.management import call_command
from django.utils import translation

from accounts.models import ImportBatch, QuarantinedRow
from accounts.services.allocation import allocate
from accounts.services.figures import figures
from kam.lib.scoping import ScopeMissing, acting_as, acting_system
from tests.factories import (
    change_document,
    make_client,
    make_document,
    make_group,
    make_payment,
    make_user,
)

pytestmark = pytest.mark.django_db
DATA = Path(__file__).resolve().parents[3] / "shared" / "data"


def ask(as_of=None, **options):
    with acting_system("test"):
        return figures(dt.date.fromisoformat(as_of) if as_of else None, **options).as_json()


def command(*arguments):
    out = io.StringIO()
    call_command("figures", *arguments, stdout=out)
    return out.getvalue()


def test_by_hand():
    small, large, idle = (
        make_client(name, external_id=name.lower()) for name in ("Small", "Large", "Idle")
    )
    make_group("Together", members=[small, idle])
    make_document(small, "2024-01-10", "100.01")
    make_document(small, "2024-02-10", "50.00", type="order")
    make_document(large, "2024-02-10", "300.10", vat=60)
    make_document(large, "2024-02-20", "-20.00")
    assert ask() == {
        "as_of": "2024-02-20",
        "clients": 3,
        "buying_clients": 2,
        "documents": 3,
        "gross": "400.11",
        "credits": "20.00",
        "net": "380.11",
        "mean_invoice": "200.0550",
        "median_invoice": "200.055",
        "top": [
            {"client": "large", "name": "Large", "net": "280.10"},
            {"client": "small", "name": "Small", "net": "100.01"},
        ],
        "top20_share": "0.73689195",
        "net_by_month": {"2024-01": "100.01", "2024-02": "280.10"},
        "weighted_days_to_pay": None,
        "late_share": None,
        "dso": None,
        "quarantined": {"rows": 0, "amount": "0.00"},
    }
    assert ask("2024-01-31", top=0)["net"] == "100.01"
    assert ask("2024-01-31", top=0)["top"] == []


def test_an_empty_ledger_has_no_figures_but_answers():
    found = ask()
    assert found["documents"] == found["clients"] == 0
    assert found["net"] == "0.00"
    assert found["mean_invoice"] is found["median_invoice"] is found["top20_share"] is None


def test_payment():
    client = make_client()
    in_time = make_document(client, "2024-01-01", 100, due="2024-01-31")
    late = make_document(client, "2024-01-05", 300, due="2024-01-31")
    make_document(client, "2024-02-01", 100, due="2024-03-01")
    make_payment(client, "2024-01-11", 100, document=in_time)
    make_payment(client, "2024-02-04", 300, document=late)
    make_payment(client, "2024-02-20", 50)
    with acting_system("test"):
        allocate(history=True)
    found = ask("2024-02-28")
    assert found["weighted_days_to_pay"] == "25.000000"  # (10 × 100 + 30 × 300) ÷ 400
    assert found["late_share"] == "0.50000000"
    assert found["dso"] == "9.000000"  # 50 open of 500 sold in 90 days
    before = ask("2024-02-03")
    assert before["weighted_days_to_pay"] == "10.000000"
    assert before["late_share"] == "0.00000000"
    assert before["dso"] == "72.000000"


def test_only_what_was_known():
    client = make_client()
    document = make_document(client, "2024-01-10", 100)
    change_document(document, dt.date(2024, 2, 5), net=80)
    make_document(client, "2024-01-20", 7, known=dt.date(2024, 2, 10))
    assert ask("2024-01-31")["net"] == "100.00"
    assert ask("2024-02-05")["net"] == "80.00"
    assert ask("2024-02-10")["net"] == "87.00"
    assert ask()["net"] == "87.00"  # as we know it now, though the last document is of 20 January
    assert ask()["as_of"] == "2024-01-20"


def test_quarantine():
    with acting_system("test"):
        batch = ImportBatch.objects.create(kind="documents")
        for number, (date, amount, kind) in enumerate(
            [
                ("2024-01-01", "10.50", "documents"),
                (None, None, "documents"),
                ("2024-03-01", "4.00", "documents"),
                ("2024-01-01", "9.00", "payments"),
            ]
        ):
            QuarantinedRow.objects.create(
                batch=batch, source="default", kind=kind, row=number, fingerprint=str(number),
                date=date, amount=amount, data={}, known_from=dt.datetime(2024, 1, 2, tzinfo=dt.UTC),
            )  # fmt: skip
    assert ask("2024-02-01")["quarantined"] == {"rows": 2, "amount": "10.50"}
    assert ask("2024-01-01")["quarantined"] == {"rows": 0, "amount": "0.00"}
    assert ask()["quarantined"] == {"rows": 3, "amount": "14.50"}


def test_a_person_does_not_compute_over_everybody():
    with acting_as(make_user(role="administrator")), pytest.raises(ScopeMissing):
        figures()


def test_the_command_answers_in_json_and_as_a_table():
    client = make_client("Ёлка", external_id="e1")
    make_document(client, "2024-01-10", 1234)
    found = json.loads(command("--json", "--as-of", "2024-01-31", "--top", "1"))
    assert found["top"] == [{"client": "e1", "name": "Ёлка", "net": "1234.00"}]
    with translation.override("en"):
        lines = command("--top", "1").splitlines()
    assert any(line.startswith("Revenue ") and "1,234.00" in line for line in lines)
    assert any(line.startswith("Ёлка ") for line in lines)
    assert len({len(line) for line in lines if line and not line.endswith(("s", "h"))}) == 1


@pytest.fixture
def receivables():
    """The receivables of 100 customers, each invoice paid in full on its settled date."""
    path = DATA / "ibm_accounts_receivable.csv.gz"
    if not path.exists():
        pytest.skip("needs ../shared/data beside the project")
    clients = {}

    def day(text):
        month, number, year = map(int, text.split("/"))
        return dt.date(year, month, number)

    with gzip.open(path, "rt", encoding="utf-8", newline="") as file, acting_system("test"):
        for row in csv.DictReader(file):
            key = row["customerID"]
            if key not in clients:
                clients[key] = make_client(key, external_id=key)
            document = make_document(
                clients[key],
                day(row["InvoiceDate"]),
                row["InvoiceAmount"],
                number=row["invoiceNumber"],
                due=day(row["DueDate"]),
            )
            make_payment(
                clients[key],
                day(row["SettledDate"]),
                row["InvoiceAmount"],
                document=document,
            )
        allocate(history=True)
    return json.loads((DATA / "truth_ibm_accounts_receivable.json").read_text())


def test_real_receivables_equal_their_truth(receivables):
    truth = receivables
    found = ask("2014-01-31", top=20)
    assert found["clients"] == truth["counts"]["customers"]
    assert found["documents"] == truth["counts"]["invoices"]
    assert found["net"] == truth["revenue"]["total"]
    assert found["mean_invoice"] == truth["average_invoice"]["mean"]
    assert found["median_invoice"] == truth["average_invoice"]["median"]
    assert Decimal(found["weighted_days_to_pay"]) == Decimal(
        str(truth["payment"]["weighted_days_to_settle"])
    )
    assert Decimal(found["late_share"]) == Decimal(str(truth["payment"]["late_share"]))
    assert Decimal(found["top20_share"]) == Decimal(str(truth["concentration"]["top20pct_share"]))
    assert [(one["client"], one["net"]) for one in found["top"]] == [
        (one["customer"], one["total"]) for one in truth["top20"]
    ]
    assert found["net_by_month"] == {
        month: numbers["total"] for month, numbers in truth["monthly"].items()
    }
    for day, ageing in truth["ageing"].items():
        assert Decimal(ask(day)["dso"]) == Decimal(str(ageing["dso"])), day
