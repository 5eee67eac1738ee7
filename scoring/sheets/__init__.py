"""The lists of judgement that can be taken as files."""

from . import decisions, matrices, ranking, ratings  # noqa: F401
