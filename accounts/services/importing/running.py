"""Taking one file in: read, write in one transaction, answer.

Nothing half written ever: the file is read before the transaction opens, every table is written
inside it, and what does not count is rolled back: a dry run, a refused file, or any error where
the person asked for all or nothing.
"""

from __future__ import annotations

import gc
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from accounts import signals
from accounts.importing import Issue, ReadOptions, Refused, Table, read
from accounts.models import ImportBatch, User
from accounts.services.allocation import allocate
from kam.audit.services import record
from kam.lib.scoping import acting_system
from kam.webhooks.services import emit

from .clients import load_clients
from .contacts import load_contacts
from .documents import load_documents
from .interactions import load_interactions
from .keeping import keeping_changes
from .load import Load
from .payments import load_payments
from .products import load_products
from .quarantine import keep_waiting
from .report import Report

Loader = Callable[[Load], None]
Progress = Callable[[int, int], None]
# Reading, writing, telling.
STEPS = 3

_LOADERS: dict[str, Loader] = {
    "clients": load_clients,
    "contacts": load_contacts,
    "products": load_products,
    "documents": load_documents,
    "payments": load_payments,
    "interactions": load_interactions,
}
# What of the report is kept with the batch: enough to see what was wrong with a file.
_FINDINGS_KEPT = 500


def register_loader(kind: str, loader: Loader) -> None:
    """Say who writes files of a kind whose rows belong to a higher floor (ratings)."""
    _LOADERS[kind] = loader


class _RolledBack(Exception):
    """The transaction ends without a trace, on purpose."""


def run(
    path: str | os.PathLike[str],
    kind: str,
    *,
    source: str = "default",
    options: ReadOptions | None = None,
    on_error: Literal["partial", "reject"] = "partial",
    history: bool | None = None,
    dry_run: bool = False,
    asked_by: User | None = None,
    filename: str = "",
    progress: Progress | None = None,
) -> Report:
    """Import a file of ``kind`` and say what came of it; never raises for what is in the file.

    source: the system it comes from; ids and document numbers are unique within it.
    on_error: "reject" writes nothing if any row is wrong. history: whether facts were known on
    their own date; None = so for the first import of a source and kind. dry_run: all of it, and
    then rolled back. asked_by: who asked; the messages are in their language. filename: the name
    that people know the file by. progress: told (steps done, steps); what it raises ends the
    import without a trace.
    """
    name = filename or Path(path).name
    return run_table(
        lambda: _read(path, kind, options or ReadOptions()),
        kind,
        source=source,
        on_error=on_error,
        history=history,
        dry_run=dry_run,
        asked_by=asked_by,
        filename=name,
        progress=progress,
    )


def run_table(
    reading: Callable[[], Table],
    kind: str,
    *,
    source: str,
    filename: str,
    on_error: Literal["partial", "reject"] = "partial",
    history: bool | None = None,
    dry_run: bool = False,
    asked_by: User | None = None,
    progress: Progress | None = None,
) -> Report:
    """As :func:`run`, with whatever gives the table; it may raise Refused."""
    report = Report(
        kind=kind,
        source=source,
        language=asked_by.language if asked_by else settings.LANGUAGE_CODE,
        filename=filename,
        dry_run=dry_run,
    )
    tell = progress or (lambda done, steps: None)
    tell(0, STEPS)
    try:
        if kind not in _LOADERS:
            raise Refused(Issue(None, None, "kind.no_loader", {"kind": kind}))
        with _no_collection():
            table = reading()
    except Refused as refusal:
        report.errors.append(refusal.issue)
        report.refuse()
        _tell(report)
        return report
    _describe(report, table)
    tell(1, STEPS)
    with acting_system("import", asked_by.pk if asked_by else None):
        try:
            with _no_collection(), transaction.atomic():
                _write(table, report, history, asked_by)
                tell(2, STEPS)
                _decide(report, on_error)
                if dry_run or report.accepted == "reject":
                    raise _RolledBack
                _tell(report)
        except _RolledBack:
            report.batch_id = None
    if report.accepted == "reject":
        report.refuse()
        _tell(report)
    return report


def _tell(report: Report) -> None:
    """Tell other systems how an import has ended: with what it wrote, or that it wrote nothing."""
    if report.dry_run:
        return
    emit(
        "import.finished",
        {
            "import": report.batch_id,
            "kind": report.kind,
            "source": report.source,
            "accepted": report.accepted,
            "rows": report.rows,
            "refused": len({issue.row for issue in report.errors if issue.row is not None}),
            "quarantined": report.quarantined_rows,
        },
    )


@contextmanager
def _no_collection() -> Iterator[None]:
    """Columns of numbers and texts hold no cycles; looking for some takes a sixth of the time."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def _read(path: str | os.PathLike[str], kind: str, options: ReadOptions) -> Table:
    name = {"file": Path(path).name}
    try:
        return read(path, kind, options)
    except FileNotFoundError as error:
        raise Refused(Issue(None, None, "file.not_found", name)) from error
    except OSError as error:
        raise Refused(Issue(None, None, "file.unreadable", name)) from error


def _describe(report: Report, table: Table) -> None:
    report.rows = table.meta.rows
    report.sha256 = table.meta.sha256
    report.columns, report.ignored = table.meta.columns, table.meta.ignored
    report.errors.extend(table.errors)
    report.warnings.extend(table.warnings)
    report.held_back = table.held_back


def _decide(report: Report, on_error: str) -> None:
    if not report.errors:
        report.accepted = "all"
    elif on_error == "reject" or not (
        report.quarantined_rows
        or any(counts.changed or counts.unchanged for counts in report.entities.values())
    ):
        report.accepted = "reject"
    else:
        report.accepted = "partial"


def _write(table: Table, report: Report, history: bool | None, asked_by: User | None) -> None:
    take_turns()
    if history is None:
        before = ImportBatch.objects.filter(
            source=report.source, kind=report.kind, undone_at__isnull=True
        )
        history = not before.exists()
    report.history = history
    batch = ImportBatch.objects.create(
        kind=report.kind,
        source=report.source,
        filename=report.filename[:255],
        sha256=report.sha256,
        history=history,
        asked_by=asked_by,
        at=timezone.now(),
        revocable=True,
    )
    with keeping_changes(batch):
        load = _load(table, report, batch, asked_by)
        keep_waiting(load)
        _settle(load, batch)


def write_table(
    table: Table,
    report: Report,
    batch: ImportBatch,
    asked_by: User | None,
    clients: Mapping[int, int],
) -> set[int]:
    """Write rows that were read before, of clients that people gave them (place -> client).

    In the caller's transaction, within :func:`keeping_changes`.  Returns the places of rows that
    were not written; ``report`` says why.
    """
    take_turns()
    report.history = batch.history
    load = _load(table, report, batch, asked_by, clients)
    wrong = {table.rows.index(issue.row) for issue in report.errors if issue.row is not None}
    _settle(load, batch)
    return wrong | load.waiting


def _load(
    table: Table,
    report: Report,
    batch: ImportBatch,
    asked_by: User | None,
    clients: Mapping[int, int] | None = None,
) -> Load:
    load = Load(
        table=table,
        source=report.source,
        history=batch.history,
        now=batch.at,
        batch_id=batch.pk,
        report=report,
        asked_by=asked_by,
        clients_given=dict(clients or {}),
    )
    _LOADERS[report.kind](load)
    return load


def _settle(load: Load, batch: ImportBatch) -> None:
    """What follows the facts: payments find their documents, the answer is kept and told."""
    report = load.report
    if load.touched:
        allocate(load.touched, history=batch.history)
    _decide(report, "partial")
    batch.report = report.as_json(most=_FINDINGS_KEPT)
    batch.save(update_fields=["report"])
    report.batch_id = batch.pk
    record("import", object=batch, details=_trail(report))
    if report.changed_anything and not report.dry_run:
        # Inside the transaction: whoever listens writes its job together with the facts.
        signals.portfolio_changed.send(sender=ImportBatch, reason="import")


def _trail(report: Report) -> dict:
    """What the trail keeps of an import: counts and checksum, no names."""
    answer = report.as_json()
    kept = ("kind", "source", "sha256", "accepted", "rows", "quarantined", "totals", "history")
    return {name: answer[name] for name in kept} | {name: answer[name] for name in report.entities}


def is_free() -> bool:
    """Whether nothing is being imported at this moment; from now on this transaction is."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtext('accounts.import'))")
        return cursor.fetchone()[0]


def take_turns() -> None:
    """Two imports at once would resolve the same names apart; and a large one takes its time."""
    with connection.cursor() as cursor:
        for setting in ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout"):
            cursor.execute(f"SET LOCAL {setting} = 0")
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('accounts.import'))")
