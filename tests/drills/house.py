"""The product of one drill: its database, its broker, and its processes, which can be killed."""

import contextlib
import http.client
import json
import os
import random
import signal
import time
from dataclasses import dataclass, field
from pathlib import Path

from django.db import connection

from kam import processes, supervise
from kam.embedded import PROJECT
from kam.servers import keeper

SECONDS = 90
BOUNDARY = "drill-drill-drill"


@dataclass
class Answer:
    status: int  # 0 where there was none
    headers: dict[str, str]
    text: str
    seconds: float

    def json(self):
        return json.loads(self.text)


@dataclass
class House:
    """``environment`` names the servers; ``home`` is a directory of its own."""

    home: Path
    environment: dict[str, str]
    broker: object = None
    database: object = None
    running: dict = field(default_factory=dict)
    kills: int = 0

    def __post_init__(self):
        self.port = keeper._free_port()
        (self.home / "log").mkdir()
        self.environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "tests.drills.settings",
            "KAM_HOME": str(self.home),
            "KAM_ALIVE": str(self.home),
            "SITE_URL": f"http://127.0.0.1:{self.port}",
            "API_RATE_LIMIT": "0",
            "LANGUAGE_CODE": "en",
            "PYTHONUNBUFFERED": "1",
            "REMAP_SIGTERM": "SIGQUIT",
            **self.environment,
        }
        self.commands = supervise.commands(self.home, self.port)

    # --- Processes

    def start(self, *names: str) -> None:
        """Start the named processes, each as the supervisor does."""
        for name in names:
            command = self.commands[name.split("-")[0]]
            self.running[name] = processes.spawn(
                command, log=self.log(name), env=self.environment, cwd=PROJECT
            )

    def up(self, *names: str) -> None:
        """The same, and wait until they are at work."""
        self.start(*names)
        for name in names:
            self.wait_for(name)

    def wait_for(self, name: str) -> None:
        ready = {
            "web": lambda: self.ask("/health/ready").status == 200,
            "worker": lambda: " ready." in self.said(name),
            "dispatcher": (self.home / "kam-dispatcher.alive").exists,
            "beat": lambda: "beat: Starting" in self.said(name),
        }[name.split("-", maxsplit=1)[0]]
        self.until(lambda: ready() or self.running[name].poll() is not None)
        assert self.running[name].poll() is None, self.said(name)

    def log(self, name: str) -> Path:
        return self.home / "log" / f"{name}.log"

    def said(self, name: str) -> str:
        with contextlib.suppress(FileNotFoundError):
            return self.log(name).read_text(errors="replace")
        return ""

    def kill(self, name: str, whole: bool = True) -> None:
        """SIGKILL: to the process and all it started, or to one of these alone."""
        process = self.running[name]
        children = below(process.pid)
        for pid in (
            [process.pid, *children] if whole else [random.choice(children or [process.pid])]
        ):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.kills += 1

    def tend(self) -> None:
        """Start again what has ended, as the runtime of the containers does."""
        for name, process in self.running.items():
            if process.poll() is not None:
                self.start(name)

    def stop(self) -> None:
        """End everything at once: what a house leaves behind is thrown away."""
        for name in self.running:
            self.kill(name)
        for process in self.running.values():
            process.wait()
        self.running.clear()

    # --- Asking

    def until(self, condition, seconds: float = SECONDS, tend: bool = False) -> float:
        """Wait until something is so; how many seconds it took."""
        began = time.monotonic()
        while not condition():
            assert time.monotonic() < began + seconds, f"not within {seconds:.0f} s\n{self.tails()}"
            if tend:
                self.tend()
            time.sleep(0.05)
        return time.monotonic() - began

    def tails(self) -> str:
        logs = sorted((self.home / "log").glob("*.log"))
        return "\n".join(
            f"--- {log.name}\n{log.read_text(errors='replace')[-1500:]}" for log in logs
        )

    def ask(
        self,
        path: str,
        body: dict | None = None,
        *,
        file: bytes | None = None,
        key="",
        seconds=10.0,
    ) -> Answer:
        """One request over a connection of its own; status 0 where it broke.  ``file`` is handed in
        as a form would."""
        headers = {"Connection": "close"}
        if key:
            headers["Authorization"] = f"Bearer {key}"
        sent: bytes | None = None
        if file is not None:
            sent, headers["Content-Type"] = _form(file), f"multipart/form-data; boundary={BOUNDARY}"
        elif body is not None:
            sent, headers["Content-Type"] = json.dumps(body).encode(), "application/json"
        began = time.monotonic()
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=seconds)
        try:
            line.request("GET" if sent is None else "POST", path, sent, headers)
            got = line.getresponse()
            text = got.read().decode(errors="replace")
            return Answer(got.status, dict(got.getheaders()), text, time.monotonic() - began)
        except (OSError, http.client.HTTPException) as error:
            return Answer(0, {}, repr(error), time.monotonic() - began)
        finally:
            line.close()

    # --- What is in the database

    def rows(self, statement: str, *values) -> list[tuple]:
        with connection.cursor() as cursor:
            cursor.execute(statement, values)
            return cursor.fetchall() if cursor.description else []

    def value(self, statement: str, *values):
        return self.rows(statement, *values)[0][0]

    def open_jobs(self, kind: str = "drill.work") -> int:
        return self.value(
            "SELECT count(*) FROM jobs_job WHERE kind = %s AND status IN ('waiting','sent','running')",
            kind,
        )

    def count(self, kind: str = "drill.work") -> dict[str, int]:
        """What became of the jobs of a kind: done, failed, and how often they took effect."""
        done, failed, effects, twice, starts = self.rows(
            """
            SELECT count(*) FILTER (WHERE status = 'done'), count(*) FILTER (WHERE status = 'failed'),
                   coalesce(sum(effects), 0)::int, count(*) FILTER (WHERE effects > 1),
                   coalesce(sum(starts), 0)::int
            FROM (SELECT status, (SELECT count(*) FROM drill.effect e WHERE e.job = j.id) AS effects,
                         (SELECT count(*) FROM drill.start s WHERE s.job = j.id) AS starts
                  FROM jobs_job j WHERE kind = %s) AS counted
            """,
            kind,
        )[0]  # fmt: skip
        return {
            "done": done,
            "failed": failed,
            "effects": effects,
            "twice": twice,
            "starts": starts,
        }

    def at_once(self) -> int:
        """How many times a job was begun while another worker was still at it."""
        return self.value(
            """
            SELECT count(*) FROM drill.start a JOIN drill.start b
            ON a.job = b.job AND a.id < b.id AND b.at < a.ended
            """
        )


def _form(file: bytes) -> bytes:
    """A form with one file."""
    said = 'Content-Disposition: form-data; name="file"; filename="clients.csv"'
    return (
        f"--{BOUNDARY}\r\n{said}\r\nContent-Type: text/csv\r\n\r\n".encode()
        + file
        + f"\r\n--{BOUNDARY}--\r\n".encode()
    )


def below(pid: int) -> list[int]:
    """Processes that a process has started, and those that these have."""
    children: dict[int, list[int]] = {}
    for line in processes.run(["ps", "-eo", "pid=,ppid="]).stdout.splitlines():
        child, parent = map(int, line.split())
        children.setdefault(parent, []).append(child)
    found = list(children.get(pid, []))
    for each in found:
        found += children.get(each, [])
    return found
