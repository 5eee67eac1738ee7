"""What another weighting, rule or cut would do to the list, before anything is stored.

Everything is ranked again in memory from what a published run has stored: the same engine, the
same order and the same cut as a real run, so that saving what is shown ranks as it was shown.
"""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from threading import Lock
from typing import Any

import numpy as np
from django.db import connection
from numpy.typing import NDArray

from accounts.measures.catalogue import MEASURES
from kam.lib.scoping import acting_system
from scoring import store
from scoring.engine import score as scoring
from scoring.engine import weights as weighing
from scoring.engine.explain import contributions
from scoring.engine.ratings import rule_from_dict
from scoring.inputs import gather, rated_clients, stored_rating
from scoring.models import MatrixVersion, RankingRun, VersionCriterion

from .ranking import select

AROUND = (24, 12)  # rows shown above and below the key line
KEPT = 3  # boards in the memory of a process
OF_RATINGS = ("correlated", "indiscriminate")  # notices that do not depend on weights
DEFINING = ("measure", "rule", "rated_by_people", "people_share")


@dataclass(frozen=True, eq=False)
class Board:
    """A set of criteria for all clients of a run, in the run's order of places.

    ids int64 (n,); ratings float64 (n, criteria), NaN = missing; applicable bool (n, criteria),
    None where everything applies to everybody; profit float64 (n,); rank int32 (n,), 0 = none,
    and selected bool (n,) as the run has them; notices: what is to be told of these criteria
    whatever their weights.
    """

    ids: NDArray[np.int64]
    ratings: NDArray[np.float64]
    applicable: NDArray[np.bool_] | None
    profit: NDArray[np.float64]
    rank: NDArray[np.int32]
    selected: NDArray[np.bool_]
    notices: tuple[weighing.Notice, ...]


@dataclass(frozen=True)
class Move:
    """A client whose place changes: ranks before and after, 0 = none; points after."""

    client_id: int
    before: int
    after: int
    score: float | None

    @property
    def change(self) -> int | None:
        """Places won (positive) or lost; None where one of the places is missing."""
        return self.before - self.after if self.before and self.after else None


@dataclass(frozen=True)
class Line(Move):
    """A row of the ranking around the key line."""

    place: int = 0
    selected: bool = False
    was_selected: bool = False
    coverage: float = 0.0
    low: float = 0.0
    high: float = 0.0
    parts: tuple[float, ...] = ()


@dataclass(frozen=True)
class WhatIf:
    """What would become of the ranking.

    rows: the slice from place ``first``; entrants, leavers: who comes on the list and who goes,
    best first; moves: the largest changes of place among those on either list; moved: how many
    clients change place; line: the value at the cut, None where the list is not cut by points;
    share, share_before: the list's part of all positive profit, None where there is none.
    """

    run: RankingRun
    size: int
    size_before: int
    rated: int
    line: float | None
    tie_at_line: bool
    rows: list[Line]
    entrants: list[Move]
    leavers: list[Move]
    moves: list[Move]
    moved: int
    share: float | None
    share_before: float | None
    notices: tuple[weighing.Notice, ...]

    @property
    def same(self) -> bool:
        """Nothing changes at all."""
        return not (self.moved or self.entrants or self.leavers)


def what_if(
    run: RankingRun,
    criteria: Sequence[VersionCriterion],
    *,
    selection: str,
    selection_value: float,
    min_coverage: float,
    from_top: bool = False,
    most: int = 6,
) -> WhatIf:
    """Rank the clients of a run again by ``criteria`` (which need not be stored) and compare.

    Criteria without weight are left out, as a draft leaves them out.  Rules and criteria that the
    run does not have are rated as of the run's day from what is known now.  ``most``: how many of
    the largest moves are told.  Names no client; whoever shows the answer reads all clients.

    Raises ValueError where no criterion has weight.
    """
    taken = [row for row in criteria if row.weight > 0]
    if not taken:
        raise ValueError("criteria: at least one needs a weight above zero")
    board = board_of(run, taken)
    weights = [float(row.weight) for row in taken]
    version = MatrixVersion(
        selection=selection, selection_value=selection_value, min_coverage=min_coverage
    )
    found = scoring.weighted_score(
        board.ratings,
        weights,
        min_coverage,
        applicable=board.applicable,
        mandatory=np.array([row.mandatory for row in taken], dtype=bool),
    )
    eligible = found.eligible
    order = _in_order(version, board, weights, found)
    cut = select(version, found.score, board.profit, eligible, order)
    after = np.nan_to_num(found.rank, nan=0).astype(np.int32)

    def move(at: int) -> Move:
        return Move(
            int(board.ids[at]), int(board.rank[at]), int(after[at]), _number(found.score[at])
        )

    in_order = order[cut.selected[order]]
    entrants = in_order[~board.selected[in_order]]
    leavers = np.flatnonzero(board.selected & ~cut.selected)  # the run's order is by place
    both = np.flatnonzero((board.rank > 0) & (after > 0))
    change = board.rank[both].astype(np.int64) - after[both]
    near = board.selected[both] | cut.selected[both]
    watched = both[near & (change != 0)]
    by_size = np.argsort(-np.abs(board.rank[watched] - after[watched]), kind="stable")
    size = int(cut.size)
    above, below = AROUND
    first = 0 if from_top else max(0, size - above)
    window = order[first : max(size + below, above + below) if not from_top else above + below]
    window = window[eligible[window]]
    parts = contributions(board.ratings[window], weights)
    by_points = version.selection != MatrixVersion.Selection.SHARE
    return WhatIf(
        run=run,
        size=size,
        size_before=int(board.selected.sum()),
        rated=int(eligible.sum()),
        line=float(cut.line) if by_points and np.isfinite(cut.line) else None,
        tie_at_line=cut.tie_at_cut,
        rows=[
            Line(
                **vars(move(at)),
                place=first + number,
                selected=bool(cut.selected[at]),
                was_selected=bool(board.selected[at]),
                coverage=float(found.coverage[at]),
                low=float(found.low[at]),
                high=float(found.high[at]),
                parts=tuple(np.nan_to_num(points).tolist()),
            )
            for number, (at, points) in enumerate(zip(window, parts, strict=True), start=1)
        ],
        entrants=[move(at) for at in entrants],
        leavers=[move(at) for at in leavers],
        moves=[move(at) for at in watched[by_size[:most]]],
        moved=int((change != 0).sum() + ((board.rank > 0) != (after > 0)).sum()),
        share=_share(board.profit, cut.selected),
        share_before=_share(board.profit, board.selected),
        notices=(*weighing.notices(weights), *board.notices),
    )  # fmt: skip


def _in_order(
    version: MatrixVersion, board: Board, weights: list[float], found: scoring.Scores
) -> NDArray[np.int64]:
    """Positions in the order of places: those that the list and the slice can reach, or all."""
    eligible = found.eligible
    among = None
    if version.selection == MatrixVersion.Selection.TOP_N:
        reach = max(int(version.selection_value), 0) + sum(AROUND) + 1
        # With the last of them come all who have as many points, so that ties are settled whole.
        among = np.flatnonzero(eligible & (found.rank <= reach))
    elif version.selection == MatrixVersion.Selection.THRESHOLD:
        level = round(version.selection_value, 9)
        reach = int((eligible & (np.round(found.score, 9) >= level)).sum()) + sum(AROUND) + 1
        among = np.flatnonzero(eligible & (found.rank <= reach))
    if among is None:
        among = np.arange(len(board.ids))
    best = scoring.order(
        found.score[among], found.coverage[among], board.ratings[among], weights,
        board.profit[among], board.ids[among], eligible=eligible[among],
    )  # fmt: skip
    order: NDArray[np.int64] = among[best]
    return order


def _number(value: float) -> float | None:
    return None if np.isnan(value) else float(value)


def _share(profit: NDArray[np.float64], selected: NDArray[np.bool_]) -> float | None:
    """The part of all positive profit that the selected bring; None where nobody brings any."""
    gained = np.where(profit > 0, profit, 0.0)  # NaN is not above zero
    total = gained.sum()
    return float(gained[selected].sum() / total) if total > 0 else None


# --- Columns of criteria, in memory ---------------------------------------------------------------

_boards: OrderedDict[tuple, Board] = OrderedDict()
_lock = Lock()


def board_of(run: RankingRun, criteria: Sequence[VersionCriterion]) -> Board:
    """The columns of these criteria for the clients of a run, kept for the next question.

    A criterion that the run's version has in the same form is read as it was stored; one whose
    rule alone changed is rated again from the stored values; any other is computed as of the
    run's day.  Whatever the weights: those are not part of the board.
    """
    definitions = tuple(_definition(row) for row in criteria)
    key = (connection.settings_dict["NAME"], run.pk, definitions)
    with _lock:
        if key in _boards:
            _boards.move_to_end(key)
            return _boards[key]
    board = _build(run, criteria, definitions)
    with _lock:
        _boards[key] = board
        while len(_boards) > KEPT:
            _boards.popitem(last=False)
    return board


def _definition(row: VersionCriterion) -> str:
    def plain(value: Any) -> Any:
        return float(value) if isinstance(value, Decimal) else value

    form = [row.criterion_id, *(plain(getattr(row, name)) for name in DEFINING)]
    return json.dumps(form, sort_keys=True)


def _build(
    run: RankingRun, criteria: Sequence[VersionCriterion], definitions: tuple[str, ...]
) -> Board:
    had = list(run.version.criteria.order_by("position"))
    base = store.loaded(run.pk, len(had))
    known = {_definition(row): j for j, row in enumerate(had)}
    # Where people have no part, a rule turns the stored values into the ratings by itself.
    values = {
        row.measure: j
        for j, row in enumerate(had)
        if row.measure in MEASURES and not row.rated_by_people
    }
    shape = (len(base.ids), len(criteria))
    ratings, applicable = np.empty(shape, order="F"), np.ones(shape, dtype=bool, order="F")
    lacking = []
    for j, (row, definition) in enumerate(zip(criteria, definitions, strict=True)):
        if definition in known:
            ratings[:, j] = base.ratings[:, known[definition]]
            applicable[:, j] = base.applicable[:, known[definition]]
        elif row.measure in values and not row.rated_by_people:
            at = values[row.measure]
            rule = rule_from_dict(row.rule)
            applicable[:, j] = base.applicable[:, at]
            with acting_system("what-if"):
                rated = rated_clients(rule, base.raw[:, at], base.ids).ratings
            rated = np.where(applicable[:, j], rated, np.nan)
            ratings[:, j] = stored_rating(rated, whole=rule.rounding == "integer")
        else:
            lacking.append(j)
    if lacking:
        with acting_system("what-if"):
            inputs = gather(
                [criteria[j] for j in lacking],
                run.as_of,
                population=run.version.matrix.population,
            )
        at = np.minimum(np.searchsorted(inputs.ids, base.ids), max(len(inputs.ids) - 1, 0))
        here = inputs.ids[at] == base.ids if len(inputs.ids) else np.zeros(len(base.ids), bool)
        for j, column in zip(lacking, inputs.columns, strict=True):
            ratings[:, j] = np.where(here, column.ratings[at], np.nan)
            applicable[:, j] = ~here | column.applicable[at]
    np.copyto(ratings, np.nan, where=~applicable)
    return Board(
        ids=base.ids,
        ratings=ratings,
        applicable=None if applicable.all() else applicable,
        profit=base.profit,
        rank=base.rank,
        selected=base.selected,
        notices=tuple(
            notice
            for notice in weighing.notices(np.ones(len(criteria)), ratings)
            if notice.code in OF_RATINGS
        ),
    )
