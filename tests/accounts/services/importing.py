"""What the tests of the import share: files from text, and the samples beside the project."""

import textwrap
from pathlib import Path

import pytest
from django.conf import settings

from accounts.importing import ReadOptions
from accounts.services.importing import run
from kam.lib.scoping import acting_system

SHARED = settings.BASE_DIR.parent / "shared"


def shared(*parts: str) -> Path:
    """A file of the data that stands beside the project; skips where it is absent."""
    path = SHARED.joinpath(*parts)
    if not path.exists():
        pytest.skip(f"needs ../shared/{'/'.join(parts)} beside the project")
    return path


class Importer:
    """Imports text as if it were a file, and counts rows as the system."""

    def __init__(self, folder: Path):
        self._folder = folder
        self._files = 0

    def __call__(self, kind: str, text: str, *, vat=None, columns=None, **options):
        self._files += 1
        path = self._folder / f"{kind}-{self._files}.csv"
        path.write_text(textwrap.dedent(text).lstrip("\n"), encoding="utf-8")
        return self.file(kind, path, vat=vat, columns=columns, **options)

    @staticmethod
    def file(kind: str, path: Path, *, vat=None, columns=None, **options):
        return run(path, kind, options=ReadOptions(map=columns or {}, vat=vat), **options)


def rows(model, *fields, **filters):
    """Values of the rows of a scoped model, in order of id."""
    with acting_system("test"):
        return list(model.objects.filter(**filters).order_by("pk").values_list(*fields))


def count(model, **filters) -> int:
    with acting_system("test"):
        return model.objects.filter(**filters).count()


def codes(report) -> list[tuple[int | None, str]]:
    return [(finding["row"], finding["code"]) for finding in report.as_json()["errors"]]
