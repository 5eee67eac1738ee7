"""Reports of 1С on sales with the documents below their client."""

import datetime as dt
from decimal import Decimal

import pytest

from accounts.importing import ReadOptions, Refused, read, recognise

from .old_excel import workbook

HEAD = ["Контрагент", "Количество", "Сумма без НДС"]
SALE = "Реализация товаров и услуг 00УТ-00000{} от {}.01.2024 12:00:00"
BACK = "Возврат товаров от покупателя 00УТ-00000{} от {}.01.2024 12:00:00"
ROWS = [
    ["Продажи за январь 2024"],
    [],
    HEAD,
    ["Документ продажи"],
    ["ООО «Альфа»", 10, 1500.5],
    [SALE.format(1, "09"), 4, 500.25],
    [SALE.format(2, 10), 6, 1000.25],
    ["ООО «Бета»", 1, 200],
    [SALE.format(3, 11), 2, 300],
    [BACK.format(4, 12), -1, -100],
    ["Итого", 11, 1700.5],
]
NONE = ReadOptions(vat="none")


def test_each_document_gets_the_client_above_it():
    table = read(workbook(ROWS), "documents", NONE)
    assert table.errors == []
    names = ("type", "number", "date", "client_name", "amount")
    assert list(zip(*(table.frame[name] for name in names), strict=True)) == [
        ("invoice", "00УТ-000001", dt.date(2024, 1, 9), "ООО «Альфа»", Decimal("500.25")),
        ("invoice", "00УТ-000002", dt.date(2024, 1, 10), "ООО «Альфа»", Decimal("1000.25")),
        ("invoice", "00УТ-000003", dt.date(2024, 1, 11), "ООО «Бета»", Decimal("300")),
        ("credit_note", "00УТ-000004", dt.date(2024, 1, 12), "ООО «Бета»", Decimal("-100")),
    ]
    assert table.rows == [6, 7, 9, 10]


def test_it_is_recognised():
    found = recognise("Продажи.xls", workbook(ROWS))
    assert found.kind.value == "documents"
    assert found.problems == ()


@pytest.mark.parametrize("head", ["Контрагент / Документ", "Покупатель", "Клиент"])
def test_without_a_second_row_of_names(head):
    rows = [[head, *HEAD[1:]], *ROWS[4:]]
    assert len(read(workbook(rows), "documents", NONE).rows) == 4


def test_a_level_above_the_clients_is_left_out():
    rows = [*ROWS[:4], ["Отдел продаж", 11, 1700.5], *ROWS[4:]]
    table = read(workbook(rows), "documents", NONE)
    assert (table.errors, len(table.rows)) == ([], 4)


def test_products_below_documents_are_not_taken_for_clients():
    rows = [*ROWS[:6], ["Короб", 4, 500.25], *ROWS[6:]]
    table = read(workbook(rows), "documents", NONE)
    assert [(issue.row, issue.code) for issue in table.errors] == [
        (5, "group.sum_differs"),
        (7, "group.sum_differs"),
    ]
    assert list(table.frame["client_name"]) == ["ООО «Бета»", "ООО «Бета»"]


def test_a_report_by_clients_alone_is_no_list_of_documents():
    with pytest.raises(Refused) as refused:
        read(workbook([HEAD, ["ООО «Альфа»", 10, 1500.5]]), "documents", NONE)
    assert refused.value.issue.code == "column.missing"


def test_groups_that_reach_over_blocks():
    documents = [[SALE.format(n, "09"), 1, 1] for n in range(3000)]
    rows = [*ROWS[:4], ["ООО «Альфа»", 3000, 3000], *documents]
    table = read(workbook(rows), "documents", NONE)
    assert (len(table.rows), set(table.frame["client_name"])) == (3000, {"ООО «Альфа»"})
