"""The client in docs/examples does what it says, against a server that listens."""

import os
import subprocess
import sys
import threading

import pytest
from django.db import connection

from accounts.models import ApiToken, Client, Document
from kam.jobs import execution
from kam.jobs.models import Job
from kam.lib.scoping import acting_system
from kam.settings import BASE_DIR
from tests.factories import make_user

SCRIPT = BASE_DIR / "docs" / "examples" / "push_and_rank.py"


@pytest.fixture
def worker(transactional_db):
    """Does the jobs that come, as a worker would."""
    stop = threading.Event()

    def work():
        while not stop.wait(0.1):
            for pk in (
                Job.unscoped.filter(status="waiting").order_by("pk").values_list("pk", flat=True)
            ):
                execution.run(pk)
        connection.close()

    thread = threading.Thread(target=work)
    thread.start()
    yield
    stop.set()
    thread.join()


def play(address: str, key: str) -> subprocess.CompletedProcess:
    environment = {
        **os.environ,
        "KAM": f"{address}/api/v1",
        "KEY": key,
        "PYTHONIOENCODING": "utf-8",
    }
    return subprocess.run(
        [sys.executable, SCRIPT], capture_output=True, text=True, timeout=120, env=environment
    )


def test_it_pushes_ranks_and_reads(worker, live_server):
    scopes = ["read", "write", "import"]
    _row, key = ApiToken.issue(user=make_user("manager", language="en"), name="x", scopes=scopes)
    first = play(live_server.url, key)
    assert first.returncode == 0, first.stderr
    assert "clients: loaded, {'created': 3, 'updated': 0, 'unchanged': 0}" in first.stdout
    assert "documents: loaded, {'created': 4" in first.stdout
    assert "of 3 as of" in first.stdout
    assert first.stdout.splitlines()[-1].lstrip()[0] == "3", first.stdout
    again = play(live_server.url, key)
    assert again.returncode == 0, again.stderr
    with acting_system("test"):
        assert (Client.objects.count(), Document.objects.count()) == (3, 4)


def test_it_says_what_the_key_may_not(worker, live_server):
    _row, key = ApiToken.issue(user=make_user("manager"), name="x", scopes=["read"])
    refused = play(live_server.url, key)
    assert refused.returncode == 1
    assert "403" in refused.stderr
