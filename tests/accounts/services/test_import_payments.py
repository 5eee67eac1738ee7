"""Payments, contacts and interactions from files, and the command itself."""

import datetime as dt
import io
import json
import subprocess
import sys
from decimal import Decimal

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from accounts import signals
from accounts.models import Client, Contact, Document, Interaction, Payment, QuarantinedRow
from accounts.services.importing import register_loader
from accounts.services.importing.running import _LOADERS
from tests.factories import make_client, make_user

from .importing import codes, count, rows

PAYMENTS = """
    number;date;client;amount;document
    7;2024-02-01;c1;60.00;A-1
    ;2024-02-03;c1;10.00;
    ;2024-02-03;c1;10.00;
    8;2024-02-04;zz;15.00;
"""


@pytest.fixture
def client(db):
    return make_client("Alpha", external_id="c1")


def test_payments_settle_documents_and_come_once(load, client):
    load("documents", "number;date;client;amount\nA-1;2024-01-10;c1;60\nA-2;2024-01-12;c1;50\n")
    report = load("payments", PAYMENTS)
    assert report.accepted == "all"
    assert report.entities["payments"].created == 3
    assert report.as_json()["quarantined"] == {"rows": 1, "amount": "15.00"}
    assert report.as_json()["totals"]["amount"] == "80.00"
    assert rows(Document, "number", "paid", "settled_on") == [
        ("A-1", Decimal("60.00"), dt.date(2024, 2, 1)),
        ("A-2", Decimal("20.00"), None),
    ]
    again = load("payments", PAYMENTS)
    assert again.as_json()["payments"] == {"created": 0, "updated": 0, "unchanged": 3}
    assert count(QuarantinedRow) == 1


def test_a_corrected_payment_is_a_new_version(load, client):
    load("payments", PAYMENTS)
    report = load("payments", "number;date;client;amount;document\n7;2024-02-01;c1;66.00;A-1\n")
    assert report.as_json()["payments"] == {"created": 0, "updated": 1, "unchanged": 0}
    assert rows(Payment, "amount", "version", number="7", known_to=None) == [(Decimal("66.00"), 2)]


def test_a_payment_pasted_twice_is_counted_once(load, client):
    report = load("payments", "number;date;client;amount\n7;2024-02-01;c1;60\n7;2024-02-01;c1;60\n")
    assert [(issue.row, issue.code) for issue in report.warnings] == [(3, "payment.duplicate")]
    assert count(Payment) == 1


def test_a_payment_may_name_only_its_document(load, client):
    load("documents", "number;date;client;amount\nA-1;2024-01-10;c1;60\n")
    load("payments", "number;date;document;amount\n7;2024-02-01;A-1;60\n8;2024-02-01;A-9;60\n")
    assert rows(Payment, "client", "number") == [(client.pk, "7")]
    assert count(QuarantinedRow, kind="payments") == 1


def test_rows_leave_quarantine_when_their_client_is_known(load, client):
    load("payments", PAYMENTS)
    make_client("Late", external_id="zz")
    report = load("payments", PAYMENTS)
    assert (report.quarantined_rows, count(QuarantinedRow)) == (0, 0)
    assert report.entities["payments"].created == 1


def test_interactions_have_versions_and_ranges(load, client):
    text = """
        client;date;kind;subject;text;satisfaction
        c1;2024-03-01;звонок;Цены;Обсудили;8
        c1;2024-03-02;meeting;Review;;11
        c1;2024-03-03;танцы;;Что-то;
    """
    report = load("interactions", text)
    assert codes(report) == [(3, "satisfaction.range")]
    assert rows(Interaction, "kind", "satisfaction") == [("call", 8), ("note", None)]
    changed = load("interactions", text.replace("Обсудили", "Договорились"))
    assert changed.as_json()["interactions"] == {"created": 0, "updated": 1, "unchanged": 1}
    assert rows(Interaction, "text", kind="call", known_to=None) == [("Договорились",)]


def test_contacts_are_completed(load, client):
    load("contacts", "client;name;position;role\nc1;Ivan Petrov;Buyer;decision maker\n")
    report = load("contacts", "client;name;email;phone\nc1;IVAN PETROV;I@example.com;\n")
    assert report.as_json()["contacts"] == {"created": 0, "updated": 1, "unchanged": 0}
    assert rows(Contact, "name", "position", "email", "role") == [
        ("Ivan Petrov", "Buyer", "i@example.com", "decides")
    ]


def test_another_floor_may_load_its_kind(load, client, monkeypatch):
    seen = []
    monkeypatch.setitem(_LOADERS, "ratings", None)
    register_loader("ratings", lambda rows: seen.append(rows.known_clients()))
    load("ratings", "client;criterion;rating\nc1;Solvency;7\n")
    assert seen == [[client.pk]]


def test_whoever_listens_hears_of_changes_only(load):
    heard = []

    def listen(sender, reason, **_more):
        heard.append(reason)

    signals.portfolio_changed.connect(listen)
    try:
        text = "number;date;client;amount\nA-1;2024-01-10;c1;60\n"
        load("documents", text, dry_run=True)
        load("documents", text)
        load("documents", text)
    finally:
        signals.portfolio_changed.disconnect(listen)
    assert heard == ["import"]


def test_a_failure_in_the_middle_leaves_nothing(load, monkeypatch):
    def break_down(*_args, **_options):
        raise OSError("the power went")

    monkeypatch.setattr("accounts.services.importing.running.allocate", break_down)
    with pytest.raises(OSError, match="power"):
        load("documents", "number;date;client;amount\nA-1;2024-01-10;c1;60\n")
    assert (count(Document), count(Client)) == (0, 0)


class TestCommand:
    def call(self, *args):
        out = io.StringIO()
        code = 0
        try:
            call_command("import", *map(str, args), stdout=out)
        except SystemExit as stop:
            code = stop.code
        return code, out.getvalue()

    def test_json_and_exit_codes(self, db, tmp_path):
        path = tmp_path / "sales.csv"
        path.write_text("No;Day;Who;Sum\nA-1;2024-01-10;c1;60\nA-2;2024-01-10;c1;x\n")
        maps = ["--map", "No=number", "--map", "Day=date", "--map", "Who=client"]
        maps += ["--map", "Sum=amount"]
        code, out = self.call("documents", path, *maps, "--json", "--dry-run")
        answer = json.loads(out)
        assert (code, answer["accepted"], answer["dry_run"]) == (1, "partial", True)
        assert set(answer["errors"][0]) == {"row", "column", "code", "message"}
        code, out = self.call("documents", path, *maps, "--json", "--on-error", "reject")
        assert (code, json.loads(out)["accepted"]) == (2, "reject")
        path.write_text(path.read_text().replace(";x", ";7"))
        code, out = self.call("documents", path, *maps, "--json", "--source", "erp")
        assert (code, json.loads(out)["accepted"]) == (0, "all")
        assert rows(Document, "source") == [("erp",), ("erp",)]

    def test_words_are_those_of_the_person(self, db, tmp_path):
        path = tmp_path / "sales.csv"
        path.write_text("number;date;client;amount\nA-1;2024-01-10;c1;x\nA-2;2024-01-11;c1;7\n")
        for language, word in (("en", "Row 2"), ("ru", "Строка 2")):
            make_user(email=f"{language}@example.com", language=language)
            code, out = self.call("documents", path, "--as", f"{language}@example.com", "--dry-run")
            assert code == 1
            assert word in out

    def test_refusals_before_reading(self, db, tmp_path):
        code, out = self.call("documents", tmp_path / "none.csv", "--json")
        assert (code, json.loads(out)["errors"][0]["code"]) == (2, "file.not_found")
        with pytest.raises(CommandError) as refusal:
            call_command("import", "documents", "x.csv", "--as", "nobody@example.com")
        assert refusal.value.returncode == 2
        code, out = self.call("documents", "x.csv", "--map", "nonsense", "--json")
        assert (code, json.loads(out)["errors"][0]["code"]) == (2, "map.invalid")


@pytest.mark.django_db(transaction=True)
def test_an_import_killed_while_it_writes_leaves_nothing(tmp_path):
    """The process dies without a word in the middle of the lines."""
    path = tmp_path / "sales.csv"
    lines = [f"A-{number};2024-01-10;c{number};p;1;5" for number in range(3000)]
    path.write_text("\n".join(["number;date;client;product;quantity;unit_price", *lines]))
    script = """
import os, sys
import django
django.setup()
from accounts.services.importing import run
from accounts.services.importing.documents.lines import Lines
whole = Lines._ledger
def dying(self, *args):
    for number, text in enumerate(whole(self, *args)):
        if number == 2500:
            os._exit(9)
        yield text
Lines._ledger = dying
run(sys.argv[1], "documents")
"""
    done = subprocess.run([sys.executable, "-c", script, str(path)], cwd=settings.BASE_DIR)
    assert done.returncode == 9
    assert (count(Document), count(Client)) == (0, 0)
