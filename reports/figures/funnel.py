"""How far things come on their way, and how many go on from each stage: pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike


@dataclass(frozen=True)
class Stage:
    """``count`` came as far or further; ``amount``: what those are worth; ``passed``: their share
    of the stage before, ``whole``: of the first one; None where that is empty."""

    count: int
    amount: float
    passed: float | None
    whole: float | None


def funnel(furthest: ArrayLike, amounts: ArrayLike, stages: int) -> list[Stage]:
    """Stages 0..stages−1; furthest: the last stage that each one reached, (n,)."""
    reached = np.asarray(furthest, dtype=np.int64)
    worth = np.nan_to_num(np.asarray(amounts, dtype=np.float64))
    found: list[Stage] = []
    for stage in range(stages):
        there = reached >= stage
        count = int(there.sum())
        before = found[-1].count if found else 0
        first = found[0].count if found else count
        found.append(
            Stage(
                count,
                float(worth[there].sum()),
                count / before if before else None,
                count / first if first else None,
            )
        )
    return found


def narrowest(found: Sequence[Stage]) -> int | None:
    """The stage that the smallest share of those before it reached; None where none is told."""
    told = [(stage.passed, at) for at, stage in enumerate(found) if stage.passed is not None]
    return min(told)[1] if told else None
