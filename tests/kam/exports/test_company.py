"""The whole company in one file, and into an empty installation with equal figures."""

import csv
import hashlib
import io
import itertools
import json
import os
import shutil
import zipfile

import dj_database_url
import pytest
from django.core.management import CommandError, call_command
from django.db import connection, connections
from django.test import override_settings
from django.utils.translation import override

from accounts.models import AgreementFile, Client, Document, Place, User
from kam.audit import sealing
from kam.audit.models import Event
from kam.exports.company import bundle, tables
from kam.exports.company.entering import read_company
from kam.exports.company.leaving import write_company
from kam.exports.services import one_moment
from kam.lib.scoping import acting_system
from scoring import store
from scoring.models import Matrix, RankingRow
from scoring.services.ranking import run_ranking
from tests.access import world as worlds


@pytest.fixture(autouse=True)
def english():
    with override("en"):
        yield


@pytest.fixture
def place(tmp_path):
    """Kept files of this test, apart from those of others."""
    from django.conf import settings

    store = {"OPTIONS": {"location": tmp_path / "files"}}
    both = settings.STORAGES | {"default": settings.STORAGES["default"] | store}
    with override_settings(STORAGES=both, FILES_DIR=tmp_path / "files"):
        yield tmp_path


@pytest.fixture
def moved(django_db_setup, place):
    """Leaves this process with a new, empty installation, connected as the owner of its tables, as
    ``manage.py import_company`` is; afterwards as the application again."""
    account = {key: connection.settings_dict[key] for key in ("USER", "PASSWORD")}

    def connect(role: dict) -> None:
        connections.close_all()
        connection.settings_dict.update(role)

    def move(files: bool = True) -> None:
        if files:
            shutil.rmtree(place / "files")
            django_db_setup.put_back()
        owner = dj_database_url.parse(os.environ["DATABASE_OWNER_URL"])
        connect({key: owner[key] for key in ("USER", "PASSWORD")})

    move.back = lambda: connect(account)
    yield move
    connect(account)


def leave(path, **how) -> dict:
    with acting_system("test"), one_moment():
        return write_company(path, **how)


def sums(manifest) -> dict[str, tuple]:
    return {
        each["table"]: (each["rows"], each["sha256"])
        for each in manifest["tables"]
        if each["table"] not in ("audit_event", "audit_seal")
    }


def figures() -> dict:
    """What people would compare: the list, its places, sums of the ledger, the trail."""
    out = io.StringIO()
    call_command("figures", "--json", stdout=out)
    with acting_system("test"):
        run = Matrix.objects.get(is_main=True).current_run
        return {
            "places": list(Place.objects.order_by("client_id").values_list()),
            "ranking": repr(
                list(RankingRow.objects.filter(run=run).order_by("place").values_list())
            ),
            "clients": list(Client.objects.order_by("pk").values_list("pk", "sort_name")),
            "figures": out.getvalue(),
        }


@pytest.mark.django_db(transaction=True)
def test_a_company_moves_with_equal_figures(place, moved):
    world = worlds.build()
    with acting_system("test"):
        sealing.seal()
        head = sealing.verify().head
    before = figures()
    manifest = leave(place / "company.zip")
    assert manifest["files"]
    with acting_system("test"):
        last_event = Event.objects.order_by("pk").last().pk
        last_client = Client.objects.order_by("pk").last().pk
        kept = AgreementFile.objects.first()
        content = kept.file.open("rb").read()
    moved()
    with acting_system("test"):
        assert not User.objects.exists()
        read_company(place / "company.zip")
    again = leave(place / "again.zip")
    assert sums(again) == sums(manifest)
    assert again["sequences"].keys() == manifest["sequences"].keys()
    assert figures() == before
    with acting_system("test"):
        assert AgreementFile.objects.get(pk=kept.pk).file.open("rb").read() == content
        verified = sealing.verify(head)
        assert (verified.faults, verified.head) == ([], head)
        assert Event.objects.filter(pk__gt=last_event).get().action == "company.imported"
    moved.back()  # triggers are at work again, and numbers go on
    with acting_system("test"):
        assert Client.objects.create(name="New").pk > last_client
        run = Matrix.objects.get(is_main=True).current_run
        with pytest.raises(Exception, match="never changed"):
            RankingRow.objects.filter(run=run).update(score=1)
        with pytest.raises(Exception, match="never change"):
            world.common["version"].criteria.all().delete()
        assert run_ranking(
            Matrix.objects.get(is_main=True).versions.get(status="active"), worlds.DAY
        )
        store.drop(run.pk)  # parts belong to the application, which lets old ones go


@pytest.mark.django_db(transaction=True)
def test_passwords_and_keys_go_along_only_where_they_are_asked_for(place):
    worlds.build()
    User.objects.filter(role="manager").update(password="argon2$very$secret")
    plain = leave(place / "plain.zip")
    with zipfile.ZipFile(place / "plain.zip") as file:
        assert b"argon2" not in file.read("tables/accounts_user.csv")
    assert "accounts_apitoken" not in {each["table"] for each in plain["tables"]}
    whole = leave(place / "whole.zip", secrets=True)
    assert "accounts_apitoken" in {each["table"] for each in whole["tables"]}
    with zipfile.ZipFile(place / "whole.zip") as file:
        assert b"argon2$very$secret" in file.read("tables/accounts_user.csv")


@pytest.mark.django_db
def test_every_table_is_taken_or_left_out_with_a_reason():
    taken = {table.name for table in tables.tables(secrets=True)}
    there = set(tables.all_tables())
    assert taken | set(tables.LEFT_OUT) == there
    assert not taken & set(tables.LEFT_OUT)
    assert set(tables.SECRET) <= taken
    assert taken >= tables.SEEDED


# Columns whose name sounds secret and that are taken all the same, each with its reason.
NO_SECRET = {
    ("accounts_bulkload", "keys"): "ids of other systems",
    ("accounts_connection", "secret"): "emptied, unless it is asked for",
    ("accounts_incident", "tokens"): "ids of keys, not the keys",
    ("accounts_interaction", "key"): "which versions are one interaction",
    ("accounts_notice", "key"): "keeps a notice from being told twice",
    ("accounts_payment", "key"): "which versions are one payment",
    ("accounts_purpose", "key"): "what a purpose is called",
    ("accounts_user", "key_slots"): "how many key clients a person has places for",
    ("audit_dataaccess", "token_ref"): "the id of a key, not the key",
    ("jobs_job", "unique_key"): "keeps a job from waiting twice",
    ("scoring_criterion", "key"): "the name of a criterion",
    ("scoring_decisionitem", "p_key"): "the chance of a seat",
    ("scoring_seat", "p_key"): "the chance of a seat",
    ("accounts_user", "password"): "replaced, unless it is asked for",
}


@pytest.mark.django_db
def test_no_new_secret_goes_along_unnoticed():
    sounding = {
        (table.name, column)
        for table in tables.tables()
        for column in table.columns
        if any(word in column for word in ("secret", "password", "token", "key"))
    }
    assert sounding - set(NO_SECRET) == set()


@pytest.mark.django_db
def test_what_is_taken_refers_to_nothing_that_stays():
    """Else the new installation would refuse the row."""
    stays = set(tables.all_tables()) - {table.name for table in tables.tables()}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conrelid::regclass::text, confrelid::regclass::text FROM pg_constraint"
            " WHERE contype = 'f'"
        )
        found = [(one, other) for one, other in cursor.fetchall() if other in stays]
    assert [pair for pair in found if pair[0] not in stays] == []


@pytest.mark.django_db
def test_tables_stand_behind_those_they_refer_to():
    order = [table.name for table in tables.tables()]
    assert order.index("accounts_user") < order.index("accounts_client")
    assert order.index("accounts_client") < order.index("accounts_document")
    assert order.index("accounts_agreement") < order.index("accounts_commitment")


@pytest.fixture
def packed(place, db):
    """The file of a small company, and how to change it: contents by name."""
    worlds.build()
    leave(place / "company.zip")
    with zipfile.ZipFile(place / "company.zip") as file:
        parts = {name: file.read(name) for name in file.namelist()}

    number = itertools.count()

    def pack(changes=None, extra=()):
        path = place / f"changed-{next(number)}.zip"
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as out:
            for name, content in {**parts, **(changes or {})}.items():
                if content is not None:
                    out.writestr(name, content)
            for name, content in extra:
                out.writestr(name, content)
        return path

    return pack, parts


def refused(path) -> str:
    """Why the file is refused before anything is written (the installation may even be full)."""
    with pytest.raises(bundle.NotTaken) as found, bundle.opened_bundle(path) as opened:
        opened.verify(lambda done, total: None)
    return str(found.value)


def changed_manifest(parts, /, **changes) -> bytes:
    return json.dumps(json.loads(parts["manifest.json"]) | changes).encode()


def test_files_that_are_not_what_they_say_are_refused_with_a_word(packed, place):
    pack, parts = packed
    manifest = json.loads(parts["manifest.json"])
    with bundle.opened_bundle(pack()) as opened:
        opened.verify(lambda done, total: None)  # unchanged it would be taken
    clients = "tables/accounts_client.csv"
    wrong = parts[clients].replace(b"own", b"0wn", 1)
    assert wrong != parts[clients]
    cut = place / "cut.zip"
    cut.write_bytes((place / "company.zip").read_bytes()[:-2000])
    (place / "text.zip").write_bytes(b"nothing")
    migrations = manifest["migrations"]
    older = migrations | {"scoring": migrations["scoring"][:-1]}
    newer = migrations | {"scoring": [*migrations["scoring"], "9999_later"]}
    fewer = [each for each in manifest["tables"] if each["table"] != "accounts_client"]
    more = [
        *manifest["tables"],
        {**manifest["tables"][0], "table": "pg_authid", "file": "tables/x"},
    ]
    narrow = [
        each | {"columns": each["columns"][1:]} if each["table"] == "accounts_client" else each
        for each in manifest["tables"]
    ]
    cases = [
        (cut, "a part of one is missing"),
        (place / "text.zip", "a part of one is missing"),
        (pack({"manifest.json": None}), "no manifest"),
        (pack({"manifest.json": b"{"}), "no manifest"),
        (pack({"manifest.json": b"[" * 100_000}), "no manifest"),
        (pack({"manifest.json": b'{"format": "kam-company"}'}), "another version"),
    ]
    for path, word in cases:
        assert word in refused(path), word
    for changes, extra, word in [
        ({clients: wrong}, (), "was changed"),
        ({clients: parts[clients] + b"x"}, (), "was changed"),
        ({clients: None}, (), "missing"),
        ({}, [("tables/extra.csv", b"x")], "does not name"),
        ({}, [("../../etc/cron.d/x", b"x")], "outside itself"),
        ({}, [("/etc/passwd", b"x")], "outside itself"),
        ({"manifest.json": changed_manifest(parts, migrations=older)}, (), "older version"),
        ({"manifest.json": changed_manifest(parts, migrations=newer)}, (), "newer version"),
        ({"manifest.json": changed_manifest(parts, tables=fewer)}, (), "tables of the file"),
        ({"manifest.json": changed_manifest(parts, tables=more)}, (), "tables of the file"),
        ({"manifest.json": changed_manifest(parts, tables=narrow)}, (), "columns of"),
        ({"manifest.json": changed_manifest(parts, parts={"runs.x": [1]})}, (), "parts of tables"),
        (
            {"manifest.json": changed_manifest(parts, parts={"runs.ranking_row": ["1; DROP"]})},
            (),
            "parts of tables",
        ),
        ({"manifest.json": changed_manifest(parts, sequences={"x": ["1", 2]})}, (), "no manifest"),
    ]:
        assert word in refused(pack(changes, extra)), word


def test_what_swells_is_refused_before_it_is_read(packed):
    pack, parts = packed
    name = "tables/accounts_client.csv"
    bomb = parts[name] + b"0" * (64 << 20)
    manifest = json.loads(parts["manifest.json"])
    for each in manifest["tables"]:
        if each["file"] == name:
            each["bytes"] = len(bomb)
    path = pack({name: bomb, "manifest.json": json.dumps(manifest).encode()})
    assert "swells" in refused(path)


def test_files_of_rows_stay_below_the_store(packed):
    pack, parts = packed
    manifest = json.loads(parts["manifest.json"])
    manifest["files"][0]["name"] = "../outside"
    assert "outside itself" in refused(pack({"manifest.json": json.dumps(manifest).encode()}))


@pytest.mark.django_db(transaction=True)
def test_an_installation_that_is_not_empty_takes_nothing(place, moved):
    worlds.build()
    leave(place / "company.zip")
    moved(files=False)
    with acting_system("test"), pytest.raises(bundle.NotTaken, match="not empty"):
        read_company(place / "company.zip")


@pytest.mark.django_db(transaction=True)
def test_what_fails_half_way_leaves_nothing(place, moved):
    """Sums are right, but a row refers to nobody: found by the database, taken back whole."""
    worlds.build()
    leave(place / "company.zip")
    with zipfile.ZipFile(place / "company.zip") as file:
        parts = {name: file.read(name) for name in file.namelist()}
    name = "tables/accounts_contact.csv"
    head, *rows = csv.reader(io.StringIO(parts[name].decode()))
    at = head.index("client_id")
    rows[0][at] = "999999"
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows([head, *rows])
    content = out.getvalue().encode()
    # csv writes NULL and an empty text alike: those that may be empty get what they need.
    manifest = json.loads(parts["manifest.json"])
    for each in manifest["tables"]:
        if each["file"] == name:
            each |= {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
    with zipfile.ZipFile(place / "changed.zip", "w") as file:
        for part, old in parts.items():
            if part == "manifest.json":
                old = json.dumps(manifest).encode()
            file.writestr(part, content if part == name else old)
    moved()
    with acting_system("test"), pytest.raises(bundle.NotTaken, match="database does not take"):
        read_company(place / "changed.zip")
    with acting_system("test"):
        assert not User.objects.exists()
        assert not Document.objects.exists()
        assert Matrix.objects.filter(is_main=True).exists(), "what migrate has seeded stays"
        assert not any(each.is_file() for each in (place / "files").rglob("*"))
        read_company(place / "company.zip")  # and the right one is still taken
        assert Document.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_commands_say_what_they_did(place, moved, capsys):
    worlds.build()
    call_command("export_company", str(place))
    (file,) = place.glob("company-*.zip")
    assert oct(file.stat().st_mode)[-3:] == "600"
    assert "rows of" in capsys.readouterr().out
    with pytest.raises(CommandError, match="is there already"):
        call_command("export_company", str(file))
    with pytest.raises(CommandError, match="not empty"):
        call_command("import_company", str(file))
    moved()
    call_command("import_company", str(file))
    said = capsys.readouterr().out
    assert "changepassword" in said
    with acting_system("test"):
        assert Event.objects.filter(action="company.imported").exists()
