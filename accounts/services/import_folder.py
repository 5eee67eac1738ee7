"""Files that another system drops into a folder: taken once they have been written to the end.

``IMPORT_FOLDER/SOURCE/file`` is loaded as of that source, by what people decided about its last
file with the same columns, and then moved to ``SOURCE/taken`` or ``SOURCE/refused``, with what
there is to say about it in a text file beside it.  A crash in between loads nothing twice: the
next look knows the content by its digest.
"""

from __future__ import annotations

import logging
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import DatabaseError, connection
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.importing import Refused
from accounts.models import ImportFile, User

from . import import_files
from .importing import Report
from .importing.messages import text
from .notices import tell

log = logging.getLogger(__name__)
TAKEN, REFUSED = "taken", "refused"
# How each file looked the last time, for as long as a weekend without a scheduler.
SEEN, SEEN_SECONDS = "import-folder", 3 * 86_400
LOCK = 0x1F01DE5
# Of a name this much stays: with the moment and the ending it must fit 255 bytes.
NAME = 100
SOURCE = 60


def look() -> dict[str, int]:
    """Load what has not changed since the last look: how many files were taken and refused.

    One look at a time; a second one finds nothing to do.
    """
    counts = {TAKEN: 0, REFUSED: 0}
    if not settings.IMPORT_FOLDER:
        return counts
    with _alone() as free:
        if not free:
            return counts
        before, now = cache.get(SEEN) or {}, {}
        for path in _waiting(Path(settings.IMPORT_FOLDER)):
            key, stamp = str(path), _stamp(path.lstat())
            if before.get(key) == stamp:
                counts[_take(path, stamp)] += 1
            else:
                now[key] = stamp
        cache.set(SEEN, now, SEEN_SECONDS)
    return counts


@contextmanager
def _alone() -> Iterator[bool]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [LOCK])
        free = bool(cursor.fetchone()[0])
    try:
        yield free
    finally:
        if free:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])


def _waiting(root: Path) -> Iterator[Path]:
    """Files of the folders of sources; a folder that is a link leads elsewhere and is none."""
    for folder in sorted(root.iterdir()):
        if folder.name.startswith(".") or folder.is_symlink() or not folder.is_dir():
            continue
        if any((folder / name).is_symlink() for name in (TAKEN, REFUSED)):
            log.warning("left alone, for it leads out of the import folder: %s", folder)
            continue
        for path in sorted(folder.iterdir()):
            if path.name.startswith(".") or (path.is_dir() and not path.is_symlink()):
                continue
            yield path


def _stamp(found: os.stat_result) -> list[int]:
    return [found.st_size, found.st_mtime_ns, found.st_ino]


def _take(path: Path, stamp: list[int]) -> str:
    """Load one file and move it; where it went."""
    language = settings.LANGUAGE_CODE
    try:
        report = _load(path, stamp)
    except ValidationError as refusal:
        return _refuse(path, " ".join(refusal.messages))
    except Refused as refusal:
        return _refuse(path, text(refusal.issue, language))
    except (DatabaseError, MemoryError):
        raise  # says nothing about the file: the job is tried again
    except Exception:
        log.exception("a file of the import folder could not be loaded: %s", path)
        with override(language):
            return _refuse(path, _("The file could not be loaded. The log says why."))
    if report is None:
        with override(language):
            _move(path, TAKEN, [_("This file has been loaded before; nothing was changed.")])
        return TAKEN
    said = [
        "\t".join((str(each.row or ""), str(each.column or ""), text(each, language)))
        for each in (*report.errors, *report.warnings)[: import_files.FINDINGS]
    ]
    if report.batch_id is None:
        return _refuse(path, text(report.errors[0], language) if report.errors else "", said)
    _move(path, TAKEN, said)
    return TAKEN


def _load(path: Path, stamp: list[int]) -> Report | None:
    """The answer of the import; None where the source has given this content before.

    Raises ValidationError, Refused, and whatever the import raises.
    """
    source = path.parent.name
    row: ImportFile | None = None
    with override(settings.LANGUAGE_CODE):
        if len(source) > SOURCE:
            raise ValidationError(_("The name of the folder is too long for a source."))
        upload = _open(path, stamp)
        try:
            row = import_files.keep(upload, None, source)
        finally:
            upload.close()
    loaded = ImportFile.objects.filter(
        sha256=row.sha256, source=source, status=ImportFile.Status.LOADED
    )
    try:
        if loaded.exists():
            import_files.put_aside(row)
            return None
        return import_files.load(row, partial=True)
    except BaseException:
        import_files.put_aside(row)
        raise


def _open(path: Path, stamp: list[int]) -> UploadedFile:
    """The file itself, never what a link points at.  Raises ValidationError."""
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError as error:
        raise ValidationError(_("This is a link, or the file may not be read.")) from error
    found = os.fstat(handle)
    within = path.parent.resolve().is_relative_to(Path(settings.IMPORT_FOLDER).resolve())
    if not stat.S_ISREG(found.st_mode) or _stamp(found) != stamp or not within:
        os.close(handle)
        raise ValidationError(_("This is no plain file, or it was changed while it was taken."))
    return UploadedFile(os.fdopen(handle, "rb"), path.name, size=found.st_size)


def _refuse(path: Path, reason: str, said: list[str] | None = None) -> str:
    moved = _move(path, REFUSED, said or [reason])
    people = User.objects.filter(role=User.Role.ADMINISTRATOR, is_active=True)
    facts = {"file": path.name, "source": path.parent.name, "reason": reason}
    tell(people, "import_folder", f"folder:{moved.name}"[:120], facts=facts)
    return REFUSED


def _move(path: Path, where: str, said: list[str]) -> Path:
    """Move a file aside under a name of its own, and write beside it what there is to say."""
    folder = path.parent / where
    folder.mkdir(exist_ok=True)
    name = f"{timezone.now():%Y%m%d-%H%M%S-%f}-{path.name[-NAME:]}"
    target = folder / name
    os.rename(path, target)
    if said:
        beside = target.with_name(f"{name}.txt")
        with open(beside, "x", encoding="utf-8", errors="replace") as out:
            out.write("\n".join(said) + "\n")
    return target
