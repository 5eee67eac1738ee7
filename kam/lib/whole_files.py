"""Files that are kept are there as a whole or not at all, whatever happens while they are written."""

from __future__ import annotations

import os
import uuid
from contextlib import suppress

from django.core.files.storage import FileSystemStorage

# Beside the files, on the same disk: from there a file gets its name in one step.
UNFINISHED = ".unfinished"


class WholeFiles(FileSystemStorage):
    """Writes under another name, to the disk, and renames.  Raises OSError and leaves nothing where
    the disk is full; what a killed process leaves lies in ``.unfinished``, where nobody looks."""

    def _save(self, name, content):
        part = f"{UNFINISHED}/{uuid.uuid4().hex}"
        try:
            super()._save(part, content)
            _to_disk(self.path(part))
            name = self._reserve(name)
            os.replace(self.path(part), self.path(name))
        finally:
            with suppress(FileNotFoundError):
                os.unlink(self.path(part))
        return name

    def _reserve(self, name: str) -> str:
        """An empty file of that name, or of a similar one where it is taken."""
        while True:
            full = self.path(name)
            os.makedirs(os.path.dirname(full), exist_ok=True)
            try:
                os.close(os.open(full, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o666))
            except FileExistsError:
                name = self.get_available_name(name)
            else:
                return name.replace("\\", "/")


def _to_disk(path: str) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
