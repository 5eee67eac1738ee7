"""A block from a spreadsheet becomes one's own ratings: read, shown, and saved in one go."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.models import Client, User
from kam.audit.services import record
from kam.lib.scoping import current
from scoring.models import Matrix, VersionCriterion
from scoring.selectors.clients import ratings_in_force

from .ratings import AT_ONCE, Opinion, Recorded, record_opinions

LONGEST = 500_000  # characters
HUNDREDTH = Decimal("0.01")


@dataclass(frozen=True)
class Change:
    """One cell: by whom it is rated is the person who pastes; before None = not rated yet."""

    client: Client
    criterion: VersionCriterion
    before: Decimal | None
    after: Decimal


@dataclass(frozen=True)
class Refusal:
    """A cell (or with column 0 a line) that cannot be taken; rows and columns count from 1."""

    row: int
    column: int
    text: str
    reason: str


@dataclass
class Paste:
    changes: list[Change] = field(default_factory=list)
    refused: list[Refusal] = field(default_factory=list)
    same: int = 0

    @property
    def digest(self) -> str:
        """What was shown: saved is this and nothing else."""
        said = [
            *(
                f"{c.client.pk} {c.criterion.criterion_id} {c.before} {c.after}"
                for c in self.changes
            ),
            *(f"{r.row} {r.column}" for r in self.refused),
        ]
        return hashlib.sha256("\n".join(said).encode()).hexdigest()


def read_paste(
    text: str,
    criteria: Sequence[VersionCriterion],
    person: User,
    *,
    rows: Sequence[int] = (),
    start: str = "",
) -> Paste:
    """What a pasted block would change.

    Lines are clients, columns criteria.  A first column of names (or INN) says which clients, else
    the lines go to the clients ``rows`` in turn; a first line with names of criteria says which
    columns, else they go to the criteria from the key ``start`` on.  An empty cell changes nothing.
    Raises ValidationError where the block is too large.
    """
    table = _cells(text)
    if sum(len(line) for line in table) > AT_ONCE or len(text) > LONGEST:
        raise ValidationError(_("Paste at most %(most)s cells at a time.") % {"most": AT_ONCE})
    paste = Paste()
    heads = _heads(table, criteria)
    body = table[1:] if heads else table
    first_line = 2 if heads else 1
    named = _names_first(body)
    columns = _columns(heads, criteria, start, named, paste)
    clients = _clients(body, rows, named)
    editable = set(
        Client.objects.filter(pk__in=[c.pk for c in clients if isinstance(c, Client)])
        .editable_by(current())
        .values_list("pk", flat=True)
    )
    own = {
        (rating.client_id, rating.criterion_id): rating.value
        for rating in ratings_in_force(
            editable, [row.criterion_id for row in criteria if row.rated_by_people], person
        )
    }
    taken: dict[tuple[int, int], int] = {}
    for number, (line, client) in enumerate(zip(body, clients, strict=True), start=first_line):
        cells = line[1:] if named else line
        if not any(cells):
            continue
        if not isinstance(client, Client) or client.pk not in editable:
            reason = client if isinstance(client, str) else _("this client is not yours to rate")
            paste.refused.append(Refusal(number, 0, line[0] if named else "", reason))
            continue
        for at, cell in enumerate(cells):
            if not cell:
                continue
            column = at + (2 if named else 1)
            criterion = columns[at] if at < len(columns) else None
            if criterion is None and heads:
                continue  # said once, at the head
            value, reason = _value(cell)
            if criterion is None:
                reason = _("there is no criterion for this column")
            elif not criterion.rated_by_people:
                reason = _("“%(criterion)s” is computed, nobody types it") % {
                    "criterion": criterion.criterion.label
                }
            if reason or criterion is None or value is None:
                paste.refused.append(Refusal(number, column, cell, reason))
                continue
            place = client.pk, criterion.criterion_id
            if place in taken:
                reason = _("line %(line)s says it already") % {"line": taken[place]}
                paste.refused.append(Refusal(number, column, cell, reason))
                continue
            taken[place] = number
            if own.get(place) == value:
                paste.same += 1
            else:
                paste.changes.append(Change(client, criterion, own.get(place), value))
    return paste


@transaction.atomic
def save_paste(matrix: Matrix, paste: Paste, person: User) -> Recorded:
    """Record what the block changes, all of it or, where anything fails, nothing."""
    recorded = record_opinions(
        Opinion(
            client_id=change.client.pk,
            criterion_id=change.criterion.criterion_id,
            value=change.after,
            rater_id=person.pk,
            source="paste",
        )
        for change in paste.changes
    )
    record("ratings.pasted", object=matrix, details={"ratings": len(paste.changes)})
    return recorded


def _cells(text: str) -> list[list[str]]:
    lines = text.replace("\r\n", "\n").replace("\r", "\n").strip("\n").split("\n")
    mark = "\t" if "\t" in text else ";" if ";" in text else "\t"
    return [[cell.strip().strip('"').strip() for cell in line.split(mark)] for line in lines]


def _value(text: str) -> tuple[Decimal | None, str]:
    try:
        value = Decimal(text.replace(" ", "").replace("\u00a0", "").replace(",", "."))
    except InvalidOperation:
        return None, _("not a number")
    if not value.is_finite() or not 1 <= value <= 10:
        return None, _("not between 1 and 10")
    return value.quantize(HUNDREDTH, ROUND_HALF_UP), ""


def _is_number(text: str) -> bool:
    try:
        Decimal(text.replace(" ", "").replace(",", "."))
    except InvalidOperation:
        return False
    return True


def _heads(table: list[list[str]], criteria: Sequence[VersionCriterion]) -> list[str] | None:
    """The first line where it names criteria."""
    known = _labels(criteria)
    line = table[0]
    return line if any(cell.casefold() in known for cell in line if cell) else None


def _labels(criteria: Sequence[VersionCriterion]) -> Mapping[str, VersionCriterion]:
    return {
        name.casefold(): row
        for row in criteria
        for name in (row.criterion.key, row.criterion.label_ru, row.criterion.label_en)
    }


def _names_first(body: list[list[str]]) -> bool:
    """Whether the first column says which clients: it is mostly words, or as long as an INN."""
    first = [line[0] for line in body if line[0]]
    words = [cell for cell in first if not _is_number(cell) or _is_inn(cell)]
    return bool(first) and len(words) * 2 > len(first) and any(len(line) > 1 for line in body)


def _is_inn(text: str) -> bool:
    return text.isdecimal() and len(text) in (10, 12)


def _columns(
    heads: list[str] | None,
    criteria: Sequence[VersionCriterion],
    start: str,
    named: bool,
    paste: Paste,
) -> list[VersionCriterion | None]:
    if heads is None:
        keys = [row.criterion.key for row in criteria]
        typed = [row.criterion.key for row in criteria if row.rated_by_people]
        first = start if start in keys else (typed or keys or [""])[0]
        return list(criteria[keys.index(first) :]) if keys else []
    known = _labels(criteria)
    found: list[VersionCriterion | None] = []
    for column, head in enumerate(heads[1:] if named else heads, start=2 if named else 1):
        row = known.get(head.casefold())
        if row is None and head:
            paste.refused.append(Refusal(1, column, head, _("there is no such criterion here")))
        found.append(row)
    return found


def _clients(body: list[list[str]], rows: Sequence[int], named: bool) -> list[Client | str]:
    """The client of each line, or why there is none."""
    if not named:
        known = Client.objects.in_bulk(list(rows))
        return [
            known.get(rows[at], _("there is no such client here"))
            if at < len(rows)
            else _("there is no client for this line")
            for at in range(len(body))
        ]
    names = {_plain(line[0]) for line in body if line[0]}
    found: dict[str, list[Client]] = {}
    for client in Client.objects.filter(Q(sort_name__in=names) | Q(inn__in=names)):
        for name in {client.sort_name, client.inn} & names:
            found.setdefault(name, []).append(client)
    clients: list[Client | str] = []
    for line in body:
        those = found.get(_plain(line[0]), [])
        if len(those) == 1:
            clients.append(those[0])
        elif those:
            clients.append(_("several clients have this name: give the INN"))
        else:
            clients.append(_("there is no such client here"))
    return clients


def _plain(name: str) -> str:
    """As the database sorts names: small letters, ё as е."""
    return name.replace("Ё", "Е").replace("ё", "е").lower()
