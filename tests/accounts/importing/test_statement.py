"""Bank statements: which way money went, control sums, what is torn or odd."""

from __future__ import annotations

import datetime
from decimal import Decimal

import pytest

from accounts.importing import Table, read
from tests.accounts.importing.helpers import INN, errors_of, refusal, warnings_of

OURS, THEIRS, DOLLARS = "40702810600000000001", "40702810200000000100", "40702840000000000002"


def document(amount: str = "100.00", *, out: bool = False, **values: str) -> list[str]:
    us, them = ("Плательщик", "Получатель") if out else ("Получатель", "Плательщик")
    facts = {
        "Номер": "1",
        "Дата": "14.01.2024",
        "Сумма": amount,
        f"{them}Счет": THEIRS,
        f"{them}1": 'ООО "Альфа"',
        f"{them}ИНН": INN,
        f"{us}Счет": OURS,
        "НазначениеПлатежа": "Оплата по счету № 5; сумма=100.00",
        **values,
    }
    lines = (f"{name}={value}" for name, value in facts.items())
    return ["СекцияДокумент=Платежное поручение", *lines, "КонецДокумента"]


def statement(
    *documents: list[str],
    received: str = "100.00",
    spent: str = "0.00",
    end: str = "КонецФайла",
    encoding: str = "cp1251",
    declared: str = "Windows",
    accounts: tuple[str, ...] = (OURS,),
) -> bytes:
    lines = ["1CClientBankExchange", "ВерсияФормата=1.03", f"Кодировка={declared}"]
    for account in accounts:
        lines += ["СекцияРасчСчет", f"РасчСчет={account}"]
        if account == OURS:
            lines += [f"ВсегоПоступило={received}", f"ВсегоСписано={spent}"]
        lines.append("КонецРасчСчет")
    for each in documents:
        lines += each
    return "\r\n".join([*lines, end]).encode(encoding)


def payments(source: bytes) -> Table:
    return read(source, "payments")


def test_a_receipt() -> None:
    table = payments(statement(document(ДатаПоступило="15.01.2024", ПлательщикКПП="0")))
    assert table.errors == table.warnings == []
    assert {name: values[0] for name, values in table.frame.items()} == {
        "number": "1",
        "date": datetime.date(2024, 1, 15),
        "client_name": 'ООО "Альфа"',
        "inn": INN,
        "amount": Decimal("100.00"),
        "currency": "RUB",
        "document": "5",
        "kpp": None,
    }
    # The line of the file at which the document begins.
    assert table.rows == [9]


@pytest.mark.parametrize(
    ("encoding", "declared"),
    [("cp1251", "Windows"), ("cp866", "DOS"), ("utf-8", "UTF-8"), ("utf-8-sig", "Windows")],
)
def test_encodings(encoding: str, declared: str) -> None:
    table = payments(statement(document(), encoding=encoding, declared=declared))
    assert table.frame["client_name"] == ['ООО "Альфа"']


def test_ways_of_money() -> None:
    table = payments(
        statement(
            document(),
            document("10.00", out=True, НазначениеПлатежа="Возврат излишне оплаченного"),
            document("20.00", out=True, НазначениеПлатежа="Аренда офиса"),
            document("30.00", out=True, НазначениеПлатежа="Возврат займа по договору 1"),
            document("40.00", ПлательщикСчет=DOLLARS),
            received="140.00",
            spent="60.00",
            accounts=(OURS, DOLLARS),
        )
    )
    assert table.frame["amount"] == [Decimal("100.00"), Decimal("-10.00")]
    assert [(issue.code, dict(issue.params)) for issue in table.warnings] == [
        ("statement.outgoing_skipped", {"count": 2, "amount": "50.00"}),
        ("statement.inside_skipped", {"count": 1}),
    ]


def test_day_tells_the_way_where_accounts_do_not() -> None:
    table = payments(
        statement(document(ПолучательСчет="", ДатаПоступило="15.01.2024"), received="0")
    )
    assert table.frame["amount"] == [Decimal("100.00")]
    unclear = payments(statement(document(), document(ПолучательСчет=THEIRS, Номер="2")))
    assert errors_of(unclear) == [(19, None, "statement.no_direction")]


def test_control_sums_are_held_against_the_documents() -> None:
    table = payments(statement(document(), received="150.00"))
    [note] = table.warnings
    assert note.code == "statement.sums_differ"
    assert note.params == {"account": "…0001", "stated": "150.00", "found": "100.00"}


def test_a_cut_statement_says_so() -> None:
    table = payments(statement(document(), document()[:-1], end=""))
    assert errors_of(table) == [(19, None, "statement.unfinished")]
    assert warnings_of(table) == [(None, "statement.cut")]
    assert len(table.rows) == 1


def test_errors_name_the_line_and_the_field() -> None:
    table = payments(
        statement(
            document("сто", Номер="1"),
            document(Номер="2", Дата="32.01.2024"),
            document(Номер="3", ПлательщикИНН="7799100001"),
            received="200.00",
        )
    )
    assert errors_of(table) == [
        (9, "Сумма", "number.invalid"),
        (19, "Дата", "date.invalid"),
        (29, "ИНН", "inn.checksum"),
    ]


def test_payers_without_a_tax_number_here() -> None:
    table = payments(statement(document(ПлательщикИНН="0"), document(ПлательщикИНН="12345", Номер="2"), received="200.00"))  # fmt: skip
    assert table.errors == []
    assert table.frame["inn"] == [None, None]


def test_currency_is_that_of_our_account() -> None:
    table = payments(statement(document(ПолучательСчет=DOLLARS), received="0", accounts=(OURS, DOLLARS)))  # fmt: skip
    assert table.frame["currency"] == ["USD"]


def test_refusals() -> None:
    assert refusal(statement(document(), accounts=()), "payments").issue.code == (
        "statement.no_account"
    )
    endless = statement(document(НазначениеПлатежа="х" * 70_000))
    assert refusal(endless, "payments").issue.code == "row.too_long"
    assert refusal(statement(document()), "clients").issue.code == "format.other_kind"
