"""Meetings of the demo's key clients, past and to come, a review, and one client that is stopped."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from django.utils import translation

from accounts.models import (
    AgendaItem,
    Client,
    Contact,
    Meeting,
    MeetingPerson,
    MeetingResult,
    MinutesVersion,
    Promise,
    ShipmentStop,
    User,
)
from accounts.services.meetings import content_of
from kam.lib.periods import start_of_day

MOST = 12


@dataclass(frozen=True)
class Texts:
    titles: tuple[str, ...]
    wanted: tuple[str, ...]
    places: tuple[str, ...]
    notes: tuple[str, ...]
    own: str
    decisions: tuple[str, ...]
    points: tuple[str, ...]
    review: str
    reviewed: tuple[str, ...]
    stop: str


EN = Texts(
    titles=("Results of the quarter", "Range for the season", "Delivery and stock"),
    wanted=(
        "Their word on the second brand, and a day for the trial.",
        "Agree on the volume of next quarter.",
        "Learn who decides after the change in purchasing.",
    ),
    places=("At their office", "By video", "At our warehouse"),
    notes=(
        "Went through what was promised; both sides see delivery as better than in spring.",
        "They open two more sites and ask us to hold a reserve for them.",
    ),
    own="The head of purchasing is careful; the trial decides.",
    decisions=(
        "Begin the trial at two sites and look at it after six weeks.",
        "One weekly delivery day, fixed.",
        "Compare prices once a quarter, not with each order.",
    ),
    points=("How the trial goes", "New sites and their needs", "Who is who after the change"),
    review="Review of the month",
    reviewed=(
        "Visit the two clients nobody has spoken with for two months.",
        "No new discounts before the volume is agreed.",
    ),
    stop="Three invoices are open, and nobody answers since the beginning of the month.",
)
RU = Texts(
    titles=("Итоги квартала", "Ассортимент на сезон", "Поставки и запас"),
    wanted=(
        "Их слово о второй марке и день начала пробы.",
        "Договориться об объёме на следующий квартал.",
        "Понять, кто решает после перемен в закупках.",
    ),
    places=("В офисе клиента", "По видеосвязи", "На нашем складе"),
    notes=(
        "Прошли по обещаниям; обе стороны считают, что поставки стали лучше, чем весной.",
        "Открывают ещё два объекта и просят держать для них запас.",
    ),
    own="Руководитель закупок осторожен; всё решит проба.",
    decisions=(
        "Начать пробу на двух объектах и вернуться к ней через шесть недель.",
        "Один постоянный день поставки в неделю.",
        "Сверять цены раз в квартал, а не с каждым заказом.",
    ),
    points=("Как идёт проба", "Новые объекты и что им нужно", "Кто есть кто после перемен"),
    review="Обзор за месяц",
    reviewed=(
        "Навестить двух клиентов, с которыми не говорили два месяца.",
        "Никаких новых скидок, пока не согласован объём.",
    ),
    stop="Три отгрузки не оплачены, с начала месяца никто не отвечает.",
)
TEXTS = {"en": EN, "ru": RU}


def fill(
    clients: Sequence[Client], language: str, as_of: dt.date, people: Sequence[User], seed: int
) -> int:
    """Returns how many meetings there are.  Runs for the system."""
    rng = np.random.default_rng([seed, 0, 23])
    texts = TEXTS[language]
    served = [client for client in clients if client.owner_id][:MOST]
    with translation.override(language):
        for number, client in enumerate(served):
            _of_client(client, texts, as_of, number, rng)
        _reviews(served, people, texts, as_of)
    if served:
        ShipmentStop.objects.create(
            client=served[-1], rule="hand", reason=texts.stop,
            since=as_of - dt.timedelta(days=6), author_id=served[-1].owner_id,
        )  # fmt: skip
    return Meeting.objects.count()


def _at(day: dt.date, hour: int) -> dt.datetime:
    if day.weekday() >= 5:
        day += dt.timedelta(days=7 - day.weekday())
    return start_of_day(day) + dt.timedelta(hours=hour)


def _of_client(client: Client, texts: Texts, as_of: dt.date, number: int, rng) -> None:
    title, place = texts.titles[number % 3], texts.places[number % 3]
    past = Meeting.objects.create(
        client=client, kind="qbr" if number % 3 == 0 else "client", title=title, place=place,
        starts_at=_at(as_of - dt.timedelta(days=int(rng.integers(30, 75))), 11),
        owner_id=client.owner_id, author_id=client.owner_id, state="held",
        notes=texts.notes[number % 2], own_notes=texts.own, every=3 if number % 3 == 0 else 0,
    )  # fmt: skip
    decision = MeetingResult.objects.create(meeting=past, what=texts.decisions[number % 3])
    promise = Promise.objects.filter(client=client).order_by("-due").first()
    if promise:
        MeetingResult.objects.create(
            meeting=past, kind=promise.side, what=promise.what, due=promise.first_due,
            person_id=promise.owner_id, promise=promise,
        )  # fmt: skip
    _approve(past, client.owner)
    coming = Meeting.objects.create(
        client=client, kind=past.kind, title=title, place=place, previous=past, every=past.every,
        starts_at=_at(as_of + dt.timedelta(days=1 + number * 2), 10 + number % 5),
        owner_id=client.owner_id, author_id=client.owner_id, wanted=texts.wanted[number % 3],
    )  # fmt: skip
    for contact in Contact.objects.filter(client=client, left_on__isnull=True)[:2]:
        for meeting in (past, coming):
            MeetingPerson.objects.create(meeting=meeting, contact=contact)
    points = [("decision", decision.pk, decision.what)]
    open_ = Promise.objects.filter(client=client, state=Promise.State.OPEN).order_by("due")
    points += [(each.side, each.pk, each.what) for each in open_[:3]]
    points += [("own", None, texts.points[number % 3])]
    AgendaItem.objects.bulk_create(
        AgendaItem(meeting=coming, position=place, source=source, row=row, text=text)
        for place, (source, row, text) in enumerate(points, 1)
    )


def _approve(meeting: Meeting, person: User | None) -> None:
    meeting.number = 1
    meeting.save(update_fields=["number"])
    MinutesVersion.objects.create(
        meeting=meeting, number=1, content=content_of(meeting), approved_by=person,
        approved_at=meeting.starts_at + dt.timedelta(hours=20),
    )  # fmt: skip


def _reviews(served, people: Sequence[User], texts: Texts, as_of: dt.date) -> None:
    """Last month's review of one KAM's clients, with what was decided, and the next one."""
    leads = {person.team_id: person for person in people if person.role == User.Role.MANAGER}
    about = next((c.owner for c in served if c.owner.team_id in leads), None)
    if about is None:
        return
    lead = leads[about.team_id]
    kept = {
        "kind": "internal",
        "title": texts.review,
        "owner": lead,
        "author": lead,
        "about": about,
    }
    past = Meeting.objects.create(
        starts_at=_at(as_of - dt.timedelta(days=27), 16), state="held", every=1, **kept
    )
    rows = [
        MeetingResult.objects.create(meeting=past, what=t, internal=True) for t in texts.reviewed
    ]
    _approve(past, lead)
    coming = Meeting.objects.create(
        starts_at=_at(as_of + dt.timedelta(days=3), 16), every=1, previous=past, **kept
    )
    AgendaItem.objects.bulk_create(
        AgendaItem(
            meeting=coming, position=place, source="decision", row=row.pk, text=row.what,
            internal=True,
        )
        for place, row in enumerate(rows, 1)
    )  # fmt: skip
