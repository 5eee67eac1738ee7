"""What the reader takes and gives: options, table, issues. The interface of the package."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

Value = str | Decimal | datetime.date | int | None
DecimalSign = Literal[".", ","]
DateOrder = Literal["dmy", "mdy", "ymd"]


@dataclass(frozen=True, slots=True)
class Issue:
    """One finding about a file.

    row: 1-based record number in the file or sheet, header counts; None = the whole file.
    column: the header as the file writes it; None = the whole row.
    code: stable and dotted, such as "number.invalid".
    params: what `messages.message` puts into the sentence; long values are cut already.
    """

    row: int | None
    column: str | None
    code: str
    params: Mapping[str, str | int] = field(default_factory=dict)

    @property
    def message_key(self) -> str:
        """Key of the sentence in `messages.MESSAGES`: the code itself."""
        return self.code


class Refused(Exception):
    """The file as a whole cannot be read; `issue` says why and what to do."""

    def __init__(self, issue: Issue) -> None:
        super().__init__(issue.code)
        self.issue = issue


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """What the person who imports decides, where the file leaves it open.

    map: header -> field, wins over synonyms; an empty field means "leave this column out".
    decimal, dates: for columns that do not show their decimal sign or date order.
    vat: how `amount` is meant where the file does not say: "included", "excluded" or "none".
        A rate in per cent may follow: "included:20".
    vat_unsaid: the same where neither the file nor this person says it, as the company has it.
    encoding, delimiter: win over detection. sheet: name of the sheet (or "table 2" of a page).
    header_row: record number of the header, 1-based.
    filename: shown in messages instead of the path.
    """

    map: Mapping[str, str] = field(default_factory=dict)
    decimal: DecimalSign | None = None
    dates: DateOrder | None = None
    vat: str | None = None
    vat_unsaid: str | None = None
    encoding: str | None = None
    delimiter: str | None = None
    sheet: str | None = None
    header_row: int | None = None
    filename: str | None = None


@dataclass(slots=True)
class Meta:
    """How the file was understood, to be shown and kept beside the import.

    container: "csv", "csv.gz", "xlsx", "xls", "xml", "html", "json" or "statement"; encoding is
        None for workbooks and json, delimiter for all but csv.
    header_row: record number of the header, 0 where the format needs none. columns: header -> field.
    ignored: headers that are not used. decimals, dates: header -> sign or order found.
    sha256: of the file as it was given. rows: data records read, empty ones not counted.
    vat: how amounts were taken: "none", "excluded", "included" (documents only).
    """

    container: str
    sha256: str
    encoding: str | None = None
    delimiter: str | None = None
    sheet: str | None = None
    header_row: int = 0
    columns: dict[str, str] = field(default_factory=dict)
    ignored: list[str] = field(default_factory=list)
    decimals: dict[str, str] = field(default_factory=dict)
    dates: dict[str, str] = field(default_factory=dict)
    vat: str | None = None
    rows: int = 0


@dataclass(slots=True)
class Table:
    """Accepted rows by column, and what was found wrong.

    frame: field -> values, every column as long as `rows`; empty cells are None.
    rows: record number of each accepted row. errors: their rows are not in the frame.
    held_back: record numbers of sound rows left out because another line of the same
        document is in `errors`; they are no errors of their own.
    """

    kind: str
    frame: Mapping[str, Sequence[Value]]
    rows: list[int]
    errors: list[Issue]
    warnings: list[Issue]
    held_back: list[int]
    meta: Meta
