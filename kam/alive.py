"""Signs of life of processes that serve no requests, for the health checks of containers.

``python -m kam.alive dispatcher``: exit code 0 where it gave one within a minute.  Imports nothing
of the product, so that it costs nothing to ask.
"""

import os
import sys
import tempfile
import time
from pathlib import Path

FRESH = 60.0  # seconds


def place(name: str) -> Path:
    return Path(os.environ.get("KAM_ALIVE", tempfile.gettempdir())) / f"kam-{name}.alive"


def sign(name: str) -> None:
    """Called in the loop of the process.  A full disk must not end it."""
    try:
        place(name).touch()
    except OSError:
        return


def is_alive(name: str, now: float | None = None) -> bool:
    try:
        last = place(name).stat().st_mtime
    except OSError:
        return False
    return (time.time() if now is None else now) - last < FRESH


if __name__ == "__main__":
    sys.exit(0 if is_alive(sys.argv[1]) else 1)
