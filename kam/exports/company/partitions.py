"""Tables of which each part is made when it is needed: who owns one says how."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.utils.module_loading import autodiscover_modules


@dataclass(frozen=True)
class Parted:
    """``key``: the column whose values make the parts.  ``make``: makes the empty part of a value.
    ``finish``: what follows once everything is loaded."""

    table: str
    key: str
    make: Callable[[int], None]
    finish: Callable[[], None]


_known: dict[str, Parted] = {}


def parted(table: str, key: str, *, make: Callable[[int], None], finish: Callable[[], None]):
    _known[table] = Parted(table, key, make, finish)


def parted_tables() -> dict[str, Parted]:
    """By name; an app registers its own in its module ``moving``."""
    autodiscover_modules("moving")
    return _known


def known_keys(keys: object) -> Sequence[int]:
    """Values of a manifest as they may be used; raises ValueError."""
    if not isinstance(keys, list) or not all(type(each) is int and each > 0 for each in keys):
        raise ValueError("keys")
    return keys
