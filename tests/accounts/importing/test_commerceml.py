"""CommerceML: documents, counterparties and goods; what is hostile or torn is refused."""

from __future__ import annotations

import datetime
from decimal import Decimal

import pytest

from accounts.importing import ReadOptions, Table, read
from tests.accounts.importing.helpers import INN, OTHER_INN, errors_of, refusal, warnings_of

LINE = "<Товар><Ид>t-1</Ид><Наименование>Чай</Наименование><ЦенаЗаЕдиницу>60</ЦенаЗаЕдиницу><Количество>2</Количество><Сумма>120</Сумма>{}</Товар>"
VAT_INSIDE = "<Налоги><Налог><Наименование>НДС</Наименование><УчтеноВСумме>true</УчтеноВСумме></Налог></Налоги>"
RATE = "<СтавкиНалогов><СтавкаНалога><Наименование>НДС</Наименование><Ставка>20</Ставка></СтавкаНалога></СтавкиНалогов>"


def document(
    operation: str = "Отпуск товара",
    *,
    lines: str = LINE.format(""),
    total: str = "120",
    role: str = "Продавец",
    facts: str = "",
    extra: str = "",
    number: str = "1",
) -> str:
    return (
        f"<Документ><Ид>d</Ид><Номер>{number}</Номер><Дата>2024-03-31</Дата>"
        f"<ХозОперация>{operation}</ХозОперация><Роль>{role}</Роль><Валюта>руб</Валюта>"
        f"<Сумма>{total}</Сумма>{extra}<Контрагенты>"
        f"<Контрагент><Ид>own</Ид><Наименование>Мы</Наименование><ИНН>{OTHER_INN}</ИНН><Роль>Продавец</Роль></Контрагент>"
        f"<Контрагент><Ид>c-1</Ид><Наименование>Ёлка</Наименование><ИНН>{INN}</ИНН><Роль>Покупатель</Роль></Контрагент>"
        f"</Контрагенты><Товары>{lines}</Товары><ЗначенияРеквизитов>{facts}</ЗначенияРеквизитов></Документ>"
    )


def fact(name: str, value: str) -> str:
    return f"<ЗначениеРеквизита><Наименование>{name}</Наименование><Значение>{value}</Значение></ЗначениеРеквизита>"


def commerceml(*inside: str, encoding: str = "utf-8", start: str = "") -> bytes:
    head = start or f'<?xml version="1.0" encoding="{encoding}"?>'
    return f'{head}<КоммерческаяИнформация ВерсияСхемы="2.10">{"".join(inside)}</КоммерческаяИнформация>'.encode(encoding)  # fmt: skip


def documents(*inside: str, **options: str) -> Table:
    return read(commerceml(*inside), "documents", ReadOptions(**options))  # type: ignore[arg-type]


def test_a_line_of_a_shipment() -> None:
    table = documents(document(facts=fact("Дата оплаты", "2024-04-02") + fact("Менеджер", "Ия")))
    assert table.errors == table.warnings == []
    row = {name: values[0] for name, values in table.frame.items()}
    assert row["client"] == "c-1"
    assert row["client_name"] == "Ёлка"
    assert row["inn"] == INN
    assert row["type"] == "invoice"
    assert row["product_name"] == "Чай"
    assert (row["quantity"], row["amount"], row["currency"]) == (2, 120, "RUB")
    assert (row["date"], row["settled"]) == (datetime.date(2024, 3, 31), datetime.date(2024, 4, 2))
    assert row["manager"] == "Ия"


@pytest.mark.parametrize("encoding", ["utf-8", "windows-1251", "utf-16"])
def test_encoding_of_the_declaration(encoding: str) -> None:
    table = read(commerceml(document(), encoding=encoding), "documents")
    assert table.frame["client_name"] == ["Ёлка"]


def test_tax_inside_and_beside_the_sum() -> None:
    inside = documents(document(extra=VAT_INSIDE, lines=LINE.format(RATE)))
    assert [inside.frame[name] for name in ("amount", "vat", "gross")] == [[100], [20], [120]]
    beside = documents(document(extra=VAT_INSIDE.replace("true", "false"), lines=LINE.format(RATE), total="144"))  # fmt: skip
    assert [beside.frame[name] for name in ("amount", "vat", "gross")] == [[120], [24], [144]]
    assert inside.warnings == beside.warnings == []


def test_tax_sum_of_the_line_wins() -> None:
    tax = "<Налоги><Налог><УчтеноВСумме>true</УчтеноВСумме><Сумма>19.99</Сумма></Налог></Налоги>"
    table = documents(document(lines=LINE.format(tax)))
    assert [table.frame[name] for name in ("amount", "vat", "gross")] == [
        [Decimal("100.01")],
        [Decimal("19.99")],
        [120],
    ]


def test_an_answer_about_tax_counts_where_the_file_is_silent() -> None:
    table = documents(document(), vat="included:20")
    assert [table.frame[name] for name in ("amount", "vat", "gross")] == [[100], [20], [120]]


def test_discount_beside_the_sum_is_taken_off() -> None:
    off = "<Скидки><Скидка><Сумма>20</Сумма><УчтеноВСумме>{}</УчтеноВСумме></Скидка></Скидки>"
    assert documents(document(lines=LINE.format(off.format("false")), total="100")).frame["amount"] == [100]  # fmt: skip
    assert documents(document(lines=LINE.format(off.format("true")))).frame["amount"] == [120]


def test_operations() -> None:
    table = documents(
        document("Заказ товара", number="1"),
        document("Возврат товара", number="2"),
        document("Отпуск товара", number="3", facts=fact("Отменен", "true")),
        document("Выплата безналичных денег", number="4"),
        document("Счет на оплату", number="5"),
        document("Отпуск товара", number="6", role="Покупатель"),
        document("Танцы", number="7"),
    )
    assert dict(zip(table.frame["number"], table.frame["type"], strict=True)) == {
        "1": "order",
        "2": "credit_note",
        "5": "payment_request",
    }
    assert table.frame["amount"] == [120, -120, 120]
    assert errors_of(table) == [(5, "ХозОперация", "type.unknown")]
    assert sorted(code for _, code in warnings_of(table)) == [
        "commerceml.operation_skipped",
        "commerceml.operation_skipped",
        "row.not_counted",
    ]


def test_a_document_without_lines_is_its_sum() -> None:
    table = documents(document(lines="", total="77.70"))
    assert table.frame["amount"] == [Decimal("77.70")]


def test_lines_that_do_not_add_up_are_said() -> None:
    table = documents(document(total="500"))
    assert warnings_of(table) == [(1, "document.sum_differs")]
    assert table.frame["amount"] == [120]


def test_bad_cells_name_the_record_and_the_element() -> None:
    table = documents(document(), document(number="2", lines=LINE.format("").replace(">120<", ">много<")))  # fmt: skip
    assert errors_of(table) == [(2, "Сумма", "number.invalid")]


def test_counterparties_once_each() -> None:
    person = f"<Контрагент><Ид>c-2</Ид><ОфициальноеНаименование>ООО Сосна</ОфициальноеНаименование><ИНН>{OTHER_INN}</ИНН></Контрагент>"
    table = read(commerceml(document(), document(), f"<Контрагенты>{person}</Контрагенты>"), "clients")  # fmt: skip
    assert table.frame["external_id"] == ["c-1", "c-2"]
    assert table.frame["legal_name"] == [None, "ООО Сосна"]


def test_goods_of_a_catalogue_with_their_groups() -> None:
    source = commerceml(
        "<Классификатор><Группы><Группа><Ид>g</Ид><Наименование>Напитки</Наименование><Группы>"
        "<Группа><Ид>g2</Ид><Наименование>Чай</Наименование></Группа></Группы></Группа></Группы></Классификатор>"
        "<Каталог><Товары><Товар><Ид>1</Ид><Артикул>A-1</Артикул><Наименование>Улун</Наименование>"
        "<Группы><Ид>g2</Ид></Группы></Товар></Товары></Каталог>"
    )
    table = read(source, "products")
    assert {name: values[0] for name, values in table.frame.items()} == {
        "code": "A-1",
        "name": "Улун",
        "family": "Чай",
    }


@pytest.mark.parametrize(
    ("source", "code"),
    [
        (commerceml(start='<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e "x">]>'), "xml.dtd_forbidden"),
        # Behind so much that a look at the beginning does not see it.
        (b'<?xml version="1.0"?>' + b" " * 300_000 + b"<!DOCTYPE x><x/>", "xml.dtd_forbidden"),
        (b'<?xml version="1.0"?><catalog/>', "file.unsupported"),
        (commerceml(document())[:-40], "xml.damaged"),
        (commerceml("<q>" * 100, "</q>" * 100), "xml.unreadable"),
        (commerceml("<Документ>", "<q/>" * 250_000, "</Документ>"), "xml.unreadable"),
        (b'<?xml version="1.0"?><a b="' + b"x" * 3_000_000, "xml.unreadable"),
        (b'<?xml version="1.0" encoding="nonsense"?><a/>', "xml.damaged"),
        (commerceml(), "file.no_rows"),
    ],
)  # fmt: skip
def test_refused(source: bytes, code: str) -> None:
    assert refusal(source, "documents").issue.code == code


def test_another_kind_is_told_which_it_may_be() -> None:
    issue = refusal(commerceml(document()), "payments").issue
    assert issue.code == "format.other_kind"
    assert issue.params["kinds"] == "documents, clients, products"
