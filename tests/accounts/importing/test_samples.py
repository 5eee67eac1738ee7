"""Every sample comes out as expected.json says (account.* codes are client.*)."""

from __future__ import annotations

import datetime
from collections import defaultdict
from decimal import Decimal

import pytest

from accounts.importing import read
from tests.accounts.importing.helpers import (
    all_expected,
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


def test_refusals_name_the_column() -> None:
    for name in ("n09a_missing_amount.csv", "n09c_duplicate_headers.csv"):
        assert refusal(sample(name), "documents").issue.column == expected(name)["column"]


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


# Every sample: as what it is read, and how many rows are taken or why the file is refused.
OUTCOMES: dict[str, tuple[str, int | str]] = {
    "1c_kontragenty_cp1251.csv": ("clients", 40),
    "1c_realizaciya_stroki_cp1251.csv": ("documents", 300),
    "excel_ru_platezhi_cp1251.csv": ("payments", 96),
    "excel_ru_platezhi_utf8bom.csv": ("payments", 96),
    "bank_kl_to_1c_cp1251.txt": ("payments", 32),
    "commerceml_210_utf8.xml": ("documents", 54),
    "n_xml_xxe.xml": ("documents", "xml.dtd_forbidden"),
    "n_xml_bomb.xml": ("documents", "xml.dtd_forbidden"),
    "bitrix24_companies_utf8bom.csv": ("clients", 60),
    "bitrix24_company_list_page1.json": ("clients", 50),
    "bitrix24_company_list_page2.json": ("clients", 10),
    "bitrix24_invoices_item_list_31.json": ("documents", 20),
    "bitrix24_requisites.json": ("clients", 60),
    "bitrix24_error_limit.json": ("clients", "page.busy"),
    "amocrm_v4_companies_page1.json": ("clients", 40),
    "amocrm_v4_companies_page2.json": ("clients", 20),
    "amocrm_v4_leads.json": ("documents", 10),
    "amocrm_companies_utf8.csv": ("clients", 60),
    "hubspot_companies.csv": ("clients", 30),
    "salesforce_account_dataloader.csv": ("clients", 29),
    "n01_mixed_encoding.csv": ("documents", 10),
    "n02_duplicates.csv": ("clients", 11),
    "n04_csv_injection.csv": ("clients", 26),
    "n05_huge_cell_10MB.csv.gz": ("documents", 2),
    "n08_inn_kpp.csv": ("clients", 12),
    "n09a_missing_amount.csv": ("documents", "column.missing"),
    "n09b_no_header.csv": ("documents", "header.not_found"),
    "n09c_duplicate_headers.csv": ("documents", "header.duplicate"),
    "n09d_header_synonyms.csv": ("documents", 3),
    "n12_ragged.csv": ("documents", 5),
    "n13_zip_bomb.xlsx": ("documents", "file.too_large_unpacked"),
    "n14_csv_named.xlsx": ("documents", 3),
    "n14_png_named.csv": ("clients", "file.binary"),
    "n15_empty.csv": ("documents", "file.empty"),
    "n15_header_only.csv": ("documents", "file.no_rows"),
    "n18_contacts.csv": ("contacts", 10),
    "n20_xlsx_date1904.xlsx": ("documents", 1),
    "n21_cr_only.csv": ("documents", 4),
    "n21_sep_line.csv": ("documents", 4),
    # No file to be read: what erasing a person does is tested with personal data.
    "gdpr_erasure_case.json": ("clients", "page.unknown"),
}


def test_no_sample_is_forgotten() -> None:
    assert OUTCOMES.keys() == all_expected().keys()


@pytest.mark.parametrize("name", OUTCOMES)
def test_every_sample_comes_out_as_expected(name: str) -> None:
    kind, wanted = OUTCOMES[name]
    outcome = expected(name)
    if isinstance(wanted, str):
        assert refusal(sample(name), kind).issue.code == wanted
        assert outcome.get("accept", wanted) in (wanted, "retry") or "reject" in outcome["accept"]
        assert outcome.get("code", wanted) == wanted
        return
    table = read(sample(name), kind)
    assert len(table.rows) == wanted
    accept = outcome.get("accept", "all")
    assert (table.errors == []) == (accept.startswith("all") or name == "n18_contacts.csv")
    if accept == "all" and "data_rows" in outcome:
        assert table.meta.rows == outcome["data_rows"]
    for name_of_setting in ("delimiter", "header_row"):
        if name_of_setting in outcome:
            assert getattr(table.meta, name_of_setting) == outcome[name_of_setting]
    if outcome.get("errors"):
        assert errors_of(table) == [
            (error["row"], error["column"], error["code"]) for error in outcome["errors"]
        ]


def test_bank_statement_by_direction_and_control_sums() -> None:
    outcome = expected("bank_kl_to_1c_cp1251.txt")
    table = read(sample("bank_kl_to_1c_cp1251.txt"), "payments")
    amounts = [value for value in table.frame["amount"] if isinstance(value, Decimal)]
    received = [value for value in amounts if value > 0]
    refunds = [value for value in amounts if value < 0]
    assert (len(received), str(sum(received))) == (outcome["incoming"], outcome["incoming_total"])
    assert len(refunds) == outcome["outgoing_refunds_to_clients"]
    assert -sum(refunds) == Decimal(outcome["refunds_total"])
    [note] = table.warnings
    assert note.code == "statement.outgoing_skipped"
    assert note.params["count"] == outcome["outgoing_to_suppliers_ignored"]
    assert table.frame["document"][0] == "00УТ-000001"
    assert table.frame["client_name"][0] == 'ООО "АльфаТорг"'
    assert table.meta.encoding == "cp1251"


def test_commerceml_by_operation() -> None:
    outcome = expected("commerceml_210_utf8.xml")
    table = read(sample("commerceml_210_utf8.xml"), "documents")
    sums: dict[object, Decimal] = defaultdict(Decimal)
    numbers: dict[object, set[object]] = defaultdict(set)
    frame = table.frame
    for kind, number, gross in zip(frame["type"], frame["number"], frame["gross"], strict=True):
        assert isinstance(gross, Decimal)
        sums[kind] += abs(gross)
        numbers[kind].add(number)
    for operation, kind in (
        ("Заказ товара", "order"),
        ("Отпуск товара", "invoice"),
        ("Возврат товара", "credit_note"),
    ):
        wanted = outcome["by_operation"][operation]
        assert (len(numbers[kind]), str(sums[kind])) == (wanted["count"], wanted["total"])
    assert {code for _, code in warnings_of(table)} == {"row.not_counted"}
    clients = read(sample("commerceml_210_utf8.xml"), "clients")
    assert len(clients.rows) == outcome["accounts"]


def test_pages_of_crm_systems() -> None:
    invoices = read(sample("bitrix24_invoices_item_list_31.json"), "documents")
    assert str(total(invoices)) == expected("bitrix24_invoices_item_list_31.json")["total"]
    assert set(invoices.frame["type"]) == {"payment_request"}
    requisites = read(sample("bitrix24_requisites.json"), "clients")
    companies = read(sample("bitrix24_company_list_page1.json"), "clients")
    assert requisites.frame["external_id"][:50] == companies.frame["external_id"]
    outcome = expected("amocrm_v4_leads.json")
    leads = read(sample("amocrm_v4_leads.json"), "documents")
    assert (len(leads.rows), total(leads)) == (outcome["won"], Decimal(outcome["won_total"]))
    assert leads.warnings[0].params == {"count": outcome["lost"] + outcome["open"]}
    inn = read(sample("amocrm_v4_companies_page1.json"), "clients").frame["inn"]
    assert inn[:2] == [None, "7899101310"]
