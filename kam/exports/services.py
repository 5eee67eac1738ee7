"""Asking for a list as a file, writing it, removing what is old."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from django.core.files import File
from django.db import connection, transaction
from django.http import Http404, QueryDict
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from kam.audit import looking
from kam.audit.models import DataAccess
from kam.audit.services import record
from kam.jobs.execution import Refused, Running
from kam.jobs.services import enqueue
from kam.lib import replica
from kam.lib.navigation import may
from kam.lib.periods import today

from .models import Export
from .registry import List, Sheet, lists
from .writing import MOST_XLSX, TooLong, write

JOB, HEAVY_JOB = "exports.write", "exports.write_heavy"
LONGEST_QUERY = 4_000
# Names of columns, with commas, that the person does not see on the page.
HIDDEN = "hidden"
# What says which part of the list the page shows, not which list.
_PAGING = ("after", "before", "page", "cursor")


class OtherFormat(ValueError):
    """The list cannot be written in that format."""


def find_list(name: str, person) -> List:
    """The list of that name; Http404 where there is none, or the person may not open its page.

    A key needs what reading the page's address needs, so one without ``admin`` gets no trail.
    """
    found = lists().get(name)
    if found is None or not may(person, found.route):
        raise Http404
    return found


def request(person, name: str, format: str, query: str = "", of: int | None = None) -> Export:
    """A job that writes the list as the page shows it, all of its pages.

    Raises Http404 where the person may not see the list, OtherFormat where it has no such format.
    """
    found = find_list(name, person)
    if format not in found.formats:
        raise OtherFormat
    asked = QueryDict(query[:LONGEST_QUERY], mutable=True)
    for parameter in _PAGING:
        asked.pop(parameter, None)
    with transaction.atomic():
        row = Export.objects.create(
            author=person,
            name=name,
            of=of,
            query=asked.urlencode(),
            format=format,
            language=get_language() or person.language,
        )
        job = HEAVY_JOB if found.heavy else JOB
        row.job = enqueue(job, {"export_id": row.pk}, actor=person)
        row.save(update_fields=["job"])
    return row


def run(row: Export, running: Running) -> Export:
    """Write the file with the rights that the person has now.  Raises Refused."""
    try:
        found = find_list(row.name, row.author)
        with (
            tempfile.TemporaryDirectory() as folder,
            override(row.language),
            looking.collecting() as met,
        ):
            path = Path(folder) / "export"
            # A query that the replica broke off is asked of the primary the next time.
            first = running.job.attempts <= 1
            with replica.reading(first and found.write is None), one_moment():
                row.rows = _write(found, row, path, running)
            row.size = path.stat().st_size
            row.filename = _filename(row, str(found.title))
            with path.open("rb") as content:
                row.file.save("", File(content), save=False)
    except Http404 as error:
        raise Refused(_("You may not see this list any more.")) from error
    except TooLong as error:
        raise Refused(
            _("The list has more than %(most)s rows, more than a workbook holds. Take it as CSV.")
            % {"most": f"{MOST_XLSX:,}".replace(",", "\u202f")}
        ) from error
    with transaction.atomic():
        row.save(update_fields=["rows", "size", "filename", "file"])
        looking.note(row.author, DataAccess.Way.FILE, met)
        people = sum(map(len, met.values()))
        record(
            "export.written",
            object=row,
            details=_told(row) | ({"people": people} if people else {}),
        )
    return row


@contextmanager
def one_moment() -> Iterator[None]:
    """A transaction that sees the data of one moment, however long the list is written.

    Inside another one (tests) it sees what that one sees.
    """
    outer = connection.in_atomic_block
    with transaction.atomic():
        if not outer:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
                # A workbook is packed at its end, when the database has nothing to do for us.
                cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
        yield


def _write(found: List, row: Export, path: Path, running: Running) -> int:
    if found.write is not None:
        return found.write(path, running.progress)
    assert found.build is not None
    query = QueryDict(row.query, mutable=True)
    hidden = query.pop(HIDDEN, [""])[0]
    sheet = _without(found.build(query, row.of or 0), set(hidden.split(",")) - {""})
    return write(
        sheet,
        row.format,
        path,
        row.language,
        lambda done: running.progress(done, max(sheet.total, done)),
    )


def _without(sheet: Sheet, hidden: set[str]) -> Sheet:
    """The list without the columns that the person does not see on the page."""
    kept = [at for at, column in enumerate(sheet.columns) if column.key not in hidden]
    if len(kept) == len(sheet.columns) or not kept:
        return sheet
    return replace(
        sheet,
        columns=[sheet.columns[at] for at in kept],
        rows=([row[at] for at in kept] for row in sheet.rows),
    )


def _told(row: Export) -> dict:
    """What the trail keeps: which filters were set, but not to what, for that may be a name."""
    filters = sorted(name for name, value in QueryDict(row.query).items() if value)
    told = {"list": row.name, "format": row.format, "rows": row.rows, "filters": filters}
    return told | ({"of": row.of} if row.of else {})


def _filename(row: Export, title: str) -> str:
    name = slugify(title, allow_unicode=True)[:100] or row.name
    return f"{name}-{today():%Y-%m-%d}.{row.format}"


def take(row: Export, person):
    """The file, opened.  Raises Http404 until it is ready, once it has been removed, and where the
    person may not open the page of the list any more."""
    if not row.file:
        raise Http404
    find_list(row.name, person)
    record("export.taken", object=row, details=_told(row))
    return row.file.open("rb")


def remove(row: Export) -> None:
    """Remove the file; the row says that there was one."""
    row.file.delete(save=False)
    Export.objects.filter(pk=row.pk).update(file="")


def expire(days: int) -> int:
    """Remove files older than so many days; how many."""
    old = Export.objects.filter(at__lt=timezone.now() - timedelta(days=days)).exclude(file="")
    found = list(old)
    for row in found:
        remove(row)
    return len(found)
