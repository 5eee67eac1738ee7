"""Texts that a spreadsheet would run as formulas: guarded on the way out, freed on the way in."""

from __future__ import annotations

import re

# First character of a formula, also in full width; blanks before it change nothing.
_FORMULA = re.compile("[ \t\r\n\u00a0]*[=+\\-@\uff1d\uff0b\uff0d\uff20]|[\t\r\x00]")
_GUARDED = re.compile(f"'(?:{_FORMULA.pattern})")


def guarded(text: str) -> str:
    """The text as a cell that every spreadsheet shows as text."""
    return f"'{text}" if _FORMULA.match(text) else text


def freed(text: str) -> str:
    """The text without the apostrophe that guards a formula; any other apostrophe is its own."""
    return text[1:] if text.startswith("'") and _GUARDED.match(text) else text
