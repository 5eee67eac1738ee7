"""Small files made on the spot, and where shared samples are if the checkout has them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from accounts.importing import ReadOptions, Refused, Table, read

SHARED = Path(__file__).resolve().parents[4] / "shared"
needs_shared = pytest.mark.skipif(
    not (SHARED / "samples").is_dir(),
    reason="the samples beside the checkout (../shared) are not there",
)
# A sound ИНН of an unissued range, and another.
INN, OTHER_INN = "7799100000", "7899101310"


def sample(name: str) -> Path:
    return SHARED / "samples" / name


def all_expected() -> dict[str, Any]:
    with (SHARED / "samples" / "expected.json").open(encoding="utf-8") as file:
        found: dict[str, Any] = json.load(file)["files"]
    return found


def expected(name: str) -> dict[str, Any]:
    found: dict[str, Any] = all_expected()[name]
    return found


def csv_file(*lines: str, encoding: str = "utf-8", end: str = "\r\n") -> bytes:
    return end.join([*lines, ""]).encode(encoding)


def documents(*lines: str, encoding: str = "utf-8", **options: Any) -> Table:
    return read(csv_file(*lines, encoding=encoding), "documents", ReadOptions(**options))


def errors_of(table: Table) -> list[tuple[int | None, str | None, str]]:
    return [(issue.row, issue.column, issue.code) for issue in table.errors]


def warnings_of(table: Table) -> list[tuple[int | None, str]]:
    return [(issue.row, issue.code) for issue in table.warnings]


def refusal(source: bytes | Path, kind: str, options: ReadOptions | None = None) -> Refused:
    with pytest.raises(Refused) as caught:
        read(source, kind, options)
    return caught.value


@contextmanager
def refusal_of(code: str) -> Iterator[None]:
    with pytest.raises(Refused) as caught:
        yield
    assert caught.value.issue.code == code


def total(table: Table, name: str = "amount") -> Decimal:
    values = [value for value in table.frame[name] if isinstance(value, Decimal)]
    return sum(values, Decimal(0))


def first_row(table: Table) -> Mapping[str, object]:
    return {name: values[0] for name, values in table.frame.items()}
