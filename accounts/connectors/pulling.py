"""What every connector takes and gives: a cursor in, pages of elements out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Item = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Cursor:
    """How far one kind of elements has been read.

    since: the moment up to which all changes are known, as the system writes it; empty = nothing
        is known yet. at: where within a pull that is not finished, empty between pulls.
    """

    since: str = ""
    at: Mapping[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        return {"since": self.since, "at": dict(self.at)}

    @classmethod
    def of_json(cls, kept: Mapping[str, Any] | None) -> Cursor:
        kept = kept or {}
        return cls(str(kept.get("since") or ""), dict(kept.get("at") or {}))


@dataclass(frozen=True, slots=True)
class Page:
    """Elements to be loaded, and the cursor that holds once they are.

    last: the pull ends with it. read: how many the system gave for this page, `skipped` ones that
    are not wanted and `gone` ones that it calls deleted among them. total: how many there are to
    read in this pull, where the system tells.
    """

    items: list[Item]
    cursor: Cursor
    read: int
    last: bool
    total: int | None = None
    skipped: int = 0
    gone: int = 0


@dataclass(frozen=True, slots=True)
class Shape:
    """Elements of one kind: what files of them are (`kind`), how the importing engine calls their
    shape (`shape`), and which field numbers them (`key`)."""

    kind: str
    shape: str
    key: str


@dataclass(frozen=True, slots=True)
class Found:
    """What a test of a connection found. more: there are more companies than it counted."""

    name: str
    companies: int
    more: bool = False
