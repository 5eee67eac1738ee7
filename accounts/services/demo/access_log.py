"""Who of the demo's people has looked at contacts of the key clients of late, and a breach."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import numpy as np

from accounts.models import Client, Contact, Incident, User
from kam.audit.models import DataAccess
from kam.lib.periods import start_of_day

DAYS = 45
BREACH_AGO = 16
# How likely who answers for a client opens a page with its contacts on a working day, and how.
LOOKED, MANAGER_LOOKED = 0.12, 0.02
WAYS = (("page",), ("page", "map"), ("name",), ("page", "card"), ("file", "map"))
SHARES = (0.5, 0.2, 0.2, 0.08, 0.02)


EN = (
    "A phone with open mail was left in a taxi",
    "Found again the next morning, locked; the password was changed within the hour.",
)
RU = (
    "Телефон с открытой почтой забыт в такси",
    "Нашли на следующее утро, экран был заблокирован; пароль сменили в течение часа.",
)
TEXTS = {"en": EN, "ru": RU}


def fill(
    clients: Sequence[Client], language: str, as_of: dt.date, people: Sequence[User], seed: int
) -> None:
    rng = np.random.default_rng([seed, 0, 71])
    contacts: dict[int, list[int]] = {}
    for client, pk in Contact.objects.filter(client__in=clients).values_list("client_id", "pk"):
        contacts.setdefault(client, []).append(pk)
    managers = {each.team_id: each.pk for each in people if each.role == User.Role.MANAGER}
    rows = []
    for ago in range(DAYS, 0, -1):
        day = as_of - dt.timedelta(days=ago)
        if day.weekday() > 4:
            continue
        for client in clients:
            if client.pk not in contacts:
                continue
            lookers = [(client.owner_id, LOOKED), (managers.get(client.team_id), MANAGER_LOOKED)]
            for person, share in lookers:
                if person is None or rng.random() > share:
                    continue
                ways = WAYS[int(rng.choice(len(WAYS), p=SHARES))]
                first = start_of_day(day) + dt.timedelta(minutes=int(rng.integers(540, 1_000)))
                views = len(ways) + int(rng.integers(0, 3))
                rows.append(
                    DataAccess(
                        day=day,
                        actor_id=person,
                        client_ref=client.pk,
                        views=views,
                        ways=list(ways),
                        contacts=[] if ways == ("name",) else sorted(contacts[client.pk]),
                        first_at=first,
                        last_at=first
                        + dt.timedelta(minutes=int(rng.integers(0, 60)) * (views > 1)),
                    )
                )
    seen = [row for row in rows if (as_of - row.day).days > BREACH_AGO]
    if seen:
        _breach(TEXTS.get(language, EN), seen[-1].actor_id, seen[-1].day)
    DataAccess.objects.bulk_create(rows, batch_size=1_000, ignore_conflicts=True)


def _breach(texts: tuple[str, str], person: int, day: dt.date) -> None:
    """One that came to a good end: everybody was told in time."""
    noticed = start_of_day(day) + dt.timedelta(hours=19, minutes=20)
    Incident.objects.create(
        title=texts[0],
        note=texts[1],
        noticed_at=noticed,
        since=day - dt.timedelta(days=3),
        until=day,
        people=[person],
        regulator_told_at=noticed + dt.timedelta(hours=7),
        result_told_at=noticed + dt.timedelta(hours=50),
        authority_told_at=noticed + dt.timedelta(hours=50),
        people_told_at=noticed + dt.timedelta(hours=52),
    )


def clear() -> None:
    """Remove the breach.  What is in the access log stays for a year, as everywhere."""
    Incident.objects.filter(title__in=[texts[0] for texts in TEXTS.values()]).delete()
