"""The demo's webhook: a warehouse that was told of the last weeks.  It is switched off, and its
host is of those that never exist: a demo calls nobody."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from accounts.models import Client, User
from kam.lib.periods import start_of_day
from kam.webhooks.models import Attempt, Delivery, Endpoint, Message

URL = "https://hooks.warehouse.example/kam"
TEXTS = {"en": "Data warehouse", "ru": "Хранилище данных"}
EVENTS = (
    "client.entered_key_list",
    "client.left_key_list",
    "ranking.published",
    "import.finished",
    "job.failed",
)
DAYS = 14
OVERLOADED = (503, Attempt.Error.STATUS, "upstream is overloaded, come back later")
REFUSED = (422, Attempt.Error.STATUS, '{"error": "unknown client 4711"}')
TAKEN = (200, "", '{"ok": true}')


def fill(
    clients: Sequence[Client], language: str, as_of: dt.date, people: Sequence[User], seed: int
) -> None:
    rng = np.random.default_rng([seed, 8, 1])
    since = start_of_day(as_of - dt.timedelta(days=DAYS + 20))
    endpoint = Endpoint(
        url=URL,
        description=TEXTS[language],
        events=list(EVENTS),
        is_active=False,
        stopped=Endpoint.Stopped.PERSON,
        stopped_at=start_of_day(as_of),
        author=next((each for each in people if each.role == User.Role.ADMINISTRATOR), None),
        created_at=since,
    )
    endpoint.new_secret()
    endpoint.save()
    for at, name, data in sorted(_news(clients, as_of, rng), key=lambda each: each[0]):
        _tell(endpoint, at, name, data, rng)


def _news(clients: Sequence[Client], as_of: dt.date, rng) -> Iterator[tuple]:
    for back in range(DAYS, 0, -1):
        day = as_of - dt.timedelta(days=back)
        night = start_of_day(day)
        yield (
            night + dt.timedelta(hours=2, minutes=16),
            "ranking.published",
            {
                "ranking": 100 - back,
                "matrix": 1,
                "main": True,
                "version": 2,
                "as_of": day.isoformat(),
                "clients": 287,
                "selected": 30,
                "rose": int(rng.integers(0, 2)),
                "fell": int(rng.integers(0, 2)),
            },
        )
        if day.weekday() == 0:
            yield night + dt.timedelta(hours=8, minutes=5), "import.finished", _import(back, rng)
    for number, client in enumerate(clients[:3]):
        day = as_of - dt.timedelta(days=3 + 3 * number)
        yield (
            start_of_day(day) + dt.timedelta(hours=11, minutes=20 + number),
            "client.entered_key_list",
            {
                "client": client.pk,
                "standing": "trial",
                "before": "candidate",
                "since": day.isoformat(),
            },
        )
    yield (
        start_of_day(as_of - dt.timedelta(days=5)) + dt.timedelta(hours=9, minutes=41),
        "job.failed",
        {"job": 41, "kind": "accounts.import_load", "attempts": 1},
    )


def _import(number: int, rng) -> dict[str, Any]:
    return {
        "import": number,
        "kind": "documents",
        "source": "1c",
        "accepted": "partial",
        "rows": int(rng.integers(300, 900)),
        "refused": int(rng.integers(0, 4)),
        "quarantined": int(rng.integers(0, 6)),
    }


def _tell(endpoint: Endpoint, at: dt.datetime, name: str, data: dict[str, Any], rng) -> None:
    """One message with what came of it: nearly all arrive at once."""
    answers = [TAKEN]
    if name == "import.finished":
        answers = [OVERLOADED, OVERLOADED, TAKEN]
    elif name == "job.failed":
        answers = [REFUSED] * 4
    message = Message.objects.create(type=name, data=data, at=at)
    moment = at
    delivery = Delivery.objects.create(
        message=message,
        endpoint=endpoint,
        status=Delivery.Status.FAILED if answers[-1][1] else Delivery.Status.DELIVERED,
        tries=len(answers),
        next_at=None,
    )
    for pause, (status, error, answer) in zip((1, 6, 306, 1900), answers, strict=False):
        moment += dt.timedelta(seconds=pause)
        Attempt.objects.create(
            delivery=delivery,
            at=moment,
            milliseconds=int(rng.gamma(4, 30)) + 20,
            status=status,
            error=error,
            answer=answer,
        )
    Delivery.objects.filter(pk=delivery.pk).update(settled_at=moment)


def clear() -> None:
    """Remove the demo's webhook and what it was told."""
    told = Message.objects.filter(deliveries__endpoint__url=URL)
    Message.objects.filter(pk__in=list(told.values_list("pk", flat=True))).delete()
    Endpoint.objects.filter(url=URL).delete()
