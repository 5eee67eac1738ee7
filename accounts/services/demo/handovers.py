"""Demo: a client that comes to a new KAM next week, one handed over lately, and a leave."""

import datetime as dt
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.models import Client, Handover, HandoverStep, Substitution, User
from accounts.services import lending
from accounts.services.handovers import OVERLAP, STEPS
from kam.lib.periods import start_of_day


class Texts(NamedTuple):
    notes: tuple[str, str]
    away: str


EN = Texts(
    notes=(
        "The head of purchasing wants figures before talk. Never call on Mondays.",
        "After the quarrel about the spring delivery only their technologist believes us.",
    ),
    away="Look after the overdue promises; nothing else can wait for me.",
)
RU = Texts(
    notes=(
        "Руководителю закупок сначала цифры, потом разговор. По понедельникам не звонить.",
        "После весенней поставки нам верит только их технолог.",
    ),
    away="Присмотрите за просроченными обещаниями; остальное подождёт.",
)
TEXTS = {"en": EN, "ru": RU}


def fill(
    clients: Sequence[Client], language: str, as_of: dt.date, people: Sequence[User], seed: int
) -> int:
    """Returns how many handovers there are.  Runs for the system."""
    rng = np.random.default_rng([seed, 0, 29])
    texts = TEXTS[language]
    pairs = _pairs(people)
    with translation.override(language):
        for number, (giver, taker) in enumerate(pairs[:2]):
            served = [each for each in clients if each.owner_id == (taker, giver)[number == 0].pk]
            if served:
                client = served[int(rng.integers(len(served)))]
                _hand_over(client, giver, taker, texts.notes[number], as_of, done=number == 1)
    if pairs:
        away, substitute = pairs[0][1], pairs[0][0]
        Substitution.objects.create(
            person=away, substitute=substitute, since=as_of - dt.timedelta(days=2),
            until=as_of + dt.timedelta(days=9), note=texts.away, author=away,
        )  # fmt: skip
    lending.refresh(*{person.pk for pair in pairs[:2] for person in pair})
    return Handover.objects.count()


def _pairs(people: Sequence[User]) -> list[tuple[User, User]]:
    """KAMs of one team, two and two."""
    kams = [person for person in people if person.role == User.Role.KAM and person.team_id]
    found = []
    for place, first in enumerate(kams):
        second = next((each for each in kams[place + 1 :] if each.team_id == first.team_id), None)
        if second is not None:
            found.append((first, second))
    return found


def _hand_over(client, giver, taker, note: str, as_of: dt.date, *, done: bool) -> None:
    on = as_of - dt.timedelta(days=9) if done else as_of + dt.timedelta(days=6)
    handover = Handover.objects.create(
        client=client, giver=giver, taker=taker, on=on, note=note, author=giver,
        overlap_until=on + dt.timedelta(days=OVERLAP),
        created_at=start_of_day(as_of - dt.timedelta(days=20)) + dt.timedelta(hours=11),
        **{"state": "done", "moved": {"clients": 1}, "done_at": start_of_day(on)} if done else {},
    )  # fmt: skip
    ticked = 5 if done else 1
    HandoverStep.objects.bulk_create(
        HandoverStep(
            handover=handover, position=place, what=_(what),
            done_at=start_of_day(as_of - dt.timedelta(days=1)) if place <= ticked else None,
            done_by=giver if place <= ticked else None,
        )
        for place, what in enumerate(STEPS, 1)
    )  # fmt: skip
