"""What the demo's people and their key clients have promised each other."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from accounts.models import Client, Contact, Promise, PromiseMove, User
from kam.lib.periods import start_of_day

State, Side = Promise.State, Promise.Side


@dataclass(frozen=True)
class Texts:
    ours: tuple[tuple[str, str, str, str], ...]  # what, about, assured, who does it
    theirs: tuple[str, ...]
    kept: tuple[str, ...]
    broken: tuple[str, ...]
    withdrawn: str
    moved: tuple[str, ...]


EN = Texts(
    ours=(
        ("Price list for the next half-year", "prices", "the draft is with the director", "sales"),
        ("A second delivery day in the week", "delivery", "a truck is free on Thursdays", "delivery"),
        ("Training for the new cleaning staff", "training", "the trainer has the date", "service"),
        ("Sample set of the new refill system", "new products", "two sets are reserved", "sales"),
        ("One bill a month instead of each delivery", "billing", "the bookkeeper has agreed", "sales"),
        ("Answer why the last delivery was short", "quality", "the store manager looks into it", "delivery"),
        ("A reserve of gloves for the season", "stock", "60 boxes are put aside", "delivery"),
    ),
    theirs=(
        "Pay the invoices of last month",
        "Introduce us to the new head of purchasing",
        "Send the list of sites for next year",
        "Decide on the second brand",
    ),
    kept=("Sent, they confirmed by e-mail.", "Signed note is in the file.", "They said so on the phone."),
    broken=("It was not ready; we said sorry and took it off.", "They heard nothing from us for three weeks."),
    withdrawn="They do not need it any more, both sides agree.",
    moved=("The supplier was late; they were told and agreed.", "They asked for a week more."),
)  # fmt: skip
RU = Texts(
    ours=(
        ("Прайс на следующее полугодие", "цены", "черновик у директора", "sales"),
        ("Второй день доставки в неделю", "доставка", "машина по четвергам свободна", "delivery"),
        ("Обучение новых сотрудников клининга", "обучение", "дата у тренера записана", "service"),
        ("Образцы новой системы дозаправки", "новинки", "два набора отложены", "sales"),
        ("Один счёт в месяц вместо счёта на каждую поставку", "документы", "бухгалтерия согласна", "sales"),
        ("Объяснить недовоз в последней поставке", "качество", "разбирается начальник склада", "delivery"),
        ("Запас перчаток на сезон", "склад", "отложено 60 коробок", "delivery"),
    ),
    theirs=(
        "Оплатить счета прошлого месяца",
        "Познакомить с новым руководителем закупок",
        "Прислать список объектов на будущий год",
        "Решить по второй марке",
    ),
    kept=("Отправлено, подтвердили письмом.", "Подписанная бумага в деле.", "Сказали сами по телефону."),
    broken=("Не успели; извинились и сняли вопрос.", "Три недели клиент ничего от нас не слышал."),
    withdrawn="Больше не нужно, обе стороны согласны.",
    moved=("Поставщик задержал; предупредили, согласились.", "Попросили ещё неделю."),
)  # fmt: skip
TEXTS = {"en": EN, "ru": RU}
# How promises end, of those whose day is over.
OUTCOMES = (State.KEPT, State.LATE, State.BROKEN, State.WITHDRAWN, State.OPEN)
SHARES = (0.62, 0.18, 0.07, 0.05, 0.08)


def fill(
    clients: Sequence[Client], language: str, as_of: dt.date, people: Sequence[User], seed: int
) -> int:
    """A year of promises with these clients; returns how many.  Runs for the system."""
    rng = np.random.default_rng([seed, 0, 7])
    texts = TEXTS[language]
    helpers = {person.function: person for person in people if person.function}
    contacts: dict[int, list[int]] = {}
    for client_id, pk in Contact.objects.filter(
        client__in=clients, left_on__isnull=True
    ).values_list("client_id", "pk"):
        contacts.setdefault(client_id, []).append(pk)
    rows, moves = [], []
    for client in clients:
        for number in range(int(rng.integers(3, 8))):
            theirs = rng.random() < 0.28
            age = int(rng.integers(-25, 330)) if number > 1 else int(rng.integers(-20, 6))
            row = _promise(client, texts, as_of - dt.timedelta(days=age), theirs, helpers, rng)
            if people_there := contacts.get(client.pk):
                row.contact_id = people_there[int(rng.integers(len(people_there)))]
            if row.due < as_of:
                _end(row, as_of, texts, rng, first=number <= 1)
            rows.append(row)
            if rng.random() < 0.12:
                row.first_due = row.due - dt.timedelta(days=int(rng.integers(5, 15)))
                moves.append((row, texts.moved[int(rng.integers(len(texts.moved)))]))
    Promise.objects.bulk_create(rows, batch_size=500)
    PromiseMove.objects.bulk_create(
        PromiseMove(
            promise=row, what=row.what, due=row.first_due, state=State.OPEN, reason=reason,
            person=row.owner, at=start_of_day(row.first_due - dt.timedelta(days=1)),
        )
        for row, reason in moves
    )  # fmt: skip
    return len(rows)


def _promise(
    client: Client,
    texts: Texts,
    due: dt.date,
    theirs: bool,
    helpers: dict[str, User],
    rng: np.random.Generator,
) -> Promise:
    made = due - dt.timedelta(days=int(rng.integers(5, 30)))
    row = Promise(
        client=client, due=due, first_due=due, author_id=client.owner_id, owner=client.owner,
        created_at=start_of_day(made) + dt.timedelta(hours=11),
    )  # fmt: skip
    if theirs:
        row.side, row.what = Side.THEIRS, texts.theirs[int(rng.integers(len(texts.theirs)))]
        return row
    row.what, row.about, row.assured, function = texts.ours[int(rng.integers(len(texts.ours)))]
    if function != "sales" and function in helpers:
        row.owner = helpers[function]
    return row


def _end(
    row: Promise, as_of: dt.date, texts: Texts, rng: np.random.Generator, *, first: bool
) -> None:
    state = State.OPEN if first and rng.random() < 0.5 else rng.choice(OUTCOMES, p=SHARES)
    late = row.due + dt.timedelta(days=int(rng.integers(1, 12)))
    if state == State.OPEN or (state == State.LATE and late > as_of):
        # Few things stay open for months.
        if (as_of - row.due).days <= 30:
            return
        state = State.KEPT
    row.state = State(state)
    row.settled_by = row.owner
    if state == State.LATE:
        row.settled_on = late
    else:
        row.settled_on = row.due - dt.timedelta(days=int(rng.integers(0, 3)))
    if state in (State.KEPT, State.LATE):
        row.evidence = texts.kept[int(rng.integers(len(texts.kept)))]
        if row.side == Side.OURS and rng.random() < 0.7:
            mean = 8.4 if state == State.KEPT else 6.2
            row.satisfaction = int(np.clip(round(rng.normal(mean, 1.2)), 1, 10))
    elif state == State.BROKEN:
        row.evidence = texts.broken[int(rng.integers(len(texts.broken)))]
    else:
        row.evidence = texts.withdrawn
