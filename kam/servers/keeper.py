"""The process that owns the embedded servers: starts them, watches them, stops them.

    python -m kam.servers.keeper HOME [postgres] [valkey] [--not-durable]

Says on its output, as one line of JSON, what ``servers.json`` says once the servers answer, or
``{"error": …}``.  It ends when nobody holds the lock on ``users.lock`` any more (see
``kam.embedded``), on SIGTERM, or when a server ends by itself.
"""

import contextlib
import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

from kam import processes
from kam.processes import FileLock
from kam.servers import postgres, valkey
from kam.servers.postgres import Postgres
from kam.servers.storage import ServerError, data_directory, read_json, write_private
from kam.servers.valkey import Valkey

START_ATTEMPTS = 5  # a free port may be taken between the look and the start
START_SECONDS = 120  # crash recovery of a large database takes its time
# Jobs wait in the database, so the broker goes first.
STOP_ORDER = (Valkey.name, Postgres.name)


class Running:
    """The server processes of one home and what ``servers.json`` says about them."""

    def __init__(self, home: Path, durable: bool):
        directory = data_directory(home)
        passwords = _passwords(home, directory)
        self._home = home
        self._servers = {
            server.name: server
            for server in (
                Postgres(directory, passwords, durable),
                Valkey(directory, passwords, durable),
            )
        }
        self._children: dict[str, subprocess.Popen] = {}
        self.state: dict = {"keeper": os.getpid(), "servers": {}, "ready": False}

    def start(self, names: list[str]) -> None:
        """Start the named servers together and wait until all of them answer."""
        self._end_leftovers()
        for name in names:
            self._spawn(name)
        for name in names:
            self.state |= self._wait_for(name)
        self.state["ready"] = True
        self._save()

    def check(self) -> None:
        """Raise ServerError when a server has ended by itself."""
        for name, child in self._children.items():
            if child.poll() is not None:
                log = self._log(name)
                raise ServerError(f"{name} ended with exit code {child.returncode}; see {log}")

    def stop(self) -> None:
        for name in STOP_ORDER:
            if child := self._children.get(name):
                processes.stop(child, self._servers[name].stop_signal)
        (self._home / "servers.json").unlink(missing_ok=True)

    def _end_leftovers(self) -> None:
        """After ``kill -9`` of a keeper its servers may still be on their way out."""
        for name, left in read_json(self._home / "servers.json").get("servers", {}).items():
            sig = self._servers[name].stop_signal
            if not processes.end_leftover(left["pid"], left["mark"], sig):
                raise ServerError(f"{name} of an earlier run (process {left['pid']}) does not end")

    def _spawn(self, name: str) -> None:
        server, port = self._servers[name], _free_port()
        child = server.start(port, self._log(name))
        self._children[name] = child
        self.state["servers"][name] = {
            "pid": child.pid,
            "port": port,
            "mark": server.mark(port),
        }
        self._save()

    def _wait_for(self, name: str) -> dict[str, str]:
        """The addresses of a server; one that ended at once is started again on another port."""
        attempts, deadline = 1, time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            port = self.state["servers"][name]["port"]
            if addresses := self._servers[name].addresses(port):
                return addresses
            if self._children[name].poll() is not None:
                if attempts == START_ATTEMPTS:
                    self.check()
                attempts += 1
                self._spawn(name)
            time.sleep(0.03)
        raise ServerError(f"{name} does not answer; see {self._log(name)}")

    def _save(self) -> None:
        write_private(self._home / "servers.json", json.dumps(self.state))

    def _log(self, name: str) -> Path:
        return self._home / "log" / f"{name}.log"


def keep(home: Path, names: list[str], durable: bool) -> int:
    """Own the servers until the last user has left; the exit code of the keeper process."""
    keeper = FileLock(home / "keeper.lock")
    keeper.take()
    asked: list[int] = []
    signal.signal(signal.SIGTERM, lambda number, frame: asked.append(number))
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    (home / "failure.json").unlink(missing_ok=True)
    users = FileLock(home / "users.lock")
    failure = ""
    running = None
    try:
        running = Running(home, durable)
        running.start(names)
        _say(running.state)
        while not asked and not users.take(wait=False):
            time.sleep(0.1)
            running.check()
    except ServerError as error:
        failure = str(error)
        write_private(home / "failure.json", json.dumps({"text": failure}))
    finally:
        if running:
            running.stop()
    if failure:
        _say({"error": failure})
    if not durable:
        shutil.rmtree(data_directory(home), ignore_errors=True)
        shutil.rmtree(home, ignore_errors=True)
    return 1 if failure else 0


def _say(state: dict) -> None:
    # Who started us may be gone by now, or have had its answer: then nobody reads.
    with contextlib.suppress(BrokenPipeError):
        sys.stdout.write(json.dumps(state) + "\n")
        sys.stdout.flush()


def _passwords(home: Path, directory: Path) -> dict[str, str]:
    path = home / "passwords.json"
    if not path.exists() and (directory / "pg").exists():
        raise ServerError(f"{path} is missing; without it nobody can open {directory / 'pg'}")
    known = read_json(path)
    if missing := [name for name in (*postgres.ROLES, valkey.USER) if name not in known]:
        known |= {name: secrets.token_hex(24) for name in missing}
        write_private(path, json.dumps(known))
    return known


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


if __name__ == "__main__":
    sys.exit(
        keep(
            Path(sys.argv[1]),
            [name for name in (Postgres.name, Valkey.name) if name in sys.argv[2:]],
            durable="--not-durable" not in sys.argv,
        )
    )
