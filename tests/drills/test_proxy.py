"""T12: the proxy of the containers, run for real before the real web process."""

import contextlib
import http.server
import threading
import time

import pytest

from .proxies import Proxy
from .test_broker import visitor

MEBIBYTE = 2**20
PAGE, STATIC, API = "/sign-in/", "/static/css/tokens.css", "/api/v1/clients/"
pytestmark = pytest.mark.drill


@pytest.fixture
def proxy(house):
    visitor()  # with nobody in it, every page leads to the first steps
    made = Proxy(house)
    made.containers.start("web")
    house.wait_for("web")
    made.start()
    return made


class Sink(http.server.BaseHTTPRequestHandler):
    """In the place of web: reads whatever comes and tells how much it was."""

    protocol_version = "HTTP/1.1"

    def read(self) -> int:
        if self.headers.get("Transfer-Encoding") != "chunked":
            return len(self.rfile.read(int(self.headers.get("Content-Length", 0))))
        size = 0
        while chunk := int(self.rfile.readline().strip() or b"0", 16):
            size += len(self.rfile.read(chunk))
            self.rfile.readline()
        self.rfile.readline()
        return size

    def do_GET(self) -> None:
        told = str(self.read()).encode()
        with contextlib.suppress(OSError):  # whoever asked was shown out
            self.send_response(200)
            self.send_header("Content-Length", str(len(told)))
            self.end_headers()
            self.wfile.write(told)

    do_POST = do_GET

    def log_message(self, *words) -> None:
        pass


@contextlib.contextmanager
def sink(port: int, after: float = 0):
    """A sink at a port; ``after`` so many seconds."""

    def serve() -> None:
        time.sleep(after)
        with http.server.ThreadingHTTPServer(("127.0.0.1", port), Sink) as server:
            servers.append(server)
            server.serve_forever()

    servers: list[http.server.ThreadingHTTPServer] = []
    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield
    finally:
        while not servers:
            time.sleep(0.01)
        servers[0].shutdown()
        thread.join()


def sent(size: int):
    """So many bytes, whose number is not told beforehand."""
    while size > 0:
        yield b"x" * min(size, MEBIBYTE)
        size -= MEBIBYTE


def test_the_proxy_lets_in_what_it_should_and_speaks_for_whom_it_must(proxy, told):
    told.fault(
        "F17", "the proxy of the containers before web: foreign headers, bodies and methods; web restarted",
        "limits hold, nobody speaks for another, the restart fails no request",
    )  # fmt: skip
    page = proxy.ask("GET", PAGE, headers={"Accept-Encoding": "gzip, zstd"})
    assert page.status == 200
    for name in ("Strict-Transport-Security", "Content-Security-Policy", "X-Frame-Options"):
        assert len(page.headers[name]) == 1, name
    assert "Server" not in page.headers
    assert "Content-Encoding" not in page.headers, "a compressed page tells by its length"
    style = proxy.ask("GET", STATIC, headers={"Accept-Encoding": "gzip, zstd"})
    assert style.status == 200
    assert style.headers["Content-Encoding"][0] in ("gzip", "zstd")

    plain = proxy.ask("GET", "/clients/?q=x", tls=False)
    assert plain.status in (301, 308)
    assert plain.headers["Location"] == [f"{proxy.site}/clients/?q=x"]

    in_the_clear = proxy.ask("GET", API, tls=False)
    assert (in_the_clear.status, "https_needed" in in_the_clear.text) == (403, True)

    for path in ("/metrics", "/metrics/", "//metrics", "/x/../metrics", "/%6detrics"):
        assert proxy.ask("GET", path, headers={"Authorization": "Bearer x"}).status == 404, path
    for method in ("TRACE", "CONNECT"):
        assert proxy.ask(method, PAGE).status in (400, 405), method
    assert proxy.ask("GET", PAGE, headers={"X-Long": "x" * 40_000}).status == 431

    claims = {
        "X-Forwarded-For": "203.0.113.7", "X-Forwarded-Proto": "http", "X-Forwarded-Host": "evil.example",
        "X-Real-IP": "203.0.113.7", "Forwarded": "for=203.0.113.7;host=evil.example",
    }  # fmt: skip
    claimed = proxy.ask("GET", API, headers=claims)
    assert claimed.status == 401, "somebody's http was believed"
    callers = {caller for (caller,) in proxy.house.rows("SELECT caller FROM lib_pace")}
    assert "address:127.0.0.1" in callers
    assert not any("203.0.113.7" in caller for caller in callers)
    assert "evil.example" not in str(proxy.ask("GET", "/clients/", headers=claims).headers)
    foreign = proxy.ask("GET", PAGE, headers={"Host": "evil.example"})
    assert "sign-in" not in foreign.text, "a foreign host was served"

    told.saw("all of it")


def test_who_asks_while_web_starts_anew_is_kept_waiting(house, told):
    told.fault("F13, F17", "a page is asked for while web is away for 1.5 s", "it is answered")
    proxy = Proxy(house)
    proxy.start()
    with sink(house.port, after=1.5):
        page = proxy.ask("GET", PAGE)
    told.saw(f"{page.status} within {page.seconds:.1f} s")
    assert page.status == 200


@pytest.mark.full
def test_without_web_there_is_an_answer_and_no_secret_in_the_log(house, told):
    told.fault("F17", "web stays away", "502 within 35 s, the log without the address")
    proxy = Proxy(house)
    proxy.start()
    page = proxy.ask("GET", "/answer/secret-of-a-link/")
    told.saw(f"{page.status} within {page.seconds:.1f} s")
    assert page.status == 502
    assert page.seconds <= 35
    assert '"status":502' in house.said("proxy")
    assert "secret-of-a-link" not in house.said("proxy")


@pytest.mark.parametrize(
    ("path", "most"),
    [
        ("/sign-in/", 33),
        ("/api/v1/clients/bulk/", 33),
        pytest.param("/data/files/new/", 1025, marks=pytest.mark.full),
    ],
)
def test_a_body_is_as_long_as_its_address_allows(house, told, path, most):
    told.fault("F7", f"bodies of {most} MiB and one byte more to {path}", "the first arrives, 413")
    proxy = Proxy(house)
    proxy.start()
    most *= MEBIBYTE
    with sink(house.port):
        proxy.ask("GET", PAGE)  # waits until it is there
        whole = proxy.ask("POST", path, sent(most))
        assert (whole.status, whole.text) == (200, str(most))
        # Of a body that is much longer the connection breaks before one reads the answer.
        declared = proxy.ask("POST", path, sent(most + 1), {"Content-Length": str(most + 1)})
        chunked = proxy.ask("POST", path, sent(most + 1))
    told.saw(f"{whole.status}, {declared.status}, {chunked.status} within {whole.seconds:.1f} s")
    assert (declared.status, chunked.status) == (413, 413)


@pytest.mark.full
def test_a_slow_visitor_is_shown_out_and_takes_no_thread_of_web(proxy, told):
    told.fault(
        "F17", "40 visitors who never end their headers, 40 who never end a body of 1 MB",
        "pages ≤ 1 s meanwhile; those of headers shown out within 15 s",
    )  # fmt: skip
    lines = [proxy.connect() for _ in range(80)]
    for line in lines[:40]:
        line.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\nX-A")
    head = f"POST {PAGE} HTTP/1.1\r\nHost: localhost\r\nContent-Length: {MEBIBYTE}\r\n\r\nx"
    for line in lines[40:]:
        line.sendall(head.encode())
    began = time.monotonic()
    waited = []
    while time.monotonic() < began + 12:
        page = proxy.ask("GET", PAGE)
        assert page.status == 200
        waited.append(page.seconds)
        time.sleep(0.2)
    shown_out = 0
    for line in lines[:40]:
        line.settimeout(3)
        with contextlib.suppress(OSError):
            while line.recv(4096):
                pass
            shown_out += 1
    for line in lines:
        line.close()
    told.saw(f"pages within {max(waited):.2f} s, {shown_out} of 40 shown out")
    assert max(waited) <= 1
    assert shown_out == 40
