"""Names of columns: synonyms of every kind, what is asked, what is refused."""

from __future__ import annotations

import json

import pytest

from accounts.importing import FIELDS, KINDS, ReadOptions, read
from accounts.importing.fields import INNER_FIELDS, Cell
from accounts.importing.headings import NAMES
from accounts.importing.synonyms import SYNONYMS, fields_of, left_out, normalise
from tests.accounts.importing.helpers import SHARED, csv_file, documents, needs_shared, refusal

# Field of the sample table of synonyms -> kinds of file and the field it is there.
SAMPLE_FIELDS = {
    "account.name": [("clients", "name"), ("documents", "client_name")],
    "account.full_name": [("clients", "legal_name")],
    "account.inn": [("clients", "inn"), ("documents", "inn"), ("payments", "inn")],
    "account.kpp": [("clients", "kpp"), ("documents", "kpp")],
    "account.inn_kpp": [("clients", "inn"), ("documents", "inn")],
    "account.external_id": [("clients", "external_id")],
    "account.manager": [("clients", "owner")],
    "account.industry": [("clients", "segment")],
    "account.parent": [("clients", "group")],
    "invoice.number": [("documents", "number|document")],
    "invoice.date": [("documents", "date")],
    "invoice.due_date": [("documents", "due")],
    "invoice.amount": [("documents", "amount|total|gross")],
    "invoice.amount_net": [("documents", "amount_net")],
    "invoice.vat": [("documents", "vat")],
    "invoice.vat_rate": [("documents", "vat_rate")],
    "invoice.currency": [("documents", "currency")],
    "invoice.type": [("documents", "type")],
    "invoice.status": [("documents", "status|posted")],
    "line.product": [("documents", "product_name|product")],
    "line.sku": [("documents", "product")],
    "line.qty": [("documents", "quantity")],
    "line.price": [("documents", "unit_price")],
    "line.discount": [("documents", "discount")],
    "payment.date": [("payments", "date")],
    "payment.amount": [("payments", "amount")],
    "payment.purpose": [("payments", "purpose")],
    "contact.full_name": [("contacts", "name")],
    "contact.position": [("contacts", "position")],
    "interaction.date": [("interactions", "date")],
    "interaction.type": [("interactions", "kind")],
}
LEFT_OUT = {
    "account.ogrn": "clients",
    "account.phone": "clients",
    "account.email": "clients",
    "return.amount": "documents",
    "consent": "contacts",
}
# A bare name of a client that is a product's or a firm's name as well is asked in documents.
ASKED_IN_DOCUMENTS = {"наименование", "название", "name", "title", "client"}


@needs_shared
def test_every_name_of_the_sample_table_is_known() -> None:
    path = SHARED / "samples" / "header_synonyms.json"
    names = json.loads(path.read_text(encoding="utf-8"))
    del names["_note"]
    assert names.keys() == SAMPLE_FIELDS.keys() | LEFT_OUT.keys()
    for key, headers in names.items():
        for header in headers:
            if key in LEFT_OUT:
                assert left_out(LEFT_OUT[key], header), header
                continue
            for kind, field in SAMPLE_FIELDS[key]:
                found = fields_of(kind, header)
                if kind == "documents" and key == "account.name" and header in ASKED_IN_DOCUMENTS:
                    assert found == ("client",) or len(found) == 2, header
                else:
                    assert len(found) == 1, (kind, header, found)
                    assert found[0] in field.split("|"), (kind, header, found)


@pytest.mark.parametrize("kind", KINDS)
def test_every_field_is_found_by_its_own_name_and_every_synonym_names_a_field(kind: str) -> None:
    for field in FIELDS[kind].fields:
        assert fields_of(kind, field) == (field,)
        assert fields_of(kind, field.replace("_", " ").title()) == (field,)
    assert {name for names in SYNONYMS[kind].values() for name in names} <= set(FIELDS[kind].fields)
    assert NAMES[kind].keys() <= FIELDS[kind].fields.keys()


def test_no_name_is_ambiguous_by_accident() -> None:
    for kind, table in SYNONYMS.items():
        for name, fields in table.items():
            if len(fields) > 1:
                assert len(name) <= len("наименование"), (kind, name, fields)


@pytest.mark.parametrize(
    ("header", "plain"),
    [
        ("\ufeff «Сумма, руб.» ", "сумма"),
        ("Сумма (руб.)", "сумма"),
        ("Сумма\u00a0 с  НДС", "сумма с ндс"),
        ("Сумма (с НДС)", "сумма с ндс"),
        ("Сумма, без НДС, руб.", "сумма без ндс"),
        ("Total [incl. VAT]", "total incl. vat"),
        ("Сумма (НДС не облагается)", "сумма"),
        ("№ счёта ", "no счета"),
        ("ＩＮＶＯＩＣＥ", "invoice"),
        ('"Номер"', "номер"),
        ("(руб.)", "(руб.)"),
    ],
)
def test_normal_form(header: str, plain: str) -> None:
    assert normalise(header) == plain


def test_one_name_means_different_fields_in_different_kinds() -> None:
    assert fields_of("clients", "Title") == ("name",)
    assert fields_of("contacts", "Title") == ("position",)
    assert fields_of("clients", "Организация") == ("name",)
    assert fields_of("documents", "Организация") == ("organisation",)


def test_ambiguous_name_is_asked_and_answered_by_map() -> None:
    source = csv_file("Номер,Дата,Контрагент,Код,Сумма", "1,2024-03-31,А,77,5")
    issue = refusal(source, "documents").issue
    assert (issue.code, issue.column) == ("header.ambiguous", "Код")
    as_product = read(source, "documents", ReadOptions(map={"Код": "product"}))
    assert as_product.frame["product"] == ["77"]
    without = read(source, "documents", ReadOptions(map={"код": "-"}))
    assert "product" not in without.frame
    assert "Код" in without.meta.ignored


def test_ambiguous_name_whose_fields_are_taken_is_left_out() -> None:
    table = documents("Номер,Дата,Код контрагента,Артикул,Код,Сумма", "1,2024-03-31,А,Б,77,5")
    assert table.meta.ignored == ["Код"]


def test_two_columns_for_one_field_are_asked() -> None:
    source = csv_file("Номер,Дата,Контрагент,Сумма,Стоимость", "1,2024-03-31,А,5,6")
    issue = refusal(source, "documents").issue
    assert (issue.code, issue.column) == ("header.duplicate", "Стоимость")
    table = read(source, "documents", ReadOptions(map={"Стоимость": "amount"}))
    assert [str(value) for value in table.frame["amount"]] == ["6"]


def test_map_finds_any_column_and_names_what_is_wrong() -> None:
    source = csv_file("a,b,c,d", "1,2024-03-31,X,5")
    options = ReadOptions(map={"a": "number", "b": "date", "c": "client", "d": "amount"})
    assert read(source, "documents", options).rows == [2]
    assert refusal(source, "documents").issue.code == "header.not_found"
    wrong_field = refusal(source, "documents", ReadOptions(map={"a": "colour"})).issue
    assert wrong_field.code == "map.unknown_field"
    wrong_column = refusal(source, "documents", ReadOptions(map={"a": "number", "e": "date"})).issue
    assert (wrong_column.code, wrong_column.column) == ("map.unknown_column", "e")


def test_missing_columns_are_all_named_with_those_found() -> None:
    issue = refusal(csv_file("Номер;Контрагент", "1;А"), "documents").issue
    assert issue.code == "column.missing"
    assert issue.column == "Дата, Сумма"
    assert issue.params["found"] == "Номер, Контрагент"


def test_total_beside_an_amount_is_left_out_without_vat() -> None:
    table = documents("number,date,client,amount,total", "1,2024-03-31,A,5,500")
    assert table.frame["amount"] == table.frame["gross"]
    assert [issue.code for issue in table.warnings] == ["column.total_ignored"]


def test_frame_holds_no_inner_field() -> None:
    table = documents("number,date,client,total,vat rate", "1,2024-03-31,A,120,20%")
    assert not INNER_FIELDS & table.frame.keys()
    skipped = {
        name for name, field in FIELDS["documents"].fields.items() if field.cell is Cell.SKIP
    }
    assert not skipped & table.frame.keys()
