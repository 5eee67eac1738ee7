"""A replica of the database that follows, falls behind, goes away and is promoted."""

from contextlib import contextmanager
from pathlib import Path

import dj_database_url
import pytest
from django.db import connections, transaction
from django.test.utils import override_settings

from accounts.models import Client
from kam import processes
from kam.backup import tools
from kam.backup.services import fill
from kam.exports import services
from kam.exports.models import Export
from kam.health import checks as health
from kam.jobs import execution
from kam.lib import checks, replica
from kam.lib.scoping import acting_as, acting_system
from kam.servers import postgres
from kam.servers.storage import SERVER_ENVIRONMENT, give
from tests.factories import make_client, make_user

from .conftest import _connected
from .servers import OwnServer, own_postgres

pytestmark = [pytest.mark.drill, pytest.mark.full]


class Follower(postgres.Postgres):
    """A copy of another server that follows it; ``copied`` is that server."""

    copied: OwnServer

    def __init__(self, directory: Path, passwords: dict[str, str], durable: bool):
        super().__init__(directory, self.copied._server._passwords, durable)

    def _initialise(self, binaries: Path) -> None:
        self.data.mkdir(mode=0o700)
        give(self.data)
        owner = f"host=127.0.0.1 port={self.copied.port} user={postgres.SUPERUSER}"
        password = self._passwords[postgres.SUPERUSER]
        done = processes.run(
            [binaries / "pg_basebackup", "-D", self.data, "-R", "-X", "stream", "-c", "fast",
             "-d", f"{owner} password={password}"],
            env=SERVER_ENVIRONMENT,
            user=processes.unprivileged_user(),
        )  # fmt: skip
        assert done.returncode == 0, done.stderr

    def _prepare(self, port: int) -> None:
        with self._connected(postgres.DATABASE, port):
            pass  # the roles are those of the copied one


@pytest.fixture
def follower(django_db_setup, django_db_blocker, directory, settings, tmp_path):
    """The product on a PostgreSQL of its own with a replica; the replica's server."""
    for name in ("primary", "replica"):
        (directory / name).mkdir(mode=0o755)
    settings.FILES_DIR = tmp_path
    primary = own_postgres(directory / "primary")
    second = None
    try:
        owner = dj_database_url.parse(primary.addresses["database_owner_url"])
        made, schema = django_db_setup, str(directory / "schema")
        tools.run("pg_dump", ["-Fc", "-f", schema], made.owner, made.template)
        fill(Path(schema), owner, owner["NAME"])
        kind = type("Follower", (Follower,), {"copied": primary})
        second = OwnServer(kind, directory / "replica")
        account = dj_database_url.parse(primary.addresses["database_url"])
        named = {key: account[key] for key in ("USER", "PASSWORD", "HOST", "PORT", "NAME")}
        with django_db_blocker.unblock(), _connected(**named), _replica_of(second):
            yield second
    finally:
        for server in filter(None, (second, primary)):
            server.stop()


@contextmanager
def _replica_of(server: OwnServer):
    """What the settings make of DATABASE_REPLICA_URL."""
    url = server.addresses["database_url"]
    present = connections["default"].settings_dict
    connections.settings["replica"] = {
        **present,
        **{k: v for k, v in dj_database_url.parse(url).items() if v},
        "ATOMIC_REQUESTS": False,
        "OPTIONS": {"connect_timeout": 3, "options": "-c default_transaction_read_only=on"},
    }
    try:
        with override_settings(DATABASE_ROUTERS=["kam.lib.replica.Router"]):
            yield
    finally:
        connections["replica"].close()
        del connections["replica"], connections.settings["replica"]


def ask_superuser(server: OwnServer, statement: str) -> None:
    with server._server._connected(postgres.DATABASE, server.port) as cursor:
        cursor.execute(statement)


def names_there() -> set[str]:
    """Where the names of clients are read, and which ones."""
    with acting_system("test"), replica.reading(patience=0.3):
        return {client.name + "@" + client._state.db for client in Client.objects.all()}


def checked() -> health.Check:
    (found,) = health._replica(None)
    return found


def written(person) -> tuple[Export, int]:
    """A list as a file, as the worker writes it, and how many statements the replica had."""
    with acting_as(person):
        row = services.request(person, "clients", "csv")
    there = []

    def count(execute, sql, *rest):
        there.append(sql)
        return execute(sql, *rest)

    with connections["replica"].execute_wrapper(count):
        execution.run(row.job_id)
    return Export.unscoped.get(pk=row.pk), sum("accounts_client" in sql for sql in there)


def test_long_lists_are_read_from_a_replica_that_has_all_and_from_the_primary_otherwise(
    follower, told
):
    told.fault(
        "F20", "A replica stopped short, killed, started again and promoted, while lists are written",
        "every list holds what was just saved; red in time",
    )  # fmt: skip
    with acting_system("test"):
        boss = make_user("administrator", language="en")
        make_client("First")
    # What was saved a moment ago is there, whoever reads; writing never goes there.
    assert names_there() == {"First@replica"}
    row, asked = written(boss)
    assert (row.rows, asked > 0) == (1, True)
    assert (checked().state, checked().value) == (health.GOOD, 0)
    assert checks.replica_that_is_none() == []
    with acting_system("test"), replica.reading():
        made = make_client("Second")
        assert made._state.db == "default"
        with pytest.raises(Exception, match="read-only"):
            Client.objects.using("replica").filter(pk=made.pk).update(name="x")
    # A transaction sees what it has written itself.
    with acting_system("test"), transaction.atomic():
        make_client("Third")
        assert "Third@default" in names_there()

    ask_superuser(follower, "SELECT pg_wal_replay_pause()")
    with acting_system("test"):
        make_client("Fourth")
    assert "Fourth@default" in names_there()
    assert (checked().state, checked().value > 0) == (health.GOOD, True), "for moments only"
    row, asked = written(boss)
    assert (row.rows, asked) == (4, 0)
    ask_superuser(follower, "SELECT pg_wal_replay_resume()")
    assert "Fourth@replica" in names_there()

    follower.kill()
    assert "Fourth@default" in names_there()
    assert (checked().state, checked().of) == (health.BAD, replica.AWAY)
    assert [each.id for each in checks.replica_that_is_none()] == ["kam.W018"]
    row, asked = written(boss)
    assert (row.rows, asked) == (4, 0)
    follower.start()
    assert "Fourth@replica" in names_there()

    # A query that is broken off fails the first attempt; the next one asks the primary.
    with acting_as(boss):
        row = services.request(boss, "clients", "csv")
    _break_off_once(follower)
    execution.run(row.job_id)
    row = Export.unscoped.select_related("job").get(pk=row.pk)
    assert (row.job.status, row.job.attempts) == ("waiting", 1)
    execution.run(row.job_id)
    assert Export.unscoped.get(pk=row.pk).rows == 4

    ask_superuser(follower, "SELECT pg_promote()")
    assert "Fourth@default" in names_there()
    assert (checked().state, checked().of) == (health.BAD, replica.WRITABLE)
    assert [each.id for each in checks.replica_that_is_none()] == ["kam.E016"]
    told.saw("5 of 5 lists whole; red when killed and when promoted")


def _break_off_once(server: OwnServer) -> None:
    """The next list meets a replica that ends its session in the middle."""
    asked = connections["replica"].execute_wrappers

    def cut(execute, sql, params, many, context):
        if "accounts_client" in sql and cut in asked:
            asked.remove(cut)
            ask_superuser(
                server,
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'kam_app'",
            )
        return execute(sql, params, many, context)

    asked.append(cut)
