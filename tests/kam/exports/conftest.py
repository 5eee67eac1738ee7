"""Asking for a list as people do, running the job as a worker does, and reading the file."""

import csv
import io

import pytest
from django.utils.translation import override

from kam.exports.models import Export
from kam.exports.services import request
from kam.jobs import execution
from kam.lib.scoping import acting_as


class Taken:
    """An export after its job: ``head`` and ``rows`` of a CSV file, or what went wrong."""

    def __init__(self, row: Export):
        self.row = row
        self.error = row.job.error
        self.content = row.file.open("rb").read() if row.file else b""
        self.head: list[str] = []
        self.rows: list[list[str]] = []
        if self.content and row.format == "csv":
            delimiter = ";" if row.language == "ru" else ","
            text = self.content.decode("utf-8-sig")
            self.head, *self.rows = csv.reader(io.StringIO(text), delimiter=delimiter)

    def column(self, title: str) -> list[str]:
        return [row[self.head.index(title)] for row in self.rows]


def finish(row: Export) -> Taken:
    """Run the job of an export, whoever asked."""
    execution.run(row.job_id)
    return Taken(Export.unscoped.select_related("job").get(pk=row.pk))


@pytest.fixture
def take():
    def asked(person, name, query="", of=None, format="csv", language="") -> Taken:
        with acting_as(person), override(language or person.language):
            row = request(person, name, format, query, of)
        return finish(row)

    return asked
