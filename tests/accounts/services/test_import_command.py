"""`manage.py import`: kinds found by content, refused rows written to a file."""

import csv
import json

import pytest
from django.core.management import call_command

from accounts.models import Client, Payment
from tests.accounts.importing.test_statement import document, statement

from .importing import count


@pytest.fixture
def command(db, tmp_path, capsys):
    """Runs the command on a file of these bytes; gives its exit code and its JSON."""

    def run(kind, name, source, *options):
        path = tmp_path / name
        path.write_bytes(source)
        code = 0
        try:
            call_command("import", kind, str(path), "--json", *map(str, options))
        except SystemExit as end:
            code = end.code
        return code, json.loads(capsys.readouterr().out)

    return run


def test_kind_is_found_by_content(command):
    code, answer = command(
        "auto", "x.csv", "Код;Наименование;ИНН\n1;ООО Альфа;7799100000\n".encode()
    )
    assert (code, answer["kind"]) == (0, "clients")
    code, answer = command("auto", "kl_to_1c.txt", statement(document()))
    assert (code, answer["kind"]) == (0, "payments")
    assert (count(Client), count(Payment)) == (1, 1)


@pytest.mark.parametrize(
    ("source", "expected"),
    [(b"a;b\n1;2\n", "kind.unclear"), (b"%PDF-1.7", "file.binary"), (b"", "file.empty")],
)
def test_kind_that_cannot_be_found_is_asked(command, source, expected):
    code, answer = command("auto", "x.csv", source)
    assert code == 2
    assert [error["code"] for error in answer["errors"]] == [expected]


def test_absent_file_is_said(command, tmp_path):
    with pytest.raises(SystemExit):
        call_command("import", "auto", str(tmp_path / "none.csv"), "--json")


def test_refused_rows_are_written_with_their_reasons(command, tmp_path):
    source = "Номер;Дата;Контрагент;Сумма\n1;31.03.2024;Альфа;5,00\n2;вчера;Альфа;6,00\n"
    code, answer = command("documents", "x.csv", source.encode(), "--refused", tmp_path / "bad.csv")
    assert (code, answer["accepted"]) == (1, "partial")
    with (tmp_path / "bad.csv").open(encoding="utf-8-sig", newline="") as file:
        header, row = csv.reader(file, delimiter=";")
    assert header[-1] == "Причина отказа"
    assert row[:4] == ["2", "вчера", "Альфа", "6,00"]
    assert "не дата" in row[4]


def test_no_file_where_nothing_was_refused(command, tmp_path):
    command("clients", "x.csv", "Наименование\nАльфа\n".encode(), "--refused", tmp_path / "bad.csv")
    assert not (tmp_path / "bad.csv").exists()
