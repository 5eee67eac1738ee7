"""The samples beside the project come in with the outcome that stands in expected.json."""

import json
from decimal import Decimal

import pytest
from django.db.models import F, Q, Sum

from accounts.models import Client, Contact, Document, Membership, Payment
from kam.lib.scoping import acting_system

from .importing import codes, count, rows, shared


@pytest.fixture
def expected():
    return json.loads(shared("samples", "expected.json").read_text())["files"]


@pytest.fixture
def sample(load):
    def take(name, kind, **options):
        return load.file(kind, shared("samples", name), **options)

    return take


@pytest.fixture
def company(sample):
    """Clients and documents of the sample company."""
    sample("1c_kontragenty_cp1251.csv", "clients")
    return sample("1c_realizaciya_stroki_cp1251.csv", "documents")


def test_clients_of_1c(sample, expected):
    report = sample("1c_kontragenty_cp1251.csv", "clients")
    assert report.as_json()["clients"] == {"created": 40, "updated": 0, "unchanged": 0}
    assert report.accepted == "all"
    facts = expected["1c_kontragenty_cp1251.csv"]
    assert count(Client) == facts["accounts"]
    assert count(Client, kind="sole_trader") == facts["individual_entrepreneurs"]
    assert count(Client, kpp="") == 40 - facts["with_kpp"]
    assert count(Client, identifiers__external_id="000000001") == 1


def test_documents_of_1c(company, expected):
    facts = expected["1c_realizaciya_stroki_cp1251.csv"]
    assert company.accepted == "all"
    assert company.as_json()["clients"]["created"] == 0
    assert company.entities["documents"].created == facts["documents"]
    assert company.totals["invoices"] == facts["invoices"]
    assert company.totals["credit_notes"] == facts["returns"]
    assert company.totals["with_vat"] == Decimal(facts["net"])
    with acting_system("test"):
        sums = Document.objects.aggregate(
            sales=Sum("gross", filter=Q(type="invoice")),
            returns=Sum("gross", filter=Q(type="credit_note")),
            apart=Sum("net") + Sum("vat"),
        )
        buyers = Client.objects.filter(documents__isnull=False).annotate(
            total=Sum("documents__gross")
        )
        top = buyers.order_by("-total")[:5]
        assert [[client.inn, str(client.total)] for client in top] == facts["top5_net_by_inn"]
    assert sums["sales"] == Decimal(facts["sales_total_incl_vat"])
    assert sums["returns"] == -Decimal(facts["returns_total_incl_vat"])
    assert sums["apart"] == Decimal(facts["net"])
    bought = len(set(rows(Document, "client", type="invoice")))
    assert count(Client, lifecycle="active") == bought


def test_three_files_of_the_same_payments(company, sample, expected, load, tmp_path):
    facts = expected["excel_ru_platezhi_cp1251.csv"]
    first = sample("excel_ru_platezhi_cp1251.csv", "payments")
    assert first.entities["payments"].created == facts["payments"]
    assert first.totals["amount"] == Decimal(facts["total"])
    again = sample("excel_ru_platezhi_utf8bom.csv", "payments")
    third = tmp_path / "platezhi.csv"
    text = shared("samples", "excel_ru_platezhi_utf8bom.csv").read_text("utf-8-sig")
    third.write_bytes(text.replace(";", "\t").encode("utf-16"))
    for report in (again, load.file("payments", third)):
        assert report.accepted == "all"
        assert report.as_json()["payments"] == {"created": 0, "updated": 0, "unchanged": 96}
    assert count(Payment) == 96
    assert rows(Payment, "client__inn", "document_number", number="101") == [
        ("7799100000", "00УТ-000001")
    ]
    with acting_system("test"):
        named = Q(allocations__rule="exact", allocations__known_to=None)
        by_name = Document.objects.filter(type="invoice").annotate(
            named=Sum("allocations__amount", filter=named)
        )
        assert by_name.filter(named=F("gross")).count() == facts["invoices_fully_paid"]
        total = Payment.objects.aggregate(total=Sum("amount"))["total"]
    assert total == Decimal(facts["total"])


def test_duplicates_become_one_client(sample, expected):
    report = sample("n02_duplicates.csv", "clients")
    assert report.accepted == "all"
    assert report.entities["clients"].created == expected["n02_duplicates.csv"]["accounts_created"]
    assert count(Client, inn="7799100000") == 2  # the company and its branch
    assert count(Client, name='ООО "Ромашка"') == 2
    assert rows(Client, "inn", name='ООО "БетаЭнерго"') == [("7899101310",)]
    again = sample("n02_duplicates.csv", "clients")
    assert again.entities["clients"].created == 0
    assert again.entities["clients"].updated == 0
    assert count(Client) == 6


def test_inn_and_kpp(sample, expected):
    report = sample("n08_inn_kpp.csv", "clients")
    assert report.accepted == "partial"
    assert report.exit_code == 1
    wrong = {
        case["row"]: case["expected"].split()[0]
        for case in expected["n08_inn_kpp.csv"]["cases"]
        if case["expected"].startswith(("inn.", "kpp."))
        and "restored" not in case["expected"]
        and "warning" not in case["expected"]
    }
    assert dict(codes(report)) == wrong
    assert count(Client, inn="7799100000") == 1
    assert count(Client, inn="0105123458") == 1


@pytest.mark.parametrize(
    "name", ["n09a_missing_amount.csv", "n09b_no_header.csv", "n09c_duplicate_headers.csv"]
)
def test_a_file_without_its_columns_is_refused(sample, expected, name):
    report = sample(name, "documents")
    assert report.exit_code == 2
    assert report.as_json()["accepted"] == "reject"
    assert [code for _row, code in codes(report)] == [expected[name]["code"]]
    assert count(Document) == 0


def test_names_of_columns_by_synonym(sample, expected):
    report = sample("n09d_header_synonyms.csv", "documents", vat="included:20")
    assert report.accepted == "all"
    assert report.totals["with_vat"] == Decimal(expected["n09d_header_synonyms.csv"]["total"])


def test_ragged_rows_refuse_only_themselves(sample, expected):
    facts = expected["n12_ragged.csv"]
    report = sample("n12_ragged.csv", "documents")
    assert report.accepted == "partial"
    assert [number for (number,) in rows(Document, "number")] == facts["ok"]
    assert report.totals["net"] == Decimal(facts["ok_total"])
    assert {code for _row, code in codes(report)} == {
        "row.ragged",
        "cell.control_char",
        "row.unclosed_quote",
    }


@pytest.mark.parametrize("name", ["n01_mixed_encoding.csv", "n05_huge_cell_10MB.csv.gz"])
def test_damaged_cells_are_told_without_their_content(sample, expected, name):
    report = sample(name, "documents")
    facts = expected[name]
    assert report.accepted == "partial"
    assert [row for row, _code in codes(report)] == [error["row"] for error in facts["errors"]]
    assert {code for _row, code in codes(report)} == {error["code"] for error in facts["errors"]}
    printed = json.dumps(report.as_json(), ensure_ascii=False).encode()
    assert len(printed) < 10_000


def test_files_without_rows(sample):
    for name, code in (("n15_empty.csv", "file.empty"), ("n15_header_only.csv", "file.no_rows")):
        report = sample(name, "documents")
        assert (report.exit_code, codes(report)[0][1]) == (2, code)


def test_contacts(sample):
    waiting = sample("n18_contacts.csv", "contacts")
    assert (waiting.quarantined_rows, count(Contact)) == (10, 0)
    sample("1c_kontragenty_cp1251.csv", "clients")
    report = sample("n18_contacts.csv", "contacts")
    assert report.entities["contacts"].created == 10
    assert report.accepted == "all"
    assert rows(Contact, "email", name="Тестов Тест1 Тестович") == [("info@example.ru",)]
    assert rows(Contact, "phone", name="Тестов Тест7 Тестович") == [("нет",)]
    again = sample("n18_contacts.csv", "contacts")
    assert again.as_json()["contacts"] == {"created": 0, "updated": 0, "unchanged": 10}


def test_dates_from_1904_and_old_line_ends(sample, expected):
    assert sample("n20_xlsx_date1904.xlsx", "documents").accepted == "all"
    assert rows(Document, "date")[0][0].isoformat() == "2024-04-01"
    first = sample("n21_cr_only.csv", "documents")
    again = sample("n21_sep_line.csv", "documents")
    assert first.totals["net"] == again.totals["net"] == Decimal("4060.00")
    assert again.as_json()["documents"] == {"created": 0, "updated": 0, "unchanged": 4}


def test_parent_companies_become_groups(sample, expected):
    report = sample("salesforce_account_dataloader.csv", "clients")
    facts = expected["salesforce_account_dataloader.csv"]
    assert count(Client) - count(Client, kind="group") == facts["accounts"]
    assert count(Membership) >= facts["with_parent"]
    assert report.accepted == "all"


@pytest.mark.parametrize(
    "name", ["bitrix24_companies_utf8bom.csv", "amocrm_companies_utf8.csv", "hubspot_companies.csv"]
)
def test_lists_of_other_systems(sample, expected, name):
    report = sample(name, "clients")
    assert report.accepted == "all"
    assert count(Client) == expected[name]["accounts"]
    again = sample(name, "clients")
    assert again.entities["clients"].unchanged == expected[name]["accounts"]
