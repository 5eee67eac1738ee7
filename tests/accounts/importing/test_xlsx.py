"""Workbooks: sound ones are read as text files are, hostile ones are refused before or in a child."""

from __future__ import annotations

import datetime
import io
import zipfile
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
import xlsxwriter

from accounts.importing import child as child_module
from accounts.importing import read
from tests.accounts.importing.helpers import errors_of, refusal, total, warnings_of

HEADER = ["Номер", "Дата", "Контрагент", "ИНН", "Сумма"]
SHEET = "xl/worksheets/sheet1.xml"


def workbook(fill: Callable[[Any], None], **options: Any) -> bytes:
    packed = io.BytesIO()
    book = xlsxwriter.Workbook(packed, {"in_memory": True, **options})
    fill(book)
    book.close()
    return packed.getvalue()


def plain(*rows: list[Any], **options: Any) -> bytes:
    def fill(book: Any) -> None:
        sheet = book.add_worksheet()
        dates = book.add_format({"num_format": "dd.mm.yyyy"})
        for at, cells in enumerate(rows):
            for column, cell in enumerate(cells):
                if isinstance(cell, datetime.date):
                    sheet.write_datetime(at, column, cell, dates)
                elif cell is not None:
                    sheet.write(at, column, cell)

    return workbook(fill, **options)


def with_part(source: bytes, name: str, change: Callable[[bytes], bytes] | None) -> bytes:
    """The workbook with one part changed, or added where it is not there."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(source)) as old, zipfile.ZipFile(out, "w") as new:
        for part in old.infolist():
            data = old.read(part)
            if part.filename == name and change is not None:
                data = change(data)
            new.writestr(part.filename, data, zipfile.ZIP_DEFLATED)
        if change is None:
            new.writestr(name, b"x")
    return out.getvalue()


SOUND = plain(HEADER, ["А-1", datetime.date(2024, 3, 31), "ООО Ёлка", 7799100000, 1234.56])


def test_numbers_dates_and_tax_numbers_of_a_sheet() -> None:
    table = read(SOUND, "documents")
    assert table.errors == []
    assert table.meta.container == "xlsx"
    assert table.frame["date"] == [datetime.date(2024, 3, 31)]
    assert table.frame["inn"] == ["7799100000"]
    assert table.frame["amount"] == [Decimal("1234.56")]


def test_native_numbers_and_typed_ones_in_one_column() -> None:
    table = read(
        plain(
            HEADER,
            ["А-1", datetime.date(2024, 3, 31), "А", None, "1 234,56"],
            ["А-2", "31.03.2024", "Б", None, 0.1 + 0.2],
            ["А-3", 45382, "В", None, 1000],
            ["А-4", 45382.75, "В", None, "1,5"],
        ),
        "documents",
    )
    assert table.errors == []
    assert set(table.frame["date"]) == {datetime.date(2024, 3, 31)}
    assert [str(value) for value in table.frame["amount"]] == ["1234.56", "0.3", "1000", "1.5"]


def test_serials_of_a_workbook_counted_from_1904() -> None:
    rows = (HEADER, ["А-1", 45382 - 1462, "А", None, 1])
    assert read(plain(*rows, date_1904=True), "documents").frame["date"] == [
        datetime.date(2024, 3, 31)
    ]
    assert read(plain(*rows), "documents").frame["date"] == [datetime.date(2020, 3, 30)]


def test_table_that_starts_low_and_right_keeps_its_row_numbers() -> None:
    table = read(
        plain(
            [],
            [None, "Продажи за март"],
            [],
            [None, *HEADER],
            [None, "А-1", datetime.date(2024, 3, 31), "А", None, 5],
            [None, "А-2", "чушь", "А", None, 5],
            [None, "Итого", None, None, None, 10],
        ),
        "documents",
    )
    assert table.meta.header_row == 4
    assert table.rows == [5]
    assert errors_of(table) == [(6, "Дата", "date.invalid")]
    assert warnings_of(table) == [(7, "row.total_skipped")]


def test_hidden_sheets_and_sheets_without_a_header_are_passed_over() -> None:
    def fill(book: Any) -> None:
        hidden = book.add_worksheet("Старое")
        hidden.write_row(0, 0, HEADER)
        hidden.write_row(1, 0, ["Х", "31.03.2024", "Х", "", 99])
        book.add_worksheet("Пусто").activate()
        notes = book.add_worksheet("Заметки")
        notes.write(0, 0, "просто текст")
        data = book.add_worksheet("Данные")
        data.write_row(0, 0, HEADER)
        data.write_row(1, 0, ["А-1", "31.03.2024", "А", "", 7])
        hidden.hide()

    table = read(workbook(fill), "documents")
    assert table.meta.sheet == "Данные"
    assert total(table) == 7


def test_formula_with_no_stored_value_is_empty() -> None:
    def fill(book: Any) -> None:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, HEADER)
        sheet.write_row(1, 0, ["А-1", "31.03.2024", "А", ""])
        sheet.write_formula(1, 4, "=1+1", None, "")
        sheet.write_row(2, 0, ["А-2", "31.03.2024", "А", ""])
        sheet.write_formula(2, 4, "=2+1", None, 3)

    table = read(workbook(fill), "documents")
    assert errors_of(table) == [(2, "Сумма", "cell.missing")]
    assert total(table) == 3


def test_empty_workbook() -> None:
    assert refusal(plain([]), "documents").issue.code in {"file.empty", "header.not_found"}


def far_cell(data: bytes) -> bytes:
    return data.replace(b"</sheetData>", b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>')  # fmt: skip


def unnumbered_cells(data: bytes) -> bytes:
    return data.replace(b"</sheetData>", b"<row>" + b"<c><v>1</v></c>" * 300 + b"</row></sheetData>")  # fmt: skip


def unnumbered_rows(data: bytes) -> bytes:
    return data.replace(b"</sheetData>", b"<row/>" * 200_001 + b"</sheetData>")


def wide_and_tall(data: bytes) -> bytes:
    return data.replace(b"</sheetData>", b'<row r="190000"><c r="IV190000"><v>1</v></c></row></sheetData>')  # fmt: skip


def prefixed_far_cell(data: bytes) -> bytes:
    return data.replace(
        b"</sheetData>",
        b"<x:row xmlns:x='y' r='5'><x:c\n r = 'XFD5'><x:v>1</x:v></x:c></x:row></sheetData>",
    )


@pytest.mark.parametrize(
    "change", [far_cell, unnumbered_cells, unnumbered_rows, wide_and_tall, prefixed_far_cell]
)
def test_cells_far_away_are_refused_before_parsing(
    change: Callable[[bytes], bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(*_: object) -> None:
        raise AssertionError("the parser was started")

    monkeypatch.setattr(child_module.subprocess, "Popen", never)
    issue = refusal(with_part(SOUND, SHEET, change), "documents").issue
    assert issue.code == "xlsx.too_many_cells"


@pytest.mark.parametrize(
    ("name", "change", "code"),
    [
        ("xl/vbaProject.bin", None, "xlsx.macro"),
        (SHEET, lambda data: data.replace(b"?>", b'?><!DOCTYPE x SYSTEM "f">', 1), "xlsx.dtd"),
        (
            "xl/workbook.xml",
            lambda data: b" " * 300_000 + b"<!ENTITY a 'b'>" + data,
            "xlsx.dtd",
        ),
        (SHEET, lambda data: data.decode().encode("utf-16"), "xlsx.encoding"),
        (SHEET, lambda data: data.replace(b"UTF-8", b"UTF-7", 1), "xlsx.encoding"),
        (SHEET, lambda data: data[: len(data) // 2], "xlsx.unreadable"),
        (SHEET, lambda data: b"A" * (101 << 20), "file.too_large_unpacked"),
    ],
)
def test_hostile_parts(name: str, change: Callable[[bytes], bytes] | None, code: str) -> None:
    assert refusal(with_part(SOUND, name, change), "documents").issue.code == code


def test_too_many_parts() -> None:
    out = io.BytesIO(SOUND)
    with zipfile.ZipFile(out, "a") as archive:
        for number in range(500):
            archive.writestr(f"xl/media/{number}.bin", b"x")
    assert refusal(out.getvalue(), "documents").issue.code == "xlsx.too_many_parts"


def test_password_on_a_part() -> None:
    """The flag of encryption in the directory is enough."""
    marked = bytearray(SOUND)
    entry = marked.rindex(b"PK\x01\x02")
    marked[entry + 8] |= 1
    assert refusal(bytes(marked), "documents").issue.code == "xlsx.encrypted"


def test_same_part_twice() -> None:
    out = io.BytesIO(SOUND)
    with pytest.warns(UserWarning, match="Duplicate name"), zipfile.ZipFile(out, "a") as archive:
        archive.writestr(SHEET, b"<worksheet/>")
    assert refusal(out.getvalue(), "documents").issue.code == "file.damaged"


def test_torn_archive() -> None:
    assert refusal(SOUND[: len(SOUND) // 2], "documents").issue.code == "file.damaged"


def test_a_part_whose_name_is_not_in_its_encoding() -> None:
    """The name before the data, marked as UTF-8: the directory at the end is sound."""
    torn = bytearray(SOUND)
    entry = torn.index(b"PK\x03\x04")
    torn[entry + 7] |= 8
    torn[entry + 30] = 0xFF
    assert refusal(bytes(torn), "documents").issue.code == "file.damaged"


def sparse(data: bytes) -> bytes:
    return data.replace(
        b"</sheetData>", b'<row r="150000"><c r="CV150000"><v>1</v></c></row></sheetData>'
    )


def test_a_child_that_runs_out_of_memory_ends_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    source = with_part(SOUND, SHEET, sparse)
    monkeypatch.setattr(child_module, "MEMORY", 200 << 20)
    assert refusal(source, "documents").issue.code == "xlsx.unreadable"
    # The next workbook is read as if nothing had been.
    assert read(SOUND, "documents").errors == []


def test_sheet_with_many_rows_comes_in_blocks() -> None:
    rows = [[f"А-{n}", "31.03.2024", "А", "", n] for n in range(5_000)]
    table = read(plain(HEADER, *rows), "documents")
    assert len(table.rows) == 5_000
    assert table.rows[-1] == 5_001
    assert total(table) == sum(range(5_000))
