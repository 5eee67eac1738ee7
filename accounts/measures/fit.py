"""How well an initiative fits a client, in points out of 100 with their parts.  Pure.

Each part answers a question that a person would ask; nothing is weighed against other clients, so
a client's points do not change with who else is there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Part = Literal["need", "family_need", "gap", "standing", "content", "discontent"]

# A need of its theme, by how sure it is.
NEED = {"offered": 40, "confirmed": 40, "noted": 25}
# A need that names its product family without the theme.
FAMILY_NEED = 15
# Look-alikes buy the family, this client does not or buys less.
GAP = 25
STANDING = {"key": 20, "watch": 10, "trial": 10}
# Answers 1-10 within a year, their mean: content people say what is wrong with a trial product.
CONTENT = ((8.0, 15), (6.0, 7))
# Below this the client is to be made content first.
DISCONTENT = 5.0
MOST = 40 + 25 + 20 + 15


@dataclass(frozen=True)
class Known:
    """What is known of a client.  needs: states of open needs of the theme; family_needs: whether
    another open need names the family; satisfaction: mean answer of a year, None without any."""

    needs: Sequence[str] = ()
    family_needs: bool = False
    gap: bool = False
    standing: str = ""
    satisfaction: float | None = None


@dataclass(frozen=True)
class Fit:
    """``parts``: (what, points), the most first; what speaks against it has 0 points."""

    points: int
    parts: tuple[tuple[Part, int], ...]


def fit(known: Known) -> Fit:
    """Points of a client for an initiative."""
    parts: list[tuple[Part, int]] = []
    if known.needs:
        parts.append(("need", max(NEED.get(state, 0) for state in known.needs)))
    elif known.family_needs:
        parts.append(("family_need", FAMILY_NEED))
    if known.gap:
        parts.append(("gap", GAP))
    if points := STANDING.get(known.standing, 0):
        parts.append(("standing", points))
    if known.satisfaction is not None:
        content = next((points for least, points in CONTENT if known.satisfaction >= least), 0)
        if content:
            parts.append(("content", content))
        elif known.satisfaction < DISCONTENT:
            parts.append(("discontent", 0))
    parts.sort(key=lambda part: -part[1])
    return Fit(sum(points for _part, points in parts), tuple(parts))
