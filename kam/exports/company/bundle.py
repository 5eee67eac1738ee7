"""Reading the ZIP of a company: nothing in it is believed before it has been held against the
manifest, and the manifest against this installation."""

from __future__ import annotations

import hashlib
import json
import shutil
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import IO, Any

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from .leaving import FORMAT, FORMAT_VERSION, MANIFEST
from .partitions import known_keys, parted_tables
from .tables import Table, migrations, tables

MOST_MANIFEST = 64 << 20
# What packs better than this is no data of people: tables of zeros reach about 200.
MOST_PACKED, PACKED_FROM = 500, 16 << 20
_PIECE = 1 << 20


class NotTaken(Exception):
    """The file cannot be taken in; the message says why and what to do.  Nothing was written."""


class Measured:
    """Reads no more than was declared, and knows afterwards whether it was what was declared."""

    def __init__(self, stream: IO[bytes], entry: dict[str, Any]):
        self.stream, self.entry = stream, entry
        self.bytes = 0
        self.digest = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        piece = self.stream.read(_PIECE if size is None or size < 0 else size)
        self.bytes += len(piece)
        if self.bytes > self.entry["bytes"]:
            raise NotTaken(_("%(file)s is larger than the manifest says.") % self.entry)
        self.digest.update(piece)
        return piece

    def settle(self) -> None:
        while self.read():
            pass
        if (self.bytes, self.digest.hexdigest()) != (self.entry["bytes"], self.entry["sha256"]):
            raise NotTaken(
                _("%(file)s is not what the manifest says: it was changed.") % self.entry
            )


class Bundle:
    """An opened file of a company; ``manifest`` and ``tables`` are checked, contents are checked as
    they are read."""

    def __init__(self, archive: zipfile.ZipFile):
        self.archive = archive
        self.manifest = _manifest(archive)
        _same_migrations(self.manifest["migrations"])
        self.tables = _same_tables(self.manifest)
        _same_parts(self.manifest["parts"], self.tables)
        self.entries = {
            entry["file"]: entry for entry in (*self.manifest["tables"], *self.manifest["files"])
        }
        _same_names(archive, self.entries)

    @contextmanager
    def opened(self, file: str) -> Iterator[Measured]:
        """The content of an entry; raises NotTaken where it is not what was declared."""
        with _readable(), self.archive.open(file) as stream:
            measured = Measured(stream, self.entries[file])
            yield measured
            measured.settle()

    def verify(self, tell) -> None:
        """Read everything once: sums, and that tables begin with the columns they should have."""
        by_file = {table.file: table for table in self.tables}
        for done, file in enumerate(self.entries):
            tell(done, len(self.entries))
            with self.opened(file) as content:
                if file in by_file:
                    _same_header(content.read(1 << 16), by_file[file], file)


@contextmanager
def opened_bundle(path: Path) -> Iterator[Bundle]:
    """Raises NotTaken where it is no such file, or one that this installation cannot take in."""
    try:
        archive = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, OSError, NotImplementedError) as error:
        raise NotTaken(_("This is no file of a company, or a part of one is missing.")) from error
    with archive:
        yield Bundle(archive)


@contextmanager
def _readable() -> Iterator[None]:
    try:
        yield
    except (zipfile.BadZipFile, zlib.error, EOFError, KeyError, NotImplementedError,
            RuntimeError) as error:  # fmt: skip
        raise NotTaken(_("The file is damaged; take the export again.")) from error


def _manifest(archive: zipfile.ZipFile) -> dict[str, Any]:
    """The manifest, of which every part has the shape that is relied on."""
    wrong = _("This file has no manifest of a company.")
    try:
        with _readable(), archive.open(MANIFEST) as stream:
            text = stream.read(MOST_MANIFEST + 1)
        found = json.loads(text) if len(text) <= MOST_MANIFEST else None
    except (ValueError, RecursionError) as error:
        raise NotTaken(wrong) from error
    except NotTaken as error:
        raise NotTaken(wrong) from error
    if not isinstance(found, dict) or found.get("format") != FORMAT:
        raise NotTaken(wrong)
    if found.get("format_version") != FORMAT_VERSION:
        raise NotTaken(_("The file is of another version of this product. Update it first."))
    shapes = {"migrations": dict, "sequences": dict, "parts": dict, "tables": list, "files": list,
              "secrets": bool}  # fmt: skip
    if not all(isinstance(found.get(name), shape) for name, shape in shapes.items()):
        raise NotTaken(wrong)
    for entry in (*found["tables"], *found["files"]):
        if not (
            isinstance(entry, dict)
            and all(isinstance(entry.get(name), str) for name in ("file", "sha256"))
            and type(entry.get("bytes")) is int
            and entry["bytes"] >= 0
        ):
            raise NotTaken(wrong)
    for entry in found["tables"]:
        columns = entry.get("columns")
        if not (isinstance(columns, list) and all(isinstance(each, dict) for each in columns)):
            raise NotTaken(wrong)
        if type(entry.get("rows")) is not int:
            raise NotTaken(wrong)
    for name, state in found["sequences"].items():
        if not (
            isinstance(state, list)
            and len(state) == 2
            and type(state[0]) is int
            and 0 < state[0] < 2**62
            and type(state[1]) is bool
        ):
            raise NotTaken(f"{wrong} ({name})")
    return found


def _same_migrations(theirs: dict[str, Any]) -> None:
    ours = migrations()
    told = {
        (app, name) for app, names in theirs.items() if isinstance(names, list) for name in names
    }
    here = {(app, name) for app, names in ours.items() for name in names}
    if told == here:
        return
    newer = sorted(f"{app} {name}" for app, name in told - here)
    older = sorted(f"{app} {name}" for app, name in here - told)
    if newer:
        raise NotTaken(
            _(
                "The file was made by a newer version of the product (it has been through "
                "%(migration)s, this installation has not). Update this installation, run "
                "migrate, then take the file in."
            )
            % {"migration": newer[-1]}
        )
    raise NotTaken(
        _(
            "The file was made by an older version of the product (it has not been through "
            "%(migration)s). Install that version, take the file in there, then update it and run "
            "migrate; or bring the old installation up to date and export again."
        )
        % {"migration": older[0]}
    )


def _same_tables(manifest: dict[str, Any]) -> list[Table]:
    expected = {table.name: table for table in tables(manifest["secrets"])}
    told = {entry.get("table"): entry for entry in manifest["tables"]}
    if len(told) != len(manifest["tables"]):
        raise NotTaken(_("The manifest names a table twice."))
    for name in sorted(map(str, told.keys() ^ expected.keys())):
        raise NotTaken(
            _("The tables of the file are not those of this version: %(table)s.") % {"table": name}
        )
    for name, table in expected.items():
        entry = told[name]
        columns = [(each.get("name"), each.get("type")) for each in entry["columns"]]
        if columns != list(table.columns.items()) or entry["file"] != table.file:
            raise NotTaken(
                _("The columns of %(table)s are not those of this version.") % {"table": name}
            )
    return list(expected.values())


def _same_parts(parts: dict[str, Any], taken: list[Table]) -> None:
    expected = parted_tables().keys() & {table.name for table in taken}
    try:
        if parts.keys() != expected:
            raise ValueError(parts)
        for keys in parts.values():
            known_keys(keys)
    except ValueError as error:
        raise NotTaken(_("The manifest names parts of tables that are not there.")) from error


def _same_names(archive: zipfile.ZipFile, entries: dict[str, dict[str, Any]]) -> None:
    """Exactly what the manifest names, each once, nothing outside, nothing that swells."""
    found = archive.infolist()
    names = [each.filename for each in found]
    for name in names:
        path = PurePosixPath(name)
        if path.is_absolute() or ".." in path.parts or "\\" in name or "\x00" in name:
            raise NotTaken(_("The file names places outside itself."))
    extra = sorted({*names} - {*entries, MANIFEST})
    missing = sorted({*entries, MANIFEST} - {*names})
    if extra or len(names) != len(set(names)):
        raise NotTaken(
            _("The file holds something that the manifest does not name: %(name)s.")
            % {"name": extra[0] if extra else names[0]}
        )
    if missing:
        raise NotTaken(
            ngettext(
                "%(n)s part of the file is missing: %(name)s.",
                "%(n)s parts of the file are missing, %(name)s first.",
                len(missing),
            )
            % {"n": len(missing), "name": missing[0]}
        )
    for each in found:
        if each.filename != MANIFEST and each.file_size != entries[each.filename]["bytes"]:
            raise NotTaken(
                _("%(file)s is not what the manifest says: it was changed.")
                % {"file": each.filename}
            )
        if each.file_size > max(PACKED_FROM, MOST_PACKED * each.compress_size):
            raise NotTaken(_("%(file)s swells when unpacked.") % {"file": each.filename})
    for entry in entries.values():
        name = entry.get("name")
        if name is not None and (not isinstance(name, str) or entry["file"] != f"files/{name}"):
            raise NotTaken(_("The file names places outside itself."))
    needed = sum(each.file_size for each in found)
    settings.FILES_DIR.mkdir(parents=True, exist_ok=True)
    if needed > shutil.disk_usage(settings.FILES_DIR).free:
        raise NotTaken(_("There is not enough room on the disk for what is in the file."))


def _same_header(start: bytes, table: Table, file: str) -> None:
    if start.partition(b"\n")[0] != ",".join(table.columns).encode():
        raise NotTaken(
            _("%(file)s is not what the manifest says: it was changed.") % {"file": file}
        )
