"""Whatever the bytes, the reader gives a table or refuses; and every table holds together."""

from __future__ import annotations

import io
import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.importing import (
    FIELDS,
    KINDS,
    Issue,
    ReadOptions,
    Refused,
    Table,
    message,
    read,
    reasons,
    recognise,
    write_refused,
)
from tests.accounts.importing.test_xlsx import SOUND

CELLS = st.one_of(
    st.sampled_from(
        ["", "1 234,56", "-5", "31.03.2024", "3/4/2024", "NULL", "7799100000", "Итого", "20%",
         "Возврат", "руб.", "'=1", "счёт", "1e5", "да", "отменён", "5", "10", "А-1"]
    ),
    st.text(st.characters(blacklist_categories=("Cs", "Cc"), blacklist_characters=';"'), max_size=9),
)  # fmt: skip
NASTY = st.sampled_from(['"', "\x00", ";;;", "x;y", "\r", "", "Итого;;;"])


@st.composite
def tables(draw: st.DrawFn) -> tuple[str, list[str]]:
    """A kind and lines whose header has what the kind needs and some of its other fields."""
    kind = draw(st.sampled_from(KINDS))
    needed = [draw(st.sampled_from(group)).split("+") for group in FIELDS[kind].needs]
    extra = draw(st.lists(st.sampled_from(sorted(FIELDS[kind].fields)), max_size=6))
    header = list(dict.fromkeys([name for names in needed for name in names] + extra))
    width = len(header)
    rows = draw(st.lists(st.lists(CELLS, min_size=width, max_size=width), min_size=1, max_size=8))
    lines = [";".join(header), *(";".join(row) for row in rows)]
    if draw(st.booleans()):
        lines.insert(draw(st.integers(0, len(lines))), draw(NASTY))
    return kind, lines


def check(source: bytes, kind: str, options: ReadOptions | None = None) -> None:
    try:
        table = read(source, kind, options)
    except Refused as refused:
        check_issue(refused.issue)
        return
    check_table(table)
    if table.errors:
        check_refused(source, table, options or ReadOptions())


def check_refused(source: bytes, table: Table, options: ReadOptions) -> None:
    """Refused rows can be written, and none that is not among them."""
    why = reasons(table.errors, table.held_back, lambda issue: message(issue, "ru"))
    written = write_refused(io.StringIO(newline=""), source, table.kind, options, why, "ru")
    assert written <= len(why)


def check_recognised(source: bytes) -> None:
    try:
        found = recognise("файл", source)
    except Refused as refused:
        check_issue(refused.issue)
        return
    json.dumps(found.as_json()).encode()
    for issue in found.problems:
        check_issue(issue)
    if found.table is not None:
        check_table(found.table)


def check_table(table: Table) -> None:
    assert all(len(values) == len(table.rows) for values in table.frame.values())
    assert table.rows == sorted(set(table.rows))
    bad = {issue.row for issue in table.errors}
    assert not bad & set(table.rows)
    assert not set(table.held_back) & set(table.rows)
    assert len(table.rows) + len(table.held_back) + len(bad) <= table.meta.rows + len(bad)
    for issue in [*table.errors, *table.warnings]:
        check_issue(issue)


def check_issue(issue: Issue) -> None:
    for language in ("en", "ru"):
        text = message(issue, language)
        assert len(text) < 3_000
        assert text != issue.code


@given(st.binary(max_size=400), st.sampled_from(KINDS))
def test_any_bytes(source: bytes, kind: str) -> None:
    check(source, kind)
    check_recognised(source)


@given(
    tables(),
    st.sampled_from(["utf-8", "cp1251", "utf-16"]),
    st.sampled_from([None, "none", "included:20", "excluded"]),
)
@settings(max_examples=200)
def test_any_table(table: tuple[str, list[str]], encoding: str, vat: str | None) -> None:
    kind, lines = table
    source = "\r\n".join(lines).encode(encoding, errors="replace")
    check(source, kind, ReadOptions(vat=vat, dates="dmy", decimal=",", delimiter=";"))
    check_recognised(source)


STARTS = (
    "1CClientBankExchange\r\nРасчСчет=1\r\nСекцияДокумент=П\r\n",
    '<?xml version="1.0"?><КоммерческаяИнформация><Документ>',
    '{"result": [{"TITLE": "A", ',
    '{"_embedded": {"leads": [',
)
PIECES = st.lists(
    st.one_of(
        st.sampled_from(
            ["СекцияДокумент=", "КонецДокумента", "КонецФайла", "Сумма=1.5", "ПолучательСчет=1",
             "Номер=1", "Дата=01.02.2024", "<Номер>1</Номер>", "<Товары><Товар>", "</Товар></Товары>",
             "<Сумма>5</Сумма>", "</Документ>", "</КоммерческаяИнформация>", '"ID": 5}', "]}", ",",
             '"x": {"y": [', "{", '"status_id": 142', "<!DOCTYPE x>", "&lt;", "]]>"]
        ),
        st.text(max_size=12),
    ),
    max_size=14,
)  # fmt: skip


@given(st.sampled_from(STARTS), PIECES, st.sampled_from(["utf-8", "cp1251"]))
@settings(max_examples=200)
def test_any_file_of_another_format(start: str, pieces: list[str], encoding: str) -> None:
    source = (start + "\r\n".join(pieces)).encode(encoding, errors="replace")
    check_recognised(source)
    for kind in ("documents", "payments", "clients"):
        check(source, kind)


@given(st.data())
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_damage_to_a_workbook(data: st.DataObject) -> None:
    source = bytearray(SOUND)
    for _ in range(data.draw(st.integers(1, 4))):
        source[data.draw(st.integers(4, len(source) - 1))] = data.draw(st.integers(0, 255))
    check(bytes(source), "documents")


@pytest.mark.parametrize("kind", KINDS)
def test_header_alone_of_every_kind(kind: str) -> None:
    with pytest.raises(Refused):
        read(b"name;client;date;number;amount;criterion;rating;code\r\n", kind)
