"""Connected systems: asked for what has changed, loaded by the rules of files.

Pages are gathered and loaded by the thousand; how far a kind of elements has been read is written
in the very transaction that loads them, so that a run that is killed goes on where it was, and
what it had not kept yet comes again and is found as it was.
"""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.db import connection as database
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from accounts.connectors import (
    AmoCRM,
    Bitrix24,
    Cursor,
    Line,
    Page,
    Problem,
    Rules,
    Shape,
    bitrix24,
)
from accounts.connectors import amocrm as amo
from accounts.importing import ReadOptions
from accounts.importing.elements import elements
from accounts.models import Connection, ImportBatch, User
from kam.audit.services import record
from kam.jobs.execution import Cancelled
from kam.jobs.models import Job
from kam.jobs.services import enqueue
from kam.lib import secret_box
from kam.lib.company import company
from kam.lib.periods import company_zone

from .connection_words import words
from .importing import Report, run_table
from .notices import tell

log = logging.getLogger(__name__)
JOB, TRIAL = "accounts.connection_pull", "accounts.connection_trial"
# So many elements are loaded at once: enough to be quick, few enough to be held in memory.
AT_ONCE = 5_000
FINDINGS = 100
LOCK = 0x1F02
ELEMENTS = {
    "companies": _("companies"),
    "requisites": _("requisites"),
    "invoices": _("invoices"),
    "leads": _("deals won"),
}
Progress = Callable[[int, int, str], None]


class Busy(Exception):
    """A run of this connection waits or is at work."""


class Disabled(Exception):
    """The connection is switched off."""


@dataclass
class Tally:
    """What a run read of one kind of elements, and what came of it."""

    read: int = 0
    changed: int = 0
    unchanged: int = 0
    refused: int = 0
    quarantined: int = 0
    skipped: int = 0
    gone: int = 0
    findings: list[dict] = field(default_factory=list)

    def add(self, report: Report) -> None:
        counts = report.counts(report.kind)
        self.changed += counts.changed
        self.unchanged += counts.unchanged
        self.refused += len({issue.row for issue in report.errors})
        self.quarantined += report.quarantined_rows
        told = report.as_json(most=FINDINGS)["errors"]
        self.findings = [*self.findings, *told][:FINDINGS]

    def as_json(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.__dataclass_fields__}


# --- asking for a run or a test -----------------------------------------------------------------


def request_run(row: Connection, person: User | None, *, whole: bool = False) -> Connection:
    """A job that pulls; whole: everything again.  Raises Busy, Disabled."""
    with transaction.atomic():
        row = _taken(row)
        if not row.is_active:
            raise Disabled
        if row.is_busy:
            raise Busy
        payload = {"connection_id": row.pk, "whole": whole}
        row.job = enqueue(JOB, payload, actor=person, unique=f"connection:{row.pk}")
        row.save(update_fields=["job"])
        if person is not None:
            record("connection.run", object=row, details={"whole": whole})
    return row


def request_trial(row: Connection, person: User | None) -> Connection:
    """A job that only looks whether the system answers."""
    with transaction.atomic():
        row = _taken(row)
        if not row.is_being_tried:
            payload = {"connection_id": row.pk}
            row.trial = enqueue(TRIAL, payload, actor=person, unique=f"trial:{row.pk}")
            row.found = None
            row.save(update_fields=["trial", "found"])
    return row


def _taken(row: Connection) -> Connection:
    rows = Connection.objects.select_related("job", "trial").select_for_update(of=("self",))
    return rows.get(pk=row.pk)


# --- running ------------------------------------------------------------------------------------


def try_out(row: Connection) -> dict[str, Any]:
    """Look whom the credentials lead to, and keep what was found or what stood in the way."""
    try:
        with line_to(row) as line:
            found = _connector(row, line).find()
    except Problem as problem:
        kept = {"error": _kept(problem)}
    else:
        kept = {"name": found.name, "companies": found.companies, "more": found.more}
    kept["at"] = timezone.now().isoformat()
    Connection.objects.filter(pk=row.pk).update(found=kept)
    return kept


def pull(
    row: Connection,
    *,
    job: Job | None = None,
    whole: bool = False,
    progress: Progress = lambda done, total, note: None,
) -> dict[str, Tally]:
    """Read what has changed since the last time, and load it.

    What was loaded before something went wrong stays.  Raises Problem, Busy, and what ``progress``
    raises.
    """
    with _alone(row) as free:
        if not free:
            raise Busy
        began = timezone.now()
        _note(row, started_at=began, error=None)
        told: dict[str, Tally] = {}
        try:
            run = _Run(row, told, job, progress)
            with line_to(row) as line:
                run.all(_connector(row, line), whole)
        except Problem as problem:
            _note(row, error=_kept(problem))
            raise
        except Cancelled:
            raise  # a person stopped it: that is no fault
        except Exception:
            _note(row, error={"code": "failed", "params": {}})
            raise
        finally:
            report = {name: tally.as_json() for name, tally in told.items()}
            _note(row, finished_at=timezone.now(), report=report)
        if whole:
            _note(row, whole_at=began)
    return told


def tell_of_failure(row: Connection, problem: Problem) -> None:
    """Tell the administrators, once a day for one reason."""
    people = User.objects.filter(role=User.Role.ADMINISTRATOR, is_active=True)
    facts = {"connection": row.pk, "name": row.name, "problem": _kept(problem)}
    day = timezone.now().astimezone(company_zone()).date()
    tell(people, "connection", f"connection:{row.pk}:{problem.code}:{day}", facts=facts)


def failure(problem: Problem) -> str:
    """The words of a problem in the language of the installation, for the job."""
    with override(settings.LANGUAGE_CODE):
        return words(_kept(problem))


def address_rules() -> Rules:
    """Where systems may stand: the operator's decision."""
    return Rules(tuple(settings.CONNECTION_NETWORKS), settings.CONNECTION_ALLOW_HTTP)


def line_to(row: Connection) -> Line:
    """How its system is called."""
    rules = address_rules()
    if row.system == Connection.System.BITRIX24:
        return Line(rules, bitrix24.INTERVAL, overloaded=bitrix24.overloaded)
    return Line(rules, amo.INTERVAL)


def _connector(row: Connection, line: Line) -> Bitrix24 | AmoCRM:
    try:
        credentials = row.credentials()
    except secret_box.Lost as lost:
        raise Problem("secret.lost") from lost
    if not credentials:
        raise Problem("secret.none")
    if row.system == Connection.System.BITRIX24:
        return Bitrix24(line, credentials["webhook"], requisites="requisites" in row.pulls)
    return AmoCRM(
        line,
        row.address,
        credentials,
        store=lambda renewed: _store(row, renewed),
        won=row.won,
        pipelines=row.pipelines,
    )


def _store(row: Connection, credentials: Mapping[str, str]) -> None:
    """Keep renewed credentials at once: the old ones are worth nothing any more."""
    row.seal(dict(credentials))
    Connection.objects.filter(pk=row.pk).update(secret=row.secret)


def _note(row: Connection, **values: Any) -> None:
    for name, value in values.items():
        setattr(row, name, value)
    Connection.objects.filter(pk=row.pk).update(**values)


def _kept(problem: Problem) -> dict[str, Any]:
    return {"code": problem.code, "params": dict(problem.params)}


@contextmanager
def _alone(row: Connection) -> Iterator[bool]:
    """Whether nobody else pulls this connection; until the end of the block nobody will."""
    with database.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [LOCK, row.pk])
        free = bool(cursor.fetchone()[0])
    try:
        yield free
    finally:
        if free:
            with database.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [LOCK, row.pk])


class _Run:
    """One run over all kinds of elements that are wanted."""

    def __init__(
        self, row: Connection, told: dict[str, Tally], job: Job | None, progress: Progress
    ):
        self.row, self.told, self.job, self.progress = row, told, job, progress
        self.read = self.total = 0

    def all(self, connector: Bitrix24 | AmoCRM, whole: bool) -> None:
        wanted = [name for name in Connection.PULLS[self.row.system] if name in self.row.pulls]
        if whole:
            self._forget(wanted)
        for name in wanted:
            first = "requisites" not in self.row.cursors and "companies" not in self.row.cursors
            self._elements(connector, name)
            if name == "companies" and first and "requisites" in wanted:
                # They came with the companies: from here on their changes are enough.
                self.keep("requisites", Cursor(self._cursor("companies").since), history=False)

    def _forget(self, wanted: list[str]) -> None:
        """Begin at the beginning, unless this very job has done so before it was killed."""
        mark = self.job.pk if self.job else 0
        if mark and self.row.cursors.get("whole") == mark:
            return
        _note(self.row, cursors={"whole": mark})

    def _cursor(self, name: str) -> Cursor:
        return Cursor.of_json(self.row.cursors.get(name))

    def _elements(self, connector: Bitrix24 | AmoCRM, name: str) -> None:
        shape = connector.SHAPES[name]
        stream = _Stream(self, name, shape)
        known = self.total
        try:
            for page in connector.pages(name, self._cursor(name)):
                stream.add(page)
                self.read += page.read
                if page.total is not None:
                    self.total = known + page.total
                self.progress(self.read, self.total if self.total >= self.read else 0, "")
        except Problem:
            stream.load()  # what the system gave before it broke off is sound
            raise
        stream.load()

    def keep(self, name: str, cursor: Cursor, history: bool) -> None:
        kept = cursor.as_json() | ({"history": True} if history else {})
        _note(self.row, cursors={**self.row.cursors, name: kept})


class _Stream:
    """Elements of one kind on their way in."""

    def __init__(self, run: _Run, name: str, shape: Shape):
        self._run, self._row, self._name, self._shape = run, run.row, name, shape
        self._tally = run.told.setdefault(name, Tally())
        self._items: dict[int, Mapping[str, Any]] = {}
        self._reached: Page | None = None
        self._history = self._is_history()

    def _is_history(self) -> bool:
        """Whether facts count as known on their own date: so in the first pull of a source, in
        all its parts and after interruptions; None of its later ones."""
        kept = self._row.cursors.get(self._name)
        if kept is not None:
            return bool(kept.get("history"))
        earlier = ImportBatch.objects.filter(
            source=self._row.source, kind=self._shape.kind, undone_at__isnull=True
        )
        return not earlier.exists()

    def add(self, page: Page) -> None:
        self._items |= {int(item[self._shape.key]): item for item in page.items}
        self._reached = page
        self._tally.read += page.read
        self._tally.skipped += page.skipped
        self._tally.gone += page.gone
        if len(self._items) >= AT_ONCE:
            self.load()

    def load(self) -> None:
        """Load, and keep how far it came, together or not at all."""
        if self._reached is None:
            return
        with transaction.atomic():
            if self._items:
                self._tally.add(self._write(list(self._items.values())))
            history = self._history and not self._reached.last
            self._run.keep(self._name, self._reached.cursor, history)
        self._items, self._reached = {}, None

    def _write(self, items: list[Mapping[str, Any]]) -> Report:
        shape, row = self._shape, self._row
        content = json.dumps(items, default=str, ensure_ascii=False).encode("utf-8", "replace")
        sha256 = hashlib.sha256(content).hexdigest()
        options = ReadOptions(vat=row.vat or None, vat_unsaid=company().vat or None)
        with override(settings.LANGUAGE_CODE):
            said = f"{row.name}: {ELEMENTS[self._name]}"
        report = run_table(
            lambda: elements(shape.kind, shape.shape, items, shape.key, options, sha256),
            shape.kind,
            source=row.source,
            filename=said,
            history=self._history,
            asked_by=self._run.job.actor if self._run.job else None,
        )
        ImportBatch.objects.filter(pk=report.batch_id).update(connection=row)
        return report


def words_of_error(row: Connection) -> str:
    return words(row.error)


def name_of(element: str) -> str:
    return str(ELEMENTS.get(element, element))
