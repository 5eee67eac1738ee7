"""Amounts, VAT, types and whole documents of document lines; payments and ratings."""

from __future__ import annotations

from decimal import Decimal

import pytest

from accounts.importing import ReadOptions, read
from accounts.importing.documents import document_in, type_of
from tests.accounts.importing.helpers import (
    INN,
    csv_file,
    documents,
    errors_of,
    first_row,
    refusal,
    total,
    warnings_of,
)


@pytest.mark.parametrize(
    ("line", "amount"),
    [
        ("3,9.99,,", "29.97"),
        ("3,9.99,0.15,", "25.47"),  # 25.4745
        ("3,9.99,15%,", "25.47"),
        ("3,9.99,15,", "25.47"),
        ("1,0.05,0.5,", "0.03"),  # 0.025 goes half up
        ("3,9.99,0.15,20.00", "20.00"),
        ("7,0.333,,", "2.331"),  # more than two decimals: exact, the document is rounded
        ("7,0.330,,", "2.31"),
    ],
)
def test_amount_is_worked_out_where_it_is_absent(line: str, amount: str) -> None:
    table = documents("number,date,client,quantity,unit_price,discount,amount", f"1,2024-03-31,A,{line}")  # fmt: skip
    assert str(first_row(table)["amount"]) == amount


def test_discount_of_one_is_everything_and_beyond_a_hundred_is_an_error() -> None:
    head = "number,date,client,quantity,unit_price,discount"
    table = documents(head, "1,2024-03-31,A,1,10,1", "2,2024-03-31,A,1,10,101")
    assert total(table) == 0
    assert errors_of(table) == [(3, "discount", "rate.out_of_range")]


def test_header_only_documents_and_a_line_without_any_amount() -> None:
    table = documents("number,date,client,amount,quantity,unit_price", "1,2024-03-31,A,5,,", "2,2024-03-31,A,,3,")  # fmt: skip
    assert total(table) == 5
    assert errors_of(table) == [(3, "amount", "cell.missing")]


def test_cost_of_the_line_and_of_the_unit() -> None:
    head = "number,date,client,amount,quantity"
    by_unit = documents(head + ",unit_cost", "1,2024-03-31,A,50,3,9.995")
    assert by_unit.frame["cost"] == [Decimal("29.99")]
    both = documents(head + ",cost,unit_cost", "1,2024-03-31,A,50,3,NULL,9.99")
    assert both.frame["cost"] == [None]


RU = "Номер;Дата;Контрагент;Сумма"


@pytest.mark.parametrize(
    ("head", "line", "net", "vat", "gross"),
    [
        ("Сумма", "120,00", "120.00", "0", "120.00"),
        ("Сумма без НДС;Сумма с НДС", "100,00;120,00", "100.00", "20.00", "120.00"),
        ("Сумма без НДС;НДС", "100,00;20,00", "100.00", "20.00", "120.00"),
        ("Сумма без НДС;Ставка НДС", "100,00;10%", "100.00", "10.00", "110.00"),
        ("Всего;в т.ч. НДС", "120,00;20,00", "100.00", "20.00", "120.00"),
        ("Всего с НДС;Ставка НДС", "120,00;20%", "100.00", "20.00", "120.00"),
        ("Сумма;НДС;Всего", "100,00;20,00;120,00", "100.00", "20.00", "120.00"),
        ("Сумма;НДС;Всего", "120,00;20,00;120,00", "100.00", "20.00", "120.00"),
        ("Сумма;Ставка НДС;Сумма НДС", "100,00;20%;20,00", "100.00", "20.00", "120.00"),
        ("Сумма;Ставка НДС;Сумма НДС", "120,00;20%;20,00", "100.00", "20.00", "120.00"),
        ("Сумма;Ставка НДС;Сумма НДС", "120,00;Без НДС;0,00", "120.00", "0", "120.00"),
        ("Сумма;НДС;Всего", "100,00;20%;120,00", "100.00", "20.00", "120.00"),
        ("Сумма с НДС;НДС", "120,00;20/120", "100.00", "20.00", "120.00"),
    ],
)
def test_vat_where_the_file_makes_it_clear(
    head: str, line: str, net: str, vat: str, gross: str
) -> None:
    table = documents(f"Номер;Дата;Контрагент;{head}", f"1;31.03.2024;А;{line}")
    assert table.errors == []
    row = first_row(table)
    assert (row["amount"], row["vat"], row["gross"]) == (Decimal(net), Decimal(vat), Decimal(gross))


@pytest.mark.parametrize(
    ("vat", "net", "gross"),
    [("included", "80", "100"), ("excluded", "100", "120"), ("none", "100", "100")],
)
def test_unclear_vat_is_asked_once(vat: str, net: str, gross: str) -> None:
    source = csv_file("Номер;Дата;Контрагент;Сумма;НДС", "1;31.03.2024;А;100;20")
    assert refusal(source, "documents").issue.code == "vat.unclear"
    table = read(source, "documents", ReadOptions(vat=vat))
    assert total(table) == Decimal(net)
    assert total(table, "gross") == Decimal(gross)
    assert table.meta.vat == vat


def test_vat_rate_of_the_whole_file_by_option() -> None:
    source = csv_file(RU, "1;31.03.2024;А;120,00")
    table = read(source, "documents", ReadOptions(vat="included:20"))
    assert (total(table), total(table, "vat")) == (Decimal("100.00"), Decimal("20.00"))
    assert refusal(source, "documents", ReadOptions(vat="maybe")).issue.code == "vat.unknown_choice"


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ("Реализация товаров и услуг", "invoice"),
        ("Реализация (акт, накладная, УПД)", "invoice"),
        ("Отпуск товара", "invoice"),
        ("Отгрузка по заказу", "invoice"),
        ("Акт", "invoice"),
        ("Счёт-фактура выданный", "invoice"),
        ("Заказ-наряд", "invoice"),
        ("invoice", "invoice"),
        ("Возврат товаров от покупателя", "credit_note"),
        ("Сторно реализации", "credit_note"),
        ("Credit Note", "credit_note"),
        ("credit_note", "credit_note"),
        ("Sales return", "credit_note"),
        ("Заказ покупателя", "order"),
        ("Sales order", "order"),
        ("Счёт", "payment_request"),
        ("Счет на оплату покупателю", "payment_request"),
        ("payment_request", "payment_request"),
        ("Pro-forma invoice", "payment_request"),
        ("Корректировка реализации", "by_sign"),
        ("Возврат товаров поставщику", None),
        ("Поступление товаров", None),
    ],
)
def test_types_by_their_names(words: str, kind: str | None) -> None:
    assert type_of(words) == kind


def test_positive_returns_become_negative_with_all_their_sums() -> None:
    table = documents(
        "Вид документа;Номер;Дата;Контрагент;Количество;Цена;Сумма без НДС;НДС;Себестоимость",
        "Возврат;1;31.03.2024;А;2;50;100;20;60",
        "Возврат;2;31.03.2024;А;-1;50;-50;-10;-30",
        "Приход;3;31.03.2024;А;1;1;1;0;1",
    )
    assert errors_of(table) == [(4, "Вид документа", "type.unknown")]
    assert table.frame["amount"] == [Decimal(-100), Decimal(-50)]
    assert table.frame["gross"] == [Decimal(-120), Decimal(-60)]
    assert table.frame["cost"] == [Decimal(-60), Decimal(-30)]
    assert table.frame["quantity"] == [Decimal(-2), Decimal(-1)]


def test_without_types_the_sum_of_the_document_decides() -> None:
    table = documents(
        "number,date,client,amount",
        "1,2024-03-31,A,100",
        "1,2024-03-31,A,-10",
        "2,2024-03-31,A,-40",
        "2,2025-03-31,A,40",
    )
    assert table.frame["type"] == ["invoice", "invoice", "credit_note", "invoice"]
    assert total(table) == 90


def test_one_bad_line_holds_its_document_back_and_no_other() -> None:
    table = documents(
        "number,date,client,organisation,amount",
        "1,2024-03-31,A,X,100",
        "1,2024-03-31,A,X,oops",
        "1,2024-03-31,A,Y,7",
        "1,2025-03-31,A,X,8",
        "2,2024-03-31,A,X,9",
    )
    assert errors_of(table) == [(3, "amount", "number.invalid")]
    assert table.held_back == [2]
    assert table.rows == [4, 5, 6]
    assert total(table) == 24


def test_a_line_whose_date_is_unreadable_holds_back_every_document_of_its_number() -> None:
    table = documents("number,date,client,amount", "1,2024-03-31,A,1", "1,never,A,2", "1,2025-03-31,A,3")  # fmt: skip
    assert table.rows == []
    assert table.held_back == [2, 4]


def test_rows_without_a_client_are_kept_for_quarantine() -> None:
    table = documents("number,date,client,amount", "1,2024-03-31,,10", "2,2024-03-31,A,20")
    assert table.errors == []
    assert table.frame["client"] == [None, "A"]


def test_wrong_tax_number_refuses_the_line_in_russian_files_only() -> None:
    russian = documents("Номер;Дата;ИНН;Сумма", "1;31.03.2024;7799100001;5", f"2;31.03.2024;{INN};5")  # fmt: skip
    assert errors_of(russian) == [(2, "ИНН", "inn.checksum")]
    english = documents("number,date,tax id,amount", "1,2024-03-31,DE 123456789,5")
    assert english.frame["inn"] == ["DE123456789"]


def test_tax_numbers_of_other_countries_are_tolerated_by_country() -> None:
    table = read(
        csv_file("Наименование;ИНН;Страна", "А;123456789012;Казахстан", "Б;123456789012;Россия"),
        "clients",
    )
    assert errors_of(table) == [(3, "ИНН", "inn.checksum")]
    assert table.frame["inn"] == ["123456789012"]


def test_a_tax_number_longer_than_we_keep_is_left_out_and_told() -> None:
    long = "DE 1234 5678 9012 3"
    table = documents("number,date,tax id,amount", f"1,2024-03-31,{long},5")
    assert table.frame["inn"] == [None]
    assert warnings_of(table) == [(2, "inn.foreign_long")]


def test_cancelled_and_unposted_documents_do_not_count() -> None:
    table = documents(
        "Номер;Дата;Контрагент;Сумма;Статус;Проведен",
        "1;31.03.2024;А;1;Отменён;Да",
        "2;31.03.2024;А;2;Новый;Нет",
        "3;31.03.2024;А;4;Новый;Да",
    )
    assert total(table) == 4
    assert warnings_of(table) == [(2, "row.not_counted"), (3, "row.not_counted")]


def test_currencies() -> None:
    rows = ["руб.", "₽", "643", "usd", "EUR", "", "пиастры"]
    table = documents("Номер;Дата;Контрагент;Сумма;Валюта", *(f"{n};31.03.2024;А;1;{name}" for n, name in enumerate(rows)))  # fmt: skip
    assert table.frame["currency"] == ["RUB", "RUB", "RUB", "USD", "EUR", None]
    assert errors_of(table) == [(8, "Валюта", "currency.unknown")]


def test_quantity_with_three_decimals_follows_the_other_columns() -> None:
    table = documents("Номер;Дата;Контрагент;Количество;Цена", "1;31.03.2024;А;1,000;2,50")
    assert table.frame["quantity"] == [Decimal("1.000")]
    assert total(table) == Decimal("2.50")


def test_open_decimal_sign_is_asked() -> None:
    source = csv_file("number\tdate\tclient\tamount", "1\t2024-03-31\tA\t1,234")
    assert refusal(source, "documents").issue.code == "number.ambiguous_decimal"
    assert total(read(source, "documents", ReadOptions(decimal=","))) == Decimal("1.234")
    assert total(read(source, "documents", ReadOptions(decimal="."))) == 1234


def test_open_date_order_is_asked_and_each_column_has_its_own() -> None:
    source = csv_file("number,date,due,client,amount", "1,3/4/2024,25/4/2024,A,1")
    issue = refusal(source, "documents").issue
    assert (issue.code, issue.column) == ("date.ambiguous_order", "date")
    table = read(source, "documents", ReadOptions(dates="mdy"))
    assert [str(first_row(table)[name]) for name in ("date", "due")] == ["2024-03-04", "2024-04-25"]


@pytest.mark.parametrize(
    ("purpose", "number"),
    [
        ("Оплата по счету № 00УТ-000001 от 09.01.2024, в т.ч. НДС 20%", "00УТ-000001"),
        ("Оплата по счёту 154/2 от 09.01.2024", "154/2"),
        ("Payment for invoice INV-0042.", "INV-0042"),
        ("за товар по договору", None),
    ],
)
def test_document_named_in_the_purpose_of_a_payment(purpose: str, number: str | None) -> None:
    assert document_in(purpose) == number


def test_ratings_go_from_one_to_ten() -> None:
    table = read(
        csv_file(
            "client,criterion,rating,rater", "A,fit,10,x", "A,fit,11,x", "A,fit,0,x", "A,fit,7.5,x"
        ),
        "ratings",
    )
    assert table.frame["rating"] == [Decimal(10), Decimal("7.5")]
    assert [code for _, _, code in errors_of(table)] == ["rating.out_of_range"] * 2


def test_interactions_need_client_and_date() -> None:
    table = read(
        csv_file(
            "Дата;Клиент;Тип;Тема;Текст",
            "31.03.2024;А;Звонок;Цены;Обсудили",
            "31.03.2024;;Звонок;;",
            ";А;Звонок;;",
        ),
        "interactions",
    )
    assert table.frame["kind"] == ["Звонок"]
    assert errors_of(table) == [(3, "Клиент", "cell.missing"), (4, "Дата", "cell.missing")]


@pytest.mark.parametrize(
    ("head", "line", "unsaid", "net"),
    [
        # The file says nothing at all: what the company says holds.
        ("Сумма", "120", "included:20", "100.00"),
        ("Сумма", "120", "excluded:20", "120"),
        ("Сумма", "120", None, "120"),
        # Neither does a VAT column that agrees with both ways.
        ("Сумма,Сумма НДС", "120,20", "included", "100"),
        # The file shows it by its numbers: nobody else is asked.
        ("Сумма,Ставка НДС,Сумма НДС,Всего", "100,20%,20,120", "included:20", "100"),
        ("Сумма,Ставка НДС,Сумма НДС", "120,20%,20", "excluded:20", "100"),
    ],
)
def test_what_the_company_says_of_vat_holds_where_the_file_is_silent(
    head: str, line: str, unsaid: str | None, net: str
) -> None:
    source = f"Номер,Дата,Контрагент,{head}\n1,01.02.2024,А,{line}\n".encode()
    table = read(source, "documents", ReadOptions(vat_unsaid=unsaid))
    assert table.frame["amount"] == [Decimal(net)]


def test_what_a_person_says_of_vat_goes_before_the_company() -> None:
    source = "Номер,Дата,Контрагент,Сумма\n1,01.02.2024,А,120\n".encode()
    table = read(source, "documents", ReadOptions(vat="none", vat_unsaid="included:20"))
    assert table.frame["amount"] == [Decimal(120)]
