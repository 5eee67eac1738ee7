"""Rows of files that name no client we know: given a client, or put away with a reason.

Rows that are given a client go through the loaders of their kind of file, so that the same rules
hold and the same findings are told.  How the source names the client is remembered: the next file
finds it by itself.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q, Sum
from django.db.models.fields.json import KT
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.importing import FIELDS, Issue, Table
from accounts.importing.fields import Cell
from accounts.importing.table import Meta
from accounts.models import Client, ClientIdentifier, ImportBatch, QuarantinedRow, User
from accounts.selectors.imports import NAMING
from kam.audit.services import record
from kam.lib.scoping import acting_system

from .importing.clients import kind_of
from .importing.keeping import keeping_changes
from .importing.messages import text
from .importing.report import Report
from .importing.running import write_table

# More rows at once would keep a person waiting; the rest is given by asking again.
MOST = 5_000


@dataclass(frozen=True)
class Refused:
    """A row that had a client and could still not be loaded: it waits on."""

    row: int
    issue: Issue

    def words(self, language: str) -> str:
        return text(self.issue, language, page=True)


@dataclass
class Given:
    """What came of giving rows a client.  ``loaded``: rows that are facts now; ``remembered``:
    whether the next file of the source finds the client by itself."""

    loaded: int = 0
    refused: list[Refused] = field(default_factory=list)
    remembered: bool = False


def give(rows: Sequence[int], client: Client, person: User | None) -> Given:
    """Load these rows as rows of the client; of those that somebody took meanwhile nothing is left
    to do.

    Raises ValidationError where the client is a group: documents hang on legal entities.
    """
    if client.kind == Client.Kind.GROUP:
        raise ValidationError(
            _("This is a group. Choose the company in it that the rows are about.")
        )
    given = Given()
    with transaction.atomic():
        found = list(
            QuarantinedRow.objects.select_for_update(of=("self",))
            .select_related("batch")
            .filter(pk__in=_whole_documents(list(rows)[:MOST]))
            .order_by("batch_id", "row", "pk")
        )
        if not found:
            return given
        with acting_system("quarantine", person.pk if person else None):
            given.remembered = True
            for same in _by_batch(found):
                _load(same, client, person, given)
        record(
            "quarantine.give",
            object=client,
            client_id=client.pk,
            details={"rows": given.loaded, "left": len(given.refused)},
        )
    return given


def _whole_documents(rows: list[int]) -> list[int]:
    """The rows with the other lines of their documents: half a document is none."""
    named = (
        QuarantinedRow.objects.filter(pk__in=rows, kind="documents")
        .annotate(number=KT("data__number"))
        .values_list("batch_id", "number")
        .distinct()
    )
    lines = Q(pk__in=rows)
    for batch, number in named:
        lines |= Q(batch_id=batch, kind="documents", data__number=number)
    return list(QuarantinedRow.objects.filter(lines).values_list("pk", flat=True))


def make_client(row: QuarantinedRow) -> dict[str, Any]:
    """What a client made from a row would be called: values of Client."""
    said = row.data
    inn = str(said.get("inn") or "")
    name = str(said.get("client_name") or said.get("client") or inn)
    return {"name": name[:255], "inn": inn[:12], "kpp": str(said.get("kpp") or "")[:9],
            "kind": kind_of(inn, name)}  # fmt: skip


@transaction.atomic
def discard(rows: Sequence[int], reason: str) -> int:
    """Put rows away for good; how many.  The trail keeps how many and for how much, and why; the
    rows stand in the original file.  Raises ValidationError without a reason."""
    if not reason.strip():
        raise ValidationError(_("Say why these rows are put away."))
    found = QuarantinedRow.objects.filter(pk__in=list(rows)[:MOST])
    amount = found.aggregate(sum=Sum("amount"))["sum"]
    count = found.count()
    if count:
        found.delete()
        record(
            "quarantine.discard",
            details={
                "rows": count, "amount": str(amount or Decimal("0.00")), "reason": reason.strip()[:500]
            },
        )  # fmt: skip
    return count


def _one_of_each(rows: Sequence[QuarantinedRow]) -> list[QuarantinedRow]:
    """One row of each way in which the rows name their client."""
    return list(
        {(row.source, *(row.data.get(name) for name in NAMING)): row for row in rows}.values()
    )


def _remember(row: QuarantinedRow, client: Client) -> bool:
    """Keep what the source calls the client; whether its next file finds it by that."""
    called = str(row.data.get("client") or row.data.get("client_name") or "")[:120]
    inn = str(row.data.get("inn") or "")
    if called:
        known, made = ClientIdentifier.objects.get_or_create(
            source=row.source, external_id=called, defaults={"client": client}
        )
        return made or known.client_id == client.pk
    if inn and not client.inn:
        Client.objects.filter(pk=client.pk).update(inn=inn, kpp=str(row.data.get("kpp") or ""))
        client.inn = inn
    return bool(inn) and client.inn == inn


def _by_batch(rows: Sequence[QuarantinedRow]) -> list[list[QuarantinedRow]]:
    groups: dict[tuple[int, str], list[QuarantinedRow]] = {}
    for row in rows:
        groups.setdefault((row.batch_id, row.kind), []).append(row)
    return list(groups.values())


class _NothingLoaded(Exception):
    """No row was sound: the import that would have held them is taken back."""


def _load(rows: list[QuarantinedRow], client: Client, person: User | None, given: Given) -> None:
    try:
        with transaction.atomic():
            _load_batch(rows, client, person, given)
    except _NothingLoaded:
        given.remembered = False


def _load_batch(
    rows: list[QuarantinedRow], client: Client, person: User | None, given: Given
) -> None:
    first = rows[0].batch
    report = Report(
        kind=rows[0].kind,
        source=rows[0].source,
        language=person.language if person else "",
        filename=first.filename,
        sha256=first.sha256,
    )
    report.rows = len(rows)
    batch = ImportBatch.objects.create(
        kind=report.kind,
        source=report.source,
        filename=first.filename,
        sha256=first.sha256,
        history=first.history,
        asked_by=person,
        at=timezone.now(),
        revocable=True,
    )
    with keeping_changes(batch):
        remembered = [_remember(row, client) for row in _one_of_each(rows)]
        _write(rows, client, report, batch, person, given)
    given.remembered = given.remembered and all(remembered)


def _write(
    rows: list[QuarantinedRow],
    client: Client,
    report: Report,
    batch: ImportBatch,
    person: User | None,
    given: Given,
) -> None:
    table = _table(rows)
    wrong = write_table(table, report, batch, person, dict.fromkeys(range(len(rows)), client.pk))
    # A document that was refused waits with all its lines.
    refused = {rows[place].data.get("number") for place in wrong if rows[place].kind == "documents"}
    wrong |= {place for place, row in enumerate(rows) if row.data.get("number") in refused - {None}}
    why = {issue.row: issue for issue in report.errors}
    settled = [row.pk for place, row in enumerate(rows) if place not in wrong]
    given.loaded += len(settled)
    given.refused += [
        Refused(rows[place].pk, why.get(place + 1) or Issue(None, None, "row.held_back"))
        for place in sorted(wrong)
    ]
    if not settled:
        raise _NothingLoaded
    QuarantinedRow.objects.filter(pk__in=settled).delete()


def _table(rows: list[QuarantinedRow]) -> Table:
    """The kept rows as the reader gave them."""
    fields = FIELDS[rows[0].kind].fields
    names = list(dict.fromkeys(name for row in rows for name in row.data))
    frame = {
        name: [
            _value(fields[name].cell if name in fields else Cell.TEXT, row.data.get(name))
            for row in rows
        ]
        for name in names
    }
    return Table(
        kind=rows[0].kind,
        frame=frame,
        rows=[place + 1 for place in range(len(rows))],
        errors=[],
        warnings=[],
        held_back=[],
        meta=Meta("csv", rows[0].batch.sha256, rows=len(rows)),
    )


def _value(cell: Cell, kept: Any) -> Any:
    if kept is None:
        return None
    if cell in (Cell.NUMBER, Cell.RATE):
        return Decimal(str(kept))
    if cell is Cell.DATE:
        return dt.date.fromisoformat(kept)
    return kept
