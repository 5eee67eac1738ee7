"""From a rating back to the value of the measure that would give it."""

from __future__ import annotations

import math

from scoring.engine.ratings import Fitted, Rule, apply_fitted

# Halvings of the interval in which the value is looked for: beyond double precision.
_STEPS = 200
# The ends of the search: any amount a company knows lies between them.
_FURTHEST = 1e15


def value_for(rule: Rule, fitted: Fitted, rating: float) -> float | None:
    """The value nearest to the worst one that is rated at least `rating`; None where none is.

    For rules that rise (or, where less is better, fall) all the way: thresholds, straight lines,
    percentiles, tenths. Exact to the last bits of a double. Tables of codes and people's ratings
    have no value to ask for. fitted: what the run learnt, {} for an absolute rule.
    """
    if rule.kind in ("category", "manual") or "segments" in fitted:
        return None
    worst, best = _ends(rule)
    if _rating(rule, fitted, best) < rating:
        return None
    if _rating(rule, fitted, worst) >= rating:
        return None  # even the worst value is enough: nothing to ask for
    near, far = best, worst
    for _ in range(_STEPS):
        middle = near / 2 + far / 2
        if middle in (near, far):
            break
        if _rating(rule, fitted, middle) >= rating:
            near = middle
        else:
            far = middle
    return near


def shown_value(rule: Rule, fitted: Fitted, rating: float, value: float, decimals: int) -> float:
    """`value`, as `value_for` found it, with so many decimals: the nearest that is still enough."""
    near = round(value, decimals)
    if _rating(rule, fitted, near) >= rating:
        return near
    worst, best = _ends(rule)
    step = 10.0**-decimals
    return round(near + (step if best > worst else -step), decimals)


def _ends(rule: Rule) -> tuple[float, float]:
    """Where ratings are lowest and where they are highest."""
    falling = rule.direction == "cost"
    knots = getattr(rule, "knots", None)
    if knots is not None:
        falling = falling or knots[0][1] > knots[-1][1]
    return (_FURTHEST, -_FURTHEST) if falling else (-_FURTHEST, _FURTHEST)


def _rating(rule: Rule, fitted: Fitted, value: float) -> float:
    found = float(apply_fitted(rule, fitted, [value]).ratings[0])
    return -math.inf if math.isnan(found) else found
