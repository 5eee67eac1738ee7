"""A receiver of webhooks on this machine, and endpoints that lead to it."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from standardwebhooks import Webhook

from kam.jobs import execution
from kam.jobs.models import Job
from kam.lib.scoping import acting_system
from kam.webhooks import services
from kam.webhooks.models import Attempt, Delivery, Endpoint


@dataclass
class Receiver:
    """``answers``: what the next requests get, each a status, (status, headers, body) or a
    function of the handler; 200 when there are none left.  ``got``: (path, headers, body)."""

    port: int = 0
    answers: list = field(default_factory=list)
    got: list[tuple[str, dict, bytes]] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook"

    def messages(self, secret: str) -> list[dict]:
        """What has come, each verified as the receiver would."""
        return [Webhook(secret).verify(body, headers) for _path, headers, body in self.got]

    @property
    def ids(self) -> list[str]:
        return [headers["webhook-id"] for _path, headers, _body in self.got]


def handler_for(receiver: Receiver) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            receiver.got.append((self.path, headers, body))
            answer = receiver.answers.pop(0) if receiver.answers else 200
            if isinstance(answer, Callable):
                answer(self)
                return
            status, more, text = answer if isinstance(answer, tuple) else (answer, {}, b"ok")
            self.send_response(status)
            for name, value in more.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        def log_message(self, *args):
            pass

    return Handler


@pytest.fixture
def receiver():
    found = Receiver()
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler_for(found))
    server.daemon_threads = True
    found.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield found
    server.shutdown()
    server.server_close()


@pytest.fixture
def open_network(settings):
    """This machine may be called, on any port, without TLS: as an operator would allow it."""
    settings.WEBHOOK_ALLOW_HTTP = True
    settings.WEBHOOK_PORTS = []
    settings.WEBHOOK_ALLOWED_NETWORKS = ["127.0.0.0/8"]


@pytest.fixture
def endpoint(db, receiver, open_network):
    """An endpoint that wants everything, with its secret as ``endpoint.told``."""
    from kam.webhooks.catalogue import EVENTS

    return make_endpoint(receiver.url, list(EVENTS))


def make_endpoint(url: str, events: list[str], **values) -> Endpoint:
    with acting_system("test"):
        row, secret = services.create_endpoint({"url": url, "events": events, **values}, None)
    row.told = secret
    return row


def fresh(row):
    return type(row).unscoped.get(pk=row.pk)


def job_event(number: int = 1) -> dict:
    return {"job": number, "kind": "scoring.rank_all", "attempts": 3}


def work() -> int:
    """Run the jobs that are due, as a worker would; how many."""
    from django.utils import timezone

    ran = 0
    while True:
        job = Job.unscoped.filter(
            status=Job.Status.WAITING, run_after__lte=timezone.now(), kind__startswith="webhooks."
        ).first()
        if job is None:
            return ran
        execution.run(job.pk)
        ran += 1


def deliveries() -> list[Delivery]:
    return list(Delivery.unscoped.select_related("message").order_by("pk"))


def attempts() -> list[Attempt]:
    return list(Attempt.unscoped.order_by("pk"))


def dripping(handler) -> None:
    """An answer that never ends, a byte at a time."""
    handler.send_response(200)
    handler.end_headers()
    try:
        for _second in range(200):
            handler.wfile.write(b".")
            handler.wfile.flush()
            time.sleep(0.05)
    except OSError:
        pass
