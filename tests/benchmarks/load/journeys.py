"""What people and programs do, one request after the other, as their browsers would ask.

A journey is a generator: it yields what to ask and is sent the answer.  Nothing here speaks to a
network, and nothing needs Django.
"""

from __future__ import annotations

import datetime as dt
import html
import random
import re
from collections.abc import Generator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote


@dataclass(frozen=True)
class Ask:
    """One request; with ``form`` or ``data`` (JSON) it is a POST.  ``part``: htmx asks for it."""

    kind: str
    path: str
    form: dict[str, str] | None = None
    data: dict[str, Any] | None = None
    part: bool = False


@dataclass(frozen=True)
class Answer:
    status: int  # 0 where there was none
    body: bytes = b""
    location: str = ""


Journey = Generator[Ask, Answer, None]
Visit = Generator[Ask, Answer, Answer]

# What a page asks for by itself once it is there.
LOADS = re.compile(rb'hx-get="([^"]+)" hx-trigger="load"')
TOKEN = re.compile(rb'name="csrfmiddlewaretoken" value="([^"]+)"')
HOURS = re.compile(rb'name="(hours-\d+)"')
WEEK = re.compile(rb'name="week" value="([^"]+)"')
PLANS = re.compile(rb'href="(/plans/\d+/)"')
REPORTS = re.compile(rb'href="(/reports/\d+/)"')
FILES = re.compile(rb'href="(/exports/\d+/file/)"')
SYLLABLES = ("ст", "ма", "отель", "ром", "ин", "север", "про", "ал", "тер", "ко")
TABS = (
    "timeline", "documents", "promises", "needs", "agreements", "meetings", "plans", "growth",
    "score", "potential", "costs", "sales-plan", "problems", "processes", "history",
)  # fmt: skip
QUESTIONS = ("retention", "dependence", "work", "openings")


@dataclass
class Person:
    """Somebody at work: ``clients`` are ids of those they open, ``key`` makes it a program."""

    email: str
    pk: int
    clients: list[int]
    leads: bool
    matrix: int
    key: str = ""
    random: random.Random = field(default_factory=random.Random)

    def day(self) -> Journey:
        """Work without an end."""
        choices = PROGRAM if self.key else LEADING if self.leads else SERVING
        while True:
            (journey,) = self.random.choices(list(choices), list(choices.values()))
            yield from journey(self)

    def client(self) -> int:
        return self.random.choice(self.clients)


def sign_in(person: Person, password: str) -> Journey:
    page = yield Ask("sign-in", "/sign-in/")
    form = {"login": person.email, "password": password, "csrfmiddlewaretoken": _token(page)}
    yield Ask("sign-in", "/sign-in/", form)


def _token(page: Answer) -> str:
    found = TOKEN.search(page.body)
    return found[1].decode() if found else ""


def _page(kind: str, path: str) -> Visit:
    """A page, and what it asks for by itself."""
    page = yield Ask(kind, path)
    for part in LOADS.findall(page.body):
        yield Ask(f"{kind}, its parts", html.unescape(part.decode()), part=True)
    return page


def _save(kind: str, path: str, given: dict[str, str]) -> Journey:
    """Open a form, save it, and see where that leads."""
    page = yield Ask(f"{kind}: form", path)
    form = {"csrfmiddlewaretoken": _token(page), **given}
    saved = yield Ask(f"{kind}: save", path.partition("?")[0], form)
    if saved.location:
        yield Ask(f"{kind}: after", saved.location)


def today(person: Person) -> Journey:
    yield from _page("today", "/")


def own_clients(person: Person) -> Journey:
    yield from _page("my clients", f"/clients/?owner={person.pk}")
    yield Ask("my clients", f"/clients/?owner={person.pk}&sort=place", part=True)


def client_list(person: Person) -> Journey:
    yield from _page("client list", "/clients/")
    words = quote(person.random.choice(SYLLABLES))
    yield Ask("client list, searched", f"/clients/?q={words}", part=True)
    sort = person.random.choice(("place", "-place", "-name"))
    yield Ask("client list, sorted", f"/clients/?sort={sort}", part=True)


def client_page(person: Person) -> Journey:
    client = person.client()
    yield from _page("client page", f"/clients/{client}/")
    for tab in person.random.sample(TABS, 3):
        yield from _page("client tabs", f"/clients/{client}/{tab}/")


def ranking(person: Person) -> Journey:
    yield from _page("ranking", "/ranking/")
    yield Ask("ranking", f"/ranking/?q={quote(person.random.choice(SYLLABLES))}", part=True)


def plans(person: Person) -> Journey:
    page = yield from _page("plans", "/plans/")
    if found := PLANS.findall(page.body):
        yield from _page("plan", person.random.choice(found).decode())


def lists(person: Person) -> Journey:
    name = person.random.choice(
        ("promises", "needs", "problems", "signals", "receivables", "goals", "meetings", "tasks")
    )
    yield from _page("lists of work", f"/{name}/")


def portfolio(person: Person) -> Journey:
    yield from _page("portfolio", "/portfolio/")


def analysis(person: Person) -> Journey:
    yield from _page("analysis", f"/portfolio/{person.random.choice(QUESTIONS)}/")
    path = person.random.choice(("/portfolio/classes/", f"/matrices/{person.matrix}/map/"))
    yield from _page("analysis", path)


def reports(person: Person) -> Journey:
    page = yield from _page("reports", "/reports/")
    if found := REPORTS.findall(page.body):
        yield from _page("reports", person.random.choice(found).decode())


def badge(person: Person) -> Journey:
    yield Ask("jobs in progress", "/jobs/badge/", part=True)


def note(person: Person) -> Journey:
    client = person.client()
    page = yield Ask("note: form", f"/note/?client={client}")
    named = re.search(rb'name="client" value="([^"]*)"', page.body)
    form = {
        "csrfmiddlewaretoken": _token(page),
        "client": html.unescape(named[1].decode()) if named else "",
        "kind": "call",
        "text": f"Договорились созвониться, заказ на {person.random.randint(10, 90)} мест.",
        "satisfaction": "8",
        "next_what": "Прислать предложение",
        "next_due": _soon(person),
    }
    saved = yield Ask("note: save", "/note/", form)
    if saved.location:
        yield from _page("note: after", saved.location)


def promise(person: Person) -> Journey:
    given = {
        "side": "ours",
        "what": f"Образцы к разговору {person.random.randint(1, 999)}",
        "due": _soon(person),
    }
    yield from _save("promise", f"/clients/{person.client()}/promises/new/", given)


def task(person: Person) -> Journey:
    given = {"what": "Позвонить до обеда", "due": _soon(person)}
    yield from _save("task", "/tasks/new/", given)


def effort(person: Person) -> Journey:
    page = yield Ask("hours: form", "/effort/")
    rows = HOURS.findall(page.body)
    week = WEEK.search(page.body)
    if not rows or week is None:
        return
    hours = {row.decode(): str(person.random.randint(0, 6)) for row in rows}
    given = {"csrfmiddlewaretoken": _token(page), "week": week[1].decode(), **hours}
    saved = yield Ask("hours: save", "/effort/", given)
    if saved.location:
        yield Ask("hours: after", saved.location)


def export(person: Person) -> Journey:
    """My clients as a table: asked for, waited for, taken."""
    page = yield Ask("my clients", f"/clients/?owner={person.pk}")
    given = {
        "csrfmiddlewaretoken": _token(page), "list": "clients", "of": "",
        "query": f"owner={person.pk}", "format": person.random.choice(("xlsx", "csv")),
    }  # fmt: skip
    row = yield Ask("export: ask", "/exports/new/", given)
    for _poll in range(20):
        shown = yield Ask("export: wait", row.location, part=True)
        if found := FILES.search(shown.body):
            yield Ask("export: take", found[1].decode())
            return


def _soon(person: Person) -> str:
    return (dt.date.today() + dt.timedelta(days=person.random.randint(3, 40))).isoformat()


# --- Programs ----------------------------------------------------------------------------------


def read_lists(person: Person) -> Journey:
    for path in ("clients/", f"clients/?owner={person.pk}", "documents/", "ranking/", "tasks/"):
        yield Ask("API: lists", f"/api/v1/{path}")


def read_client(person: Person) -> Journey:
    client = person.client()
    for path in (f"clients/{client}/", f"documents/?client={client}", f"clients/{client}/score/"):
        yield Ask("API: a client", f"/api/v1/{path}")


def write_talk(person: Person) -> Journey:
    said = {"client": person.client(), "kind": "call", "subject": "Заказ", "text": "Как обычно."}
    yield Ask("API: create", "/api/v1/interactions/", data=said)


def write_promise(person: Person) -> Journey:
    said = {"client": person.client(), "side": "ours", "what": "Прайс-лист", "due": _soon(person)}
    yield Ask("API: create", "/api/v1/promises/", data=said)


# Out of how many things a person does, how often each.
SERVING = {
    today: 14, own_clients: 8, client_list: 6, client_page: 22, ranking: 4, plans: 5, lists: 10,
    portfolio: 2, analysis: 1, reports: 1, badge: 30, note: 6, promise: 3, task: 2, effort: 1,
    export: 0.6,
}  # fmt: skip
LEADING = {
    today: 12, client_list: 10, client_page: 10, ranking: 10, plans: 6, lists: 10, portfolio: 8,
    analysis: 8, reports: 4, badge: 30, note: 1, promise: 1, task: 2, export: 0.6,
}  # fmt: skip
PROGRAM = {read_lists: 2, read_client: 4, write_talk: 4, write_promise: 2}
