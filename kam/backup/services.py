"""Making a backup, trying it by a real restore, and restoring."""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import secrets
import shutil
import tarfile
import tempfile
import time
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import psycopg2
from django.conf import settings
from django.db import connection
from django.utils import timezone
from psycopg2 import sql

from kam.audit.services import record
from kam.lib.periods import company_zone
from kam.lib.whole_files import UNFINISHED

from . import archive
from .archive import Damaged, Manifest
from .models import Backup
from .sums import differences, keep, rights, sums, widened
from .tools import ToolFailed, owner, reader, run

# What a backup is called that did not come back equal: nobody takes it for a good one.
FAULTY = ".faulty"
# The server itself waits five seconds for whoever is still connected.
DROPS = 6


def make(folder: Path, *, check: bool = True) -> Backup:
    """Write a backup into a folder, try it by a restore, and note what came of it.

    It appears under its name only when whole.  With ``BACKUP_RECIPIENT`` it is encrypted, after the
    trial: the key to open it need not be on this machine.  Never raises for what goes wrong with
    the backup: ``error`` or ``fault`` of the row says it, for whoever looks after the product.
    """
    row, begun = Backup(), time.monotonic()
    try:
        with _workplace(folder) as place:
            plain = place / "plain.tar"
            manifest = _write(plain)
            row.rows, row.files = manifest.rows, manifest.file_count
            if check:
                row.fault = _tried(plain, place / "trial")[:500]
                row.checked_at = timezone.now()
            row.encrypted = bool(settings.BACKUP_RECIPIENT)
            row.name = _name(folder, row.encrypted) + (FAULTY if row.fault else "")
            done = plain
            if row.encrypted:
                done = place / "sealed"
                archive.seal(plain, done, settings.BACKUP_RECIPIENT)
            done.chmod(0o600)
            row.size, row.sha256 = done.stat().st_size, archive.sha256_of(done)
            _kept(done, folder / row.name)
    except (ToolFailed, Damaged, OSError, psycopg2.Error) as error:
        row.error = str(error).strip()[:500] or type(error).__name__
    row.seconds = time.monotonic() - begun
    row.save()
    record("backup.make", object=row, details={"good": row.is_good, "sha256": row.sha256})
    return row


def verify(path: Path, identity: Path | None = None) -> Manifest:
    """Try a backup by a real restore into a scratch database, and compare every table and file.

    Raises Damaged or ToolFailed.
    """
    with _workplace() as place:
        plain = _opened(path, identity, place)
        fault = _tried(plain, place / "trial")
        if fault:
            raise Damaged(fault)
        return archive.unpack(plain, place / "again")


def restore(path: Path, identity: Path | None = None) -> Manifest:
    """Put a backup into the database of this installation, which has to be empty, and its files
    below ``FILES_DIR``.

    Raises Damaged where the file is not whole or what was restored differs, ToolFailed where
    PostgreSQL refuses.  Whoever calls holds back what goes out (``kam.jobs.holding``).
    """
    with _workplace() as place:
        content = place / "content"
        manifest = archive.unpack(_opened(path, identity, place), content)
        target = owner()
        connection.close()
        _emptied(target)
        fill(content / archive.DUMP, target, target["NAME"])
        with _connected(target, target["NAME"]) as there:
            fault = _compared(manifest, there)
        if fault:
            raise Damaged(fault)
        for name in manifest.members:
            if name.startswith(f"{archive.FILES}/"):
                kept = Path(settings.FILES_DIR, *Path(name).parts[1:])
                kept.parent.mkdir(parents=True, exist_ok=True)
                shutil.move(content / name, kept)
        return manifest


def is_empty() -> bool:
    """Whether nobody has set up this installation: only then may a backup be restored into it."""
    with _connected(owner(), owner()["NAME"]) as there, there.cursor() as cursor:
        cursor.execute("SELECT to_regclass('accounts_user') IS NOT NULL")
        if not cursor.fetchone()[0]:
            return True
        cursor.execute("SELECT NOT EXISTS (SELECT FROM accounts_user)")
        return bool(cursor.fetchone()[0])


def thin(folder: Path, days: int) -> int:
    """Remove backups of more than so many days, never the last good one; how many.  ``days`` of 0
    keeps all."""
    if days <= 0:
        return 0
    old = timezone.now() - dt.timedelta(days=days)
    last = Backup.objects.filter(error="", fault="", checked_at__isnull=False).first()
    removed = 0
    for row in Backup.objects.filter(at__lt=old).exclude(name=""):
        if last is None or row.pk == last.pk:
            continue
        with contextlib.suppress(FileNotFoundError):
            (folder / row.name).unlink()
            removed += 1
    return removed


def _write(path: Path) -> Manifest:
    """Dump and sums come from one snapshot, so they must agree; files are never changed once
    kept, so those that the snapshot names are there or were removed meanwhile."""
    source = reader()
    with _connected(source, source["NAME"]) as there, tarfile.open(path, "w:") as tar:
        path.chmod(0o600)
        there.set_session(isolation_level="REPEATABLE READ", readonly=True)
        with there.cursor() as cursor:
            cursor.execute("SELECT pg_export_snapshot()")
            snapshot = cursor.fetchone()[0]
            cursor.execute("SELECT app, max(name) FROM django_migrations GROUP BY app")
            migrations = dict(cursor.fetchall())
        keep(there)
        dump = path.with_name("dump")
        run(
            "pg_dump",
            ["--format=custom", "--no-comments", f"--snapshot={snapshot}", f"--file={dump}"],
            source,
        )
        manifest = Manifest(
            made=timezone.now().isoformat(),
            product=_version(),
            migrations=migrations,
            members={archive.DUMP: archive.add(tar, archive.DUMP, dump)},
            tables=sums(there),
            rights=rights(there),
        )
        dump.unlink()
        for name, kept in _files():
            try:
                manifest.members[name] = archive.add(tar, name, kept)
            except FileNotFoundError:
                manifest.gone.append(name)
        archive.add_manifest(tar, manifest)
    return manifest


def _files() -> Iterator[tuple[str, Path]]:
    root = Path(settings.FILES_DIR)
    for kept in sorted(root.rglob("*")) if root.is_dir() else ():
        if kept.is_file() and not kept.is_symlink() and kept.parent.name != UNFINISHED:
            yield f"{archive.FILES}/{kept.relative_to(root).as_posix()}", kept


def _tried(plain: Path, content: Path) -> str:
    """What a real restore into a scratch database shows: empty where nothing differs."""
    try:
        manifest = archive.unpack(plain, content)
        source = owner()
        scratch = f"kam_trial_{secrets.token_hex(6)}"
        with _connected(source, source["NAME"]) as there:
            there.autocommit = True
            there.cursor().execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(scratch)))
            try:
                fill(content / archive.DUMP, source, scratch)
                with _connected(source, scratch) as restored:
                    return _compared(manifest, restored)
            finally:
                _dropped(there, scratch)
    except (ToolFailed, Damaged) as error:
        return str(error)
    finally:
        shutil.rmtree(content, ignore_errors=True)


def _dropped(there, scratch: str) -> None:
    """Plainly: the server then ends its own vacuum there, which ``FORCE`` may not for the owner."""
    for attempt in range(DROPS):
        try:
            there.cursor().execute(sql.SQL("DROP DATABASE {}").format(sql.Identifier(scratch)))
        except psycopg2.errors.ObjectInUse:
            if attempt == DROPS - 1:
                raise
        else:
            return


def fill(dump: Path, target: dict[str, Any], name: str) -> None:
    """Restore a dump into a database without tables.

    Rights that new tables get by default are taken away first: the dump says what each table
    has, and would not take back what the trail must not have.  Its end brings the defaults again.
    """
    with _connected(target, name) as there, there.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT pg_get_userbyid(item.grantee) FROM pg_default_acl,"
            " aclexplode(defaclacl) item WHERE pg_get_userbyid(defaclrole) = current_user"
            " AND item.grantee <> defaclrole AND item.grantee <> 0"
        )
        for (role,) in cursor.fetchall():
            for kind in ("TABLES", "SEQUENCES"):
                cursor.execute(
                    sql.SQL(f"ALTER DEFAULT PRIVILEGES REVOKE ALL ON {kind} FROM {{}}").format(
                        sql.Identifier(role)
                    )
                )
        there.commit()
    arguments = ["--exit-on-error", "--no-comments", "--jobs=2"]
    run("pg_restore", [*arguments, f"--dbname={name}", str(dump)], target, name)


def _emptied(target: dict[str, Any]) -> None:
    """Take away what ``migrate`` may have made in a database that nobody has set up yet."""
    with _connected(target, target["NAME"]) as there, there.cursor() as cursor:
        cursor.execute(
            "SELECT nspname FROM pg_namespace"
            " WHERE nspname NOT LIKE 'pg\\_%' AND nspname <> 'information_schema'"
        )
        for (schema,) in cursor.fetchall():
            cursor.execute(sql.SQL("DROP SCHEMA {} CASCADE").format(sql.Identifier(schema)))
        cursor.execute("CREATE SCHEMA public AUTHORIZATION pg_database_owner")
        cursor.execute("GRANT USAGE ON SCHEMA public TO PUBLIC")
        there.commit()


def _compared(manifest: Manifest, restored) -> str:
    found = differences(manifest.tables, sums(restored))
    found += widened(manifest.rights, rights(restored))
    return "; ".join(found[:5]) + (f"; and {len(found) - 5} more" if len(found) > 5 else "")


def _opened(path: Path, identity: Path | None, place: Path) -> Path:
    if not path.is_file():
        raise Damaged("there is no such file")
    if not path.name.endswith(archive.SEALED_ENDING):
        return path
    plain = place / "plain.tar"
    archive.unseal(path, plain, identity)
    return plain


@contextlib.contextmanager
def _connected(database: dict[str, Any], name: str):
    there = psycopg2.connect(
        host=database["HOST"], port=database["PORT"] or 5432, user=database["USER"],
        password=database["PASSWORD"], dbname=name, connect_timeout=10,
    )  # fmt: skip
    try:
        yield there
    finally:
        there.close()


@contextlib.contextmanager
def _workplace(folder: Path | None = None) -> Iterator[Path]:
    """A folder that only its owner can read, beside where the backup goes, gone afterwards."""
    if folder is not None and not folder.is_dir():
        raise FileNotFoundError(f"there is no folder {folder}")
    parent = folder or Path(settings.BACKUP_SCRATCH or tempfile.gettempdir())
    place = Path(tempfile.mkdtemp(prefix=".kam-backup-", dir=parent))
    try:
        yield place
    finally:
        shutil.rmtree(place, ignore_errors=True)


def _name(folder: Path, encrypted: bool) -> str:
    stamp = timezone.now().astimezone(company_zone()).strftime("%Y-%m-%d-%H%M%S")
    ending = archive.SEALED_ENDING if encrypted else archive.ENDING
    name = f"kam-{stamp}{ending}"
    if (folder / name).exists():
        raise FileExistsError(f"{name} is there already")
    return name


def _kept(done: Path, target: Path) -> None:
    """On the disk before it has its name: a backup that a power cut halves is none."""
    with done.open("rb") as file:
        os.fsync(file.fileno())
    done.rename(target)
    folder = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _version() -> str:
    try:
        return version("kam")
    except PackageNotFoundError:
        return "source"
