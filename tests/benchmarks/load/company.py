"""A company of a given size in an installation of its own: the product as one command starts it,
durable servers included."""

from __future__ import annotations

import contextlib
import json
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
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg2

from kam.embedded import PROJECT, find_running
from kam.servers.storage import data_directory

# What another benchmark of the same run may have set: this installation has servers of its own.
GIVEN = (
    "DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL", "SECRET_KEY", "SITE_URL", "PORT", "KAM_HOME",
)  # fmt: skip
READY_SECONDS = 300
STOP_SECONDS = 90


class Installation:
    """A home directory, and commands of the product run in it."""

    def __init__(self, name: str):
        self.home = Path(tempfile.mkdtemp(prefix=f"kam-{name}-"))
        # The servers of root run as nobody, who has to pass through.
        self.home.chmod(0o711)
        self.port = _free_port()
        self.environment = {key: value for key, value in os.environ.items() if key not in GIVEN}
        self.environment |= {"KAM_HOME": str(self.home), "PORT": str(self.port)}
        self._product: subprocess.Popen[bytes] | None = None

    def manage(self, *arguments: str) -> float:
        """Run a command of manage.py to its end; its seconds."""
        begun = time.monotonic()
        self._run(["manage.py", *arguments])
        return time.monotonic() - begun

    def module(self, name: str) -> Any:
        """Run a module beside the product; the JSON that it writes."""
        return json.loads(self._run(["-m", name], self._servers()))

    def _run(self, command: list[str], more: dict[str, str] | None = None) -> str:
        done = subprocess.run(
            [sys.executable, *command],
            cwd=PROJECT,
            env=self.environment | (more or {}),
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise RuntimeError(f"{' '.join(command)}: {done.stdout[-500:]}{done.stderr[-3000:]}")
        return done.stdout

    def _servers(self) -> dict[str, str]:
        state = find_running(self.home) or {}
        return {
            "DJANGO_SETTINGS_MODULE": "kam.settings",
            **{key: state[key.lower()] for key in GIVEN[:3]},
            "SECRET_KEY": (self.home / "secret_key").read_text().strip(),
            "STATEMENT_TIMEOUT_MS": "0",
        }

    # --- Web, worker, dispatcher, beat, PostgreSQL, Valkey

    def start(self) -> None:
        log = (self.home / "supervise.log").open("wb")
        self._product = subprocess.Popen(
            [sys.executable, "-m", "kam.supervise", "run"],
            cwd=PROJECT,
            env=self.environment,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        deadline = time.monotonic() + READY_SECONDS
        while b"Ready after" not in (self.home / "supervise.log").read_bytes():
            if self._product.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError((self.home / "supervise.log").read_text())
            time.sleep(0.2)

    def stop(self) -> None:
        if self._product is not None:
            self._product.send_signal(signal.SIGINT)
            self._product.wait(STOP_SECONDS)
            self._product = None

    def remove(self) -> None:
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.stop()
        data = data_directory(self.home)
        shutil.rmtree(self.home, ignore_errors=True)
        shutil.rmtree(data, ignore_errors=True)

    def rows(self, statement: str) -> list[tuple]:
        there = psycopg2.connect(self._servers()["DATABASE_OWNER_URL"])
        try:
            with there.cursor() as cursor:
                cursor.execute(statement)
                return cursor.fetchall()
        finally:
            there.close()

    def memory(self) -> dict[str, float]:
        """Megabytes (proportional share) of each kind of process, its children with it."""
        return {name: sum(map(_megabytes, pids)) for name, pids in self._processes()}

    def processor(self) -> dict[str, float]:
        """Seconds of processor that each kind of process has taken so far, its children with it."""
        return {name: sum(map(_seconds, pids)) for name, pids in self._processes()}

    def _processes(self) -> Iterator[tuple[str, list[int]]]:
        assert self._product is not None
        children = _children()
        waiting = list(children.get(self._product.pid, []))
        for pid in waiting:
            if name := _name(pid):
                yield name, [pid, *_below(pid, children)]
            else:  # the keeper of the servers
                waiting += children.get(pid, [])


@contextlib.contextmanager
def installation(name: str) -> Iterator[Installation]:
    made = Installation(name)
    try:
        yield made
    finally:
        made.remove()


class Watch:
    """Memory of an installation, looked at every few seconds until it is left."""

    def __init__(self, installed: Installation, every: float):
        self._installed, self._every, self._over = installed, every, threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self.seen: list[tuple[float, dict[str, float]]] = []

    def _look(self) -> None:
        begun = time.monotonic()
        while not self._over.wait(self._every):
            self.seen.append((time.monotonic() - begun, self._installed.memory()))

    def between(self, since: float, until: float) -> dict[str, float]:
        """The middle value of each kind of process within these seconds."""
        within = [memory for second, memory in self.seen if since <= second <= until]
        names = sorted({name for memory in within for name in memory})
        return {name: sorted(m.get(name, 0.0) for m in within)[len(within) // 2] for name in names}

    def __enter__(self) -> Watch:
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._over.set()
        self._thread.join()


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def _children() -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            parent = int(stat.read_text().rpartition(")")[2].split()[1])
            found.setdefault(parent, []).append(int(stat.parent.name))
    return found


def _below(pid: int, children: dict[int, list[int]]) -> list[int]:
    found = list(children.get(pid, []))
    for each in found:
        found += children.get(each, [])
    return found


SERVERS = ("postgres", "valkey-server")
SIGNS = {"gunicorn": "web", "dispatch": "dispatcher", "worker": "worker", "beat": "beat"}


def _name(pid: int) -> str:
    """Which process of the product it is; empty for the keeper of the servers."""
    with contextlib.suppress(OSError):
        words = Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace").split("\0")
        if words[0].rpartition("/")[2] in SERVERS:
            return words[0].rpartition("/")[2]
        return next((SIGNS[word] for word in words if word in SIGNS), "")
    return ""


def _seconds(pid: int) -> float:
    """Of processor, with those of children that have ended."""
    with contextlib.suppress(OSError):
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")
    return 0.0


def _megabytes(pid: int) -> float:
    with contextlib.suppress(OSError):
        told = Path(f"/proc/{pid}/smaps_rollup").read_text()
        return int(re.search(r"^Pss:\s+(\d+)", told, re.MULTILINE)[1]) / 1024
    return 0.0
