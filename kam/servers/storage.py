"""Where the data and the binaries of the embedded servers lie, and who may reach them."""

import hashlib
import importlib.metadata
import importlib.util
import json
import os
import shutil
import stat
import tempfile
from pathlib import Path

from kam.processes import unprivileged_user

SYSTEM_STORAGE = Path("/var/lib/kam")

# Nothing of the caller's locale or PG* variables: a locale that is not installed stops initdb.
SERVER_ENVIRONMENT = {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"}


class ServerError(RuntimeError):
    """A server could not be started, or ended by itself; the text names it and its log."""


def data_directory(home: Path) -> Path:
    """``home``, or a directory of the system when root's home is closed to others.

    Servers of root run as ``nobody``, who cannot reach a project inside a closed directory such
    as /root.  Opening that directory is not ours to do.
    """
    if unprivileged_user() is None or passable(home):
        return home
    directory = _system_storage() / hashlib.sha256(os.fsencode(home)).hexdigest()[:16]
    directory.mkdir(mode=0o711, exist_ok=True)
    directory.chmod(0o711)
    return directory


def reachable(package: str, distribution: str, *companions: str) -> Path:
    """The directory of an installed package, or a copy of it that the servers' user can read.

    ``companions`` are directories beside it that it needs (relative library paths).  The package
    is not imported: those of the servers start threads, locks and clients of their own.
    """
    found = importlib.util.find_spec(package)
    if found is None or not found.submodule_search_locations:
        raise ServerError(
            f"the package {distribution} is not installed; set DATABASE_URL and REDIS_URL to "
            "use servers of your own"
        )
    directory = Path(found.submodule_search_locations[0]).resolve()
    if unprivileged_user() is None or passable(directory):
        return directory
    name = f"{distribution}-{importlib.metadata.version(distribution)}"
    sources = [directory, *(directory.with_name(companion) for companion in companions)]
    return _system_copy(name, sources) / directory.name


def passable(path: Path) -> bool:
    """True when any user can pass through ``path`` and all directories above it."""
    return all(part.stat().st_mode & stat.S_IXOTH for part in (path, *path.resolve().parents))


def give(path: Path) -> None:
    """Hand a file or directory to the user that the servers run as."""
    if user := unprivileged_user():
        os.chown(path, user.pw_uid, user.pw_gid)


def read_json(path: Path) -> dict:
    """The object in a file; empty when there is no file."""
    try:
        return json.loads(path.read_text())
    except FileNotFoundError:
        return {}


def write_private(path: Path, text: str) -> None:
    """Replace a file at once by one that only its owner can read."""
    unfinished = path.with_name(f"{path.name}.new")
    unfinished.unlink(missing_ok=True)
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
    unfinished.rename(path)


def _system_storage() -> Path:
    SYSTEM_STORAGE.mkdir(mode=0o755, exist_ok=True)
    found = SYSTEM_STORAGE.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != 0 or found.st_mode & 0o022:
        raise ServerError(f"{SYSTEM_STORAGE} must be a directory that only root can write to")
    SYSTEM_STORAGE.chmod(0o755)
    return SYSTEM_STORAGE


def _system_copy(name: str, directories: list[Path]) -> Path:
    """A copy of ``directories`` that every user can read; made once, complete or absent."""
    copy = _system_storage() / name
    if copy.exists():
        return copy
    unfinished = Path(tempfile.mkdtemp(prefix=f"{name}.", dir=copy.parent))
    for directory in directories:
        if directory.exists():
            shutil.copytree(directory, unfinished / directory.name, symlinks=True)
    for path in (unfinished, *unfinished.rglob("*")):
        if not path.is_symlink():
            mode = path.stat().st_mode
            path.chmod(mode | (0o055 if mode & stat.S_IXUSR else 0o044))
    try:
        unfinished.rename(copy)
    except OSError:  # another start was faster
        shutil.rmtree(unfinished)
    return copy
