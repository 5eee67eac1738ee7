"""The pages that people wait for, at 100,000 clients: gunicorn with two workers, one person after
another, signed in as a manager, who sees every client; then Today of a KAM of 35 key clients.  KAM_BENCH_PAGES sets another number.

Times are medians of sequential requests, each over a new connection; sizes are before compression.
How many queries a page makes is held by the tests (tests/access/test_budgets.py).
"""

from __future__ import annotations

import http.client
import os
import re
import socket
import statistics
import subprocess
import sys
from pathlib import Path
from time import perf_counter, sleep
from urllib.parse import urlencode

from tests.benchmarks import Reporter

CLIENTS = int(os.environ.get("KAM_BENCH_PAGES", "100000"))
PROJECT = Path(__file__).resolve().parents[2]
WARM, COUNTED = 6, 40
# path, most seconds, most bytes
PAGES = {
    "client list": ("/clients/", 0.120, 60_000),
    "client list, searched": ("/clients/?q=отель", 0.120, 60_000),
    "ranking": ("/ranking/", 0.120, 60_000),
    "client page": ("/clients/{client}/", 0.120, 60_000),
    "score of a client": ("/clients/{client}/score/", 0.120, 60_000),
    "API: client list": ("/api/v1/clients/", 0.060, 30_000),
}

# Today as it opens, and what it asks for by itself.
TODAY = {
    "Today": ("/", 0.150, 60_000),
    "Today, my clients": ("/today/clients/", 0.150, 60_000),
    "Today, what changed": ("/today/changes/", 0.150, 60_000),
    "Today, 90 days": ("/today/coming/", 0.150, 60_000),
}
KEY_CLIENTS = 35


def run(report: Reporter) -> None:
    import django

    from tests import servers  # noqa: F401 - starts the servers of this run

    django.setup()
    from tests.databases import Databases

    databases = Databases("bench_pages")
    databases.set_up()
    try:
        fill(CLIENTS, CLIENTS * 10)
        with Web() as web:
            web.sign_in(_manager())
            _ask(web, PAGES, report)
            web.sign_in(_kam())
            _ask(web, TODAY, report)
    finally:
        databases.tear_down()


def _ask(web: Web, pages: dict[str, tuple[str, float, int]], report: Reporter) -> None:
    for name, (path, most_seconds, most_bytes) in pages.items():
        took, size = web.ask(path.format(client=_client()))
        print(f"  {name}: {took * 1000:.0f} ms, {size / 1000:.1f} KB")
        report(f"{name} / {most_seconds * 1000:.0f} ms", took / most_seconds, 1.0)
        report(f"{name}: size / {most_bytes // 1000} KB", size / most_bytes, 1.0)


def fill(clients: int, lines: int) -> None:
    """A demo workspace of the asked size, ranked, with the statistics a settled database has."""
    from django.db import connection

    size = (f"--clients={clients}", f"--lines={lines}", "--months=24")
    for command in (["demo_data", *size], ["rank"]):
        subprocess.run(
            [sys.executable, "manage.py", *command],
            cwd=PROJECT,
            check=True,
            stdout=subprocess.DEVNULL,
        )
    connection.close()


def _client() -> int:
    """The client in the first place: one with a long history."""
    from accounts.models import Place
    from kam.lib.scoping import acting_system

    with acting_system("benchmark"):
        return Place.objects.order_by("rank").first().pk


def _manager() -> str:
    from accounts.models import User

    return User.objects.filter(role="manager").first().email


def _kam() -> str:
    """A KAM who looks after so many of the best clients and no others."""
    from accounts.models import Client, User
    from kam.lib.scoping import acting_system

    kam, other = User.objects.filter(role="kam").order_by("pk")[:2]
    with acting_system("benchmark"):
        Client.objects.filter(owner=kam).update(owner=other)
        best = Client.objects.filter(place__isnull=False).order_by("place__rank")
        ids = list(best.values_list("pk", flat=True)[:KEY_CLIENTS])
        Client.objects.filter(pk__in=ids).update(owner=kam, team=kam.team)
    return kam.email


class Web:
    """Gunicorn on a free port, and a browser's connection to it."""

    def __enter__(self):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.process = subprocess.Popen(
            [
                *(sys.executable, "-m", "gunicorn", "kam.wsgi", "--workers=2"),
                *("--preload", "--no-control-socket", f"--bind=127.0.0.1:{self.port}"),
                *("--keep-alive=60", "--log-level=warning"),
            ],
            cwd=PROJECT,
            stderr=subprocess.DEVNULL,
        )
        self.cookies: dict[str, str] = {}
        for _ in range(300):
            try:
                self._request("GET", "/health/live")
            except OSError:
                sleep(0.1)
            else:
                return self
        raise RuntimeError("gunicorn does not answer")

    def __exit__(self, *error):
        self.process.terminate()
        self.process.wait(30)

    def _request(self, method: str, path: str, form: dict[str, str] | None = None) -> bytes:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        if form is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        path = re.sub(r"[^\x00-\x7f]+", lambda text: urlencode({"": text[0]})[1:], path)
        connection.request(method, path, urlencode(form) if form else None, headers)
        answer = connection.getresponse()
        body = answer.read()
        for name, value in answer.getheaders():
            if name.lower() == "set-cookie":
                key, _, rest = value.partition("=")
                self.cookies[key] = rest.partition(";")[0]
        if answer.status >= 400 or (method == "GET" and answer.status != 200):
            raise RuntimeError(f"{method} {path}: {answer.status}")
        connection.close()
        return body

    def sign_in(self, email: str) -> None:
        from django.conf import settings

        self.cookies.clear()
        told = (settings.HOME / "demo-sign-ins.txt").read_text()
        password = told.splitlines()[0].rpartition(" ")[2]
        page = self._request("GET", "/sign-in/").decode()
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)[1]
        self._request(
            "POST",
            "/sign-in/",
            {"login": email, "password": password, "csrfmiddlewaretoken": token},
        )

    def ask(self, path: str) -> tuple[float, int]:
        """Median seconds and bytes of one page."""
        times = []
        for number in range(WARM + COUNTED):
            begin = perf_counter()
            body = self._request("GET", path)
            if number >= WARM:
                times.append(perf_counter() - begin)
        return statistics.median(times), len(body)
