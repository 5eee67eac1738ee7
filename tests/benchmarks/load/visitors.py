"""Requests that leave at fixed times, whatever became of those before (an open model).

    python -m tests.benchmarks.load.visitors < plan.json > found.json

A process of its own on the standard library: it shares the machine with what it measures, so it
has to be cheap, and it says what it took.  How long an answer took is counted from the moment when
the request was due, so that waiting in a queue, here or there, shows.
"""

from __future__ import annotations

import http.client
import json
import random
import resource
import sys
import threading
import time
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from .journeys import Answer, Ask, Journey, Person, sign_in

AT_ONCE = 40
PATIENCE = 60.0


class Browser:
    """Cookies of one person, or the key of a program; each request over a connection of its own."""

    def __init__(self, port: int, key: str = ""):
        self._port, self._key = port, key
        self.cookies: dict[str, str] = {}

    def ask(self, asked: Ask) -> Answer:
        headers = {"Accept-Language": "ru"}
        if self.cookies:
            headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        if self._key:
            headers["Authorization"] = f"Bearer {self._key}"
        if asked.part:
            headers["HX-Request"] = "true"
        body: str | None = None
        if asked.form is not None:
            body, headers["Content-Type"] = (
                urlencode(asked.form),
                "application/x-www-form-urlencoded",
            )
        elif asked.data is not None:
            body, headers["Content-Type"] = json.dumps(asked.data), "application/json"
        line = http.client.HTTPConnection("127.0.0.1", self._port, timeout=PATIENCE)
        try:
            line.request("GET" if body is None else "POST", asked.path, body, headers)
            answer = line.getresponse()
            content = answer.read()
            for name, value in answer.getheaders():
                if name.lower() == "set-cookie":
                    key, _, rest = value.partition("=")
                    self.cookies[key] = rest.partition(";")[0]
            return Answer(answer.status, content, answer.getheader("Location") or "")
        except (OSError, http.client.HTTPException) as error:
            return Answer(0, repr(error).encode())
        finally:
            line.close()


@dataclass
class Visitor:
    browser: Browser
    journey: Journey
    asked: Ask | None = None

    def step(self) -> tuple[Ask, Answer]:
        """The next request of the journey, answered."""
        asked = self.asked or next(self.journey)
        answer = self.browser.ask(asked)
        self.asked = self.journey.send(answer)
        return asked, answer


class Street:
    """Visitors who wait for their turn: whoever has waited longest goes first."""

    def __init__(self, visitors: list[Visitor]):
        self._idle, self._lock = deque(visitors), threading.Condition()

    def take(self) -> Visitor:
        with self._lock:
            while not self._idle:
                self._lock.wait()
            return self._idle.popleft()

    def give(self, visitor: Visitor) -> None:
        with self._lock:
            self._idle.append(visitor)
            self._lock.notify()


def people(plan: dict[str, Any]) -> list[Visitor]:
    """Everybody, signed in."""
    visitors = []
    for number, told in enumerate(plan["people"]):
        person = Person(**told, random=random.Random(number))
        browser = Browser(plan["port"], person.key)
        if not person.key:
            answer = _walk(browser, sign_in(person, plan["password"]))
            if answer.status != 302:
                raise RuntimeError(f"{person.email} cannot sign in: {answer.status}")
        visitors.append(Visitor(browser, person.day()))
    return visitors


def _walk(browser: Browser, journey: Journey) -> Answer:
    """A journey to its end; the last answer."""
    answer, asked = Answer(0), next(journey)
    while True:
        answer = browser.ask(asked)
        try:
            asked = journey.send(answer)
        except StopIteration:
            return answer


def visit(plan: dict[str, Any]) -> dict[str, Any]:
    """``asked``: of each request its kind, second when it was due, seconds, status."""
    street = Street(people(plan))
    beside = Browser(plan["port"], plan["key"])
    found: list[tuple[str, float, float, int, int]] = []
    wrong: list[str] = []
    begun = time.monotonic() + 0.5
    used = _processor()

    def done(asked: Ask, answer: Answer, due: float) -> None:
        took = time.monotonic() - due
        found.append((asked.kind, due - begun, took, answer.status, len(answer.body)))
        if not 200 <= answer.status < 400 and len(wrong) < 20:
            wrong.append(
                f"{answer.status} {asked.path}: {answer.body[-300:].decode(errors='replace')}"
            )

    def step(visitor: Visitor, due: float) -> None:
        try:
            asked, answer = visitor.step()
            done(asked, answer, due)
        except Exception as error:
            found.append(("a journey broke", due - begun, 0.0, 0, 0))
            wrong.append(repr(error))
        finally:
            street.give(visitor)

    def order(path: str, due: float) -> None:
        asked = Ask("jobs: ask", path, data={})
        done(asked, beside.ask(asked), due)

    orders = deque(sorted((second, path) for second, path in plan["orders"]))
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for number in range(int(plan["rate"] * plan["seconds"])):
            due = begun + number / plan["rate"]
            time.sleep(max(0.0, due - time.monotonic()))
            while orders and begun + orders[0][0] <= due:
                pool.submit(order, orders.popleft()[1], due)
            pool.submit(step, street.take(), due)
    return {
        "asked": found,
        "wrong": wrong,
        "seconds": time.monotonic() - begun,
        "processor": _processor() - used,
    }


def _processor() -> float:
    """Seconds of processor that this process has taken."""
    told = resource.getrusage(resource.RUSAGE_SELF)
    return told.ru_utime + told.ru_stime


if __name__ == "__main__":
    json.dump(visit(json.load(sys.stdin)), sys.stdout)
