"""Judgement: criteria, matrices and their versions, ratings, ranking runs and their rows."""

from .backtests import Backtest
from .confidence import Confidence, Seat, WantedRating
from .criteria import Criterion
from .decisions import Decision, DecisionItem, DecisionVote, ListOverride
from .matrices import Matrix, MatrixVersion, VersionCriterion
from .rating_requests import RatingRequest
from .ratings import Rating
from .runs import RankingRow, RankingRun
from .weighings import Weighing, WeighingRound

__all__ = [
    "Backtest",
    "Confidence",
    "Criterion",
    "Decision",
    "DecisionItem",
    "DecisionVote",
    "ListOverride",
    "Matrix",
    "MatrixVersion",
    "RankingRow",
    "RankingRun",
    "Rating",
    "RatingRequest",
    "Seat",
    "VersionCriterion",
    "WantedRating",
    "Weighing",
    "WeighingRound",
]
