"""Requests to one system: at its pace, tried again where that may help, bounded in time and size.

Nothing that httpx says is passed on as it is: its texts may hold the address, and the address of
a webhook is its secret.
"""

from __future__ import annotations

import email.utils
import json
import ssl
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, NoReturn

import httpx

from accounts.connectors.problems import Problem, refusal
from kam.lib.addresses import NotAllowed, Rules, addresses_of, target_of

TRIES = 5
LARGEST = 16 * 2**20  # bytes of one answer
# Systems give up on a request after a minute; a connection that says nothing is dead earlier.
TIMEOUT = httpx.Timeout(70, connect=10)
ONE_REQUEST = 120.0  # seconds from asking to the last byte
# Whoever asks for a longer pause is asked again by the next run.
LONGEST_PAUSE = 120.0
_PASSING = frozenset({429, 500, 502, 503, 504})


@dataclass(frozen=True, slots=True)
class Answer:
    """status: of HTTP. body: parsed JSON, None where there is none. date: the system's clock, in
    seconds of Unix time; ours where it does not tell."""

    status: int
    body: Any
    date: float


@dataclass
class Line:
    """A line to one system. interval: seconds between requests. pause: sleeps; tests count.

    overloaded: whether an answer says "too often" in its body, whatever its status.
    """

    rules: Rules
    interval: float
    pause: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = time.monotonic
    overloaded: Callable[[Any], bool] = lambda body: False
    _last: float | None = field(default=None, init=False)
    _client: httpx.Client | None = field(default=None, init=False, repr=False)

    def __enter__(self) -> Line:
        self._client = httpx.Client(
            timeout=TIMEOUT, follow_redirects=False, trust_env=False, headers={"User-Agent": "KAM"}
        )
        return self

    def __exit__(self, *error: object) -> None:
        if self._client is not None:
            self._client.close()
            self._client = None

    def ask(
        self,
        method: str,
        url: str,
        *,
        sent: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        once: bool = False,
    ) -> Answer:
        """The answer, whatever its status but those that pass; of these the last is a Problem.

        sent: a JSON body. once: must not be repeated (it changes something there).
        """
        problem = Problem("unreachable")
        for attempt in range(1 if once else TRIES):
            if attempt:
                self._wait(problem, attempt)
            self._keep_pace()
            try:
                answer, asked = self._once(method, url, sent, headers or {})
            except Problem as found:
                if not found.is_passing:
                    raise
                problem = found
                continue
            busy = answer.status == 429 or self.overloaded(answer.body)
            if not busy and answer.status not in _PASSING:
                return answer
            problem = Problem("busy" if busy else "server", status=answer.status)
            problem.wait = asked
            if asked > LONGEST_PAUSE:
                break
        raise problem

    def _wait(self, problem: Problem, attempt: int) -> None:
        self.pause(problem.wait or min(2.0**attempt, 30.0))

    def _keep_pace(self) -> None:
        now = self.clock()
        if self._last is not None and (left := self._last + self.interval - now) > 0:
            self.pause(left)
        self._last = self.clock()

    def _once(
        self, method: str, url: str, sent: Mapping[str, Any] | None, headers: Mapping[str, str]
    ) -> tuple[Answer, float]:
        """One request: the answer, and for how long the system asks to be left alone."""
        assert self._client is not None, "a line is used within `with`"
        request = self._request(method, url, sent, headers)
        try:
            response = self._client.send(request, stream=True)
            try:
                text = self._read(response)
            finally:
                response.close()
        except (httpx.HTTPError, ssl.SSLError, OSError) as error:
            _fail(error)
        if response.is_redirect or 300 <= response.status_code < 400:
            raise Problem("moved")
        date = _moment(response.headers.get("date")) or time.time()
        body = _parsed(text)
        if body is None and text.strip() and response.status_code < 400:
            raise Problem("no_json")
        asked = _seconds(response.headers.get("retry-after", ""), date)
        return Answer(response.status_code, body, date), asked

    def _request(
        self, method: str, url: str, sent: Mapping[str, Any] | None, headers: Mapping[str, str]
    ) -> httpx.Request:
        """To the address that was checked, while TLS and the system see the name."""
        assert self._client is not None
        try:
            target = target_of(url, self.rules)
            address = addresses_of(target, self.rules)[0]
        except NotAllowed as why:
            raise refusal(url, why) from None
        host = f"[{address}]" if ":" in address else address
        return self._client.build_request(
            method,
            f"{target.scheme}://{host}:{target.port}{target.path}",
            json=sent,
            headers={**headers, "Host": target.authority, "Accept": "application/json"},
            extensions={"sni_hostname": target.host},
        )

    @staticmethod
    def _read(response: httpx.Response) -> bytes:
        pieces, size, begun = [], 0, time.monotonic()
        for piece in response.iter_bytes():
            size += len(piece)
            if size > LARGEST:
                raise Problem("too_large", limit=LARGEST >> 20)
            if time.monotonic() - begun > ONE_REQUEST:
                raise Problem("unreachable")
            pieces.append(piece)
        return b"".join(pieces)


def _fail(error: Exception) -> NoReturn:
    """What went wrong on the way, without the text of the error, which may hold the address."""
    if isinstance(error, ssl.SSLError) or "CERTIFICATE" in str(error):
        raise Problem("certificate") from None
    if isinstance(error, httpx.RemoteProtocolError | httpx.ReadError):
        raise Problem("cut") from None
    raise Problem("unreachable") from None


def _parsed(text: bytes) -> Any:
    try:
        return json.loads(text, parse_float=Decimal) if text.strip() else None
    except (ValueError, RecursionError):
        return None


def _moment(header: str | None) -> float | None:
    try:
        return email.utils.parsedate_to_datetime(header).timestamp() if header else None
    except ValueError:
        return None


def _seconds(header: str, now: float) -> float:
    text = header.strip()
    if text.isascii() and text.isdecimal():
        return float(text[:9])
    moment = _moment(text)
    return max(moment - now, 0.0) if moment else 0.0
