"""Every CSV and XLSX sample comes out as expected.json says (account.* codes are client.*)."""

from __future__ import annotations

import datetime
from collections import defaultdict
from decimal import Decimal

import pytest

from accounts.importing import read
from tests.accounts.importing.helpers import (
    errors_of,
    expected,
    needs_shared,
    refusal,
    sample,
    total,
    warnings_of,
)

pytestmark = needs_shared


@pytest.mark.parametrize(
    ("name", "count"),
    [
        ("1c_kontragenty_cp1251.csv", "accounts"),
        ("bitrix24_companies_utf8bom.csv", "accounts"),
        ("amocrm_companies_utf8.csv", "accounts"),
        ("hubspot_companies.csv", "accounts"),
        ("salesforce_account_dataloader.csv", "accounts"),
        ("n02_duplicates.csv", "data_rows"),
        ("n04_csv_injection.csv", "data_rows"),
    ],
)
def test_client_lists_come_in_whole(name: str, count: str) -> None:
    outcome = expected(name)
    table = read(sample(name), "clients")
    assert len(table.rows) == outcome[count]
    assert table.errors == []
    assert None not in table.frame["name"]
    assert table.meta.header_row == outcome.get("header_row", 1)
    if "delimiter" in outcome:
        assert table.meta.delimiter == outcome["delimiter"]
    if "encoding" in outcome:
        assert str(outcome["encoding"]).startswith(str(table.meta.encoding))


def test_1c_clients_keep_codes_and_tax_numbers() -> None:
    outcome = expected("1c_kontragenty_cp1251.csv")
    table = read(sample("1c_kontragenty_cp1251.csv"), "clients")
    assert table.frame["external_id"][0] == "000000001"
    assert sum(value is not None for value in table.frame["kpp"]) == outcome["with_kpp"]
    sole_traders = [value for value in table.frame["inn"] if len(str(value)) == 12]
    assert len(sole_traders) == outcome["individual_entrepreneurs"]


def test_salesforce_leaves_deleted_out_and_reads_scientific_revenue() -> None:
    outcome = expected("salesforce_account_dataloader.csv")
    table = read(sample("salesforce_account_dataloader.csv"), "clients")
    assert sum(value is not None for value in table.frame["group"]) == outcome["with_parent"]
    assert [code for _, code in warnings_of(table)] == ["row.not_counted"]
    assert Decimal(30_000_000) in table.frame["turnover"]


def test_hubspot_owners() -> None:
    outcome = expected("hubspot_companies.csv")
    table = read(sample("hubspot_companies.csv"), "clients")
    assert table.frame["owner"].count(None) == outcome["without_owner"]


def test_1c_sales_net_by_type_and_client() -> None:
    outcome = expected("1c_realizaciya_stroki_cp1251.csv")
    table = read(sample("1c_realizaciya_stroki_cp1251.csv"), "documents")
    assert table.errors == []
    assert len(table.rows) == outcome["data_rows"]
    numbers: dict[object, set[object]] = defaultdict(set)
    sums: dict[object, Decimal] = defaultdict(Decimal)
    by_inn: dict[object, Decimal] = defaultdict(Decimal)
    frame = table.frame
    for number, kind, inn, gross in zip(
        frame["number"], frame["type"], frame["inn"], frame["gross"], strict=True
    ):
        assert isinstance(gross, Decimal)
        numbers[kind].add(number)
        sums[kind] += gross
        by_inn[inn] += gross
    assert len(numbers["invoice"]) == outcome["invoices"]
    assert len(numbers["credit_note"]) == outcome["returns"]
    assert sums["invoice"] == Decimal(outcome["sales_total_incl_vat"])
    assert sums["credit_note"] == -Decimal(outcome["returns_total_incl_vat"])
    top = sorted(by_inn.items(), key=lambda item: -item[1])[:5]
    assert [[inn, str(value)] for inn, value in top] == outcome["top5_net_by_inn"]
    assert total(table) + total(table, "vat") == total(table, "gross") == Decimal(outcome["net"])
    assert table.meta.vat == "excluded"
    assert frame["date"][0] == datetime.date(2024, 1, 9)
    assert frame["product_name"][0] == 'Товар 1 "Образец; тип А"'
    assert frame["quantity"][0] == 1
    assert frame["currency"][0] == "RUB"


@pytest.mark.parametrize("name", ["excel_ru_platezhi_cp1251.csv", "excel_ru_platezhi_utf8bom.csv"])
def test_payments(name: str) -> None:
    outcome = expected(name)
    table = read(sample(name), "payments")
    assert table.errors == []
    assert len(table.rows) == outcome["payments"]
    assert total(table) == Decimal(outcome["total"])
    assert table.frame["document"][0] == "00УТ-000001"


def test_payments_are_the_same_in_both_encodings() -> None:
    frames = [
        read(sample(f"excel_ru_platezhi_{name}.csv"), "payments").frame
        for name in ("cp1251", "utf8bom")
    ]
    assert frames[0] == frames[1]


def test_mixed_encoding_is_named_row_by_row() -> None:
    outcome = expected("n01_mixed_encoding.csv")
    table = read(sample("n01_mixed_encoding.csv"), "documents")
    assert errors_of(table) == [
        (error["row"], error["column"], error["code"]) for error in outcome["errors"]
    ]
    assert len(table.rows) == outcome["rows_ok_if_partial"]


def test_injection_is_stored_verbatim() -> None:
    table = read(sample("n04_csv_injection.csv"), "clients")
    assert table.frame["name"][-1] == "=cmd|' /C calc'!A0"


def test_huge_cell_is_an_error_of_its_row_and_is_not_echoed() -> None:
    outcome = expected("n05_huge_cell_10MB.csv.gz")
    table = read(sample("n05_huge_cell_10MB.csv.gz"), "documents")
    assert errors_of(table) == [(3, "Контрагент", "cell.too_long")]
    assert len(table.rows) == outcome["rows_ok"]
    assert len(str(table.errors[0].params)) < 200


def test_tax_numbers() -> None:
    outcome = expected("n08_inn_kpp.csv")
    table = read(sample("n08_inn_kpp.csv"), "clients")
    found = {issue.row: issue.code for issue in [*table.errors, *table.warnings]}
    rejected = {issue.row for issue in table.errors}
    for case in outcome["cases"]:
        wanted = case["expected"].replace("account.", "client.")
        if wanted.startswith("ok"):
            code = "client.no_inn" if "client.no_inn" in wanted else None
            assert found.get(case["row"]) == code, case
        else:
            assert wanted.startswith(found[case["row"]]), case
        is_error = not (wanted.startswith("ok") or "restored" in wanted or "warning" in wanted)
        assert (case["row"] in rejected) == is_error, case
    values = dict(zip(table.rows, table.frame["inn"], strict=True))
    assert values[4] == "0105123458"
    assert {values[row] for row in outcome["same_inn_rows"]} == {"7799100000"}
    kpps = dict(zip(table.rows, table.frame["kpp"], strict=True))
    assert kpps[18] == "010501001"
    assert kpps[14] == "779901001"
    assert kpps[21] is None


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("n09a_missing_amount.csv", "documents"),
        ("n09b_no_header.csv", "documents"),
        ("n09c_duplicate_headers.csv", "documents"),
        ("n13_zip_bomb.xlsx", "documents"),
        ("n14_png_named.csv", "clients"),
        ("n15_empty.csv", "documents"),
        ("n15_header_only.csv", "documents"),
        ("n_xml_xxe.xml", "documents"),
        ("n_xml_bomb.xml", "documents"),
    ],
)
def test_refused(name: str, kind: str) -> None:
    outcome = expected(name)
    issue = refusal(sample(name), kind).issue
    assert issue.code == outcome["code"]
    if "column" in outcome:
        assert issue.column == outcome["column"]


def test_header_synonyms_of_one_file() -> None:
    outcome = expected("n09d_header_synonyms.csv")
    table = read(sample("n09d_header_synonyms.csv"), "documents")
    assert total(table) == Decimal(outcome["total"])
    assert len(table.rows) == outcome["data_rows"]
    # The header says that VAT is inside and nothing tells how much.
    assert warnings_of(table) == [(None, "vat.amount_unknown")]


def test_ragged() -> None:
    outcome = expected("n12_ragged.csv")
    table = read(sample("n12_ragged.csv"), "documents")
    assert table.frame["number"] == outcome["ok"]
    assert total(table) == Decimal(outcome["ok_total"])
    assert [code for _, _, code in errors_of(table)] == [
        "row.ragged",
        "row.ragged",
        "cell.control_char",
        "row.unclosed_quote",
        "row.unclosed_quote",
    ]


@pytest.mark.parametrize(
    ("name", "amount"),
    [
        ("n14_csv_named.xlsx", "3030.00"),
        ("n21_cr_only.csv", "4060.00"),
        ("n21_sep_line.csv", "4060.00"),
    ],
)
def test_odd_but_sound(name: str, amount: str) -> None:
    table = read(sample(name), "documents")
    assert table.errors == []
    assert len(table.rows) == expected(name)["data_rows"]
    assert total(table) == Decimal(amount)


def test_contacts_keep_what_they_say_and_warn() -> None:
    outcome = expected("n18_contacts.csv")
    table = read(sample("n18_contacts.csv"), "contacts")
    assert len(table.rows) == outcome["data_rows"]
    bad_phones = [index + 2 for index, text in enumerate(outcome["phones_e164"])
                  if text == "phone.invalid"]  # fmt: skip
    bad_emails = [index + 2 for index, text in enumerate(outcome["emails"])
                  if text.startswith("invalid")]  # fmt: skip
    assert [row for row, code in warnings_of(table) if code == "phone.invalid"] == bad_phones
    assert [row for row, code in warnings_of(table) if code == "email.invalid"] == bad_emails
    assert table.frame["email"][1] == "info@example.ru"
    assert table.frame["phone"][7] == "нет"


def test_workbook_counted_from_1904() -> None:
    outcome = expected("n20_xlsx_date1904.xlsx")
    table = read(sample("n20_xlsx_date1904.xlsx"), "documents")
    assert str(table.frame["date"][0]) == outcome["date_row2"]
