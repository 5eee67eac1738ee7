"""Rating rules: how a value becomes a rating 1..10, and what each kind of rule needs to know.

:mod:`scoring.engine.ratings` applies them.  Rules for absolute ratings look at the client alone,
so adding or removing clients never reorders the others; relative rules compare with a population,
so it may (Belton & Gear 1983), and the product says so.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, ClassVar, Literal, TypeAlias

import numpy as np
from numpy.typing import ArrayLike

from scoring.engine.arrays import HIGHEST, LOWEST, MIDDLE, Floats
from scoring.engine.reference import (
    mid_rank,
    quantile,
    reference_points,
    share_below,
)

Direction: TypeAlias = Literal["benefit", "cost"]
Rounding: TypeAlias = Literal["integer", "none"]
Fitted: TypeAlias = dict[str, Any]

# Below this many values a place in the population is noise: use thresholds instead.
SMALLEST_POPULATION = 20
# Min-max bounds learnt from the data ignore this share at either end.
WINSOR = 1


@dataclass(frozen=True)
class Rule:
    """What all rules share.

    direction: "cost" where less is better; parameters are always given in the natural units.
    rounding: "integer" = floor(r + 0.5) within 1..10, or "none".
    within: of a relative rule, the name of the labels (such as "segment") of which each is rated
        within itself; empty: all clients are compared.  Whoever rates brings the labels.
    """

    direction: Direction = field(default="benefit", kw_only=True)
    rounding: Rounding = field(default="integer", kw_only=True)
    within: str = field(default="", kw_only=True)

    kind: ClassVar[str]

    def __post_init__(self) -> None:
        _require(self.direction in ("benefit", "cost"), "direction", '"benefit" or "cost"')
        _require(self.rounding in ("integer", "none"), "rounding", '"integer" or "none"')
        _require(isinstance(self.within, str), "within", "a name")
        self.check()
        _require(
            not self.within or self.relative, "within", "nothing, as the rule compares with nobody"
        )

    def check(self) -> None:
        """Raise ValueError naming the field that cannot be."""

    @property
    def relative(self) -> bool:
        """Whether a client's rating depends on other clients."""
        return False

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready; `rule_from_dict` reads it back."""
        return {
            "kind": self.kind,
            **self.parameters(),
            "direction": self.direction,
            "rounding": self.rounding,
            **({"within": self.within} if self.within else {}),
        }

    def parameters(self) -> dict[str, Any]:
        return {}

    def read(self, values: ArrayLike | Sequence[Hashable]) -> Floats:
        """The column as float64 with everything that is missing as NaN."""
        x = np.array(values, dtype=np.float64)
        if x.ndim != 1:
            raise ValueError(f"values: expected one column, got shape {x.shape}")
        x[np.isinf(x)] = np.nan
        return x

    def notice(self, values: ArrayLike | Sequence[Hashable], x: Floats) -> tuple[str, ...]:
        """Warning codes about values that could not be read."""
        return ()

    def fit(self, x: Floats) -> tuple[Fitted, tuple[str, ...]]:
        """Reference population of finite values `x`, and warnings about it."""
        return {}, ()

    def apply(self, x: Floats, fitted: Fitted) -> Floats:
        """Unrounded ratings of finite values `x`."""
        raise NotImplementedError(f"{type(self).__name__} has no formula")

    def apply_to_population(self, x: Floats, fitted: Fitted) -> Floats:
        """As `apply`, for the very values that `fitted` was made from."""
        return self.apply(x, fitted)

    @property
    def sign(self) -> int:
        """-1 where the rule works on the mirrored value."""
        return 1 if self.direction == "benefit" else -1

    def mirrored(self, ratings: Floats) -> Floats:
        """11 - r for a cost: right for rules that are symmetric about the middle."""
        return ratings if self.direction == "benefit" else LOWEST + HIGHEST - ratings


@dataclass(frozen=True)
class Threshold(Rule):
    """1 + how many of up to nine ascending cut points are reached.

    A value exactly at a cut has reached it in both directions. Equal cuts skip ratings: four times
    a and five times b rate 1, 5 and 10.
    """

    cuts: tuple[float, ...]

    kind: ClassVar[str] = "threshold"

    def check(self) -> None:
        _set_floats(self, "cuts", self.cuts)
        _require(1 <= len(self.cuts) <= 9, "cuts", "one to nine numbers")
        _require(
            all(a <= b for a, b in pairwise(self.cuts)),
            "cuts",
            "numbers in ascending order",
        )

    def parameters(self) -> dict[str, Any]:
        return {"cuts": list(self.cuts)}

    def apply(self, x: Floats, fitted: Fitted) -> Floats:
        return _bands(self.sign * x, [self.sign * cut for cut in self.cuts])


@dataclass(frozen=True)
class Piecewise(Rule):
    """Straight lines between knots (value, rating), level outside them.

    Values strictly ascending. A cost may be written either way, never both: knots whose ratings
    fall, or rising knots with direction "cost", which then mean 11 - rating.
    """

    knots: tuple[tuple[float, float], ...]

    kind: ClassVar[str] = "piecewise"

    def check(self) -> None:
        expected = "pairs (value, rating), values strictly ascending, ratings within 1..10"
        try:
            knots = tuple((float(a), float(v)) for a, v in self.knots)
        except (TypeError, ValueError):
            raise ValueError(f"knots: expected {expected}") from None
        object.__setattr__(self, "knots", knots)
        values = [a for a, _ in knots]
        # Half the range has to stay finite too, as the lines' slopes are computed from it.
        _require(len(knots) >= 2 and np.isfinite(values[-1] - values[0]), "knots", expected)
        _require(all(a < b for a, b in pairwise(values)), "knots", expected)
        _require(all(LOWEST <= v <= HIGHEST for _, v in knots), "knots", expected)
        if self.direction == "cost":
            falling = any(v > w for (_, v), (_, w) in pairwise(knots))
            _require(
                not falling, "direction", '"benefit", as the ratings of the knots fall already'
            )

    def parameters(self) -> dict[str, Any]:
        return {"knots": [list(knot) for knot in self.knots]}

    def apply(self, x: Floats, fitted: Fitted) -> Floats:
        values, ratings = zip(*self.knots, strict=True)
        return self.mirrored(np.clip(np.interp(x, values, ratings), LOWEST, HIGHEST))


@dataclass(frozen=True)
class MinMax(Rule):
    """1 at lo, 10 at hi, straight between (on a logarithmic scale if `log`), level outside.

    A bound that is None is learnt: the 1st or 99th percentile of the population (of its positive
    values if `log`). With `log` anything at or below zero rates as the lowest value. Where lo and
    hi meet everybody is in the middle, 5.5.
    """

    lo: float | None = None
    hi: float | None = None
    log: bool = False

    kind: ClassVar[str] = "min_max"

    def check(self) -> None:
        for name in ("lo", "hi"):
            bound = getattr(self, name)
            if bound is not None:
                object.__setattr__(self, name, _number(name, bound))
                if self.log:
                    _require(getattr(self, name) > 0, name, "a number above zero (log)")
        _require(isinstance(self.log, bool), "log", "true or false")
        if self.lo is not None and self.hi is not None:
            _require(self.lo < self.hi, "hi", "a number above lo")

    @property
    def relative(self) -> bool:
        return self.lo is None or self.hi is None

    def parameters(self) -> dict[str, Any]:
        return {"lo": self.lo, "hi": self.hi, "log": self.log}

    def fit(self, x: Floats) -> tuple[Fitted, tuple[str, ...]]:
        if not self.relative:
            return {}, ()
        if not len(x):
            return {"count": 0}, ()
        population = np.sort(x[x > 0] if self.log else x)
        if not len(population):
            # Nobody is above zero: the logarithmic rule rates all alike, whatever the bounds.
            typed = self.lo or self.hi or 1.0
            return {"lo": typed, "hi": typed, "count": len(x)}, ("constant",)
        lo = quantile(population, WINSOR, 100) if self.lo is None else self.lo
        hi = quantile(population, 100 - WINSOR, 100) if self.hi is None else self.hi
        # A typed bound may lie beyond the learnt one: then nothing lies between them.
        lo, hi = (lo, max(lo, hi)) if self.hi is None else (min(lo, hi), hi)
        fitted = {"lo": lo, "hi": hi, "count": len(x)}
        return fitted, ("constant",) if lo == hi else ()

    def apply(self, x: Floats, fitted: Fitted) -> Floats:
        bounds: Fitted = fitted if self.relative else {"lo": self.lo, "hi": self.hi}
        if "lo" not in bounds:
            return np.full(len(x), np.nan)
        lo, hi = bounds["lo"], bounds["hi"]
        if not self.log:
            return self.mirrored(_between(x, lo, hi))
        ratings = np.full(len(x), LOWEST)
        positive = x > 0
        ratings[positive] = _between(np.log(x[positive]), float(np.log(lo)), float(np.log(hi)))
        return self.mirrored(ratings)


@dataclass(frozen=True)
class Percentile(Rule):
    """1 + 9p, p = mid-rank share of the population: (below + half of the equal) / all."""

    kind: ClassVar[str] = "percentile"

    @property
    def relative(self) -> bool:
        return True

    def fit(self, x: Floats) -> tuple[Fitted, tuple[str, ...]]:
        if len(x) < SMALLEST_POPULATION:
            return {"count": len(x)}, ("population_too_small",)
        points = reference_points(np.sort(x))
        return points, ("constant",) if len(points["values"]) == 1 else ()

    def apply(self, x: Floats, fitted: Fitted) -> Floats:
        if "values" not in fitted:
            return np.full(len(x), np.nan)
        return self.mirrored(LOWEST + (HIGHEST - LOWEST) * share_below(x, fitted))

    def apply_to_population(self, x: Floats, fitted: Fitted) -> Floats:
        # Exact for those who are in it; the frozen points are a summary above 1,000 values.
        if "values" not in fitted:
            return np.full(len(x), np.nan)
        return self.mirrored(LOWEST + (HIGHEST - LOWEST) * mid_rank(x))


@dataclass(frozen=True)
class DecileBand(Rule):
    """1 + how many of the nine deciles (Hyndman & Fan type 7) are reached.

    Ties stay together: where one value fills several deciles, bands are skipped rather than
    renumbered. Where all deciles coincide, everybody is in the middle, 5.5.
    """

    kind: ClassVar[str] = "decile_band"

    @property
    def relative(self) -> bool:
        return True

    def fit(self, x: Floats) -> tuple[Fitted, tuple[str, ...]]:
        if len(x) < SMALLEST_POPULATION:
            return {"count": len(x)}, ("population_too_small",)
        in_order = np.sort(x)
        cuts = [quantile(in_order, j, 10) for j in range(1, 10)]
        if cuts[0] == cuts[-1]:
            warnings: tuple[str, ...] = ("constant",)
        elif len(set(cuts)) < len(cuts):
            warnings = ("bands_skipped",)
        else:
            warnings = ()
        return {"cuts": cuts, "count": len(x)}, warnings

    def apply(self, x: Floats, fitted: Fitted) -> Floats:
        cuts = fitted.get("cuts")
        if cuts is None:
            return np.full(len(x), np.nan)
        if cuts[0] == cuts[-1]:
            return np.full(len(x), MIDDLE)
        return _bands(self.sign * x, [self.sign * cut for cut in cuts])


@dataclass(frozen=True)
class Category(Rule):
    """A rating per code; codes are compared as text. A code that is not in the table is missing."""

    table: Mapping[str, float]

    kind: ClassVar[str] = "category"

    def check(self) -> None:
        _require(self.direction == "benefit", "direction", '"benefit": the table says it all')
        expected = "a rating within 1..10 for each code, at least one"
        _require(isinstance(self.table, Mapping) and bool(self.table), "table", expected)
        table = {str(code): _number("table", rating) for code, rating in self.table.items()}
        _require(all(LOWEST <= v <= HIGHEST for v in table.values()), "table", expected)
        object.__setattr__(self, "table", table)

    def parameters(self) -> dict[str, Any]:
        return {"table": dict(self.table)}

    def read(self, values: ArrayLike | Sequence[Hashable]) -> Floats:
        known: dict[Any, float] = dict(self.table)
        nothing = float("nan")
        codes = values.tolist() if isinstance(values, np.ndarray) else values
        return np.fromiter(
            (known.get(v if isinstance(v, str) else str(v), nothing) for v in codes),  # type: ignore[union-attr]
            dtype=np.float64,
        )

    def notice(self, values: ArrayLike | Sequence[Hashable], x: Floats) -> tuple[str, ...]:
        unread = {str(code) for code in np.asarray(values, dtype=object)[np.isnan(x)]}
        return ("unknown_category",) if unread - {"", "None", "nan"} else ()

    def apply(self, x: Floats, fitted: Fitted) -> Floats:
        return x


@dataclass(frozen=True)
class Manual(Rule):
    """Ratings that people gave; anything outside 1..10 counts as missing."""

    kind: ClassVar[str] = "manual"

    def check(self) -> None:
        _require(self.direction == "benefit", "direction", '"benefit": people rate on the scale')

    def read(self, values: ArrayLike | Sequence[Hashable]) -> Floats:
        x = super().read(values)
        x[(x < LOWEST) | (x > HIGHEST)] = np.nan
        return x

    def notice(self, values: ArrayLike | Sequence[Hashable], x: Floats) -> tuple[str, ...]:
        refused = np.isnan(x) & np.isfinite(np.asarray(values, dtype=np.float64))
        return ("out_of_range",) if refused.any() else ()

    def apply(self, x: Floats, fitted: Fitted) -> Floats:
        return x


RULES: dict[str, type[Rule]] = {
    rule.kind: rule
    for rule in (Threshold, Piecewise, MinMax, Percentile, DecileBand, Category, Manual)
}


def rule_from_dict(data: Mapping[str, Any]) -> Rule:
    """The rule that `to_dict` wrote. Raises ValueError naming the field that is wrong."""
    _require(isinstance(data, Mapping), "rule", "an object with a kind")
    parameters = dict(data)
    kind = parameters.pop("kind", None)
    if not isinstance(kind, str) or kind not in RULES:
        raise ValueError(f"kind: expected one of {', '.join(RULES)}")
    rule = RULES[kind]
    known = rule.__dataclass_fields__
    for name in parameters:
        if name not in known:
            raise ValueError(f"{name}: unknown for a rule of kind {kind}")
    if kind == Threshold.kind and "cuts" not in parameters:
        raise ValueError("cuts: required")
    if kind == Piecewise.kind and "knots" not in parameters:
        raise ValueError("knots: required")
    if kind == Category.kind and "table" not in parameters:
        raise ValueError("table: required")
    return rule(**parameters)


def _bands(x: Floats, cuts: Sequence[float]) -> Floats:
    # Counted in bytes and cut by cut: nine sweeps over memory beat a binary search per value.
    reached = np.ones(len(x), dtype=np.uint8)
    for cut in cuts:
        reached += x >= cut
    return reached.astype(np.float64)


def _between(x: Floats, lo: float, hi: float) -> Floats:
    """1 + 9 (x - lo) / (hi - lo) within 1..10; halved so that the difference cannot overflow."""
    width = hi / 2 - lo / 2
    if width <= 0:
        return np.full(len(x), MIDDLE)
    share = (np.clip(x, lo, hi) / 2 - lo / 2) / width
    return LOWEST + (HIGHEST - LOWEST) * share


def _require(condition: bool, name: str, expected: str) -> None:
    if not condition:
        raise ValueError(f"{name}: expected {expected}")


def _number(name: str, value: object) -> float:
    plain = isinstance(value, (int, float, np.number)) and not isinstance(value, bool)
    number = float(value) if plain else float("nan")  # type: ignore[arg-type]
    _require(bool(np.isfinite(number)), name, "a finite number")
    return number


def _set_floats(rule: Rule, name: str, values: object) -> None:
    listed = list(values) if isinstance(values, (list, tuple, np.ndarray)) else []
    _require(bool(listed), name, "a list of numbers")
    object.__setattr__(rule, name, tuple(_number(name, value) for value in listed))
