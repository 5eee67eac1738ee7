"""Elements that a connector gathered over many pages, as one table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from accounts.importing.pages import made_of
from accounts.importing.reading import assemble
from accounts.importing.table import Meta, ReadOptions, Table


def elements(
    kind: str,
    shape: str,
    items: Sequence[Mapping[str, Any]],
    key: str,
    options: ReadOptions,
    sha256: str,
) -> Table:
    """The table of elements, by the rules of files; the number of a row is that of its element.

    shape, key: as in `pages.made_of`. Raises Refused.
    """
    strict = replace(options, decimal=".", dates="ymd")
    return assemble(kind, made_of(shape, items, key).records(), strict, Meta("json", sha256))
