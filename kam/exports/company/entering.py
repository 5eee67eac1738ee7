"""Taking the file of a company into an empty installation: all of it, or nothing.

As the owner of the tables, for what migrations have put in is replaced, and rows that may never
change are written as they were.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg2
from django.core.files import File
from django.core.files.storage import default_storage
from django.db import DatabaseError, connection, transaction
from django.utils.translation import gettext as _

from kam.audit.services import record
from kam.lib.company import refresh
from kam.lib.copy import copy_in_csv

from .bundle import Bundle, NotTaken, opened_bundle
from .partitions import parted_tables
from .tables import MADE_BY_MIGRATE, SEEDED, Table, all_tables, tables

Tell = Callable[[int, int], None]
_LOCK = 5_391_472_301  # of pg_advisory_xact_lock: one company at a time


def read_company(path: Path, tell: Tell | None = None) -> dict[str, Any]:
    """Load the file of a company; its manifest.  Raises NotTaken, and then nothing was written."""
    tell = tell or (lambda done, total: None)
    written: list[str] = []
    with opened_bundle(path) as bundle:
        refuse_unless_empty()
        steps = 2 * len(bundle.entries)
        bundle.verify(lambda done, _total: tell(done, steps))
        try:
            with transaction.atomic():
                _load(bundle, lambda done: tell(len(bundle.entries) + done, steps))
                _keep_files(bundle, written)
                record("company.imported", details={
                    "made_at": bundle.manifest.get("made_at"),
                    "rows": sum(entry["rows"] for entry in bundle.manifest["tables"]),
                })  # fmt: skip
        except (DatabaseError, psycopg2.Error) as error:
            _take_back(written)
            raise NotTaken(
                _("The database does not take what is in the file: %(why)s")
                % {"why": str(error).partition("\n")[0]}
            ) from error
        except BaseException:
            _take_back(written)
            raise
        tell(steps, steps)
    refresh()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return bundle.manifest


def refuse_unless_empty() -> None:
    """Raises NotTaken where the installation holds more than migrate has put in."""
    full = []
    with connection.cursor() as cursor:
        for table in tables(secrets=True):
            if table.name not in SEEDED:
                cursor.execute(f"SELECT EXISTS (SELECT FROM {table.quoted})")
                if cursor.fetchone()[0]:
                    full.append(table.name)
    if full:
        raise NotTaken(
            _(
                "This installation is not empty (%(tables)s has rows). A company is taken in only "
                "by a new one: make a new database, run migrate, and nothing else before."
            )
            % {"tables": full[0]}
        )


def _load(bundle: Bundle, tell: Callable[[int], None]) -> None:
    taken = bundle.tables
    every = [name for name in all_tables() if name not in MADE_BY_MIGRATE]
    names = ", ".join(_quoted(name) for name in every)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        cursor.execute("SET LOCAL statement_timeout = 0")
        cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
        cursor.execute("SET LOCAL TimeZone = 'UTC'")
        # Sealed off from whoever starts the product meanwhile; and once more, now that it is.
        cursor.execute(f"LOCK TABLE {names} IN ACCESS EXCLUSIVE MODE")
        refuse_unless_empty()
        cursor.execute(f"TRUNCATE {names}")
        for table in taken:
            cursor.execute(f"ALTER TABLE {table.quoted} DISABLE TRIGGER USER")
    for name, parted in parted_tables().items():
        for key in bundle.manifest["parts"].get(name, ()):
            parted.make(key)
    for done, table in enumerate(taken):
        tell(done)
        _load_table(bundle, table)
    with connection.cursor() as cursor:
        # What refers to nothing is refused here, before triggers are put back.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in taken:
            cursor.execute(f"ALTER TABLE {table.quoted} ENABLE TRIGGER USER")
        _set_sequences(cursor, taken, bundle.manifest["sequences"])
    for parted in parted_tables().values():
        parted.finish()


def _quoted(name: str) -> str:
    return ".".join(f'"{part}"' for part in name.split("."))


def _load_table(bundle: Bundle, table: Table) -> None:
    entry = bundle.entries[table.file]
    with bundle.opened(table.file) as content:
        rows = copy_in_csv(table.quoted, list(table.columns), content)
    if rows != entry["rows"]:
        raise NotTaken(
            _("%(file)s has %(rows)s rows, the manifest says %(told)s.")
            % {"file": table.file, "rows": rows, "told": entry["rows"]}
        )


def _set_sequences(cursor, taken: list[Table], told: dict[str, list]) -> None:
    """New rows get numbers that were never given out before, not even to rows that are gone."""
    for table in taken:
        if "id" not in table.columns:
            continue
        cursor.execute("SELECT pg_get_serial_sequence(%s, 'id')", [table.quoted])
        (sequence,) = cursor.fetchone()
        if not sequence:
            continue
        cursor.execute(f"SELECT coalesce(max(id), 0) FROM {table.quoted}")
        (highest,) = cursor.fetchone()
        last, called = told.get(table.name, [1, False])
        if highest >= last:
            last, called = highest, True
        cursor.execute("SELECT setval(%s, %s, %s)", [sequence, last, called])


def _keep_files(bundle: Bundle, written: list[str]) -> None:
    """Put kept files where rows name them; what is there already is not overwritten."""
    for entry in bundle.manifest["files"]:
        name = entry.get("name")
        if default_storage.exists(name):
            raise NotTaken(_("The file store is not empty: %(name)s is there.") % {"name": name})
        written.append(name)
        with bundle.opened(entry["file"]) as content:
            saved = default_storage.save(name, File(content, name=name))
        if saved != name:
            written.append(saved)
            raise NotTaken(_("The file store is not empty: %(name)s is there.") % {"name": name})


def _take_back(written: list[str]) -> None:
    for name in written:
        default_storage.delete(name)
