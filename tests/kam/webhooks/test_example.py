"""The receiver of docs/examples takes what we send, once, and nothing else; the paper says all."""

import os
import re
import socket
import subprocess
import sys
import time

import httpx
import pytest
from django.conf import settings

from kam.lib.scoping import acting_system
from kam.webhooks import services
from kam.webhooks.catalogue import EVENTS

from .conftest import attempts, deliveries, job_event, make_endpoint, work

DOCS = settings.BASE_DIR / "docs"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_until_it_listens(port: int) -> None:
    for _try in range(200):
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    pytest.fail("the example does not listen")


@pytest.mark.django_db
@pytest.mark.usefixtures("open_network")
def test_the_example_takes_messages_once():
    port = free_port()
    endpoint = make_endpoint(f"http://127.0.0.1:{port}/", ["job.failed"])
    example = subprocess.Popen(
        [sys.executable, DOCS / "examples" / "take_webhooks.py", str(port)],
        env={**os.environ, "SECRET": endpoint.told},
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        wait_until_it_listens(port)
        services.emit("job.failed", job_event())
        work()
        with acting_system("test"):
            services.resend(deliveries()[0])
        work()
        forged = httpx.post(f"http://127.0.0.1:{port}/", content=b"{}", trust_env=False)
    finally:
        example.terminate()
        printed, _errors = example.communicate(timeout=10)
    assert [each.status for each in attempts()] == [204, 204]
    assert printed.count("job.failed") == 1
    assert forged.status_code == 401


def test_the_paper_names_every_event_with_its_fields():
    text = (DOCS / "webhooks.md").read_text("utf-8")
    rows = dict(re.findall(r"^\| `([a-z_]+\.[a-z_]+)` \| .+ \| (.+) \|$", text, re.MULTILINE))
    assert rows.keys() == EVENTS.keys()
    for name, event in EVENTS.items():
        if rows[name] != "the same":
            assert set(event.example) <= set(re.findall(r"`(\w+)`", rows[name])), name
