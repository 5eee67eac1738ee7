"""The decision: the one place where a proposal becomes the list of key clients.

A decision is prepared from a run's proposal, settled line by line, voted on where several people
decide, and confirmed.  Each person confirms the lines of clients they may change; the decision
closes with its last line.  What it rests on is kept with it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Client, Standing, User
from accounts.selectors.standings import standing_of
from accounts.services import standings
from kam.audit.services import record
from kam.lib.periods import start_of_day, today
from kam.lib.scoping import System, current
from scoring.models import (
    Decision,
    DecisionItem,
    DecisionVote,
    ListOverride,
    Matrix,
    RankingRun,
    Seat,
)
from scoring.selectors.confidence import confidence_of, seats_of
from scoring.selectors.matrices import version_criteria

from .proposal import Line, propose

STANDINGS = ("", *Standing.Value.values)


class AlreadyOpen(Exception):
    """A decision of this matrix is being prepared; it is in ``decision``."""

    def __init__(self, decision: Decision):
        super().__init__(f"decision {decision.pk} is open")
        self.decision = decision


class Closed(Exception):
    """The decision has been confirmed or withdrawn meanwhile."""


@transaction.atomic
def prepare(run: RankingRun, author: User | None, on: dt.date | None = None) -> Decision:
    """An open decision with the lines of the run's proposal.  Raises AlreadyOpen."""
    there = run.version.matrix.decisions.filter(status=Decision.Status.OPEN).first()
    if there is not None:
        raise AlreadyOpen(there)
    proposal = propose(run, on)
    try:
        with transaction.atomic():
            decision = Decision.objects.create(
                matrix_id=run.version.matrix_id,
                run=run,
                author=author,
                basis=_basis(run),
                created_at=_moment(on),
            )
    except IntegrityError:
        raise AlreadyOpen(
            Decision.objects.get(matrix_id=run.version.matrix_id, status="open")
        ) from None
    known = confidence_of(run)
    seats = known and seats_of(known, [line.client.pk for line in proposal.lines])
    DecisionItem.objects.bulk_create(_item(decision, line, seats) for line in proposal.lines)
    record("decision.prepare", object=decision, details={"lines": len(proposal.lines)})
    return decision


def _moment(on: dt.date | None) -> dt.datetime:
    """Now; or, where a decision of an earlier day is loaded as history, that day."""
    return timezone.now() if on is None or on >= today() else start_of_day(on)


def _basis(run: RankingRun) -> dict:
    version = run.version
    return {
        "matrix": version.matrix.name,
        "version": version.number,
        "version_reason": version.reason,
        "as_of": run.as_of.isoformat(),
        "run": run.pk,
        "checksum": run.checksum,
        "selection": version.selection,
        "selection_value": version.selection_value,
        "size": run.selected,
        "gap": version.gap,
        "dwell_days": version.dwell_days,
        "min_coverage": version.min_coverage,
        "line": run.line,
        "confidence": _confidence(run),
        "weights": [
            {
                "key": row.criterion.key, "ru": row.criterion.label_ru,
                "en": row.criterion.label_en, "share": round(row.share, 6),
            }
            for row in version_criteria(version)
        ],
    }  # fmt: skip


def _confidence(run: RankingRun) -> dict | None:
    row = confidence_of(run)
    return row and {
        "id": row.pk, "seed": row.seed, "draws": row.draws, "concentration": row.concentration,
        "entropy": row.entropy, "contested": row.contested,
    }  # fmt: skip


def _item(decision: Decision, line: Line, seats: Mapping[int, Seat] | None) -> DecisionItem:
    """``seats``: chances by client, None where nobody has worked them out."""
    chance = None
    if seats is not None and line.place is not None:
        chance = seats[line.client.pk].p_key if line.client.pk in seats else 0.0
    return DecisionItem(
        decision=decision,
        client=line.client,
        place=line.place,
        score=line.score,
        p_key=chance,
        outcome=line.outcome,
        ground=line.ground,
        before=line.before_value,
        proposed=line.proposed,
        chosen=line.proposed,
    )


def _open(decision: Decision) -> Decision:
    """The decision, locked and still open; raises Closed."""
    found = Decision.objects.select_for_update(of=("self",)).get(pk=decision.pk)
    if not found.is_open:
        raise Closed
    return found


@transaction.atomic
def choose(decision: Decision, choices: Mapping[int, tuple[str, str]]) -> int:
    """Settle lines: item id -> (standing, reason).  Returns how many changed.

    Raises Closed; ValidationError for unknown standings, and where a line that differs from the
    proposal has no reason.
    """
    decision = _open(decision)
    changed = 0
    rows = DecisionItem.objects.filter(decision=decision, pk__in=list(choices)).select_related(
        "client"
    )
    for item in rows:
        chosen, reason = choices[item.pk]
        reason = reason.strip()[:2000]
        if chosen not in STANDINGS:
            raise ValidationError(_("There is no such standing."))
        if chosen != item.proposed and not reason:
            raise ValidationError(
                _("%(client)s: say why you decide otherwise than proposed.")
                % {"client": item.client}
            )
        if (chosen, reason) == (item.chosen, item.reason) or item.applied_at:
            continue
        item.chosen, item.reason = chosen, reason
        item.save(update_fields=["chosen", "reason"])
        changed += 1
    return changed


@transaction.atomic
def add_client(decision: Decision, client: Client, chosen: str, reason: str) -> DecisionItem:
    """A line for a client that the proposal does not name."""
    decision = _open(decision)
    if chosen not in STANDINGS or not reason.strip():
        raise ValidationError(_("Choose a standing and say why."))
    row = _standing_before(client)
    item, _created = DecisionItem.objects.get_or_create(
        decision=decision,
        client=client,
        defaults={"outcome": "out", "before": row, "proposed": row},
    )
    item.chosen, item.reason = chosen, reason.strip()[:2000]
    item.save(update_fields=["chosen", "reason"])
    return item


def _standing_before(client: Client) -> str:
    row = standing_of(client.pk)
    return row.value if row else ""


@transaction.atomic
def vote(decision: Decision, person: User, agrees: bool, comment: str) -> DecisionVote:
    """One vote a person; a later one replaces it while the decision is open.  Dissent says why."""
    decision = _open(decision)
    if not agrees and not comment.strip():
        raise ValidationError(_("Say what you would decide otherwise."))
    row, _created = DecisionVote.objects.update_or_create(
        decision=decision,
        person=person,
        defaults={"agrees": agrees, "comment": comment.strip()[:2000], "at": timezone.now()},
    )
    return row


def _mine(decision: Decision) -> list[DecisionItem]:
    """The lines not yet applied whose clients the actor may change."""
    items = DecisionItem.objects.filter(decision=decision, applied_at__isnull=True)
    actor = current()
    if not isinstance(actor, System):
        items = items.filter(client__in=Client.objects.all().editable_by(actor).order_by())
    return list(items.select_related("client").order_by("pk"))


def obstacles(decision: Decision) -> dict[int, standings.Refusal]:
    """What keeps the actor's lines from being confirmed, by client id."""
    return {row.client_id: row for row in standings.check(_moves(_mine(decision)))}


def _moves(items: list[DecisionItem]) -> list[standings.Move]:
    return [
        standings.Move(
            item.client_id,
            item.chosen,
            item.reason or _reason_of(item),
            before=item.before,
        )
        for item in items
        if item.changes
    ]


def _reason_of(item: DecisionItem) -> str:
    if item.place:
        return _("Decided by the ranking: place %(place)s.") % {"place": item.place}
    return _("Decided by the ranking: not enough ratings for a place.")


@transaction.atomic
def confirm(decision: Decision, person: User | None, reason: str, on: dt.date | None = None):
    """Make the actor's lines true, all or none; close the decision with the last line.

    Returns the decision.  Raises Closed; ValidationError without a reason or with nothing to
    confirm; :class:`accounts.services.standings.Refused` with each obstacle (the goal gate among
    them); PermissionDenied where none of the lines is the actor's.
    """
    decision = _open(decision)
    if not reason.strip():
        raise ValidationError(_("Say in a few words what this decision rests on."))
    items = _mine(decision)
    if not items:
        raise PermissionDenied
    now = _moment(on)
    standings.change(_moves(items), author=person, on=on)
    for item in items:
        item.applied_by, item.applied_at = person, now
        if item.changes and not item.reason:
            item.reason = _reason_of(item)
    DecisionItem.objects.bulk_update(items, ["applied_by", "applied_at", "reason"])
    decision.reason = "\n".join(filter(None, (decision.reason, reason.strip()[:2000])))
    left = decision.items.filter(applied_at__isnull=True).count()
    if not left:
        decision.status = Decision.Status.CLOSED
        decision.closed_by, decision.closed_at = person, now
    decision.save(update_fields=["reason", "status", "closed_by", "closed_at"])
    record(
        "decision.confirm",
        object=decision,
        details={
            "lines": len(items),
            "changes": sum(item.changes for item in items),
            "overridden": sum(item.overridden for item in items),
            "left": left,
            "against": decision.votes.filter(agrees=False).count(),
        },
    )
    return decision


@transaction.atomic
def withdraw(decision: Decision, person: User | None, reason: str) -> Decision:
    """Put an open decision aside; nothing of it was or becomes true.  Raises Closed."""
    decision = _open(decision)
    if decision.items.filter(applied_at__isnull=False).exists():
        raise ValidationError(_("Part of it is confirmed already; confirm the rest."))
    decision.status = Decision.Status.WITHDRAWN
    decision.reason = reason.strip()[:2000]
    decision.closed_by, decision.closed_at = person, timezone.now()
    decision.save(update_fields=["status", "reason", "closed_by", "closed_at"])
    record("decision.withdraw", object=decision)
    return decision


# --- Overrides -----------------------------------------------------------------------------------


@transaction.atomic
def override(
    matrix: Matrix,
    client: Client,
    kind: str,
    reason: str,
    until: dt.date | None,
    author: User | None,
) -> ListOverride:
    """Put a client on the list, or off it, whatever its points; a former override ends."""
    if kind not in ListOverride.Kind.values or not reason.strip():
        raise ValidationError(_("Choose always or never, and say why."))
    for old in ListOverride.objects.filter(matrix=matrix, client=client, ended_at__isnull=True):
        end_override(old)
    row = ListOverride.objects.create(
        matrix=matrix,
        client=client,
        kind=kind,
        reason=reason.strip()[:2000],
        until=until,
        author=author,
    )
    record("override.create", object=row, client_id=client.pk, details={"kind": kind})
    return row


def end_override(row: ListOverride) -> None:
    row.ended_at = timezone.now()
    row.save(update_fields=["ended_at"])
    record("override.end", object=row, client_id=row.client_id, details={"kind": row.kind})
