"""What the demo's contacts agree to, who is blocked, and who has not been told yet."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from accounts.models import Client, Consent, Contact, ContactBlock, Purpose, User
from kam.lib.periods import start_of_day

Answer, Channel = Consent.Answer, Consent.Channel


@dataclass(frozen=True)
class Texts:
    version: str
    sources: tuple[tuple[str, str], ...]  # channel, where it is kept
    withdrawn: str
    blocked: str
    system: str


EN = Texts(
    version="form 4 of 1 September 2025",
    sources=(
        ("paper", "folder “Consents”, signed at the fair"),
        ("web", "log of the subscription form"),
        ("email", "answer to our letter, in the mail archive"),
    ),
    withdrawn="answered the newsletter: no more of these, please",
    blocked="says that the data are of a namesake; we are asking the company",
    system="crm",
)
RU = Texts(
    version="форма 4 от 01.09.2025",
    sources=(
        ("paper", "папка «Согласия», подписано на выставке"),
        ("web", "журнал формы подписки на сайте"),
        ("email", "ответ на наше письмо, архив почты"),
    ),
    withdrawn="ответил на рассылку: больше не присылать",
    blocked="говорит, что это данные однофамильца; уточняем в компании",
    system="crm",
)
TEXTS = {"en": EN, "ru": RU}
AGREE, WITHDRAWN, REFUSE = 0.5, 0.12, 0.06  # shares of the contacts
WAITING = 14  # people who came by import within the last weeks
TOLD_OF = 6  # of those some weeks before


def fill(
    clients: Sequence[Client], language: str, as_of: dt.date, people: Sequence[User], seed: int
) -> int:
    """Answers, a block, and people to be told at these clients; returns how many answers.  Runs for
    the system."""
    rng = np.random.default_rng([seed, 0, 12])
    texts = TEXTS[language]
    marketing = Purpose.objects.filter(basis=Purpose.Basis.CONSENT).first()
    surveys = Purpose.objects.filter(basis=Purpose.Basis.INTEREST).first()
    contacts = list(
        Contact.objects.filter(client__in=clients, left_on__isnull=True)
        .select_related("client")
        .order_by("pk")
    )
    if marketing is None or not contacts:
        return 0
    Purpose.objects.filter(pk=marketing.pk).update(text_version=texts.version)
    rows = []
    for contact in contacts:
        chance = rng.random()
        said = as_of - dt.timedelta(days=int(rng.integers(40, 420)))
        channel, source = texts.sources[int(rng.integers(len(texts.sources)))]
        common = {"contact": contact, "author_id": contact.client.owner_id, "channel": channel}
        if chance < AGREE:
            row = Consent(
                purpose=marketing, given_on=said, at=start_of_day(said), source=source,
                text_version=texts.version, **common,
            )  # fmt: skip
            if chance < WITHDRAWN:
                row.withdrawn_on = said + dt.timedelta(days=30)
                row.withdrawn_how, row.withdrawal = Channel.EMAIL, texts.withdrawn
                row.withdrawal_author_id = contact.client.owner_id
                row.withdrawal_at = start_of_day(row.withdrawn_on)
            rows.append(row)
        elif chance < AGREE + REFUSE and surveys is not None:
            rows.append(
                Consent(
                    purpose=surveys,
                    answer=Answer.REFUSES,
                    given_on=said,
                    at=start_of_day(said),
                    **common,
                )
            )
    Consent.objects.bulk_create(rows)
    _origins(contacts, texts, as_of, people, rng)
    _block(contacts[-1], texts, as_of, people)
    return len(rows)


def _origins(
    contacts: list[Contact], texts: Texts, as_of: dt.date, people: Sequence[User], rng
) -> None:
    """Some came by import: a few weeks ago and told, or since then and not told yet."""
    administrator = next((each for each in people if each.role == User.Role.ADMINISTRATOR), None)
    chosen = rng.permutation(len(contacts))[: WAITING + TOLD_OF]
    changed = []
    for number, place in enumerate(chosen):
        contact = contacts[int(place)]
        contact.source = texts.system
        contact.came_on = as_of - dt.timedelta(days=int(rng.integers(3, 36)))
        if number >= WAITING:
            contact.came_on = as_of - dt.timedelta(days=80)
            contact.told_on = as_of - dt.timedelta(days=66)
            contact.told_how, contact.told_by = Contact.Told.EMAIL, administrator
        changed.append(contact)
    Contact.objects.bulk_update(changed, ["source", "came_on", "told_on", "told_how", "told_by"])


def _block(contact: Contact, texts: Texts, as_of: dt.date, people: Sequence[User]) -> None:
    since = as_of - dt.timedelta(days=4)
    administrator = next((each for each in people if each.role == User.Role.ADMINISTRATOR), None)
    ContactBlock.objects.create(
        contact=contact, ground=ContactBlock.Ground.INACCURATE, reason=texts.blocked,
        since=since, at=start_of_day(since), author=administrator,
    )  # fmt: skip
    Contact.objects.filter(pk=contact.pk).update(blocked_since=since, blocked_reason=texts.blocked)
