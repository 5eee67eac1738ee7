"""What a run proposes for the list of key clients: who enters, stays, is watched, leaves.

A nightly run is a preview.  The proposal holds it against the list as it was decided last, with
entry and exit apart, the dwell time of each client, and what people have overridden.
"""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass

import numpy as np
from django.db.models import Q

from accounts.models import Client, Standing
from accounts.selectors.standings import present, taken_over_without_goal
from kam.lib.periods import today
from scoring.engine.selection import ENTER, LEAVE, STAY, WATCH, propose_by_place, propose_by_points
from scoring.models import ListOverride, MatrixVersion, RankingRow, RankingRun

Selection = MatrixVersion.Selection
Value = Standing.Value
# Why a line is what it is, where the place alone does not tell.
MUST, NEVER, DWELL, UNRATED, GOAL_OVERDUE, CANDIDATE = (
    "must", "never", "dwell", "unrated", "goal_overdue", "candidate",
)  # fmt: skip


@dataclass(frozen=True)
class Line:
    """One client of the proposal.

    place: None without a rank.  before, proposed: standings, "" for none.  outcome: the engine's
    word.  ground: one of the words above, or "".
    """

    client: Client
    place: int | None
    score: float | None
    before: Standing | None
    outcome: str
    proposed: str
    ground: str = ""

    @property
    def before_value(self) -> str:
        return self.before.value if self.before else ""

    @property
    def changes(self) -> bool:
        return self.proposed != self.before_value


@dataclass(frozen=True)
class Proposal:
    """size: how long the list is to be, None where points decide.  lines: changes first, then
    those that stay, each in the order of places."""

    run: RankingRun
    size: int | None
    lines: list[Line]

    def counted(self, outcome: str) -> int:
        return sum(line.outcome == outcome for line in self.lines)


def overrides_in_force(matrix_id: int, on: dt.date | None = None):
    """Overrides of a matrix that hold on a day (default today)."""
    on = on or today()
    return ListOverride.objects.filter(matrix_id=matrix_id, ended_at__isnull=True).filter(
        Q(until__isnull=True) | Q(until__gte=on)
    )


def propose(run: RankingRun, on: dt.date | None = None) -> Proposal:
    """The proposal of a run as things stand on a day (default today).

    Reads only rows near the line and those of clients that stand somewhere.  For actors who read
    all clients: for others the list would be cut from what they see.
    """
    on = on or today()
    version = run.version
    standing = {row.client_id: row for row in present()}
    on_list = {pk for pk, row in standing.items() if row.value in Standing.ON_LIST}
    overrides = {row.client_id: row.kind for row in overrides_in_force(version.matrix_id, on)}
    named = set(overrides) | on_list | {p for p, r in standing.items() if r.value == "candidate"}
    rows = _rows(run, named)
    size = None if version.selection == Selection.THRESHOLD else run.selected
    place = _places(version, rows)
    member = np.array([row.client_id in on_list for row in rows], dtype=bool)
    kinds = [overrides.get(row.client_id, "") for row in rows]
    frozen = [_frozen(standing.get(row.client_id), version.dwell_days, on) for row in rows]
    flags = {
        "must": np.array([kind == MUST for kind in kinds], dtype=bool),
        "never": np.array([kind == NEVER for kind in kinds], dtype=bool),
        "frozen": np.array(frozen, dtype=bool),
    }
    score = np.array([row.score for row in rows], dtype=float)

    def outcomes(**flags):
        if size is None:
            return propose_by_points(score, member, version.selection_value, version.gap, **flags)
        return propose_by_place(place, member, size, version.gap, **flags)

    found, free = outcomes(**flags), outcomes(**(flags | {"frozen": None}))
    overdue = {r.client_id for r in taken_over_without_goal() if r.goal_due < on}
    lines = []
    columns = (rows, found.outcome.tolist(), free.outcome.tolist(), kinds, frozen)
    for row, outcome, loose, kind, still in zip(*columns, strict=True):
        before = standing.get(row.client_id)
        if row.client_id in overdue and kind != MUST:
            outcome = LEAVE
        if outcome == "out" and (before is None or before.value == Value.FORMER):
            continue
        lines.append(
            Line(
                client=row.client,
                place=row.rank or None,
                score=None if math.isnan(row.score) else row.score,
                before=before,
                outcome=outcome,
                proposed=_proposed(outcome, before, version.dwell_days, on),
                ground=_ground(
                    row, outcome, kind, still, outcome != loose, before, row.client_id in overdue
                ),
            )
        )
    last = 10**9
    lines.sort(key=lambda line: (not line.changes, line.place or last, line.client.sort_name))
    return Proposal(run, size, lines)


def _rows(run: RankingRun, named: set[int]) -> list[RankingRow]:
    """Rows near the line, and those of the named clients, in the order of places.

    Clients that the run does not know (they joined a group, say) are left out.
    """
    version = run.version
    near = max(run.selected + math.ceil(version.gap), 1) + len(named)
    rows = RankingRow.objects.filter(run_id=run.pk).select_related("client__owner")
    if version.selection == Selection.SHARE:
        best = rows.filter(rank__gt=0, profit__gt=0).order_by("-profit", "place")[:near]
    elif version.selection == Selection.THRESHOLD:
        low = version.selection_value - version.gap
        best = rows.filter(rank__gt=0, score__gte=low).order_by("place")
    else:
        best = rows.filter(rank__gt=0).order_by("place")[:near]
    found = {row.client_id: row for row in best}
    missing = [pk for pk in named if pk not in found]
    found |= {row.client_id: row for row in rows.filter(client_id__in=missing)}
    return sorted(found.values(), key=lambda row: row.place)


def _places(version: MatrixVersion, rows: list[RankingRow]) -> np.ndarray:
    """1-based places in what is cut, 0 for who has none.  Exact near the line: everybody before
    the line is among the rows."""
    if version.selection == Selection.SHARE:
        brings = [row.rank > 0 and row.profit > 0 for row in rows]
        profit = np.array(
            [row.profit if ok else -np.inf for row, ok in zip(rows, brings, strict=True)]
        )
        place = np.empty(len(rows), dtype=np.int64)
        place[np.argsort(-profit, kind="stable")] = np.arange(1, len(rows) + 1)
        return np.where(brings, place, 0)
    return np.array([row.place if row.rank else 0 for row in rows], dtype=np.int64)


def _frozen(standing: Standing | None, dwell_days: int, on: dt.date) -> bool:
    """Whether the client's last change is too fresh for another one.  A candidate has only been
    proposed: that is no change of the list."""
    if standing is None or not dwell_days or standing.value == Value.CANDIDATE:
        return False
    return (on - standing.since).days < dwell_days


def _proposed(outcome: str, before: Standing | None, dwell_days: int, on: dt.date) -> str:
    """The standing that follows from the engine's word and from where the client stands."""
    here = before.value if before else ""
    if outcome == ENTER:
        return Value.TRIAL
    if outcome == LEAVE:
        return Value.FORMER if here in Standing.ON_LIST else here
    if outcome == WATCH and here in Standing.IS_KEY:
        return Value.WATCH
    if outcome == STAY:
        if here == Value.TRIAL:
            over = dwell_days and (on - before.since).days >= dwell_days
            return Value.KEY if over else Value.TRIAL
        return Value.KEY
    return here


def _ground(row, outcome, kind, still, decides, before, overdue) -> str:
    """``decides``: whether the place alone would have led to another outcome."""
    if kind:
        return kind
    if overdue:
        return GOAL_OVERDUE
    if still and decides:
        return DWELL
    if not row.rank and outcome == LEAVE:
        return UNRATED
    if before is not None and before.value == Value.CANDIDATE:
        return CANDIDATE
    return ""


@dataclass(frozen=True)
class Flicker:
    """How much of the list would have changed from run to run, on average: shares 0..1.

    plain: the first n of each run.  settled: with the version's entry and exit levels.  runs: how
    many past runs tell it; None for both where there are fewer than two.
    """

    runs: int
    plain: float | None
    settled: float | None


def flicker(run: RankingRun, most: int = 12) -> Flicker:
    """The turnover of the list over the latest runs of the matrix, one a day, with the present
    version's size and gap.  For lists that are cut by place."""
    version, n = run.version, run.selected
    runs = list(
        RankingRun.objects.filter(version__matrix_id=version.matrix_id, as_of__lte=run.as_of)
        .order_by("-as_of", "-pk")
        .distinct("as_of")[:most]
    )[::-1]
    if len(runs) < 2 or not n or version.selection in (Selection.SHARE, Selection.THRESHOLD):
        return Flicker(len(runs), None, None)
    plain, settled = [], []
    members: set[int] = set()
    was: list[int] = []
    for number, each in enumerate(runs):
        rows = RankingRow.objects.filter(run_id=each.pk, rank__gt=0).filter(
            Q(place__lte=n + math.ceil(version.gap)) | Q(client_id__in=members)
        )
        found = list(rows.order_by("place").values_list("client_id", "place"))
        ids = np.array([pk for pk, _place in found], dtype=np.int64)
        place = np.array([at for _pk, at in found], dtype=np.int64)
        first = ids[place <= n]
        chosen = ids[propose_by_place(place, np.isin(ids, list(members)), n, version.gap).listed]
        if number:
            plain.append(len(np.setxor1d(was, first)) / (2 * n))
            settled.append(len(np.setxor1d(list(members), chosen)) / (2 * n))
        was, members = first.tolist(), set(chosen.tolist())
    return Flicker(len(runs), float(np.mean(plain)), float(np.mean(settled)))
