"""One call of another system: to a checked address, in bounded time, without being led elsewhere."""

from __future__ import annotations

import datetime as dt
import ssl
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from functools import cache

import httpcore
import httpx
from django.conf import settings
from django.utils import timezone

from kam.lib.addresses import NotAllowed, Rules, Target, UnknownHost, addresses_of, target_of

from .models import Attempt

SECONDS = 15.0
ANSWER_KEPT = 2 * 2**10  # bytes
LONGEST_WAIT = 24 * 3600
Error = Attempt.Error


@dataclass(frozen=True)
class Answer:
    """What came of a call.  ``wait``: seconds after which the receiver asks to be called again."""

    status: int | None
    error: str
    text: str
    seconds: float
    wait: int = 0

    @property
    def arrived(self) -> bool:
        return not self.error

    @property
    def out_of_reach(self) -> bool:
        """Whether the next message would fare no better at this moment."""
        return self.error != "" and (self.status is None or self.wait > 0)


class Clock:
    """The time that one call has, all of it together."""

    def __init__(self, seconds: float):
        self._end = time.monotonic() + seconds

    def left(self) -> float:
        left = self._end - time.monotonic()
        if left <= 0:
            raise httpcore.ReadTimeout("out of time")
        return left


class Stream(httpcore.NetworkStream):
    """A connection whose every wait is bounded by what is left of the call's time: a receiver
    that drips single bytes is cut off like one that says nothing."""

    def __init__(self, inner: httpcore.NetworkStream, clock: Clock):
        self._inner, self._clock = inner, clock

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._inner.read(max_bytes, self._clock.left())

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._inner.write(buffer, self._clock.left())

    def close(self) -> None:
        self._inner.close()

    def start_tls(self, ssl_context, server_hostname=None, timeout=None) -> httpcore.NetworkStream:
        inner = self._inner.start_tls(ssl_context, server_hostname, self._clock.left())
        return Stream(inner, self._clock)

    def get_extra_info(self, info: str):
        return self._inner.get_extra_info(info)


class Checked(httpcore.NetworkBackend):
    """Connects to addresses that were checked, whatever the host's name means by then.

    TLS still asks for the certificate of the name.
    """

    def __init__(self, addresses: Iterable[str], clock: Clock):
        self._addresses, self._clock = list(addresses), clock
        self._plain = httpcore.SyncBackend()

    def connect_tcp(self, host, port, timeout=None, local_address=None, socket_options=None):
        failure: Exception | None = None
        for address in self._addresses:
            try:
                inner = self._plain.connect_tcp(
                    address, port, self._clock.left(), local_address, socket_options
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
            else:
                return Stream(inner, self._clock)
        raise failure or httpcore.ConnectError("no address")


@cache
def tls() -> ssl.SSLContext:
    """Certificates are checked against the usual authorities, or those of ``SSL_CERT_FILE``."""
    return httpx.create_ssl_context()


def address_rules() -> Rules:
    """Where calls may go, by the settings of this installation."""
    return Rules(
        networks=tuple(settings.WEBHOOK_ALLOWED_NETWORKS),
        http=settings.WEBHOOK_ALLOW_HTTP,
        ports=frozenset(map(int, settings.WEBHOOK_PORTS)),
    )


def call(url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
    """POST a body; never raises for what the other side is or does."""
    begun = time.monotonic()
    status, text, wait = None, "", 0
    try:
        rules = address_rules()
        target = target_of(url, rules)
        status, text, wait = _posted(target, addresses_of(target, rules), body, headers)
        error = "" if 200 <= status < 300 else Error.STATUS
        if 300 <= status < 400:
            error = Error.REDIRECT
    except UnknownHost:
        error = Error.UNKNOWN_HOST
    except NotAllowed:
        error = Error.REFUSED
    except httpcore.TimeoutException:
        error = Error.SLOW
    except httpcore.ConnectError as failure:
        certificate = isinstance(failure.__cause__, ssl.SSLError)
        error = Error.INSECURE if certificate else Error.UNREACHABLE
    except (httpcore.NetworkError, httpcore.ProtocolError, ssl.SSLError, OSError):
        error = Error.BROKEN
    return Answer(status, error, text, time.monotonic() - begun, wait)


def _posted(
    target: Target, addresses: list[str], body: bytes, headers: Mapping[str, str]
) -> tuple[int, str, int]:
    """Status, the beginning of the answer, and how long to wait."""
    url = httpcore.URL(
        scheme=target.scheme.encode(),
        host=target.host.encode(),
        port=target.port,
        target=target.path.encode(),
    )
    sent = {"Host": target.authority, "Content-Length": str(len(body)), **headers}
    backend = Checked(addresses, Clock(SECONDS))
    with (
        httpcore.ConnectionPool(ssl_context=tls(), network_backend=backend, retries=0) as pool,
        pool.stream("POST", url, headers=list(sent.items()), content=body) as response,
    ):
        wait = 0
        if response.status in (429, 503):
            names = {name.lower(): value for name, value in response.headers}
            wait = seconds_asked(names.get(b"retry-after", b""))
        return response.status, _beginning(response), wait


def _beginning(response: httpcore.Response) -> str:
    """The first bytes of an answer as text; what breaks off after the status does not matter."""
    kept = b""
    try:
        for piece in response.iter_stream():
            kept += piece
            if len(kept) >= ANSWER_KEPT:
                break
    except (httpcore.TimeoutException, httpcore.NetworkError, httpcore.ProtocolError):
        pass
    return kept[:ANSWER_KEPT].decode("utf-8", "replace").replace("\x00", "")


def seconds_asked(header: bytes) -> int:
    """``Retry-After`` in seconds, given so or as a moment; 0 where it says nothing readable."""
    text = header.decode("latin-1").strip()
    if text.isascii() and text.isdecimal():
        return min(int(text[:9]), LONGEST_WAIT)
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return 0
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=dt.UTC)
    left = (moment - timezone.now()).total_seconds()
    return int(min(max(left, 0), LONGEST_WAIT))
