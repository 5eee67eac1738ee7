"""What a person has set on the workbench: criteria, weights, locks, judgements; all in the URL.

Names: ``w.<key>`` a weight, ``lock.<key>``, ``method``, ``add`` and ``remove`` a criterion; for
judgements ``pair.<key>.<key>``, ``best``, ``worst``, ``bo.<key>`` (best to others) and
``ow.<key>`` (others to worst).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation

from scoring.models import Criterion, MatrixVersion, VersionCriterion
from scoring.services.versions import SETTINGS, Choice
from scoring.services.weighing import Judgement, judged, to_hundred

PERCENT, POINTS, PAIRS, BEST_WORST = "percent", "points", "pairs", "best_worst"
METHODS = (PERCENT, POINTS, PAIRS, BEST_WORST)
TYPED = (PERCENT, POINTS)
HIGHEST = Decimal(10_000)
STEP = Decimal("0.0001")


@dataclass
class Workbench:
    """Rows of criteria as they would be saved (not stored), in order, and how they are weighed."""

    base: MatrixVersion
    rows: list[VersionCriterion]
    method: str
    locked: frozenset[str] = frozenset()
    judgement: Judgement | None = None
    library: list[Criterion] = field(default_factory=list)
    touched: bool = False

    @property
    def total(self) -> Decimal:
        return sum((row.weight for row in self.rows), Decimal(0))

    def share(self, row: VersionCriterion) -> float:
        return float(row.weight / self.total) if self.total else 0.0

    @property
    def highest(self) -> int:
        """The end of the sliders: 100 in per cent, else a round number above all weights."""
        if self.method == PERCENT:
            return 100
        end = 10
        while max((row.weight for row in self.rows), default=0) > end:
            end *= 10
        return end

    def choices(self) -> list[Choice]:
        """What is to be saved; a criterion without weight is left out."""
        return [
            Choice(
                row.criterion,
                row.weight,
                row.measure,
                row.rule,
                row.rated_by_people,
                row.people_share,
                row.mandatory,
            )
            for row in self.rows
            if row.weight > 0
        ]

    @property
    def settings(self) -> dict:
        """All else that a version says beside its criteria."""
        return {name: getattr(self.base, name) for name in SETTINGS}

    @property
    def cut(self) -> dict:
        """How the version ranks and cuts the list."""
        names = ("selection", "selection_value", "min_coverage")
        return {name: getattr(self.base, name) for name in names}


def read_workbench(
    base: MatrixVersion,
    stored: Sequence[VersionCriterion],
    library: Sequence[Criterion],
    data: Mapping[str, str],
) -> Workbench:
    """What ``data`` (a query or a form) makes of a version's criteria; what cannot be read is as
    in the version."""
    by_key = {row.criterion.key: row for row in stored}
    known = {criterion.key: criterion for criterion in library}
    named = [name.removeprefix("w.") for name in data if name.startswith("w.")]
    keys = list(dict.fromkeys(key for key in named if key in known)) or list(by_key)
    rows = [_row(base, by_key.get(key), known[key], data.get(f"w.{key}")) for key in keys]
    asked = data.get("method", "")
    method = asked if asked in METHODS else _usual(rows)
    was = data.get("was", "")
    judgement = judged(was if was in METHODS else method, keys, data)
    _follow(rows, judgement)
    changed = _added_or_removed(rows, base, known, data)
    if judgement is None or changed or was != method:
        judgement = judged(method, [row.criterion.key for row in rows], data)
        _follow(rows, judgement)
    for position, row in enumerate(rows, start=1):
        row.position = position
    bench = Workbench(
        base,
        rows,
        method,
        frozenset(key for key in keys if data.get(f"lock.{key}")),
        judgement,
        [
            criterion
            for criterion in library
            if criterion.key not in {r.criterion.key for r in rows}
        ],
        touched=bool(named),
    )
    if method == PERCENT and (changed or was not in ("", PERCENT)):
        _to_hundred(bench)
    return bench


def _follow(rows: Sequence[VersionCriterion], judgement: Judgement | None) -> None:
    """Weights follow a judgement as soon as it tells them."""
    if judgement is not None and judgement.weights is not None:
        for row, weight in zip(rows, judgement.weights, strict=True):
            row.weight = Decimal(str(weight * 100)).quantize(STEP)


def _row(
    base: MatrixVersion, row: VersionCriterion | None, criterion: Criterion, typed: str | None
) -> VersionCriterion:
    """A criterion as the version has it, or as the library does, with the weight that was typed."""
    source = row or criterion
    fields = {
        name: getattr(source, name)
        for name in ("measure", "rule", "rated_by_people", "people_share")
    }
    weight = row.weight if row else Decimal(0)
    if typed is not None:
        weight = read_weight(typed, weight)
    return VersionCriterion(
        version=base,
        criterion=criterion,
        weight=weight,
        mandatory=bool(row and row.mandatory),
        position=row.position if row else 0,
        **fields,
    )


def read_weight(text: str, otherwise: Decimal) -> Decimal:
    """A weight from 0 to 10,000 as a person types it."""
    try:
        weight = Decimal(text.strip().replace(",", ".")).quantize(STEP)
    except InvalidOperation:
        return otherwise
    return weight if weight.is_finite() and 0 <= weight <= HIGHEST else otherwise


def _usual(rows: Sequence[VersionCriterion]) -> str:
    """Per cent where the weights make up a hundred, else points."""
    return PERCENT if abs(sum(row.weight for row in rows) - 100) < Decimal("0.01") else POINTS


def _added_or_removed(
    rows: list[VersionCriterion],
    base: MatrixVersion,
    known: Mapping[str, Criterion],
    data: Mapping[str, str],
) -> bool:
    """Take a criterion in with the mean weight of the others, or leave one out."""
    before = len(rows)
    removed = data.get("remove", "")
    rows[:] = [row for row in rows if row.criterion.key != removed]
    added = known.get(data.get("add", ""))
    if added is not None and all(row.criterion.key != added.key for row in rows):
        mean = sum(row.weight for row in rows) / len(rows) if rows else Decimal(1)
        row = _row(base, None, added, None)
        row.weight = Decimal(mean).quantize(Decimal("1")) or Decimal(1)
        rows.append(row)
        return True
    return len(rows) != before


def _to_hundred(bench: Workbench) -> None:
    """Weights as per cent that make up a hundred."""
    if bench.total:
        for row, weight in zip(
            bench.rows, to_hundred([row.weight for row in bench.rows]), strict=True
        ):
            row.weight = weight
