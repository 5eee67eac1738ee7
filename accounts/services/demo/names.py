"""Names, tax numbers, contacts and stories for a block of clients, in the words of a language."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from .binary import encoded
from .calendar import working
from .shapes import (
    DORMANT,
    FADING,
    GROWING,
    LOST,
    NEW,
    ORGANISATION,
    PERSON,
    PROSPECT,
    SOLE_TRADER,
    Clients,
)
from .words.vocabulary import Note, Words

# Tax offices 96xx are not assigned, so no real company or person has such a number.
INVENTED_OFFICE = (9, 6)
_INN_WEIGHTS = {
    10: ((2, 4, 10, 3, 5, 9, 4, 6, 8),),
    12: ((7, 2, 4, 10, 3, 5, 9, 4, 6, 8), (3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8)),
}
STRIDE = 7_919  # prime: steps through names and numbers in an order that looks random
_LATE_PAYER = 10  # days late on average
_TRANSLITERATION = {
    **dict(zip("абвгдезийклмнопрстуфцыэ", "abvgdeziyklmnoprstufcye", strict=True)),
    "ё": "e",
    "ж": "zh",
    "х": "kh",
    "ц": "ts",
    "ч": "ch",
    "ш": "sh",
    "щ": "shch",
    "ъ": "",
    "ь": "",
    "ю": "yu",
    "я": "ya",
}


def slug(text: str) -> str:
    """Latin letters, digits and hyphens, as in an address."""
    latin = "".join(_TRANSLITERATION.get(letter, letter) for letter in text.lower())
    return "-".join(
        "".join(letter for letter in word if letter.isascii() and letter.isalnum())
        for word in latin.split()
    )


def invented_inn(serial: np.ndarray, length: int) -> np.ndarray:
    """ИНН of 10 or 12 digits with right check digits, different for each serial number."""
    free = length - 2 - len(_INN_WEIGHTS[length])
    digits = np.empty((len(serial), length), dtype=np.int64)
    digits[:, :2] = INVENTED_OFFICE
    for place in range(free):
        digits[:, 1 + free - place] = serial // 10**place % 10
    for number, weights in enumerate(_INN_WEIGHTS[length]):
        at = 2 + free + number
        digits[:, at] = digits[:, :at] @ np.array(weights) % 11 % 10
    return (digits + ord("0")).astype(np.uint8).view(f"S{length}").ravel()


@dataclass(frozen=True)
class Identities:
    """Who the clients and the groups of a block are; arrays hold UTF-8."""

    name: np.ndarray
    legal_name: np.ndarray
    inn: np.ndarray
    kpp: np.ndarray
    domain: list[str]
    group_name: list[str]


def identities(rng: np.random.Generator, words: Words, clients: Clients, before: int) -> Identities:
    """Names for clients number ``before`` and up.  Every invented name is used once before any
    is used again with a number."""
    n = len(clients)
    roots = [_root(words, before + place) for place in range(n)]
    group_roots: dict[int, str] = {}
    in_city: dict[tuple[int, int], int] = {}
    names, legal_names = [""] * n, [""] * n
    choice = rng.random((n, 5))
    form_bounds = np.cumsum([share for _, share in words.forms])
    for place in range(n):
        picked = choice[place]
        group, city = int(clients.group[place]), int(clients.city[place])
        if clients.kind[place] != ORGANISATION:
            full = _person(words, picked)
            if clients.kind[place] == SOLE_TRADER:
                names[place], legal_names[place] = words.sole_trader(*full)
            else:
                names[place] = words.full_name(*full)
            continue
        root = roots[place]
        if group >= 0:
            root = group_roots.setdefault(group, root)
            again = in_city[group, city] = in_city.get((group, city), 0) + 1
            town = words.cities[city].name + (f" {again}" if again > 1 else "")
            root = words.member_title.format(root, town)
        titles = words.segments[int(clients.segment[place])].titles
        names[place] = titles[int(picked[3] * len(titles))].format(root)
        form = int(np.searchsorted(form_bounds, picked[4] * form_bounds[-1]))
        legal_names[place] = words.forms[form][0].format(root)
    inn, kpp = _tax_numbers(words, clients, before)
    return Identities(
        name=encoded(names),
        legal_name=encoded(legal_names),
        inn=inn,
        kpp=kpp,
        domain=[slug(root) for root in roots],
        group_name=[words.group_title.format(group_roots[key]) for key in sorted(group_roots)],
    )


def _root(words: Words, number: int) -> str:
    lap, place = divmod(number, len(words.names))
    name = words.names[place * STRIDE % len(words.names)]
    return name if lap == 0 else f"{name} {lap + 1}"


def _person(words: Words, picked: np.ndarray) -> tuple[str, str, str]:
    """First name, patronymic and surname of one gender."""
    gender = int(picked[0] * 7919) % 2

    def pick(lists: tuple[tuple[str, ...], tuple[str, ...]], share: float) -> str:
        return lists[gender][int(share * len(lists[gender]))]

    return (
        pick(words.first_names, picked[0]),
        pick(words.patronymics, picked[1]),
        pick(words.surnames, picked[2]),
    )


def _tax_numbers(words: Words, clients: Clients, before: int) -> tuple[np.ndarray, np.ndarray]:
    n = len(clients)
    if words.country != "RU":
        return np.zeros(n, dtype="S1"), np.zeros(n, dtype="S1")
    serial = (np.arange(before, before + n) + 1) * STRIDE
    inn = np.where(
        clients.kind == PERSON,
        b"",
        np.where(
            clients.kind == SOLE_TRADER,
            invented_inn(serial % 10**8, 12),
            invented_inn(serial % 10**7, 10),
        ),
    )
    office = inn.astype("S4")
    return inn, np.where(clients.kind == ORGANISATION, np.char.add(office, b"01001"), b"")


@dataclass(frozen=True)
class Contacts:
    client: np.ndarray  # ascending
    name: list[str]
    position: np.ndarray
    role: np.ndarray
    email: np.ndarray
    phone: np.ndarray
    left_on: np.ndarray  # day, −1 still there


def contacts(
    rng: np.random.Generator, words: Words, clients: Clients, who: Identities, today: int
) -> Contacts:
    """One to four people per client, the more the larger it is."""
    count = 1 + sum((clients.size > bound).astype(int) for bound in (0.4, 0.75, 0.93))
    client = np.repeat(np.arange(len(clients)), count)
    nth = np.arange(len(client)) - np.repeat(np.cumsum(count) - count, count)
    picked = rng.random((len(client), 3))
    position = (nth * 2 + client) % len(words.positions)
    people = [_person(words, row) for row in picked]
    names = [f"{first} {surname}" for first, _, surname in people]
    emails, phones = [], []
    number = rng.integers(0, 10_000, len(client))
    shared = rng.random(len(client)) < 0.2
    for place, (first, _, surname) in enumerate(people):
        role = words.positions[int(position[place])].role
        mailbox = f"{slug(first)[:1]}.{slug(surname)}"
        if shared[place]:
            mailbox = words.shared_mailboxes.get(role, mailbox)
        emails.append(f"{mailbox}@{who.domain[int(client[place])]}.example")
        phones.append(
            words.phone.format(
                code=words.cities[int(clients.city[client[place]])].phone,
                first=f"{number[place] // 100:02d}",
                last=f"{number[place] % 100:02d}",
            )
        )
    left = (rng.random(len(client)) < 0.05) & (nth > 0)
    titles = encoded([position.title for position in words.positions])
    roles = encoded([position.role for position in words.positions])
    return Contacts(
        client=client,
        name=names,
        position=titles[position],
        role=roles[position],
        email=encoded(emails),
        phone=encoded(phones),
        left_on=np.where(left, today - rng.integers(20, 400, len(client)), -1),
    )


@dataclass(frozen=True)
class Interactions:
    client: np.ndarray
    contact: np.ndarray  # index into the block's contacts
    day: np.ndarray
    kind: np.ndarray
    subject: np.ndarray
    text: np.ndarray
    satisfaction: np.ndarray  # 0 = not asked


def _topics(
    rng: np.random.Generator, clients: Clients, client: np.ndarray, share: np.ndarray
) -> np.ndarray:
    """What each conversation is about; ``share`` is how far in the history it stands (0..1)."""
    story, roll = clients.story[client], rng.random(len(client))
    late_payer = clients.late[client, 0] >= _LATE_PAYER
    topic = np.where(roll < 0.12, "delivery", "general")
    topic = np.where(late_payer & (roll > 0.75), "late_payer", topic)
    topic = np.where(np.isin(story, (GROWING, NEW)) & (roll > 0.55), "growing", topic)
    topic = np.where((story == FADING) & (share > 0.5) & (roll > 0.4), "fading", topic)
    topic = np.where(np.isin(story, (LOST, DORMANT)) & (share > 0.8), "lost", topic)
    return np.where(story == PROSPECT, "prospect", topic)


def interactions(
    rng: np.random.Generator,
    words: Words,
    clients: Clients,
    people: Contacts,
    cared_for: np.ndarray,
    span: tuple[int, int],
) -> Interactions:
    """Conversations between the days of ``span``: about one a month with clients whom a KAM
    cares for (``cared_for``, bool), seldom with the others."""
    first, today = span
    span_years = (today - first) / 365.25
    rate = np.where(cared_for, 4 + 8 * clients.size, 0.5) * span_years
    count = np.maximum(rng.poisson(rate), cared_for)
    client = np.repeat(np.arange(len(clients)), count)
    begin = first + (clients.since[client] / clients.intensity.shape[1] * (today - first))
    begin = np.where(clients.story[client] == PROSPECT, today - 300, begin)
    begin = np.maximum(begin, first)
    day = begin + rng.random(len(client)) * (today - begin)
    day = np.minimum(working(day.astype(np.int64)), today)
    topic = _topics(rng, clients, client, (day - first) / max(today - first, 1))

    starts = np.searchsorted(people.client, np.arange(len(clients) + 1))
    contact = starts[client] + (
        rng.random(len(client)) * (starts[client + 1] - starts[client])
    ).astype(np.int64)
    by_topic: dict[str, list[Note]] = {}
    for note in words.notes:
        by_topic.setdefault(note.topic, []).append(note)
    products = [[name for name, _ in family.products] for family in words.families]
    roll = rng.random((len(client), 5))
    months = day.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64) % 12
    kinds, subjects, texts = [], [], []
    satisfaction = np.zeros(len(client), dtype=np.int64)
    for place in range(len(client)):
        notes = by_topic[str(topic[place])]
        note = notes[int(roll[place, 0] * len(notes))]
        liked = clients.families[client[place]]
        family = int(liked[int(roll[place, 1] * max(clients.breadth[client[place]], 1))])
        slots = {
            "contact": people.name[contact[place]],
            "family": words.families[family].name,
            "product": _pick(products[family], roll[place, 2]),
            "days": _pick(_DAYS, roll[place, 3]),
            "number": _pick(_NUMBERS, roll[place, 3]),
            "month": words.months[(int(months[place]) + 1) % 12],
        }
        kinds.append(note.kind)
        subjects.append(note.subject.format_map(slots))
        texts.append(note.text.format_map(slots))
        if note.satisfaction and (note.kind == "survey" or roll[place, 4] < 0.5):
            low, high = note.satisfaction
            satisfaction[place] = low + int(roll[place, 4] * 2 * (high - low + 1)) % (
                high - low + 1
            )
    return Interactions(
        client=client,
        contact=contact,
        day=day,
        kind=encoded(kinds),
        subject=encoded(subjects),
        text=encoded(texts),
        satisfaction=satisfaction,
    )


# Numbers after which a Russian noun stands in the genitive plural, as the patterns have it.
_NUMBERS = (5, 6, 8, 10, 12, 15, 20, 25, 30)
_DAYS = (5, 7, 10, 14)


def _pick(values: Sequence, share: float):
    return values[int(share * len(values))]
