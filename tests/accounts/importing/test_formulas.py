"""Formulas stay texts on the way out and come back as they were."""

from __future__ import annotations

import csv

import pytest

from accounts.importing import read
from accounts.services.exporting import safe_cell
from kam.lib.formulas import freed, guarded
from tests.accounts.importing.helpers import csv_file, expected, needs_shared, sample

PAYLOADS = [
    "=cmd|' /C calc'!A0",
    "+1+1",
    "-2+3",
    "@SUM(1+1)",
    "\t=1+1",
    "\r=1+1",
    "  =1+1",
    "\u00a0=1+1",
    "\uff1d1+1",
    "\uff0b1",
    "\uff0d1",
    "\uff20x",
    "\x00=1",
    "\tplain",
]


@pytest.mark.parametrize("text", PAYLOADS)
def test_payloads_are_guarded_and_come_back(text: str) -> None:
    assert guarded(text) == f"'{text}"
    assert freed(guarded(text)) == text
    assert safe_cell(text) == f"'{text}"


@pytest.mark.parametrize(
    "text", ["", "ООО Ёлка", "'s-Hertogenbosch", "1+1", "a=b", "«=»", "'", "''=1"]
)
def test_other_texts_are_left_alone(text: str) -> None:
    assert guarded(text) == freed(text) == text


@needs_shared
def test_the_sample_is_guarded_where_it_must_be() -> None:
    outcome = expected("n04_csv_injection.csv")
    with sample("n04_csv_injection.csv").open(encoding="utf-8-sig", newline="") as file:
        records = list(csv.reader(file, delimiter=";"))
    found = [
        at for at, cells in enumerate(records, 1) if any(guarded(cell) != cell for cell in cells)
    ]
    assert found == outcome["guard_on_export_records"]


def test_what_was_guarded_is_imported_as_it_was() -> None:
    names = [
        text for text in PAYLOADS if text.strip() == text and "\x00" not in text and text[0] != "\t"
    ]
    table = read(csv_file("name", *(f'"{guarded(text)}"' for text in names)), "clients")
    assert table.frame["name"] == names
