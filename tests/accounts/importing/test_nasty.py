"""Nasty files: each gives its named errors, or its right rows, or is refused by name."""

from __future__ import annotations

import datetime
import gzip
import io
import json
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from accounts.importing import ReadOptions, Refused, message, read
from accounts.importing import textfile as textfile_module
from tests.accounts.importing.helpers import csv_file, documents, errors_of, first_row, refusal
from tests.accounts.importing.test_xlsx import plain, with_part, workbook

HEADER = "Номер;Дата;Контрагент;Сумма"
SHEET = "xl/worksheets/sheet1.xml"


@dataclass(frozen=True)
class Nasty:
    """A file and what must come of it. refused: code; else rows taken and errors by place."""

    make: Callable[[], bytes]
    kind: str = "documents"
    rows: int = 0
    errors: list[tuple[int | None, str | None, str]] = field(default_factory=list)
    refused: str | None = None
    options: ReadOptions = field(default_factory=ReadOptions)


def lines(*rows: str, header: str = HEADER, encoding: str = "utf-8", end: str = "\r\n") -> Callable[[], bytes]:  # fmt: skip
    return lambda: csv_file(header, *rows, encoding=encoding, end=end)


def zipped(name: str, content: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return out.getvalue()


def sheet_of(*rows: list[Any]) -> Callable[[], bytes]:
    return lambda: plain(["Номер", "Дата", "Контрагент", "Сумма"], *rows)


def merged_register() -> bytes:
    """As 1С prints a register: title, a header of two rows, merged cells, totals, signature."""

    def fill(book: Any) -> None:
        sheet = book.add_worksheet("Реестр")
        sheet.merge_range(0, 0, 0, 6, "Реестр документов «Реализация» за январь 2024 г.")
        for column, name in enumerate(("Документ", "Контрагент", "ИНН", "Договор")):
            sheet.merge_range(2, column, 3, column, name)
        sheet.merge_range(2, 4, 2, 6, "Сумма, руб.")
        sheet.write_row(3, 4, ["без НДС", "НДС", "Всего"])
        sheet.write_row(
            4,
            0,
            [
                "Реализация (акт, накладная, УПД) 00УТ-000001 от 09.01.2024 9:05:00",
                "ООО Ёлка",
                "7799100000",
                "Договор № 1 от 01.01.2023",
                "1\u00a0000,00",
                "200,00",
                1200,
            ],
        )
        sheet.write_row(
            5,
            0,
            [
                "Возврат товаров от покупателя 00УТ-000002 от 10.01.2024 0:00:00",
                "ООО Ёлка",
                7799100000,
                "",
                100,
                20,
                120,
            ],
        )
        sheet.write_row(
            6,
            0,
            [
                "Реализация (акт, накладная, УПД) 00УТ-000003 от 41.01.2024",
                "ООО Ёлка",
                "7799100000",
                "",
                1,
                0.2,
                1.2,
            ],
        )
        sheet.write_row(7, 0, ["Итого", "", "", "", 1101, 220.2, 1321.2])
        sheet.write(9, 0, "Ответственный _______________ /Иванов И. И./")

    return workbook(fill)  # fmt: skip


NASTY: dict[str, Nasty] = {
    # Bytes and records
    "NUL inside a cell": Nasty(lines("А-1;31.03.2024;Ёл\x00ка;1,00", "А-2;31.03.2024;Ёлка;2,00"),
        rows=1, errors=[(2, "Контрагент", "cell.control_char")]),
    "only NULs": Nasty(lambda: b"\x00" * 5000, refused="file.binary"),
    "one line of UTF-8 in a file of cp1251": Nasty(
        lambda: csv_file(HEADER, "А-1;31.03.2024;Завод;1,00", encoding="cp1251") * 1
        + "А-2;31.03.2024;Ёлка;2,00\r\n".encode() + "А-3;31.03.2024;Завод;2,00\r\n".encode("cp1251"),
        refused="header.not_found"),
    "UTF-16 cut in the middle of a letter": Nasty(
        lambda: csv_file(HEADER, "А-1;31.03.2024;Ёлка;1,00", encoding="utf-16")[:-1],
        rows=1, errors=[(3, None, "encoding.invalid")]),
    "UTF-8 mark in the middle": Nasty(
        lines("А-1;31.03.2024;\ufeffЁлка;1,00"), rows=1),
    "line ends of three kinds": Nasty(
        lambda: (HEADER + "\rА-1;31.03.2024;А;1,00\nА-2;31.03.2024;Б;2,00\r\n").encode(), rows=2),
    "a quote opened in the last cell": Nasty(lines('А-1;31.03.2024;А;"1,00'),
        errors=[(2, None, "row.unclosed_quote")]),
    "quotes inside a cell without doubling": Nasty(
        lines('А-1;31.03.2024;ООО "Ёлка";1,00'), rows=1),
    "a thousand delimiters": Nasty(lines("А-1;31.03.2024;А;1,00" + ";" * 1000), rows=1),
    "a row of too many cells": Nasty(lines("А-1;31.03.2024;А;1,00" + ";x" * 1000),
        errors=[(2, None, "row.ragged")]),
    "ten thousand columns": Nasty(
        lambda: csv_file(";".join([HEADER, *(f"c{n}" for n in range(10_000))])), refused="header.too_wide"),
    "gzip of gzip": Nasty(lambda: gzip.compress(gzip.compress(csv_file(HEADER), mtime=0), mtime=0),
        refused="file.binary"),
    "gzip of a workbook": Nasty(lambda: gzip.compress(plain([HEADER]), mtime=0), refused="file.binary"),
    "archive of a table": Nasty(lambda: zipped("a.csv", csv_file(HEADER)), refused="file.unsupported"),
    # Headers
    "the same header twice": Nasty(lines("А-1;31.03.2024;А;1;2", header=HEADER + ";Сумма"),
        refused="header.duplicate"),
    "headers that differ by blanks and case only": Nasty(
        lines("А-1;31.03.2024;А;1;2", header=HEADER + "; СУММА "), refused="header.duplicate"),
    "a header cell of 5,000 characters": Nasty(
        lines("А-1;31.03.2024;А;1,00;x", header=HEADER + ";" + "Ъ" * 5000), rows=1),
    "formulas for headers": Nasty(lines("А-1;31.03.2024;А;1,00;x", header=HEADER + ";=1+1"), rows=1),
    "header in the 40th row": Nasty(lambda: csv_file(*[f"Отчёт {n}" for n in range(39)], HEADER),
        refused="header.not_found"),
    "header in the 40th row, told": Nasty(
        lambda: csv_file(*[f"Отчёт {n};;;" for n in range(39)], HEADER, "А-1;31.03.2024;А;1,00"),
        rows=1, options=ReadOptions(header_row=40)),
    "balance sheet": Nasty(lambda: csv_file("Оборотно-сальдовая ведомость по счету 62 за 2024 г.;;;", HEADER),
        refused="file.balance"),
    # Cells
    "dates that cannot be": Nasty(
        lines("А-1;30.02.2024;А;1,00", "А-2;31.03.0024;А;1,00", "А-3;01.01.0001 0:00:00;А;1,00",
              "А-4;29.02.2024;А;1,00"),
        rows=1, errors=[(2, "Дата", "date.invalid"), (3, "Дата", "date.out_of_range"),
                        (4, "Дата", "cell.missing")]),
    "sums of every spelling": Nasty(
        lines("А-1;31.03.2024;А;−1\u202f234,56", "А-2;31.03.2024;А;(1 234,56)", "А-3;31.03.2024;А;1234,56-",
              "А-4;31.03.2024;А;1 234,56 руб.", "А-5;31.03.2024;А;1,2,3", "А-6;31.03.2024;А;#ЗНАЧ!",
              "А-7;31.03.2024;А;бесплатно"),
        rows=4, errors=[(6, "Сумма", "number.invalid"), (7, "Сумма", "number.invalid"),
                        (8, "Сумма", "number.invalid")]),
    "a sum beyond all money": Nasty(lines("А-1;31.03.2024;А;" + "9" * 4000, "А-2;31.03.2024;А;9e99"),
        errors=[(2, "Сумма", "number.too_large"), (3, "Сумма", "number.too_large")]),
    "infinite and not a number": Nasty(lines("А-1;31.03.2024;А;Infinity", "А-2;31.03.2024;А;nan"),
        errors=[(2, "Сумма", "number.invalid"), (3, "Сумма", "cell.missing")]),
    "digits of other scripts": Nasty(lines("А-1;31.03.2024;А;١٢٣", "А-2;٣١.٠٣.٢٠٢٤;А;1,00"),
        rows=1, errors=[(2, "Сумма", "number.invalid")]),
    "one bad line refuses its document and no other": Nasty(
        lines("А-1;31.03.2024;А;1,00", "А-1;31.03.2024;А;х", "А-2;31.03.2024;А;2,00"),
        rows=1, errors=[(3, "Сумма", "number.invalid")]),
    "a currency of another planet": Nasty(lines("А-1;31.03.2024;А;1,00;кредиты", header=HEADER + ";Валюта"),
        errors=[(2, "Валюта", "currency.unknown")]),
    "rate of VAT beyond all": Nasty(
        lines("А-1;31.03.2024;А;1,00;220%", header=HEADER + ";Ставка НДС"),
        errors=[(2, "Ставка НДС", "rate.out_of_range")], options=ReadOptions(vat="excluded")),
    "documents told by one column": Nasty(
        lines("Реализация 00УТ-1 от 09.01.2024;А;1,00", "без всего;А;1,00", "Поступление 5 от 09.01.2024;А;1,00",
              header="Документ;Контрагент;Сумма"),
        rows=1, errors=[(3, "Документ", "cell.missing"), (4, "Документ", "type.unknown")]),
    "one column that tells no date": Nasty(lines("00УТ-1;А;1,00", header="Документ;Контрагент;Сумма"),
        refused="document.no_date"),
    "register of 1С with merged headers": Nasty(merged_register, rows=2, errors=[(7, "Документ", "date.invalid")]),
    # Workbooks
    "sheet of errors and booleans": Nasty(
        sheet_of(["А-1", "31.03.2024", True, 1], ["А-2", "31.03.2024", "А", False]),
        rows=1, errors=[(3, "Сумма", "number.invalid")]),
    "date of sheet far ahead": Nasty(sheet_of(["А-1", 2_000_000, "А", 1]),
        errors=[(2, "Дата", "date.out_of_range")]),
    "sheet without its data": Nasty(
        lambda: with_part(plain(["Номер"]), SHEET, lambda data: data[: len(data) // 2]), refused="xlsx.unreadable"),
    "sheet of entities": Nasty(
        lambda: with_part(plain(["Номер"]), SHEET, lambda data: data.replace(b"<worksheet", b'<!DOCTYPE w [<!ENTITY a "b">]><worksheet', 1)),
        refused="xlsx.dtd"),
    "archive that names a part twice": Nasty(lambda: doubled(), refused="file.damaged"),
    "way out of the archive": Nasty(
        lambda: with_part(sheet_of(["А-1", "31.03.2024", "А", 1])(), "../../evil.xml", None), rows=1),
    # Other formats
    "a page that says to sign in": Nasty(lambda: b"<!DOCTYPE html><html><body><form>Login</form></body></html>",
        refused="file.empty"),
    "JSON deeper than any": Nasty(lambda: b'{"result":' + b"[" * 100_000, refused="json.damaged"),
    "JSON of scalars and lists": Nasty(
        lambda: json.dumps({"result": [{"TITLE": {"a": 1}, "ID": 7}, "x", None, {"TITLE": "Ёлка", "ID": 2}]}).encode(),
        kind="clients", rows=1, errors=[(1, "TITLE", "cell.missing")]),
    "a number of JSON of 5,000 digits": Nasty(
        lambda: ('{"result":[{"TITLE":"A","ID":' + "9" * 5000 + ',"REVENUE":1e999999}]}').encode(),
        kind="clients", errors=[(1, "ID", "cell.too_long"), (1, "REVENUE", "number.invalid")]),
    "XML in Russian letters of another encoding": Nasty(
        lambda: '<?xml version="1.0" encoding="utf-8"?><КоммерческаяИнформация/>'.encode("cp1251"),
        refused="xml.damaged"),
}  # fmt: skip


def doubled() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name in ("xl/workbook.xml", "xl/Workbook.xml"):
            archive.writestr(name, b"<workbook/>")
    return out.getvalue()


@pytest.mark.parametrize("name", NASTY)
def test_nasty(name: str) -> None:
    nasty = NASTY[name]
    source = nasty.make()
    if nasty.refused:
        issue = refusal(source, nasty.kind, nasty.options).issue
        assert issue.code == nasty.refused
        issues = [issue]
    else:
        table = read(source, nasty.kind, nasty.options)
        assert errors_of(table) == nasty.errors
        assert len(table.rows) == nasty.rows
        issues = [*table.errors, *table.warnings]
    for each in issues:
        for language in ("en", "ru"):
            text = message(each, language)
            assert len(text) < 1_500
            assert text != each.code


def test_there_are_enough() -> None:
    assert len(NASTY) >= 20


def test_register_of_1c_with_merged_headers() -> None:
    table = read(merged_register(), "documents")
    assert first_row(table) == {
        "number": "00УТ-000001",
        "date": datetime.date(2024, 1, 9),
        "client_name": "ООО Ёлка",
        "type": "invoice",
        "agreement": "Договор № 1 от 01.01.2023",
        "inn": "7799100000",
        "amount": 1000,
        "vat": 200,
        "gross": 1200,
    }
    assert [table.frame[name][1] for name in ("type", "amount", "gross")] == ["credit_note", -100, -120]  # fmt: skip
    assert table.meta.header_row == 4
    assert {issue.code for issue in table.warnings} == {"row.total_skipped", "row.footer_skipped"}


def test_own_columns_win_over_the_one_that_tells_all() -> None:
    table = documents(
        "Документ;Дата;Контрагент;Сумма", "Реализация 7 от 09.01.2024;10.01.2024;А;1,00", "8;11.01.2024;Б;2,00"
    )  # fmt: skip
    assert table.frame["number"] == ["7", "8"]
    assert [str(date) for date in table.frame["date"]] == ["2024-01-10", "2024-01-11"]
    assert table.frame["type"] == ["invoice", "invoice"]


def test_names_of_people_in_parts() -> None:
    russian = read(csv_file("Имя;Фамилия;Отчество;Компания", "Ия;Ель;;А", ";;Янович;Б"), "contacts")
    assert russian.frame["name"] == ["Ель Ия"]
    assert errors_of(russian) == [(3, "Фамилия", "cell.missing")]
    english = read(csv_file("First Name,Last Name,Company name", "Ann,Lee,A"), "contacts")
    assert english.frame["name"] == ["Ann Lee"]


def test_an_endless_record_ends_the_reading(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(textfile_module, "LONGEST_RECORD", 1_000)
    monkeypatch.setattr(textfile_module, "_widen_field_limit", lambda: textfile_module.csv.field_size_limit(1_000))  # fmt: skip
    options = ReadOptions(delimiter=";")
    try:
        line = csv_file(HEADER, "А-1;31.03.2024;" + "х" * 2_000 + ";1,00")
        assert refusal(line, "documents", options).issue.params["line"] == 2
        quote = csv_file(HEADER, 'А-1;31.03.2024;"А;1,00', *["А-2;31.03.2024;А;1,00"] * 100)
        assert refusal(quote, "documents", options).issue.code == "row.too_long"
    finally:
        textfile_module.csv.field_size_limit(1 << 24)


def test_too_many_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(textfile_module, "MAX_RECORDS", 3)
    with pytest.raises(Refused, match=r"file\.too_many_rows"):
        read(csv_file(HEADER, *["А-1;31.03.2024;А;1,00"] * 5), "documents")
