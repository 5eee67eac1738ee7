"""One command starts everything and ends it cleanly, whatever happens to it."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from kam import embedded, processes, supervise
from kam.embedded import PROJECT

GIVEN = ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL", "SECRET_KEY", "SITE_URL", "PORT")
# Far longer than anything takes, so that only what hangs is called late.
SECONDS = 400
# People come by https, which web itself does not speak.
BEHIND_A_PROXY = {
    "SITE_URL": "https://kam.example.org",
    "ALLOWED_HOSTS": "kam.example.org,127.0.0.1",
    "TRUSTED_PROXIES": "127.0.0.1",
}


class Product:
    """``python -m kam.supervise run`` in a home of its own, as a person would start it."""

    def __init__(self, home: Path, port: int, **environment: str):
        self.home, self.port = home, port
        self.lines: list[str] = []
        self._process = subprocess.Popen(
            [sys.executable, "-m", "kam.supervise", "run"],
            cwd=PROJECT,
            env=os.environ | {"KAM_HOME": str(home), "PORT": str(port)} | environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        self.pid = self._process.pid

    def _read(self) -> None:
        self.lines.extend(self._process.stdout)

    @property
    def output(self) -> str:
        return "".join(self.lines)

    def wait_ready(self) -> None:
        wait_until(lambda: "Ready after" in self.output or self._process.poll() is not None)
        assert "Ready after" in self.output, self.output

    def end(self, sig: signal.Signals) -> int:
        self._process.send_signal(sig)
        return self.wait()

    def wait(self) -> int:
        code = self._process.wait(SECONDS)
        self._reader.join()
        return code

    def answers(self, path: str) -> int:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=30) as page:
                return page.status
        except urllib.error.HTTPError as error:
            return error.code

    def pids(self) -> list[int]:
        """Everything that was started, below the supervisor and below the keeper."""
        keeper = embedded.find_running(self.home)["keeper"]
        children: dict[int, list[int]] = {}
        listing = processes.run(["ps", "-eo", "pid=,ppid="]).stdout
        for pid, parent in (map(int, line.split()) for line in listing.splitlines()):
            children.setdefault(parent, []).append(pid)
        found = [self.pid, keeper]
        for pid in found:
            found += [child for child in children.get(pid, []) if child not in found]
        return found

    def child(self, mark: str) -> int:
        return next(pid for pid in self.pids() if mark in processes.command_line(pid))


def wait_until(condition) -> None:
    deadline = time.monotonic() + SECONDS
    while not condition():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.05)


def all_gone(pids: list[int]) -> bool:
    return not any(processes.command_line(pid) for pid in pids)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture(scope="module")
def homes():
    """Makes empty homes, whose paths have a space and Cyrillic letters, and removes them."""
    made: list[Path] = []
    with pytest.MonkeyPatch.context() as environment:
        for variable in GIVEN:
            environment.delenv(variable, raising=False)

        def make() -> Path:
            directory = Path(tempfile.mkdtemp(prefix="kam supervise "))
            directory.chmod(0o755)
            made.append(directory)
            return directory / "дом"

        yield make
    for directory in made:
        wait_until(lambda home=directory / "дом": not processes.is_locked(home / "keeper.lock"))
        shutil.rmtree(directory)


@pytest.fixture(scope="module")
def first(homes):
    """The product after its first start and Ctrl-C: ``(product, pids, exit code)``.  Other tests
    copy its home, for only a first start migrates from nothing, which takes a while."""
    product = Product(homes(), free_port())
    try:
        product.wait_ready()
    except BaseException:
        product.end(signal.SIGKILL)
        raise
    pids = product.pids()
    return product, pids, product.end(signal.SIGINT)


@pytest.fixture(scope="module")
def used_home(homes, first):
    """Makes homes in which the product has run before."""

    def make() -> Path:
        # With owners: as root the servers run as a person without rights.
        home = homes()
        assert processes.run(["cp", "-a", first[0].home, home]).returncode == 0
        return home

    return make


@pytest.fixture
def start(used_home):
    """Starts the product in one home, again and again if wanted; nothing is left running."""
    home, started = used_home(), []

    def start_one(**environment: str) -> Product:
        started.append(Product(home, free_port(), **environment))
        return started[-1]

    yield start_one
    for product in started:
        product.end(signal.SIGTERM)


@pytest.fixture(scope="module")
def running(used_home):
    """The product as it runs, for tests that do it no harm; its wanted port is taken."""
    with socket.socket() as stranger:
        stranger.bind(("127.0.0.1", 0))
        stranger.listen()
        product = Product(used_home(), stranger.getsockname()[1])
        try:
            product.wait_ready()
        except BaseException:
            product.end(signal.SIGKILL)
            raise
        product.wanted, product.port = product.port, int(re.search(r":(\d+)/", product.output)[1])
        yield product
        assert product.end(signal.SIGTERM) == 0


def test_the_first_start_needs_nothing_and_ctrl_c_ends_it_cleanly(first):
    product, pids, code = first
    assert len(pids) > 8, "web, worker, beat, dispatcher, keeper, PostgreSQL, Valkey"
    assert code == 0, product.output
    assert all_gone(pids)


def test_a_taken_port_is_said_and_the_next_free_one_used(running):
    assert f"Port {running.wanted} is taken; using {running.port}." in running.output
    assert running.answers("/health/live") == 200


def test_a_second_start_is_refused_and_says_who_runs(running):
    second = Product(running.home, free_port())
    assert second.wait() == supervise.ALREADY_RUNNING
    assert f"already running, pid {running.pid}" in second.output
    assert running.answers("/health/live") == 200


def test_commands_use_the_servers_of_the_running_product(running, monkeypatch):
    monkeypatch.setenv("KAM_HOME", str(running.home))
    before = embedded.find_running(running.home)
    done = processes.run([sys.executable, PROJECT / "manage.py", "showmigrations", "--plan"])
    assert done.returncode == 0, done.stderr
    assert "[ ]" not in done.stdout, "the start has brought the database up to date"
    assert embedded.find_running(running.home) == before
    assert running.answers("/health/live") == 200


def test_a_child_that_dies_ends_all_and_is_named(start):
    product = start()
    product.wait_ready()
    pids = product.pids()
    os.kill(product.child("manage.py dispatch"), signal.SIGKILL)
    assert product.wait() == 1
    assert f"dispatcher ended with exit code -9: {product.home / 'log'}" in product.output
    assert all_gone(pids)


def test_a_server_that_dies_ends_all_and_is_named(start):
    product = start()
    product.wait_ready()
    pids = product.pids()
    os.kill(product.child("valkey-server"), signal.SIGKILL)
    assert product.wait() == 1
    assert "ended with exit code -9" in product.output
    assert all_gone(pids)


def test_kill_leaves_nothing_and_the_next_start_works(start):
    product = start()
    product.wait_ready()
    pids = product.pids()
    product.end(signal.SIGKILL)
    wait_until(lambda: all_gone(pids))
    again = start(**BEHIND_A_PROXY)
    again.wait_ready()
    assert again.answers("/health/live") == 200
    assert f"{BEHIND_A_PROXY['SITE_URL']}/\n" in again.output
    assert f"The proxy asks http://127.0.0.1:{again.port}/" in again.output


def test_a_child_that_does_not_listen_is_ended_with_its_session(tmp_path):
    stubborn = processes.spawn(
        ["sh", "-c", "trap '' TERM; echo ready; sleep 600 & while :; do sleep 600; done"],
        log=tmp_path / "log",
    )
    wait_until(lambda: "ready" in (tmp_path / "log").read_text())
    assert processes.stop(stubborn, patience=0.2) == -signal.SIGKILL
    wait_until(lambda: not processes.command_line(stubborn.pid))


def test_a_long_log_is_put_aside(tmp_path, monkeypatch):
    monkeypatch.setattr(processes, "LONG_LOG", 3)
    log = tmp_path / "log"
    log.write_text("long")
    processes.spawn(["echo", "new"], log=log).wait()
    assert log.read_text() == "new\n"
    assert (tmp_path / "log.old").read_text() == "long"


def test_logs_have_their_folder_also_where_all_servers_are_given(tmp_path, monkeypatch):
    monkeypatch.setenv("KAM_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(supervise.signal, "signal", lambda *_: None)
    found = []
    monkeypatch.setattr(supervise, "_serve", lambda home, demo: found.append(home / "log"))
    supervise.main(["run"])
    assert found[0].is_dir()
