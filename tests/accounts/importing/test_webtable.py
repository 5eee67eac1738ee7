"""Web pages saved under the name of .xls: their tables, and pages that would never end."""

from __future__ import annotations

from decimal import Decimal

import pytest

from accounts.importing import ReadOptions, read
from tests.accounts.importing.helpers import errors_of, refusal, warnings_of

ROW = "<tr><td>{}</td><td>31.03.2024</td><td>ООО &laquo;Ёлка&raquo;</td><td>1&nbsp;234,56</td></tr>"
HEADER = "<tr><th>Номер</th><th>Дата</th><th>Контрагент</th><th>Сумма</th></tr>"


def page(*rows: str, before: str = "", encoding: str = "utf-8", charset: str = "") -> bytes:
    meta = (
        f'<meta http-equiv="Content-Type" content="text/html; charset={charset}">'
        if charset
        else ""
    )
    return f"<html><head>{meta}<style>td {{color: red}}</style></head><body>{before}<table>{''.join(rows)}</table></body></html>".encode(encoding)  # fmt: skip


def test_cells_of_a_table() -> None:
    table = read(page(HEADER, ROW.format("А-1"), ROW.format("А-2")), "documents")
    assert table.errors == []
    assert table.meta.container == "html"
    assert table.frame["client_name"] == ["ООО «Ёлка»", "ООО «Ёлка»"]
    assert table.frame["amount"] == [Decimal("1234.56")] * 2


@pytest.mark.parametrize(("encoding", "charset"), [("cp1251", "windows-1251"), ("utf-16", ""), ("cp1251", "")])  # fmt: skip
def test_encodings(encoding: str, charset: str) -> None:
    source = page(HEADER, ROW.format("А-1"), encoding=encoding, charset=charset)
    assert read(source, "documents").frame["client_name"] == ["ООО «Ёлка»"]


def test_cells_left_open_breaks_and_scripts() -> None:
    source = page(
        "<tr><td>Номер<td>Дата<td>Контрагент<td>Сумма",
        "<tr><td>А-1<td>31.03.2024<td>Ёлка<br>и <b>Ко</b><script>alert(1)</script><td>5,00",
    )
    table = read(source, "documents")
    assert table.frame["client_name"] == ["Ёлка\nи Ко"]


def test_cells_over_several_columns_and_rows() -> None:
    source = page(
        '<tr><td rowspan="2">Номер</td><td rowspan="2">Дата</td><td rowspan="2">Контрагент</td><td colspan="2">Сумма</td></tr>',
        "<tr><td>без НДС</td><td>НДС</td></tr>",
        "<tr><td>А-1</td><td>31.03.2024</td><td>Ёлка</td><td>100</td><td>20</td></tr>",
    )
    table = read(source, "documents")
    assert table.meta.header_row == 2
    assert [table.frame[name][0] for name in ("client_name", "amount", "gross")] == ["Ёлка", 100, 120]  # fmt: skip


def test_the_table_that_fits_is_taken_and_one_can_be_chosen() -> None:
    layout = "<table><tr><td>Отчёт</td></tr></table>"
    source = page(HEADER, ROW.format("А-1"), before=layout)
    assert read(source, "documents").meta.sheet == "table 2"
    asked = refusal(source, "documents", ReadOptions(sheet="table 1"))
    assert asked.issue.code == "header.not_found"
    assert refusal(source, "documents", ReadOptions(sheet="x")).issue.code == "sheet.unknown"


def test_totals_and_errors_are_named_as_in_a_sheet() -> None:
    bad = ROW.format("А-2").replace("31.03", "31.13")
    total = "<tr><td>Итого</td><td></td><td></td><td>2</td></tr>"
    table = read(page(HEADER, ROW.format("А-1"), bad, total), "documents")
    assert errors_of(table) == [(3, "Дата", "date.invalid")]
    assert warnings_of(table) == [(4, "row.total_skipped")]


@pytest.mark.parametrize(
    "hostile",
    [
        # Each takes the parser of the standard library ever longer.
        "<table>" + "<!--" * 500_000,
        "<table>" + "<a " * 500_000,
        "<table>" + "<![CDATA[" * 200_000,
        "<table>" + "</" * 500_000,
        "<table>" + "<script" * 200_000,
        "<table>" + "<td a='" * 200_000 + ">",
        "<table><tr>" + "<td>x</td>" * 300,
        "<table>" + '<tr><td colspan="999">x</td></tr>',
    ],
)
def test_pages_that_would_never_end(hostile: str) -> None:
    refused = refusal(f"<html>{hostile}".encode(), "documents").issue.code
    assert refused in {"html.unreadable", "file.empty", "header.not_found"}
