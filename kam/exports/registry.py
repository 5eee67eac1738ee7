"""Which lists can be exported.  An app names them in its module or package ``sheets``."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, Literal

from django.http import QueryDict
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import get_language

from kam.lib import formatting
from kam.lib.company import company

Kind = Literal["text", "number", "share", "day", "moment"]


@dataclass(frozen=True)
class Column:
    """A column of a file.  ``kind`` says what its values are: str, a number with so many
    ``decimals`` (None: as many as there are), a fraction shown as per cent, a date, a datetime;
    None stands for an empty cell."""

    title: str
    kind: Kind = "text"
    decimals: int | None = None
    # What the page calls the column, where people may hide it there.
    key: str = ""


def text(title, key: str = "") -> Column:
    return Column(str(title), key=key)


def whole(title, key: str = "") -> Column:
    return Column(str(title), "number", 0, key)


def number(title, decimals: int | None = 2, key: str = "") -> Column:
    return Column(str(title), "number", decimals, key)


def money(title, key: str = "") -> Column:
    """An amount in the company's currency, whose sign stands in the head."""
    sign = formatting.currency_sign(company().currency, language=get_language() or "en")
    return Column(f"{title}, {sign}", "number", 2, key)


def share(title, key: str = "") -> Column:
    return Column(str(title), "share", 4, key)


def day(title, key: str = "") -> Column:
    return Column(str(title), "day", key=key)


def moment(title, key: str = "") -> Column:
    return Column(str(title), "moment", key=key)


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
    build: Build | None
    formats: tuple[str, ...] = ("csv", "xlsx")
    # For what is no table: writes the file itself, telling how much of how much is done, and says
    # how many rows there are in it.
    write: Callable[[Path, Callable[[int, int], None]], int] | None = None
    heavy: bool = False


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


def in_one_file(name: str, *, title, route: str, format: str):
    """Register ``f(path, tell) -> rows``, which writes a file of its own kind, as a heavy job."""

    def register(write):
        _lists[name] = List(name, title, route, None, (format,), write, heavy=True)
        return write

    return register


def lists() -> dict[str, List]:
    autodiscover_modules("sheets")
    return _lists


def title_of(name: str):
    found = lists().get(name)
    return found.title if found else name


def in_batches(rows: Iterable[Any], size: int = 1_000) -> Iterator[list[Any]]:
    """What comes from a cursor, so many at a time: what is shown beside is looked up by batch."""
    rows = iter(rows)
    while batch := list(islice(rows, size)):
        yield batch
