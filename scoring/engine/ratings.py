"""Ratings: a raw column -> ratings 1..10 by a rule of :mod:`scoring.engine.rules`.

`rate` rates everybody and freezes what a relative rule learnt from the population; with it
`apply_fitted` rates a client that came later without touching the rest.

Everywhere: NaN, None and infinities are missing and stay NaN; zero is a value; equal values get
equal ratings.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike

from scoring.engine.arrays import HIGHEST, LOWEST, Floats, Ints
from scoring.engine.rules import (
    RULES,
    SMALLEST_POPULATION,
    WINSOR,
    Category,
    DecileBand,
    Direction,
    Fitted,
    Manual,
    MinMax,
    Percentile,
    Piecewise,
    Rounding,
    Rule,
    Threshold,
    rule_from_dict,
)

__all__ = [
    "RULES",
    "SMALLEST_POPULATION",
    "WINSOR",
    "Category",
    "DecileBand",
    "Direction",
    "Fitted",
    "Manual",
    "MinMax",
    "Percentile",
    "Piecewise",
    "Rated",
    "Rounding",
    "Rule",
    "Threshold",
    "apply_fitted",
    "rate",
    "rule_from_dict",
]


@dataclass(frozen=True, eq=False)
class Rated:
    """ratings: float64 (clients,), 1..10 or NaN for missing.

    warnings: codes, each once: "no_values", "constant" (the criterion does not discriminate),
        "population_too_small" (nobody rated), "bands_skipped" (one value fills more than a tenth),
        "unknown_category", "out_of_range", "unknown_segment", "segment_too_small" (its clients
        are compared with everybody).
    fitted: JSON-ready reference population of a relative rule; {} for an absolute one.
    segment_warnings: the same codes by segment, where the rule was applied within segments.
    """

    ratings: Floats
    warnings: tuple[str, ...] = ()
    fitted: Fitted = field(default_factory=dict)
    segment_warnings: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def rate(
    rule: Rule,
    values: ArrayLike | Sequence[Hashable],
    segments: Sequence[Hashable] | None = None,
    smallest: int = 0,
) -> Rated:
    """Rate a column of clients (n,) by a rule.

    values: numbers in the criterion's unit, or codes for `Category`.
    segments: one label per client; a relative rule then compares within the segment only. Absolute
        rules do not look at it.
    smallest: clients of a segment with fewer values than this, or without a label, are compared
        with all clients. 0: every segment is rated within itself, however small.
    """
    x = rule.read(values)
    notices = list(rule.notice(values, x))
    if segments is None or not rule.relative:
        ratings, learnt, found = _rate_population(rule, x)
        return Rated(_finish(rule, ratings), _codes(notices + list(found)), learnt)

    names, codes = _factorise(segments, len(x))
    ratings = np.full(len(x), np.nan)
    by_segment: dict[str, Fitted] = {}
    warned: dict[str, tuple[str, ...]] = {}
    in_order = np.argsort(codes, kind="stable")
    edges = np.searchsorted(codes[in_order], np.arange(len(names) + 1))
    fitted: Fitted = {"segments": by_segment}
    if smallest:
        in_all, fitted["whole"], found_in_all = _rate_population(rule, x)
    for code, name in enumerate(names):
        members = in_order[edges[code] : edges[code + 1]]
        if smallest and (not name or np.isfinite(x[members]).sum() < smallest):
            ratings[members] = in_all[members]
            found = ("segment_too_small", *found_in_all)
        else:
            ratings[members], by_segment[name], found = _rate_population(rule, x[members])
        if found:
            warned[name] = found
            notices += found
    return Rated(_finish(rule, ratings), _codes(notices), fitted, warned)


def apply_fitted(
    rule: Rule,
    fitted: Fitted,
    values: ArrayLike | Sequence[Hashable],
    segments: Sequence[Hashable] | None = None,
) -> Rated:
    """Rate clients against the population frozen in `fitted` (from `Rated.fitted`).

    Gives members of that population the rating they had; percentiles of more than 1,000 distinct
    values are summarised and may differ by a hundredth before rounding. A segment that was not
    there then, or was too small, is compared with all of that population; where that was not
    frozen, it is missing with the warning "unknown_segment".
    """
    x = rule.read(values)
    notices = list(rule.notice(values, x))
    if "segments" not in fitted:
        return Rated(
            _finish(rule, _on_finite(x, lambda v: rule.apply(v, fitted))), _codes(notices), fitted
        )
    if segments is None:
        raise ValueError("segments: required, as the ratings were made within segments")
    names, codes = _factorise(segments, len(x))
    ratings = np.full(len(x), np.nan)
    for code, name in enumerate(names):
        members = codes == code
        frozen = fitted["segments"].get(name, fitted.get("whole"))
        if frozen is None:
            notices.append("unknown_segment")
        else:
            ratings[members] = _on_finite(x[members], _applier(rule, frozen))
    return Rated(_finish(rule, ratings), _codes(notices), fitted)


def _applier(rule: Rule, fitted: Fitted) -> Callable[[Floats], Floats]:
    return lambda v: rule.apply(v, fitted)


def _rate_population(rule: Rule, x: Floats) -> tuple[Floats, Fitted, tuple[str, ...]]:
    """Unrounded ratings of a whole population with NaN, what was learnt, and warnings."""
    present = x[np.isfinite(x)]
    fitted, warnings = rule.fit(present)
    if not len(present):
        return np.full(len(x), np.nan), fitted, ("no_values",)
    ratings = _on_finite(x, lambda v: rule.apply_to_population(v, fitted))
    if not warnings and len(present) > 1 and bool((present == present[0]).all()):
        warnings = ("constant",)
    return ratings, fitted, warnings


def _on_finite(x: Floats, formula: Callable[[Floats], Floats]) -> Floats:
    present = np.isfinite(x)
    if present.all():
        return formula(x)
    ratings = np.full(len(x), np.nan)
    ratings[present] = formula(x[present])
    return ratings


def _finish(rule: Rule, ratings: Floats) -> Floats:
    if rule.rounding == "integer":
        ratings = np.floor(ratings + 0.5)
    result: Floats = np.clip(ratings, LOWEST, HIGHEST)
    return result


def _factorise(segments: Sequence[Hashable], n: int) -> tuple[list[str], Ints]:
    numbers: dict[str, int] = {}
    codes = np.fromiter((numbers.setdefault(str(s), len(numbers)) for s in segments), np.int64)
    if len(codes) != n:
        raise ValueError(f"segments: {len(codes)} labels for {n} values")
    return list(numbers), codes


def _codes(notices: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(notices))
