"""The skills of the demo's KAMs as they and their managers see them, and what each can carry."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from accounts.models import Client, Kam, OwnSkill, SkillRating, User
from accounts.selectors import skill_library as library
from accounts.services.load import loads
from kam.lib.periods import start_of_day

Said = SkillRating.Said


@dataclass(frozen=True)
class Texts:
    own: tuple[tuple[str, str, str, str], ...]  # name, what 3, 6 and 9 mean
    shown: tuple[str, ...]
    own_words: tuple[str, ...]


EN = Texts(
    own=(
        (
            "Tenders", "Fills in the forms with help.",
            "Prepares a tender alone and wins one of three.",
            "Shapes the conditions with the client before the tender is announced.",
        ),
        (
            "Price talks", "Gives the discount that is asked for.",
            "Trades each per cent for volume, term or payment days.",
            "Raises prices without losing the client, and both find it fair.",
        ),
    ),
    shown=(
        "Sat with them at the last business review.", "Two clients mentioned it by themselves.",
        "The plan for the second half-year.", "The lost tender in spring.",
        "The way the short delivery was handled.",
    ),
    own_words=("Want to learn this from a colleague.", "Went well this quarter.", "Still hard for me."),
)  # fmt: skip
RU = Texts(
    own=(
        (
            "Тендеры", "Заполняет формы с чужой помощью.",
            "Готовит тендер сам и выигрывает один из трёх.",
            "Условия складываются вместе с клиентом ещё до объявления тендера.",
        ),
        (
            "Переговоры о цене", "Даёт ту скидку, которую просят.",
            "Каждый процент меняет на объём, срок договора или отсрочку.",
            "Поднимает цены, не теряя клиента, и обе стороны считают это честным.",
        ),
    ),
    shown=(
        "Был с ним на последнем обзоре у клиента.", "Два клиента отметили сами.",
        "План на второе полугодие.", "Проигранный весной тендер.",
        "То, как разобрался с недовозом.",
    ),
    own_words=("Хочу поучиться у коллег.", "В этом квартале получалось.", "Пока даётся трудно."),
)  # fmt: skip
TEXTS = {"en": EN, "ru": RU}
# Days before today on which everybody is rated; of the newest KAM only the last round is there.
ROUNDS = (335, 160, 24)
# Places beyond the key clients that a KAM has now, KAM by KAM.
BOTH_ROLES = (3, 11)  # places in the list of key clients
SPARE = (1, 0, 2, -1, 1, 3)


def fill(
    clients: Sequence[Client], language: str, as_of: dt.date, people: Sequence[User], seed: int
) -> int:
    """A year of ratings, and capacities; returns how many ratings.  Runs for the system."""
    rng = np.random.default_rng([seed, 0, 11])
    texts = TEXTS[language]
    managers = {person.team_id: person for person in people if person.role == User.Role.MANAGER}
    for name, *levels in texts.own:
        OwnSkill.objects.create(
            name=name, at_three=levels[0], at_six=levels[1], at_nine=levels[2],
            author=next(iter(managers.values()), None),
        )  # fmt: skip
    skills = library.skills()
    kams = [person for person in people if person.role == User.Role.KAM]
    rows: list[SkillRating] = []
    for number, person in enumerate(kams):
        talent = rng.normal(6.0, 0.9, len(skills))
        sees_self = rng.normal(0.6, 0.9)
        first = len(ROUNDS) - 1 if number == len(kams) - 1 else 0
        for turn, back in enumerate(ROUNDS[first:]):
            for side in (Said.SELF, Said.MANAGER):
                shift = int(rng.integers(0, 6)) + (0 if side == Said.SELF else 4)
                day = as_of - dt.timedelta(days=back - shift)
                author = person if side == Said.SELF else managers.get(person.team_id)
                for skill, level in zip(skills, talent + 0.45 * turn, strict=True):
                    if rng.random() < 0.06:
                        continue
                    level += sees_self if side == Said.SELF else 0
                    rows.append(_rating(person, skill.key, side, level, day, author, texts, rng))
    SkillRating.objects.bulk_create(rows, batch_size=500)
    _capacities([person.pk for person in kams], as_of)
    _sellers(clients, people)
    return len(rows)


def _sellers(clients: Sequence[Client], people: Sequence[User]) -> None:
    """Colleagues of sales sell to the key clients; to two of them the KAM still does both."""
    colleagues = [person for person in people if person.role == User.Role.COLLEAGUE]
    sellers = [person for person in colleagues if person.function == User.Function.SALES]
    if not sellers:
        return
    for number, client in enumerate(clients):
        both = number in BOTH_ROLES and client.owner_id is not None
        client.sales_manager_id = client.owner_id if both else sellers[number % len(sellers)].pk
    Client.objects.bulk_update(clients, ["sales_manager"], batch_size=500)


def clear() -> None:
    """Remove the company's own skills; ratings go with their people."""
    names = [name for texts in TEXTS.values() for name, *_levels in texts.own]
    OwnSkill.objects.filter(name__in=names).delete()


def _rating(person, skill, side, level, day, author, texts: Texts, rng) -> SkillRating:
    words = texts.own_words if side == Said.SELF else texts.shown
    note = words[int(rng.integers(len(words)))] if rng.random() < 0.3 else ""
    return SkillRating(
        person_id=person.pk, skill=skill, said_by=side, day=day, note=note, author=author,
        value=int(np.clip(round(level + rng.normal(0, 0.4)), 1, 10)),
        at=start_of_day(day) + dt.timedelta(hours=15),
    )  # fmt: skip


def _capacities(ids: Sequence[int], as_of: dt.date) -> None:
    found = loads(list(Kam.objects.filter(pk__in=ids).order_by("pk")), as_of)
    for load, spare in zip(sorted(found, key=lambda each: each.person.pk), SPARE, strict=False):
        Kam.objects.filter(pk=load.person.pk).update(
            key_slots=max(load.keys + spare, 3),
            load_points=round(load.points * (1.15 + 0.1 * spare), -1),
        )
