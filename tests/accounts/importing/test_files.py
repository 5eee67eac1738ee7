"""Containers, encodings, delimiters and records that real exports and bad luck produce."""

from __future__ import annotations

import gzip
import io
import zipfile
from decimal import Decimal
from pathlib import Path

import pytest

from accounts.importing import ReadOptions, Refused, read
from accounts.importing import container as container_module
from tests.accounts.importing.helpers import (
    csv_file,
    documents,
    errors_of,
    first_row,
    refusal,
    total,
    warnings_of,
)

HEADER = "Номер;Дата;Контрагент;Сумма"
ROW = "А-1;31.03.2024;ООО «Ёлка»;1 234,56"


@pytest.mark.parametrize(
    ("encoding", "label"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8 with BOM"),
        ("cp1251", "cp1251"),
        ("cp866", "cp866"),
        ("koi8-r", "koi8-r"),
        ("utf-16", "utf-16 with BOM"),
        ("utf-16-le", "utf-16-le"),
        ("utf-16-be", "utf-16-be"),
    ],
)
def test_russian_encodings(encoding: str, label: str) -> None:
    row = ROW.replace("«", '"').replace("»", '"').replace(' "', ' ""').replace('"Ё', '"Ё')
    row = "А-1;31.03.2024;Завод Ёлочных игрушек;1 234,56"
    table = documents(HEADER, row, encoding=encoding)
    assert table.meta.encoding == label
    assert table.frame["client_name"] == ["Завод Ёлочных игрушек"]
    assert total(table) == Decimal("1234.56")


def test_western_encoding_is_not_taken_for_russian() -> None:
    table = documents(
        "Number,Date,Customer,Amount",
        "1,2024-03-31,Mère Paillarde,10",
        "2,2024-03-31,Königlich Essen,20",
        encoding="cp1252",
    )
    assert table.meta.encoding == "cp1252"
    assert table.frame["client_name"] == ["Mère Paillarde", "Königlich Essen"]


def test_asked_encoding_wins_and_unknown_one_is_refused() -> None:
    table = documents(HEADER, ROW.replace("«", "").replace("»", ""), encoding="cp1251")
    assert table.frame["client_name"] == ["ООО Ёлка"]
    assert refusal(b"a,b\n1,2\n", "clients", ReadOptions(encoding="nonsense")).issue.code == (
        "encoding.unknown"
    )


def test_gzip_is_unpacked_and_several_members_follow_each_other() -> None:
    first, second = csv_file(HEADER, ROW), csv_file("А-2;01.04.2024;ООО Ромашка;10,00")
    table = read(gzip.compress(first, mtime=0) + gzip.compress(second, mtime=0), "documents")
    assert table.meta.container == "csv.gz"
    assert total(table) == Decimal("1244.56")


def test_gzip_bomb_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(container_module, "SUSPECT_BYTES", 1 << 20)
    bomb = gzip.compress(b"0" * (8 << 20), mtime=0)
    assert refusal(bomb, "documents").issue.code == "file.too_large_unpacked"


def test_torn_gzip_is_damaged() -> None:
    whole = gzip.compress(csv_file(HEADER, ROW), mtime=0)
    assert refusal(whole[:-12], "documents").issue.code == "file.damaged"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "file.empty"),
        (b"\xef\xbb\xbf\r\n \r\n", "file.empty"),
        (b"%PDF-1.7 rest", "file.binary"),
        (gzip.compress(b"\x89PNG rest of a picture", mtime=0), "file.binary"),
        (bytes(range(256)) * 8, "file.binary"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "file.old_excel"),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"),
            "xlsx.encrypted",
        ),
        (b"<html><table><tr><td>ID</td></tr></table></html>", "column.missing"),
        (b"<html><body>Please sign in</body></html>", "file.empty"),
        (b'{"result": [1, 2]}', "file.no_rows"),
        (b'{"result": "yes"}', "page.unknown"),
        (b'{"result": [', "json.damaged"),
        (b'{"error": "QUERY_LIMIT_EXCEEDED"}', "page.busy"),
        (b'{"error": "NO_AUTH_FOUND"}', "page.error"),
        (b'{"a":' * 100_000, "json.damaged"),
        (b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x "y">]><a/>', "xml.dtd_forbidden"),
        ('<?xml version="1.0"?><!DOCTYPE a><a/>'.encode("utf-16"), "xml.dtd_forbidden"),
        ("1CClientBankExchange\r\nВерсияФормата=1.03\r\n".encode("cp1251"), "format.other_kind"),
        (b'<?xml version="1.0"?><other/>', "file.unsupported"),
    ],
)
def test_what_is_no_table_is_refused(content: bytes, code: str) -> None:
    assert refusal(content, "clients").issue.code == code


def test_zip_that_is_no_workbook() -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("clients.csv", "name\nA\n")
    assert refusal(packed.getvalue(), "clients").issue.code == "file.unsupported"


@pytest.mark.parametrize("delimiter", [";", ",", "\t", "|"])
def test_delimiters(delimiter: str) -> None:
    head = delimiter.join(["number", "date", "client_name", "amount"])
    row = delimiter.join(["1", "2024-03-31", '"Smith, Sons; Co"', "10.5"])
    table = read(csv_file(head, row), "documents")
    assert table.meta.delimiter == delimiter
    assert table.frame["client_name"] == ["Smith, Sons; Co"]


def test_decimal_commas_do_not_make_a_comma_the_delimiter() -> None:
    table = documents("number;date;client;amount;cost", "1;2024-03-31;A;1,5;0,5", "2;2024-03-31;B;2,5;1,5")  # fmt: skip
    assert table.meta.delimiter == ";"
    assert total(table) == Decimal("4.0")


def test_bad_delimiter_option() -> None:
    options = ReadOptions(delimiter="ab")
    assert refusal(b"name;inn\nA;1\n", "clients", options).issue.code == "file.unknown_delimiter"


def test_titles_above_totals_and_signature_below() -> None:
    table = documents(
        "Отчёт о продажах за март;;;",
        "Организация: ООО «Свет»;;;",
        ";;;",
        HEADER,
        ROW,
        "А-2;01.04.2024;ООО Ромашка;10,00",
        "Итого;;;1 244,56",
        "Руководитель _________;;;",
    )
    assert table.meta.header_row == 4
    assert table.rows == [5, 6]
    assert table.errors == []
    assert warnings_of(table) == [(7, "row.total_skipped"), (8, "row.footer_skipped")]
    assert total(table) == Decimal("1244.56")


def test_imprint_below_a_report() -> None:
    table = read(
        csv_file(
            '"Account Name","Account Owner","Billing City"',
            '"Acme","Ann","Paris"',
            "",
            '"Accounts"',
            '"Copyright (c) 2000-2024 salesforce.com, inc. All rights reserved."',
            '"Generated By:  Ann 3/4/2024 10:00"',
        ),
        "clients",
    )
    assert table.errors == []
    assert table.frame["name"] == ["Acme"]
    assert warnings_of(table) == [(row, "row.footer_skipped") for row in (4, 5, 6)]


def test_a_client_called_total_is_no_total() -> None:
    table = read(csv_file("name;city", "Total Energies;Paris", "Итоговый контроль ООО;Омск"), "clients")  # fmt: skip
    assert len(table.rows) == 2


def test_blank_records_count_in_row_numbers() -> None:
    table = documents(HEADER, "", ";;;", "А-1;чушь;ООО Ёлка;1,00")
    assert errors_of(table) == [(4, "Дата", "date.invalid")]


def test_open_quote_in_the_middle_swallows_to_the_end_and_is_said() -> None:
    table = documents(HEADER, 'А-1;31.03.2024;"ООО Ёлка;1,00', "А-2;31.03.2024;ООО Ромашка;2,00")
    assert table.rows == []
    assert [(row, code) for row, _, code in errors_of(table)] == [
        (2, "row.unclosed_quote"),
        (3, "row.unclosed_quote"),
    ]


def test_last_line_without_an_end_is_whole() -> None:
    table = read(csv_file(HEADER, ROW).rstrip(b"\r\n"), "documents")
    assert table.errors == []
    assert len(table.rows) == 1


def test_line_breaks_inside_quotes_belong_to_the_cell() -> None:
    table = documents(HEADER, 'А-1;31.03.2024;"ООО\nЁлка";1,00', "А-2;31.03.2024;Б;2,00")
    assert table.frame["client_name"][0] == "ООО\nЁлка"
    assert table.rows == [2, 3]


def test_extra_blank_cells_are_no_error_and_extra_filled_ones_are() -> None:
    table = documents(HEADER, ROW + ";;", ROW.replace("А-1", "А-2") + ";лишнее")
    assert errors_of(table) == [(3, None, "row.ragged")]
    assert len(table.rows) == 1


def test_a_bad_byte_in_a_cp1251_file_is_an_error_of_its_row() -> None:
    good = csv_file(HEADER, "А-1;31.03.2024;Завод;1,00", encoding="cp1251")
    table = read(good + b"\xc0-2;31.03.2024;\x98\xe0\xe2\xee\xe4;2,00\r\n", "documents")
    assert errors_of(table) == [(3, None, "encoding.invalid")]
    assert len(table.rows) == 1


def test_control_characters_in_a_column_that_is_not_used_do_no_harm() -> None:
    table = documents(HEADER + ";Примечание", ROW + ";\x00\x07")
    assert table.errors == []


def test_guarding_apostrophe_is_taken_off_formulas_only() -> None:
    table = read(csv_file("name;city", "'=1+1;'s-Hertogenbosch"), "clients")
    assert first_row(table) == {"name": "=1+1", "city": "'s-Hertogenbosch"}


def test_null_is_nothing_among_numbers_and_a_name_among_texts() -> None:
    table = read(csv_file("name,city,turnover", "NULL,NA,NULL", "None,,5"), "clients")
    assert table.frame["name"] == ["NULL", "None"]
    assert table.frame["city"] == ["NA", None]
    assert table.frame["turnover"] == [None, Decimal(5)]


def test_codes_keep_zeros_and_lose_the_float_tail() -> None:
    kept = read(csv_file("code,name", "0017,A", "18.0,B"), "products")
    assert kept.frame["code"] == ["0017", "18.0"]
    lost = read(csv_file("code,name", "17850.0,A", "18.0,B"), "products")
    assert lost.frame["code"] == ["17850", "18"]


def test_path_and_bytes_read_alike(tmp_path: Path) -> None:
    path = tmp_path / "имя с пробелом.csv"
    path.write_bytes(csv_file(HEADER, ROW))
    assert read(path, "documents").frame == read(path.read_bytes(), "documents").frame
    assert read(path, "documents").meta.sha256 == read(str(path), "documents").meta.sha256


def test_unknown_kind_and_absent_file(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="secrets"):
        read(b"a", "secrets")
    with pytest.raises(FileNotFoundError):
        read(tmp_path / "absent.csv", "clients")


def test_long_columns_take_the_same_values_as_short_ones() -> None:
    """Beyond 50,000 different cells numbers are parsed in bulk; odd ones among them as ever."""
    lines = [f"{n};2024-03-31;A;{n},{n % 100:02d}" for n in range(60_000)]
    lines[55_000] = "55000;2024-03-31;A;(1 000,50)"
    lines[55_001] = "55001;2024-03-31;A;много"
    lines[55_002] = '55002;2024-03-31;A;"1\n2"'
    table = documents("number;date;client;amount", *lines)
    assert [(row, code) for row, _, code in errors_of(table)] == [
        (55_003, "number.invalid"),
        (55_004, "number.invalid"),
    ]
    amounts = dict(zip(table.rows, table.frame["amount"], strict=True))
    assert amounts[55_002] == Decimal("-1000.50")
    assert amounts[60_001] == Decimal("59999.99")
    assert len(amounts) == 59_998


def test_refused_says_its_code() -> None:
    with pytest.raises(Refused, match=r"file\.empty"):
        read(b"", "clients")
