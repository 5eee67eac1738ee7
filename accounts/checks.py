"""What must hold of the settings before anything starts."""

import os
from pathlib import Path

from django.conf import settings
from django.core.checks import Error, register


@register()
def import_folder(**_kwargs):
    """The watched folder exists, may be written, and is apart from the product's own files."""
    if not settings.IMPORT_FOLDER:
        return []
    folder = Path(settings.IMPORT_FOLDER)
    if not folder.is_absolute() or not folder.is_dir():
        said = "IMPORT_FOLDER must be the full path of a folder that exists"
    elif not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
        said = "IMPORT_FOLDER must be readable and writable for the product"
    elif _overlap(folder.resolve(), Path(settings.FILES_DIR).resolve()):
        said = "IMPORT_FOLDER must be apart from FILES_DIR"
    else:
        return []
    return [Error(said, hint=f"now: {folder}", id="accounts.E001")]


def _overlap(one: Path, other: Path) -> bool:
    return one.is_relative_to(other) or other.is_relative_to(one)
