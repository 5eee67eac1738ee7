"""Everything the product needs on one machine, started and ended as one.

    python -m kam.supervise demo    with a demo workspace, when there is no workspace yet
    python -m kam.supervise run     without; the first page creates the administrator

Starts the embedded servers, brings the database up to date, then runs web, worker, beat and
dispatcher as children, each in a session of its own with its log in the home directory.  Ctrl-C
or SIGTERM ends them in order and the exit code is 0.  A child that ends by itself ends all: exit
code 1, with its name, exit code and log.  A second start in the same home is refused with 3.
"""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import psycopg2

from kam import processes
from kam.embedded import PROJECT, ServerError, Servers, ensure, home_directory
from kam.processes import FileLock

DEFAULT_PORT = 8000
PORTS_TO_TRY = 100
READY_SECONDS = 120
SIGN_INS = "demo-sign-ins.txt"  # demo_data leaves it in the home directory
# A worker gets 20 s to finish or give back its task (worker_soft_shutdown_timeout).
PATIENCE = {"web": 15, "beat": 10, "dispatcher": 15, "worker": 30}
FIRST_JOBS_SECONDS = 60
EARLY = ("worker", "dispatcher")  # they do nothing of their own accord
ALREADY_RUNNING = 3

# A workspace without people is an empty one: nothing can have been entered yet.
NOBODY_CAN_SIGN_IN = "SELECT NOT EXISTS (SELECT 1 FROM accounts_user)"
NO_JOB_IS_OPEN = (
    "SELECT NOT EXISTS (SELECT 1 FROM jobs_job WHERE status IN ('waiting', 'sent', 'running'))"
)


class Stop(BaseException):
    """Ctrl-C or SIGTERM: the person or the system wants us to end."""


class ChildEnded(Exception):
    """A child has ended by itself; the text says which, how, and where its log is."""


def main(arguments: list[str]) -> int:
    if arguments not in (["demo"], ["run"]):
        print("usage: python -m kam.supervise demo|run", file=sys.stderr)
        return 2
    home = home_directory()
    home.mkdir(parents=True, exist_ok=True)
    (home / "log").mkdir(mode=0o700, exist_ok=True)  # of our own too, where all servers are given
    lock, note = FileLock(home / "supervise.lock"), home / "supervise.pid"
    if not lock.take(wait=False):
        print(f"already running, pid {note.read_text().strip()}", file=sys.stderr)
        return ALREADY_RUNNING
    note.write_text(f"{os.getpid()}\n")
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _stop)
    try:
        _serve(home, demo=arguments == ["demo"])
    except Stop:
        return 0
    except (ChildEnded, ServerError) as problem:
        print(f"\n{problem}", file=sys.stderr)
        return 1
    finally:
        note.unlink(missing_ok=True)
        lock.close()
    return 0


def _stop(number: int, frame: object) -> None:
    raise Stop


def _serve(home: Path, demo: bool) -> None:
    started = time.monotonic()
    port = _port(int(os.environ.get("PORT") or DEFAULT_PORT))
    address = f"http://127.0.0.1:{port}/"
    print("PostgreSQL and Valkey …", flush=True)
    with ensure(home) as servers:
        environment = {
            "DJANGO_SETTINGS_MODULE": "kam.settings",
            "SITE_URL": address.rstrip("/"),
            **os.environ,
            **servers.environment(),
            "KAM_HOME": str(home),
            "PYTHONUNBUFFERED": "1",
        }
        print("Database structure …", flush=True)
        _finish(_manage("migrate", "--verbosity", "0"), environment | {"KAM_DB_ROLE": "owner"})
        new = demo and _holds(servers.database_url, NOBODY_CAN_SIGN_IN)
        children = Children(home, environment)
        try:
            if new:
                print("Demo workspace; worker, beat, dispatcher, web …", flush=True)
                _fill(servers.database_url, environment, children, commands(home, port))
            else:
                print("Web, worker, beat, dispatcher …", flush=True)
                for name, command in commands(home, port).items():
                    children.start(name, command)
            public = environment["SITE_URL"].rstrip("/") + "/"
            _wait_for_page(address, children, by_https=public.startswith("https:"))
            if new:
                print("First ranking and reports …", flush=True)
                _wait_for_jobs(servers.database_url, children)
            _greet(home, address, public, demo, time.monotonic() - started)
            children.watch(servers)
        finally:
            for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
                signal.signal(number, signal.SIG_IGN)
            print("\nStopping …", flush=True)
            children.stop()


def commands(home: Path, port: int) -> dict[str, list[str | Path]]:
    """The long-running processes, in the order in which they start."""
    python = sys.executable
    celery = [python, "-m", "celery", "-A", "kam.celery"]
    memory = Path("/dev/shm")  # gunicorn's heartbeat files: a slow disk must not stop a worker
    return {
        "worker": [
            *celery,
            "worker",
            *(
                "--queues",
                "light,heavy,outgoing,backup",
                "--concurrency",
                "2",
                "--loglevel",
                "INFO",
            ),
            # One worker has nobody to tell of itself.  Its heartbeat, published while a lost broker
            # ends it, would wait for that broker for ever and the process would stay.
            *("--without-gossip", "--without-mingle", "--without-heartbeat"),
        ],
        "dispatcher": _manage("dispatch"),
        "beat": [
            *celery,
            "beat",
            *("--scheduler", "kam.jobs.scheduler:JobScheduler", "--loglevel", "INFO"),
            # A stale pid file would block the next start.
            *("--pidfile=", "--schedule", home / "beat-schedule"),
        ],
        "web": [
            *(python, "-m", "gunicorn", "kam.wsgi:application", "--bind", f"127.0.0.1:{port}"),
            *("--worker-class", "gthread", "--workers", "2", "--threads", "4", "--preload"),
            *("--timeout", "30", "--graceful-timeout", "10", "--keep-alive", "5"),
            *("--max-requests", "2000", "--max-requests-jitter", "200", "--no-control-socket"),
            *("--logger-class", "kam.lib.gunicorn_log.Lines"),
            *("--limit-request-line", "4094", "--limit-request-fields", "60"),
            *(("--worker-tmp-dir", memory) if memory.is_dir() else ()),
        ],
    }


def _manage(*arguments: str) -> list[str | Path]:
    return [sys.executable, PROJECT / "manage.py", *arguments]


class Children:
    """The long-running processes of the product and their logs."""

    def __init__(self, home: Path, environment: dict[str, str]):
        self._home = home
        # SIGQUIT is what makes a Celery worker give back its tasks within a bounded time.
        self._environment = environment | {"REMAP_SIGTERM": "SIGQUIT"}
        self._running: dict[str, subprocess.Popen] = {}

    def start(self, name: str, command: list[str | Path]) -> None:
        self._running[name] = processes.spawn(
            command, log=self.log(name), env=self._environment, cwd=PROJECT
        )

    def log(self, name: str) -> Path:
        return self._home / "log" / f"{name}.log"

    def check(self) -> None:
        for name, child in self._running.items():
            if child.poll() is not None:
                log = self.log(name)
                last = "\n".join(log.read_text(errors="replace").splitlines()[-12:])
                raise ChildEnded(f"{last}\n\n{name} ended with exit code {child.returncode}: {log}")

    def watch(self, servers: Servers) -> None:
        """Return never; raises ChildEnded or ServerError when something ends by itself."""
        while True:
            time.sleep(0.5)
            self.check()
            servers.check()

    def stop(self) -> None:
        for name, patience in PATIENCE.items():
            if child := self._running.get(name):
                processes.stop(child, patience=patience)


def _finish(command: list[str | Path], environment: dict[str, str]) -> None:
    """Run one command to its end; its output goes where ours goes."""
    child = processes.spawn(command, log=None, env=environment, cwd=PROJECT)
    try:
        code = child.wait()
    except Stop:
        processes.stop(child, patience=10)
        raise
    if code:
        raise ChildEnded(f"{Path(command[1]).name} {command[2]} ended with exit code {code}")


def _fill(
    database_url: str,
    environment: dict[str, str],
    children: Children,
    started: dict[str, list[str | Path]],
) -> None:
    """Make the demo workspace, and start the children meanwhile: they work off what it asks for
    while the rest of it is told.  Whoever looks at the company or lets people in comes when there
    is one: until then a visitor would be asked to be the first."""
    filling = processes.spawn(
        _manage("demo_data", "--skip-checks"), log=None, env=environment, cwd=PROJECT
    )
    try:
        for name in EARLY:
            children.start(name, started[name])
        while filling.poll() is None and _holds(database_url, NOBODY_CAN_SIGN_IN):
            children.check()
            time.sleep(0.2)
        for name in [name for name in started if name not in EARLY]:
            children.start(name, started[name])
        while filling.poll() is None:
            children.check()
            time.sleep(0.1)
    finally:
        if filling.poll() is None:
            processes.stop(filling, patience=10)
    if filling.returncode:
        raise ChildEnded(f"manage.py demo_data ended with exit code {filling.returncode}")


def _holds(database_url: str, statement: str) -> bool:
    """The answer to a yes-or-no question; cheaper than to start Django for it."""
    connection = psycopg2.connect(database_url)
    try:
        with connection.cursor() as cursor:
            cursor.execute(statement)
            return cursor.fetchone()[0]
    finally:
        connection.close()


def _wait_for_jobs(database_url: str, children: "Children") -> None:
    """Let the worker do what demo_data asked for, so that the first visit meets a ranking."""
    deadline = time.monotonic() + FIRST_JOBS_SECONDS
    while time.monotonic() < deadline and not _holds(database_url, NO_JOB_IS_OPEN):
        children.check()
        time.sleep(0.2)


def _port(wanted: int) -> int:
    for port in range(wanted, wanted + PORTS_TO_TRY):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
        if port != wanted:
            print(f"Port {wanted} is taken; using {port}.", flush=True)
        return port
    raise ServerError(f"no free port from {wanted} to {wanted + PORTS_TO_TRY - 1}; set PORT")


class _AsTheProxy(urllib.request.HTTPRedirectHandler):
    """Led on to https, where web itself does not listen, the page has answered."""

    def redirect_request(self, req, fp, code, msg, headers, newurl):
        if newurl.startswith("https:"):
            return None
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def _wait_for_page(address: str, children: Children, *, by_https: bool) -> None:
    """``by_https``: people come through a proxy that speaks TLS, and so does this visit."""
    page = urllib.request.Request(address)
    if by_https:
        page.add_header("X-Forwarded-Proto", "https")
    visitor = urllib.request.build_opener(_AsTheProxy)
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline:
        children.check()
        try:
            visitor.open(page, timeout=30).close()
            return
        except urllib.error.HTTPError as error:
            if error.code < 500:
                return
            raise ChildEnded(
                f"the first page answers {error.code}; see {children.log('web')}"
            ) from error
        except OSError:  # not listening yet
            time.sleep(0.1)
    raise ChildEnded(f"the first page does not answer; see {children.log('web')}")


def _greet(home: Path, address: str, public: str, demo: bool, seconds: float) -> None:
    lines = [f"\nReady after {seconds:.1f} s:  {public}\n"]
    if public != address:
        lines.append(f"The proxy asks {address}\n")
    if demo and (home / SIGN_INS).exists():
        lines.append((home / SIGN_INS).read_text(encoding="utf-8").rstrip() + "\n")
    lines.append(f"Logs: {home / 'log'}\nCtrl-C ends everything.")
    print("\n".join(lines), flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
