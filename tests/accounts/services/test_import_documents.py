"""Documents from files: keys, versions, amounts, dates of knowledge, refusals, quarantine."""

import datetime as dt
from decimal import Decimal

import pytest
from django.utils import timezone

from accounts.models import (
    Client,
    ClientIdentifier,
    Document,
    ImportBatch,
    Line,
    Payment,
    Product,
    QuarantinedRow,
    Rate,
)
from kam.audit.models import Event
from kam.lib.periods import start_of_day
from tests.factories import make_client, make_user

from .importing import codes, count, rows

SALES = """
    number;date;client;client_name;product;quantity;unit_price;cost
    A-1;2024-01-10;c1;Alpha;p1;2;100.00;150
    A-1;2024-01-10;c1;Alpha;p2;1;50.00;
    A-2;2024-02-05;c2;Beta;p1;3;100.00;200
"""


def versions(number: str) -> list[tuple]:
    return rows(Document, "version", "net", "known_to", number=number)


def test_lines_of_one_key_are_one_document_and_names_are_made(load):
    report = load("documents", SALES)
    assert report.accepted == "all"
    answer = report.as_json()
    for entity, created in (("clients", 2), ("products", 2), ("documents", 2)):
        assert answer[entity] == {"created": created, "updated": 0, "unchanged": 0}
    assert rows(Document, "net", "gross", "cost", "costed_net", number="A-1") == [
        (Decimal("250.00"), Decimal("250.00"), Decimal("150.00"), Decimal("200.00"))
    ]
    assert rows(Line, "position", "net", "cost", document__number="A-1") == [
        (1, Decimal("200"), Decimal("150")),
        (2, Decimal("50"), None),
    ]
    assert set(rows(Client, "name", "lifecycle")) == {("Alpha", "active"), ("Beta", "active")}
    assert answer["totals"]["net"] == "550.00"


def test_the_same_file_twice_changes_nothing(load):
    load("documents", SALES)
    before = rows(Document), rows(Line), rows(Product), rows(Client)
    report = load("documents", SALES)
    assert report.as_json()["documents"] == {"created": 0, "updated": 0, "unchanged": 2}
    assert not report.changed_anything
    assert (rows(Document), rows(Line), rows(Product), rows(Client)) == before


def test_order_of_lines_and_spelling_of_numbers_are_no_change(load):
    load("documents", SALES)
    report = load(
        "documents",
        """
        number;date;client;client_name;product;quantity;unit_price;cost
        A-1;2024-01-10;c1;Alpha;p2;1,0;50;
        A-1;2024-01-10;c1;Alpha;p1;2,00;100,0;150,00
        """,
    )
    assert report.as_json()["documents"] == {"created": 0, "updated": 0, "unchanged": 1}


def test_overlapping_files_merge_and_missing_documents_stay(load):
    load("documents", SALES)
    report = load(
        "documents",
        """
        number;date;client;product;quantity;unit_price;cost
        A-2;2024-02-05;c2;p1;3;100.00;200
        A-3;2024-03-01;c2;p1;1;100.00;
        """,
    )
    assert report.as_json()["documents"] == {"created": 1, "updated": 0, "unchanged": 1}
    assert count(Document, known_to=None) == 3


def test_a_changed_document_is_a_new_version(load):
    load("documents", SALES)
    moment = timezone.now()
    report = load("documents", SALES.replace("c2;Beta;p1;3", "c2;Beta;p1;4"))
    assert report.as_json()["documents"] == {"created": 0, "updated": 1, "unchanged": 1}
    (old, new) = versions("A-2")
    assert old[:2] == (1, Decimal("300.00"))
    assert new == (2, Decimal("400.00"), None)
    assert old[2] >= moment
    known = rows(Document, "known_from", number="A-2", version=2)
    assert known == [(old[2],)]
    assert count(Line, document__number="A-2") == 2  # the lines of the old version stay


def test_a_change_that_was_recorded_earlier_is_known_since_then(load):
    text = """
        number;date;client;amount;recorded
        A-1;2024-01-10;c1;{amount};{recorded}
    """
    load("documents", text.format(amount=100, recorded="2024-01-15"))
    load("documents", text.format(amount=120, recorded="2024-02-20"))
    first, second = dt.date(2024, 1, 15), dt.date(2024, 2, 20)
    assert rows(Document, "net", "known_from", "known_to") == [
        (Decimal("100.00"), start_of_day(first), start_of_day(second)),
        (Decimal("120.00"), start_of_day(second), None),
    ]


def test_when_facts_are_known(load):
    text = "number;date;client;amount\n{};2024-01-10;c1;100\n"
    before = timezone.now()
    load("documents", text.format("H-1"))
    load("documents", text.format("H-2"))
    load("documents", text.format("H-3"), history=True)
    load("documents", text.format("N-1"), source="other", history=False)
    known = dict(rows(Document, "number", "known_from"))
    own_date = start_of_day(dt.date(2024, 1, 10))
    assert known["H-1"] == known["H-3"] == own_date
    assert known["H-2"] >= before
    assert known["N-1"] >= before


def test_numbers_start_again_every_year_and_in_every_source(load):
    text = """
        number;date;client;amount;organisation;type
        1;2023-05-01;c1;10;;invoice
        1;2024-05-01;c1;20;;invoice
        1;2024-05-02;c1;30;North;invoice
        1;2024-05-03;c1;40;;order
    """
    assert load("documents", text).entities["documents"].created == 4
    other = load("documents", text, source="other")
    assert other.entities["documents"].created == 4
    again = load("documents", text)
    assert again.entities["documents"].unchanged == 4


def test_one_bad_line_refuses_its_whole_document(load):
    report = load("documents", SALES.replace("p2;1;50.00", "p2;one;50.00"))
    assert (report.accepted, report.exit_code) == ("partial", 1)
    assert codes(report) == [(3, "number.invalid")]
    assert [number for (number,) in rows(Document, "number")] == ["A-2"]
    assert count(Client, name="Alpha") == 0


def test_a_refused_file_writes_nothing(load):
    report = load("documents", SALES.replace("p2;1;50.00", "p2;one;50.00"), on_error="reject")
    assert (report.accepted, report.exit_code) == ("reject", 2)
    assert report.as_json()["errors"][0]["row"] == 3
    for model in (Document, Client, Product, ImportBatch):
        if model is Product:
            assert not Product.objects.exists()
        else:
            assert count(model) == 0


def test_a_dry_run_reports_all_and_writes_nothing(load):
    report = load("documents", SALES, dry_run=True)
    assert report.entities["documents"].created == 2
    assert report.totals["net"] == Decimal("550.00")
    assert (count(Document), count(Client), count(ImportBatch)) == (0, 0, 0)


@pytest.mark.parametrize(
    "line, code",
    [
        ("A-1;2024-01-11;c1;EUR;5;2024-01-15", "document.dates_differ"),
        ("A-1;2024-01-10;c2;EUR;5;2024-01-15", "document.clients_differ"),
        ("A-1;2024-01-10;c1;USD;5;2024-01-15", "document.currencies_differ"),
        ("A-1;2024-01-10;c1;EUR;5;2024-01-16", "document.recorded_differ"),
    ],
)
def test_lines_of_a_document_agree(load, line, code):
    for currency in ("EUR", "USD"):
        Rate.objects.create(currency=currency, date=dt.date(2024, 1, 1), rate=Decimal(90))
    report = load(
        "documents",
        f"number;date;client;currency;amount;recorded\n"
        f"A-1;2024-01-10;c1;EUR;5;2024-01-15\n{line}\nA-2;2024-01-10;c9;EUR;1;2024-01-15\n",
    )
    assert codes(report) == [(3, code)]
    assert rows(Document, "number") == [("A-2",)]
    assert count(Client) == 1


def test_foreign_currency_is_converted_at_the_day_and_needs_a_rate(load):
    Rate.objects.create(currency="USD", date=dt.date(2024, 1, 1), rate=Decimal("90.5"))
    Rate.objects.create(currency="USD", date=dt.date(2024, 2, 1), rate=Decimal("100"))
    report = load(
        "documents",
        """
        number;date;client;product;quantity;unit_price;currency;settled
        U-0;2023-12-31;c1;p;1;10.00;USD;
        U-1;2024-01-31;c1;p;1;10.00;USD;2024-02-10
        U-2;2024-02-01;c1;p;1;10.00;USD;
        R-1;2024-02-01;c1;p;1;10.00;RUB;
        """,
    )
    assert codes(report) == [(2, "currency.no_rate")]
    assert rows(Document, "number", "net", "currency", "rate") == [
        ("U-1", Decimal("905.00"), "USD", Decimal("90.5")),
        ("U-2", Decimal("1000.00"), "USD", Decimal("100")),
        ("R-1", Decimal("10.00"), "RUB", Decimal("1")),
    ]
    assert rows(Line, "net", document__number="U-1") == [(Decimal("905"),)]
    assert rows(Payment, "amount", "date") == [(Decimal("905.00"), dt.date(2024, 2, 10))]
    # A later rate does not make the same file look changed.
    Rate.objects.filter(date=dt.date(2024, 2, 1)).update(rate=Decimal("101"))
    again = load(
        "documents",
        "number;date;client;product;quantity;unit_price;currency\n"
        "U-2;2024-02-01;c1;p;1;10.00;USD\n",
    )
    assert again.entities["documents"].unchanged == 1


def test_prices_of_more_than_two_decimals_round_the_document(load):
    load(
        "documents",
        """
        number;date;client;quantity;unit_price;discount
        X-1;2024-01-10;c1;3;0.335;0
        X-1;2024-01-10;c1;3;0.335;0
        X-2;2024-01-10;c1;3;0.33;5%
        X-2;2024-01-10;c1;3;0.33;5%
        """,
    )
    # 2 × 1.005 = 2.01 exactly; 0.9405 is rounded to 0.94 on each line.
    assert rows(Document, "number", "net") == [("X-1", Decimal("2.01")), ("X-2", Decimal("1.88"))]
    assert rows(Line, "net", document__number="X-1") == [(Decimal("1.005"),)] * 2


def test_a_header_alone_is_a_document_without_lines(load):
    load("documents", "number;date;client;amount;due\nB-1;2024-01-10;c1;99.90;2024-02-10\n")
    assert rows(Document, "net", "due") == [(Decimal("99.90"), dt.date(2024, 2, 10))]
    assert count(Line) == 0


def test_settled_is_a_payment_in_full_and_comes_once(load):
    text = "number;date;client;amount;settled\nB-1;2024-01-10;c1;99.90;{}\n"
    report = load("documents", text.format("2024-02-01"))
    assert report.entities["payments"].created == 1
    assert rows(Document, "paid", "settled_on") == [(Decimal("99.90"), dt.date(2024, 2, 1))]
    again = load("documents", text.format("2024-02-01"))
    assert again.entities["payments"].unchanged == 1
    later = load("documents", text.format("2024-03-01"))
    assert later.entities["payments"].updated == 1
    assert later.entities["documents"].unchanged == 1
    assert rows(Document, "settled_on") == [(dt.date(2024, 3, 1),)]
    gone = load("documents", text.format(""))
    assert gone.entities["payments"].updated == 1
    assert count(Payment, known_to=None) == 0
    assert rows(Document, "paid", "settled_on") == [(Decimal("0.00"), None)]


def test_credit_notes_are_negative_and_orders_are_no_revenue(load):
    report = load(
        "documents",
        """
        number;date;client;type;product;quantity;unit_price;promised;shipped
        1;2024-01-10;c1;invoice;p;2;50.00;;
        2;2024-01-11;c1;credit note;p;1;50.00;;
        3;2024-01-12;c2;order;p;5;50.00;2024-01-20;2024-01-18
        3;2024-01-12;c2;order;q;5;50.00;2024-01-22;2024-01-25
        4;2024-01-12;c2;order;q;5;50.00;2024-01-22;
        5;2024-01-13;c2;payment request;p;5;50.00;;
        """,
    )
    totals = report.as_json()["totals"]
    assert (totals["gross"], totals["credits"], totals["net"]) == ("100.00", "50.00", "50.00")
    assert (totals["invoices"], totals["credit_notes"], totals["orders"]) == (1, 1, 2)
    assert rows(Document, "net", type="credit_note") == [(Decimal("-50.00"),)]
    assert rows(Document, "promised", "shipped", type="order") == [
        (dt.date(2024, 1, 22), dt.date(2024, 1, 25)),
        (dt.date(2024, 1, 22), None),
    ]
    assert count(Client, lifecycle="active") == 1  # an order alone is no purchase


def test_rows_without_a_client_wait_in_quarantine_once(load):
    text = """
        number;date;client;product;quantity;unit_price
        Q-1;2024-01-10;;p;2;10.00
        Q-1;2024-01-10;;p;2;10.00
        Q-2;2024-01-11;c1;p;1;10.00
    """
    report = load("documents", text)
    assert report.accepted == "all"
    assert report.exit_code == 0
    assert report.as_json()["quarantined"] == {"rows": 2, "amount": "40.00"}
    assert (count(QuarantinedRow), count(Document), count(Client)) == (2, 1, 1)
    load("documents", text)
    overlapping = load("documents", text + "    Q-3;2024-01-12;;p;1;5.00\n")
    assert overlapping.quarantined_rows == 3
    assert count(QuarantinedRow) == 3
    assert rows(QuarantinedRow, "row", "date", "amount")[0] == (
        2,
        dt.date(2024, 1, 10),
        Decimal("20.00"),
    )
    # Products of rows that wait are not made either.
    assert Product.objects.count() == 1


def test_a_line_without_a_client_belongs_to_its_document(load):
    load("documents", "number;date;client;amount\nA;2024-01-10;;5\nA;2024-01-10;c1;7\n")
    assert rows(Document, "net") == [(Decimal("12.00"),)]


def test_ambiguous_clients_refuse_the_document(load):
    make_client("Twin", inn="7799100000", kpp="779901001")
    make_client("Twin", inn="7799100000", kpp="784543001")
    report = load(
        "documents",
        "number;date;client_name;inn;kpp;amount\n"
        "A;2024-01-10;Twin;7799100000;;5\n"
        "B;2024-01-10;Twin;7799100000;784543001;7\n",
    )
    assert codes(report) == [(2, "client.ambiguous")]
    assert rows(Document, "number", "client__kpp") == [("B", "784543001")]


def test_too_large_numbers_are_errors_and_not_failures(load):
    report = load(
        "documents",
        "number;date;client;amount\nA;2024-01-10;c1;99999999999999999999\nB;2024-01-10;c1;1\n",
    )
    assert [row for row, _code in codes(report)] == [2]
    assert rows(Document, "number") == [("B",)]


def test_products_by_code_by_name_and_with_families(load):
    load(
        "products",
        "code;name;family;cost\np1;Bolt;Fasteners;1,50\np2;Nut;Fasteners;\np3;Saw;Tools;900\n",
    )
    load(
        "documents",
        """
        number;date;client;product;product_name;amount
        A;2024-01-10;c1;;Bolt;5
        B;2024-01-10;c1;p2;Nut M8;7
        C;2024-01-10;c1;;Hammer;7
        """,
    )
    assert dict(rows(Line, "document__number", "product__code")) == {
        "A": "p1",
        "B": "p2",
        "C": "Hammer",
    }
    named = Product.objects.order_by("pk").values_list("name", "family__name", "cost")
    assert list(named) == [
        ("Bolt", "Fasteners", Decimal("1.5")),
        ("Nut M8", "Fasteners", None),
        ("Saw", "Tools", Decimal("900")),
        ("Hammer", None, None),
    ]


def test_what_an_import_leaves_behind(load):
    person = make_user(email="anna@example.com", language="en")
    load("documents", SALES, asked_by=person)
    ((source, kind, history, asked_by, report),) = rows(
        ImportBatch, "source", "kind", "history", "asked_by__email", "report"
    )
    assert (source, kind, history, asked_by) == ("default", "documents", True, "anna@example.com")
    assert report["documents"]["created"] == 2
    ((actor, details),) = rows(Event, "actor_id", "details", action="import")
    assert actor == person.pk
    assert len(details["sha256"]) == 64
    assert details["documents"] == {"created": 2, "updated": 0, "unchanged": 0}


def test_names_in_the_column_of_ids_mean_the_clients_of_these_names(load):
    load("clients", "external_id;name\n01;Alpha\n02;Beta\n03;Twin\n04;Twin\n")
    report = load(
        "documents",
        """
        number;date;client;amount
        A;2024-01-10;Alpha;5
        B;2024-01-11;02;7
        C;2024-01-12;Twin;7
        D;2024-01-13;Gamma;7
        """,
    )
    assert codes(report) == [(4, "client.ambiguous")]
    assert report.as_json()["clients"] == {"created": 1, "updated": 0, "unchanged": 2}
    payments = load("payments", "number;date;client;amount\n1;2024-02-01;Alpha;5\n")
    assert payments.quarantined_rows == 0
    assert rows(Payment, "client__name") == [("Alpha",)]
    # A name does not become an id of the client, and the next file finds the same clients.
    assert rows(ClientIdentifier, "external_id", client__name="Alpha") == [("01",)]
    again = load("documents", "number;date;client;amount\nA;2024-01-10;Alpha;5\n")
    assert again.entities["documents"].unchanged == 1


def test_equal_ids_of_two_systems_are_two_clients(load):
    """Documents with ids alone name their clients by them; that is no name to be known by."""
    text = "number;date;client;amount\nA;2024-01-10;17;5\n"
    load("documents", text, source="first")
    load("documents", text, source="second")
    assert count(Client, name="17") == 2
