"""What a file is, found from its beginning: kind, system, settings, columns, and open questions."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from accounts.importing import Choice, ReadOptions, Recognised, read, recognise
from tests.accounts.importing.helpers import csv_file, needs_shared, refusal_of, sample
from tests.accounts.importing.test_commerceml import commerceml
from tests.accounts.importing.test_commerceml import document as document_of_1c
from tests.accounts.importing.test_samples import OUTCOMES
from tests.accounts.importing.test_statement import document, statement
from tests.accounts.importing.test_webtable import HEADER as PAGE_HEADER
from tests.accounts.importing.test_webtable import ROW as PAGE_ROW
from tests.accounts.importing.test_webtable import page
from tests.accounts.importing.test_xlsx import HEADER as SHEET_HEADER
from tests.accounts.importing.test_xlsx import plain

SALES = csv_file(
    "Реализации за март;;;;;;",
    "Вид документа;Номер;Дата;Контрагент;Сумма;Сумма НДС;Всего",
    "Реализация;00УТ-000001;09.01.2024 9:05:00;ООО Ёлка;1 000,00;200,00;1 200,00",
    encoding="cp1251",
)
FACTS = ("kind", "system", "encoding", "delimiter", "header_row", "decimal", "dates", "vat")


def values(found: Recognised) -> dict[str, str | None]:
    return {name: getattr(found, name).value for name in FACTS}


def column(found: Recognised, title: str) -> tuple[str | None, str]:
    [column] = [column for column in found.columns if column.title == title]
    return column.field, column.sure


def test_sales_of_1c() -> None:
    found = recognise("март.csv", SALES)
    assert values(found) == {
        "kind": "documents",
        "system": "1c",
        "encoding": "cp1251",
        "delimiter": ";",
        "header_row": "2",
        "decimal": ",",
        "dates": "dmy",
        "vat": "excluded",
    }
    assert found.kind.sure == found.vat.sure == "sure"
    assert found.encoding == Choice("cp1251", "likely", found.encoding.options)
    assert found.asked == ()
    assert column(found, "Всего") == ("gross", "likely")
    assert found.columns[3].examples == ("ООО Ёлка",)
    assert found.sample[0][0] == "Реализации за март"
    assert found.table is not None
    assert json.loads(json.dumps(found.as_json()))["kind"]["value"] == "documents"


def test_the_proposals_read_the_file_as_shown() -> None:
    found = recognise("март.csv", SALES)
    assert found.table is not None
    table = read(SALES, str(found.kind.value), found.options)
    assert table.frame == found.table.frame
    assert table.meta.columns == {c.title: c.field for c in found.columns if c.field}


def test_questions_get_an_answer_for_the_time_being() -> None:
    source = csv_file(
        "number\tdate\tclient_name\tamount\tvat",
        "1\t03/04/2024\tA\t1,234\t206",
        "2\t04/05/2024\tB\t2,345\t391",
    )
    found = recognise("invoices.txt", source)
    assert found.kind.value == "documents"
    assert set(found.asked) == {"decimal", "dates", "vat"}
    assert {issue.code for issue in found.problems} == {
        "number.ambiguous_decimal",
        "date.ambiguous_order",
        "vat.unclear",
    }
    assert found.options == ReadOptions(decimal=".", dates="mdy", vat="excluded", delimiter="\t")
    settled = recognise("invoices.txt", source, options=replace(found.options, dates="dmy"))
    assert settled.asked == ()
    assert settled.table is not None
    assert str(settled.table.frame["date"][0]) == "2024-04-03"


def test_columns_that_could_be_two_fields_or_one_of_two() -> None:
    source = csv_file("Номер;Дата;Контрагент;Код;Сумма;Стоимость", "1;31.03.2024;A;7;10,00;12,00")
    found = recognise("документы.csv", source)
    assert column(found, "Код") == (None, "asked")
    assert column(found, "Стоимость") == (None, "asked")
    assert column(found, "Сумма") == ("amount", "sure")
    assert found.table is not None
    [code] = [c for c in found.columns if c.title == "Код"]
    assert code.candidates == ("client", "product")


def test_what_is_missing_is_a_problem() -> None:
    found = recognise(
        "продажи.csv", csv_file("Номер;Дата;Контрагент;Количество", "1;31.03.2024;A;5")
    )
    assert (found.kind.value, found.kind.sure) == ("documents", "asked")
    assert [issue.code for issue in found.problems] == ["column.missing"]
    assert found.table is None
    assert column(found, "Дата") == ("date", "sure")


def test_no_header_leaves_the_row_to_the_person() -> None:
    source = csv_file("1;2;3", "Имечко;Город;5", "Ёлка;Омск;7")
    found = recognise("x.csv", source)
    assert found.header_row == Choice(None, "asked", ("1", "2", "3"))
    assert found.columns == ()
    chosen = ReadOptions(header_row=2, map={"Имечко": "name", "Город": "city"})
    settled = recognise("x.csv", source, "clients", chosen)
    assert settled.problems == ()
    assert settled.table is not None
    assert settled.table.frame["name"] == ["Ёлка"]
    assert settled.header_row.value == "2"


@pytest.mark.parametrize(
    ("header", "kind", "system"),
    [
        ("ID;Название компании;Тип компании;Сфера деятельности;Рабочий e-mail;ИНН", "clients", "bitrix24"),
        ("ID;Название компании;Ответственный;Теги;Рабочий email;Web", "clients", "amocrm"),
        ("Record ID,Company name,Company owner,Create Date,Lifecycle Stage", "clients", "hubspot"),
        ("ID,NAME,PARENTID,BILLINGCITY,OWNERID,ISDELETED", "clients", "salesforce"),
        ("Код;Наименование;Полное наименование;ИНН;КПП;Основной менеджер", "clients", "1c"),
        ("Наименование;ИНН;КПП;Телефон;E-mail", "clients", "excel"),
        ("ФИО;Должность;Компания;Телефон;E-mail", "contacts", "excel"),
        ("Дата;Номер;Контрагент;Сумма;Назначение платежа", "payments", "excel"),
        ("Артикул;Наименование;Товарная группа;Себестоимость", "products", "excel"),
        ("Дата звонка;Клиент;Тип дела;Комментарий", "interactions", "excel"),
        ("Клиент;Критерий;Оценка;Обоснование", "ratings", "excel"),
        ("SalesOrderNumber,OrderDate,ResellerKey,ProductKey,OrderQuantity,UnitPrice,SalesAmount", "documents", "excel"),
    ],
)  # fmt: skip
def test_kinds_and_systems_by_header(header: str, kind: str, system: str) -> None:
    delimiter = ";" if ";" in header else ","
    row = delimiter.join("x" for _ in header.split(delimiter))
    found = recognise("export.csv", csv_file(header, row))
    assert (found.kind.value, found.system.value) == (kind, system)


def test_names_of_files_help_where_columns_do_not() -> None:
    source = csv_file("Номер;Дата;Контрагент;Сумма", "1;31.03.2024;A;5,00")
    assert recognise("Реестр платежей.csv", source).kind.value == "payments"
    assert recognise("продажи.csv", source).kind.value == "documents"
    assert recognise("x.csv", source).kind.sure == "likely"


def test_formats_that_are_no_tables() -> None:
    bank = recognise("kl_to_1c.txt", statement(document()))
    assert (bank.kind, bank.system.value) == (Choice("payments"), "bank")
    assert bank.header_row.value is None
    goods = recognise("import.xml", commerceml(document_of_1c()))
    assert (goods.kind.value, goods.kind.options) == (
        "documents",
        ("documents", "clients", "products"),
    )
    assert goods.system.value == "1c"
    web = recognise("company.xls", page(PAGE_HEADER, PAGE_ROW.format("А-1"), before="<table><tr><td>x</table>"))  # fmt: skip
    assert web.sheet == Choice("table 2", "sure", ("table 1", "table 2"))
    assert web.container == "html"


def test_workbook_of_several_sheets(tmp_path: Path) -> None:
    path = tmp_path / "book.xlsx"
    path.write_bytes(plain(SHEET_HEADER, ["А-1", "31.03.2024", "А", None, 5]))
    found = recognise(path.name, path)
    assert found.sheet.value == "Sheet1"
    assert found.encoding == found.delimiter == Choice(None)
    assert found.table is not None


def test_refused_for_good() -> None:
    with refusal_of("file.binary"):
        recognise("x.csv", b"%PDF-1.7")
    with refusal_of("sheet.unknown"):
        recognise("x.xlsx", plain(SHEET_HEADER), options=ReadOptions(sheet="Лист 7"))
    with refusal_of("file.balance"):
        recognise("осв.csv", csv_file("Оборотно-сальдовая ведомость по счёту 62;;", "Контрагент;Дебет;Кредит"))  # fmt: skip
    with pytest.raises(ValueError, match="secrets"):
        recognise("x.csv", SALES, "secrets")


def test_the_beginning_is_enough() -> None:
    """A long file is not read to its end, and the torn record at the end of the sample is none."""
    lines = [f"А-{n};31.03.2024;ООО Ёлка {'х' * 4000};10,00" for n in range(900)]
    found = recognise("x.csv", csv_file("Номер;Дата;Контрагент;Сумма", *lines))
    assert found.table is not None
    assert [issue.code for issue in found.table.errors] == ["cell.too_long"] * len(
        found.table.errors
    )
    assert 50 < found.table.meta.rows < 500


@needs_shared
@pytest.mark.parametrize("name", [name for name in OUTCOMES if isinstance(OUTCOMES[name][1], int)])
def test_samples_are_recognised_as_what_they_are(name: str) -> None:
    found = recognise(name, sample(name))
    assert found.kind.value == OUTCOMES[name][0]
    assert found.problems == ()
    systems = {"1c": "1c", "bank": "bank", "bitrix24": "bitrix24", "amocrm": "amocrm",
               "hubspot": "hubspot", "salesforce": "salesforce", "commerceml": "1c"}  # fmt: skip
    wanted = systems.get(name.split("_", maxsplit=1)[0], "excel")
    assert found.system.value == wanted
