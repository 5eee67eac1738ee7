"""From judgements to weights: pairs on Saaty's scale, and best against worst."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scoring.engine.weights import NotLinked, ahp, best_worst

ACCEPTABLE = 0.10
SCALE = tuple(range(9, 1, -1))


@dataclass(frozen=True)
class Judgement:
    """What a person has compared, and what follows.

    keys: the criteria.  given: the judgements as they are stored.  weights: shares, None while
    they cannot be told.  ratio: the consistency ratio, None where there is none.  worst: for
    pairs (key, key, proposed value) that disagrees most with the others, for best and worst
    (key, "", 0).  parts: groups of criteria that nothing links yet.
    """

    method: str
    keys: tuple[str, ...]
    given: dict[str, Any] = field(default_factory=dict)
    weights: tuple[float, ...] | None = None
    ratio: float | None = None
    worst: tuple[str, str, float] | None = None
    parts: tuple[tuple[str, ...], ...] = ()

    @property
    def acceptable(self) -> bool:
        return self.ratio is not None and self.ratio <= ACCEPTABLE

    @property
    def compared(self) -> int:
        return len(self.given.get("pairs", {}))

    @property
    def pairs(self) -> list[tuple[str, str, float | None]]:
        """Every two criteria and what was said of them: how many times the first matters more."""
        said = self.given.get("pairs", {})
        return [(a, b, said.get(f"{a}.{b}")) for a, b in combinations(self.keys, 2)]


def judged(method: str, keys: Sequence[str], data: Mapping[str, Any]) -> Judgement | None:
    """The judgement that a form or stored data holds; None for methods that type weights."""
    if method == "pairs":
        return _pairs(tuple(keys), data)
    if method == "best_worst":
        return _best_worst(tuple(keys), data)
    return None


def comparisons(keys: Sequence[str], pairs: Mapping[str, float]) -> NDArray[np.float64]:
    """A matrix for the engine; NaN where nobody compared."""
    matrix = np.full((len(keys), len(keys)), np.nan)
    np.fill_diagonal(matrix, 1)
    at = {key: j for j, key in enumerate(keys)}
    for name, value in pairs.items():
        a, _dot, b = name.partition(".")
        if a in at and b in at:
            matrix[at[a], at[b]], matrix[at[b], at[a]] = value, 1 / value
    return matrix


def read_ratio(text: Any) -> float | None:
    """``3``, ``1/3`` or a number between 1/9 and 9; None for anything else."""
    first, slash, second = str(text or "").strip().partition("/")
    try:
        value = float(first) / float(second) if slash else float(first)
    except (ValueError, ZeroDivisionError):
        return None
    return value if 1 / 9 - 1e-9 <= value <= 9 + 1e-9 else None


def ratio_text(value: float | None) -> str:
    """A judgement as it is written in forms: ``3`` or ``1/3``."""
    if value is None:
        return ""
    return f"{value:g}" if value >= 1 else f"1/{1 / value:g}"


def to_hundred(weights: Sequence[float | Decimal]) -> list[Decimal]:
    """Weights on any scale as per cent with one digit that make up a hundred, by largest
    remainder."""
    total = sum(map(float, weights))
    tenths = [float(weight) / total * 1000 for weight in weights]
    whole = [int(value + 1e-9) for value in tenths]
    by_rest = sorted(range(len(whole)), key=lambda j: whole[j] - tenths[j])
    for j in by_rest[: 1000 - sum(whole)]:
        whole[j] += 1
    return [Decimal(value) / 10 for value in whole]


def _pairs(keys: tuple[str, ...], data: Mapping[str, Any]) -> Judgement:
    said = {}
    for a, b in combinations(keys, 2):
        forth, back = (
            read_ratio(data.get(f"pair.{a}.{b}")), read_ratio(data.get(f"pair.{b}.{a}"))
        )  # fmt: skip
        if forth is not None or back is not None:
            said[f"{a}.{b}"] = forth if forth is not None else 1 / (back or 1)
    accepted = str(data.get("accept", "")).split("~")
    if len(accepted) == 3 and (value := read_ratio(accepted[2])) is not None:
        a, b = accepted[:2]
        if f"{b}.{a}" in {f"{x}.{y}" for x, y in combinations(keys, 2)}:
            a, b, value = b, a, 1 / value
        if a in keys and b in keys and a != b:
            said[f"{a}.{b}"] = value
    given = {"pairs": said}
    if len(keys) < 2:
        return Judgement("pairs", keys, given)
    try:
        found = ahp(comparisons(keys, said))
    except NotLinked as error:
        parts = tuple(tuple(keys[j] for j in part) for part in error.parts)
        return Judgement("pairs", keys, given, parts=parts)
    worst = None
    if found.worst is not None and found.consistency_ratio > ACCEPTABLE:
        i, j, proposed = found.worst
        worst = (keys[i], keys[j], float(proposed))
    return Judgement(
        "pairs",
        keys,
        given,
        tuple(found.weights.tolist()),
        float(found.consistency_ratio),
        worst,
    )


def _best_worst(keys: tuple[str, ...], data: Mapping[str, Any]) -> Judgement:
    best, worst = str(data.get("best", "")), str(data.get("worst", ""))
    given: dict[str, Any] = {"best": best, "worst": worst}
    to_others = {key: _whole(data.get(f"bo.{key}")) for key in keys}
    to_worst = {key: _whole(data.get(f"ow.{key}")) for key in keys}
    if best not in keys or worst not in keys or best == worst:
        return Judgement("best_worst", keys, given)
    to_others[best] = to_worst[worst] = 1
    to_worst[best] = to_others[worst]  # one judgement, shown once
    given |= {"best_to_others": to_others, "others_to_worst": to_worst}
    a, b = [to_others[key] for key in keys], [to_worst[key] for key in keys]
    if None in a or None in b:
        return Judgement("best_worst", keys, given)
    found = best_worst(keys.index(best), keys.index(worst), a, b)
    against = None
    if found.worst is not None and found.input_ratio > ACCEPTABLE:
        against = (keys[found.worst], "", 0.0)
    return Judgement(
        "best_worst",
        keys,
        given,
        tuple(found.weights.tolist()),
        float(found.input_ratio),
        against,
    )


def _whole(text: Any) -> int | None:
    try:
        value = int(str(text))
    except ValueError:
        return None
    return value if 1 <= value <= 9 else None
