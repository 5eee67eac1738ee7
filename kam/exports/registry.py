"""Which lists can be exported.  An app names them in its module ``exports``."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from django.http import QueryDict

Kind = Literal["text", "number", "share", "day", "moment"]


@dataclass(frozen=True)
class Column:
    """A column of a file.  ``kind`` says what its values are: str, a number with so many
    ``decimals`` (None: as many as there are), a fraction shown as per cent, a date, a datetime;
    None stands for an empty cell."""

    title: str
    kind: Kind = "text"
    decimals: int | None = None


@dataclass(frozen=True)
class Sheet:
    """A list ready to be written.  ``rows`` are read once, so they may come from a cursor;
    ``total``: how many there will be, as far as that is known."""

    columns: Sequence[Column]
    rows: Iterable[Sequence[Any]]
    total: int = 0


# What the page was asked for, and the id of the row that the list belongs to (0: to none).
Build = Callable[[QueryDict, int], Sheet]


@dataclass(frozen=True)
class List:
    """``route``: the page that shows the list; whoever may not read it gets no file."""

    name: str
    title: Any
    route: str
    build: Build


_lists: dict[str, List] = {}


def exported(name: str, *, title, route: str) -> Callable[[Build], Build]:
    """Register ``f(query, of) -> Sheet`` as the list ``name``, shown by the page ``route``.

    It runs as the person who asked, in their language, and raises Http404 where the row that the
    list belongs to is not theirs to see.
    """

    def register(build: Build) -> Build:
        _lists[name] = List(name, title, route, build)
        return build

    return register


def lists() -> dict[str, List]:
    return _lists


def title_of(name: str):
    found = _lists.get(name)
    return found.title if found else name
