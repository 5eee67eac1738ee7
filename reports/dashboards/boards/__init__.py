"""Questions to the portfolio, a few on a page: each is answered by one chart with its rows.

``BOARDS``: page -> its questions in order; ``QUESTIONS``: key -> what answers it from a
:class:`~.board.Board`.
"""

from collections.abc import Callable

from .board import Answer, Behind, Board
from .departure import departure
from .effort import effort
from .gaps import gaps
from .kams import kams
from .openings import invitations, needs
from .regions import regions
from .retention import kept_by_cohort, kept_by_year
from .risk import risk

BOARDS: dict[str, dict[str, Callable[[Board], Answer]]] = {
    "retention": {"retention": kept_by_year, "cohorts": kept_by_cohort},
    "dependence": {"departure": departure, "regions": regions, "risk": risk},
    "work": {"effort": effort, "kams": kams},
    "openings": {"gaps": gaps, "needs": needs, "invitations": invitations},
}
QUESTIONS = {key: answer for board in BOARDS.values() for key, answer in board.items()}

__all__ = ["BOARDS", "QUESTIONS", "Answer", "Behind", "Board"]
