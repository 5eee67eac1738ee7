"""The only writer of standings, and the goal gate in it.

The list of key clients changes by decision alone: every change has an author, a day and a reason.
Nobody enters trial or key without a complete goal.  The one way past this gate is the company's
present list, taken over as trial with goals due soon (:func:`take_over`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Client, Goal, Standing, User
from accounts.selectors.standings import missing_for_gate, open_goals, present_of
from kam.audit.services import record
from kam.lib.editing import Conflict
from kam.lib.periods import start_of_day, today
from kam.lib.scoping import System, current
from kam.webhooks.services import emit

Value = Standing.Value
NONE = ""
GATED = (Value.TRIAL, Value.KEY)
# From where to where a decision may lead; "" is no standing at all.
TRANSITIONS: dict[str, tuple[str, ...]] = {
    NONE: (Value.CANDIDATE, Value.TRIAL, Value.KEY),
    Value.CANDIDATE: (Value.TRIAL, Value.KEY, NONE),
    Value.TRIAL: (Value.KEY, Value.FORMER, NONE),
    Value.KEY: (Value.WATCH, Value.FORMER),
    Value.WATCH: (Value.KEY, Value.FORMER),
    Value.FORMER: (Value.CANDIDATE, Value.TRIAL, Value.KEY, NONE),
}
DAYS_FOR_GOALS = 30

ANSWERS = {
    "goal": gettext_lazy("a goal"),
    "why": gettext_lazy("why"),
    "what_for": gettext_lazy("what for"),
    "how": gettext_lazy("how"),
    "measured": gettext_lazy("what is measured"),
    "start": gettext_lazy("the start"),
    "target": gettext_lazy("the target"),
    "unit": gettext_lazy("the unit"),
    "due": gettext_lazy("the date"),
    "owner": gettext_lazy("who answers for it"),
}


@dataclass(frozen=True)
class Refusal:
    """Why one client cannot be moved.  code: "goal_missing" (``missing``: what the goal lacks,
    names of Goal.NEEDED or "goal"), "no_way" (not from this standing), "moved" (stands elsewhere
    than the decision believes), "reason_missing"."""

    client_id: int
    code: str
    missing: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        if self.code == "goal_missing":
            if self.missing == ("goal",):
                return _("There is no goal yet: why, what for and how, with a measured result.")
            what = ", ".join(str(ANSWERS[name]) for name in self.missing)
            return _("The goal lacks: %(what)s.") % {"what": what}
        if self.code == "moved":
            return _("The standing has changed meanwhile. Look at it once more.")
        if self.code == "reason_missing":
            return _("Say in a few words why.")
        return _("This step does not lead on from the present standing.")


class Refused(Exception):
    """Nothing was changed; ``refusals`` says why, one for each client in the way."""

    def __init__(self, refusals: Sequence[Refusal]):
        super().__init__("; ".join(refusal.code for refusal in refusals))
        self.refusals = list(refusals)


@dataclass(frozen=True)
class Move:
    """One client to a standing; ``before`` is where the decision believes the client to be."""

    client_id: int
    to: str
    reason: str
    before: str | None = None


def check(moves: Sequence[Move]) -> list[Refusal]:
    """What stands in the way of these moves, the goal gate included; empty where nothing does."""
    ids = [move.client_id for move in moves]
    standing = present_of(ids)
    goals = open_goals([move.client_id for move in moves if move.to in GATED])
    refusals = []
    for move in moves:
        row = standing.get(move.client_id)
        here = row.value if row else NONE
        if move.before is not None and move.before != here:
            refusals.append(Refusal(move.client_id, "moved"))
        elif move.to not in TRANSITIONS[here]:
            refusals.append(Refusal(move.client_id, "no_way"))
        elif not move.reason.strip():
            refusals.append(Refusal(move.client_id, "reason_missing"))
        elif move.to in GATED:
            missing = missing_for_gate(goals.get(move.client_id, []))
            if missing:
                refusals.append(Refusal(move.client_id, "goal_missing", tuple(missing)))
    return refusals


@transaction.atomic
def change(moves: Sequence[Move], *, author: User | None, on: dt.date | None = None) -> int:
    """Make all of these moves, or none: returns how many.

    Raises Refused with every obstacle, PermissionDenied for clients that the actor may not
    change.  ``on``: the day it holds from (default today); an earlier day is history that is
    loaded, and counts as known then.
    """
    on = on or today()
    ids = sorted({move.client_id for move in moves})
    locked = Client.objects.select_for_update(of=("self",)).filter(pk__in=ids).order_by("pk")
    if len(locked) < len(ids):
        raise PermissionDenied
    _require_rights(ids)
    if refusals := check(moves):
        raise Refused(refusals)
    for move in moves:
        _move(move, author, on)
    return len(moves)


def _require_rights(ids: Sequence[int]) -> None:
    actor = current()
    if isinstance(actor, System):
        return
    if Client.objects.filter(pk__in=ids).editable_by(actor).count() < len(set(ids)):
        raise PermissionDenied


def _move(move: Move, author: User | None, on: dt.date, *, taken_over: bool = False) -> None:
    known = timezone.now() if on >= today() else start_of_day(on)
    before = present_of([move.client_id]).get(move.client_id)
    if before is not None:
        before.until = max(on, before.since)
        before.save(update_fields=["until"])
    if move.to != NONE:
        Standing.objects.create(
            client_id=move.client_id,
            value=move.to,
            since=on,
            reason=move.reason.strip(),
            author=author,
            taken_over=taken_over,
            known_from=known,
        )
    record(
        "standing.change",
        object=Client(pk=move.client_id),
        client_id=move.client_id,
        details={
            "from": before.value if before else "none",
            "to": move.to or "none",
            "taken_over": taken_over,
        },
    )
    if on >= today():  # history that is loaded is no news
        _tell(move, before, on)


def _tell(move: Move, before: Standing | None, on: dt.date) -> None:
    """Tell other systems who came onto the key list, and who left it."""
    was = before.value if before else NONE
    if (was in Standing.ON_LIST) == (move.to in Standing.ON_LIST):
        return
    emit(
        "client.entered_key_list" if move.to in Standing.ON_LIST else "client.left_key_list",
        {
            "client": move.client_id,
            "standing": move.to or "none",
            "before": was or "none",
            "since": on.isoformat(),
        },
    )


@transaction.atomic
def take_over(
    clients: Sequence[Client], *, reason: str, author: User | None, on: dt.date | None = None
) -> list[Client]:
    """The company's present list becomes trial, each client with a goal to be written by a day.

    The goal is there as a draft, due in DAYS_FOR_GOALS days; until it is complete the client is
    shown as waiting for it.  Clients that stand on the list already are left as they are.
    Returns those taken over.  Raises Refused where no reason is given.
    """
    on = on or today()
    if not reason.strip():
        raise Refused([Refusal(client.pk, "reason_missing") for client in clients])
    _require_rights([client.pk for client in clients])
    standing = present_of([client.pk for client in clients])
    goals = open_goals([client.pk for client in clients])
    taken = []
    for client in clients:
        row = standing.get(client.pk)
        if row is not None and row.value in Standing.ON_LIST:
            continue
        if client.pk not in goals:
            Goal.objects.create(
                client=client,
                due=on + dt.timedelta(days=DAYS_FOR_GOALS),
                owner_id=client.owner_id,
                author=author,
            )
        _move(Move(client.pk, Value.TRIAL, reason), author, on, taken_over=True)
        taken.append(client)
    return taken


# --- Goals ---------------------------------------------------------------------------------------

GOAL_FIELDS = (
    "side", "why", "what_for", "how", "measure", "own_measure", "unit", "start", "target", "due",
    "owner", "programme", "status",
)  # fmt: skip


@transaction.atomic
def create_goal(client: Client, values: Mapping, author: User | None) -> Goal:
    goal = Goal.objects.create(client=client, author=author, **values)
    record("goal.create", object=goal, client_id=client.pk, details={"missing": goal.missing})
    return goal


@transaction.atomic
def change_goal(goal: Goal, values: Mapping, version: int) -> Goal:
    """Write ``values`` over the goal if it still has this version; raises Conflict otherwise."""
    present = Goal.objects.select_for_update(of=("self",)).get(pk=goal.pk)
    if present.version != version:
        raise Conflict(present)
    changed = [name for name, value in values.items() if getattr(present, name) != value]
    if not changed:
        return present
    for name in changed:
        setattr(present, name, values[name])
    present.version += 1
    present.save(update_fields=[*changed, "version"])
    record("goal.change", object=present, client_id=present.client_id, details={"fields": changed})
    return present
