"""How much of what one should know of a client is written down, 0–100.  Pure.

It says nothing of the relationship: a client can fare well and be badly written down.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

# What should be known, and how much of the whole it makes.
CHECKS = {
    "owner": 15,
    "decider": 15,
    "reachable": 15,
    "talk": 10,
    "inn": 10,
    "segment": 10,
    "place": 5,
    "agreement": 10,
    "wallet": 5,
    "goal": 5,
}


@dataclass(frozen=True)
class Quality:
    """``missing``: what to fill, the heaviest first."""

    score: int
    missing: tuple[str, ...]


def quality(filled: Collection[str], asked: Collection[str] = tuple(CHECKS)) -> Quality:
    """``asked``: the checks that make sense for this client.  Nothing asked is complete."""
    unknown = (set(filled) | set(asked)) - set(CHECKS)
    if unknown:
        raise ValueError(f"no such check: {', '.join(sorted(unknown))}")
    total = sum(CHECKS[key] for key in asked)
    have = sum(CHECKS[key] for key in asked if key in filled)
    missing = sorted((k for k in asked if k not in filled), key=lambda k: (-CHECKS[k], k))
    return Quality(round(100 * have / total) if total else 100, tuple(missing))
