"""Files that come in by the browser: kept, looked at, checked without writing, loaded."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any, TextIO

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.importing import Issue, ReadOptions, Recognised, reasons, recognise, write_refused
from accounts.importing.container import MAX_BYTES
from accounts.models import ImportBatch, ImportFile, User
from accounts.services.importing import Report, run
from kam.audit.services import record
from kam.jobs.services import enqueue
from kam.lib.company import company

from .importing.messages import text
from .importing.running import Progress

Status = ImportFile.Status
OPTIONS = ("map", "decimal", "dates", "vat", "encoding", "delimiter", "sheet", "header_row")
# Findings that are kept with a check: as many as a person would ever read.
FINDINGS = 5_000


class Settled(Exception):
    """The file has been loaded, put aside, or is being worked on."""


def keep(upload: UploadedFile, person: User | None, source: str = "") -> ImportFile:
    """Keep a file as it came; what an earlier file with the same columns was read as is proposed.

    Raises ValidationError where it is empty, larger than a file may be, or cannot be read at all.
    """
    if not upload.size:
        raise ValidationError(_("This file is empty."))
    if upload.size > MAX_BYTES:
        raise ValidationError(
            _("The file is larger than %(limit)s MB. Split it, or pack it with gzip.")
            % {"limit": MAX_BYTES >> 20}
        )
    digest = hashlib.sha256()
    for piece in upload.chunks():
        digest.update(piece)
    upload.seek(0)
    name = os.path.basename((upload.name or "").replace("\\", "/"))[-255:] or "file"
    row = ImportFile(
        name=name.replace("\x00", ""),
        size=upload.size,
        sha256=digest.hexdigest(),
        brought_by=person,
    )
    row.file.save("", upload, save=False)
    try:
        found = look(row)
        row.titles = [column.title for column in found.columns]
        row.kind = found.kind.value or ""
        row.source = found.system.value or row.source
        _take_over(row, source)
        if source:
            row.source = source
        with transaction.atomic():
            row.save()
            record("import.file", object=row, details={"sha256": row.sha256, "size": row.size})
    except BaseException:
        row.file.delete(save=False)
        raise
    return row


def _take_over(row: ImportFile, source: str) -> None:
    """What people decided about the last file with the same columns holds for this one too;
    of the same source rather than of another."""
    alike = ImportFile.objects.filter(titles=row.titles, status=Status.LOADED)
    earlier = (alike.filter(source=source).first() if source else None) or alike.first()
    if earlier is not None:
        row.kind, row.source, row.options = earlier.kind, earlier.source, earlier.options


def look(row: ImportFile, kind: str = "", options: Mapping[str, Any] | None = None) -> Recognised:
    """What a kept file is, from its beginning; raises :class:`accounts.importing.Refused`."""
    chosen = row.options if options is None else options
    return recognise(row.name, path_of(row), kind or row.kind or None, read_options(chosen))


def path_of(row: ImportFile) -> Path:
    return Path(row.file.path)


def read_options(options: Mapping[str, Any]) -> ReadOptions:
    """Options as the reader takes them; what is empty is left to it, but VAT to what the company
    says of its files."""
    named = {name: options.get(name) or None for name in OPTIONS if name != "map"}
    return ReadOptions(map=options.get("map") or {}, vat_unsaid=company().vat or None, **named)


def decide(
    row: ImportFile, *, kind: str, source: str, options: Mapping[str, Any], history: bool | None
) -> ImportFile:
    """Keep what a person decided about a file; a check made before holds no longer.

    Raises Settled.
    """
    with transaction.atomic():
        row = _open(row)
        row.kind, row.source, row.history = kind, source, history
        row.options = {name: options[name] for name in OPTIONS if options.get(name)}
        row.preview, row.status = None, Status.NEW
        row.save(update_fields=["kind", "source", "history", "options", "preview", "status"])
    return row


def request_check(row: ImportFile, person: User | None) -> ImportFile:
    """A job that says what loading the file would do.  Raises Settled."""
    return _request(row, person, "accounts.import_check", Status.CHECKING)


def request_load(row: ImportFile, person: User | None, *, partial: bool = True) -> ImportFile:
    """A job that loads the file; not ``partial``: all of it or nothing.  Raises Settled."""
    return _request(row, person, "accounts.import_load", Status.LOADING, partial=partial)


def _request(
    row: ImportFile, person: User | None, kind: str, status: str, **more: Any
) -> ImportFile:
    with transaction.atomic():
        row = _open(row)
        row.job = enqueue(kind, {"file_id": row.pk, **more}, actor=person)
        row.status = status
        row.save(update_fields=["job", "status"])
    return row


def _open(row: ImportFile) -> ImportFile:
    found = ImportFile.objects.select_related("job").select_for_update(of=("self",)).get(pk=row.pk)
    if not found.is_open:
        raise Settled
    return found


def check(row: ImportFile, progress: Progress | None = None) -> Report:
    """What loading would do; nothing is written but the answer, beside the file."""
    report = _run(row, progress, dry_run=True)
    row.preview = report.as_json(most=FINDINGS)
    row.status = Status.CHECKED
    row.save(update_fields=["preview", "status"])
    return report


def load(row: ImportFile, *, partial: bool, progress: Progress | None = None) -> Report:
    """Load the file; the batch and the file's state are written in one transaction."""
    with transaction.atomic():
        report = _run(row, progress, on_error="partial" if partial else "reject")
        row.batch = ImportBatch.objects.filter(pk=report.batch_id).first()
        row.status = Status.LOADED if row.batch else Status.REFUSED
        row.preview = report.as_json(most=FINDINGS)
        row.save(update_fields=["batch", "status", "preview"])
    return report


def _run(row: ImportFile, progress: Progress | None, **how: Any) -> Report:
    return run(
        path_of(row),
        row.kind,
        source=row.source,
        options=read_options(row.options),
        history=row.history,
        asked_by=row.brought_by,
        filename=row.name,
        progress=progress,
        **how,
    )


def has_refused_rows(row: ImportFile) -> bool:
    """Whether the check named rows: a file that could not be read as a whole has none."""
    return any(each["row"] is not None for each in (row.preview or {}).get("errors", ()))


def write_findings(row: ImportFile, out: TextIO, language: str) -> int:
    """The refused rows as they stand in the file, each with its reasons; how many.

    Of more findings than were kept with the check the first are told.
    """
    report = row.preview or {}
    errors = [
        Issue(each["row"], each["column"], each["code"], each.get("params", {}))
        for each in report.get("errors", [])
    ]
    why = reasons(errors, (), lambda issue: text(issue, language, page=True))
    return write_refused(out, path_of(row), row.kind, read_options(row.options), why, language)


def put_aside(row: ImportFile) -> None:
    """The file is not wanted after all; it is removed, the row stays.  Raises Settled."""
    with transaction.atomic():
        row = _open(row)
        row.status = Status.PUT_ASIDE
        row.save(update_fields=["status"])
        record("import.put_aside", object=row, details={"sha256": row.sha256})
    remove_content(row)


def remove_content(row: ImportFile) -> None:
    row.file.delete(save=False)
    ImportFile.objects.filter(pk=row.pk).update(file="")


def old(days: int) -> QuerySet[ImportFile]:
    """Files kept for longer than so many days, the oldest first."""
    rows = ImportFile.objects.filter(at__lt=timezone.now() - timedelta(days=days))
    return rows.exclude(file="").order_by("at", "pk")


def expire(days: int, *, dry_run: bool = False) -> int:
    """Remove files older than so many days; what is known about them stays.  How many."""
    found = list(old(days))
    if not dry_run:
        for row in found:
            remove_content(row)
    return len(found)
