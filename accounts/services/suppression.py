"""Whom we have destroyed is not taken in again.

Of e-mail, phone, and name with company a keyed hash is kept, by ``PERSONAL_DATA_KEY``: who has the
database alone learns nothing from it, and who changes the key forgets the list.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from django.conf import settings

from accounts.models import Client, Destruction, Suppression

from .masking import (
    emails_in,
    folded_email,
    folded_name,
    folded_phone,
    phones_in,
    replaced,
    words_of,
)

Kind = Suppression.Kind


def hashed(kind: str, value: str) -> str:
    key = settings.PERSONAL_DATA_KEY or settings.SECRET_KEY
    return hmac.new(key.encode(), f"{kind}\x1f{value}".encode(), hashlib.sha256).hexdigest()


def company_of(client: Client) -> str:
    """How a company is known again in another file: its INN, else its name."""
    return client.inn or " ".join(words_of(client.name))


def marks_of(name: str, email: str, phone: str, company: str) -> Iterator[tuple[str, str]]:
    """Kind and hash of everything by which a person would be known again."""
    for each in emails_in(email):
        yield Kind.EMAIL, hashed(Kind.EMAIL, folded_email(each))
    for each in phones_in(phone):
        yield Kind.PHONE, hashed(Kind.PHONE, folded_phone(each))
    if name.strip() and company:
        yield Kind.NAME, hashed(Kind.NAME, f"{folded_name(name)}\x1f{company}")


def suppress(act: Destruction, marks: Iterable[tuple[str, str]]) -> None:
    Suppression.objects.bulk_create(
        Suppression(destruction=act, kind=kind, digest=digest)
        for kind, digest in dict.fromkeys(marks)
    )


@dataclass
class Suppressed:
    """The list as a whole: short, since people are destroyed one by one."""

    digests: frozenset[str] = frozenset()
    companies: dict[int, str] = field(default_factory=dict)

    @classmethod
    def load(cls, clients: Iterable[int | None] = ()) -> Suppressed:
        """The list, with the companies of the clients whose names may be asked for."""
        digests = frozenset(Suppression.objects.values_list("digest", flat=True))
        companies = {}
        if digests:
            wanted = {client for client in clients if client is not None}
            found = Client.objects.only("inn", "name").in_bulk(wanted)
            companies = {pk: company_of(client) for pk, client in found.items()}
        return cls(digests, companies)

    def __bool__(self) -> bool:
        return bool(self.digests)

    def has(self, name: str, email: str, phone: str, client: int | None) -> str:
        """By what the person is on the list: "email", "phone" or "name"; empty where not."""
        if not self.digests:
            return ""
        company = self.companies.get(client, "") if client is not None else ""
        marks = marks_of(name, email, phone, company)
        return next((kind for kind, digest in marks if digest in self.digests), "")

    def mask(self, text: str, client: int | None) -> str:
        """The text without those who are on the list."""
        if not self.digests or not text:
            return text
        company = self.companies.get(client, "") if client is not None else ""

        def is_known(kind: str, value: str) -> bool:
            if kind == Kind.NAME:
                value = f"{value}\x1f{company}"
            return hashed(kind, value) in self.digests

        return replaced(text, is_known)
