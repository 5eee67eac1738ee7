"""The embedded servers: found, shared, stopped with their last user, and safe under kill -9."""

import json
import os
import shutil
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from urllib.parse import urlsplit

import psycopg2
import pytest
import redis

from kam import embedded, processes
from kam.embedded import PROJECT, ServerError
from kam.processes import FileLock
from kam.servers.postgres import Postgres

GIVEN = ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL", "SECRET_KEY")

# A user of the servers in a process of its own: says that it is there, leaves at end of input.
USER = """
import sys
from pathlib import Path
from kam import embedded
with embedded.ensure(Path(sys.argv[1]), durable=False) as servers:
    print(servers.database_url, flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def home(monkeypatch):
    """An empty home whose path has a space and Cyrillic letters."""
    for variable in GIVEN:
        monkeypatch.delenv(variable, raising=False)
    directory = Path(tempfile.mkdtemp(prefix="kam "))
    directory.chmod(0o755)
    home = directory / "клиент ключ"
    yield home
    wait_until(lambda: not processes.is_locked(home / "keeper.lock"))
    shutil.rmtree(directory)


def another_user(home: Path) -> subprocess.Popen:
    return subprocess.Popen(
        [sys.executable, "-c", USER, str(home)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=PROJECT,
    )


def asked(url: str, statement: str, *parameters):
    connection = psycopg2.connect(url)
    connection.autocommit = True
    try:
        with connection.cursor() as cursor:
            cursor.execute(statement, parameters or None)
            return cursor.fetchone()[0] if cursor.description else None
    finally:
        connection.close()


def refused(url: str, statement: str) -> bool:
    try:
        asked(url, statement)
    except psycopg2.errors.InsufficientPrivilege:
        return True
    return False


def pids(home: Path) -> list[int]:
    state = json.loads((home / "servers.json").read_text())
    return [server["pid"] for server in state["servers"].values()]


def wait_until(condition, seconds=60):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.05)


def test_first_user_starts_and_last_user_stops(home):
    first = embedded.ensure(home, durable=False)
    server_pids = pids(home)
    second = another_user(home)
    assert second.stdout.readline().strip() == first.database_url
    first.close()
    assert asked(first.database_url, "SELECT 1") == 1, "stopped under a running command"
    second.communicate()
    wait_until(lambda: not any(processes.command_line(pid) for pid in server_pids))


def test_a_killed_user_counts_as_having_left(home):
    user = another_user(home)
    user.stdout.readline()
    server_pids = pids(home)
    user.kill()
    user.communicate()
    wait_until(lambda: not any(processes.command_line(pid) for pid in server_pids))


def test_two_first_users_at_once_share_one_pair(home):
    users = [another_user(home), another_user(home)]
    addresses = {user.stdout.readline() for user in users}
    for user in users:
        user.communicate()
    assert len(addresses) == 1


def test_data_and_secrets_outlive_a_stop(home):
    with embedded.ensure(home) as servers:
        secret_key = servers.secret_key
        asked(servers.database_owner_url, "CREATE TABLE kept AS SELECT 42 AS answer")
        broker = redis.Redis.from_url(servers.redis_url)
        broker.set("kept", "42")
        broker.close()
    assert embedded.find_running(home) is None
    with embedded.ensure(home) as servers:
        assert servers.secret_key == secret_key
        assert asked(servers.database_url, "SELECT answer FROM kept") == 42
        with redis.Redis.from_url(servers.redis_url) as broker:
            assert broker.get("kept") == b"42"


def test_kill_of_the_keeper_leaves_nothing_and_loses_nothing(home):
    with embedded.ensure(home) as servers:
        asked(servers.database_owner_url, "CREATE TABLE kept (number int)")
        asked(servers.database_url, "INSERT INTO kept VALUES (1)")
        before = pids(home)
        os.kill(embedded.find_running(home)["keeper"], signal.SIGKILL)
        wait_until(lambda: not processes.is_locked(home / "keeper.lock"))
        with pytest.raises(ServerError, match="ended"):
            servers.check()
    with embedded.ensure(home) as servers:
        assert asked(servers.database_url, "SELECT count(*) FROM kept") == 1
        assert not any(processes.command_line(pid) for pid in before)


def test_kill_of_everything_while_writing_keeps_what_was_committed(home):
    with embedded.ensure(home) as servers:
        asked(servers.database_owner_url, "CREATE TABLE written (number int)")
        for number in range(20):
            asked(servers.database_url, "INSERT INTO written VALUES (%s)", number)
        for pid in [embedded.find_running(home)["keeper"], *pids(home)]:
            os.kill(pid, signal.SIGKILL)
    with embedded.ensure(home) as servers:
        assert asked(servers.database_url, "SELECT count(*) FROM written") == 20


def test_a_server_that_dies_is_named_with_its_log(home):
    with embedded.ensure(home, durable=False) as servers:
        state = embedded.find_running(home)
        keeper_log = home / "log" / "valkey.log"
        os.kill(state["servers"]["valkey"]["pid"], signal.SIGKILL)
        wait_until(lambda: not processes.is_locked(home / "keeper.lock"))
        assert not processes.command_line(state["servers"]["postgres"]["pid"])
        assert not keeper_log.exists(), "a home that is not durable goes away"
        with pytest.raises(ServerError):
            servers.check()


def test_a_reused_pid_in_the_pid_file_is_not_believed(home):
    with embedded.ensure(home):
        data = Path(json.loads((home / "servers.json").read_text())["servers"]["postgres"]["mark"])
    bystander = subprocess.Popen(
        ["sleep", "600"], user=processes.unprivileged_user().pw_uid if os.geteuid() == 0 else None
    )
    try:
        (data / "postmaster.pid").write_text(f"{bystander.pid}\n{data}\n0\n1\n\n127.0.0.1\n")
        with embedded.ensure(home) as servers:
            assert asked(servers.database_url, "SELECT 1") == 1
        assert bystander.poll() is None, "a foreign process was ended"
    finally:
        bystander.kill()
        bystander.wait()


def test_half_made_cluster_is_made_anew(home):
    (home / "pg.tmp").mkdir(parents=True)
    (home / "pg.tmp" / "PG_VERSION").write_text("18\n")
    with embedded.ensure(home, durable=False) as servers:
        assert asked(servers.database_url, "SELECT 1") == 1


def test_locale_and_postgres_variables_of_the_caller_do_not_matter(home, monkeypatch):
    for variable, value in {
        "LANG": "xx_XX.UTF-8",
        "LC_ALL": "xx_XX.UTF-8",
        "TZ": "Asia/Vladivostok",
        "PGHOST": "nowhere.invalid",
        "PGOPTIONS": "-c nonsense=1",
    }.items():
        monkeypatch.setenv(variable, value)
    servers = embedded.ensure(home, durable=False)
    monkeypatch.delenv("PGOPTIONS")
    try:
        assert asked(servers.database_url, "SHOW timezone") == "UTC"
    finally:
        servers.close()


def test_russian_text_compares_as_people_expect(home):
    with embedded.ensure(home, durable=False) as servers:
        url = servers.database_url
        assert asked(url, "SELECT upper('ёлка')") == "ЁЛКА"
        assert asked(url, "SELECT 'ПАО ГАЗПРОМ' ILIKE '%газпром%'")
        assert asked(url, "SELECT similarity('Газпром нефть', 'ГАЗПРОМНЕФТЬ')") > 0.6
        assert asked(url, "SELECT word_similarity('газпром', 'ПАО Газпром нефть')") == 1
        assert asked(url, "SELECT unaccent('Ёлка')") == "Елка"


def test_the_application_role_works_on_rows_and_not_on_structure(home):
    with embedded.ensure(home, durable=False) as servers:
        owner, application = servers.database_owner_url, servers.database_url
        asked(owner, "CREATE TABLE thing (id int GENERATED BY DEFAULT AS IDENTITY, name text)")
        asked(application, "INSERT INTO thing (name) VALUES ('a')")
        asked(application, "UPDATE thing SET name = 'b'")
        asked(application, "DELETE FROM thing")
        asked(application, "TRUNCATE thing")
        assert refused(application, "ALTER TABLE thing ADD COLUMN more int")
        assert refused(application, "DROP TABLE thing")
        assert refused(application, "CREATE TABLE public.own (id int)")
        asked(application, "CREATE SCHEMA runs")
        asked(application, "CREATE TABLE runs.own (id int)")
        asked(owner, "TRUNCATE runs.own")


def test_databases_of_tests_have_the_same_extensions_and_grants(home):
    with embedded.ensure(home, durable=False) as servers:
        asked(servers.database_owner_url, "CREATE DATABASE another")
        owner = urlsplit(servers.database_owner_url)._replace(path="/another").geturl()
        application = urlsplit(servers.database_url)._replace(path="/another").geturl()
        asked(owner, "CREATE TABLE thing (name text)")
        asked(application, "INSERT INTO thing VALUES ('a')")
        assert asked(application, "SELECT similarity('abc', 'abc')") == 1


def test_servers_ask_for_a_password_and_listen_only_here(home):
    with embedded.ensure(home, durable=False) as servers:
        for address in (servers.database_url, servers.redis_url):
            assert urlsplit(address).hostname == "127.0.0.1"
        wrong = urlsplit(servers.database_url)
        wrong = wrong._replace(netloc=f"kam_app:wrong@127.0.0.1:{wrong.port}").geturl()
        with pytest.raises(psycopg2.OperationalError, match="password"):
            psycopg2.connect(wrong)
        with (
            redis.Redis(port=urlsplit(servers.redis_url).port) as stranger,
            pytest.raises(redis.AuthenticationError),
        ):
            stranger.ping()


def test_nobody_else_can_read_the_secrets(home):
    with embedded.ensure(home, durable=False):
        for name in ("servers.json", "passwords.json", "secret_key"):
            assert stat.S_IMODE((home / name).stat().st_mode) == 0o600
        for name in ("log", "pg", "valkey"):
            assert stat.S_IMODE((home / name).stat().st_mode) == 0o700


def test_addresses_of_the_environment_win_each_for_itself(home, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgres://somebody@db.invalid/kam")
    monkeypatch.setenv("SECRET_KEY", "given")
    with embedded.ensure(home, durable=False) as servers:
        assert servers.database_url == servers.database_owner_url == os.environ["DATABASE_URL"]
        assert servers.secret_key == "given"
        assert list(json.loads((home / "servers.json").read_text())["servers"]) == ["valkey"]
        monkeypatch.delenv("DATABASE_URL")
        with pytest.raises(ServerError, match="without postgres"):
            embedded.ensure(home, durable=False)
    monkeypatch.setenv("DATABASE_URL", "postgres://somebody@db.invalid/kam")
    monkeypatch.setenv("REDIS_URL", "redis://broker.invalid/0")
    with embedded.ensure(home) as servers:
        assert servers.redis_url == "redis://broker.invalid/0"
        assert not (home / "servers.json").exists()


def test_lost_passwords_are_said_plainly(home):
    with embedded.ensure(home):
        pass
    (home / "passwords.json").unlink()
    with pytest.raises(ServerError, match=r"passwords\.json is missing"):
        embedded.ensure(home)


def test_a_taken_port_is_not_the_end(home, monkeypatch):
    """Both servers end at once on a taken port; the keeper then takes another one."""
    from kam.servers import keeper

    (home / "log").mkdir(parents=True)
    home.chmod(0o711)
    free = keeper._free_port
    with socket.socket() as stranger:
        stranger.bind(("127.0.0.1", 0))
        stranger.listen()
        taken = stranger.getsockname()[1]
        ports = iter([taken])
        monkeypatch.setattr(keeper, "_free_port", lambda: next(ports, None) or free())
        running = keeper.Running(home, durable=False)
        try:
            running.start([Postgres.name])
            assert running.state["servers"]["postgres"]["port"] != taken
        finally:
            running.stop()


def test_a_lock_is_shared_by_users_and_exclusive_for_the_keeper(tmp_path):
    path = tmp_path / "lock"
    user, other, keeper = FileLock(path), FileLock(path), FileLock(path)
    assert user.take(shared=True, wait=False)
    assert other.take(shared=True, wait=False)
    assert not keeper.take(wait=False)
    user.close()
    assert not keeper.take(wait=False)
    other.release()
    assert keeper.take(wait=False)
    assert not other.take(shared=True, wait=False)
    assert processes.is_locked(path)
    keeper.close()
    assert not processes.is_locked(path)


def test_whoever_waits_for_another_start_in_vain_is_told(home, monkeypatch):
    monkeypatch.setattr(embedded, "PATIENCE", 0.2)
    home.mkdir(exist_ok=True)
    with FileLock(home / "start.lock"), pytest.raises(ServerError, match="end it first"):
        embedded.ensure(home, durable=False)
