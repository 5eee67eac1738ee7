"""The lists of sight that can be taken as files."""

from . import portfolio  # noqa: F401
