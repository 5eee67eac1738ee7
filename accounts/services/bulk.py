"""Rows that programs send: taken in by the same steps as files, answered row by row."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import zlib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from accounts.importing import Issue, ReadOptions
from accounts.importing.rows import table
from accounts.models import BulkLoad, ClientIdentifier, Document, User
from kam.jobs.services import enqueue

from .importing import Report, run_table
from .importing.messages import text
from .importing.running import Progress

AT_ONCE = 10_000
JOB = "accounts.bulk"
# What a row of a kind is called by.
KEYS = {"clients": "external_id", "products": "code", "documents": "number", "payments": "number"}
LOADED, REFUSED, HELD_BACK, WAITING = "loaded", "refused", "held_back", "waiting"
STATUSES = (LOADED, REFUSED, HELD_BACK, WAITING)


def keep(
    person: User, kind: str, source: str, rows: Sequence[Mapping], options: Mapping[str, Any]
) -> BulkLoad:
    """Keep rows and write the job that loads them."""
    content = json.dumps(rows, default=str, ensure_ascii=False).encode("utf-8", "replace")
    key = KEYS.get(kind, "client")
    with transaction.atomic():
        load = BulkLoad.objects.create(
            author=person,
            kind=kind,
            source=source,
            options=dict(options),
            rows=len(rows),
            content=zlib.compress(content, 1),
            sha256=hashlib.sha256(content).hexdigest(),
            keys=[str(row.get(key) or "")[:120].replace("\x00", "") for row in rows],
        )
        load.job = enqueue(JOB, {"load_id": load.pk}, actor=person)
        load.save(update_fields=["job"])
    return load


def run(load: BulkLoad, progress: Progress | None = None) -> Report | None:
    """Load the rows and keep what became of each; None where that has been done."""
    if load.content is None:
        return None
    rows = json.loads(zlib.decompress(load.content), parse_float=Decimal)
    with transaction.atomic():
        report = take_in(
            load.author,
            load.kind,
            load.source,
            rows,
            sha256=load.sha256,
            vat=load.options.get("vat"),
            history=load.options.get("history"),
            whole=bool(load.options.get("whole")),
            progress=progress,
        )
        load.batch_id = report.batch_id
        load.report = report.as_json(most=100)
        load.findings = _findings(report)
        load.content = None
        load.save(update_fields=["batch", "report", "findings", "content"])
    return report


def take_in(
    person: User | None,
    kind: str,
    source: str,
    rows: Sequence[Mapping[str, Any]],
    *,
    sha256: str = "",
    vat: str | None = None,
    history: bool | None = None,
    whole: bool = True,
    progress: Progress | None = None,
) -> Report:
    """Write rows of our own fields by the rules of files; what is in them never raises."""
    return run_table(
        lambda: table(kind, rows, ReadOptions(vat=vat or None), sha256),
        kind,
        source=source,
        filename="API",
        on_error="reject" if whole else "partial",
        history=history,
        asked_by=person,
        progress=progress,
    )


def _findings(report: Report) -> dict[str, list]:
    """Row -> [status, [field, code, params] …]; row 0 has what is about all of them."""
    told: dict[int, list] = {}
    whole = report.accepted == "reject"
    for row in report.held_back:
        told[row] = [HELD_BACK, []]
    for row in report.waiting:
        told[row] = [WAITING, []]
    for issues, status in (
        (report.errors, REFUSED),
        (report.warnings, HELD_BACK if whole else LOADED),
    ):
        for issue in issues:
            mine = told.setdefault(issue.row or 0, [status, []])
            if status == REFUSED:
                mine[0] = REFUSED
            mine[1].append([issue.column or "", issue.code, dict(issue.params)])
    return {str(row): each for row, each in told.items()}


def results(load: BulkLoad, rows: Sequence[int], language: str) -> list[dict[str, Any]]:
    """What became of these rows (1-based): status, what they are called and are, what was found."""
    usual = HELD_BACK if load.state == "refused" else LOADED
    ids = _ids(load, [load.keys[row - 1] for row in rows])
    answer = []
    for row in rows:
        status, found = load.findings.get(str(row), (usual, ()))
        key = load.keys[row - 1]
        answer.append(
            {
                "row": row,
                "key": key,
                "status": status,
                "id": ids.get(key) if status == LOADED else None,
                "findings": [told(*each, row=row, language=language) for each in found],
            }
        )
    return answer


def told(column: str, code: str, params: Mapping[str, Any], *, row: int, language: str) -> dict:
    issue = Issue(row or None, column or None, code, params)
    return {"field": column, "code": code, "message": text(issue, language)}


def rows_with(load: BulkLoad, status: str) -> Sequence[int]:
    """The numbers of rows with this status, or of all."""
    everything = range(1, load.rows + 1)
    if not status:
        return everything
    usual = HELD_BACK if load.state == "refused" else LOADED
    return [r for r in everything if load.findings.get(str(r), (usual,))[0] == status]


def _ids(load: BulkLoad, keys: Sequence[str]) -> dict[str, int]:
    """Key -> id, where a key means one row: of clients and of documents."""
    named = {key for key in keys if key}
    if load.kind == "clients":
        rows = ClientIdentifier.objects.filter(source=load.source, external_id__in=named)
        return dict(rows.values_list("external_id", "client_id"))
    if load.kind != "documents":
        return {}
    found: dict[str, list[int]] = defaultdict(list)
    documents = Document.objects.filter(source=load.source, number__in=named, known_to=None)
    for number, pk in documents.order_by().values_list("number", "pk"):
        found[number].append(pk)
    return {number: ids[0] for number, ids in found.items() if len(ids) == 1}


def old(days: int) -> QuerySet[BulkLoad]:
    """Loads older than so many days, the oldest first."""
    return BulkLoad.objects.filter(at__lt=timezone.now() - dt.timedelta(days=days)).order_by("pk")


def expire(days: int) -> int:
    """Remove what is known of loads older than so many days; the facts stay.  How many."""
    return old(days).delete()[0]
