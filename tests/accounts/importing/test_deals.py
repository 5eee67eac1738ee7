"""Lists of deals of CRM systems: those that were won are orders, the others are not counted."""

import datetime as dt
from decimal import Decimal

import pytest

from accounts.importing import ReadOptions, Refused, read, recognise

AMO = '''"ID","Название сделки","Компания","Основной контакт","Ответственный","Этап сделки","Воронка","Бюджет ₽","Дата создания сделки","Дата закрытия","Теги"
"900","Сделка 0","ООО ""АльфаТорг""","Иванов","Менеджеров Пётр","Успешно реализовано","Продажи","91754","01.01.2024 10:00:00","21.01.2024 10:00:00","опт"
"901","Сделка 1","ООО ""БетаЭнерго""","","Продажина Анна","Закрыто и не реализовано","Продажи","1102334","02.01.2024 10:00:00","22.01.2024 10:00:00",""
"902","Сделка 2","ООО ""ВекторЛогистик""","","Продажина Анна","Переговоры","Продажи","1767530","03.01.2024 10:00:00","",""
'''
BITRIX = '''"ID";"Стадия сделки";"Название сделки";"Компания";"Сумма";"Валюта";"Дата создания";"Дата завершения";"Ответственный"
"17";"Сделка успешна";"Поставка";"ООО ""Альфа""";"1250.50";"RUB";"01.02.2026 09:00:00";"10.02.2026";"Продажина Анна"
"18";"Сделка провалена";"Поставка";"ООО ""Бета""";"300.00";"RUB";"01.02.2026 09:00:00";"11.02.2026";"Продажина Анна"
"19";"Новая";"Поставка";"ООО ""Бета""";"700.00";"RUB";"01.02.2026 09:00:00";"";"Продажина Анна"
'''
HUBSPOT = """Deal ID,Deal Name,Deal Stage,Close Date,Amount,Associated Company
71,Boxes,closedwon,2026-02-10,1200.00,Acme
72,Boxes,closedlost,2026-02-11,300.00,Acme
73,Boxes,contractsent,2026-02-12,300.00,Acme
"""
NONE = ReadOptions(vat="none")


def rows(text, encoding="utf-8-sig", **more):
    table = read(text.encode(encoding), "documents", NONE)
    assert table.errors == []
    names = ("number", "type", "date", "client_name", "amount")
    assert {issue.code for issue in table.warnings} == {"row.not_counted"}
    return list(zip(*(table.frame[name] for name in names), strict=True))


def test_deals_of_amocrm():
    assert rows(AMO) == [
        ("900", "order", dt.date(2024, 1, 21), 'ООО "АльфаТорг"', Decimal("91754"))
    ]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "cp1251"])
def test_deals_of_bitrix24(encoding):
    assert rows(BITRIX, encoding) == [
        ("17", "order", dt.date(2026, 2, 10), 'ООО "Альфа"', Decimal("1250.50"))
    ]


def test_deals_of_hubspot():
    assert rows(HUBSPOT) == [("71", "order", dt.date(2026, 2, 10), "Acme", Decimal("1200.00"))]


@pytest.mark.parametrize(
    ("stage", "counts"),
    [
        ("Успешно реализовано", True),
        ("Сделка успешна", True),
        ("Выиграна", True),
        ("Closed Won", True),
        ("142", True),
        ("", True),
        ("Закрыто и не реализовано", False),
        ("Неуспешная", False),
        ("Closed Lost", False),
        ("Первичный контакт", False),
        ("143", False),
        ("Wonder", False),
    ],
)
def test_stages(stage, counts):
    text = BITRIX.replace("Сделка успешна", stage)
    assert (len(read(text.encode(), "documents", NONE).rows) == 1) == counts


@pytest.mark.parametrize(("text", "system"), [(AMO, "amocrm"), (BITRIX, "bitrix24")])
def test_they_are_recognised(text, system):
    found = recognise("export.csv", text.encode("utf-8-sig"))
    assert (found.kind.value, found.system.value) == ("documents", system)
    columns = {column.title: column.field for column in found.columns}
    assert columns["ID"] == "number"


def test_an_id_without_a_stage_is_still_asked():
    with pytest.raises(Refused) as refused:
        read(b"ID,Company,Amount,Date\n1,Acme,5.00,2026-01-01\n", "documents", NONE)
    assert refused.value.issue.code == "header.ambiguous"
