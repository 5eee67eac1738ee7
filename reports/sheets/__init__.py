"""The lists of sight that can be taken as files."""

from . import built, portfolio  # noqa: F401
