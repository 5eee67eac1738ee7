"""Asking for a list as a file, writing it, removing what is old."""

from __future__ import annotations

import tempfile
from datetime import timedelta
from pathlib import Path

from django.core.files import File
from django.db import transaction
from django.http import Http404, QueryDict
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import get_language, override

from kam.audit.services import record
from kam.jobs.execution import Refused, Running
from kam.jobs.services import enqueue
from kam.lib.navigation import may
from kam.lib.periods import today

from .models import Export
from .registry import List, lists
from .writing import MOST_XLSX, TooLong, write

JOB = "exports.write"
LONGEST_QUERY = 4_000
# What says which part of the list the page shows, not which list.
_PAGING = ("after", "before", "page", "cursor")


def find_list(name: str, person) -> List:
    """The list of that name; Http404 where there is none, or the person may not open its page."""
    found = lists().get(name)
    if found is None or not may(person, found.route):
        raise Http404
    return found


def request(person, name: str, format: str, query: str = "", of: int | None = None) -> Export:
    """A job that writes the list as the page shows it, all of its pages.

    Raises Http404 where the person may not see the list.
    """
    find_list(name, person)
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
        row.job = enqueue(JOB, {"export_id": row.pk}, actor=person)
        row.save(update_fields=["job"])
    return row


def run(row: Export, running: Running) -> Export:
    """Write the file with the rights that the person has now.  Raises Refused."""
    try:
        found = find_list(row.name, row.author)
        with tempfile.TemporaryDirectory() as folder, override(row.language):
            path = Path(folder) / "export"
            sheet = found.build(QueryDict(row.query), row.of or 0)
            row.rows = write(
                sheet,
                row.format,
                path,
                row.language,
                lambda done: running.progress(done, max(sheet.total, done)),
            )
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
        record(
            "export.written",
            object=row,
            details={"list": row.name, "format": row.format, "rows": row.rows, "of": row.of},
        )
    return row


def _filename(row: Export, title: str) -> str:
    name = slugify(title, allow_unicode=True) or row.name
    return f"{name}-{today():%Y-%m-%d}.{row.format}"


def remove(row: Export) -> None:
    """Remove the file; the row says that there was one."""
    row.file.delete(save=False)
    Export.objects.filter(pk=row.pk).update(file="")


def expire(days: int, *, dry_run: bool = False) -> int:
    """Remove files older than so many days; how many."""
    old = Export.objects.filter(at__lt=timezone.now() - timedelta(days=days)).exclude(file="")
    found = list(old)
    if not dry_run:
        for row in found:
            remove(row)
    return len(found)
