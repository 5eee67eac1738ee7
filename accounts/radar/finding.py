"""What a detector hands back."""

from __future__ import annotations

from dataclasses import dataclass, field

# Numbers, ISO days, and lists of ids: all that can stand in JSON.
Evidence = dict[str, object]

WATCH, ALARM = 1, 2


@dataclass(frozen=True)
class Finding:
    """``level``: WATCH or ALARM.  ``chance``: how likely chance alone brings this, 0..1, None where
    the detector states a fact.  ``key`` is that of the kind of problem."""

    key: str
    level: int
    chance: float | None = None
    evidence: Evidence = field(default_factory=dict)
