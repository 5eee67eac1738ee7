"""Light checks of telephone numbers and e-mail addresses; what is written is kept."""

from __future__ import annotations

import re

_PARTS = re.compile(r"[,;\n]+")
_EXTENSION = re.compile(r"(?:доб(?:авочный)?|вн(?:утр)?|ext|extension|x)\.?\s*\d{1,6}\s*$", re.I)
_PHONE = re.compile(r"\+?[\d\s().\-\u2010-\u2015\u00a0/]+")
_EMAIL = re.compile(
    r"[^\s@<>()\[\],;:\"\\]{1,64}@(?:[^\W_](?:[\w\-]{0,61}[^\W_])?\.)+[^\W\d_][\w\-]{1,62}"
)
LONGEST_EMAIL = 254


def phone_holds(text: str) -> bool:
    """Whether at least one part is a telephone number: 7 to 15 digits, an extension apart."""
    return any(_is_phone(part) for part in _PARTS.split(text))


def _is_phone(part: str) -> bool:
    bare = _EXTENSION.sub("", part.strip(" \t'\u00a0")).strip()
    digits = sum(character.isdigit() for character in bare)
    return 7 <= digits <= 15 and _PHONE.fullmatch(bare) is not None


def email_holds(text: str) -> bool:
    """Whether every address of a cell can be one; several are parted by comma or semicolon."""
    parts = [part.strip() for part in _PARTS.split(text) if part.strip()]
    return bool(parts) and all(
        len(part) <= LONGEST_EMAIL and _EMAIL.fullmatch(part) is not None for part in parts
    )
