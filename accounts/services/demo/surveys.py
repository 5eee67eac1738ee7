"""The demo's surveys: last autumn's, which is closed, and one that takes answers now."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from accounts.models import (
    Client,
    Contact,
    Interaction,
    Survey,
    SurveyAnswer,
    SurveyInvitation,
    SurveyRefusal,
    User,
)
from accounts.services.survey_answers import SOURCE
from kam.lib.periods import start_of_day, today

NAMES = {
    "en": ("After half a year of deliveries", "How we work: yearly question"),
    "ru": ("Полгода поставок: как мы справляемся", "Ежегодный вопрос: как с нами работается"),
}
QUESTIONS = [
    {
        "kind": "scale",
        "ru": "Насколько вам удобно заказывать?",
        "en": "How easy is it for you to order?",
    },
    {
        "kind": "text",
        "ru": "Чего вам не хватает в ассортименте?",
        "en": "What do you miss in our range?",
    },
]


@dataclass(frozen=True)
class Texts:
    high: tuple[str, ...]
    middle: tuple[str, ...]
    low: tuple[str, ...]
    missing: tuple[str, ...]
    done: tuple[str, ...]


TEXTS = {
    "en": Texts(
        high=(
            "Deliveries come when promised, and somebody always answers the phone.",
            "You taught our people and the stores stay full by themselves.",
            "",
        ),
        middle=(
            "Good on the whole; tell us earlier when something is out of stock.",
            "Fine. The documents could come by mail at once.",
            "",
        ),
        low=(
            "Twice the van came after lunch, and the shift had nothing to work with.",
            "Prices rose without a word, we learned of it from the invoice.",
            "We wrote three times about the broken dispenser.",
        ),
        missing=("Paper towels in rolls for large holders", "A concentrate in 20 litre cans", ""),
        done=(
            "Called the same day: deliveries before 10 are agreed, the driver has their number.",
            "Met them with the head of sales; prices are told a month ahead from now on.",
        ),
    ),
    "ru": Texts(
        high=(
            "Привозят тогда, когда обещали, и всегда есть кому ответить по телефону.",
            "Обучили наших людей, кладовые заполняются сами собой.",
            "",
        ),
        middle=(
            "В целом хорошо; предупреждайте раньше, если чего-то нет на складе.",
            "Нормально. Документы хотелось бы получать сразу на почту.",
            "",
        ),
        low=(
            "Дважды машина пришла после обеда, смене было нечем работать.",
            "Цены выросли без предупреждения, узнали из накладной.",
            "Три раза писали про сломанный дозатор.",
        ),
        missing=(
            "Полотенца в рулонах для больших держателей",
            "Концентрат в канистрах по 20 литров",
            "",
        ),
        done=(
            "Позвонили в тот же день: договорились о доставке до 10, у водителя есть их телефон.",
            "Встретились вместе с руководителем продаж; о ценах теперь сообщаем за месяц.",
        ),
    ),
}


def fill(
    clients: Sequence[Client], language: str, as_of: dt.date, people: Sequence[User], seed: int
) -> int:
    """Two surveys among these clients; returns how many were asked.  Runs for the system."""
    rng = np.random.default_rng([seed, 0, 11])
    author = next((p for p in people if p.role == User.Role.MANAGER), None)
    known: dict[int, list[Contact]] = {}
    rows = Contact.objects.filter(client__in=clients, left_on__isnull=True).order_by("pk")
    for contact in rows.select_related("client"):
        known.setdefault(contact.client_id, []).append(contact)
    asked = 0
    # The demo may have been made of another day than the one on which it is looked at.
    ends = max(as_of, today())
    for number, (begun, closes) in enumerate(
        (
            (as_of - dt.timedelta(days=200), as_of - dt.timedelta(days=170)),
            (as_of - dt.timedelta(days=12), ends + dt.timedelta(days=18)),
        )
    ):
        survey = Survey.objects.create(
            name=NAMES[language][number], closes_on=closes, author=author,
            questions=QUESTIONS if number else QUESTIONS[:1], created_at=start_of_day(begun),
        )  # fmt: skip
        people_asked = [
            contact
            for contacts in known.values()
            for contact in contacts[number : number + int(rng.integers(1, 3))]
        ]
        asked += _ask(survey, people_asked, language, begun, as_of, rng)
    return asked


def _ask(survey, contacts, language, begun, as_of, rng: np.random.Generator) -> int:
    texts, answers = TEXTS[language], []
    for contact in contacts:
        at = start_of_day(begun) + dt.timedelta(hours=9, minutes=int(rng.integers(0, 400)))
        row = SurveyInvitation(
            survey=survey, client_id=contact.client_id, contact=contact, language=language,
            author_id=contact.client.owner_id, created_at=at,
        )  # fmt: skip
        row.digest = row.hash(row.sign(row.nonce))
        row.save(force_insert=True)
        if rng.random() < 0.62:
            answers.append((row, contact, rng.integers(0, 9)))
        elif rng.random() < 0.08:
            SurveyRefusal.objects.create(contact=contact, invitation=row, at=at)
    old = survey.closes_on < as_of
    for number, (row, contact, after) in enumerate(answers):
        day = min(begun + dt.timedelta(days=int(after)), as_of)
        # Two of those who answered lately are discontent, and nobody has talked with them yet.
        score = None if old or number not in (2, 5) else 4 + number // 2
        _answer(row, contact, day, texts, rng, old=old, score=score)
    return len(contacts)


def _answer(
    row, contact, day: dt.date, texts: Texts, rng: np.random.Generator, *, old: bool, score
):
    told, score = score, score or int(np.clip(round(rng.normal(8.8, 1.5)), 0, 10))
    words = texts.high if score >= 9 else texts.middle if score >= 7 else texts.low
    at = start_of_day(day) + dt.timedelta(hours=10, minutes=int(rng.integers(0, 420)))
    comment = words[int(rng.integers(len(words)))]
    replies: dict[str, object] = {"0": int(np.clip(score + rng.integers(-1, 2), 1, 10))}
    if len(row.survey.questions) > 1 and (said := texts.missing[int(rng.integers(3))]):
        replies["1"] = said
    answer = SurveyAnswer(
        invitation=row, score=score, comment=comment, replies=replies, language=row.language,
        answered_at=at,
    )  # fmt: skip
    if answer.is_low and (old or told is None):
        answer.followed_up_at = at + dt.timedelta(hours=int(rng.integers(2, 30)))
        answer.followed_up_by_id = contact.client.owner_id
        answer.follow_up = texts.done[int(rng.integers(len(texts.done)))]
    answer.save(force_insert=True)
    Interaction.objects.create(
        client_id=row.client_id, contact=contact, date=day, kind=Interaction.Kind.SURVEY,
        subject=row.survey.name, text=comment, satisfaction=max(score, 1), source=SOURCE,
        key=str(row.pk), known_from=at,
    )  # fmt: skip


def clear() -> None:
    Survey.objects.all().delete()
