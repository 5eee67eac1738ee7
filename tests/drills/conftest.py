"""A house for each drill, and the table of what was found."""

import os
import shutil
import tempfile
from pathlib import Path
from unittest import mock

import dj_database_url
import pytest
from django.db import connection, connections

from kam.backup import tools
from kam.backup.services import fill
from kam.jobs import registry

from .house import House
from .kinds.work import KINDS, TABLES
from .servers import own_postgres, own_valkey

COLUMNS = ("fault", "done", "seen", "limit", "verdict")


class Told:
    """What a drill says of itself, for the table."""

    def __init__(self, properties: list):
        self._row: dict[str, str] = {}
        properties.append(("drill", self._row))

    def fault(self, number: str, done: str, limit: str) -> None:
        self._row.update(fault=number, done=done, limit=limit, seen="it did not come to its end")

    def saw(self, seen: str) -> None:
        self._row["seen"] = seen


@pytest.fixture
def told(request) -> Told:
    return Told(request.node.user_properties)


@pytest.fixture
def directory():
    """A directory that servers of root, which run as nobody, can pass; in memory where it can be."""
    memory = Path("/dev/shm")
    made = Path(tempfile.mkdtemp(prefix="kam-drill-", dir=memory if memory.is_dir() else None))
    made.chmod(0o755)
    yield made
    shutil.rmtree(made, ignore_errors=True)


@pytest.fixture
def broker(directory):
    (directory / "broker").mkdir(mode=0o755)
    server = own_valkey(directory / "broker")
    yield server
    server.stop()


@pytest.fixture
def house(django_db_setup, django_db_blocker, directory, broker):
    """The product with a database of its own on the server of this test run."""
    databases = django_db_setup
    name = f"{databases.name}_drill"
    databases.copy(name)
    urls = {key: os.environ[key] for key in ("DATABASE_URL", "DATABASE_OWNER_URL")}
    names = {key: f"{url.rpartition('/')[0]}/{name}" for key, url in urls.items()}
    with django_db_blocker.unblock(), _connected(NAME=name):
        yield from _house(directory / "home", {**names, **broker.addresses}, broker, None)
    databases.drop(name)


@pytest.fixture
def own_house(django_db_setup, django_db_blocker, directory, broker):
    """The product on a PostgreSQL of its own, for drills that hurt it."""
    (directory / "postgres").mkdir(mode=0o755, exist_ok=True)
    server = own_postgres(directory / "postgres")
    try:
        owner = dj_database_url.parse(server.addresses["database_owner_url"])
        made, schema = django_db_setup, str(directory / "schema")
        tools.run("pg_dump", ["-Fc", "-f", schema], made.owner, made.template)
        fill(Path(schema), owner, owner["NAME"])
        account = dj_database_url.parse(server.addresses["database_url"])
        named = {key: account[key] for key in ("USER", "PASSWORD", "HOST", "PORT", "NAME")}
        addresses = {**server.addresses, **broker.addresses}
        with django_db_blocker.unblock(), _connected(**named):
            yield from _house(directory / "home", addresses, broker, server)
    finally:
        server.stop()


def _house(home: Path, servers: dict[str, str], broker, database):
    home.mkdir()
    servers = {key.upper(): value for key, value in servers.items()}
    made = House(home, servers, broker, database)
    made.rows(TABLES)
    registry.kinds()  # they register once, on loading: not inside the patch, which ends
    with mock.patch.dict(registry._kinds, {kind.name: kind for kind in KINDS}):
        try:
            yield made
        finally:
            broker.thaw()
            made.stop()
            if kept := os.environ.get("KAM_DRILL_LOGS"):  # to look at what the processes said
                shutil.copytree(home / "log", kept, dirs_exist_ok=True)


class _connected:
    """This process uses another database for as long as a drill lasts."""

    def __init__(self, **account):
        self._account = account

    def __enter__(self):
        self._before = dict(connection.settings_dict)
        connections.close_all()
        connection.settings_dict.update(self._account)

    def __exit__(self, *error):
        connections.close_all()
        connection.settings_dict.update(self._before)


def pytest_terminal_summary(terminalreporter, config):
    """One table, where drills are what was asked for."""
    if config.getoption("markexpr") != "drill":
        return
    rows = []
    for verdict, state in (("held", "passed"), ("BROKE", "failed"), ("skipped", "skipped")):
        for report in terminalreporter.stats.get(state, []):
            row = dict(getattr(report, "user_properties", ())).get("drill")
            if row:
                rows.append({**row, "verdict": verdict})
    rows.sort(key=lambda row: (int(row["fault"].split()[0].strip("F,")), row["done"]))
    terminalreporter.section("drills")
    for row in [dict(zip(COLUMNS, COLUMNS)), *rows]:
        terminalreporter.write_line(" | ".join(row[name] for name in COLUMNS))
