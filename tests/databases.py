"""The databases of the tests: migrated once as the owner, copied per process, used as the
application.

Tests meet the same rights as production: the connection is that of the application role, which
may not change tables.  A test that commits gets the database put back as migrated afterwards,
with all that migrations have put into it; emptying tables would lose that, and the application
role is not allowed to empty some of them.
"""

import hashlib
import itertools
import os
import tempfile
import time
from pathlib import Path

import dj_database_url
import psycopg2
from django.core.management import call_command
from django.db import connection, connections

from kam.backup.services import fill
from kam.backup.tools import run
from kam.processes import FileLock

ROOT = Path(__file__).parent.parent


def _kept_dump() -> Path:
    """Where the dump of a database with these migrations lies once one has been made.  The
    lock file stands for the migrations of what is installed."""
    sum_of_all = hashlib.sha256()
    sources = [*ROOT.glob("[!.]*/**/migrations/*.py"), ROOT / "requirements.lock"]
    # Roles and what they are given are in a dump as well.
    sources += [ROOT / "kam" / "servers" / "postgres.py", ROOT / "kam" / "backup" / "readers.py"]
    for path in sorted(sources):
        sum_of_all.update(str(path.relative_to(ROOT)).encode() + b"\0" + path.read_bytes())
    folder = Path(tempfile.gettempdir(), f"kam-test-templates-{os.getuid()}")
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder / f"{sum_of_all.hexdigest()}.dump"


class Databases:
    """The template of this run and the copy that belongs to this process."""

    def __init__(self, worker: str):
        home = Path(os.environ["KAM_HOME"])
        number = home.name.removeprefix("kam-tests-")
        self.template = f"test_kam_{number}_template"
        self.name = f"test_kam_{number}_{worker}"
        self._lock = home / "template.lock"
        self._given = {key: os.environ[key] for key in ("DATABASE_URL", "DATABASE_OWNER_URL")}
        self.owner = dj_database_url.parse(os.environ["DATABASE_OWNER_URL"])
        self._application = dj_database_url.parse(os.environ["DATABASE_URL"])

    def set_up(self) -> None:
        with FileLock(self._lock):
            if not self._run("SELECT 1 FROM pg_database WHERE datname = %s", [self.template]):
                self._make_template()
        self.put_back()
        self._connect_as(self._application, self.name)
        # Processes that tests start (a worker, a web server, a command) use the same database.
        for variable, role in (
            ("DATABASE_URL", self._application),
            ("DATABASE_OWNER_URL", self.owner),
        ):
            os.environ[variable] = (
                f"postgres://{role['USER']}:{role['PASSWORD']}@{role['HOST']}:{role['PORT']}"
                f"/{self.name}"
            )

    def put_back(self) -> None:
        """Make this process's database what the migrations left."""
        connections.close_all()
        self.copy(self.name)

    def copy(self, name: str) -> None:
        """Make a database of that name as the migrations left it, in place of any there was."""
        self.drop(name)
        self._run(f'CREATE DATABASE "{name}" TEMPLATE "{self.template}"')
        # Rights on a database as such are not copied from its template.
        self._run(f'GRANT CREATE ON DATABASE "{name}" TO "{self._application["USER"]}"')

    def tear_down(self) -> None:
        connections.close_all()
        self.drop(self.name)
        # Benchmarks of one run follow each other in one process: the next one starts afresh.
        os.environ.update(self._given)
        connection.settings_dict["NAME"] = self._application["NAME"]

    def drop(self, name: str) -> None:
        """Drop the database; waits while the server itself (autovacuum) is busy in it, which
        the owner may not interrupt."""
        for attempt in itertools.count():
            try:
                self._run(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
            except psycopg2.errors.InsufficientPrivilege:
                if attempt == 1500:
                    raise
                time.sleep(0.2)
            else:
                return

    def _make_template(self) -> None:
        """Migrate a new database, or read it from the dump that an earlier run with the same
        migrations has left.  Migrating takes half a minute, reading a few seconds."""
        self._run(f'CREATE DATABASE "{self.template}"')
        kept = _kept_dump()
        try:
            if kept.exists():
                fill(kept, self.owner, self.template)
            else:
                self._connect_as(self.owner, self.template)
                call_command("migrate", verbosity=0, interactive=False)
                unfinished = kept.with_suffix(f".{os.getpid()}")
                dump = ["--format=custom", f"--file={unfinished}"]
                run("pg_dump", dump, self.owner, self.template)
                unfinished.replace(kept)
        except BaseException:
            connections.close_all()
            self.drop(self.template)
            raise
        connections.close_all()

    def _connect_as(self, role: dict, name: str) -> None:
        connections.close_all()
        account = {key: role[key] for key in ("USER", "PASSWORD", "HOST", "PORT")}
        connection.settings_dict.update(account, NAME=name)

    def _run(self, statement: str, parameters: list | None = None) -> list:
        """One statement on the database that the run was given, as the owner."""
        role = self.owner
        maintenance = psycopg2.connect(
            host=role["HOST"],
            port=role["PORT"],
            user=role["USER"],
            password=role["PASSWORD"],
            dbname=role["NAME"],
        )
        maintenance.autocommit = True
        try:
            with maintenance.cursor() as cursor:
                cursor.execute(statement, parameters)
                return cursor.fetchall() if cursor.description else []
        finally:
            maintenance.close()
