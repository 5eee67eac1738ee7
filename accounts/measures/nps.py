"""The net promoter score and how sure it is.  Pure.

Promoters answer 9 or 10 of 0–10, detractors 0 to 6; the score is the share of the former less that
of the latter, in points from −100 to 100.  The interval is the adjusted Wald one of B. Rocks,
"Interval Estimation for the Net Promoter Score", The American Statistician 70 (2016): as if three
more had answered, ¾ of one a promoter and ¾ of one a detractor.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

# Below this many answers a score says nothing: its interval covers most of the scale.
FEWEST = 10
Z_95 = 1.959964
_MORE, _MORE_AT_ENDS = 3.0, 0.75


@dataclass(frozen=True)
class Nps:
    """All in points; ``low`` and ``high`` bound the interval of 95 %."""

    score: float
    low: float
    high: float


def standard_error(promoters: float, detractors: float, answers: float) -> float:
    """Of the score, in points.  Raises ValueError without answers."""
    if answers <= 0:
        raise ValueError("no answers")
    ends, net = (promoters + detractors) / answers, (promoters - detractors) / answers
    return 100 * math.sqrt((ends - net * net) / answers)


def nps(promoters: int, detractors: int, answers: int) -> Nps | None:
    """None below FEWEST answers.  Raises ValueError where the counts contradict each other."""
    if min(promoters, detractors) < 0 or promoters + detractors > answers:
        raise ValueError("more promoters and detractors than answers")
    if answers < FEWEST:
        return None
    n = answers + _MORE
    up, down = promoters + _MORE_AT_ENDS, detractors + _MORE_AT_ENDS
    middle, reach = 100 * (up - down) / n, Z_95 * standard_error(up, down, n)
    score = 100 * (promoters - detractors) / answers
    return Nps(score, max(middle - reach, -100.0), min(middle + reach, 100.0))
