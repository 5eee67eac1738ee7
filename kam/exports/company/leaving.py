"""Writing the whole company into one ZIP, row by row: memory stays flat."""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import IO, Any

from django.core.files.storage import default_storage
from django.db import connection
from django.utils import timezone

from kam.lib.company import company
from kam.lib.copy import copy_out_csv

from .partitions import parted_tables
from .tables import Table, file_columns, migrations, sequences, tables

FORMAT, FORMAT_VERSION = "kam-company", 1
MANIFEST = "manifest.json"
_PIECE = 1 << 20
Tell = Callable[[int, int], None]


class Counted:
    """A stream that counts and digests what goes through it."""

    def __init__(self, stream: IO[bytes]):
        self.stream = stream
        self.bytes, self.lines = 0, 0
        self.digest = hashlib.sha256()

    def write(self, piece: bytes) -> int:
        self.digest.update(piece)
        self.bytes += len(piece)
        self.stream.write(piece)
        return len(piece)


def write_company(path: Path, *, secrets: bool = False, tell: Tell | None = None) -> dict[str, Any]:
    """Write everything to ``path``; the manifest.

    The caller's transaction makes it the data of one moment (REPEATABLE READ).  ``secrets``: also
    password hashes and keys, for moving to a server with the same secret key.  ``tell`` hears how
    many tables and files of how many are done.
    """
    tell = tell or (lambda done, total: None)
    taken = tables(secrets)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 0")
        cursor.execute("SET LOCAL TimeZone = 'UTC'")
        cursor.execute("SET LOCAL extra_float_digits = 1")
    kept = _kept_files(taken)
    total = len(taken) + len(kept)
    manifest: dict[str, Any] = {
        "format": FORMAT,
        "format_version": FORMAT_VERSION,
        "product": _product(),
        "made_at": timezone.now().isoformat(timespec="seconds"),
        "company": company().name,
        "currency": company().currency,
        "secrets": secrets,
        "migrations": migrations(),
        "sequences": sequences(taken),
        "parts": _parts(taken),
        "tables": [],
        "files": [],
        "missing_files": [],
    }
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as out:
        for done, table in enumerate(taken):
            tell(done, total)
            manifest["tables"].append(_write_table(out, table, secrets))
        for done, name in enumerate(kept, start=len(taken)):
            tell(done, total)
            if default_storage.exists(name):
                manifest["files"].append(_write_file(out, name))
            else:
                manifest["missing_files"].append(name)
        out.writestr(MANIFEST, json.dumps(manifest, ensure_ascii=False, indent=1))
    tell(total, total)
    return manifest


def _write_table(out: zipfile.ZipFile, table: Table, secrets: bool) -> dict[str, Any]:
    with out.open(table.file, "w", force_zip64=True) as stream:
        counted = Counted(stream)
        rows = copy_out_csv(table.query(secrets), counted)
    return {
        "table": table.name,
        "file": table.file,
        "rows": rows,
        "bytes": counted.bytes,
        "sha256": counted.digest.hexdigest(),
        "columns": [{"name": name, "type": type_} for name, type_ in table.columns.items()],
        "order": list(table.order),
    }


def _kept_files(taken: list[Table]) -> list[str]:
    names: set[str] = set()
    with connection.cursor() as cursor:
        for table, column in file_columns(taken):
            cursor.execute(f'SELECT "{column}" FROM {table.quoted} WHERE "{column}" <> \'\'')
            names.update(name for (name,) in cursor.fetchall())
    return sorted(names)


def _write_file(out: zipfile.ZipFile, name: str) -> dict[str, Any]:
    with (
        default_storage.open(name, "rb") as content,
        out.open(f"files/{name}", "w", force_zip64=True) as stream,
    ):
        counted = Counted(stream)
        while piece := content.read(_PIECE):
            counted.write(piece)
    return {
        "file": f"files/{name}",
        "name": name,
        "bytes": counted.bytes,
        "sha256": counted.digest.hexdigest(),
    }


def _parts(taken: list[Table]) -> dict[str, list[int]]:
    found = {}
    names = {table.name for table in taken}
    with connection.cursor() as cursor:
        for each in parted_tables().values():
            if each.table in names:
                cursor.execute(
                    f'SELECT DISTINCT "{each.key}" FROM {each.table} ORDER BY "{each.key}"'
                )
                found[each.table] = [key for (key,) in cursor.fetchall()]
    return found


def _product() -> str:
    try:
        return version("kam")
    except PackageNotFoundError:  # run from its source
        return ""
