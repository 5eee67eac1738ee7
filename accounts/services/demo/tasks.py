"""What the demo's people have to do, and who asked them for it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import numpy as np

from accounts.models import Attendance, Client, Contact, Interaction, Piece, Task, User
from kam.lib.periods import start_of_day

State = Task.State
# what, days from today, how it repeats, part of the company that is asked
EN = (
    ("Call about the order that is due", 0, "", ""),
    ("Send the figures of the month", 2, "FREQ=MONTHLY;BYMONTHDAY=5", ""),
    ("Prepare the offer for the new sites", 4, "", ""),
    ("Check what was short in the last delivery", -2, "", "delivery"),
    ("Agree on a day for the review", 6, "", ""),
    ("Train the new cleaning staff", 9, "", "service"),
)
RU = (
    ("Позвонить насчёт очередного заказа", 0, "", ""),
    ("Отправить цифры за месяц", 2, "FREQ=MONTHLY;BYMONTHDAY=5", ""),
    ("Подготовить предложение для новых объектов", 4, "", ""),
    ("Выяснить, чего не хватило в последней поставке", -2, "", "delivery"),
    ("Договориться о дне обзора", 6, "", ""),
    ("Обучить новых уборщиков", 9, "", "service"),
)
OWN = {
    "en": ("Plan the week", "Read what the market writes"),
    "ru": ("Спланировать неделю", "Прочитать новости рынка"),
}
BACK = {"en": "On leave until Monday.", "ru": "До понедельника в отпуске."}


def fill(
    clients: Sequence[Client], language: str, as_of: dt.date, people: Sequence[User], seed: int
) -> int:
    """Tasks of today and the weeks around it; returns how many.  Runs for the system."""
    rng = np.random.default_rng([seed, 0, 41])
    texts = RU if language == "ru" else EN
    helpers = {person.function: person for person in people if person.function}
    rows = []
    for client in clients:
        if client.owner is None:
            continue
        for what, days, rule, function in (texts[k] for k in rng.permutation(len(texts))[:3]):
            rows.append(_task(client, what, as_of + dt.timedelta(days=days), rule, as_of))
            helper = helpers.get(function)
            if helper is not None and helper != client.owner:
                rows[-1].owner, rows[-1].state = helper, State.ASKED
        done = _task(client, texts[int(rng.integers(len(texts)))][0], as_of, "", as_of)
        done.due -= dt.timedelta(days=int(rng.integers(1, 20)))
        done.created_at = start_of_day(done.due - dt.timedelta(days=6)) + dt.timedelta(hours=10)
        done.state, done.settled_on, done.settled_by = State.DONE, done.due, client.owner
        rows.append(done)
    asked = [row for row in rows if row.state == State.ASKED]
    for row in asked[::3]:
        row.state, row.word = State.RETURNED, BACK[language]
    for person in people:
        if person.role in (User.Role.KAM, User.Role.MANAGER):
            monday = as_of + dt.timedelta(days=-as_of.weekday() % 7)
            rows.append(_own(person, OWN[language][0], monday, "FREQ=WEEKLY;BYDAY=MO", as_of))
            rows.append(_own(person, OWN[language][1], as_of, "", as_of))
    Task.objects.bulk_create(rows, batch_size=500)
    _talks(clients, rows)
    return len(rows)


def _task(client: Client, what: str, due: dt.date, rule: str, as_of: dt.date) -> Task:
    return Task(
        client=client, what=what, due=due, owner=client.owner, giver=client.owner, rule=rule,
        created_at=start_of_day(as_of - dt.timedelta(days=8)) + dt.timedelta(hours=10),
    )  # fmt: skip


def _own(person: User, what: str, due: dt.date, rule: str, as_of: dt.date) -> Task:
    return Task(
        what=what, due=due, owner=person, giver=person, rule=rule,
        created_at=start_of_day(as_of - dt.timedelta(days=8)) + dt.timedelta(hours=9),
    )  # fmt: skip


def _talks(clients: Sequence[Client], tasks: Sequence[Task]) -> None:
    """The latest talk with each client had somebody else there, and a next step came of it."""
    first = {task.client_id: task for task in reversed(tasks) if task.client_id and task.is_pending}
    latest = (
        Interaction.objects.filter(client__in=clients, known_to__isnull=True)
        .order_by("client_id", "-date", "-pk")
        .distinct("client_id")
    )
    others = dict(
        Contact.objects.filter(client__in=clients, left_on__isnull=True)
        .order_by("client_id", "-pk")
        .distinct("client_id")
        .values_list("client", "pk")
    )
    there, pieces = [], []
    for talk in latest:
        other = others.get(talk.client_id)
        if other and other != talk.contact_id:
            there.append(Attendance(interaction=talk, contact_id=other))
        if talk.client_id in first:
            task = first[talk.client_id]
            pieces.append(Piece(interaction=talk, task=task, person=task.giver))
    Attendance.objects.bulk_create(there)
    Piece.objects.bulk_create(pieces)


def clear() -> None:
    """Tasks about no client do not go along with one."""
    Task.objects.all().delete()
