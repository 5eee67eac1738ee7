"""The file of refused rows: as they stand, with reasons, safe to open and to load again."""

from __future__ import annotations

import csv
import io

from accounts.importing import ReadOptions, message, read, reasons, write_refused
from tests.accounts.importing.helpers import INN, csv_file
from tests.accounts.importing.test_statement import document, statement
from tests.accounts.importing.test_xlsx import HEADER as SHEET_HEADER
from tests.accounts.importing.test_xlsx import plain

HEADER = "Номер;Дата;Контрагент;Сумма;Примечание"


def refused(
    source: bytes, kind: str, language: str = "ru", options: ReadOptions | None = None
) -> list[list[str]]:
    options = options or ReadOptions()
    table = read(source, kind, options)
    why = reasons(table.errors, table.held_back, lambda issue: message(issue, language))
    out = io.StringIO(newline="")
    count = write_refused(out, source, kind, options, why, language)
    text = out.getvalue()
    assert text.startswith("\ufeff")
    delimiter = ";" if language == "ru" else ","
    rows = list(
        csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), delimiter=delimiter)
    )
    assert count == len(rows) - 1
    return rows


def test_rows_as_they_stand_with_the_reason_behind() -> None:
    source = csv_file(
        "Реестр;;;;",
        HEADER,
        "А-1;31.03.2024;Ёлка;1,00;",
        "А-2;32.03.2024;Ёлка;-5,00;=1+1",
        "А-3;31.03.2024;Ёлка;много;+7 495",
        encoding="cp1251",
    )
    rows = refused(source, "documents")
    assert rows[0] == [*HEADER.split(";"), "Причина отказа"]
    assert rows[1][:5] == ["А-2", "32.03.2024", "Ёлка", "-5,00", "'=1+1"]
    assert rows[1][5].startswith("Столбец «Дата»: «32.03.2024» не дата.")
    assert rows[2][4] == "'+7 495"
    assert "не число" in rows[2][5]


def test_sound_lines_of_a_refused_document_come_along() -> None:
    source = csv_file(HEADER, "А-1;31.03.2024;Ёлка;1,00;", "А-1;31.03.2024;Ёлка;много;")
    rows = refused(source, "documents", "en")
    assert [row[3] for row in rows[1:]] == ["1,00", "много"]
    assert rows[1][5].startswith("The row itself is sound")
    assert rows[0][5] == "Reason"


def test_a_corrected_file_is_read_again() -> None:
    source = csv_file(HEADER, "А-1;31.03.2024;Ёлка;много;")
    rows = refused(source, "documents")
    rows[1][3] = "10,00"
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=";").writerows(rows)
    table = read(out.getvalue().encode("utf-8-sig"), "documents")
    assert table.errors == []
    assert table.frame["amount"] == [10]
    assert table.meta.ignored == ["Примечание", "Причина отказа"]


def test_ragged_long_and_undecodable_rows() -> None:
    long = "х" * 40_000
    source = csv_file("name;city", f"{long};Омск", "A;B;C", "Ёлка;Уфа")
    rows = refused(source + "Сосна;Пермь\r\n".encode("cp1251"), "clients")
    assert len(rows[1][0]) == 32_767
    assert rows[2][:2] == ["A", "B"]
    assert "не в той кодировке" in rows[3][2]


def test_numbers_of_a_sheet() -> None:
    source = plain(SHEET_HEADER, ["А-1", "чушь", "А", 7799100000, 1234.5])
    rows = refused(source, "documents")
    assert rows[1][3:5] == ["7799100000", "1234,5"]
    assert refused(source, "documents", "en")[1][4] == "1234.5"


def test_documents_of_a_statement_get_headers_that_are_known() -> None:
    source = statement(document(ПлательщикИНН="7799100001"), document(Номер="2"), received="200.00")
    rows = refused(source, "payments")
    assert rows[0][:3] == ["number", "date", "client_name"]
    assert len(rows) == 2
    assert INN not in rows[1]
