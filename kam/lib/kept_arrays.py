"""Arrays that take long to read, kept in files for all processes of an installation.

The key of a file says all that its content depends on, so whoever finds a file of their key has the
right arrays, and whoever does not makes them.  Files are written beside and renamed: nobody reads
half of one.  Where the disk refuses, nothing is kept and nothing fails.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import tempfile
import time
import zipfile
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from django.conf import settings
from numpy.typing import NDArray

_FOLDER, _ENDING, _UNFINISHED = "kept", ".npz", ".part"
# What a killed process left unfinished is in nobody's hands after so long.
_ABANDONED_SECONDS = 3600.0


def is_there(kind: str, key: tuple, seconds: float) -> bool:
    """Whether there is a file of that key which is not older than that."""
    try:
        return time.time() - _path(kind, key).stat().st_mtime <= seconds
    except OSError:
        return False


def find(kind: str, key: tuple, seconds: float) -> dict[str, NDArray] | None:
    """The arrays of that key by name; None where there are none, or they are older than that."""
    if not is_there(kind, key, seconds):
        return None
    try:
        with np.load(_path(kind, key), allow_pickle=False) as kept:
            return {name: kept[name] for name in kept.files}
    except (OSError, ValueError, zipfile.BadZipFile):
        return None


def keep(kind: str, key: tuple, arrays: Mapping[str, NDArray], most: int) -> None:
    """Keep arrays under a key; of each kind the ``most`` latest files stay."""
    path = _path(kind, key)
    with contextlib.suppress(OSError):
        path.parent.mkdir(mode=0o700, exist_ok=True)
        handle, part = tempfile.mkstemp(_UNFINISHED, f"{kind}-", path.parent)
        try:
            with os.fdopen(handle, "wb") as file:
                np.savez(file, allow_pickle=False, **arrays)
            Path(part).replace(path)
        finally:
            Path(part).unlink(missing_ok=True)
        _thin(kind, path.parent, most)


def _path(kind: str, key: tuple) -> Path:
    digest = hashlib.sha256(repr(key).encode()).hexdigest()
    return Path(settings.HOME, _FOLDER, f"{kind}-{digest[:32]}{_ENDING}")


def _thin(kind: str, folder: Path, most: int) -> None:
    written = {path: path.stat().st_mtime for path in folder.glob(f"{kind}-*{_ENDING}")}
    late = sorted(written, key=lambda path: written[path], reverse=True)[most:]
    left = folder.glob(f"{kind}-*{_UNFINISHED}")
    old = [path for path in left if time.time() - path.stat().st_mtime > _ABANDONED_SECONDS]
    for path in (*late, *old):
        path.unlink(missing_ok=True)
