"""Who is invited in the demo: one person waits for an answer, the link of another has run out.

Nobody was mailed, and nobody knows their links.
"""

from __future__ import annotations

import datetime as dt

from accounts.models import PersonInvitation, User
from accounts.services.person_invitations import DAYS
from kam.lib.periods import start_of_day

from .words.vocabulary import Words

# name, mailbox, role, days since it was sent
INVITED = {
    "ru": (
        ("Мария Орехова", "maria.orekhova", "kam", 1),
        ("Пётр Лужин", "petr.luzhin", "auditor", 9),
    ),
    "en": (("Mary Nutt", "mary.nutt", "kam", 1), ("Peter Poole", "peter.poole", "auditor", 9)),
}


def invite(words: Words, day: dt.date, administrator: User) -> None:
    for name, mailbox, role, ago in INVITED[words.language]:
        sent = start_of_day(day) - dt.timedelta(days=ago) + dt.timedelta(hours=10)
        PersonInvitation.objects.create(
            name=name, email=f"{mailbox}@{words.domain}", role=role, language=words.language,
            author=administrator, created_at=sent, expires_at=sent + dt.timedelta(days=DAYS),
        )  # fmt: skip


def clear() -> None:
    PersonInvitation.objects.all().delete()
