"""What `recognise` found out about a file: each finding with how sure it is and what else it may be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from accounts.importing.table import Issue, ReadOptions, Table

# "sure": the file shows it. "likely": by rule of thumb, to be looked at. "asked": the file leaves
# it open, the value is only a proposal.
Sure = Literal["sure", "likely", "asked"]


@dataclass(frozen=True, slots=True)
class Choice:
    """value: None where the question does not arise. options: what it may be changed to."""

    value: str | None
    sure: Sure = "sure"
    options: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the file. field: None where it is not used. candidates: fields that its name
    can mean. examples: its first different cells, as shown to people."""

    title: str
    field: str | None
    sure: Sure
    candidates: tuple[str, ...] = ()
    examples: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Recognised:
    """A file as it was understood from its beginning.

    system: where it comes from, proposed as the name of the source. vat: how amounts are meant,
    for documents only. sample: first records as they stand. problems: what keeps the file from
    being read until it is answered. options: the proposals as options of `read`; together with
    `kind` they read the file as shown. table: the first rows read so; None where problems forbid.
    """

    name: str
    container: str
    sha256: str
    size: int
    kind: Choice
    system: Choice
    encoding: Choice
    delimiter: Choice
    sheet: Choice
    header_row: Choice
    decimal: Choice
    dates: Choice
    vat: Choice
    columns: tuple[Column, ...]
    sample: tuple[tuple[str, ...], ...]
    problems: tuple[Issue, ...]
    options: ReadOptions
    table: Table | None = None
    _choices: tuple[str, ...] = field(
        default=("kind", "system", "encoding", "delimiter", "sheet", "header_row", "decimal",
                 "dates", "vat"),
        repr=False,
    )  # fmt: skip

    @property
    def asked(self) -> tuple[str, ...]:
        """Names of the choices that the person has to make, columns by their title apart."""
        return tuple(name for name in self._choices if getattr(self, name).sure == "asked")

    def as_json(self) -> dict[str, Any]:
        """JSON-ready, without the sample's typed rows."""
        answer: dict[str, Any] = {
            "name": self.name,
            "container": self.container,
            "sha256": self.sha256,
            "size": self.size,
        }
        for name in self._choices:
            choice: Choice = getattr(self, name)
            answer[name] = {
                "value": choice.value,
                "sure": choice.sure,
                "options": list(choice.options),
            }
        answer["columns"] = [
            {
                "title": column.title,
                "field": column.field,
                "sure": column.sure,
                "candidates": list(column.candidates),
                "examples": list(column.examples),
            }
            for column in self.columns
        ]
        answer["sample"] = [list(cells) for cells in self.sample]
        answer["problems"] = [_finding(issue) for issue in self.problems]
        cleaned: dict[str, Any] = _clean(answer)
        return cleaned


def _clean(value: Any) -> Any:
    """The same without NUL and halves of characters, which JSON in a database cannot hold."""
    if isinstance(value, str):
        return value.replace("\x00", "\ufffd").encode("utf-8", "replace").decode()
    if isinstance(value, dict):
        return {_clean(name): _clean(each) for name, each in value.items()}
    return [_clean(each) for each in value] if isinstance(value, list) else value


def _finding(issue: Issue) -> Mapping[str, Any]:
    return {
        "row": issue.row,
        "column": issue.column,
        "code": issue.code,
        "params": dict(issue.params),
    }
