"""Backups: whole or not there, tried by a real restore; after a restore nothing goes out twice."""

import json
import os
import secrets
import tarfile
from contextlib import closing
from pathlib import Path

import dj_database_url
import psycopg2
import pyrage
import pytest
from django.core.management import CommandError, call_command
from django.test import override_settings
from django.utils import timezone

from kam.audit.models import Event
from kam.backup import archive, services
from kam.backup.archive import Damaged
from kam.backup.models import Backup
from kam.backup.selectors import standing
from kam.backup.sums import Sum, differences, sums, widened
from kam.jobs import dispatcher, holding, registry
from kam.jobs.models import Hold, Job
from kam.jobs.services import enqueue
from kam.lib.scoping import acting_system
from kam.servers.postgres import BACKUP
from tests.factories import make_client, make_user


def owner() -> dict:
    """The database of this process, as its owner."""
    return dj_database_url.parse(os.environ["DATABASE_OWNER_URL"])


def backup_url() -> str:
    """The same as the role that reads and writes nothing."""
    password = json.loads(Path(os.environ["KAM_HOME"], "passwords.json").read_text())[BACKUP]
    there = owner()
    return f"postgres://{BACKUP}:{password}@{there['HOST']}:{there['PORT']}/{there['NAME']}"


def connected(name=None):
    account = {key: owner()[key] for key in ("HOST", "PORT", "USER", "PASSWORD")}
    return psycopg2.connect(
        host=account["HOST"], port=account["PORT"], user=account["USER"],
        password=account["PASSWORD"], dbname=name or owner()["NAME"],
    )  # fmt: skip


@pytest.fixture
def place(tmp_path, settings, transactional_db):
    """Kept files and a folder for backups of this test; the database as it is now."""
    settings.DATABASE_OWNER_URL = os.environ["DATABASE_OWNER_URL"]
    settings.DATABASE_BACKUP_URL = backup_url()
    settings.FILES_DIR = tmp_path / "files"
    settings.BACKUP_FOLDER = str(tmp_path / "backups")
    (tmp_path / "backups").mkdir()
    kept = tmp_path / "files" / "agreements" / "2026"
    kept.mkdir(parents=True)
    (kept / "one").write_bytes(b"signed")
    with acting_system("test"):
        make_client("Кофейня «Ёлка»")
        yield tmp_path


@pytest.fixture
def empty():
    """A new database, as a new installation has it: nobody has set it up."""
    name = f"test_restore_{secrets.token_hex(4)}"
    there = connected()
    there.autocommit = True
    there.cursor().execute(f"CREATE DATABASE {name}")
    url = os.environ["DATABASE_OWNER_URL"].rpartition("/")[0] + f"/{name}"
    try:
        yield name, url
    finally:
        services._dropped(there, name)
        there.close()


def made(place) -> tuple[Backup, Path]:
    row = services.make(place / "backups")
    assert (row.error, row.fault) == ("", ""), "there is a good backup"
    return row, place / "backups" / row.name


def test_a_backup_comes_back_equal_table_by_table_and_file_by_file(place, empty):
    row, path = made(place)
    assert row.is_good
    assert (row.files, row.encrypted, path.stat().st_mode & 0o777) == (1, False, 0o600)
    assert row.sha256 == archive.sha256_of(path)
    assert [each.name for each in (place / "backups").iterdir()] == [row.name], "nothing else"
    name, url = empty
    with closing(connected()) as there:
        before = sums(there)
    with override_settings(DATABASE_OWNER_URL=url, FILES_DIR=place / "other"):
        assert services.is_empty()
        manifest = services.restore(path)
    assert manifest.rows == row.rows
    with closing(connected(name)) as there:
        after = sums(there)
        with there.cursor() as cursor:
            cursor.execute(
                "SELECT has_table_privilege(%s, 'audit_event', 'DELETE'),"
                " has_table_privilege(%s, 'accounts_client', 'DELETE')",
                [dj_database_url.parse(os.environ["DATABASE_URL"])["USER"]] * 2,
            )
            assert cursor.fetchone() == (False, True), "the trail stays append-only"
    for later in ("public.backup_backup", "public.audit_event"):  # what tells of this backup
        before.pop(later), after.pop(later)
    assert differences(before, after) == []
    assert before["public.accounts_client"].rows == 1
    assert (place / "other" / "agreements" / "2026" / "one").read_bytes() == b"signed"


def test_what_is_cut_altered_or_foreign_is_told_apart(place):
    _row, path = made(place)
    whole = path.read_bytes()
    for cut in (len(whole) // 3, len(whole) - 11_000):
        path.write_bytes(whole[:cut])
        with pytest.raises(Damaged):
            services.verify(path)
    middle = whole.index(b"PGDMP") + 5_000
    path.write_bytes(whole[:middle] + bytes([whole[middle] ^ 1]) + whole[middle + 1 :])
    with pytest.raises(Damaged, match=r"altered or missing inside: database\.dump"):
        services.verify(path)
    path.write_bytes(b"no backup at all")
    with pytest.raises(Damaged):
        services.verify(path)
    with pytest.raises(Damaged, match="no such file"):
        services.verify(path.with_name("nothing"))


@pytest.mark.parametrize("name", ["../evil", "/etc/evil", "files/../../evil", "other"])
def test_nothing_is_written_outside(tmp_path, name):
    evil = tmp_path / "evil.tar"
    with tarfile.open(evil, "w:") as tar:
        tar.addfile(tarfile.TarInfo(name))
    (tmp_path / "into").mkdir()
    with pytest.raises(Damaged, match="holds what no backup holds"):
        archive.unpack(evil, tmp_path / "into")
    assert {each.name for each in tmp_path.iterdir()} == {"evil.tar", "into"}


def test_an_encrypted_backup_opens_with_its_key_alone(place, settings):
    key, other = pyrage.x25519.Identity.generate(), pyrage.x25519.Identity.generate()
    settings.BACKUP_RECIPIENT = str(key.to_public())
    row, path = made(place)
    assert row.encrypted
    assert path.name.endswith(".age")
    assert b"PGDMP" not in path.read_bytes()
    mine, theirs = place / "mine", place / "theirs"
    mine.write_text(f"# made today\n{key}\n")
    theirs.write_text(str(other))
    assert services.verify(path, mine).rows == row.rows
    for wrong in (None, theirs, path):
        with pytest.raises(Damaged):
            services.verify(path, wrong)
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(Damaged):
        services.verify(path, mine)


@pytest.mark.parametrize(
    "broken, said",
    [
        ({"BACKUP_RECIPIENT": "age1nonsense"}, "no age recipient"),
        ({"DATABASE_BACKUP_URL": "postgres://nobody:x@127.0.0.1:1/none"}, "onnection"),
    ],
)
def test_what_goes_wrong_is_noted_and_leaves_nothing_half(place, broken, said):
    with override_settings(**broken):
        row = services.make(place / "backups")
    assert said in row.error
    assert not row.is_good
    assert list((place / "backups").iterdir()) == []
    assert standing().state == "broken"
    row = services.make(place / "nowhere")
    assert "there is no folder" in row.error


def test_a_restore_that_differs_makes_the_backup_faulty(place, monkeypatch):
    monkeypatch.setattr(services, "_compared", lambda manifest, restored: "accounts_client differs")
    row = services.make(place / "backups")
    assert row.fault == "accounts_client differs"
    assert row.name.endswith(services.FAULTY)
    assert not row.is_good


def test_how_it_stands(db, settings):
    now = timezone.now()
    hours = lambda n: now - timezone.timedelta(hours=n)  # noqa: E731
    settings.BACKUP_FOLDER = ""
    with acting_system("test"):
        assert standing(now).state == "off"
        settings.BACKUP_FOLDER = "/backups"
        assert standing(now).state == "late", "none yet"
        Backup.objects.create(at=hours(30), name="a", checked_at=hours(30))
        assert standing(now).state == "late"
        Backup.objects.create(at=hours(3), name="b", checked_at=hours(3))
        assert standing(now).state == "good"
        Backup.objects.create(at=hours(1), error="disk full")
        assert standing(now).state == "broken"
        assert standing(now).last.name == "b"


def test_old_backups_go_but_never_the_last_good_one(db, tmp_path):
    now = timezone.now()
    with acting_system("test"):
        for days, fault in ((40, ""), (30, ""), (20, "differs")):
            at = now - timezone.timedelta(days=days)
            name = f"kam-{days}"
            (tmp_path / name).write_text("x")
            Backup.objects.create(at=at, name=name, checked_at=at, fault=fault)
        assert services.thin(tmp_path, 0) == 0
        assert services.thin(tmp_path, 14) == 2
    assert [each.name for each in tmp_path.iterdir()] == ["kam-30"]


def test_sums_tell_rows_and_content_apart():
    one, more, other = Sum(1, "7"), Sum(2, "9"), Sum(1, "8")
    assert differences({"a": one, "b": one, "c": one}, {"a": more, "b": other, "d": one}) == [
        "a has 2 rows instead of 1", "b has other content", "c is missing", "d was not there",
    ]  # fmt: skip
    assert widened({"a": ["x"], "b": ["y"]}, {"a": ["x"], "b": ["y", "z"]}) == [
        "b has other rights"
    ]


# --- What goes out is held back -----------------------------------------------------------------


def test_while_held_what_goes_out_waits_and_the_rest_runs(db):
    out = holding.outgoing_kinds()
    assert {"webhooks.deliver", "accounts.connection_pull"} <= set(out) | {
        "accounts.connection_pull"
    }
    assert all(kind.goes_out for kind in registry.kinds().values() if kind.queue == "outgoing")
    with acting_system("test"):
        going, staying = enqueue("webhooks.deliver", {"endpoint": 1}), enqueue("audit.verify")
        holding.hold("restored from x")
        holding.hold("again")
        assert str(Hold.objects.get()) == "restored from x"
        assert [pk for pk, _queue in dispatcher.take_due()] == [staying.pk]
        assert holding.waiting() == {"webhooks.deliver": 1}
        assert holding.release() == 1
        assert [pk for pk, _queue in dispatcher.take_due()] == [going.pk]


def test_what_waited_can_be_dropped(db):
    with acting_system("test"):
        job = enqueue("webhooks.deliver", {"endpoint": 1})
        holding.hold("restored")
        assert holding.release(drop=True) == 1
        assert Job.objects.get(pk=job.pk).status == "cancelled"
        assert dispatcher.take_due() == []
    assert set(Event.unscoped.values_list("action", flat=True)) >= {
        "outgoing.hold", "outgoing.release"
    }  # fmt: skip


# --- Commands, job and page ---------------------------------------------------------------------


def test_the_commands(place, settings, capsys):
    call_command("backup")
    (path,) = (place / "backups").iterdir()
    assert path.name in capsys.readouterr().out
    call_command("verify_backup", path)
    with acting_system("test"):
        make_user("administrator")
    with pytest.raises(CommandError):
        call_command("restore", path)  # somebody has set this installation up
    path.write_bytes(path.read_bytes()[:5_000])
    with pytest.raises(CommandError):
        call_command("verify_backup", path)
    settings.BACKUP_FOLDER = ""
    with pytest.raises(CommandError):
        call_command("backup", folder="")


def test_the_page_says_how_it_stands(client, db, settings):
    settings.BACKUP_FOLDER = ""
    administrator = make_user("administrator", language="en")
    client.force_login(administrator)
    assert "Nobody makes backups by schedule." in client.get("/backups/").content.decode()
    assert client.post("/backups/now/").url == "/backups/"
    settings.BACKUP_FOLDER = "/backups"
    with acting_system("test"):
        Backup.objects.create(name="kam-x", size=10, rows=3, files=0, checked_at=timezone.now())
        enqueue("webhooks.deliver", {"endpoint": 1})
        holding.hold("restored from y")
    page = client.get("/backups/").content.decode()
    assert "There is a good backup." in page
    assert "restored from y" in page
    assert client.get("/api/v1/backups/standing/").json()["state"] == "good"
    assert client.get("/api/v1/backups/standing/").json()["outgoing_held_since"]
    assert client.post("/backups/release/", {"act": "drop"}).status_code == 302
    assert not Hold.unscoped.exists()
    answer = client.post("/backups/now/")
    assert Job.unscoped.get(kind="backup.make").pk == int(answer.url.rstrip("/").rpartition("/")[2])
