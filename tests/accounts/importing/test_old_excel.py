"""Workbooks of Excel 97-2003 are read like those of today, behind the same guard."""

import datetime as dt
from decimal import Decimal

import pytest

from accounts.importing import Refused, read, recognise

from .old_excel import other, workbook

ROWS = [
    ["Реестр документов"],
    [],
    ["Номер", "Дата", "Контрагент", "ИНН", "Сумма без НДС"],
    ["00УТ-000001", dt.date(2026, 2, 10), "ООО «Альфа»", 7707083893, 1250.5],
    ["00УТ-000002", "11.02.2026", "ООО «Бета»", "7728168971", "2 000,00"],
    ["Итого", None, None, None, 3250.5],
]


def refusal(data):
    with pytest.raises(Refused) as refused:
        read(data, "documents")
    return refused.value.issue.code


def test_a_register_is_read():
    table = read(workbook(ROWS), "documents")
    assert table.errors == []
    assert table.meta.container == "xls"
    assert list(table.frame["number"]) == ["00УТ-000001", "00УТ-000002"]
    assert list(table.frame["date"]) == [dt.date(2026, 2, 10), dt.date(2026, 2, 11)]
    assert list(table.frame["inn"]) == ["7707083893", "7728168971"]
    assert list(table.frame["amount"]) == [Decimal("1250.50"), Decimal("2000.00")]
    assert table.rows == [4, 5]


def test_whatever_its_name_says(tmp_path):
    path = tmp_path / "register.xlsx"
    path.write_bytes(workbook(ROWS))
    assert len(read(path, "documents").rows) == 2
    found = recognise("register.xlsx", path)
    assert (found.container, found.kind.value) == ("xls", "documents")


def test_many_rows():
    rows = [ROWS[2]] + [[f"A-{n}", dt.date(2026, 1, 1), "Альфа", None, n] for n in range(1, 3001)]
    assert len(read(workbook(rows), "documents").rows) == 3000


def test_what_is_no_workbook_is_refused():
    assert refusal(other()) == "file.old_excel"
    assert refusal(workbook(ROWS, extra="_VBA_PROJECT_CUR\0".encode("utf-16-le"))) == "xlsx.macro"
    assert refusal(other("EncryptedPackage")) == "xlsx.encrypted"


@pytest.mark.parametrize("keep", [600, 1100, 1540, 1650, 1900])
def test_a_damaged_one_ends_the_child_only(keep):
    whole = workbook(ROWS)
    code = refusal(whole[:keep] + b"\xff" * (len(whole) - keep))
    assert code in ("xlsx.unreadable", "file.old_excel", "header.not_found", "file.no_rows")


def test_one_with_a_password_is_refused():
    assert refusal(workbook(ROWS, protected=True)) == "xlsx.unreadable"
